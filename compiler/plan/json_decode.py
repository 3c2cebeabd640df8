"""The plan from its JSON: the way back from `planfile.to_json`, believing nothing.

What is read is exactly what was written, but that a place is where something begins, without its end.
"""

from __future__ import annotations

from ..source.span import Span
from ..support.json_reader import LARGEST, Value, parse
from . import verify as flow
from .claims import Pair
from .model import (
    FORMAT_VERSION,
    By,
    Effect,
    Fact,
    Input,
    Limits,
    Log,
    Meaning,
    PatternFile,
    Phase,
    Plan,
    Refusal,
    Repeat,
    Resume,
    Retry,
    Scope,
    ScopeKind,
    Status,
    Step,
    Trigger,
)
from .work import (
    Evidence,
    ExitCodes,
    Late,
    LateWord,
    PatternsWord,
    Process,
    Proof,
    Secret,
    SecretCommand,
    SecretFile,
    SecretOption,
    Shell,
    Word,
    Work,
)

_DEEPEST = 20  # scopes in scopes; runs have four
_DIGITS = frozenset("0123456789abcdef")
_OCTAL = frozenset("01234567")


def from_json(text: str) -> Plan:
    """The plan that a text of `planfile.to_json` holds. Raises WrongShapeError for any other text."""
    return plan_of(parse(text))


def plan_of(value: Value) -> Plan:
    """The plan that a value of `planfile.to_data` holds; sound, and complete in itself.

    Raises WrongShapeError.
    """
    check_format(value, "borgplan-plan", FORMAT_VERSION)
    found = value.object(
        "format", "version", "semantics", "actions", "scopes", "steps", "patterns", "refusals",
        "logs", "facts", "inputs", "pairs", "limits", "meanings",
    )  # fmt: skip
    scopes = found["scopes"].each(_scope)
    plan = Plan(
        semantics=found["semantics"].text(),
        actions=found["actions"].each(Value.text),
        scopes=scopes,
        steps=found["steps"].each(_step),
        patterns=_patterns(found["patterns"], scopes),
        refusals=found["refusals"].each(_refusal),
        inputs=found["inputs"].each(_input),
        facts=found["facts"].each(_fact),
        logs=found["logs"].each(_log),
        pairs=found["pairs"].each(_pair),
        limits=_limits(found["limits"]),
        meanings=found["meanings"].each(_meaning),
    )
    _check_depth(plan, found["scopes"])
    _check_patterns(plan, found["steps"])
    for promise in flow.verify(plan):
        value.wrong(f"the plan is unsound: {promise.rule} ({promise.subject})")
    return plan


def check_format(value: Value, name: str, version: int) -> None:
    """Raises WrongShapeError for a document of another kind, and for another version by its number."""
    members = value.members()
    if "format" not in members or members["format"].data != name:
        value.wrong(f"this is no {name}")
    if "version" not in members:
        value.wrong("`version` is missing")
    number = members["version"].number()
    if number != version:
        members["version"].wrong(
            f"version {number} of {name} is of another borgplan; this one reads version {version}"
        )


def _check_depth(plan: Plan, scopes: Value) -> None:
    depth: dict[str | None, int] = {None: 0}
    for scope in plan.scopes:
        depth[scope.id] = depth.get(scope.parent, 0) + 1
        if depth[scope.id] > _DEEPEST:
            scopes.wrong(f"scopes are nested more than {_DEEPEST} deep ({scope.id})")


def _check_patterns(plan: Plan, steps: Value) -> None:
    """Whoever runs the plan looks pattern files up by name."""
    names = {file.name for file in plan.patterns}
    for step in plan.steps:
        words = (
            (*step.work.argv, *(step.work.dry_argv or ())) if isinstance(step.work, Process) else ()
        )
        for word in words:
            if isinstance(word, PatternsWord) and word.name not in names:
                steps.wrong(f"{step.id} needs the pattern file `{word.name}`, which isn't there")


def _meaning(value: Value) -> Meaning:
    found = value.object("configuration", "semantics", "by", "why")
    return Meaning(
        found["configuration"].text(),
        found["semantics"].text(),
        found["by"].one_of(By),
        found["why"].text(),
    )


def _scope(value: Value) -> Scope:
    found = value.object(
        "id", "parent", "kind", "name", "label", "on_child_skipped", "on_child_failed", "retry",
        "origin",
    )  # fmt: skip
    return Scope(
        id=found["id"].text(),
        parent=found["parent"].optional(Value.text),
        kind=found["kind"].one_of(ScopeKind),
        name=found["name"].text(),
        on_child_skipped=_effect(found["on_child_skipped"]),
        on_child_failed=_effect(found["on_child_failed"]),
        origin=_span(found["origin"]),
        retry=_retry(found["retry"]),
        label=found["label"].text(),
    )


def _retry(value: Value) -> Retry:
    found = value.object("times", "wait", "statuses", "forgives")
    return Retry(
        times=found["times"].number(),
        wait=found["wait"].number(),
        statuses=found["statuses"].each(_bad_status),
        forgives=found["forgives"].flag(),
    )


def _bad_status(value: Value) -> Status:
    status = value.one_of(Status)
    if status is Status.OK:
        value.wrong("a scope that ended well is not repeated")
    return status


def _step(value: Value) -> Step:
    found = value.object(
        "id", "scope", "phase", "trigger", "work", "on_soft", "on_hard", "reason", "hook", "name",
        "timeout", "repeat", "origin",
    )  # fmt: skip
    repeat = found["repeat"].object("times", "wait")
    return Step(
        id=found["id"].text(),
        scope=found["scope"].text(),
        phase=found["phase"].one_of(Phase),
        trigger=found["trigger"].one_of(Trigger),
        work=_work(found["work"]),
        on_soft=_effect(found["on_soft"]),
        on_hard=_effect(found["on_hard"]),
        reason=found["reason"].text(),
        origin=_span(found["origin"]),
        hook=found["hook"].text(),
        name=found["name"].text(),
        timeout=found["timeout"].optional(lambda seconds: seconds.number(1)),
        repeat=Repeat(repeat["times"].number(), repeat["wait"].number()),
    )


def _work(value: Value) -> Work:
    kind = value.members().get("kind")
    if kind is None:
        value.wrong("`kind` is missing")
    if kind.data not in ("shell", "command"):
        kind.wrong("a kind of work is `shell` or `command`")
    return _shell(value) if kind.data == "shell" else _command(value)


def _shell(value: Value) -> Shell:
    found = value.object("kind", "script", "written", "late", "umask", "directory", "exits")
    late = found["late"].members()
    return Shell(
        script=found["script"].text(),
        written=found["written"].text(),
        exits=_exits(found["exits"]),
        late=tuple((name, late[name].one_of(Late)) for name in sorted(late)),
        umask=found["umask"].optional(_umask),
        directory=found["directory"].optional(Value.text),
    )


def _umask(value: Value) -> int:
    text = value.text()
    if len(text) != 4 or not _OCTAL.issuperset(text):
        value.wrong("a umask is four octal digits")
    return int(text, 8)


def _command(value: Value) -> Process:
    found = value.object(
        "kind", "argv", "dry_argv", "environment", "unset", "passphrase", "captures", "directory",
        "shows", "needs", "records", "required", "once", "evidence", "proof", "leaves", "exits",
    )  # fmt: skip
    environment = found["environment"].members()
    return Process(
        argv=_argv(found["argv"]),
        dry_argv=found["dry_argv"].optional(_argv),
        exits=_exits(found["exits"]),
        environment=tuple((name, environment[name].text()) for name in sorted(environment)),
        unset=found["unset"].each(Value.text),
        passphrase=found["passphrase"].optional(_secret),
        captures=found["captures"].optional(lambda late: late.one_of(Late)),
        directory=found["directory"].optional(Value.text),
        shows=found["shows"].flag(),
        needs=found["needs"].each(Value.text),
        records=found["records"].each(Value.text),
        required=found["required"].flag(),
        once=found["once"].flag(),
        evidence=found["evidence"].optional(_evidence),
        proof=found["proof"].optional(lambda proof: proof.one_of(Proof)),
        leaves=found["leaves"].each(Value.text),
    )


def _evidence(value: Value) -> Evidence:
    found = value.object("argv", "names")
    return Evidence(found["argv"].each(Value.text), found["names"].text())


def _argv(value: Value) -> tuple[Word, ...]:
    words = value.each(_word)
    if len(words) < 2 or not all(isinstance(word, str) for word in words[:2]):
        value.wrong("a command of Borg begins with its program and its subcommand")
    return words


def _word(value: Value) -> Word:
    if isinstance(value.data, str):
        return value.data
    if "patterns" in value.members():
        return PatternsWord(value.object("patterns")["patterns"].text())
    found = value.object("before", "late", "pattern")
    return LateWord(found["before"].text(), found["late"].one_of(Late), found["pattern"].flag())


def _secret(value: Value) -> Secret:
    members = value.members()
    if "path" in members:
        return SecretFile(value.object("path")["path"].text())
    if "argv" in members:
        argv = value.object("argv")["argv"].each(Value.text)
        if not argv:
            members["argv"].wrong("a command has at least a program")
        return SecretCommand(argv)
    found = value.object("file", "option")
    return SecretOption(found["file"].text(), found["option"].text())


def _effect(value: Value) -> Effect:
    found = value.object("status", "resume")
    status = found["status"].optional(lambda status: status.one_of(Status))
    return Effect(status, found["resume"].one_of(Resume))


def _exits(value: Value) -> ExitCodes:
    found = value.object("soft", "warning", "soft_fails_run", "forgiven")
    return ExitCodes(
        soft=found["soft"].each(_range),
        warning=found["warning"].each(_range),
        soft_fails_run=found["soft_fails_run"].flag(),
        forgiven=found["forgiven"].each(_range),
    )


def _range(value: Value) -> tuple[int, int]:
    numbers = value.each(lambda number: number.number(-LARGEST))
    if len(numbers) != 2:
        value.wrong("a range is its first and its last code")
    return numbers[0], numbers[1]


def _patterns(value: Value, scopes: tuple[Scope, ...]) -> tuple[PatternFile, ...]:
    """In the order of the scopes that they are named after, which an object doesn't keep."""
    place = {scope.id: number for number, scope in enumerate(scopes)}
    files = value.members()
    names = sorted(files, key=lambda name: (place.get(name, len(place)), name))
    return tuple(PatternFile(name, files[name].each(Value.text)) for name in names)


def _refusal(value: Value) -> Refusal:
    found = value.object("what", "origin")
    return Refusal(found["what"].text(), _span(found["origin"]))


def _input(value: Value) -> Input:
    found = value.object("path", "sha256")
    return Input(found["path"].text(), digest(found["sha256"]))


def digest(value: Value) -> str:
    """A SHA-256 in hexadecimal."""
    text = value.text()
    if len(text) != 64 or not _DIGITS.issuperset(text):
        value.wrong("a SHA-256 is 64 hexadecimal digits")
    return text


def _fact(value: Value) -> Fact:
    found = value.object("subject", "found")
    return Fact(found["subject"].text(), found["found"].text())


def _log(value: Value) -> Log:
    found = value.object("path", "errors_only")
    return Log(found["path"].text(), found["errors_only"].flag())


def _limits(value: Value) -> Limits:
    found = value.object("timeout", "grace")
    timeout = found["timeout"].optional(lambda seconds: seconds.number(1))
    return Limits(timeout, found["grace"].number(1))


def _pair(value: Value) -> Pair:
    found = value.object("name", "takes", "gives", "either", "owed")
    takes, gives = found["takes"].each(Value.text), found["gives"].each(Value.text)
    for key, forms in (("takes", takes), ("gives", gives)):
        if not forms or not all(form.strip() for form in forms):
            found[key].wrong("needs a form of command")
    return Pair(found["name"].text(), takes, gives, found["either"].flag(), found["owed"].flag())


def _span(value: Value) -> Span:
    found = value.object("file", "line", "column")
    line, column = found["line"].number(1), found["column"].number(1)
    return Span(found["file"].text(), line, column)
