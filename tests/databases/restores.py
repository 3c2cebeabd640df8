"""Recorded restores of borgmatic, and the same as borgplan plans and would run them.

A recording's stand-ins write no real dumps, so what each dump is follows from the configuration that it was recorded
with; all else is read from the recorded archive.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from borgplan.compiler.borg.versions import version
from borgplan.compiler.config.databases import Database
from borgplan.compiler.config.model import Configuration
from borgplan.compiler.databases import restore_questions
from borgplan.compiler.databases.archive_layout import (
    METADATA,
    Dump,
    Item,
    identifier_of,
    layout_of,
)
from borgplan.compiler.databases.dump_formats import Format, Told
from borgplan.compiler.databases.found import Found, Server
from borgplan.compiler.databases.layout import Dump as Made
from borgplan.compiler.databases.layout import metadata
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import Sources, read
from borgplan.compiler.lower.selection import Facts
from borgplan.compiler.plan.claims import DATABASE
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.model import Step
from borgplan.compiler.plan.words import text_of
from borgplan.compiler.plan.work import Process, Shell
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.cli.arguments import request_of
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.engine.runner import DryRunner, Result, ScriptedRunner
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.system.host import RealHost
from tests.databases.own_recordings import own_recordings

SHARED = Path(__file__).parents[3] / "shared/databases/recordings"
_CLIENTS = (
    "pg_restore",
    "psql",
    "mariadb",
    "mysql",
    "mongorestore",
    "sqlite3",
    "influx",
    "slapadd",
)
_DELIBERATE_WORDS = ("--single-transaction", "--set", "ON_ERROR_STOP=on")
_ADDRESSES = {"dbcontainer": "172.17.0.5", "c1": "10.0.0.1", "c2": "10.0.0.2"}
_ORDER = ("postgres", "mysql", "users", "orders", "user_archive")  # of the recorded server


class Replay(NamedTuple):
    """What ran, and how it ended. `errors`: codes of what was found wrong beforehand."""

    events: list[Any]
    failed: bool
    errors: tuple[str, ...]


def recordings() -> list[dict[str, Any]]:
    shared = [json.loads(path.read_text()) for path in sorted(SHARED.glob("restore-*.json"))]
    return [*shared, *(one for one in own_recordings() if one["group"] == "restore")]


def kind_of(recording: Mapping[str, Any]) -> str:
    """The kind of database that it is about, or `several`."""
    text = " ".join(recording["files"].values())
    names = [
        name
        for name in ("postgresql", "mariadb", "mysql", "mongodb", "sqlite")
        if f"{name}_databases" in text
    ]
    return names[0] if len(names) == 1 else "several"


def expected(recording: Mapping[str, Any]) -> list[Any]:
    """Hooks, and restoring clients with their words, the environment that they are given, and what they read."""
    found: list[Any] = []
    for event in recording["trace"]:
        if event["event"] == "hook":
            found.append(["hook", *" ".join(event["argv"]).split()])
        elif _is_client(event["event"]):
            words = [event["event"], *event["argv"]]
            found.append([*_plain(words), sorted(event.get("env_added", {}))])
    return found


def _is_client(name: str) -> bool:
    return name.removeprefix("my-") in _CLIENTS


def _plain(words: list[str]) -> list[str]:
    """Words without what differs from run to run."""
    words = ["FILE" if "/mongodb_config/" in word else word for word in words]
    words = ["FOLDER" if "/borgmatic-RANDOM/" in word else word for word in words]
    return ["FILE" if "/dev/fd/" in word or "CLIENT-OPTIONS" in word else word for word in words]


def replay(recording: Mapping[str, Any], place: Path) -> Replay:
    """The same through borgplan's compiler and interpreter."""
    text = json.dumps(recording).replace("$RELTMP", str(place)[1:]).replace("$TMP", str(place))
    recording = json.loads(text.replace("$RETMP", str(place)))
    for name, content in recording["files"].items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    for name in ("src", "cwd", "repos"):
        (place / name).mkdir(exist_ok=True)
    (place / "src/users.db").touch()
    words = _without_passwords(recording["args"])
    arguments = parse(["apply", *words, "--actions", "restore"])
    diagnostics, host = Diagnostics(), RealHost()
    request = request_of(arguments)._replace(semantics="2.1", overrides=())
    sources = read(request, host, diagnostics)
    found = _found(recording, sources, arguments.options, place)
    known = version(_borg(recording)) or version("1.4.0")
    assert known
    facts = Facts({}, {"borg": known}, asked=False, restores=found)
    compilation = plan_of(sources, host, diagnostics, facts, presence=False)
    errors = tuple(sorted({item.code for item in compilation.errors}))
    if compilation.plan is None or errors:
        return Replay([], failed=True, errors=errors)
    return _run(recording, compilation, place)


def _without_passwords(args: list[str]) -> list[str]:
    """borgplan takes no password on its command line."""
    words = list(args[1:])
    for name in ("--password",):
        if name in words:
            place = words.index(name)
            del words[place : place + 2]
    return words


def _borg(recording: Mapping[str, Any]) -> str:
    return {"restore-borg-1.2.4": "1.2.4", "restore-borg-2": "2.0.0b20"}.get(
        recording["id"], "1.4.0"
    )


def _run(recording: Mapping[str, Any], compilation: Compilation, place: Path) -> Replay:
    plan = compilation.plan
    assert plan
    missing = recording.get("without", ())
    faults = [fault for fault in recording.get("faults", ()) if fault.get("exit", 0)]
    faults += [{"event": name, "exit": 127} for name in missing]
    results = {step.id: Result(Outcome.HARD, 1) for step in plan.steps if _fails(step, faults)}
    runner = ScriptedRunner(results)
    is_dry = "--dry-run" in recording["args"]
    report = interpret(plan, DryRunner(runner) if is_dry else runner)
    ran = [step for step in plan.steps if step.id in runner.told]
    ran.sort(key=lambda step: list(runner.told).index(step.id))
    found = [event for step in ran if (event := _event(step, place)) is not None]
    events = [event for event in found if event[0] not in missing]
    return Replay(events, report.exit_code != 0, ())


def _fails(step: Step, faults: list[dict[str, Any]]) -> bool:
    """Whether a recorded fault is about this step."""
    work = step.work
    if not isinstance(work, Process) or not _is_restoring(step):
        return False
    for fault in faults:
        if fault["event"] == work.program:
            return True
        is_extract = fault["event"] == "borg" and fault.get("subcommand") == "extract"
        if is_extract and work.upstream and fault["exit"] >= 2:
            return True
    return False


def _is_restoring(step: Step) -> bool:
    """Whether it is a client that changes a database."""
    if not isinstance(step.work, Process) or not any(c.kind == DATABASE for c in step.claims):
        return False
    return _is_client(step.work.program)


def _event(step: Step, place: Path) -> list[Any] | None:
    if isinstance(step.work, Shell):
        return [
            "hook",
            *shlex.split(step.work.written.replace("{repository}", f"{place}/repos/r1.borg"))[1:],
        ]
    if not _is_restoring(step) or not isinstance(step.work, Process):
        return None
    words = [text_of(word).removesuffix(".borgplan-restored") for word in step.work.argv]
    kept = [word for word in words if word not in _DELIBERATE_WORDS]
    return [*_plain(kept), sorted(name for name, _ in step.work.environment)]


def _found(
    recording: Mapping[str, Any], sources: Sources, options: Any, place: Path
) -> dict[str, Found]:
    """What would have been found out before planning, by repository."""
    made_with = _read(place / "borgmatic.d/db.yaml")
    found = {}
    for configuration in sources.configurations:
        for repository in configuration.repositories:
            name = Path(repository.path).name
            found[repository.path] = _of_repository(
                recording, name, made_with, configuration, options
            )
    return found


def _read(path: Path) -> Configuration:
    diagnostics = Diagnostics()
    request = CompileRequest((str(path),), semantics="2.1")
    return read(request, RealHost(), diagnostics).configurations[0]


def _of_repository(
    recording: Mapping[str, Any], name: str, made_with: Configuration,
    configuration: Configuration, options: Any,
) -> Found:  # fmt: skip
    archives = recording.get("archives", {}).get(name)
    fault = next((f for f in recording.get("faults", ()) if f.get("subcommand") == "list"), None)
    if fault or "--archive nosuch" in " ".join(recording["args"]):
        return Found(problem="borg ended with exit code 2")
    if archives:
        files = archives[-1]["files"]
        items = [Item(path, False, len(text)) for path, text in files.items()]
        texts = {path: text.encode() for path, text in files.items()}
    else:
        kept = recording["archives_after"].get(name)
        if not kept:
            return Found(problem="there is no archive")
        items = [Item(path, False, 20) for path in reversed(kept[-1]["paths"])]
        texts = _metadata(items, made_with)
    old = configuration.settings.text("borgmatic_source_directory") or ""
    layout = layout_of(items, texts, old)
    told = {dump.path: Told(_format(dump, made_with)) for dump in layout.dumps}
    names = {dump.name for dump in layout.dumps}
    server = Server("15.18", "postgres", frozenset(names), frozenset())
    servers = _servers(configuration, options, server)
    return Found("lab-1", layout, told, {}, servers, {}, _ADDRESSES)


def _metadata(items: list[Item], made_with: Configuration) -> dict[str, bytes]:
    """What the recorded `dumps.json` held, which a recording doesn't say: one entry for each dump there is."""
    texts = {}
    for item in items:
        folder, _, last = item.path.rpartition("/")
        if last != METADATA:
            continue
        dumps = []
        for entry in made_with.databases:
            base = f"{folder}/{_identifier(entry)}/"
            if not folder.endswith(entry.option):
                continue
            names = [
                i.path[len(base) :].partition("/")[0] for i in items if i.path.startswith(base)
            ]
            own = [n for n in dict.fromkeys(names) if entry.several or n == entry.name]
            own.sort(key=lambda n: _ORDER.index(n) if n in _ORDER else -1)
            dumps += [Made(entry, name) for name in own]
        texts[item.path] = metadata(dumps).encode()
    return texts


def _identifier(entry: Database) -> str:
    port: int | None = entry.options.get("port")
    return identifier_of(entry.text("hostname"), port, entry.text("label"), entry.text("container"))


def _format(dump: Dump, made_with: Configuration) -> Format:
    """What the dump was configured to be."""
    if dump.is_directory:
        return Format.DIRECTORY
    match dump.kind:
        case "postgresql":
            entry = next((e for e in made_with.databases if e.kind == dump.kind), None)
            form = entry.text("format") if entry else ""
            is_cluster = dump.name == "all" and not form
            return Format.CLUSTER if is_cluster else Format(form or "custom")
        case "mongodb":
            return Format.ARCHIVE
        case _:
            return Format.SQL


def _servers(configuration: Configuration, options: Any, server: Server) -> dict[str, Server]:
    """All servers have all databases."""
    from borgplan.compiler.borg.target import target_of
    from borgplan.compiler.borg.versions import ASSUMED
    from borgplan.compiler.semantics import NEWEST

    repository = configuration.repositories[0]
    target = target_of(configuration, repository, NEWEST, RealHost(), ASSUMED)
    clients = (
        restore_questions.question(e, target, options, _ADDRESSES) for e in configuration.databases
    )
    return {restore_questions.key_of(client): server for client in clients if client}
