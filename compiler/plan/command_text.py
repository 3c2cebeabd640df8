"""The command of a step as one text, for people."""

from __future__ import annotations

import shlex

from .feeds import Feed
from .model import Step
from .words import (
    ForEach,
    Listed,
    Part,
    Printed,
    ScratchPath,
    SecretCommand,
    SecretUse,
    Use,
    Word,
    text_of,
)
from .work import Process, Request, Shell, directory_of

_OF_THE_GENERATION = "BORG_EXIT_CODES"  # no configuration says it


def command_text(step: Step) -> str:
    """A hook's script as it will run, Borg's words quoted, the method and URL of a request."""
    if isinstance(step.work, Shell):
        return step.work.script.strip("\n")
    return _words_of(step.work)


def first_line(text: str) -> str:
    """The first line of a hook's text, for naming it; marked where there is more."""
    first, *more = text.strip().split("\n")
    return f"{first} ..." if more else first


def whole_text(step: Step) -> str:
    """Every line of a step's command, for who reviews it: of a hook as it is written, which is the same for
    each repository."""
    work = step.work
    return work.written.strip() if isinstance(work, Shell) else _words_of(work)


def _words_of(work: Process | Request) -> str:
    """Borg's words; of a request its method, and its URL without what is secret in it."""
    if isinstance(work, Request):
        return f"{work.method} {text_of(work.url)}{_portions(work)}"
    pipeline = (*(one.argv for one in work.upstream), work.argv)
    return "\n".join([" | ".join(map(words_text, pipeline)), *map(feed_text, work.feeds)])


def _portions(work: Request) -> str:
    if work.stream is None:
        return ""
    return ", the lines that are left" if work.stream.ends else ", line by line from here on"


def feed_text(feed: Feed) -> str:
    """A dump by its name, and the command that makes it."""
    variables = [f"{name}={words_text((word,))}" for name, word in feed.environment]
    return f"  < {feed.title}: {' '.join([*variables, words_text(feed.argv)])}"


def filled_in(step: Step) -> tuple[str, ...]:
    """How a hook runs whose text isn't run as it is written: with what is known already filled in, and variables
    for what isn't."""
    work = step.work
    if not isinstance(work, Shell) or work.script.strip() == work.written.strip():
        return ()
    return (f"runs as: {command_text(step)}",)


def surroundings(step: Step) -> tuple[str, ...]:
    """What else decides what the command of a step does: where it runs, and the variables that Borg is given,
    some of which are commands themselves (`BORG_RSH`, `BORG_PASSCOMMAND`)."""
    work = step.work
    directory = directory_of(work)
    found = [] if directory is None else [f"runs in {directory}"]
    if isinstance(work, Process):
        found += [
            f"environment {name}={words_text((value,))}"
            for name, value in dict.fromkeys(
                (*work.environment, *(pair for one in work.upstream for pair in one.environment))
            )
            if name != _OF_THE_GENERATION
        ]
        for secret in dict.fromkeys((work.passphrase, *(one.passphrase for one in work.upstream))):
            if isinstance(secret, SecretCommand):
                found.append(f"passphrase: what `{shlex.join(secret.argv)}` prints")
    return tuple(found)


def words_text(words: tuple[Word, ...]) -> str:
    """Words of a command line, quoted for a shell; what is known only later in capitals."""
    return " ".join(_word(word) for word in words)


def _word(word: Word) -> str:
    if isinstance(word, str):
        return shlex.quote(word)
    return "".join(map(_part, word))


def _part(part: Part) -> str:
    match part:
        case str():
            return shlex.quote(part)
        case Use(value, without=without):
            return f"{value.name.upper()}{f' without {without}' if without else ''}"
        case SecretUse():
            return part.shown
        case ScratchPath():
            return part.shown
        case ForEach(Listed(printed=Printed.ADDRESS)):
            return "ADDRESS"
        case ForEach(names, before, after):
            return f"{before}EACH-OF-{names.value.name.upper()}{after}"
