"""Which configuration files an archive holds for disaster recovery."""

from __future__ import annotations

from borgplan.compiler.lower.manifest import paths_of
from tests.compiler.memory_host import MemoryHost


def test_links_are_followed_step_by_step() -> None:
    host = MemoryHost({}, links={"/srv/a": "b", "/srv/b": "/etc/c"})
    assert paths_of(("a",), host) == ("/etc/c", "/srv/a", "/srv/b")


def test_a_circle_of_links_ends() -> None:
    host = MemoryHost({}, links={"/srv/a": "b", "/srv/b": "a"})
    assert paths_of(("a", "x"), host) == ("/srv/a", "/srv/b", "/srv/x")


def test_names_that_no_pattern_line_can_hold_are_left_out() -> None:
    assert paths_of(("a\nb", "c ", "d"), MemoryHost({}, directory="/")) == ("/d",)
