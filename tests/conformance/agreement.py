"""Where borgplan and borgmatic's own validation deliberately don't agree on a file, and why.

Rules go by what is complained about, so that they hold for every file. Each complaint of a
disagreement has to be covered by one, and each rule has to cover something.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from tests.conformance.corpus import NOT_RECORDED, Verdict


class Agreement(Enum):
    """What two verdicts make together, for people."""

    BOTH_ACCEPT = "accepted by both"
    BOTH_REJECT = "rejected by both"
    ONLY_BORGPLAN = "accepted by borgplan only"
    ONLY_BORGMATIC = "rejected by borgplan only"

    @property
    def is_one(self) -> bool:
        return self in (Agreement.BOTH_ACCEPT, Agreement.BOTH_REJECT)


def agreement(borgmatic: Verdict, borgplan: Verdict) -> Agreement:
    if borgmatic.accepted:
        return Agreement.BOTH_ACCEPT if borgplan.accepted else Agreement.ONLY_BORGMATIC
    return Agreement.ONLY_BORGPLAN if borgplan.accepted else Agreement.BOTH_REJECT


class Rule(NamedTuple):
    """`complaint`: a pattern for all of what the one who rejects a file says against it."""

    release: str
    disagreement: Agreement
    complaint: str
    reason: str

    def covers(self, release: str, disagreement: Agreement, complaint: str) -> bool:
        asked = self.release == release and self.disagreement is disagreement
        return asked and re.fullmatch(self.complaint, complaint, re.DOTALL) is not None


_PLAIN_REPOSITORIES = (
    r"CRASH AttributeError: 'str' object has no attribute 'items' .*repository_config.*"
)
_UNEXPECTED = r"Additional properties are not allowed \(.* (?:was|were) unexpected\)"

RULES = (
    Rule(
        "2.1.10", Agreement.ONLY_BORGPLAN, _PLAIN_REPOSITORIES,
        "a list of texts as `repositories`, outside of sections, isn't refused but crashes 2.1.10; "
        "2.1.9 takes it, and so does 2.1.10 in `location:`",
    ),
    Rule(
        "2.1.10", Agreement.ONLY_BORGPLAN, r".*found character '\\t' that cannot start any token.*",
        "a tab at the end of a line is fine in YAML 1.2, and no part of the value; ruamel.yaml stumbles",
    ),
    Rule(
        "1.7.15", Agreement.ONLY_BORGPLAN,
        rf"At the top level: (?:'location' is a required property|{_UNEXPECTED})",
        "options outside of sections, also beside some: read as 1.8 and later read them",
    ),
    Rule(
        "1.7.15", Agreement.ONLY_BORGPLAN, rf"At '\w+': {_UNEXPECTED}",
        "an option in the wrong section: accepted, with a warning (docs/divergences.md)",
    ),
    Rule(
        "1.7.15", Agreement.ONLY_BORGPLAN, re.escape(NOT_RECORDED),
        "templates without sections, which 1.7.15 doesn't read at all; as above",
    ),
    Rule(
        "1.7.15", Agreement.ONLY_BORGMATIC,
        r"BP203 `\w+` takes .*, not a mapping|BP213 a repository needs a `path`",
        "`path: {name}` without quotes is a mapping; until 1.8.4 constants were inserted before YAML "
        "was read, 2.1.10 refuses it too (docs/divergences.md)",
    ),
)  # fmt: skip


def rules_for(release: str, borgmatic: Verdict, borgplan: Verdict) -> tuple[list[Rule], list[str]]:
    """The rules that a disagreement falls under, and the complaints that none covers."""
    disagreement = agreement(borgmatic, borgplan)
    complaints = borgplan.complaints if borgmatic.accepted else borgmatic.complaints
    found, uncovered = [], []
    for complaint in complaints:
        rules = [rule for rule in RULES if rule.covers(release, disagreement, complaint)]
        found += rules
        uncovered += [] if rules else [complaint]
    return found, uncovered
