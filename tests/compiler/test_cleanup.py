"""The cleanup proof and alarm coverage as findings of lint."""

from __future__ import annotations

import pytest

from borgplan.compiler.driver.compile import Compilation
from borgplan.compiler.lint.rules.proofs import proofs
from borgplan.compiler.source.diagnostic import Diagnostic, Diagnostics
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import ONE, compilation


def findings(text: str, semantics: str = "2.1") -> list[Diagnostic]:
    return of(compilation({"c.yaml": f"{ONE}{text}"}, semantics=semantics))


def of(compiled: Compilation) -> list[Diagnostic]:
    assert not compiled.errors
    found = Diagnostics()
    proofs(compiled, MemoryHost({}), found)
    return [item for item in found if item.code != "BP812"]


OLD = """\
before_backup: [systemctl stop app]
after_backup: [systemctl start app]
"""
NEW = """\
commands:
  - {before: action, when: [create], run: [systemctl stop app]}
  - {after: action, when: [create], run: [systemctl start app]}
"""


def test_an_after_hook_that_a_failure_skips() -> None:
    [found] = findings(OLD, "1.8")
    assert found.code == "BP801"
    assert found.message == (
        "`systemctl stop app` is not undone if borg create of near fails: "
        "`systemctl start app` (line 5) does not run then"
    )
    assert found.span.line == 4
    assert [what for what, _ in found.related] == ["undone here", "fails here"]


@pytest.mark.parametrize("semantics", ["1.3", "1.5", "1.6", "1.9"])
def test_so_it_is_in_all_older_generations(semantics: str) -> None:
    assert [item.code for item in findings(OLD, semantics)] == ["BP801"]


def test_a_failure_before_a_service_is_stopped_leaves_nothing_stopped() -> None:
    for later, others in (("sync", "1 other step"), ("sync, date", "one of 2 other steps")):
        hooks = f"[mount /mnt/usb, systemctl stop app, {later}]"
        before = OLD.replace("[systemctl stop app]", hooks)
        found = [item for item in findings(before, "1.8") if "systemctl" in item.message]
        assert [item.message.partition(":")[0] for item in found] == [
            f"`systemctl stop app` is not undone if `sync` (or {others}) fails"
        ]


def test_from_2_0_on_after_hooks_run_after_failures_too() -> None:
    assert findings(OLD, "2.1") == []
    assert findings(NEW, "2.1") == []


def test_only_for_one_state() -> None:
    finish = NEW.replace(
        "when: [create], run: [systemctl start",
        "when: [create], states: [finish], run: [systemctl start",
    )
    assert [item.code for item in findings(finish)] == ["BP801"]
    fail = finish.replace("finish", "fail")
    assert [item.code for item in findings(fail)] == ["BP804"]


def test_what_an_error_hook_repeats_is_undone() -> None:
    assert findings(f"{OLD}on_error: [systemctl start app]\n", "1.8") == []


def test_a_command_before_it_in_the_same_list_may_fail() -> None:
    [found] = findings(
        """\
commands:
  - {before: action, when: [create], run: [systemctl stop app]}
  - {after: action, when: [create], run: [./report, systemctl start app]}
"""
    )
    assert "if `./report` fails" in found.message


def test_of_two_mounts_the_first_stays_if_the_second_is_not_unmounted() -> None:
    found = findings(
        """\
commands:
  - {before: action, when: [create], run: [mount /a, mount /b]}
  - {after: action, when: [create], run: [umount /b, umount /a]}
"""
    )
    assert any("`mount /a` is not undone if `umount /b` fails" in item.message for item in found)


def test_a_command_that_only_speaks_does_not_fail() -> None:
    assert (
        findings(
            """\
commands:
  - {before: action, when: [create], run: [systemctl stop app]}
  - {after: action, when: [create], run: [echo done, systemctl start app]}
"""
        )
        == []
    )


def test_a_gate_after_a_take() -> None:
    [found] = findings(
        """\
commands:
  - {before: repository, run: [mount /mnt]}
  - {before: repository, run: [test -e /ready || exit 75]}
  - {after: repository, run: [umount /mnt]}
"""
    )
    assert found.code == "BP802"
    assert "exits 75" in found.message


def test_scripts_by_name_unless_an_error_hook_runs_a_script_too() -> None:
    pair = """\
before_backup: [/etc/pre.sh]
after_backup: [/etc/post.sh]
"""
    assert [item.code for item in findings(pair, "1.8")] == ["BP801"]
    assert findings(f"{pair}on_error: [/etc/mend.sh]\n", "1.8") == []


def test_what_is_never_undone_is_a_note_for_services_and_nothing_for_mounts() -> None:
    [found] = findings("before_backup: [systemctl stop app]\n")
    assert (found.code, found.severity.word) == ("BP805", "note")
    assert findings("before_backup: [mount /mnt]\n") == []


def test_two_repositories_are_one_finding() -> None:
    two = ONE.replace("near}]", "near}, {path: /backups/two, label: far}]")
    found = of(compilation({"c.yaml": f"{two}{OLD}"}, semantics="1.8"))
    assert [item.code for item in found] == ["BP801"]


def test_a_failure_before_everything_is_told_to_nobody() -> None:
    found = findings("before_everything: [./wake]\non_error: [./alarm]\n")
    assert [(item.code, item.severity.word) for item in found] == [("BP811", "warning")]
    assert "a failure of `./wake` is not reported" in found[0].message


def test_an_error_hook_for_other_actions_tells_nothing_of_this_one() -> None:
    found = findings("commands: [{after: error, when: [prune], run: [./alarm]}]\n")
    assert found == []  # prune is not asked for, so there is no alarm at all


def test_a_ping_that_stays_away_tells() -> None:
    found = findings(
        "before_everything: [./wake]\non_error: [./alarm]\n"
        "after_everything: ['curl https://example.org/ok']\n"
    )
    assert not any("wake" in item.message for item in found)


def test_no_alarm_at_all_is_a_note() -> None:
    found = Diagnostics()
    proofs(compilation({"c.yaml": f"{ONE}before_backup: [./dump]\n"}), MemoryHost({}), found)
    assert [(item.code, item.severity.word) for item in found] == [("BP812", "note")]


def test_without_hooks_there_is_nothing_to_say() -> None:
    assert of(compilation({"c.yaml": ONE})) == []
