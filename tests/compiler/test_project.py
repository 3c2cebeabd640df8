"""The project file: what may stand in it, where it is looked for, and what it does to a plan."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from borgplan.compiler.driver.compile import Compilation
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lint.rules.proofs import proofs
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.as_json import stamped
from borgplan.compiler.plan.model import Plan, Repeat, Step
from borgplan.compiler.source.diagnostic import Diagnostics, Severity
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import ONE, codes, commands, compilation

HOOKS = f"{ONE}before_backup: [echo one, echo two]\nafter_backup: [echo three]\n"


def with_project(text: str, configuration: str = HOOKS, **more: object) -> Compilation:
    files = {"c.yaml": configuration, "borgplan.yaml": text}
    return compilation(files, **more)  # type: ignore[arg-type]


def steps(text: str, configuration: str = HOOKS) -> dict[str, Step]:
    """By command."""
    found = with_project(text, configuration)
    assert found.plan
    assert not found.diagnostics
    return dict(zip(commands(found.plan), found.plan.steps, strict=True))


def ids(text: str, configuration: str = HOOKS) -> list[str]:
    plan = with_project(text, configuration).plan
    assert plan
    return [step.id for step in plan.steps]


# --- what can't be used ---

ENTRY = "steps: [{select: hook *, "


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[]", "1:1", "BP702 a project file is a mapping, not a list"),
        ("x", "1:1", 'BP702 a project file is a mapping, not the text "x"'),
        ("", "1:1", "BP104 the file is empty"),
        ("# nothing\n", "1:1", "BP104 the file is empty"),
        ("a: 1\n---\nb: 1\n", "2:1", "BP106 a second document starts here; only one per file is supported"),
        ("steps", "1:1", 'BP702 a project file is a mapping, not the text "steps"'),
        ("step: []", "1:1", "BP701 unknown key `step`"),
        ("<<: {steps: []}", "1:1", "BP701 unknown key `<<`"),
        ("steps: []\nsteps: []", "2:1", "BP701 `steps` is set twice"),
        ("steps:", "1:7", "BP702 `steps` takes a list, not empty (null)"),
        ("steps: {}", "1:8", "BP702 `steps` takes a list, not a mapping"),
        ("steps: !include c.yaml", "1:8", "BP702 `steps` takes a list, not an include"),
        ("steps: [x]", "1:9", 'BP702 an entry of `steps` is a mapping, not the text "x"'),
        ("steps: [null]", "1:9", "BP702 an entry of `steps` is a mapping, not empty (null)"),
        ("semantics:", "1:11", "BP702 `semantics` takes a text, not empty (null)"),
        ("semantics: true", "1:12", "BP702 `semantics` takes a text, not the boolean true"),
        ("semantics: [2.1]", "1:12", "BP702 `semantics` takes a text, not a list"),
        ("semantics: nope", "1:12", "BP402 unknown borgmatic release `nope`"),
        ("semantics: 2.10", "1:12", "BP402 unknown borgmatic release `2.10`"),
        ("semantics: ''", "1:12", "BP402 unknown borgmatic release ``"),
        (f"{ENTRY}nmae: x}}]", "1:26", "BP701 unknown key `nmae`"),
        (f"{ENTRY}name: a, name: b}}]", "1:35", "BP701 `name` is set twice"),
        (f"{ENTRY}name: a b}}]", "1:32", "BP702 a name may contain letters"),
        (f"{ENTRY}name: -a}}]", "1:32", "BP702 a name may contain letters"),
        (f"{ENTRY}name: ä}}]", "1:32", "BP702 a name may contain letters"),
        (f"{ENTRY}name: 'a#b'}}]", "1:32", "BP702 a name may contain letters"),
        (f"{ENTRY}name: ''}}]", "1:32", "BP702 a name may contain letters"),
        (f'{ENTRY}name: "a\\n"}}]', "1:32", "BP702 a name may contain letters"),
        (f"{ENTRY}name: }}]", "1:32", "BP702 `name` takes a text, not empty (null)"),
        (f"{ENTRY}timeout: 0}}]", "1:35", "BP702 `timeout` can't be 0"),
        (f"{ENTRY}timeout: 0h0m0s}}]", "1:35", "BP702 `timeout` can't be 0"),
        *(
            (f"{ENTRY}timeout: {bad}}}]", "1:35", "BP702 `timeout` takes a time such as 90")
            for bad in ("h", "-5", "5.5", "5 m", "5M", "1m1h", "1d", "soon", "1e3", "[5]", "true",
                        "", "5s5", "0x10", "'5\n'", "9999999h")
        ),
        (f"{ENTRY}retry_wait: x}}]", "1:38", "BP702 `retry_wait` takes a time such as 90"),
        *(
            (f"{ENTRY}retries: {bad}}}]", "1:35", "BP702 `retries` takes a number from 0 to 1000")
            for bad in ("-1", "1001", "1.0", "'1'", "true", "", "[1]", "many")
        ),
        ("steps: [{select: hook *}]", "1:9", "BP702 this entry selects steps without a setting"),
        ("steps: [{name: x}]", "1:9", "BP702 an entry of `steps` needs `select`"),
        ("steps: [{select: , name: x}]", "1:18", "BP702 `select` takes a text"),
        ("steps: [{select: [hook *], name: x}]", "1:18", "BP702 `select` takes a text"),
        ("steps: [{select: 5, name: x}]", "1:18", "BP703 this selector can't be parsed at `5`"),
        ("steps: [{select: hook x, name: x}]", "1:18", "BP703 there is no hook `x`"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place_and_nothing_is_planned(
    text: str, place: str, message: str
) -> None:
    found = with_project(text)
    assert found.plan is None
    (problem,) = found.diagnostics
    span = problem.span
    said = f"{span.file}:{span.line}:{span.column} {problem.code} {problem.message}"
    assert said.startswith(f"borgplan.yaml:{place} {message}")
    assert problem.severity is Severity.ERROR


def test_of_several_mistakes_each_is_said() -> None:
    found = with_project(
        "semantic: 1\nsteps:\n- {select: hook x, name: a b, timeout: 0, retries: -1, retry_wait: h}\n"
    )
    assert codes(found) == ["BP701", "BP703", "BP702", "BP702", "BP702", "BP702"]


@pytest.mark.parametrize("key", ["steps", "semantics"])
def test_a_mark_is_no_value(key: str) -> None:
    assert codes(with_project(f"{key}: !retain []")) == ["BP702"]


@pytest.mark.parametrize("text", ["{}", "steps: []", "semantics: auto"])
def test_a_file_that_says_nothing_changes_nothing(text: str) -> None:
    found = with_project(text)
    assert not found.diagnostics
    assert found.plan == compilation({"c.yaml": HOOKS}).plan


# --- settings ---


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h30", 3630), ("1h1m1s", 3661),
     ("'2'", 2), ("010", 10), ("99999999", 99999999)],
)  # fmt: skip
def test_times(written: str, seconds: int) -> None:
    found = steps(f"steps: [{{select: command 'echo one', timeout: {written}}}]")
    assert found["echo one"].timeout == seconds
    assert found["echo two"].timeout is None


def test_the_last_entry_that_has_a_setting_counts() -> None:
    found = steps(
        "steps:\n"
        "- {select: hook *, timeout: 5, retries: 1, retry_wait: 7}\n"
        "- {select: hook before_*, timeout: 6}\n"
        "- {select: command 'echo two', retries: 0, timeout: 7, name: two}\n"
        "- {select: hook after_backup, name: a}\n"
        "- {select: hook after_backup, name: b}\n"
    )
    settings = {text: (step.name, step.timeout, step.repeat) for text, step in found.items()}
    assert settings == {
        "echo one": ("", 6, Repeat(1, 7)),
        "echo two": ("two", 7, Repeat(0, 7)),
        "borg create": ("", None, Repeat()),
        "echo three": ("b", 5, Repeat(1, 7)),
    }


def test_an_entry_that_fits_nothing_is_a_note() -> None:
    found = with_project("steps: [{select: borg prune, timeout: 5}]")
    (note,) = found.diagnostics
    assert (note.code, note.severity) == ("BP704", Severity.NOTE)
    assert note.message == "no step of this plan matches `borg prune`"
    assert str(note.span).startswith("borgplan.yaml:1:18")
    assert found.plan == compilation({"c.yaml": HOOKS}).plan


# --- names ---


def test_a_name_takes_the_place_of_the_digest_and_stays_when_the_command_changes() -> None:
    project = "steps: [{select: hook before_backup and not command '*two', name: stop-app}]"
    before = ids(project)
    after = ids(project, HOOKS.replace("echo one", "systemctl stop app"))
    scope = "c.yaml#/backups/one#create"
    assert before[0] == f"{scope}#enter.stop-app"
    assert before == after


def test_borgs_commands_may_have_names_too() -> None:
    assert "c.yaml#/backups/one#create#body.the-backup" in ids(
        "steps: [{select: borg create, name: the-backup}]"
    )


def test_one_name_for_several_steps_gets_numbers() -> None:
    scope = "c.yaml#/backups/one#create"
    assert ids("steps: [{select: hook *, name: x}]") == [
        f"{scope}#enter.x", f"{scope}#enter.x-2", f"{scope}#borg-create", f"{scope}#exit.x",
    ]  # fmt: skip


def test_names_that_look_like_numbered_ones_clash_with_nothing() -> None:
    found = ids(
        "steps:\n- {select: hook *, name: x}\n- {select: command 'echo two', name: x-2}\n",
        HOOKS.replace("echo two", "echo two, echo 2, echo 3"),
    )
    assert len(set(found)) == len(found)


def test_a_name_like_another_steps_digest_clashes_with_nothing() -> None:
    plain = compilation({"c.yaml": HOOKS}).plan
    assert plain
    digest = plain.steps[1].id.rpartition(".")[2]
    found = ids(f"steps: [{{select: command 'echo one', name: {digest}}}]")
    assert found[1:] == [step.id for step in plain.steps[1:]]
    assert found[0] == f"{found[1]}-2"


def test_naming_a_step_renames_no_other() -> None:
    plain = compilation({"c.yaml": HOOKS}).plan
    assert plain
    found = ids("steps: [{select: command 'echo two', name: x}]")
    expected = [step.id for step in plain.steps]
    assert [one for one, other in zip(found, expected, strict=True) if one != other] == [found[1]]


def test_the_ids_that_selectors_choose_by_are_those_without_names() -> None:
    found = with_project(
        "steps:\n- {select: hook after_backup, name: x}\n- {select: 'step \"*.x\"', timeout: 5}\n"
    )
    assert codes(found) == ["BP704"]


# --- semantics ---


@pytest.mark.parametrize(
    ("written", "named", "expected"),
    [("2.1", "", "2.1"), ("1.5.24", "", "1.5"), ("1.5", "2.0", "2.0"), ("'1.7'", "", "1.7"),
     ("nope", "1.6", "1.6")],
)  # fmt: skip
def test_the_command_line_wins_over_the_pinned_semantics(
    written: str, named: str, expected: str
) -> None:
    plan = with_project(f"semantics: {written}", semantics=named).plan
    assert plan
    assert plan.semantics == expected


def test_a_pin_that_the_hooks_do_not_fit_is_an_error() -> None:
    text = f"{ONE}commands: [{{before: action, run: [echo]}}]\n"
    assert codes(with_project("semantics: 1.5", text)) == ["BP301"]


# --- where it is ---

PIN = "semantics: 1.5"


def semantics(files: Mapping[str, str], *paths: str, project: str = "") -> str | list[str]:
    """Those of the plan, or what is wrong."""
    found = compilation(files, *paths, project=project)
    return found.plan.semantics if found.plan else codes(found)


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("borgplan.yaml", "c.yaml"),
        ("borgplan.yaml", "./c.yaml"),
        ("borgplan.yaml", "/srv/c.yaml"),
        ("d/borgplan.yaml", "d/c.yaml"),
        ("d/borgplan.yaml", "d"),
        ("d/borgplan.yaml", "d/"),
        ("d/borgplan.yaml", "/srv/d"),
        ("borgplan.yaml", "d"),
        ("borgplan.yaml", "d/"),
        ("borgplan.yaml", "/srv/d"),
    ],
)
def test_it_is_found_beside_a_file_and_in_and_beside_a_directory(place: str, path: str) -> None:
    files = {"c.yaml": HOOKS, "d/c.yaml": HOOKS}
    assert semantics({**files, place: PIN}, path) == "1.5"
    assert semantics(files, path) == "1.8"


def test_above_the_directory_of_a_file_it_is_not_looked_for() -> None:
    assert semantics({"d/c.yaml": HOOKS, "borgplan.yaml": PIN}, "d/c.yaml") == "1.8"


def test_in_the_directory_that_xdg_names() -> None:
    files = {"conf/borgmatic/config.yaml": HOOKS, "conf/borgmatic/borgplan.yaml": PIN}
    host = MemoryHost(
        {f"/srv/{name}": text for name, text in files.items()},
        environment={"XDG_CONFIG_HOME": "/srv/conf"},
    )
    sources = read(CompileRequest(()), host, Diagnostics())
    assert sources.generations
    assert {m.semantics for m in sources.generations.meanings()} == {"1.5"}


def test_two_different_ones_are_an_error() -> None:
    files = {"d/c.yaml": HOOKS, "d/borgplan.yaml": PIN, "borgplan.yaml": PIN}
    assert semantics(files, "d") == ["BP705"]
    assert semantics({**files, "c.yaml": HOOKS}, "d/c.yaml", "c.yaml") == ["BP705"]


def test_a_named_one_settles_which_counts() -> None:
    files = {"d/c.yaml": HOOKS, "d/borgplan.yaml": PIN, "borgplan.yaml": "semantics: 1.6"}
    assert semantics(files, "d", project="borgplan.yaml") == "1.6"
    assert semantics({**files, "other": "semantics: 1.7"}, "d", project="other") == "1.7"


def test_one_for_two_files_beside_each_other() -> None:
    files = {"a.yaml": HOOKS, "b.yaml": HOOKS, "borgplan.yaml": PIN}
    assert semantics(files, "a.yaml", "b.yaml", "/srv/a.yaml") == "1.5"


def test_a_named_one_that_is_missing_is_an_error() -> None:
    assert semantics({"c.yaml": HOOKS}, "c.yaml", project="nope.yaml") == ["BP101"]


def test_in_a_directory_it_is_no_configuration() -> None:
    found = compilation({"d/a.yaml": HOOKS, "d/borgplan.yaml": PIN}, "d")
    assert [c.path for c in found.configurations] == ["d/a.yaml"]
    assert not found.diagnostics


def test_a_directory_with_nothing_else_is_empty() -> None:
    assert semantics({"d/borgplan.yaml": PIN}, "d") == ["BP122"]


# --- in the plan ---


def test_it_is_one_of_the_plans_inputs() -> None:
    found = with_project("{}")
    assert found.plan
    plan: Plan = stamped(found.plan, found.files)
    assert [given.path for given in plan.inputs] == ["borgplan.yaml", "c.yaml"]


def test_it_is_about_the_steps_of_all_files() -> None:
    found = compilation(
        {"a.yaml": HOOKS, "b.yaml": HOOKS, "borgplan.yaml": "steps: [{select: borg create, timeout: 9}]"},
        "a.yaml", "b.yaml", actions=(Action.CREATE, Action.PRUNE),
    )  # fmt: skip
    assert found.plan
    limits = [step.timeout for step in found.plan.steps if not step.hook]
    assert limits == [9, None, 9, None]


def paired(pairs: str) -> tuple[list[str], list[str]]:
    """The codes of what is wrong, and what the cleanup proof finds."""
    found = compilation(
        {
            "c.yaml": f"{ONE}before_backup: [licctl checkout app]\nafter_backup: [licctl return app]\n",
            "borgplan.yaml": pairs,
        },
        semantics="1.8",
    )
    proof = Diagnostics()
    proofs(found, MemoryHost({}), proof)
    return codes(found), [finding.code for finding in proof if finding.code != "BP812"]


def test_pairs_of_the_project_file_are_proved() -> None:
    assert paired("steps: []\n") == ([], [])
    pair = "pairs: [{take: 'licctl checkout {name}', give: ['licctl return {name}']}]\n"
    assert paired(pair) == ([], ["BP801"])


@pytest.mark.parametrize(
    "pair",
    [
        "{take: 'a {b}'}",
        "{take: '{b}', give: 'a'}",
        "{take: 'a {b...} c', give: 'a'}",
        "{take: 'a', give: 'b', either: maybe}",
        "{take: 'a', give: 'b', more: 1}",
        "a",
    ],
)
def test_a_pair_that_can_t_be_read_is_an_error(pair: str) -> None:
    found, _ = paired(f"pairs: [{pair}]\n")
    assert set(found) <= {"BP701", "BP702"}
    assert found
