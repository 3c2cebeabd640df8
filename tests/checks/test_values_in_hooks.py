"""Lint tells what gets the neutral form of a value, and what runs a raw one."""

from __future__ import annotations

import json

import pytest

from tests.checks.finding import START, codes, found


def on_error(command: str) -> str:
    """A file with one hook for failures."""
    return f"{START}on_error:\n    - {json.dumps(command)}\n"


@pytest.mark.parametrize(
    ("command", "receivers"),
    [
        ("sh -c 'echo {error}'", ["`sh`"]),
        ("notify.sh {error}", ["`notify.sh`"]),
        ("echo {error} | ssh host cat", ["`ssh`"]),
        ('MSG={output}; foo "$MSG"', ["an assignment"]),
        ("foo {error}; bar {output} {error}", ["`foo`", "`bar`", "`bar`"]),
        ("foo {error} {error}", ["`foo`"]),
        ("echo {error} > x; sh x", ["a file"]),
        ("cat <<E\n{error}\nE", ["a command that borgplan can't analyse"]),
        ("logger {error}", []),
        ("echo {error} | mail -s '{output}' root", []),
        ("foo {repository}", []),
        ("foo \\{error\\}", []),
    ],
)
def test_who_gets_the_neutral_form(command: str, receivers: list[str]) -> None:
    notes = [d for d in found(on_error(command), "2.1") if d.code == "BP617"]
    assert sorted(note.message.partition(" gets ")[0] for note in notes) == sorted(receivers)
    assert all(note.severity.word == "note" for note in notes)


@pytest.mark.parametrize(
    "command",
    [
        'eval "$BORGPLAN_ERROR"', 'sh -c "$BORGPLAN_ERROR"', 'sh -c "echo ${BORGPLAN_OUTPUT}"',
        "sh -c 'eval \"$BORGPLAN_ERROR\"'", "$BORGPLAN_OUTPUT", 'echo "$BORGPLAN_OUTPUT" | sh', 'ssh h "echo ${BORGPLAN_ERROR}"',
        "[[ $BORGPLAN_OUTPUT -eq 1 ]]", "python3 -c \"print('$BORGPLAN_OUTPUT')\"", "true; exec $BORGPLAN_OUTPUT",
        "echo $(( $BORGPLAN_OUTPUT + 1 ))", 'bash -ce "$BORGPLAN_ERROR"', 'bash <<< "$BORGPLAN_ERROR"', 'X=$BORGPLAN_ERROR; eval "$X"',
        'su -c "$BORGPLAN_ERROR" me', "if $BORGPLAN_OUTPUT; then :; fi", "trap '$BORGPLAN_ERROR' EXIT", "sh -c '$BORGPLAN_ERROR'",
        'su --command="$BORGPLAN_ERROR"', "bash -cx \"$BORGPLAN_REPOSITORY\"", 'sh -c -o errexit "$BORGPLAN_REPOSITORY_LABEL"',
    ],
)  # fmt: skip
def test_a_raw_value_that_is_run(command: str) -> None:
    assert "BP618" in codes(on_error(command), "2.1")


@pytest.mark.parametrize(
    "command",
    [
        'notify "$BORGPLAN_ERROR"', 'echo "$BORGPLAN_ERROR"', "sh -c 'echo \"$BORGPLAN_ERROR\"'", 'curl -d "$BORGPLAN_ERROR" x',
        'echo "$BORGPLAN_ERROR" | mail -s x root', "printf '%s' \"$BORGPLAN_ERROR\" | ssh host cat", 'M="$BORGPLAN_ERROR"; echo "$M"',
        "python3 -c 'import os; print(os.environ[\"BORGPLAN_ERROR\"])'", "cat <<E\n$BORGPLAN_ERROR\nE", "true # eval $BORGPLAN_ERROR",
        "eval 'true'; echo \"$BORGPLAN_ERROR\"", "sh -c 'true'; logger \"$BORGPLAN_ERROR\"", "eval \"$BORGPLAN_SOMETHING\"",
    ],
)  # fmt: skip
def test_a_raw_value_that_stays_text(command: str) -> None:
    assert "BP618" not in codes(on_error(command), "2.1")
