"""Where borgplan deliberately differs from a recorded run. docs/divergences.md has the reasons."""

from __future__ import annotations

from tests.conformance.scenario import Scenario

# One scenario each.
BY_NAME: dict[str, str] = {
    "1.3.25/sect-broken-empty-before-good": "an empty file crashed borgmatic; the good file runs",
    "1.3.25/sect-dry-run-verbose": "the recording leaves `borg create --dry-run --list` out, as a probe",
    "1.3.25/sect-borg-create-signal-2": "Borg's death by a signal is a failure",
    "1.3.25/sect-borg-create-signal-9": "Borg's death by a signal is a failure",
    "1.3.25/sect-borg-create-signal-15": "Borg's death by a signal is a failure",
}


def difference(scenario: Scenario) -> str:
    """Why a scenario is left out of the comparison; empty if it is not."""
    if str(scenario) in BY_NAME:
        return BY_NAME[str(scenario)]
    if scenario.group == "signal":
        return "an interrupted run carries out its announced cleanups"
    if "-quoting-" in scenario.name:
        return "interpolated values become one word and are never executed"
    return ""


def exit_code_differs(scenario: Scenario) -> bool:
    """A broken file beside a good one: the same commands run, but the run is not called a success."""
    return "-broken-" in scenario.name and not scenario.failed
