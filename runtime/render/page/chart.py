"""A chart of values over time, as SVG without any script: a bar for each, at its time, so that a missing night is a gap.

What it shows is in a table beside it, too; so for readers that can't see it, its caption is enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ....compiler.support.record import NamedTuple
from .markup import text

_WIDTH, _HEIGHT = 1000.0, 100.0
_WIDEST, _NARROWEST = 40.0, 4.0


class Point(NamedTuple):
    """`began`: seconds since 1970. `bad`: marked over the whole height, however small the value is. `words`: what it is."""

    began: float
    value: float
    bad: bool
    words: str


class Span(NamedTuple):
    """The time that charts of a page have in common, in seconds since 1970."""

    first: float
    last: float

    def part(self, moment: float) -> float:
        """Where in it a moment is, from 0 to 1."""
        return min(1.0, max(0.0, _part(moment - self.first, self.last - self.first)))

    def ends(self) -> tuple[str, str]:
        """Both as days, or, where these are the same, with times."""
        days = (_at("%Y-%m-%d", self.first), _at("%Y-%m-%d", self.last))
        return days if days[0] != days[1] else (_minute(self.first), _minute(self.last))


def chart(title: str, points: Sequence[Point], shown: Callable[[float], str], span: Span) -> str:
    """`points`: at least one, the newest last; `shown`: a value in words."""
    most = max(point.value for point in points)
    caption = f"{title}: last {shown(points[-1].value)}, maximum {shown(most)}"
    width = min(_WIDEST, max(_NARROWEST, 0.7 * _WIDTH / len(points)))
    first, last = span.ends()
    bars = "".join(
        _bar(point, shown, (_WIDTH - width) * span.part(point.began), width, most)
        for point in points
    )
    return (
        f'<figure><figcaption>{text(caption)}</figcaption><svg class="chart" role="img" aria-label="{text(caption)}" '
        f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none">{bars}</svg>'
        f'<div class="axis"><span>{first}</span><span>{last}</span></div></figure>'
    )


def _bar(
    point: Point, shown: Callable[[float], str], left: float, width: float, most: float
) -> str:
    height = max(1.0, _HEIGHT * _part(point.value, most))
    band = f'<rect class="band" x="{left:.1f}" y="0" width="{width:.1f}" height="100"/>'
    return (
        f"<g><title>{text(f'{_minute(point.began)}: {shown(point.value)}, {point.words}')}</title>{band if point.bad else ''}"
        f'<rect class="{"bad" if point.bad else ""}" x="{left:.1f}" y="{_HEIGHT - height:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/></g>'
    )


def _part(value: float, whole: float) -> float:
    return value / whole if whole > 0 else 0.0


def _minute(seconds: float) -> str:
    return _at("%Y-%m-%d %H:%M", seconds)


def _at(form: str, seconds: float) -> str:
    return time.strftime(form, time.localtime(seconds))
