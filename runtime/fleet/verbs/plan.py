"""`borgplan fleet plan`: the plans of all hosts on one page."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from shlex import quote
from uuid import uuid4

from ....compiler.driver.saved_plan import to_text
from ....compiler.plan.model import Plan
from ....compiler.support.digest import sha256
from ...cli.arguments import request_of as compile_request_of
from ...journal.saved_plans import saved
from ...run.session import say, write, write_json
from ...system.files import replace
from ...system.version import VERSION
from .. import manifest
from ..compile import Made, compiled
from ..condition import Limits
from ..forecast import Forecast, forecast
from ..members import UsageError, members_with_facts, request_of
from ..overview import Overview, overview
from ..records import HostPlan
from ..style import style_of
from ..words import rolling

_PAGES = "pages"


def run(namespace: argparse.Namespace) -> int:
    """0 if every host has a plan that `apply` would run, 1 if one has not, or is not expected to start before the window
    closes, 2 if none has. Raises UsageError, AnsibleError and WorkerError."""
    folder = namespace.output
    if namespace.format == "html" and not folder:
        raise UsageError("--format html writes a page for each host: -o DIR says where")
    if folder:
        if problem := manifest.may_be_written(folder):
            raise UsageError(f"-o {folder} {problem}")
        for part in ("plans", "facts", *([_PAGES] if namespace.format == "html" else [])):
            os.makedirs(os.path.join(folder, part), mode=0o700, exist_ok=True)
    request = request_of(namespace)
    keep = partial(_kept, folder=folder, page=namespace.format == "html") if folder else None
    facts = manifest.facts_folder(folder) if folder else ""
    with members_with_facts(namespace, facts) as members:
        fleet = compiled(members, request, namespace.jobs, keep)
    hosts = [_share(host) for host in fleet.hosts if not host.problem]
    rollout = forecast(hosts, *rolling(namespace), time.time())
    found = overview(fleet.hosts, fleet.plans, Limits(namespace.overdue), rollout)
    if folder:
        manifest.write(folder, _manifest(namespace, hosts, rollout))
    _show(namespace, found)
    if not found.planned:
        return 2
    return 1 if found.without or found.refused or rollout.late else 0


def _kept(made: Made, plan: Plan, host: HostPlan, folder: str, *, page: bool) -> HostPlan:
    """The host, once its saved plan is written."""
    request = compile_request_of(made.session.arguments)
    text = to_text(saved(made.compilation, plan, request, made.session.host.home)).encode()
    replace(manifest.plan_path(folder, host.name), text)
    if page:
        from ...render.page.explorer import explorer

        where = os.path.join(folder, _PAGES, f"{host.name}.html")
        replace(where, explorer(plan, title=f"{host.name}: {host.summary}").encode())
    return host._replace(sha256=sha256(text).hexdigest())


def _share(host: HostPlan) -> manifest.Share:
    took = host.condition.took
    return manifest.Share(host.name, host.sha256, host.uses, max(1, round(took)) if took else 0)


def _manifest(
    namespace: argparse.Namespace, hosts: Sequence[manifest.Share], rollout: Forecast
) -> manifest.Manifest:
    inventories = tuple(p if "," in p else os.path.abspath(p) for p in namespace.inventory)
    return manifest.Manifest(
        uuid4().hex[:12], inventories, tuple(hosts), VERSION, rollout.limits, rollout.window.text
    )


def _show(namespace: argparse.Namespace, found: Overview) -> None:
    folder = namespace.output
    match namespace.format:
        case "json":
            from ..show.data import as_data

            write_json(as_data(found))
        case "markdown":
            from ..show.markdown import as_markdown

            write(as_markdown(found))
        case "html":
            from ..show.pages import fleet_page

            index = os.path.join(folder, _PAGES, "index.html")
            replace(index, fleet_page(found).encode("utf-8", "backslashreplace"))
            write(f"Pages of {len(found.hosts)} hosts: {index}\n")
        case _:
            from ..show.text import render

            write(render(found, style_of(namespace, sys.stdout)))
    if folder and found.planned:
        say(f"Saved as {folder}. To run it: borgplan fleet apply {quote(folder)}")
