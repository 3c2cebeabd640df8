"""Windows of time, in which runs may start: from a time of the day until another one, on the controller's clock."""

from __future__ import annotations

import argparse
import re
import time

from ...compiler.support.record import NamedTuple

_FORM = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])-([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DAY = 24 * 60
ALWAYS = "always"


class Window(NamedTuple):
    """`start`, `end`: minutes since midnight; a window that ends before it starts spans midnight, one that ends with its
    start never closes. It is closed in the minute of its end. `text`: as it was written."""

    start: int
    end: int
    text: str

    @property
    def is_always(self) -> bool:
        return self.start == self.end

    def is_open(self, minute: int) -> bool:
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def why_closed(self, now: float) -> str:
        """In words, why nothing starts at this time, in seconds since 1970; empty if it may."""
        here = time.localtime(now)
        if self.is_open(here.tm_hour * 60 + here.tm_min):
            return ""
        return f"the window {self.text} is closed at {here.tm_hour:02}:{here.tm_min:02}"

    def next_open(self, now: float) -> tuple[float, float | None]:
        """When runs may start, from now on, in seconds since 1970, and for how many seconds from then on; None for ever."""
        if self.is_always:
            return now, None
        here = time.localtime(now)
        minute, second = here.tm_hour * 60 + here.tm_min, here.tm_sec
        if self.is_open(minute):
            return now, (self.end - minute) % _DAY * 60 - second
        wait = (self.start - minute) % _DAY * 60 - second
        return now + wait, (self.end - self.start) % _DAY * 60


NO_WINDOW = Window(0, 0, "")


def window_in(text: str) -> Window:
    """The type of `--window`."""
    if text == ALWAYS:
        return NO_WINDOW
    found = _FORM.fullmatch(text)
    hours = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if start == end:
        raise argparse.ArgumentTypeError(
            f"`{text}` is not a window: write two times of the day such as 22:00-06:00, or `{ALWAYS}`"
        )
    return Window(start, end, text)
