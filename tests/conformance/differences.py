"""Where borgplan deliberately differs from a recorded run, and what it doesn't do yet.

docs/divergences.md has the reasons at length. Rules are by what a scenario is about, so that they hold
for every release; single scenarios stand in `BY_NAME`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.conformance.scenario import Scenario
from tests.support.stand_in_rules import Faults


class Rule(NamedTuple):
    """`names`: which scenarios; `since`: from which release on; `before`: up to which one; `same`: those among
    them (`release/name`) in which nothing shows of it.

    `seen`: how users meet the difference: the name of one that `plan --differences` lists, the code of
    a diagnostic, `plan` where its commands show it, `recording` if there is none.
    """

    names: str
    reason: str
    seen: str = ""
    since: tuple[int, ...] = (0,)
    before: tuple[int, ...] = (99,)
    same: str = "^$"


# Nothing is compared.
DELIBERATE = (
    Rule(
        "working-directory-missing",
        "nothing is asked before the first command",
        "probes",
        (1, 9),
        (2,),
    ),
    Rule(
        "credential-(file-missing|container-missing|systemd-outside)",
        "a secret is read for the command that needs it, which fails without",
        "probes",
    ),
    Rule(
        "credential-(file-no-argument|unknown-hook)",
        "a reference that nothing can follow is an error before anything runs",
        "BP230",
    ),
    Rule(
        "credential-in-other-option",
        "a placeholder that Borg doesn't have is an error before anything runs",
        "BP441",
    ),
    Rule(
        "quoting-",
        "interpolated values become one word and are never executed",
        "values",
        same=r"/sect-quoting-(error-double|output-semicolon-(double|single))$"
        r"|/flat-quoting-(error-(bare|double|single)|output-(bare|newline|semicolon-(bare|double)))$"
        r"|/cmds-quoting-(error-(bare|double|single)|output-(bare|newline|semicolon-(bare|double)))$",
    ),
    Rule(
        "-nasty",
        "the same",
        "values",
        (1, 6),
        same="/([a-z]+-environment-nasty-quoted|(flat|cmds)-constants-nasty-single-quoted)$",
    ),
    Rule(
        "borg-version-(fails|garbage|probe)|borg-(info|create)-probe|fail-borg-version",
        "borgplan asks Borg nothing in the course of a run",
        "probes",
    ),
    Rule(
        "borg-missing",
        "a missing Borg fails the first command, and error hooks are told",
        "probes",
        (1, 5, 23),
    ),
    Rule(
        "broken-(empty|not-a-mapping)-before-good",
        "that file crashed borgmatic; the good one runs",
        "BP104",
        same=r"^(1\.[89]|2\.0)\..*-empty-",
    ),
    Rule("(sect|flat)-odd-empty-string$", "a text where a list belongs is an error", "BP203", (2,)),
    Rule(
        "list-(and-create-)?fails?$",
        "the recording leaves the list out, as a probe",
        "recording",
        (1, 8),
        (2, 1),
    ),
    Rule(
        "actions-borg$",
        "the repository is in Borg's environment, and no word",
        "plan",
        (1, 5),
        (1, 8),
    ),
    Rule(
        "actions-extract-ambiguous",
        "two repositories are not extracted into one place",
        "BP419",
        (1, 9),
    ),
    Rule(
        "shell-background", "the run goes on while a hook's background process lives", "background"
    ),
    Rule(
        "borg-create-exit-(127|128|130)",
        "a Borg that was not found, or that a signal has ended, is a failure",
        "evidence",
        (1, 8, 7),
    ),
    Rule("borg-create-signal-", "Borg's death by a signal is a failure", "death", (1, 3)),
    Rule(
        "dry-run-verbose$",
        "the recording leaves `borg create --dry-run --list` out, as a probe",
        "recording",
        before=(1, 4),
    ),
    Rule(
        "environment-in-option",
        "a name format without prefix is taken, with a warning",
        "BP215",
        (1, 5),
        (1, 6),
    ),
    Rule("constants-with-environment", "values become one word", "values"),
    Rule("constants-in-option", "a constant keeps its type", "plan", (1, 7), (1, 8, 5)),
    Rule(
        "constants-list",
        "a list as a constant in a command is one word",
        "values",
        same="/flat-constants-list$",
    ),
    Rule(
        "no-config-default$",
        "without a file nothing runs, which is no success",
        "BP121",
        (2,),
        (2, 1),
    ),
)
# What borgplan refuses by name, or has another way of saying on its command line.
NOT_YET = (
    Rule("check-twice", "frequencies of checks"),
    Rule("compact-too-old-borg", "Borg 1.1"),
)
LAST_RELEASE_WITH_SIGNALS_UNNOTICED = (1, 3, 25)


def release(scenario: Scenario) -> tuple[int, ...]:
    return tuple(int(number) for number in scenario.version.split("."))


def _rule(rules: tuple[Rule, ...], scenario: Scenario) -> str:
    for rule in rules:
        if (
            re.search(rule.names, scenario.name)
            and rule.since <= release(scenario) < rule.before
            and not re.search(rule.same, str(scenario))
        ):
            return rule.reason
    return ""


def difference(scenario: Scenario) -> str:
    """Why a scenario is deliberately left out of the comparison; empty if it is not."""
    if scenario.group == "signal":
        return "an interrupted run carries out its announced cleanups"
    if "create-signal" in scenario.name and release(scenario) > LAST_RELEASE_WITH_SIGNALS_UNNOTICED:
        return ""
    return _rule(DELIBERATE, scenario)


def not_implemented(scenario: Scenario) -> str:
    """What a scenario needs that borgplan doesn't have; empty if it has everything."""
    return _rule(NOT_YET, scenario)


# By the name that `plan --differences` has for it: `space`.
FIRST_WITH_COMPACT = (1, 5, 23)


def with_space_freed(scenario: Scenario) -> list[list[str]]:
    """The recorded trace with what borgplan runs more: `borg compact` after each `borg prune` that went
    well, in a generation that has no action `compact`. It has to be there, and nowhere else."""
    trace = [list(event) for event in scenario.data["trace"]]
    if release(scenario) >= FIRST_WITH_COMPACT:
        return trace
    faults = Faults(scenario.faults("$TMP"))
    found = []
    for event in trace:
        found.append(event)
        if event[0] == "hook":
            faults.take("hook", event[2:])
            continue
        fault = faults.take("borg", event[1:])
        went_well = not fault.get("signal") and fault.get("exit", 0) < 2
        if event[1] == "prune" and went_well:
            found.append(["borg", "compact", *event[2:]])
    return found


def exit_code_differs(scenario: Scenario) -> bool:
    """The same commands run, but the run is not called a success.

    A broken file beside a good one; a soft failure of Borg's own; a soft failure that made borgmatic
    forget a hard one.
    """
    if scenario.failed:
        return False
    return bool(
        re.search("-broken-|exit-75|-and-after-(repository-)?soft|hard-in-r1-soft", scenario.name)
    )
