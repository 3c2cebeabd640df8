"""`lint`: what is reported, what counts, and what is left out on request."""

from __future__ import annotations

import json
import re

import pytest

from tests.command_line.place import FLAT, Place, Ran

# A note (BP232) and two warnings: an option that isn't implemented, a mode that all can read.
MIXED = f"{FLAT}unsafe_skip_path_validation_before_create: true\ndebug_passphrase: true\n"


@pytest.fixture
def mixed(place: Place) -> Place:
    place.write("c.yaml", MIXED).chmod(0o644)
    return place


def codes(ran: Ran) -> list[str]:
    """Of a report as text."""
    return re.findall(r"^.+?: (?:error|warning|note) (BP\d+) ", ran.out, re.MULTILINE)


def test_everything_by_default(mixed: Place) -> None:
    ran = mixed.run("lint", "c.yaml")
    assert (ran.code, codes(ran)) == (1, ["BP601", "BP232", "BP218"])
    assert ran.err == "1 file checked: 0 errors, 2 warnings, 1 note\n"


def test_notes_are_shown_and_don_t_count(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}unsafe_skip_path_validation_before_create: true\n")
    ran = place.run("lint", "c.yaml")
    assert (ran.code, codes(ran)) == (0, ["BP232"])
    ran = place.run("lint", "--severity", "note", "c.yaml")
    assert (ran.code, codes(ran)) == (1, ["BP232"])
    assert "1 note" in ran.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--select", "BP6"], ["BP601"]),
        (["--select", "BP6,BP218"], ["BP601", "BP218"]),
        (["--select", "BP6", "--select", "BP2"], ["BP601", "BP232", "BP218"]),
        (["--ignore", "BP2"], ["BP601"]),
        (["--ignore", "BP2, BP6"], []),
        (["--select", "BP2", "--ignore", "BP218"], ["BP232"]),
        (["--select", "BP218", "--ignore", "BP2"], ["BP218"]),
        (["--severity", "warning"], ["BP601", "BP218"]),
        (["--severity", "error"], []),
    ],
)
def test_what_is_left_out(mixed: Place, words: list[str], expected: list[str]) -> None:
    ran = mixed.run("lint", *words, "c.yaml")
    assert codes(ran) == expected
    assert ran.code == (1 if {"BP601", "BP218"} & set(expected) else 0)


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("value", ["BP99", "BP6,BP999", "", "601"])
def test_a_code_that_there_isn_t_is_wrong_use(mixed: Place, option: str, value: str) -> None:
    ran = mixed.run("lint", option, value, "c.yaml")
    assert ran.code == 2
    assert f"argument {option}: no code starts with `" in ran.err


@pytest.mark.parametrize("words", [["--jobs", "0"], ["--jobs", "x"], ["--format", "xml"]])
def test_other_wrong_use(mixed: Place, words: list[str]) -> None:
    assert mixed.run("lint", *words, "c.yaml").code == 2


@pytest.mark.parametrize(
    "option", ["--select=BP6", "--baseline=x", "--format=sarif", "--exit-zero"]
)
def test_these_are_options_of_lint_alone(mixed: Place, option: str) -> None:
    assert mixed.run("plan", option, "c.yaml").code == 2


def test_exit_zero_is_about_findings_only(mixed: Place) -> None:
    ran = mixed.run("lint", "--exit-zero", "c.yaml")
    assert (ran.code, codes(ran)) == (0, ["BP601", "BP232", "BP218"])
    mixed.write("broken.yaml", "x: [\n")
    assert mixed.run("lint", "--exit-zero", "broken.yaml").code == 2


def test_errors_can_t_be_left_out(place: Place) -> None:
    place.write("c.yaml", f"{FLAT}# borgplan: ignore-file BP203\ncompression: 3\n")
    place.write(
        "old.json", json.dumps({"format": "borgplan-baseline", "version": 1, "findings": {}})
    )
    for words in (
        ["--ignore", "BP2"], ["--select", "BP6"], ["--severity", "error"], ["--exit-zero"],
        ["--write-baseline", "new.json"], ["--baseline", "old.json"],
    ):  # fmt: skip
        ran = place.run("lint", *words, "c.yaml")
        assert ran.code == 2, words
        assert "BP203" in codes(ran)
    assert not (place.path / "new.json").exists()


# --- the project file ---


def test_the_project_file_says_what_is_reported(mixed: Place) -> None:
    mixed.write("borgplan.yaml", "lint: {ignore: [BP601], severity: warning}\n")
    assert codes(mixed.run("lint", "c.yaml")) == ["BP218"]
    mixed.write("borgplan.yaml", "lint: {select: [BP2, BP6], ignore: [BP218]}\n")
    assert codes(mixed.run("lint", "c.yaml")) == ["BP601", "BP232"]


def test_the_command_line_wins_over_the_project_file(mixed: Place) -> None:
    mixed.write("borgplan.yaml", "lint: {ignore: [BP601], severity: error}\n")
    assert codes(mixed.run("lint", "--severity", "warning", "c.yaml")) == ["BP218"]
    ran = mixed.run("lint", "--severity", "note", "--ignore", "BP2", "c.yaml")
    assert codes(ran) == ["BP601"]


@pytest.mark.parametrize(
    ("section", "place_of_it", "message"),
    [
        ("{ignore: [BP99]}", "1:17", "BP702 no code starts with `BP99`"),
        ("{select: BP6}", "1:16", "BP702 `select` takes a list of codes"),
        ("{severity: info}", "1:18", "BP702 `severity` is one of error, warning, note"),
        ("{ignored: [BP6]}", "1:8", "BP701 unknown key `ignored`"),
        ("[BP6]", "1:7", "BP702 `lint` is a mapping"),
        ("{ignore: [{}]}", "1:17", "BP702 `ignore` takes a text"),
    ],
)
@pytest.mark.parametrize("command", ["lint", "plan"])
def test_a_section_that_isn_t_understood(
    mixed: Place, section: str, place_of_it: str, message: str, command: str
) -> None:
    mixed.write("borgplan.yaml", f"lint: {section}\n")
    ran = mixed.run(command, "c.yaml")
    assert ran.code == 2
    assert f"borgplan.yaml:{place_of_it}: error {message}" in ran.out + ran.err


# --- many files ---


def many(place: Place, number: int = 70) -> None:
    """Some clean, some with findings, some broken, with an include that all have and a project file."""
    place.write("common.yml", "keep_weekly: 1\numask: 77\n")
    place.write(
        "borgplan.yaml",
        "steps: [{select: hook after_backup, timeout: 3}, {select: step no*, timeout: 3}]\n",
    )
    for n in range(number):
        more = [
            "",
            "compression: 3\n",
            "debug_passphrase: true\n",
            "after_backup: ['echo {x}']\n",
            "x: [\n",
        ]
        text = f"<<: !include ../common.yml\n{FLAT}{more[n % 5]}"
        file = place.write(f"d/{n:03}.yaml", text)
        file.chmod(0o644 if n % 7 == 0 else 0o600)


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github", "junit"])
def test_the_report_is_the_same_from_any_number_of_processes(place: Place, format_: str) -> None:
    many(place)
    alone = place.run("lint", "--format", format_, "--jobs", "1", "d")
    assert alone.code == 2
    assert "BP203" in alone.out
    assert alone.out.count("BP704") >= 1
    for jobs in ("2", "4", "100"):
        assert place.run("lint", "--format", format_, "--jobs", jobs, "d") == alone


def test_files_are_judged_each_in_its_own_generation(place: Place) -> None:
    """In several processes as in one, and whatever stands beside them."""
    sections = (
        "location: {source_directories: [/etc], repositories: [r]}\nretention: {keep_daily: 1}\n"
        "hooks: {after_backup: [systemctl start app]}\n"
    )
    for n in range(40):
        place.write(f"d/{n:03}.yaml", sections)
    place.write("d/flat.yaml", FLAT)
    alone = place.run("lint", "--jobs", "1", "d")
    assert alone.out.count("BP330") == 40
    assert alone.out.count("in borgmatic 1.3, which is assumed") == 40
    assert place.run("lint", "--jobs", "3", "d") == alone
    assert "in borgmatic 1.3, which is assumed" in place.run("lint", "d/000.yaml").out


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_the_command_line_asks_for_is_held_against_all_files(place: Place, jobs: str) -> None:
    for n in range(40):
        place.write(f"d/{n:03}.yaml", FLAT.replace("repo}", f"repo{n}}}"))

    def run(*words: str) -> Ran:
        return place.run("lint", "--jobs", jobs, *words, "d")

    assert run("--repository", "repo7").code == 0
    ran = run("--repository", "nothing")
    assert (ran.code, codes(ran)) == (2, ["BP407"])
    ran = run("--actions", "extract", "--archive", "latest")
    assert "BP419 extract works on one repository at a time; 40 are selected" in ran.out


def test_a_selector_that_fits_a_step_of_one_file_fits(place: Place) -> None:
    place.write("borgplan.yaml", "steps: [{select: hook before_action, timeout: 3}]\n")
    place.write("a.yaml", FLAT.replace("repo}", "other}"))
    place.write(
        "b.yaml",
        FLAT
        + "commands: [{before: action, when: [create], run: ['true']}, {after: error, run: [logger x]}]\n",
    )
    assert codes(place.run("lint", "a.yaml", "b.yaml")) == []
    assert codes(place.run("lint", "a.yaml")) == ["BP704"]


def test_json_keeps_its_form(mixed: Place) -> None:
    data = mixed.run("lint", "--format", "json", "c.yaml").data
    assert (data["format"], data["version"]) == ("borgplan-lint", 1)
    assert [finding["code"] for finding in data["findings"]] == ["BP601", "BP232", "BP218"]
    assert set(data["findings"][0]) == {
        "code", "severity", "message", "hint", "file", "line", "column", "end_line", "end_column",
        "related",
    }  # fmt: skip


def test_the_same_path_twice_is_one_file(mixed: Place) -> None:
    ran = mixed.run("lint", "c.yaml", "c.yaml")
    assert "1 file checked:" in ran.err


def test_a_repository_within_the_sources_of_another_file(place: Place) -> None:
    """Each file alone is fine; excluded, the repository isn't copied."""
    text = "source_directories: [SOURCE]\nkeep_daily: 1\nrepositories: [{path: REPOSITORY}]\n"
    holding = text.replace("SOURCE", "/srv").replace("REPOSITORY", "/backups/one")
    place.write("other.yaml", text.replace("SOURCE", "/etc").replace("REPOSITORY", "/srv/two"))
    place.write("holding.yaml", holding)
    found = place.run("lint", "holding.yaml", "other.yaml").out
    assert "holding.yaml:1:22: warning BP444 the repository /srv/two is within" in found
    assert "BP444" not in place.run("lint", "holding.yaml").out
    place.write("holding.yaml", f'{holding}exclude_patterns: ["pp:/srv/two"]\n')
    assert "BP444" not in place.run("lint", "holding.yaml", "other.yaml").out
