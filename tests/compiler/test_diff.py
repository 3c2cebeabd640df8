"""Differences between plans: what belongs together, and in which words it is told."""

from __future__ import annotations

from borgplan.compiler.diff.plans import Change, Kind, changes
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import Plan
from tests.compiler.planning import ONE, START, compilation, planned

HOOKS = f"{ONE}before_backup: [echo one, echo two, echo three]\n"


def told(found: list[Change]) -> list[tuple[str, str, list[str]]]:
    return [
        (change.kind.value, change.subject, [field.name for field in change.fields])
        for change in found
    ]


def between(old: str, new: str) -> list[Change]:
    return changes(planned(old, semantics="2.1"), planned(new, semantics="2.1"))


def files(**texts: str) -> Plan:
    named = {f"{name}.yaml": text for name, text in texts.items()}
    plan = compilation(named, *named, actions=(Action.CREATE,)).plan
    assert plan
    return plan


def test_a_hook_that_moves_to_another_scope_is_one_change() -> None:
    (change,) = between(f"{ONE}before_backup: [echo]\n", f"{ONE}before_everything: [echo]\n")
    assert change.kind is Kind.CHANGED
    moved, soft, *_ = change.fields
    assert tuple(moved) == ("moved", "before create of /backups/one", "before everything")
    assert soft.name == "on soft failure (exit 75)"


def test_a_hook_that_moves_to_the_other_side_is_one_change() -> None:
    (change,) = between(f"{ONE}before_actions: [echo]\n", f"{ONE}after_actions: [echo]\n")
    found = {field.name: (field.old, field.new) for field in change.fields}
    assert found["moved"] == ("before /backups/one", "after /backups/one")
    assert found["runs"] == ("if nothing failed before", "also after failures")


def test_the_order_in_a_list() -> None:
    (change,) = between(
        HOOKS, HOOKS.replace("[echo one, echo two, echo three]", "[echo two, echo three, echo one]")
    )
    assert change.subject == "before_backup `echo one`"
    assert [tuple(field) for field in change.fields] == [
        ("order", "first", "after before_backup `echo three`")
    ]


def test_commands_that_are_rewritten_are_told_by_their_likeness() -> None:
    old = f"{ONE}before_backup: [systemctl stop application, /usr/local/bin/dump-database --all]\n"
    new = (
        f"{ONE}before_backup: [/usr/local/bin/dump-database --some, systemctl stop application2]\n"
    )
    pairs = [(c.fields[0].old, c.fields[0].new) for c in between(old, new)]
    assert sorted(pairs) == [
        ("/usr/local/bin/dump-database --all", "/usr/local/bin/dump-database --some"),
        ("systemctl stop application", "systemctl stop application2"),
    ]


def test_a_named_step_stays_itself() -> None:
    def with_name(command: str) -> Plan:
        project = "steps: [{select: hook before_backup, name: stop-app}]\n"
        text = f"{ONE}before_backup: [{command}]\n"
        plan = compilation({"c.yaml": text, "borgplan.yaml": project}).plan
        assert plan
        return plan

    assert told(changes(with_name("systemctl stop a"), with_name("x"))) == [
        ("changed", "before_backup `x`", ["command"])
    ]


def test_the_same_change_in_several_places_is_told_once() -> None:
    two = f"{START}repositories: [{{path: /one}}, {{path: /two}}]\n"
    (change,) = between(f"{two}before_backup: [a]\n", f"{two}before_backup: [b]\n")
    assert change.where == ("before create of /one", "before create of /two")


def test_a_repository_with_its_label_elsewhere_is_the_same() -> None:
    found = between(HOOKS, HOOKS.replace("/backups/one", "/other"))
    assert told(found) == [
        ("changed", "repository /other", ["name"]),
        ("changed", "borg create", ["command"]),
    ]


def test_repositories_in_another_order() -> None:
    both = ("{path: /one}", "{path: /two}")
    old, new = (f"{START}repositories: [{', '.join(each)}]\n" for each in (both, both[::-1]))
    (change,) = between(old, new)
    assert [field.name for field in change.fields] == ["order"]


def test_a_file_that_is_called_otherwise_is_no_change() -> None:
    text = f"{HOOKS}encryption_passphrase: x\nexclude_patterns: ['*.tmp']\n"
    assert changes(files(a=text), files(b=text)) == []


def test_files_are_known_by_their_names() -> None:
    other = HOOKS.replace("/backups/one", "/other")
    assert told(changes(files(a=HOOKS, b=other), files(b=other))) == [
        ("removed", "configuration a.yaml", []),
        ("removed", "patterns of a.yaml", []),
    ]


def test_a_repository_before_another_one_does_not_change_its_pass_phrase() -> None:
    own = "{path: /two, encryption_passphrase: x}"
    found = between(
        f"{START}repositories: [{own}]\n", f"{START}repositories: [{{path: /one}}, {own}]\n"
    )
    assert [(change.kind, change.subject) for change in found if change.about != "patterns"] == [
        (Kind.ADDED, "repository /one")
    ]


def test_what_a_failure_means() -> None:
    old, new = f"{ONE}before_backup: [x]\n", f"{ONE}before_backup: [x]\n"
    plans = [
        compilation({"c.yaml": text}, semantics=name).plan
        for text, name in ((old, "2.0"), (new, "2.1"))
    ]
    assert plans[0]
    assert plans[1]
    run = next(change for change in changes(plans[0], plans[1]) if change.about == "run")
    assert tuple(run.fields[0]) == ("release", "2.0", "2.1")


def test_cleanup_and_alarms_that_are_lost() -> None:
    hooks = (
        "commands:\n"
        "  - {before: action, when: [create], run: [systemctl stop app]}\n"
        "  - {after: action, when: [create], run: [systemctl start app]}\n"
    )
    safe = f"{START}repositories: [{{path: /one}}]\n{hooks}  - {{after: error, run: [./alarm]}}\n"
    unsafe = safe.replace("run: [systemctl start", "states: [finish], run: [systemctl start")
    silent = safe.replace("  - {after: error, run: [./alarm]}\n", "")

    def coverage(new: str) -> list[tuple[str, str, str, str]]:
        return [
            (change.about, change.subject, field.old, field.new)
            for change in between(safe, new)
            if change.about in ("cleanup", "alarm")
            for field in change.fields
        ]

    assert coverage(unsafe) == [
        (
            "cleanup",
            "`systemctl stop app`",
            "always",
            "not after all failures, soft failures and interrupts",
        )
    ]
    assert coverage(silent) == [
        (
            "alarm",
            "`systemctl stop app`, borg create of /one and `systemctl start app`",
            "yes",
            "no",
        )
    ]


DUMPS = (
    "postgresql_databases:\n"
    "    - {name: shop, format: plain, password: secret}\n"
    "    - {name: 'a*', format: directory}\n"
)


def test_another_name_of_a_file_with_databases_is_no_change() -> None:
    """Though each dump, and what becomes of the archive, refers to the file by its name."""
    assert changes(files(old=ONE + DUMPS), files(new=ONE + DUMPS)) == []


def test_a_dump_is_told_as_its_command() -> None:
    new = DUMPS.replace("format: plain", "format: custom")
    (change,) = changes(files(a=ONE + DUMPS), files(a=ONE + new))
    (field,) = change.fields
    assert (change.subject, field.name) == ("borg create", "dumps")
    assert field.old.startswith("< postgresql shop: PGPASSWORD=… pg_dump "), field.old
    assert "--format plain shop" in field.old
    assert "--format custom shop" in field.new
    assert "Escape" not in field.old + field.new
