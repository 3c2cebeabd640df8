"""What borgplan takes Borg to refuse, against a real Borg, value by value."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from borgplan.compiler.borg.shell_patterns import compiled, expression
from tests.end_to_end.refusing import TABLES, laboratory

pytestmark = pytest.mark.borg


_AT_ONCE = 8  # each asks Borg once
_PARTS = [
    (name, start)
    for name, table in TABLES.items()
    for start in range(0, len(table.values), _AT_ONCE)
]


@pytest.mark.parametrize(("name", "start"), _PARTS)
def test_borgplan_refuses_what_borg_refuses(
    name: str, start: int, record_property: Callable[[str, object], None]
) -> None:
    table, lab = TABLES[name], laboratory()
    given = table.values[start : start + _AT_ONCE]
    wrong = []
    for value in given:
        ended = lab.borg(*table.words(lab, value))
        refused = bool(ended.returncode)
        if table.said:
            refused = re.search(table.said, ended.stderr) is not None
        told = table.rule(value, lab.version)
        if bool(told) != refused:
            wrong.append((value, told, ended.returncode, ended.stderr[-300:]))
    record_property("values", (name, str(lab.version), len(given), len(wrong)))
    assert not wrong


def test_lines_that_are_not_utf_8_are_refused_even_in_comments() -> None:
    lab = laboratory()
    for option in ("--patterns-from", "--exclude-from"):
        for line in ("# \udce9", "- \udce9"):
            words = lab.create()
            assert lab.borg(words[0], option, lab.file(line), *words[1:]).returncode


def test_an_empty_source_is_refused_or_saves_nothing_of_it() -> None:
    """Borg 1.4 refuses it, Borg 1.2 takes the working directory for it."""
    lab = laboratory()
    ended = lab.borg(*lab.create()[:-1], "--", "")
    assert bool(ended.returncode) == lab.version.knows("1.4.0a1")


@pytest.mark.parametrize("path", ["link", "link/", "link/."])
def test_of_a_source_that_is_a_link_only_the_link_is_saved(path: str) -> None:
    lab = laboratory()
    (lab.path / "dir").mkdir(exist_ok=True)
    (lab.path / "dir/inside").write_text("x")
    link = lab.path / "link"
    if not link.is_symlink():
        link.symlink_to("dir")
    words = lab.create()
    assert lab.borg("create", words[1], path).returncode == 0
    assert lab.borg("list", "--short", words[1]).stdout.split() == [b"link"]


def test_borg_leaves_out_its_own_repository_and_no_other() -> None:
    lab = laboratory()
    if not (lab.path / "both").exists():
        (lab.path / "both").mkdir()
        for name in ("one", "two"):
            lab.borg("init", "-e", "none", f"both/{name}").check_returncode()
    assert lab.borg("create", "both/one::a", "both").returncode == 0
    stored = lab.borg("list", "--short", "both/one::a").stdout.decode().split()
    assert "both/two/config" in stored
    assert not [path for path in stored if path.startswith("both/one")]


@pytest.mark.parametrize("exclude", ["dir", "sh:d*", "re:^d"])
def test_a_source_that_an_exclude_fits_is_left_out_in_silence(exclude: str) -> None:
    lab = laboratory()
    (lab.path / "dir").mkdir(exist_ok=True)
    (lab.path / "dir/inside").write_text("x")
    words = lab.create()
    assert lab.borg("create", "--exclude", exclude, words[1], "dir").returncode == 0
    assert lab.borg("list", "--short", words[1]).stdout == b""


def test_shell_patterns_are_borgs() -> None:
    """Names of archives, filtered by Borg and by what borgplan takes Borg's patterns for."""
    lab = laboratory()
    names = {"vm-2026", "vm-2-2026", "a[1]-x", "a1-x", "b*", "b?", "bx", "c]", "!d", "^e"}
    for name in sorted(names):
        lab.borg(*lab.create(name=f"sp {name}"))
    patterns = (
        "vm-[0-9][0-9][0-9][0-9]", "vm-*", "a[[]1]-x", "a[1]-x", "b[*]", "b[?]", "b?", "[!b]*", "c]", "[]c]*",
        "[^e]*", "[!^]*", "*[0-9]", "[", "[!]",
    )  # fmt: skip
    for pattern in patterns:
        found = lab.borg("list", "--short", "--glob-archives", f"sp {pattern}", "r")
        ours = compiled(expression(pattern))
        assert not isinstance(ours, str)
        listed = {name.removeprefix("sp ") for name in found.stdout.decode().splitlines()}
        assert listed == {name for name in names if ours.match(name)}, pattern
