"""Sources, patterns and excludes as Borg gets them, and those that it would refuse."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.work import Process
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

FILES = {"patterns": "patterns_from", "exclude_patterns": "exclude_from"}
START = "repositories: [{path: /backups/one}]\nkeep_daily: 1\n"


def compiled(text: str, files: dict[str, str | bytes] | None = None, **env: str) -> Compilation:
    alone = f"{START}{text}\nbootstrap: {{store_config_files: false}}\n"
    host = MemoryHost({"/srv/c.yaml": alone, **(files or {})}, environment=env)
    diagnostics = Diagnostics()
    return plan_of(
        read(CompileRequest(("c.yaml",), semantics="2.1"), host, diagnostics), host, diagnostics
    )


def with_lines(option: str, *lines: str) -> Compilation:
    return compiled(f"source_directories: [/etc]\n{option}: {json.dumps(lines)}\n")


def lines_of(found: Compilation) -> tuple[str, ...]:
    assert found.plan, found.errors
    (patterns,) = found.plan.scratch
    return patterns.shown_lines


REFUSED = (
    "R", "r", "-", "+ ", "!", "P", "P xx", "P sh,", "* x", "x", "include /x", "- re:[", "- re:(a", "- re:*",
    "- re:a{99999999999}", "- re:x(?i)", "- xx:foo", "- 12:30", "- éé:x", "- sh:[z-a]", "- [z-a]",
)  # fmt: skip


@pytest.mark.parametrize("line", REFUSED)
def test_what_borg_refuses_is_an_error_where_it_stands(line: str) -> None:
    found = with_lines("patterns", "- /x", line)
    (problem,) = found.errors
    assert (problem.code, problem.span.line) == ("BP420", 4)
    assert found.plan is None or not found.plan.steps


@pytest.mark.parametrize("line", ["- /x", *REFUSED[:8]])
def test_the_same_holds_in_a_file_with_the_number_of_the_line(line: str) -> None:
    text = "source_directories: [/etc]\npatterns_from: [/p]\n"
    problems = compiled(text, {"/p": f"# x\r\n\r\n{line}\r\n"}).errors
    assert [p.code for p in problems] == ([] if line == "- /x" else ["BP420"])
    assert all("/p:3: " in problem.message for problem in problems)


@pytest.mark.parametrize("line", ["re:[", "sh:[z-a]"])
def test_excludes_are_held_to_it_too(line: str) -> None:
    assert [p.code for p in with_lines("exclude_patterns", line).errors] == ["BP420"]
    text = "source_directories: [/etc]\nexclude_from: [/p]\n"
    assert [p.code for p in compiled(text, {"/p": line}).errors] == ["BP420"]


@pytest.mark.parametrize("option", ["patterns_from", "exclude_from"])
def test_a_file_that_is_not_utf_8_is_refused(option: str) -> None:
    text = f"source_directories: [/etc]\n{option}: [/p]\n"
    (problem,) = compiled(text, {"/p": b"# fine\n# \xe9\n"}).errors
    assert problem.code == "BP420"
    assert "/p:2: " in problem.message


def test_a_file_of_wrong_lines_is_told_of_in_short() -> None:
    text = "source_directories: [/etc]\npatterns_from: [/p]\n"
    problems = compiled(text, {"/p": "x\n" * 10000}).errors
    assert len(problems) == 6
    assert "9995 more" in problems[-1].message


@pytest.mark.parametrize("source", ["''", "${EXTRA}", '"a\\0b"', "${UNSET:-}"])
def test_a_source_that_borg_cannot_have(source: str) -> None:
    found = compiled(f"source_directories: [/etc, {source}]\n", EXTRA="")
    assert found.errors
    assert found.plan is None or not found.plan.steps


@pytest.mark.parametrize(
    ("option", "line", "expected"),
    [
        ("patterns", "R ~/x", "R /home/user/x"),
        ("patterns", "r ~/x", "R /home/user/x"),
        ("patterns", "R~anna/x", "R /home/anna/x"),
        ("patterns", "- ~/x", "- /home/user/x"),
        ("patterns", "-~/x", "- /home/user/x"),
        ("patterns", "+  sh:~/x", "+ sh:/home/user/x"),
        ("patterns", "! fm:~anna/x", "! fm:/home/anna/x"),
        ("patterns", "- pp:~", "- pp:/home/user"),
        ("patterns", "- pf:~nobody/x", "- pf:~nobody/x"),
        ("patterns", "- x~/y", "- x~/y"),
        ("exclude_patterns", "~/x", "! fm:/home/user/x"),
        ("exclude_patterns", "sh:~/x", "! sh:/home/user/x"),
        ("exclude_patterns", "pp:~anna", "! pp:/home/anna"),
        ("exclude_patterns", "xx:~/x", "! fm:xx:~/x"),
        ("exclude_patterns", "re:x$", "! re:x$"),
    ],
)
def test_a_home_is_expanded_behind_any_style(option: str, line: str, expected: str) -> None:
    assert expected in lines_of(with_lines(option, line))
    text = f"source_directories: [/etc]\n{FILES[option]}: [/p]\n"
    assert expected in lines_of(compiled(text, {"/p": f"{line}\n"}))


def test_a_style_ends_with_its_option_however_it_is_written() -> None:
    text = 'source_directories: [/etc]\npatterns: ["p fm", "- a"]\npatterns_from: [/p]\n'
    lines = lines_of(compiled(text, {"/p": "- b\n"}))
    assert lines[lines.index("- a") + 1 :] == ("P sh", "- b")


def test_the_style_of_a_line_is_that_before_it() -> None:
    assert with_lines("patterns", "P re", "- [").errors
    assert not with_lines("patterns", "P fm", "- [z-a]").errors


def test_a_root_that_a_glob_finds_is_no_second_line() -> None:
    found = compiled(
        'patterns: ["R /data/*"]\n', {"/data/a": "", "/data/b\nR /etc": "", "/data/c": ""}
    )
    assert [line for line in lines_of(found) if line[0] == "R"] == ["R /data/a", "R /data/c"]
    assert found.plan
    (create,) = [
        step.work
        for step in found.plan.steps
        if isinstance(step.work, Process) and step.work.argv[1] == "create"
    ]
    assert create.argv[-1] == "/data/b\nR /etc"
