"""`borgplan lint --shell`: with the tools that are there, and without."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from borgplan.compiler.lint.shell_rules.tree import is_available
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.process import shellcheck
from borgplan.runtime.process.shellcheck import program
from borgplan.runtime.run.shell_lint import shell_lint
from tests.command_line.place import FLAT, Place

TREE = pytest.mark.skipif(not is_available(), reason="the extra `shell` is not installed")
SHELLCHECK = pytest.mark.skipif(
    not program({"PATH": "/usr/bin:/bin"}), reason="ShellCheck is not installed"
)
HOOKS = """\
before_backup:
    - "\\u00e9; [[ -f /x ]] && echo $x"
    - |
        # why
        rm -rf "$TMP_DIR"/*
"""


def found(place: Place, *words: str) -> list[tuple[Any, ...]]:
    """Code, severity, line and column of what is about the file, and of missing tools."""
    ran = place.run("lint", "--shell", "--format", "json", "c.yaml", *words)
    assert ran.code in (0, 1), ran
    return [
        (item["code"], item["severity"], item["line"], item["column"])
        for item in ran.data["findings"]
        if item["code"].startswith("BP35")
    ]


def answering(place: Place, comments: list[dict[str, Any]]) -> None:
    """A ShellCheck that notes what it is given, and says this of each file."""
    place.write("comments.json", json.dumps(comments))
    place.program(
        "shellcheck",
        f"""exec {sys.executable} - "$@" <<'END'
import json, sys, os
home = os.environ["HOME"]
files = [word for word in sys.argv if word.startswith("/dev/fd/")]
with open(f"{{home}}/asked", "a") as asked:
    asked.write(json.dumps([[w for w in sys.argv[1:] if w not in files], [open(f).read() for f in files]]))
comments = json.load(open(f"{{home}}/comments.json"))
print(json.dumps({{"comments": [{{**comment, "file": file}} for file in files for comment in comments]}}))
END
""",
    )


def comment(code: int, level: str, line: int, column: int) -> dict[str, Any]:
    return {
        "line": line, "column": column, "endLine": line, "endColumn": column + 1, "level": level,
        "code": code, "message": "is so",
    }  # fmt: skip


@TREE
def test_findings_are_at_their_places_in_the_file(place: Place) -> None:
    place.write("c.yaml", FLAT + HOOKS)
    places = found(place)
    assert ("BP351", "warning", 5, 16) in places
    assert ("BP357", "warning", 8, 16) in places


def test_without_the_option_hooks_are_not_parsed(place: Place) -> None:
    place.write("c.yaml", FLAT + HOOKS)
    ran = place.run("lint", "c.yaml")
    assert "BP35" not in ran.out
    assert not (place.path / "asked").exists()


def test_what_shellcheck_says_is_shown_where_it_belongs(place: Place) -> None:
    answering(place, [comment(2086, "info", 1, 1), comment(2046, "warning", 1, 3)])
    place.write("c.yaml", FLAT + 'after_backup:\n    - "\\u00e9cho {repository}"\n')
    places = [item for item in found(place) if item[0] == "BP358"]
    assert places == [("BP358", "note", 5, 8), ("BP358", "warning", 5, 15)]
    words, scripts = json.loads(place.read("asked"))
    assert words == ["--norc", "-s", "sh", "-f", "json1", "-e", "SC1083,SC1090,SC1091"]
    assert scripts == ["écho _repository_"]
    assert "SC2046: is so" in place.run("lint", "--shell", "c.yaml").out


def test_many_commands_are_asked_about_together(place: Place) -> None:
    answering(place, [])
    items = "".join(f"    - run {number}\n" for number in range(150))
    place.write("c.yaml", f"{FLAT}after_backup:\n{items}    - run 1\n")
    found(place)
    calls = place.read("asked").replace("]][[", "]]\n[[").splitlines()
    assert sorted(len(json.loads(call)[1]) for call in calls) == [50, 100]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 4", "ended with exit code 4"),
        ("echo '{'", "can't be parsed"),
        ('echo \'{"comments": [{"file": "/etc/passwd"}]}\'', "a file it wasn't given"),
        ('for f; do :; done; echo "{\\"comments\\": [{\\"file\\": \\"$f\\"}]}"', "unknown form"),
    ],
)
def test_a_shellcheck_that_fails_is_a_note(place: Place, script: str, why: str) -> None:
    place.program("shellcheck", script)
    place.write("c.yaml", FLAT + HOOKS)
    ran = place.run("lint", "--shell", "c.yaml")
    assert "note BP359 ShellCheck" in ran.out
    assert why in ran.out
    assert "internal error" not in ran.err
    if is_available():
        assert "BP351" in ran.out


@SHELLCHECK
def test_the_real_shellcheck_is_understood(place: Place) -> None:
    place.write("c.yaml", FLAT + 'after_backup:\n    - "\\u00e9cho $x"\n')
    assert ("BP358", "note", 5, 18) in found(place)


def test_missing_tools_are_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(place.path / "python"))
    diagnostics = Diagnostics()
    shell_lint([], {}, {"PATH": ""}, diagnostics)
    (finding,) = diagnostics
    assert finding.code == "BP359"
    assert finding.severity.word == ("note" if is_available() else "warning")


def test_shellcheck_is_not_taken_from_the_working_directory(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.path)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    Path("shellcheck").write_text("#!/bin/sh\n")
    Path("shellcheck").chmod(0o755)
    assert program({"PATH": ":."}) == ""
    assert program({"PATH": f".:{place.path}"}) == f"{place.path}/shellcheck"


def test_a_shellcheck_that_takes_too_long_is_ended(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.program("shellcheck", "exec sleep 20")
    monkeypatch.setattr(shellcheck, "SECONDS", 0.1)
    with pytest.raises(shellcheck.ShellCheckError, match="took longer"):
        shellcheck.comments(f"{place.path}/bin/shellcheck", ["ls"], {"PATH": "/usr/bin:/bin"})
