"""Real files: those that borgmatic's own validation accepts are accepted, those it rejects rejected."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.conformance.agreement import RULES, Agreement, Rule, agreement, rules_for
from tests.conformance.corpus import (
    CORPUS,
    NOT_RECORDED,
    RELEASES,
    Entry,
    Verdict,
    entries,
    verdict_of_borgplan,
)

pytestmark = pytest.mark.skipif(not entries(), reason=f"no corpus in {CORPUS}")

Record = Callable[[str, object], None]


class Case(NamedTuple):
    """A file that a release was asked about."""

    release: str
    entry: Entry
    borgmatic: Verdict

    @property
    def borgplan(self) -> Verdict:
        return verdict_of_borgplan(self.entry.path, RELEASES[self.release])

    @property
    def agreement(self) -> Agreement:
        return agreement(self.borgmatic, self.borgplan)


CASES = [
    Case(release, entry, verdict)
    for release in RELEASES
    for entry in entries()
    if (verdict := entry.verdict_of_borgmatic(release)) is not None
]


@pytest.mark.parametrize("case", CASES, ids=[f"{c.release}-{c.entry.name}" for c in CASES])
def test_the_verdict_is_borgmatic_s_or_a_rule_says_why_not(
    case: Case, record_property: Record
) -> None:
    found = case.agreement
    refused = bool(case.borgplan.refused)
    record_property("agreement", (case.release, case.entry.form, found.value, refused))
    if not found.is_one:
        rules, uncovered = rules_for(case.release, case.borgmatic, case.borgplan)
        assert not uncovered, found.value
        assert rules, "rejected without a complaint"


@pytest.mark.parametrize("rule", RULES, ids=[f"{r.release}-{r.complaint}" for r in RULES])
def test_no_rule_is_idle(rule: Rule) -> None:
    covering = [rules_for(c.release, c.borgmatic, c.borgplan)[0] for c in CASES]
    assert any(rule in rules for rules in covering)


def test_what_was_not_asked_about_lacks_an_include() -> None:
    """So nothing is left out of the comparison that could be in it; borgplan says which include."""
    asked = {case.entry.name for case in CASES if case.release == "2.1.10"}
    for entry in entries():
        if entry.name not in asked:
            assert None in entry.includes.values()
            complaints = verdict_of_borgplan(entry.path, "auto").complaints
            assert any(complaint.startswith("BP101 included file") for complaint in complaints)


def test_what_nobody_chose_semantics_for_is_accepted_as_in_the_newest() -> None:
    """Taking an older generation for the sectioned form costs no file."""
    for entry in entries():
        chosen, newest = (verdict_of_borgplan(entry.path, name) for name in ("auto", "2.1"))
        assert chosen.accepted == newest.accepted, entry.name


def test_both_reject_for_the_same_reason() -> None:
    """One and the same option or place in the text; else two mistakes would hide each other."""
    cases = [case for case in CASES if case.agreement is Agreement.BOTH_REJECT]
    for case in cases:
        if NOT_RECORDED not in case.borgmatic.complaints:
            ours, theirs = subjects_of_borgplan(case.borgplan), subjects_of(case.borgmatic)
            assert ours & theirs, (case.entry.name, case.borgmatic, case.borgplan)


def subjects_of(verdict: Verdict) -> set[str]:
    """The names that complaints are about; `YAML` where the file can't be read at all."""
    text = " ".join(verdict.complaints)
    if re.search(r"while (?:scanning|constructing|parsing)|mapping values|a constructor", text):
        return {"YAML"}
    places = re.findall(r"At '([^']+)'", text)
    names = [name for place in places for name in re.split(r"[.\[\]]+", place)]
    return {*names, *re.findall(r"'(\w+)'(?:, | was | were | is a required)", text)} - {""}


def subjects_of_borgplan(verdict: Verdict) -> set[str]:
    """The same; an action of `commands` that doesn't exist is about `commands`."""
    found: set[str] = set()
    for complaint in verdict.complaints:
        code, _, message = complaint.partition(" ")
        names = set(re.findall(r"`(\w+)`", message))
        found |= {"YAML"} if code.startswith("BP1") else {"commands"} if code == "BP226" else names
        if message == "the hook has no value":  # doesn't say which
            found |= {"before_backup", "after_backup"}
    return found
