"""Services of Docker Compose: `docker compose stop app db` takes two, `docker compose start` gives back all."""

from __future__ import annotations

from .lexer import Words, program

STOPPING = frozenset(("stop", "down", "pause", "kill"))
STARTING = frozenset(("start", "up", "unpause", "restart"))
_PROGRAMS = frozenset(("docker-compose", "podman-compose"))
_VALUES = frozenset(
    ("-f", "--file", "-p", "--project-name", "--project-directory", "--env-file", "--profile", "--parallel",
     "--ansi", "--progress", "-H", "--host", "-c", "--context", "--log-level")
)  # fmt: skip
_VALUES_OF_VERBS = frozenset(
    ("-t", "--timeout", "-s", "--signal", "--scale", "--rmi", "--wait-timeout", "--attach", "--no-attach",
     "--exit-code-from", "--pull")
)  # fmt: skip
ALL = "*"


def compose(words: Words) -> tuple[bool, list[str]] | None:
    """Whether a simple command stops services, and which: `PROJECT:SERVICE`, or `PROJECT:*` for all of them.

    The project is the options that name it, empty for the one of the folder. None for another command.
    """
    start = _begin(words)
    if start is None:
        return None
    project: list[str] = []
    at = start
    while at < len(words) and words[at].startswith("-"):
        if words[at] in _VALUES and at + 1 < len(words):
            project += (
                words[at : at + 2]
                if words[at] not in ("--ansi", "--progress", "--parallel")
                else ()
            )
            at += 1
        elif "=" in words[at]:
            project += words[at].split("=", 1)
        at += 1
    if at >= len(words) or words[at] not in STOPPING | STARTING:
        return None
    stops = words[at] in STOPPING
    services = _services(words[at + 1 :])
    name = " ".join(project)
    return stops, [f"{name}:{service}" for service in services or [ALL]]


def _begin(words: Words) -> int | None:
    """Where the words of compose begin, behind wrappers such as `sudo`."""
    for at, word in enumerate(words):
        if program(word) in _PROGRAMS:
            return at + 1
        if program(word) in ("docker", "podman", "nerdctl") and "compose" in words[at + 1 : at + 4]:
            return words.index("compose", at) + 1
    return None


def _services(words: Words) -> list[str]:
    found = []
    at = 0
    while at < len(words):
        if words[at] in _VALUES_OF_VERBS:
            at += 1
        elif not words[at].startswith("-"):
            found.append(words[at])
        at += 1
    return found


def service_of(what: str) -> str:
    """The service that one of these texts is about; empty for all."""
    service = what.rpartition(":")[2]
    return "" if service == ALL else service


def may_be_same(one: str, other: str) -> bool:
    """Whether two of these texts may be about the same; a project without a name may be any."""
    projects = one.rpartition(":")[0], other.rpartition(":")[0]
    services = service_of(one), service_of(other)
    return all(first == second or not (first and second) for first, second in (projects, services))
