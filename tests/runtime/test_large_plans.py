"""Plans of many files as text: what is the same for many is there once, and nothing grows with the square of files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from borgplan.runtime.render.plan import render
from borgplan.runtime.report.style import Style
from tests.runtime.build import compiled

TEXT = """\
source_directories: [/srv/NAME]
repositories: [{path: /backups/NAME.borg}]
keep_daily: 7
exclude_patterns: ['*.tmp']
before_backup: [systemctl stop NAME]
after_backup: [systemctl start NAME]
on_error: [rm -f /run/NAME.lock]
"""

PLAIN = Style()


def text_of(folder: Path, number: int, *, every: bool = False, style: Style = PLAIN) -> str:
    for n in range(number):
        (folder / f"app{n}.yaml").write_text(TEXT.replace("NAME", f"app{n}"))
    plan = compiled("--offline", "--semantics", "1.7.15", "-a", "create,prune", str(folder))
    return render(plan, style, every=every)


def test_files_that_are_alike_are_shown_once(tmp_path: Path) -> None:
    text = text_of(tmp_path, 6)
    assert (
        "  (folded: 5 more files, the same, with their own names in place of `app0`: app1.yaml (6 to 10), "
        "app2.yaml (11 to 15), app3.yaml (16 to 20) and 2 more; -v shows them)\n"
    ) in text
    assert "systemctl stop app0" in text
    assert "systemctl stop app1" not in text
    assert "PATTERNS of" in text
    assert "/srv/app1" not in text


def test_verbose_shows_every_step_and_each_block_once(tmp_path: Path) -> None:
    text = text_of(tmp_path, 6, every=True)
    assert "folded" not in text
    assert [int(n) for n in re.findall(r"^ +(\d+)  \S", text, re.MULTILINE)] == [*range(1, 31)]
    assert text.count("Borg's environment for ") == 1


def test_a_few_files_are_all_shown(tmp_path: Path) -> None:
    assert "folded" not in text_of(tmp_path, 3)


def test_the_text_grows_no_faster_than_the_files(tmp_path: Path) -> None:
    sizes = []
    for number in (4, 16):
        (tmp_path / str(number)).mkdir()
        sizes.append([len(text_of(tmp_path / str(number), number, every=e)) for e in (True, False)])
    (small, few), (large, many) = sizes
    assert large < 5 * small
    assert many < few + 500


def test_repositories_that_names_do_not_tell_are_listed(tmp_path: Path) -> None:
    for n in range(4):
        text = TEXT.replace("/backups/NAME", f"/mnt/disk{n}").replace("NAME", f"app{n}")
        (tmp_path / f"app{n}.yaml").write_text(text)
    plan = compiled("--offline", "--semantics", "1.7.15", "-a", "create,prune", str(tmp_path))
    text = render(plan, Style(), every=False)
    assert "    app3.yaml (16 to 20): /mnt/disk3.borg\n" in text


@pytest.mark.parametrize("color", [True, False])
def test_only_what_destroys_and_what_runs_after_failures_has_a_colour(
    tmp_path: Path, *, color: bool
) -> None:
    text = text_of(tmp_path, 1, style=Style(color=color))
    assert re.findall(r"\x1b\[3[1-7]m([^\x1b]*)", text) == (
        [
            next(line for line in text.split("\n") if "borg prune" in line).split("\x1b[")[1][3:],
            "rm -f /run/app0.lock",
        ]
        if color
        else []
    )


def test_on_a_terminal_no_line_is_too_long_that_could_be_shorter(tmp_path: Path) -> None:
    for columns in (80, 120):
        lines = text_of(tmp_path, 5, style=Style(width=columns, columns=columns)).split("\n")
        long = [line for line in lines if len(line) > columns]
        assert all(len(line.split()) <= 2 for line in long), long  # a word, and a backslash
