"""Values in hooks through the whole program: what arrives, in which form, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line.place import FLAT, Place

SAID = 'no space; $(touch marker) `touch marker`\n"quoted"'
FAILING = f"cat <<'E'\n{SAID}\nE\nexit 3"
NEUTRAL = "_no_space_touch_marker_touch_marker_quoted"


def files(place: Place, on_error: str, more: str = "") -> None:
    place.write(
        "c.yaml",
        f"{FLAT}{more}before_backup: [{json.dumps(FAILING)}]\non_error: [{json.dumps(on_error)}]\n",
    )


@pytest.fixture
def noting(place: Place) -> Place:
    place.program("note", 'printf \'%s\\n\' "$@" >> "$HOME/noted"\n')
    place.program("script.sh", 'printf \'%s\\n\' "$BORGPLAN_OUTPUT" >> "$HOME/noted"\n')
    return place


def test_an_unknown_command_gets_the_neutral_form_and_the_environment_has_all(
    noting: Place,
) -> None:
    files(noting, "note {output}; script.sh")
    assert noting.run("apply", "-a", "create", "c.yaml").code == 1
    assert noting.read("noted") == f"{NEUTRAL}\n{SAID}\n"
    assert not (noting.path / "marker").exists()


def test_a_hook_without_placeholders_has_them_in_its_environment_too(noting: Place) -> None:
    files(noting, "script.sh")
    noting.run("apply", "-a", "create", "c.yaml")
    assert noting.read("noted") == f"{SAID}\n"


def test_plain_text_gets_the_value_as_it_is(noting: Place) -> None:
    files(
        noting, "printf '%s\\n' {output} | tee n.log; echo {output} >> n.log; echo {output} > n.sh"
    )
    noting.run("apply", "-a", "create", "c.yaml")
    assert noting.read("n.sh") == f"{NEUTRAL}\n"
    assert noting.read("n.log") == f"{SAID}\n{SAID}\n"


def test_a_command_of_the_project_file_gets_the_value_as_it_is(noting: Place) -> None:
    files(noting, "note -m {output} --text={output}")
    noting.write("borgplan.yaml", "plain_text: [note]\n")
    noting.run("apply", "-a", "create", "c.yaml")
    assert noting.read("noted") == f"-m\n{SAID}\n--text={SAID}\n"
    shown = noting.run("plan", "-a", "create", "c.yaml")
    assert 'note -m "${BORGPLAN_OUTPUT}"' in shown.out


def test_lint_tells_who_gets_the_neutral_form(place: Place) -> None:
    for command, told in (
        ("notify.sh {error}", False),
        ("~/bin/notify.sh -m {error}", False),
        ("/opt/send {error}", False),
        ("/opt/bin/send {error}", True),
    ):
        files(place, command)
        place.write("borgplan.yaml", "lint: {select: [BP617]}\n")
        assert "BP617" in place.run("lint", "c.yaml").out
        place.write(
            "borgplan.yaml", "plain_text: [notify.sh, /opt/send]\nlint: {select: [BP617]}\n"
        )
        assert ("BP617" in place.run("lint", "c.yaml").out) == told


def test_what_loses_characters_is_told_and_where_that_matters_refused(noting: Place) -> None:
    constants = "constants: {title: 'A & B'}\n"
    files(noting, "note {title}", constants)
    ran = noting.run("apply", "-a", "create", "c.yaml")
    assert "BP616 `{title}` loses characters because `note`" in ran.err
    assert noting.read("noted") == "A___B\n"
    files(noting, "sh -c 'note {title}'", constants)
    ran = noting.run("plan", "-a", "create", "c.yaml")
    assert ran.code == 2
    assert "BP305 {title} is used in code for another shell" in ran.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x", "`plain_text` takes a list of commands, not the text"),
        ("[notify.sh --text]", "`plain_text` takes names of commands without their arguments"),
        ("[-x]", "`plain_text` takes names of commands without their arguments"),
        ("[bin/x]", "`plain_text` takes names of commands without their arguments"),
        ("[[x]]", "`plain_text` takes names of commands without their arguments"),
        ("[7]", "`plain_text` takes names of commands without their arguments"),
        ("['']", "`plain_text` takes names of commands without their arguments"),
    ],
)
def test_a_project_file_names_commands(place: Place, text: str, problem: str) -> None:
    place.write("c.yaml", FLAT)
    place.write("borgplan.yaml", f"plain_text: {text}\n")
    ran = place.run("plan", "c.yaml")
    assert ran.code == 2
    assert f"BP702 {problem}" in ran.err


def test_the_environment_in_a_here_document(place: Place) -> None:
    text = "cat > written <<E\npassword=${PASS}\nE"
    place.write("c.yaml", f"{FLAT}before_backup: [{json.dumps(text)}]\n")
    place.run("apply", "--semantics", "2.1", "-a", "create", "c.yaml", PASS="it's $(touch marker)")
    assert place.read("written") == "password=it's $(touch marker)\n"
    quoted = text.replace("<<E", "<<'E'")
    place.write("c.yaml", f"{FLAT}before_backup: [{json.dumps(quoted)}]\n")
    ran = place.run("plan", "--semantics", "2.1", "-a", "create", "c.yaml", PASS="x")
    assert ran.code == 2
    assert "BP304 `${PASS}` can't be used in a here-document" in ran.err
    assert not Path(place.path / "marker").exists()
