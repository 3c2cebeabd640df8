"""What is started for a step: its words, variables and inherited descriptors in full."""

from __future__ import annotations

from collections.abc import Mapping

from ...compiler.plan.claims import REPOSITORY
from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Scratch, Step
from ...compiler.plan.words import (
    Part,
    ScratchPath,
    SecretUse,
    Use,
    Value,
    Word,
    end_of,
    escaped,
    share_of,
)
from ...compiler.plan.work import OutputUse, Process, Shell
from ...compiler.shell.neutral import TOLD, in_form, variable
from ..engine.runner import Result
from ..system.launch import Launch, memory_file, missing
from .secrets import Secrets

SHELL = "/bin/sh"


class Launcher:
    """Makes launches of steps. `scratch`: the plan's files, by name; `environment`: what children start from."""

    def __init__(
        self, scratch: Mapping[str, Scratch], secrets: Secrets, environment: Mapping[str, str]
    ) -> None:
        self._scratch = scratch
        self._secrets = secrets
        self._environment = dict(environment)

    def prepare(
        self,
        step: Step,
        work: Shell | Process,
        values: Mapping[Value, str],
        inherited: list[int],
    ) -> Launch | Result:
        """What to start, or how the step ends without; opens the descriptors that the child inherits."""
        if isinstance(work, Shell):
            # What has failed is there as it is, too, for scripts that want to know.
            asked = (*((variable(late), late) for late in TOLD if late in values), *work.late)
            told = {name: in_form(name, late, values.get(late, "")) for name, late in asked}
            own = self._environment | told if told else None
            argv = (SHELL, "-c", work.script)
            return Launch(argv, own, (), work.umask, work.directory, separate=False)
        environment = self._environment.copy()
        for name in work.unset:
            environment.pop(name, None)
        absent = missing(work)
        if absent:
            return Result(Outcome.HARD, None, note=f"was not started: {absent} does not exist")
        filled = self._filled(work, values, inherited, step.timeout)
        if isinstance(filled, Result):
            return filled
        words, own = filled
        environment |= own
        if work.passphrase is not None:
            known = self._secrets.of(work.passphrase, step.timeout)
            if isinstance(known, Result):
                return known
            secret: str | None = known
        else:
            secret = self._inherited_secret(environment, step, work)
        if secret is not None:
            environment.pop("BORG_PASSCOMMAND", None)
            descriptor = memory_file("passphrase", secret.encode(), inherited)
            environment["BORG_PASSPHRASE_FD"] = str(descriptor)
        separate = work.output.use is not OutputUse.LOG
        return Launch(words, environment, tuple(inherited), None, work.directory, separate=separate)

    def _filled(
        self,
        work: Process,
        values: Mapping[Value, str],
        inherited: list[int],
        timeout: int | None,
    ) -> tuple[tuple[str, ...], dict[str, str]] | Result:
        """The words of a command and its variables in full, or how the step ends without them."""
        words: list[str] = []
        variables: dict[str, str] = {}
        for name, word in (*(("", word) for word in work.argv), *work.environment):
            text = self.word(word, values, inherited, timeout)
            if isinstance(text, Result):
                return text
            if text is None and work.required:
                return Result(Outcome.HARD, None, note="was not started: no archive matches")
            if text is None:
                return Result(Outcome.DONE, None, note="nothing to do: there is no archive yet")
            if name:
                variables[name] = text
            else:
                words.append(text)
        return tuple(words), variables

    def _inherited_secret(
        self, environment: Mapping[str, str], step: Step, work: Process
    ) -> str | None:
        """The passphrase that Borg would get by itself, from a command or a descriptor, in the order in which
        it looks; so that it is known when something prints it. None if it comes otherwise, or not at all."""
        if "BORG_PASSPHRASE" in environment or not any(c.kind == REPOSITORY for c in step.claims):
            return None
        if getattr(step.work, "upstream", ()) and not work.json_log:
            return None  # of a pipeline only Borg
        command = environment.get("BORG_PASSCOMMAND")
        if command is not None:
            return self._secrets.told_by(command, work.directory, step.timeout)
        descriptor = environment.get("BORG_PASSPHRASE_FD")
        return None if descriptor is None else self._secrets.behind(descriptor)

    def word(
        self, word: Word, values: Mapping[Value, str], inherited: list[int], timeout: int | None
    ) -> str | Result | None:
        """A word in full; None if it lacks a late value, the step's end if a secret can't be had."""
        if isinstance(word, str):
            return word
        texts = []
        for part in word:
            text = self._part(part, values, inherited, timeout)
            if not isinstance(text, str):
                return text
            texts.append(text)
        return "".join(texts)

    def _part(
        self, part: Part, values: Mapping[Value, str], inherited: list[int], timeout: int | None
    ) -> str | Result | None:
        match part:
            case str():
                return part
            case Use(value, escape, otherwise, limit):
                text = end_of(values.get(value, ""), limit)
                return escaped(text, escape) if text else otherwise
            case SecretUse(secret, _, escape, share):
                found = self._secrets.of(secret, timeout)
                if isinstance(found, Result):
                    return found
                return escaped(share_of(found, share), escape)
            case ScratchPath(name):
                lines = []
                for line in self._scratch[name].lines:
                    line_text = self.word(line, values, inherited, timeout)
                    if not isinstance(line_text, str):
                        return line_text
                    lines.append(f"{line_text}\n")
                data = "".join(lines).encode("utf-8", "surrogateescape")
                return f"/dev/fd/{memory_file('patterns', data, inherited)}"
