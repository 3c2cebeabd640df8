"""What a simple command comes down to: the program behind assignments, `sudo`, `timeout`, `docker exec`."""

from __future__ import annotations

from ..support.record import NamedTuple
from ..support.regex import lazily
from .lexer import Words, program

_ASSIGNMENT = lazily(r"[A-Za-z_]\w*\+?=")
SHELLS = frozenset(("sh", "ash", "bash", "dash", "fish", "ksh", "mksh", "zsh"))
_CODE = lazily(r"-[a-zA-Z]*c")


class _Wrapper(NamedTuple):
    """`values`: options that take the next word. `own`: words before the command that are no options."""

    values: frozenset[str] = frozenset()
    own: int = 0


def _wrapper(values: str = "", own: int = 0) -> _Wrapper:
    return _Wrapper(frozenset(values.split()), own)


_WRAPPERS = {
    "sudo": _wrapper(
        "-u -g -h -p -C -D -R -T -U -r -t --user --group --host --prompt --chdir --chroot --close-from"
        " --command-timeout --other-user --role --type"
    ),
    "doas": _wrapper("-u -C"),
    "env": _wrapper("-u -C --unset --chdir"),
    "nice": _wrapper("-n --adjustment"),
    "ionice": _wrapper("-c -n -p -P -u --class --classdata"),
    "chrt": _wrapper("-T -P -D", 1),
    "taskset": _wrapper("", 1),
    "timeout": _wrapper("-k -s --kill-after --signal", 1),
    "stdbuf": _wrapper("-i -o -e --input --output --error"),
    "systemd-inhibit": _wrapper("--what --who --why --mode"),
    "systemd-run": _wrapper(
        "-p -u -E -M -H -d --property --unit --setenv --description --slice --uid --gid --nice --on-active"
        " --on-calendar --working-directory --machine --host"
    ),
    "flock": _wrapper("-w -E --timeout --wait --conflict-exit-code", 1),
    "chroot": _wrapper("--userspec --groups", 1),
    "runuser": _wrapper("-u -g -G --user --group --supp-group"),
    "setpriv": _wrapper("--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits"),
    "xargs": _wrapper("-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-procs --replace"),
    "nsenter": _wrapper("-t -S -G --target --setuid --setgid"),
    "lxc-attach": _wrapper("-n -u -g -v --name --uid --gid --set-var"),
    "ssh-agent": _wrapper("-a -E -P -t"),
    "sem": _wrapper("-j --id --jobs"),
    "uvx": _wrapper("--from --with --python -p"),
    "pipx": _wrapper("--spec --python", 1),
    "screen": _wrapper("-S -L -c -T"),
    **dict.fromkeys(("uv", "poetry", "pdm", "hatch"), _wrapper("", 1)),
    **dict.fromkeys(
        ("nohup", "setsid", "exec", "command", "builtin", "time", "chronic", "cronic", "unbuffer", "busybox",
         "caffeinate", "eatmydata", "firejail", "then", "do", "else", "!"),
        _wrapper(),
    ),
}  # fmt: skip
_CONTAINERS = frozenset(("docker", "podman", "nerdctl", "docker-compose", "podman-compose"))
_IN_CONTAINERS = frozenset(
    ("-u", "-e", "-w", "--user", "--env", "--workdir", "--env-file", "--detach-keys", "--index")
)
# These have the command behind `--`.
_BEHIND_DASHES = frozenset(
    ("kubectl", "oc", "k3s", "pct", "qm", "lxc", "incus", "machinectl", "distrobox", "flatpak-spawn", "toolbox")
)  # fmt: skip


def behind(words: Words, *, inside: bool = True) -> Words:
    """The words of the program that a simple command runs in the end; empty if it only assigns.

    `sudo -u app A=1 nice -n 5 dump x` is `dump x`. What runs on another machine (`ssh`), and the text
    that a shell is given, stay as they are. `inside`: of containers too.
    """
    while words:
        if _ASSIGNMENT.match(words[0]):
            words = words[1:]
            continue
        name = program(words[0])
        if name == "command" and words[1:2] in (("-v",), ("-V",)):
            return words  # it only asks
        if name in _WRAPPERS:
            inner = _unwrapped(words[1:], _WRAPPERS[name])
        elif inside and name in _CONTAINERS:
            inner = _in_container(words)
        elif inside and name in _BEHIND_DASHES and "--" in words[:-1]:
            inner = words[words.index("--") + 1 :]
        else:
            return words
        if not inner:
            return words
        words = inner
    return ()


def code(words: Words) -> str | None:
    """The text that `sh -c` and `su -c` are given; None for every other command."""
    if not words or program(words[0]) not in SHELLS | {"su", "runuser"}:
        return None
    for at, word in enumerate(words[1:-1], 1):
        if _CODE.fullmatch(word) or word == "--command":
            return next((later for later in words[at + 1 :] if later[:1] not in ("-", "+")), None)
    return None


def _unwrapped(words: Words, wrapper: _Wrapper) -> Words:
    at, own = 0, wrapper.own
    while at < len(words):
        word = words[at]
        if word == "--":
            return words[at + 1 + own :]
        if word in wrapper.values:
            at += 2
        elif word.startswith("-") or _ASSIGNMENT.match(word):
            at += 1
        elif own:
            own -= 1
            at += 1
        else:
            return words[at:]
    return ()


def _in_container(words: Words) -> Words:
    """Behind `docker exec NAME`, `docker compose exec NAME`; empty for another subcommand."""
    place = next((n for n, word in enumerate(words[:8]) if word == "exec"), None)
    if place is None:
        return ()
    return _unwrapped(words[place + 1 :], _Wrapper(_IN_CONTAINERS, 1))
