"""Commands after which a machine does nothing more: switched off, asleep, started anew."""

from __future__ import annotations

from ..support.record import NamedTuple
from ..support.regex import lazily
from .behind import behind, code
from .lexer import Words, program, simple_commands

_PROGRAMS = frozenset(
    ("poweroff", "halt", "reboot", "pm-suspend", "pm-hibernate", "pm-suspend-hybrid", "zzz", "ZZZ", "s2ram",
     "s2disk", "s2both", "systemsetup", "hibernate")
)  # fmt: skip
_VERBS = frozenset(
    ("suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate", "sleep", "poweroff", "halt", "reboot",
     "kexec", "soft-reboot")
)  # fmt: skip
_METHOD = lazily(
    r"login1\.Manager\.(?:Suspend|Hibernate|HybridSleep|PowerOff|Reboot|Halt)|\A(?:Suspend|Hibernate|HybridSleep|PowerOff|Reboot|Halt)\Z"
)
_STATE = lazily(r">\s*/sys/power/state\b|\btee\s+/sys/power/state\b")
_DEEPEST = 3  # ssh behind ssh
_OFF = frozenset(("mem", "disk", "off", "standby", "freeze"))
_SSH_VALUES = frozenset(f"-{letter}" for letter in "BbcDEeFIiJLlmOopQRSWw")


class Stop(NamedTuple):
    """A machine stops: `host` as it is called by ssh, empty for this one. `how`: the command, in short."""

    host: str
    how: str


def machine_stops(text: str, depth: int = 0) -> tuple[Stop, ...]:
    """The machines that a shell text switches off or puts to sleep."""
    found = [_stop(words, depth) for words in simple_commands(text)]
    if _STATE.search(text) and not any(found):
        found.append(Stop("", "/sys/power/state"))
    return tuple(stop for stop in found if stop is not None)


def _stop(words: Words, depth: int) -> Stop | None:
    words = behind(words)
    if not words or depth > _DEEPEST:
        return None
    if program(words[0]) == "ssh":
        host, there = _over_ssh(words[1:])
        stops = machine_stops(" ".join(there), depth + 1)
        return Stop(host, stops[0].how) if stops else None
    inner = code(words)
    if inner is not None:  # of several words it is among the commands itself
        return (
            next(iter(machine_stops(inner, depth + 1)), None) if inner.split() == [inner] else None
        )
    return Stop("", " ".join(words[:2])) if _stops(program(words[0]), words[1:]) else None


def _stops(name: str, rest: Words) -> bool:
    if "--help" in rest or "--version" in rest:
        return False
    if name in _PROGRAMS:
        return not {"-w", "--wtmp-only"} & set(rest)
    if name == "shutdown":
        return not {"-c", "-k", "--show"} & set(rest)
    if name in ("init", "telinit"):
        return bool({"0", "6"} & set(rest))
    if name in ("systemctl", "loginctl", "openrc-shutdown", "dinitctl"):
        return next((word for word in rest if not word.startswith("-")), "") in _VERBS
    if name == "rtcwake":
        return any(
            word in _OFF or word.removeprefix("-m") in _OFF for word in rest
        ) or "-m" not in "".join(rest)
    if name in ("dbus-send", "busctl", "gdbus", "qdbus", "qdbus6"):
        return any(_METHOD.search(word) for word in rest)
    if name == "pmset":
        return "sleepnow" in rest
    return False


def _over_ssh(words: Words) -> tuple[str, Words]:
    """The host and the command there."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _SSH_VALUES else 1
    if at >= len(words):
        return "", ()
    host = words[at].removeprefix("ssh://").rpartition("@")[2].partition(":")[0]
    return host.lower(), words[at + 1 :]
