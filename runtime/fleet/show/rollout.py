"""What came of a roll-out, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ....compiler.shell.printable import printable
from ....compiler.support.record import TYPE_CHECKING, NamedTuple
from ...engine.wording import elapsed
from ...render.phrases import count
from ...report.style import Style
from ..rollout_log import End, HostEnd
from .names import hosts_named

if TYPE_CHECKING:
    from ...report.style import Paint

COLOURS: Mapping[End, Paint] = {
    End.SUCCEEDED: "green", End.FAILED: "red", End.INTERRUPTED: "red", End.REFUSED: "red",
    End.UNREACHABLE: "yellow", End.UNKNOWN: "yellow",
}  # fmt: skip
_LINES = 3  # of what explains an end


class Outcome(NamedTuple):
    """`running`: hosts that have been started, and have not ended. `waiting`: those that have not been started, and
    `why`: in words, why not. `order`: all hosts."""

    id: str
    order: Sequence[str]
    ends: Mapping[str, HostEnd]
    running: Sequence[str]
    waiting: Sequence[str]
    why: str

    def hosts(self, end: End) -> list[str]:
        return [name for name in self.order if name in self.ends and self.ends[name].end is end]


def exit_code(outcome: Outcome) -> int:
    """0 if every host succeeded, 2 if nothing ran on any, else 1."""
    ends = {end.end for end in outcome.ends.values()}
    if outcome.running or outcome.waiting or not ends <= {End.SUCCEEDED}:
        return 2 if not outcome.running and ends <= {End.REFUSED, End.UNREACHABLE} else 1
    return 0


def line(host: str, what: str, end: HostEnd | None, why: str) -> str:
    """What has just become of a host, in a line."""
    if end is not None:
        return printable(f"{host}: {ended(end)}")
    if what == "lost":
        return printable(f"{host}: no contact, what runs there continues: {why}")
    return printable(f"{host}: {what}")


def ended(end: HostEnd) -> str:
    """How a host ended, in a few words."""
    took = f" after {elapsed(end.seconds)}" if end.seconds is not None else ""
    code = f" (exit code {end.code})" if end.code and end.end is not End.REFUSED else ""
    left = f", {count(end.cleanups, 'outstanding cleanup')}" if end.cleanups else ""
    why = _why(end) if end.end not in (End.SUCCEEDED, End.INTERRUPTED) else ""
    return f"{end.end.value}{took}{code}{left}{f': {why}' if why else ''}"


def _why(end: HostEnd) -> str:
    lines = [text.strip() for text in end.text.splitlines() if text.strip()]
    return " / ".join(lines[:_LINES] if end.end is End.REFUSED else lines[-1:])


def render(outcome: Outcome, style: Style, what: str = "Roll-out") -> str:
    """The summary: hosts by how they ended. `what`: was done to them."""
    parts = [f"{len(hosts)} {end.value}" for end in End if (hosts := outcome.hosts(end))]
    parts += [f"{len(outcome.running)} running"] if outcome.running else []
    parts += [f"{len(outcome.waiting)} not started"] if outcome.waiting else []
    lines = [f"{what} {outcome.id}, {count(len(outcome.order), 'host')}: {', '.join(parts)}."]
    for end in End:
        lines += _of(end, outcome, style)
    if outcome.running:
        lines.append(f"  {style.paint('running', 'cyan')}: {hosts_named(outcome.running)}")
    if outcome.waiting:
        because = f", because {outcome.why}" if outcome.why else ""
        lines.append(f"  not started{because}: {hosts_named(outcome.waiting)}")
    return "".join(f"{text}\n" for text in lines)


def _of(end: End, outcome: Outcome, style: Style) -> Iterator[str]:
    hosts = outcome.hosts(end)
    if not hosts:
        return
    name = style.paint(end.value, COLOURS[end])
    if end is End.SUCCEEDED:
        yield f"  {name}: {hosts_named(hosts)}"
        return
    for host in hosts:
        found = outcome.ends[host]
        yield f"  {name}: {printable(host)}{printable(ended(found).removeprefix(end.value))}"


def as_data(outcome: Outcome) -> dict[str, object]:
    """For JSON, documented in docs/fleet.md."""
    hosts: list[dict[str, object]] = []
    for name in outcome.order:
        end = outcome.ends.get(name)
        if end is not None:
            hosts.append({"name": name, **end._asdict(), "end": end.end.value})
        else:
            hosts.append({"name": name, "end": "running" if name in outcome.running else None})
    return {
        "format": "borgplan-rollout", "version": 1, "id": outcome.id, "stopped": outcome.why or None,
        "hosts": hosts,
    }  # fmt: skip
