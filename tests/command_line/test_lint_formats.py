"""Reports for machines: SARIF by its schema, JUnit by a reader of it, GitHub's commands by its rules."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml

from borgplan.compiler.lint.pages import page
from tests.command_line.place import FLAT, Place, Ran

SCHEMA = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "data/sarif-2.1.0-rtm.5.json.gz").read_bytes())
)
FORMATS = ("sarif", "github", "junit")
SECRET = "hunter2-57005"


@pytest.fixture
def prepared(place: Place) -> Place:
    """A clean file, one with a note and warnings, one with an error; one of them is included."""
    place.write("d/clean.yaml", FLAT.replace("repo}", "other}"))
    more = "umask: 77\numask: 77\nunsafe_skip_path_validation_before_create: true\n"
    place.write("d/found.yaml", f"<<: !include ../common.yml\n{FLAT}{more}")
    place.write("common.yml", "debug_passphrase: true\n")
    place.write("d/broken.yaml", f"{FLAT}compression: 3\n")
    return place


# --- SARIF ---


def sarif(ran: Ran) -> Any:
    jsonschema.Draft4Validator(SCHEMA).validate(ran.data)
    (run,) = ran.data["runs"]
    return run


def test_sarif_fits_its_schema(prepared: Place) -> None:
    ran = prepared.run("lint", "--format", "sarif", "d")
    run = sarif(ran)
    assert ran.err == ""
    assert run["tool"]["driver"]["name"] == "borgplan"
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == f"file://{prepared.path}/"
    assert run["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["BP116", "BP203", "BP218", "BP232"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert levels == {"BP116": "warning", "BP203": "error", "BP218": "warning", "BP232": "note"}


def test_sarif_has_the_page_of_each_rule(prepared: Place) -> None:
    run = sarif(prepared.run("lint", "--format", "sarif", "d"))
    for rule in run["tool"]["driver"]["rules"]:
        found = page(rule["id"])
        assert rule["name"] == found.name
        short, full = rule["shortDescription"]["text"], rule["fullDescription"]["text"]
        assert full.startswith(short)
        assert short.endswith((".", "?", "!"))
        assert "\n" not in short
        assert rule["help"]["text"] == full
        assert rule["help"]["markdown"].startswith(found.why[:20])
        assert "## Good" in rule["help"]["markdown"]
        assert re.fullmatch(rf"https://\S+#{rule['id']}", rule["helpUri"])


@pytest.mark.parametrize(
    "name", ["d/found.yaml", "./d//found.yaml", "d/../d/./found.yaml", "{}/d/found.yaml"]
)
def test_sarif_names_a_file_in_one_way(prepared: Place, name: str) -> None:
    run = sarif(prepared.run("lint", "--format", "sarif", name.format(prepared.path)))
    artifacts = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in run["results"]]
    assert {(a["uri"], a["uriBaseId"]) for a in artifacts} == {
        ("d/found.yaml", "SRCROOT"), ("common.yml", "SRCROOT"),
    }  # fmt: skip


def test_sarif_says_where(prepared: Place) -> None:
    run = sarif(prepared.run("lint", "--format", "sarif", "d"))
    places = {r["ruleId"]: r["locations"][0]["physicalLocation"] for r in run["results"]}
    assert places["BP203"] == {
        "artifactLocation": {"uri": "d/broken.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 4, "startColumn": 14, "endLine": 4, "endColumn": 15},
    }
    assert places["BP218"]["artifactLocation"]["uri"] == "common.yml"
    (twice,) = (r for r in run["results"] if r["ruleId"] == "BP116")
    (related,) = twice["relatedLocations"]
    assert related["message"]["text"] == "first"
    assert related["physicalLocation"]["region"]["startLine"] == 5


def test_a_finding_about_a_file_as_a_whole_has_no_columns(place: Place) -> None:
    place.write("ü ö.yaml", FLAT).chmod(0o644)
    run = sarif(place.run("lint", "--format", "sarif", "ü ö.yaml"))
    (result,) = run["results"]
    place_of_it = result["locations"][0]["physicalLocation"]
    assert place_of_it["artifactLocation"]["uri"] == "%C3%BC%20%C3%B6.yaml"
    assert place_of_it["region"] == {"startLine": 1}


def test_a_file_elsewhere_has_an_absolute_uri(prepared: Place) -> None:
    prepared.path.joinpath("e").mkdir()
    run = sarif(prepared.run("lint", "--format", "sarif", "../d/broken.yaml", directory="e"))
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == f"file://{prepared.path}/d/broken.yaml"
    assert "uriBaseId" not in artifact


def test_what_is_about_no_file_has_no_place(place: Place) -> None:
    place.write("c.yaml", FLAT)
    run = sarif(place.run("lint", "--format", "sarif", "--repository", "no", "c.yaml"))
    (result,) = run["results"]
    assert result["ruleId"] == "BP407"
    assert "locations" not in result


def test_fingerprints_stay_when_lines_move_and_tell_equal_ones_apart(place: Place) -> None:
    def fingerprints(text: str) -> list[str]:
        place.write("c.yaml", text)
        run = sarif(place.run("lint", "--format", "sarif", "c.yaml"))
        return [r["partialFingerprints"]["borgplan/v1"] for r in run["results"]]

    before = fingerprints(f"{FLAT}umask: 77\numask: 77\numask: 77\n")
    assert len(set(before)) == 2
    assert fingerprints(f"# moved\n\n{FLAT}umask: 77\numask: 77\numask: 77\n") == before


def test_no_findings_are_a_valid_report_too(place: Place) -> None:
    place.write("c.yaml", FLAT)
    ran = place.run("lint", "--format", "sarif", "c.yaml")
    assert ran.code == 0
    assert sarif(ran)["results"] == []
    assert sarif(ran)["invocations"][0]["executionSuccessful"] is True


# --- GitHub ---


def github(ran: Ran) -> list[tuple[str, dict[str, str], str]]:
    """Commands as GitHub's runner reads them: name, properties, message."""

    def plain(text: str) -> str:
        for sign in (":", ",", "\r", "\n", "%"):
            text = text.replace(f"%{ord(sign):02X}", sign)
        return text

    found = []
    for line in ran.out.splitlines():
        match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
        assert match, line
        pairs = (pair.partition("=") for pair in match[2].split(","))
        found.append((match[1], {name: plain(value) for name, _, value in pairs}, plain(match[3])))
    return found


def test_github_gets_a_command_a_finding(prepared: Place) -> None:
    ran = prepared.run("lint", "--format", "github", "d")
    found = github(ran)
    assert [(name, properties["title"]) for name, properties, _ in found] == [
        ("warning", "BP218"), ("error", "BP203"), ("warning", "BP116"), ("notice", "BP232"),
    ]  # fmt: skip
    assert found[1][1] == {
        "file": "d/broken.yaml", "line": "4", "col": "14", "endLine": "4", "endColumn": "15",
        "title": "BP203",
    }  # fmt: skip
    assert found[2][2].splitlines() == [
        "`umask` is set twice: the last value takes effect", "hint: write it once",
    ]  # fmt: skip
    assert ran.err == "3 files checked: 1 error, 2 warnings, 1 note\n"


def test_signs_that_mean_something_to_github_come_through(place: Place) -> None:
    name = "a,b:c%0A::error::d.yaml"
    place.write(name, f"{FLAT}'100%::x': 1\n")
    ((_, properties, message),) = github(place.run("lint", "--format", "github", name))
    assert properties["file"] == name
    assert "`100%::x`" in message


# --- JUnit ---


def junit(place: Place, *words: str) -> dict[str, Any]:
    """Suites by file."""
    text = place.run("lint", "--format", "junit", *words).out
    return {suite.name: suite for suite in JUnitXml.fromstring(text.encode())}


def test_junit_has_a_suite_a_file_and_a_case_a_finding(prepared: Place) -> None:
    suites = junit(prepared, "d")
    assert set(suites) == {"d/clean.yaml", "d/found.yaml", "d/broken.yaml", "d/../common.yml"}
    clean, found, broken = (suites[f"d/{name}.yaml"] for name in ("clean", "found", "broken"))
    assert (clean.tests, clean.failures, clean.errors) == (1, 0, 0)
    assert [case.result for case in clean] == [[]]
    assert (found.tests, found.failures, found.errors) == (2, 1, 0)
    assert (broken.tests, broken.failures, broken.errors) == (1, 0, 1)
    ((error,),) = (case.result for case in broken)
    assert isinstance(error, Error)
    assert error.type == "BP203"
    failures = [result for case in found for result in case.result if isinstance(result, Failure)]
    assert [failure.type for failure in failures] == ["BP116"]
    assert "d/found.yaml:6:1: warning BP116" in failures[0].text


def test_a_note_passes_unless_notes_count(prepared: Place) -> None:
    (note,) = (case for case in junit(prepared, "d")["d/found.yaml"] if "BP232" in case.name)
    assert note.result == []
    assert "BP232" in note.system_out
    suites = junit(prepared, "--severity", "note", "d")
    assert suites["d/found.yaml"].failures == 2


# --- all of them ---


@pytest.mark.parametrize("format_", FORMATS)
def test_what_would_steer_a_terminal_or_break_the_form_is_shown(place: Place, format_: str) -> None:
    bad = "\\e]0;x\\a\\x9b2J\\r\\n]]>&<\\uFFFE\\uFFFF\\\"'"
    path = place.write("c.yaml", f'{FLAT}"{bad}key": 1\nkeep_weekly: "{bad}"\n')
    ran = place.run("lint", "--format", format_, path.name)
    assert ran.code == 2
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.out + ran.err)
    if format_ == "sarif":
        assert len(sarif(ran)["results"]) == 2
    elif format_ == "github":
        assert len(github(ran)) == 2
    else:
        (suite,) = JUnitXml.fromstring(ran.out.encode())
        assert suite.errors == 2


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    "text",
    [
        f"encryption_passphrase: [{SECRET}\n",
        f"encryption_passphrase: {{{SECRET}: 1}}\n",
        f"encryption_passphrase: x\nencryption_passphrase: {SECRET}\n",
        f"encryption_pasphrase: {SECRET}\n",
        f"log_file_format: [{{name: {SECRET}}}]\n",
    ],
)
def test_secrets_stay_out(place: Place, format_: str, text: str) -> None:
    place.write("c.yaml", FLAT + text)
    ran = place.run("lint", "--format", format_, "c.yaml")
    assert ran.code in (1, 2)
    for part in SECRET.split("-"):
        assert part not in ran.out + ran.err


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_name_that_is_no_text(place: Place, format_: str) -> None:
    name = "a\udcff\n.yaml"
    place.write(name, f"{FLAT}compression: 3\n")
    ran = place.run("lint", "--format", format_, name)
    assert ran.code == 2
    assert "BP203" in ran.out
    if format_ == "sarif":
        sarif(ran)
