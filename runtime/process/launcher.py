"""What is started for a step: its words, variables and inherited descriptors in full."""

from __future__ import annotations

from collections.abc import Mapping

from ...compiler.plan.claims import REPOSITORY
from ...compiler.plan.evidence import Product
from ...compiler.plan.exits import ExitCodes, Outcome
from ...compiler.plan.feeds import Feed
from ...compiler.plan.model import Step
from ...compiler.plan.scratch import Scratch, ScratchKind
from ...compiler.plan.words import (
    ARCHIVE,
    ForEach,
    Part,
    ScratchPath,
    SecretUse,
    Use,
    Value,
    Word,
    end_of,
    escaped,
    share_of,
    values_of,
)
from ...compiler.plan.work import OutputUse, Process, Shell
from ...compiler.shell.neutral import TOLD, in_form, variable
from ...compiler.support.record import TYPE_CHECKING
from ..engine.runner import Result
from ..system.launch import Launch, close_all, memory_file, missing
from .folders import Folders, make_folder, make_pipe, put
from .secrets import Secrets

if TYPE_CHECKING:
    from .pump import Ready

SHELL = "/bin/sh"
UNLISTED = "was not started: no step has listed what it is for"


class Launcher:
    """Makes launches of steps. `scratch`: the plan's files, by name; `environment`: what children start from."""

    def __init__(
        self,
        scratch: Mapping[str, Scratch],
        secrets: Secrets,
        environment: Mapping[str, str],
        folders: Folders | None = None,
    ) -> None:
        self._scratch = scratch
        self._folders = folders
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
            if not isinstance(word, str) and len(word) == 1 and isinstance(word[0], ForEach):
                from .listed import words_for_each

                words += words_for_each(word[0], values) or []
                continue
            text = self.word(word, values, inherited, timeout)
            if isinstance(text, Result):
                return text
            if text is None and work.required:
                return Result(Outcome.HARD, None, note=self._lacking(word))
            if text is None:
                return Result(Outcome.DONE, None, note="nothing to do: there is no archive yet")
            if name:
                variables[name] = text
            else:
                words.append(text)
        return tuple(words), variables

    def _lacking(self, word: Word) -> str:
        """Why a step can't be started that lacks a late value."""
        names = {value.name for value, _ in values_of((word,))}
        what = "no archive matches" if ARCHIVE.name in names else "nothing was listed for it"
        return f"was not started: {what}"

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
            case Use(value, escape, otherwise, limit, without):
                text = values.get(value, "")
                if without and not text.endswith(without):
                    return otherwise
                text = end_of(text.removesuffix(without), limit)
                return escaped(text, escape) if text else otherwise
            case SecretUse(secret, _, escape, share):
                found = self._secrets.of(secret, timeout)
                if isinstance(found, Result):
                    return found
                return escaped(share_of(found, share), escape)
            case ScratchPath(name):
                return self._scratch_path(self._scratch[name], values, inherited, timeout)
            case ForEach():
                from .listed import text_for_each

                return text_for_each(part, values)

    def _scratch_path(
        self,
        file: Scratch,
        values: Mapping[Value, str],
        inherited: list[int],
        timeout: int | None,
    ) -> str | Result | None:
        """Where a scratch file is for a child: a folder with the texts in it, or a descriptor."""
        if file.kind is ScratchKind.FOLDER and self._folders is not None:
            top = self._folders.path(file.name)
            for text in self._scratch.values():
                if text.folder == file.name and text.kind is ScratchKind.FOLDER:
                    make_folder(top, text.path)
                elif text.folder == file.name:
                    made = self._lines(text, values, inherited, timeout)
                    if isinstance(made, Result):
                        return made
                    if made is not None:
                        put(top, text.path, "\n".join(made))
            return top
        lines = self._lines(file, values, inherited, timeout)
        if not isinstance(lines, list):
            return lines
        data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
        return f"/dev/fd/{memory_file('patterns', data, inherited)}"

    def _lines(
        self, file: Scratch, values: Mapping[Value, str], inherited: list[int], timeout: int | None
    ) -> list[str] | Result | None:
        """The lines of a text in full; None if one lacks a late value."""
        lines = []
        for line in file.lines:
            text = self.word(line, values, inherited, timeout)
            if not isinstance(text, str):
                return text
            lines.append(text)
        return lines

    def leaving(self, step: Step, work: Process, values: Mapping[Value, str]) -> Step | Result:
        """A step with the paths of what it has to leave in full. Raises OSError and NotReadyError."""
        from .listed import values_for_each

        paths: list[str] = []
        for product in work.leaves:
            for own in values_for_each(product.each, values) or []:
                path = self.word(product.path, own, [], step.timeout)
                if not isinstance(path, str):
                    return path or Result(Outcome.HARD, None, note=UNLISTED)
                paths.append(path)
        return step._replace(work=work._replace(leaves=tuple(map(Product, paths))))

    def feeds(self, step: Step, work: Process, values: Mapping[Value, str]) -> list[Ready] | Result:
        """What feeds a process, ready to be started, with its pipes. Raises OSError."""
        from .listed import feeds_for_each

        ready: list[Ready] = []
        expanded = feeds_for_each(work.feeds, values)
        if expanded is None:
            return Result(Outcome.HARD, None, note=UNLISTED)
        try:
            for feed, known in expanded:
                one = self._ready(step, work, feed, known)
                if isinstance(one, Result):
                    close_all([d for made in ready for d in made.inherited])
                    return one
                ready.append(one)
        except BaseException:
            close_all([d for made in ready for d in made.inherited])
            raise
        return ready

    def _ready(
        self, step: Step, work: Process, feed: Feed, values: Mapping[Value, str]
    ) -> Ready | Result:
        from shutil import which

        from .pump import Ready

        inherited: list[int] = []
        one = Process(
            feed.argv, None, ExitCodes(), feed.environment, directory=work.directory, required=True
        )
        path = self.word(feed.path, values, inherited, step.timeout)
        filled = self._filled(one, values, inherited, step.timeout)
        if isinstance(filled, Result) or not isinstance(path, str):
            close_all(inherited)
            how = filled if isinstance(filled, Result) else path
            return how if isinstance(how, Result) else Result(Outcome.HARD, None, note=UNLISTED)
        words, own = filled
        environment = self._environment | own
        if which(words[0], path=environment.get("PATH")) is None:
            close_all(inherited)
            note = f"was not started: program `{words[0]}` of the dump of {feed.title} not found"
            return Result(Outcome.HARD, None, note=note)
        make_pipe(path)
        launch = Launch(words, environment, tuple(inherited), None, work.directory, separate=True)
        return Ready(feed, launch, path, inherited)
