"""`borgplan fleet apply DIR`: run the saved plans of a folder, each on its host."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from functools import partial

from ...report.line_queue import Target, target
from ...run.session import say, write, write_json
from ...system.host import reason
from .. import manifest
from ..following import Followed
from ..forecast import Forecast, forecast
from ..members import UsageError, chosen, fleet_in, reach_to
from ..rollout import Rollout
from ..rollout_log import BusyError, HostEnd, RolloutLog
from ..show.forecast import headline, warnings
from ..show.rollout import Outcome, as_data, exit_code, line, render
from ..stopping import run_until_stopped
from ..style import style_of
from ..windows import Window
from ..words import rolling


def run(namespace: argparse.Namespace) -> int:
    """0 if every host succeeded, 1 if one has not, 2 if nothing ran on any, 128+n if signal n ended this process, not the
    hosts. Raises UsageError and AnsibleError."""
    folder, plans = namespace.folder, _plans(namespace)
    reach = reach_to(namespace, plans)
    if reach.limit:
        hosts = chosen(reach, [share.name for share in plans.hosts])
        plans = plans._replace(hosts=tuple(share for share in plans.hosts if share.name in hosts))
    limits, window = rolling(namespace, plans.limits, plans.window)
    followed = Followed(folder, say, _target(namespace.events))
    try:
        log = RolloutLog(folder, plans.id)
    except BusyError as busy:
        raise UsageError(f"another `fleet apply` of {folder} is running ({busy})") from busy
    except OSError as error:
        raise UsageError(f"{folder}: its log can't be written: {reason(error)}") from error
    closed = partial(_why_closed, window)
    told = partial(_told, followed)
    rollout = Rollout(
        folder, plans, reach, limits, log, told, namespace.patience, closed, followed.heard
    )
    left = [share for share in plans.hosts if share.name not in rollout.ends]
    for text in _announced(forecast(left, limits, window, time.time())):
        say(text)
    try:
        stopped_by = run_until_stopped(rollout.run)
    finally:
        log.close()
        if lost := followed.close():
            say(f"--events {namespace.events}: {lost}")
    return _shown(namespace, plans, rollout, stopped_by)


def _shown(
    namespace: argparse.Namespace, plans: manifest.Manifest, rollout: Rollout, stopped_by: int
) -> int:
    running = rollout.running
    waiting = rollout.schedule.waiting
    order = [share.name for share in plans.hosts]
    why = rollout.why_stopped
    outcome = Outcome(plans.id, order, rollout.ends, running, waiting, why)
    if namespace.format == "json":
        write_json(as_data(outcome))
    else:
        write(render(outcome, style_of(namespace, sys.stdout)))
    if stopped_by:
        say(f"Stopped. What runs on hosts continues there: borgplan fleet apply {namespace.folder}")
        return 128 + stopped_by
    return exit_code(outcome)


def _plans(namespace: argparse.Namespace) -> manifest.Manifest:
    folder = namespace.folder
    if not folder:
        raise UsageError("name the directory that `fleet plan -o DIR` wrote")
    plans = fleet_in(folder)
    for share in plans.hosts:
        path = manifest.plan_path(folder, share.name)
        try:
            is_same = manifest.digest_of_plan(folder, share.name) == share.sha256
        except OSError as error:
            raise UsageError(f"{path}: {reason(error)}") from error
        if not is_same:
            raise UsageError(f"{path} was changed since `fleet plan` wrote it")
    if not plans.hosts:
        raise UsageError(f"{folder} has no plan of any host")
    return plans


def _announced(found: Forecast) -> Iterator[str]:
    """What is to happen, before it does."""
    yield f"{headline(found)}."
    yield from (f"{text}." for text in warnings(found))


def _why_closed(window: Window) -> str:
    return window.why_closed(time.time())


def _target(events: str) -> Target | None:
    if not events:
        return None
    try:
        return target(events)
    except OSError as error:
        raise UsageError(f"--events {events}: {reason(error)}") from error
    except ValueError as error:
        raise UsageError(f"--events {events}: {error}") from error


def _told(followed: Followed, host: str, what: str, end: HostEnd | None, why: str) -> None:
    followed.became(host, what, end)
    say(line(host, what, end, why))
