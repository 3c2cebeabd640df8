"""The plan as canonical JSON: keys sorted, no secrets, documented in docs/plan-format.md."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..source.span import Span
from ..support.digest import sha256
from .claims import Pair
from .model import FORMAT_VERSION, Effect, Input, Plan, Scope, Step
from .work import (
    Evidence,
    ExitCodes,
    LateWord,
    PatternsWord,
    Secret,
    SecretFile,
    SecretOption,
    Shell,
    Word,
    Work,
)

Data = dict[str, object]


def stamped(plan: Plan, files: Mapping[str, bytes]) -> Plan:
    """The plan with the digests of the files it was made from."""
    inputs = (Input(path, sha256(data).hexdigest()) for path, data in sorted(files.items()))
    return plan._replace(inputs=tuple(inputs))


def to_json(plan: Plan) -> str:
    """The plan's canonical text: equal plans from equal places give equal bytes."""
    return json.dumps(to_data(plan), indent=2, sort_keys=True) + "\n"


def to_data(plan: Plan) -> Data:
    """The plan as plain lists and dictionaries."""
    return {
        "format": "borgplan-plan",
        "version": FORMAT_VERSION,
        "semantics": plan.semantics,
        "actions": list(plan.actions),
        "scopes": [_scope(scope) for scope in plan.scopes],
        "steps": [_step(step) for step in plan.steps],
        "patterns": {file.name: list(file.lines) for file in plan.patterns},
        "refusals": [{"what": r.what, "origin": _span(r.origin)} for r in plan.refusals],
        "logs": [{"path": log.path, "errors_only": log.errors_only} for log in plan.logs],
        "pairs": [_pair(pair) for pair in plan.pairs],
        "limits": {"timeout": plan.limits.timeout, "grace": plan.limits.grace},
        "meanings": [
            {
                "configuration": m.configuration,
                "semantics": m.semantics,
                "by": m.by.value,
                "why": m.why,
            }
            for m in plan.meanings
        ],
        "facts": [{"subject": f.subject, "found": f.found} for f in plan.facts],
        "inputs": [{"path": i.path, "sha256": i.digest} for i in plan.inputs],
    }


def _pair(pair: Pair) -> Data:
    return {
        "name": pair.name,
        "takes": list(pair.takes),
        "gives": list(pair.gives),
        "either": pair.either,
        "owed": pair.owed,
    }


def _scope(scope: Scope) -> Data:
    return {
        "id": scope.id,
        "parent": scope.parent,
        "kind": scope.kind.value,
        "name": scope.name,
        "label": scope.label,
        "on_child_skipped": _effect(scope.on_child_skipped),
        "on_child_failed": _effect(scope.on_child_failed),
        "retry": {
            "times": scope.retry.times,
            "wait": scope.retry.wait,
            "statuses": [status.value for status in scope.retry.statuses],
            "forgives": scope.retry.forgives,
        },
        "origin": _span(scope.origin),
    }


def _step(step: Step) -> Data:
    return {
        "id": step.id,
        "scope": step.scope,
        "phase": step.phase.value,
        "trigger": step.trigger.value,
        "work": _work(step.work),
        "on_soft": _effect(step.on_soft),
        "on_hard": _effect(step.on_hard),
        "reason": step.reason,
        "hook": step.hook,
        "name": step.name,
        "timeout": step.timeout,
        "repeat": {"times": step.repeat.times, "wait": step.repeat.wait},
        "origin": _span(step.origin),
    }


def _work(work: Work) -> Data:
    if isinstance(work, Shell):
        return {
            "kind": "shell",
            "script": work.script,
            "written": work.written,
            "late": {name: late.value for name, late in work.late},
            "umask": None if work.umask is None else f"{work.umask:04o}",
            "directory": work.directory,
            "exits": _exits(work.exits),
        }
    return {
        "kind": "command",
        "argv": [_word(word) for word in work.argv],
        "dry_argv": None if work.dry_argv is None else [_word(w) for w in work.dry_argv],
        "environment": dict(work.environment),
        "unset": list(work.unset),
        "passphrase": None if work.passphrase is None else _secret(work.passphrase),
        "captures": None if work.captures is None else work.captures.value,
        "directory": work.directory,
        "shows": work.shows,
        "needs": list(work.needs),
        "records": list(work.records),
        "required": work.required,
        "once": work.once,
        "evidence": None if work.evidence is None else _evidence(work.evidence),
        "proof": None if work.proof is None else work.proof.value,
        "leaves": list(work.leaves),
        "exits": _exits(work.exits),
    }


def _secret(secret: Secret) -> Data:
    if isinstance(secret, SecretOption):
        return {"file": secret.file, "option": secret.option}
    if isinstance(secret, SecretFile):
        return {"path": secret.path}
    return {"argv": list(secret.argv)}


def _evidence(evidence: Evidence) -> Data:
    return {"argv": list(evidence.argv), "names": evidence.names}


def _word(word: Word) -> object:
    match word:
        case str():
            return word
        case LateWord(before, late, pattern):
            return {"before": before, "late": late.value, "pattern": pattern}
        case PatternsWord(name):
            return {"patterns": name}


def _effect(effect: Effect) -> Data:
    return {
        "status": None if effect.status is None else effect.status.value,
        "resume": effect.resume.value,
    }


def _exits(exits: ExitCodes) -> Data:
    return {
        "soft": [list(r) for r in exits.soft],
        "warning": [list(r) for r in exits.warning],
        "soft_fails_run": exits.soft_fails_run,
        "forgiven": [list(r) for r in exits.forgiven],
    }


def _span(span: Span) -> Data:
    return {"file": span.file, "line": span.line, "column": span.column}
