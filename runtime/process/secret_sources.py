"""Where Borg gets secrets from beside the configuration: what borgplan itself inherits, and the commands.

Nothing of it is looked for in order to be used; it is to be known when it turns up in what is printed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

from ...compiler.plan.model import Step
from ...compiler.plan.words import SecretCommand, parts_of
from ...compiler.plan.work import Process, Shell
from ...compiler.shell.passwords import passwords

# Of Borg, of the storage it writes to (rclone, S3, B2), and of ssh.
_SECRET = (
    "BORG_PASSPHRASE", "BORG_NEW_PASSPHRASE", "BORG_OTHER_PASSPHRASE", "SSHPASS", "RCLONE_CONFIG_PASS",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "B2_APPLICATION_KEY",
)  # fmt: skip
_WITH_PASSWORDS = ("BORG_REPO", "BORG_OTHER_REPO", "BORG_RSH", "BORG_PASSCOMMAND")
_MAX_SECRET = 16384


def inherited(environment: Mapping[str, str]) -> Iterator[str]:
    """The secrets in this process's own environment."""
    for name in _SECRET:
        if name in environment:
            yield environment[name]
    for name in _WITH_PASSWORDS:
        yield from passwords(environment.get(name, ""))


def written_in(step: Step) -> Iterator[str]:
    """The passwords in the command of a step, and in the variables it is given."""
    for text in _texts(step):
        yield from passwords(text)


def _texts(step: Step) -> Iterator[str]:
    work = step.work
    if isinstance(work, Shell):
        yield work.script
        yield work.written
    elif isinstance(work, Process):
        words = (*work.argv, *(value for _, value in work.environment))
        yield from (part for part in parts_of(words) if isinstance(part, str))
        if isinstance(work.passphrase, SecretCommand):
            yield " ".join(work.passphrase.argv)


def in_descriptor(name: str) -> str | None:
    """The passphrase behind BORG_PASSPHRASE_FD, which can be read only once; None if there is none.

    Descriptors of our own are closed when a program is started, inherited ones aren't: else a number that
    the caller has left free would be that of one of our own files.
    """
    with suppress(OSError, ValueError, OverflowError):
        descriptor = int(name)
        if descriptor < 0 or fcntl.fcntl(descriptor, fcntl.F_GETFD) & fcntl.FD_CLOEXEC:
            return None
        data = b""
        while len(data) <= _MAX_SECRET and (more := os.read(descriptor, _MAX_SECRET)):
            data += more
        return as_borg_reads(data.decode()) or None
    return None


def as_borg_reads(text: str) -> str:
    """What Borg makes of a passphrase in a file or from a command: all line ends are one, and those at the
    end are none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
