"""Plans made by hand, for tests of what happens to them."""

from __future__ import annotations

from borgplan.compiler.analysis.inference import with_inferred_claims
from borgplan.compiler.plan.claims import OUTPUT, REPOSITORY, Claim, Mode
from borgplan.compiler.plan.exits import ExitCodes
from borgplan.compiler.plan.index import Index, index
from borgplan.compiler.plan.model import (
    Effect,
    Phase,
    Plan,
    Resume,
    Role,
    Scope,
    ScopeKind,
    Status,
    Step,
    Trigger,
)
from borgplan.compiler.plan.verify import in_order
from borgplan.compiler.plan.words import SecretOption, Value, Word, text_of
from borgplan.compiler.plan.work import SHOWN, Output, Process, Request, Shell, Work, words_of
from borgplan.compiler.source.span import Span
from borgplan.runtime.cli.parser import parse
from borgplan.runtime.run.session import Session, compile_all
from borgplan.runtime.system.host import RealHost

HERE = Span("test.yaml", 7)
SOFT_AT_75 = ExitCodes(soft=((75, 75),))
SECRET = SecretOption("test.yaml", "encryption_passphrase")

FAILED_NEXT = Effect(Status.FAILED, Resume.NEXT)
FAILED_EXIT = Effect(Status.FAILED, Resume.EXIT)
FAILED_LEAVE = Effect(Status.FAILED, Resume.LEAVE)
SKIPPED_NEXT = Effect(Status.SKIPPED, Resume.NEXT)
SKIPPED_EXIT = Effect(Status.SKIPPED, Resume.EXIT)
SKIPPED_LEAVE = Effect(Status.SKIPPED, Resume.LEAVE)


def shell(
    script: str,
    exits: ExitCodes = ExitCodes(),  # noqa: B008  # frozen
    late: tuple[tuple[str, Value], ...] = (),
    umask: int | None = None,
) -> Shell:
    return Shell(script=script, written=script, exits=exits, late=late, umask=umask)


def command(
    *argv: Word,
    output: Output = Output(),  # noqa: B008  # frozen
    passphrase: SecretOption | None = None,
    environment: tuple[tuple[str, str], ...] = (),
    unset: tuple[str, ...] = (),
    dry: tuple[Word, ...] | None = None,
) -> Process:
    return Process(
        argv=argv,
        dry_argv=dry,
        exits=ExitCodes(warning=((1, 1),)),
        environment=environment,
        unset=unset,
        passphrase=passphrase,
        output=output,
    )


def step(
    name: str,
    scope: str = "run",
    phase: Phase = Phase.BODY,
    trigger: Trigger = Trigger.SUCCESS,
    work: Work | None = None,
    soft: Effect = SKIPPED_LEAVE,
    hard: Effect = FAILED_LEAVE,
) -> Step:
    work = work or shell(name, SOFT_AT_75)
    role = Role.HOOK if isinstance(work, Shell) else Role.BORG
    role = Role.NOTIFY if isinstance(work, Request) else role
    title = "a test" if isinstance(work, Shell) else " ".join(map(text_of, words_of(work)[:2]))
    return Step(
        id=name, scope=scope, phase=phase, trigger=trigger, work=work, on_soft=soft, on_hard=hard,
        reason="a test", origin=HERE, title=title, role=role,
    )  # fmt: skip


def scope(
    name: str,
    parent: str | None = "run",
    kind: ScopeKind = ScopeKind.CONFIGURATION,
    skipped: Effect = SKIPPED_NEXT,
    failed: Effect = FAILED_NEXT,
) -> Scope:
    return Scope(
        id=name, parent=parent, kind=kind, name=name, on_child_skipped=skipped,
        on_child_failed=failed, origin=HERE,
    )  # fmt: skip


def run_scope(skipped: Effect = SKIPPED_NEXT, failed: Effect = FAILED_NEXT) -> Scope:
    return scope("run", None, ScopeKind.RUN, skipped, failed)


def plan(scopes: list[Scope], steps: list[Step]) -> Plan:
    """Steps may be given in any order between scopes and phases; they are put where they run."""
    loose = Plan(semantics="test", actions=("create",), scopes=tuple(scopes), steps=tuple(steps))
    tree = index(loose)
    steps = [
        step if step.role is Role.HOOK else step._replace(claims=_claims(step, tree))
        for step in in_order(loose)
    ]
    return with_inferred_claims(loose._replace(steps=tuple(steps)))


READING = [("list",), ("info",), ("extract",)]


def _claims(step: Step, tree: Index) -> tuple[Claim, ...]:
    """A command of Borg writes to the repository it stands in, or reads it."""
    assert isinstance(step.work, Process)
    repository = tree.name_of(step.scope, ScopeKind.REPOSITORY)
    reads = step.work.argv[1:2] in READING
    mode = Mode.READ if reads else Mode.WRITE
    place = [Claim(REPOSITORY, repository, mode)] if repository else []
    return (*place, *((Claim(OUTPUT, "", Mode.WRITE),) if step.work.output == SHOWN else ()))


def compiled(*words: str) -> Plan:
    """What `borgplan plan WORDS` is about, in this process's surroundings."""
    compilation = compile_all(Session(parse(["plan", *words]), RealHost()))
    assert compilation.plan
    assert not compilation.errors
    return compilation.plan
