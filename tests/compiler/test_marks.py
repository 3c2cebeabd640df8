"""`!retain` and `!omit`: what they do to what is included, and where they mean nothing."""

from __future__ import annotations

import pytest

from borgplan.compiler.driver.compile import Compilation
from borgplan.compiler.source.diagnostic import Severity
from tests.compiler.planning import ONE, codes, commands, compilation

BASE = f"{ONE}before_backup: [echo one, echo two]\nexclude_patterns: [a, b, c, b]\n"


def including(text: str, base: str = BASE, semantics: str = "2.1") -> Compilation:
    files = {"c.yaml": f"<<: !include base.yaml\n{text}", "base.yaml": base}
    return compilation(files, semantics=semantics)


def excluded(found: Compilation) -> list[str]:
    assert not found.errors, found.errors
    return [text.text for text in found.configurations[0].settings.texts("exclude_patterns")]


def test_without_marks_lists_are_joined() -> None:
    assert excluded(including("exclude_patterns: [d]\n")) == ["a", "b", "c", "b", "d"]


def test_a_retained_list_replaces_the_included_one() -> None:
    found = including("exclude_patterns: !retain [d]\nbefore_backup: [echo three]\n")
    assert excluded(found) == ["d"]
    assert found.plan
    assert commands(found.plan) == ["echo one", "echo two", "echo three", "borg create"]


def test_an_empty_list_may_be_retained() -> None:
    found = including("before_backup: !retain []\n")
    assert not found.errors
    assert found.plan
    assert commands(found.plan) == ["borg create"]


def test_a_retained_mapping_replaces_the_included_one() -> None:
    base = f"{ONE}constants: {{a: x, b: y}}\n"
    found = including("constants: !retain {a: z}\nbefore_backup: ['echo {a} {b}']\n", base)
    assert found.plan
    script = found.plan.steps[0].work.script  # type: ignore[union-attr]
    assert "z" in script
    assert "y" not in script


def test_a_retained_section_replaces_the_included_one() -> None:
    base = (
        "location:\n  source_directories: [/etc]\n  repositories: [/backups/one]\n"
        "retention:\n  keep_daily: 1\nhooks:\n  before_backup: [echo one]\n  on_error: [echo no]\n"
    )
    found = including("hooks: !retain\n  before_backup: [echo two]\n", base, semantics="1.8")
    assert not found.errors
    assert found.plan
    assert commands(found.plan) == ["echo two", "borg create"]


def test_omitted_items_go_wherever_they_stand() -> None:
    assert excluded(including("exclude_patterns: [!omit b, d]\n")) == ["a", "c", "d"]


def test_omitted_items_are_compared_as_texts() -> None:
    base = f"{ONE}exclude_patterns: ['5', b]\n"
    assert excluded(including("exclude_patterns: [!omit 5]\n", base)) == ["b"]


def test_all_items_may_be_omitted() -> None:
    found = including("before_backup: [!omit echo two, !omit echo one]\n")
    assert found.plan
    assert commands(found.plan) == ["borg create"]


def test_deep_in_mappings() -> None:
    base = "location:\n  source_directories: [/etc, /opt]\n  repositories: [/b]\nretention:\n  keep_daily: 1\n"
    found = including("location:\n  source_directories: [!omit /opt, /srv]\n", base, "1.8")
    assert found.plan
    assert found.plan.scratch[0].shown_lines == ("R /etc", "R /srv")


def test_through_an_include_of_an_include() -> None:
    files = {
        "c.yaml": "<<: !include b.yaml\nexclude_patterns: [!omit c]\n",
        "b.yaml": "<<: !include a.yaml\nexclude_patterns: [!omit a, d]\n",
        "a.yaml": BASE,
    }
    assert excluded(compilation(files)) == ["b", "b", "d"]


# --- mistakes ---


@pytest.mark.parametrize(
    "item", ["!omit z", "!omit B", "!omit {a: b}", "!omit [b]", "!omit ''", "!omit 'b '"]
)
def test_what_leaves_out_nothing_is_a_warning(item: str) -> None:
    found = including(f"exclude_patterns: [{item}]\n")
    assert codes(found) == ["BP119"]
    assert found.diagnostics[0].severity is Severity.WARNING
    assert (found.diagnostics[0].span.line, found.diagnostics[0].span.column) == (2, 20)
    assert excluded(found) == ["a", "b", "c", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "keep_weekly: !retain 5\n",
        "keep_weekly: !omit 5\n",
        "exclude_from: !retain [x]\n",
        "exclude_from: [!omit x]\n",
        "before_backup: !omit [echo one]\n",
        pytest.param("exclude_patterns: [!retain a]\n"),
        "constants: {a: !retain {b: c}}\n",
    ],
)
def test_a_mark_that_no_merge_uses_is_an_error(text: str) -> None:
    found = including(text)
    assert "BP120" in codes(found)
    assert found.plan is None


def test_a_mark_before_a_text_that_is_merged_is_an_error() -> None:
    found = including("keep_daily: !retain 5\n")
    assert "BP120" in codes(found)
    assert found.plan is None


@pytest.mark.parametrize("text", ["!retain [a]", "[!omit a]"])
def test_without_an_include_a_mark_is_an_error(text: str) -> None:
    assert codes(compilation({"c.yaml": f"{ONE}exclude_patterns: {text}\n"})) == ["BP120"]


@pytest.mark.parametrize("text", ["!retain [a]", "[!omit a]"])
def test_where_includes_are_not_merged_deeply_a_mark_is_an_error(text: str) -> None:
    found = including(f"exclude_patterns: {text}\n", semantics="1.5")
    assert "BP120" in codes(found)
    assert found.plan is None


def test_a_mark_at_the_merge_itself_is_an_error() -> None:
    found = compilation({"c.yaml": f"<<: !retain {{keep_weekly: 1}}\n{ONE}"})
    assert "BP115" in codes(found)
    assert found.plan is None


def test_a_marked_file_is_an_error() -> None:
    found = compilation({"c.yaml": "!retain\nkeep_weekly: 1\n"})
    assert "BP120" in codes(found)
    assert found.plan is None


def test_a_retained_secret_is_not_shown() -> None:
    found = including("encryption_passphrase: !retain hunter2\n")
    assert found.plan is None
    assert "hunter2" not in repr(found.diagnostics)
