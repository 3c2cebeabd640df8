"""What reads input from outside, each as a function of bytes that has to come to an end without raising.

They assert what holds of every input too: where nothing comes out, a diagnostic says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import islice
from typing import cast

from borgplan.compiler.analysis.claims import claims, touched
from borgplan.compiler.analysis.selector import selector
from borgplan.compiler.config.hook_texts import hook_texts
from borgplan.compiler.config.overrides import overrides
from borgplan.compiler.config.syntax_forms import forms
from borgplan.compiler.diff.plans import changes
from borgplan.compiler.driver import project_file as projects
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.saved_plan import from_text, to_text
from borgplan.compiler.driver.sources import begin, read
from borgplan.compiler.lint import baseline as baselines
from borgplan.compiler.lint.fixes import mended
from borgplan.compiler.lint.registry import run_checks
from borgplan.compiler.lint.run import Report, Shown, Task, check_files, findings, meanings
from borgplan.compiler.lint.shell_rules.analysis import analyse
from borgplan.compiler.lint.suppress import with_suppressions
from borgplan.compiler.lower.selection import Facts
from borgplan.compiler.lower.template import script
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.as_json import from_json, to_json
from borgplan.compiler.plan.model import Plan
from borgplan.compiler.plan.words import Late, Value
from borgplan.compiler.policy.parse import policies
from borgplan.compiler.policy.source_text import of_file, of_scalar
from borgplan.compiler.semantics import PROFILES
from borgplan.compiler.shell.lexer import placed_words, simple_commands
from borgplan.compiler.source.codes import Choice, known_codes
from borgplan.compiler.source.diagnostic import Diagnostics, Severity, in_order
from borgplan.compiler.source.span import Span, Text
from borgplan.compiler.support.json_reader import WrongShapeError
from borgplan.compiler.syntax import nodes
from borgplan.compiler.syntax.compose import decode, parse
from borgplan.compiler.syntax.load import load
from borgplan.compiler.syntax.merge import IncludeMerge, merge
from borgplan.compiler.syntax.nodes import Marked, Node, Scalar, Sequence
from borgplan.compiler.syntax.source_map import Lines, ScriptPlaces
from borgplan.runtime.render import diagnostics as rendered_diagnostics
from borgplan.runtime.render import diff as rendered_diff
from borgplan.runtime.render import github, junit, plan_preamble, sarif
from borgplan.runtime.render import plan as rendered_plan
from borgplan.runtime.render import script as rendered_script
from borgplan.runtime.report.style import Style
from tests.compiler.memory_host import MemoryHost

SEPARATOR = b"\0"  # between the files of one input; no text has it
_NAMES = ("c.yaml", "1.yaml", "2.yaml", "borgplan.yaml", "3.yaml")
_ENVIRONMENT = {"HOME": "/home/user", "NAME": "two words", "EMPTY": ""}
_SPAN = Span("file")
_GENERATIONS = ("", *(profile.name for profile in PROFILES))
_VALUES: Mapping[str, str | Value] = {
    "error": Late.ERROR,
    "repository": "/a 'b'",
    "configuration_filename": "/c.yaml",
}
_STYLE = Style(unicode=True)


def _host(data: bytes) -> MemoryHost:
    parts = data.split(SEPARATOR)
    files = {f"/srv/{name}": part for name, part in zip(_NAMES, parts, strict=False)}
    return MemoryHost({**files, "/backups/one/config": "[repository]\n"}, environment=_ENVIRONMENT)


def _shown(found: Diagnostics) -> None:
    rendered_diagnostics.render(found, {}, _STYLE).encode()


def loader(data: bytes) -> None:
    """A configuration file with includes, up to its merged tree."""
    found = Diagnostics()
    document = load("c.yaml", _host(data), found)
    if document is None:
        assert found.has_errors
    else:
        forms(document.root)
        for way in IncludeMerge:
            merge(document.root, way, found)
    _shown(found)


def places(data: bytes) -> None:
    """Where the characters of scalars stand in their file."""
    found = Diagnostics()
    root = parse("file", data, found)
    text = decode("file", data, found)
    if root is None or text is None:
        return
    lines = Lines(text)
    for node in islice(_scalars(root), 50):
        where = ScriptPlaces(lines, node.span, node.text)
        written = of_scalar(node.text, text, node.span)
        for at in {0, len(node.text) // 2, len(node.text)}:
            where.at(at)
            where.span(0, at)
            written.between(at, at + 1)


def _scalars(node: Node) -> list[Scalar]:
    """Without those below an include or a mark; a node that several aliases mean comes once."""
    found: list[Scalar] = []
    seen: set[int] = set()
    todo = [node]
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Scalar):
            found.append(each)
        elif isinstance(each, Marked):
            todo.append(each.node)
        elif isinstance(each, Sequence):
            todo += each.items
        elif isinstance(each, nodes.Mapping):
            todo += [part for pair in each.pairs for part in pair]
    return found


def template(data: bytes) -> None:
    """A hook's command with placeholders, and with `${NAME}`."""
    text = Text(data.decode(errors="replace"), _SPAN)
    for environment in (None, _ENVIRONMENT):
        found = Diagnostics()
        assert script(text, _VALUES, environment, found) is not None or found.has_errors
        _shown(found)


def select(data: bytes) -> None:
    """A selector of steps."""
    found = Diagnostics()
    text = Text(data.decode(errors="replace"), _SPAN)
    assert selector(text, found) is not None or found.has_errors
    _shown(found)


def policy(data: bytes) -> None:
    """A file with policies."""
    found = Diagnostics()
    policies(of_file("file", data.decode(errors="replace")), found)
    _shown(found)


def project(data: bytes) -> None:
    """A project file."""
    found = Diagnostics()
    loaded = projects.load("c.yaml", _host(data), found)
    assert loaded is not None or found.has_errors
    _shown(found)


def comments(data: bytes) -> None:
    """The comments in a file that are addressed to borgplan."""
    text = data.decode(errors="replace")
    found, _ = with_suppressions([], {"file": text}, (), Choice((), ()), known_codes())
    rendered_diagnostics.render(found, {"file": text}, _STYLE).encode()


def baseline(data: bytes) -> None:
    """A file with findings that are known."""
    found = Diagnostics()
    known = baselines.read("file", data, found)
    assert known is not None or found.has_errors
    baselines.compare([], known or {}, ["file"])
    _shown(found)


def saved(data: bytes) -> None:
    """A plan in a file, on its own or as `plan --out` writes it."""
    text = data.decode(errors="replace")
    with suppress(WrongShapeError):
        _plan(from_json(text))
    with suppress(WrongShapeError):
        plan = from_text(text)
        to_text(plan)
        _plan(plan.plan)


def _plan(plan: Plan) -> None:
    """All that is done with a plan but running it."""
    rendered_plan.render(plan, _STYLE)
    plan_preamble.summary(plan)
    rendered_script.render(plan)
    assert from_json(to_json(plan)) == plan
    found = changes(plan, plan)
    assert not found
    rendered_diff.render(("old", "new"), found, _STYLE)


def override(data: bytes) -> None:
    """An argument of `--set`."""
    found = Diagnostics()
    overrides([data.replace(b"\0", b"").decode(errors="surrogateescape")], found)
    rendered_diagnostics.render(found, {}, _STYLE)


def words(data: bytes) -> None:
    """A hook's command, for what it is about."""
    text = data.decode(errors="replace")
    simple_commands.__wrapped__(text)
    for offset, _ in placed_words(text):
        assert 0 <= offset < len(text)
    claims.__wrapped__(text)
    touched(text)


def configuration(data: bytes) -> None:
    """Configuration and project files, up to their plan and to all that lint says of them.

    The first byte chooses the generation, actions and what else a command line may say.
    """
    choice, host = (data or b"\0")[0], _host(data[1:])
    semantics = _GENERATIONS[choice % len(_GENERATIONS)]
    actions = () if choice & 64 else (Action.CREATE, Action.PRUNE, Action.CHECK)
    compilation = _compiled(host, semantics, actions)
    rendered_diagnostics.render(compilation.diagnostics, compilation.texts, _STYLE).encode()
    if compilation.plan is None:
        assert compilation.errors
    else:
        found = Diagnostics()
        run_checks(compilation, host, found)
        _plan_of_files(compilation.plan)
        mended(compilation, found, lambda files: _compiled(_with(host, files), semantics, actions))


def _plan_of_files(plan: Plan) -> None:
    rendered_plan.render(plan, _STYLE).encode()
    again = from_json(to_json(plan))
    assert to_json(again) == to_json(plan)
    assert not changes(plan, again)


def _with(host: MemoryHost, files: Mapping[str, bytes]) -> MemoryHost:
    changed = {f"/srv/{name}": data for name, data in files.items()}
    return MemoryHost({**host.files, **changed}, environment=_ENVIRONMENT)


def _compiled(host: MemoryHost, semantics: str, actions: tuple[Action, ...]) -> Compilation:
    found = Diagnostics()
    request = CompileRequest(("c.yaml",), actions, semantics=semantics)
    return plan_of(read(request, host, found), host, found)


def lint(data: bytes) -> None:
    """`lint --shell` of two files, in the formats of its reports."""
    host, found = _host(data), Diagnostics()
    run = begin(CompileRequest(("c.yaml", "1.yaml")), host, found)
    if run is None:
        assert found.has_errors
        return
    task = Task(run, host, lambda _: Facts(), keeps=True)
    passes = check_files(run.files, task)
    seen = cast("Shown", next(passes))
    reports = cast("list[Report]", passes.send(meanings([seen], run, found)))
    found += findings(reports, task)
    texts = {path: text for report in reports for path, text in report.texts.items()}
    decoded = [r.configuration for r in reports if r.configuration is not None]
    analyse(hook_texts(decoded), texts, {}, found)
    ordered = in_order(found)
    rendered_diagnostics.to_json(ordered).encode()
    sarif.render(ordered, texts, "/srv", 1).encode()
    junit.render(ordered, run.files, Severity.NOTE).encode()
    github.render(ordered, "/srv").encode()


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (
        loader, places, template, select, policy, project, comments, baseline, saved, override, words,
        configuration, lint,
    )
}  # fmt: skip
