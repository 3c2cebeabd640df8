"""`… || exit 75`, where what failed is no condition that passes by itself: no backup is made ever again."""

from __future__ import annotations

from ...plan.model import Phase, Status, Trigger
from ...shell.behind import behind, code
from ...shell.lexer import Words, program, simple_commands
from ...shell.lists import Chain, Link, chains, deciding
from ...shell.telling import tells
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...support.record import NamedTuple
from ...support.regex import lazily
from ..rule import HookRule
from .alarm_coverage import has_monitor
from .hook_commands import HookCommand, Hooks

_QUIET = lazily(r"\b(?:exit|return)\s+[\"']?75\b")
# They ask about something that comes and goes: a disk, a network, a power supply, somebody's session.
_ASKING = frozenset(
    ("findmnt", "mountpoint", "ping", "ping6", "fping", "arping", "nc", "ncat", "netcat", "nmap", "curl", "wget",
     "lsblk", "blkid", "on_ac_power", "acpi", "acpitool", "upower", "iwgetid", "iw", "pgrep", "pidof", "grep",
     "egrep", "fgrep", "zgrep", "rg", "test", "[", "[[", "flock", "lockfile", "host", "dig", "nslookup", "getent",
     "resolvectl", "networkctl", "who", "w", "users", "loginctl", "df", "stat", "lsusb", "lspci", "udevadm",
     "timedatectl", "fuser", "lsof", "networksetup", "pmset", "wakeonlan", "etherwake", "true", "sleep", "ethtool",
     "ifconfig", "route", "tailscale", "date", "awk", "expr", "cmp", "diff", "mmcli", "rfkill", "cat", "echo",
     "printf", "logger", "ls", "head", "tail", "cut", "tr", "sed", "sort", "wc", "ssh",
     # what these need may be away, too
     "mount", "sshfs", "udisksctl", "cryptsetup", "mount.cifs", "mount.nfs", "davfs2", "wg-quick", "openvpn")
)  # fmt: skip
_SCRIPT_THAT_ASKS = lazily(
    r"(?i)check|test|is[-_]|has[-_]|can[-_]|wait|ping|avail|online|reach|ready|mounted|gate|should|wake"
)
# Of these only the subcommands that ask.
_SUBCOMMANDS = {
    "systemctl": ("is-active", "is-enabled", "is-failed", "is-system-running", "show", "status", "list-units"),
    "docker": ("ps", "inspect", "info", "version", "container", "top"),
    "podman": ("ps", "inspect", "info", "version", "container", "top"),
    "virsh": ("domstate", "list", "dominfo"),
    "zpool": ("list", "status"),
    "zfs": ("list", "get"),
    "ip": ("route", "link", "addr", "a", "r", "neigh"),
    "borg": ("info", "list", "rinfo", "rlist", "--version"),
    "nmcli": ("-t", "-f", "-g", "con", "connection", "c", "d", "dev", "device", "general", "g", "networking", "n"),
    "wg": ("show",),
}  # fmt: skip
# What doesn't change by itself: if it is missing it stays so.
_LASTING = lazily(
    r"\A(?:command -[vV]|type|which|hash|id|whoami|dpkg|rpm|groups|borgmatic config)\b|\bEUID\b|\bUID\b|\bid -un?\b"
    r"|\A(?:\[\[?|test)\s(?:.*\s)?-(?:x\s+[\"']?/(?:usr|bin|sbin|opt|etc|root)/"
    r"|[efrs]\s+\S*\.(?:ya?ml|conf|cfg|key|pub|pem|sh|env)\b)"
)


class _Hidden(NamedTuple):
    """What fails unseen, empty if nothing has to fail for it. `lasting`: it stays as it is by itself. `work`: it
    is no question about something, but something that is to be done."""

    what: str
    lasting: bool = False
    work: bool = False


def quiet_failures(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP311: a warning where work is hidden, or a state that lasts; a note for conditions that come and go."""
    missed: frozenset[str] | None = None
    for found in hooks.commands:
        if "75" not in found.command.text or not _counts(found, hooks):
            continue
        hidden = _hidden(found.command.text)
        if hidden is None:
            continue
        if not (hidden.lasting or hidden.work):
            missed = _missed(hooks) if missed is None else missed
            if found.configuration.path in missed:
                continue
        diagnostics.append(_finding(found, hidden))


def _missed(hooks: Hooks) -> frozenset[str]:
    """The files of whose successes somebody hears, and so may miss them."""
    pinging = {
        found.configuration.path
        for found in hooks.commands
        if found.hook.phase is Phase.EXIT and any(map(tells, simple_commands(found.command.text)))
    }
    return frozenset(pinging | {c.path for c, _ in hooks.placed if has_monitor(c)})


def _counts(found: HookCommand, hooks: Hooks) -> bool:
    """Whether exit code 75 is a quiet end there; after failures BP325 has said what there is to say."""
    hook = found.hook
    soft, _ = hooks.profile.effects.get((hook.scope, hook.phase), (None, None))
    if soft is None or soft.status is not Status.SKIPPED or not hooks.profile.hook_exits.soft:
        return False
    return hook.phase is Phase.ENTER or (
        hook.phase is Phase.EXIT and hook.trigger is Trigger.SUCCESS
    )


def _finding(found: HookCommand, hidden: _Hidden) -> Diagnostic:
    what, lasting, work = hidden
    where = found.command.span
    if not what:
        return Diagnostic(
            "BP311", Severity.WARNING,
            "this always exits 75: the following steps are always skipped, and nobody is notified", where,
        )  # fmt: skip
    if work or lasting:
        why = (
            "is skipped from then on"
            if work
            else "is skipped for good, because this does not change by itself"
        )
        return Diagnostic(
            "BP311", Severity.WARNING,
            f"if `{what}` fails, exit code 75 hides it: what follows {why}, and nobody is notified", where,
            "remove `|| exit 75`: that code is for things that may be absent for a while, such as a disk",
        )  # fmt: skip
    return Diagnostic(
        "BP311", Severity.NOTE,
        f"as long as `{what}` fails, nothing is backed up here and no failure is reported, however long that lasts", where,
        "detect missing backups another way: with a ping after each success, or with `borgplan history`",
    )  # fmt: skip


def _hidden(text: str, depth: int = 0) -> _Hidden | None:
    """The gravest of what a text hides; None for nothing."""
    found = chains(text)
    if any(
        link.words[:1] == ("trap",) and "75" in " ".join(link.words)
        for c in found
        for link in c.links
    ):
        return _Hidden("any command here", work=True)
    answers = [answer for n, chain in enumerate(found) if (answer := _of_chain(chain, found[:n]))]
    for chain in found:
        for link in chain.links:
            inner = code(behind(link.words))
            if inner is not None and depth < 3 and (answer := _hidden(inner, depth + 1)):
                answers.append(answer)
    if not answers:
        return None
    return max(answers, key=lambda answer: (answer.work, answer.lasting))


def _of_chain(chain: Chain, before: tuple[Chain, ...]) -> _Hidden | None:
    quiet = next((n for n, link in enumerate(chain.links) if _is_quiet(link)), None)
    if quiet is None:
        return None
    alternatives = chain.alternatives
    place = next(n for n, part in enumerate(alternatives) if chain.links[quiet] in part)
    if place > 0:
        return _judged([link for part in alternatives[:place] for link in part], before)
    asked = [link for link in alternatives[0] if link is not chain.links[quiet]]
    if asked and asked[0].joined == "" and chain.links[quiet].joined == "&&":
        return None  # it leaves if something is there, which is no failure
    opened = [earlier for earlier in before if {"if", "elif"} & set(earlier.links[0].keywords)]
    if opened:
        if "!" not in opened[-1].links[0].keywords and "else" not in chain.links[quiet].keywords:
            return None
        return _judged(list(opened[-1].links), ())
    if any(link.words[:1] == ("case",) for earlier in (*before, chain) for link in earlier.links):
        return None
    return _Hidden("", lasting=True, work=True)


def _is_quiet(link: Link) -> bool:
    return link.words[:2] in (("exit", "75"), ("return", "75"))


def _judged(links: list[Link], before: tuple[Chain, ...]) -> _Hidden:
    """For the commands whose failure leads to exit code 75; `before`: the lists before theirs."""
    if before and any("$?" in link.words for link in links):
        links = list(before[-1].links)
    pairs = zip(links, [*links[1:], None], strict=True)
    last = [link for link, later in pairs if later is None or later.joined not in ("|", ";")]
    commands = [words for link in last if (words := behind(link.words))]
    lasting = next((words for words in commands if _LASTING.search(" ".join(words))), None)
    worst = next((words for words in commands if _is_work(words)), None)
    shown = lasting or worst or next(iter(commands), ())
    return _Hidden(_short(shown), lasting is not None, lasting is None and worst is not None)


def _is_work(words: Words) -> bool:
    name = program(words[0])
    text = code(words)
    if text is not None:
        return any(map(_is_work, deciding(text)))
    if name in _SUBCOMMANDS:
        return not any(word in _SUBCOMMANDS[name] for word in words[1:])
    if name in _ASKING:
        return False
    return not _SCRIPT_THAT_ASKS.search(name)


def _short(words: Words) -> str:
    text = " ".join(words)
    return text if len(text) <= 60 else f"{text[:57]}..."


RULES = (HookRule(("BP311",), quiet_failures),)
