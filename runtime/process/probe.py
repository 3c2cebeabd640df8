"""Read-only questions to Borg, asked before a plan is made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ...compiler.borg.action_inputs import Existence, repository_flags
from ...compiler.borg.action_options import ActionOptions
from ...compiler.borg.preflight import existence
from ...compiler.borg.target import Target, target_of
from ...compiler.borg.versions import ASSUMED, SEPARATE_REPOSITORY, Version
from ...compiler.config.model import Configuration, Repository
from ...compiler.driver.secret_values import secrets_of
from ...compiler.lower.selection import selects
from ...compiler.plan.claims import REPOSITORY, Claim, Mode
from ...compiler.plan.exits import ExitCodes, Outcome
from ...compiler.plan.model import Effect, Phase, Resume, Role, Status, Step, Trigger
from ...compiler.plan.work import SHOWN, Output, OutputUse, Process
from ...compiler.semantics.select import Generations
from ...compiler.source.diagnostic import Diagnostics
from ...compiler.source.host import Host
from ...compiler.source.span import COMMAND_LINE
from ..engine.runner import Result
from ..engine.wording import ending
from .prompts import answered
from .signals import Signals

_KEEP = Effect(Status.FAILED, Resume.NEXT)
_ABSENT = {"Repository.DoesNotExist", "Repository.ParentPathDoesNotExist"}


def existence_of(
    configurations: Iterable[Configuration],
    generations: Generations,
    host: Host,
    versions: Mapping[str, Version],
    options: ActionOptions,
    diagnostics: Diagnostics,
    *,
    pattern: str,
    creating: bool,
) -> dict[str, Existence]:
    """Whether each repository exists, by location, as `borg info` answers (warning BP404 if it
    doesn't say). Raises SystemExit with 128+n when signal n asks to stop.

    `pattern`: only those whose path or label fits it. `creating`: those that don't exist will be
    created, so Borg's word is needed for local ones too.
    """
    found: dict[str, Existence] = {}
    with Signals() as signals:
        for configuration in configurations:
            secrets = secrets_of((configuration,), host)
            for repository in configuration.repositories:
                target = _target(configuration, repository, generations, host, versions)
                is_seen = not creating and existence(target) is not Existence.NOT_ASKED
                if is_seen or not selects(pattern, repository):
                    continue
                result, answer = answered(_question(target), secrets, signals, readable=False)
                found[target.location] = _answer(result)
                if creating and found[target.location] is Existence.EXISTS:
                    wanted = options.encryption or repository.creation.text("encryption")
                    _check_mode(target, answer, wanted or "", diagnostics)
                if found[target.location] is Existence.UNKNOWN:
                    diagnostics.warning(
                        "BP404",
                        f"can't find out whether {target.location} exists: borg info {ending(result)}",
                        repository.span,
                    )
    return found


def output_of(argv: tuple[str, ...]) -> str:
    """What a command without effects prints; empty if it can't be run or fails. Raises SystemExit."""
    work = Process(argv, None, ExitCodes(), output=Output(OutputUse.LAST_LINE))
    step = Step("probe", "", Phase.BODY, Trigger.SUCCESS, work, _KEEP, _KEEP, "", COMMAND_LINE)
    with Signals() as signals:
        result, _ = answered(step, {}, signals)
    return result.captured if result.outcome is Outcome.DONE else ""


def _target(
    configuration: Configuration,
    repository: Repository,
    generations: Generations,
    host: Host,
    versions: Mapping[str, Version],
) -> Target:
    profile = generations.of(configuration.path)
    target = target_of(configuration, repository, profile, host, ASSUMED)
    return target._replace(version=versions.get(target.borg, ASSUMED))


def _question(target: Target) -> Step:
    name = "repo-info" if target.version.knows(SEPARATE_REPOSITORY) else "info"
    words = (name, "--json", "--log-json", *repository_flags(target), *target.at())
    work = target.command(words, None)._replace(output=SHOWN)
    claims = (Claim(REPOSITORY, target.location, Mode.READ),)
    return Step(
        "probe", "", Phase.BODY, Trigger.SUCCESS, work, _KEEP, _KEEP, "", target.repository.span,
        role=Role.BORG, claims=claims,
    )  # fmt: skip


def _check_mode(target: Target, answer: bytes, wanted: str, diagnostics: Diagnostics) -> None:
    """A repository that is there with another encryption than is asked for is an error (BP422)."""
    try:
        mode = str(json.loads(answer)["encryption"]["mode"])
    except (ValueError, KeyError, TypeError):
        return  # it says nothing about that
    if wanted and mode != wanted:
        diagnostics.error(
            "BP422",
            f"{target.location} exists with encryption {mode}, not {wanted}",
            target.repository.span,
            "Borg can't change it; specify the existing mode, or another repository",
        )


def _answer(result: Result) -> Existence:
    if result.outcome is Outcome.DONE:
        return Existence.EXISTS
    return Existence.ABSENT if _message_ids(result.output) & _ABSENT else Existence.UNKNOWN


def _message_ids(output: str) -> set[str]:
    """The ids of Borg's messages (`--log-json`), which say more than exit codes before Borg 1.4."""
    found = set()
    for line in output.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict):
            found.add(str(message.get("msgid")))
    return found
