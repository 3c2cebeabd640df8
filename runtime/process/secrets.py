"""Secrets at the moment they are needed: those known, in files, and printed by commands."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping

from ...compiler.plan.exits import Outcome
from ...compiler.plan.model import Plan, Step
from ...compiler.plan.words import Secret, SecretCommand, SecretFile, SecretOption
from ...compiler.plan.work import secrets_in
from ...compiler.source.host import UnreadableError
from ..engine.runner import Result
from ..system.host import read_regular
from .redact import Masks
from .secret_sources import as_borg_reads, in_descriptor, inherited, written_in

LACKS = "has no passphrase: "
_MAX_SECRET = 16384
_DESCRIPTOR = "/dev/fd/"

Ask = Callable[[tuple[str, ...], "int | None", "str | None"], "str | Result"]


class Secrets:
    """Finds out secrets, each once, and knows those it has found.

    `known`: the ones that files of configuration hold. `ask`: runs a command within that many
    seconds, in that directory, and gives the secret it prints, or how that failed. `environment`:
    this process's, which Borg inherits.
    """

    def __init__(
        self,
        known: Mapping[SecretOption, str],
        ask: Ask,
        environment: Mapping[str, str],
    ) -> None:
        self._found: dict[Secret, str] = {}
        self._found.update(known.items())
        self._foreseen: set[str] = {*inherited(environment)}
        self._told: dict[tuple[str, str | None], str | None] = {}
        self._masked: set[str] = set()
        self._masks = Masks(())
        self._ask = ask

    def asking(self, ask: Ask) -> Secrets:
        """The same secrets, with another way of running commands."""
        from copy import copy

        other = copy(self)
        other._ask = ask  # noqa: SLF001  # of this class
        return other

    def masks(self) -> Masks:
        """Of all that is known by now."""
        told = (secret for secret in self._told.values() if secret)
        known = {*self._found.values(), *self._foreseen, *told}
        if known != self._masked:
            self._masked, self._masks = known, Masks(known)
        return self._masks

    def learn(self, secret: str) -> None:
        """Another one, that is known from elsewhere; not to be shown from now on."""
        self._foreseen.add(secret)

    def foresee(self, steps: Iterable[Step]) -> None:
        """Know the secrets in files already, and those in the commands themselves, so that no hook shows one
        before Borg needs it."""
        for step in steps:
            self._foreseen.update(written_in(step))
            for secret in secrets_in(step.work):
                found = self._in_file(secret.path) if isinstance(secret, SecretFile) else None
                if isinstance(found, str):
                    self._foreseen.add(found)

    def told_by(self, command: str, directory: str | None, timeout: int | None) -> str | None:
        """What a pass command prints, which Borg would take for the passphrase; None if it prints none, of
        which Borg itself has to tell. Each is run once, and not once for every command of Borg's."""
        place = command, directory
        if place not in self._told:
            try:
                argv = tuple(shlex.split(command))
            except ValueError:
                argv = ()
            found = self._ask(argv, timeout, directory) if argv else None
            self._told[place] = as_borg_reads(found) if isinstance(found, str) else None
        return self._told[place]

    def behind(self, descriptor: str) -> str | None:
        """The passphrase behind an inherited BORG_PASSPHRASE_FD; None if there is none."""
        place = f"descriptor {descriptor}", None
        if place not in self._told:
            self._told[place] = in_descriptor(descriptor)
        return self._told[place]

    def _in_file(self, path: str) -> str | Result:
        """What a file holds; what comes out of a descriptor, which can be read once."""
        descriptor = path.removeprefix(_DESCRIPTOR)
        if descriptor == path:
            return _secret_in_file(path)
        return self.behind(descriptor) or no_secret(f"{path}: holds nothing, or is not open")

    def of(self, secret: Secret, timeout: int | None) -> str | Result:
        """The secret itself, or how finding it out failed. Each is asked for once."""
        found: str | Result
        match secret:
            case _ if secret in self._found:
                return self._found[secret]
            case SecretFile(path):
                found = self._in_file(path)
            case SecretCommand(argv):
                found = self._ask(argv, timeout, None)
            case SecretOption(file, option):
                found = no_secret(f"`{option}` of {file} isn't available")
            case _:
                from typing import assert_never

                assert_never(secret)
        if isinstance(found, str):
            self._found[secret] = found
        return found


def secret_of(data: bytes, source: str, empty: str, no_text: str) -> str | Result:
    """The secret that bytes are, or what they are instead, in these words."""
    try:
        text = data.decode().rstrip("\n")
    except UnicodeDecodeError:
        return no_secret(source + no_text)
    return text or no_secret(source + empty)


def no_secret(why: str) -> Result:
    """How a step ends that can't have its passphrase."""
    return Result(Outcome.HARD, None, note=f"{LACKS}{why}")


def _secret_in_file(path: str) -> str | Result:
    try:
        data = read_regular(path, _MAX_SECRET)
        return secret_of(data, f"{path}: is ", "empty", "not text in UTF-8")
    except UnreadableError as error:
        return no_secret(f"{path}: {error}")


def missing_secrets(plan: Plan, known: Mapping[SecretOption, str]) -> list[SecretOption]:
    """What a plan refers to and the configuration, as it is now, doesn't hold."""
    wanted = [secret for step in plan.steps for secret in secrets_in(step.work)]
    return [
        secret
        for secret in dict.fromkeys(wanted)
        if isinstance(secret, SecretOption) and secret not in known
    ]
