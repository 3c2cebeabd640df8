"""Runs as metrics of Prometheus, in a file that node_exporter's textfile collector reads.

One file may serve several configurations that are run apart: what it says of other repositories stays, and so do the
times of former successes. To add a metric: `_of_run` or `_OF_ACTIONS`, and its line in docs/metrics.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from ...compiler.shell.passwords import hidden
from ..engine.fates import Fate
from ..engine.measures import NUMBERS, Attempt, Measures, Subject
from ..system.files import SHARED, replace

LABELS = Subject._fields
ATTEMPT = "borgplan_last_attempt_timestamp_seconds"
SUCCESS = "borgplan_last_success_timestamp_seconds"
DURATION = "borgplan_action_duration_seconds"
SUCCEEDED = "borgplan_action_succeeded"
# By the names of `measures.NUMBERS`.
_NUMBERS = {
    "files": ("borgplan_archive_files", "Files in the last archive"),
    "original": ("borgplan_archive_original_bytes", "Bytes of the files in the last archive"),
    "compressed": (
        "borgplan_archive_compressed_bytes",
        "Bytes of the last archive as it is stored, with what it shares with others",
    ),
    "added": (
        "borgplan_archive_added_bytes",
        "Bytes that the last archive has added to the repository",
    ),
    "new": ("borgplan_archive_files_new", "Files that the last archive has for the first time"),
    "changed": ("borgplan_archive_files_changed", "Files of the last archive that had changed"),
    "unchanged": ("borgplan_archive_files_unchanged", "Files of the last archive that had not"),
    "unsteady": (
        "borgplan_archive_files_unsteady",
        "Files of the last archive that changed while Borg read them",
    ),
    "unreadable": (
        "borgplan_archive_files_unreadable",
        "Files and directories that Borg could not read for the last archive",
    ),
    "stored": (
        "borgplan_repository_stored_bytes",
        "Bytes that the repository held after the last archive",
    ),
    "shrunk": (
        "borgplan_archive_shrunk",
        "Whether the last archive is suddenly empty, or less than a tenth of the one before",
    ),
    "pruned": ("borgplan_archives_pruned", "Archives that prune deleted the last time"),
    "kept": ("borgplan_archives_kept", "Archives that prune kept the last time"),
    "freed": ("borgplan_compact_freed_bytes", "Bytes that compact freed the last time, rounded"),
}
_OF_ACTIONS = {
    ATTEMPT: "When a run last set out to do this",
    SUCCESS: "When it was last done; 0 if that isn't known",
    DURATION: "How long Borg took for it the last time",
    SUCCEEDED: "Whether the last run that set out to do this has done it",
    **dict(_NUMBERS.values()),
}
_LARGEST = 16 << 20  # bytes of a former file

Rows = dict[str, dict[Subject, float]]


def write(path: str, measured: Measures, outstanding: int | None, *, is_whole: bool) -> None:
    """Put the metrics of a run into a file, at once. `outstanding`: cleanups that runs owe; None if that isn't
    known. `is_whole`: the run was about all repositories of its configurations. Raises OSError or ValueError."""
    now = measured.began + measured.seconds
    rows = _updated(former(path), measured, now, is_whole=is_whole)
    registry = CollectorRegistry(auto_describe=False)
    for name, rows_of_it in rows.items():
        if not rows_of_it:
            continue
        gauge = Gauge(name, _OF_ACTIONS[name], LABELS, registry=registry)
        for subject, value in sorted(rows_of_it.items()):
            gauge.labels(*subject).set(value)
    for name, text, value in _of_run(measured, now, outstanding):
        Gauge(name, text, registry=registry).set(value)
    steps = Gauge(
        "borgplan_run_steps", "Steps of the last run by their end", ["end"], registry=registry
    )
    for fate, number in measured.steps.items():
        steps.labels(fate.value.replace(" ", "_")).set(number)
    replace(path, generate_latest(registry), SHARED)


def _of_run(
    measured: Measures, now: float, outstanding: int | None
) -> Iterable[tuple[str, str, float]]:
    yield "borgplan_run_timestamp_seconds", "When the last run ended", now
    yield "borgplan_run_duration_seconds", "How long the last run took", measured.seconds
    yield "borgplan_run_exit_code", "Exit code of the last run", measured.exit_code
    yield (
        "borgplan_run_refused",
        "Whether the last run ended before its first step",
        measured.refused,
    )
    warnings = measured.steps[Fate.WARNING]
    yield "borgplan_run_warnings", "Steps of the last run that ended with a warning", warnings
    failed = measured.steps[Fate.FAILED] + measured.steps[Fate.INTERRUPTED]
    yield (
        "borgplan_run_steps_failed",
        "Steps of the last run that failed or were interrupted",
        failed,
    )
    if outstanding is not None:
        text = "Outstanding cleanups of interrupted runs"
        yield "borgplan_outstanding_cleanups", text, outstanding


def former(path: str) -> Rows:
    """What the file says of repositories; nothing if it isn't there or holds something else."""
    rows: Rows = {name: {} for name in _OF_ACTIONS}
    try:
        if os.path.getsize(path) > _LARGEST:
            return rows
        with open(path, encoding="utf-8") as file:
            families = list(text_string_to_metric_families(file.read()))
    except (OSError, ValueError):
        return rows
    for sample in (sample for family in families for sample in family.samples):
        if sample.name in rows and {*sample.labels} == {*LABELS}:
            rows[sample.name][Subject(**sample.labels)] = sample.value
    return rows


def _updated(rows: Rows, measured: Measures, now: float, *, is_whole: bool) -> Rows:
    attempts = {_shown(subject): attempt for subject, attempt in measured.attempts.items()}
    if is_whole:
        _forget(rows, attempts)
    for subject, attempt in attempts.items():
        rows[ATTEMPT][subject] = measured.began
        rows[SUCCEEDED][subject] = attempt.succeeded
        rows[SUCCESS].setdefault(subject, 0)
        if attempt.succeeded:
            rows[SUCCESS][subject] = now
        if attempt.has_run:
            rows[DURATION][subject] = attempt.seconds
        for name in NUMBERS.get(subject.action, ()) if attempt.numbers else ():
            rows_of_it = rows[_NUMBERS[name][0]]
            rows_of_it.pop(subject, None)  # what isn't known now is no longer what it was
            if name in attempt.numbers:
                rows_of_it[subject] = attempt.numbers[name]
    return rows


def _forget(rows: Rows, attempts: dict[Subject, Attempt]) -> None:
    """Repositories that a configuration doesn't have any more. Other actions of those that it has stay: they may
    have runs of their own."""
    configurations = {subject.configuration for subject in attempts}
    kept = {(subject.configuration, subject.repository) for subject in attempts}
    for rows_of_it in rows.values():
        for subject in [*rows_of_it]:
            place = subject.configuration, subject.repository
            if subject.configuration in configurations and place not in kept:
                del rows_of_it[subject]


def _shown(subject: Subject) -> Subject:
    """Without passwords in addresses, and as text that any reader takes."""
    words = (hidden(word).encode("utf-8", "replace").decode() for word in subject)
    return Subject(*words)
