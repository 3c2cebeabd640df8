"""A recorded run, walked over in its plan: steps end as they did then, requests are noted as they would be sent."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.secret_values import secrets_of
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.exits import Outcome
from borgplan.compiler.plan.index import index
from borgplan.compiler.plan.model import LEAVING, ScopeKind, Step
from borgplan.compiler.plan.words import (
    Known,
    Secret,
    SecretFile,
    SecretUse,
    Use,
    Value,
    Word,
    escaped,
    share_of,
)
from borgplan.compiler.plan.work import Process, Request, Shell, keeps
from borgplan.compiler.source.diagnostic import Diagnostics, Severity
from borgplan.runtime.cli.arguments import request_of
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.engine.runner import DryRunner, Result
from borgplan.runtime.engine.walk import interpret
from borgplan.runtime.system.host import RealHost
from tests.conformance.scenario import Scenario, simple_hook
from tests.support.laboratory import Laboratory, working_directory
from tests.support.stand_in_rules import Faults

LOGS = "\x00LOGS\x00"  # stands for what the run has told, whose wording is no part of this
_COMPACT = ["borg", "compact"]
_LOGS = {Known.LOG, Known.WARNINGS, Known.ERRORS}
_LATE = {Known.HOST: "$HOST", Known.TIME: "$TIME", Known.NANOSECONDS: "$NANOSECONDS"}


def replay(scenario: Scenario, laboratory: Laboratory) -> tuple[list[Any], int]:
    """What would run and be sent, and the exit code."""
    laboratory.write(scenario.files)
    words = scenario.arguments(str(laboratory.tmp))
    assert isinstance(words, list), words
    arguments = parse(["plan", *(word for word in words if word != "--dry-run")])
    diagnostics = Diagnostics()
    with working_directory(laboratory.tmp / "cwd"):
        host = RealHost()
        sources = read(request_of(arguments), host, diagnostics)
        compilation = plan_of(sources, host, diagnostics)
        secrets = secrets_of(tuple(sources.configurations), host)
    if compilation.plan is None:
        assert any(item.severity is Severity.ERROR for item in diagnostics)
        return [], 1
    runner = Replay(scenario, laboratory, compilation, secrets)
    is_dry = "--dry-run" in words
    report = interpret(compilation.plan, DryRunner(runner) if is_dry else runner)
    code = report.exit_code or int(bool(compilation.broken))
    return runner.trace, code


class Replay:
    """A runner that ends steps by the recording's faults, and its signal."""

    def __init__(
        self,
        scenario: Scenario,
        laboratory: Laboratory,
        compilation: Compilation,
        secrets: Mapping[Any, str],
    ) -> None:
        assert compilation.plan
        tmp = str(laboratory.tmp)
        self.trace: list[Any] = []
        self.signal: int | None = None
        self._tmp = tmp
        self._faults = Faults(scenario.faults(tmp))
        self._requests = [f for f in scenario.faults(tmp) if f["event"] == "http"]
        self._seen: list[tuple[dict[str, Any], str]] = []
        self._lines: list[Any] = []  # of a stream
        named = scenario.data.get("signal")
        self._signal = signal.Signals[f"SIG{named['signal']}"] if named else None
        self._missing = "/nonexistent/" in str(scenario.files)
        self._tree = index(compilation.plan)
        self._secrets = secrets

    def wait(self, seconds: float) -> None:
        """No time passes."""

    def run(self, step: Step, values: Mapping[Value, str]) -> Result:
        match step.work:
            case Request():
                return self._request(step, step.work, values)
            case Shell():
                return self._hook(step, step.work, values)
            case Process():
                return self._borg(step, step.work)

    def _ended(self, step: Step, fault: Mapping[str, Any], captured: str = "") -> Result:
        if fault.get("slow") and self._signal and self.signal is None:
            self.signal = self._signal
            if step.phase not in LEAVING:
                return Result(Outcome.INTERRUPTED, -self._signal)
        code = fault.get("exit", 0)
        outcome = step.work.exits.outcome(code)
        return Result(outcome, code, output="", captured=captured)

    def _hook(self, step: Step, work: Shell, values: Mapping[Value, str]) -> Result:
        script = work.script
        for variable, late in work.late:
            script = script.replace(f'"${{{variable}}}"', values.get(late, ""))
            script = script.replace(f"${{{variable}}}", values.get(late, ""))
        argv = simple_hook(script)
        assert argv is not None, script
        words = " ".join(argv).replace(self._tmp, "$TMP").split()
        self.trace.append(["hook", *words])
        return self._ended(step, self._faults.take("hook", argv))

    def _borg(self, step: Step, work: Process) -> Result:
        if self._missing or not all(os.path.lexists(path) for path in work.needs):
            return Result(Outcome.HARD, None, note="could not be started")
        argv = [word for word in work.argv[1:] if isinstance(word, str)]
        repository = self._tree.name_of(step.scope, ScopeKind.REPOSITORY)
        self.trace.append(["borg", argv[0], repository.replace(self._tmp, "$TMP")])
        captured = "archive" if keeps(work) else ""
        return self._ended(step, self._faults.take("borg", [*argv, repository]), captured)

    def _request(self, step: Step, work: Request, values: Mapping[Value, str]) -> Result:
        if work.stream is not None:
            self._lines += [LOGS, ["$NANOSECONDS", self._word(work.stream.line, values)]]
            if not work.stream.ends:
                return self._ended(step, {})  # it goes with the others
            lines = json.dumps([*self._lines, LOGS])[1:-1]
            self._lines = []
            values = {**values, Known.LINES: lines}
        made = {name: self._word(word, values) for name, word in work.headers}
        url, body = self._word(work.url, values), self._word(work.body or "", values)
        fields = {name: self._word(word, values) for name, word in work.form}
        if None in (url, body, *made.values(), *fields.values()):
            return Result(step.work.exits.outcome(2), 2, note="was not sent")
        assert url is not None
        assert body is not None
        sent = self._sent(work, url, body, made, fields, values)
        self.trace.append(sent)
        fault = self._fault(sent, body)
        if fault.get("status", 200) >= 400 or fault.get("answer") or fault.get("text"):
            fault = {**fault, "exit": 1}
        captured = "" if fault.get("exit") else "lab-token"
        return self._ended(step, fault, captured if keeps(work) else "")

    def _fault(self, sent: Mapping[str, Any], body: str) -> dict[str, Any]:
        def applies(fault: Mapping[str, Any], path: str, text: str) -> bool:
            inside = all(word in text for word in fault.get("body_contains", ()))
            return path.startswith(fault.get("path", "")) and inside

        for fault in self._requests:
            nth = 1 + sum(applies(fault, s["path"], text) for s, text in self._seen)
            if applies(fault, sent["path"], body) and fault.get("nth") in (None, nth):
                self._seen.append((dict(sent), body))
                return fault
        self._seen.append((dict(sent), body))
        return {}

    def _sent(
        self,
        work: Request,
        url: str,
        body: str,
        made: Mapping[str, str | None],
        fields: Mapping[str, str | None],
        values: Mapping[Value, str],
    ) -> dict[str, Any]:
        form = [(name, str(text)) for name, text in fields.items()]
        if work.method == "APPRISE":
            return _of_apprise(url, dict(form))
        headers = {n.lower(): str(v) for n, v in made.items()}
        if work.user is not None:
            pair = f"{self._word(work.user, values)}:{self._word(work.password or '', values)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        kept = {n: v for n, v in headers.items() if n == "authorization" or n.startswith("x-")}
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        content: Any = urlencode(form) if form else body
        if "json" in headers.get("content-type", ""):
            content = json.loads(body.replace("\x00", "\\u0000"))
        return {
            "method": work.method,
            "origin": "" if "127.0.0.1" in origin else origin,
            "path": parts.path,
            "query": parts.query,
            "headers": kept,
            "body": content,
        }

    def _word(self, word: Word, values: Mapping[Value, str]) -> str | None:
        if isinstance(word, str):
            return word.replace(self._tmp, "$TMP")
        texts = []
        for part in word:
            text = self._part(part, values)
            if text is None:
                return None
            texts.append(text)
        return "".join(texts)

    def _part(self, part: object, values: Mapping[Value, str]) -> str | None:
        match part:
            case str():
                return part.replace(self._tmp, "$TMP")
            case Use(value) if value in _LOGS:
                return LOGS
            case Use(value, escape, otherwise):
                text = _LATE.get(value) or values.get(value, "")
                return escaped(text, escape) if text else otherwise
            case SecretUse(secret, _, escape, share):
                found = self._secret(secret)
                return None if found is None else escaped(share_of(found, share), escape)
            case _:
                raise AssertionError(part)

    def _secret(self, secret: Secret) -> str | None:
        if isinstance(secret, SecretFile):
            try:
                with open(secret.path) as file:
                    return file.read().strip()
            except OSError:
                return None
        return self._secrets.get(secret)


def _of_apprise(url: str, told: Mapping[str, str]) -> dict[str, Any]:
    """What the library makes of a `json://` address."""
    parts = urlsplit(url)
    return {
        "method": "POST",
        "origin": "",
        "path": parts.path,
        "query": parts.query,
        "headers": {},
        "body": {
            "version": "1.0", "title": told["title"], "message": told["body"], "attachments": [],
            "type": told["type"],
        },
    }  # fmt: skip


def without_added_compact(found: list[Any], recorded: list[Any]) -> list[Any]:
    """`prune` freed the space itself before Borg 1.2; borgplan adds a command for that."""
    if any(event[:2] == _COMPACT for event in recorded if isinstance(event, list)):
        return found
    return [event for event in found if not isinstance(event, list) or event[:2] != _COMPACT]


def alike(found: list[Any], recorded: list[Any], foreseen: list[Any]) -> bool:
    """Whether what has happened is what was recorded. `foreseen`: the same with `LOGS` in place of logs."""
    if len(found) != len(recorded):
        return False
    patterns = [event for event in foreseen if json.dumps(LOGS)[1:-1] in json.dumps(event)]
    return all(
        was == event or any(_fits(pattern, was) and _fits(pattern, event) for pattern in patterns)
        for was, event in zip(found, recorded, strict=True)
    )


def same(found: list[Any], recorded: list[Any]) -> bool:
    """Whether both are alike, whatever logs say."""
    return len(found) == len(recorded) and all(map(_fits, found, recorded))


def _fits(found: Any, recorded: Any) -> bool:
    if isinstance(found, dict) and isinstance(recorded, dict):
        return found.keys() == recorded.keys() and all(_fits(found[k], recorded[k]) for k in found)
    if isinstance(found, list) and LOGS in found and isinstance(recorded, list):
        # The lines of a stream: those that the plan has, in their order, and the run's own among them.
        others = iter(recorded)
        return all(line in others for line in found if line != LOGS)
    if isinstance(found, list) and isinstance(recorded, list):
        return len(found) == len(recorded) and all(map(_fits, found, recorded))
    if isinstance(found, str) and isinstance(recorded, str) and LOGS in found:
        pattern = re.escape(found).replace(re.escape(f"\n\n{LOGS}"), r"(?:\n\n.*)?")
        return re.fullmatch(pattern.replace(re.escape(LOGS), ".*"), recorded, re.DOTALL) is not None
    return bool(found == recorded)
