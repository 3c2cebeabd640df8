"""Texts with parts that only a run knows: late values, secrets, scratch files; and what is made of them."""

from __future__ import annotations

from ..support.enums import Enum
from ..support.record import NamedTuple

FAILURE = "failure"  # what produces values about the failure that a RECOVER step is about


class Value(NamedTuple):
    """A text known only while running, never written into a plan: what `producer` gives under `name`.

    `producer`: FAILURE, or the id of the step whose output is kept (`Output`).
    """

    producer: str
    name: str


class Late:
    """The values that a run itself gives; empty where it is about no failure."""

    REPOSITORY = Value(FAILURE, "repository")
    LABEL = Value(FAILURE, "repository_label")  # what people call that repository
    ERROR = Value(FAILURE, "error")  # the failure in words
    OUTPUT = Value(FAILURE, "output")  # the end of what the failed command printed


RUN = "run"  # what produces values about the run itself, so far


class Known:
    """The values about what has happened so far around the step that asks; see `runtime/engine/account.py`.

    Time and host are known at the moment of sending.
    """

    LOG = Value(RUN, "log")  # what its configuration has told, a line each
    WARNINGS = Value(RUN, "warnings")  # of that only what went wrong
    ERRORS = Value(RUN, "errors")  # of that only failures
    MADE = Value(RUN, "archive")  # the archive that was made last
    # A line end, that Borg has done nothing for it, and why; else empty.
    NOTHING = Value(RUN, "nothing")
    LINES = Value(RUN, "lines")  # of a stream, with their times, as members of a list in JSON
    SUMMARY = Value(
        RUN, "summary"
    )  # a line end, and what came of it in each repository, a line each; else empty
    DURATION = Value(RUN, "duration")  # seconds that its steps have taken
    TIME = Value(RUN, "time")  # ISO 8601 with a zone
    NANOSECONDS = Value(RUN, "nanoseconds")  # since 1970
    HOST = Value(RUN, "host")  # this machine's name
    ID = Value(
        RUN, "run"
    )  # what the run is called in the journal; where another one is recovered, that one


EACH = Value("each", "name")  # one of the names of `Listed`, for what is done for each of them
GIVEN = (FAILURE, RUN, EACH.producer)  # what no step produces
ARCHIVE = Value("", "archive")  # of the step before it in its action; lowering says which that is
CUT = "...\n"  # stands for lines that were left out


class Escape(Enum):
    """What a late text must not be taken for, where it stands."""

    NONE = "none"
    PATTERN = "pattern"  # of Borg: other archives
    PATH_PATTERN = "path-pattern"  # of Borg, on a line of its own: other paths
    JSON = "json"
    URL = "url"
    OPTION_FILE = "option-file"  # of MySQL and MariaDB, within double quotes


class Use(NamedTuple):
    """A late value in a text. `otherwise`: what stands there where nobody has produced it; None: then the
    text can't be made, and whatever needs it has nothing to do, or fails. `limit`: so many bytes of its end at
    most, by whole lines, after a line `...`; 0 for all of it. `without`: what is taken off its end, where it has to
    stand."""

    value: Value
    escape: Escape = Escape.NONE
    otherwise: str | None = None
    limit: int = 0
    without: str = ""


class Printed(Enum):
    """How a step prints names."""

    LINES = "lines"
    CSV = "csv"  # in the first column
    NULLS = "nulls"  # each with a null character behind it
    ADDRESS = "address"  # the first address in the settings of a container's network, as JSON


class Listed(NamedTuple):
    """The names that a step has printed: those that `fits` (a shell pattern; empty: any), and not one of
    `without`. `wanted`: whether it is a failure if there is none. `spared`: where nothing has printed them, there are
    none. `files`: each of them becomes a file's name on a line, and what can't be one is a failure."""

    value: Value
    printed: Printed = Printed.LINES
    fits: str = ""
    without: tuple[str, ...] = ()
    wanted: bool = True
    spared: bool = False
    files: bool = False


class ForEach(NamedTuple):
    """A part of a text for each name. Alone in a word of a command it makes a word of each."""

    names: Listed
    before: str = ""
    after: str = ""
    between: str = ""
    escape: Escape = Escape.NONE


def end_of(text: str, limit: int) -> str:
    """The last whole lines of a text within so many bytes of UTF-8, after a line `...` where some are left out."""
    if not limit or len(text.encode("utf-8", "surrogateescape")) <= limit:
        return text
    kept: list[str] = []
    left = limit - len(CUT)
    for line in reversed(text.split("\n")):
        left -= len(line.encode("utf-8", "surrogateescape")) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join(["...", *reversed(kept)])


def escaped(text: str, escape: Escape) -> str:
    """A text as it may stand in a place."""
    match escape:
        case Escape.NONE:
            return text
        case Escape.PATTERN:
            return exactly(text)
        case Escape.PATH_PATTERN:
            # A line can't hold a line end, nor a blank at its end: `?` is any character.
            shown = "".join(c if c.isprintable() else "?" for c in exactly(text))
            return shown[:-1] + "?" if shown.endswith(" ") else shown
        case Escape.JSON:
            import json

            return json.dumps(text)[1:-1]
        case Escape.URL:
            from urllib.parse import quote

            return quote(text, safe="")
        case Escape.OPTION_FILE:
            return text.replace("\\", "\\\\").replace('"', '\\"')


class ScratchPath(NamedTuple):
    """The path of one of the plan's scratch files. `shown`: what stands for it where people read."""

    name: str
    shown: str = "PATTERNS"


def exactly(name: str) -> str:
    """A pattern that fits this name and no other (shell patterns, as Borg has them)."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


class SecretOption(NamedTuple):
    """A secret by where it is configured; the value stays out of every plan."""

    file: str
    option: str


class SecretFile(NamedTuple):
    """A secret that a file holds, read when a step needs it, without the line ends at its end."""

    path: str


class SecretCommand(NamedTuple):
    """A secret that a command prints, run when a step needs it, once a run; no shell."""

    argv: tuple[str, ...]


class Share(Enum):
    """Which part of a secret stands in a text."""

    ALL = "all"
    BASE = "base"  # of a URL, up to its query and the slashes before it
    QUERY = "query"  # of a URL, behind `?`
    NAME = "name"  # of a URL, the last part of its path
    USER = "user"  # of a URL, what stands before `@`


def share_of(secret: str, share: Share) -> str:
    """That part of a secret."""
    base, _, query = secret.partition("?")
    match share:
        case Share.ALL:
            return secret
        case Share.BASE:
            return base.rstrip("/")
        case Share.QUERY:
            return query
        case Share.NAME:
            return base.rstrip("/").rpartition("/")[2]
        case Share.USER:
            return base.partition("://")[2].partition("@")[0]


Secret = SecretOption | SecretFile | SecretCommand


class SecretUse(NamedTuple):
    """A secret in a text. `shown`: what stands for it wherever people read."""

    secret: Secret
    shown: str = "…"
    escape: Escape = Escape.NONE
    share: Share = Share.ALL


Part = str | Use | SecretUse | ScratchPath | ForEach
Word = str | tuple[Part, ...]


def joined(*words: Word) -> Word:
    """Words one after the other, as one."""
    if all(isinstance(word, str) for word in words):
        return "".join(word for word in words if isinstance(word, str))
    parts: list[Part] = []
    for word in words:
        for part in (word,) if isinstance(word, str) else word:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    return tuple(parts)


def as_pattern(word: Word) -> Word:
    """A word where Borg reads a pattern: what would stand for other text in it is escaped."""
    if isinstance(word, str):
        return exactly(word)
    return tuple(
        part._replace(escape=Escape.PATTERN)
        if isinstance(part, Use)
        else exactly(part)
        if isinstance(part, str)
        else part
        for part in word
    )


def text_of(word: Word) -> str:
    """A word as people read it: late values as `{name}`, secrets hidden."""
    if isinstance(word, str):
        return word
    return "".join(map(_shown, word))


def _shown(part: Part) -> str:
    match part:
        case str():
            return part
        case Use(value):
            return f"{{{value.name}}}"
        case SecretUse():
            return part.shown
        case ScratchPath(name, shown):
            return shown if shown != ScratchPath("").shown else f"{{scratch {name}}}"
        case ForEach(Listed(printed=Printed.ADDRESS)):
            return "{address}"
        case ForEach(names, before, after):
            return f"{before}{{each of {names.value.name}}}{after}"


def parts_of(words: tuple[Word, ...]) -> list[Part]:
    """All parts of words."""
    return [part for word in words for part in ((word,) if isinstance(word, str) else word)]


def scratch_in(words: tuple[Word, ...]) -> list[str]:
    """The names of the scratch files in words."""
    return [part.name for part in parts_of(words) if isinstance(part, ScratchPath)]


def values_of(words: tuple[Word, ...]) -> list[tuple[Value, bool]]:
    """The late values in words, each with whether something else can stand there."""
    found = []
    for part in parts_of(words):
        if isinstance(part, Use):
            found.append((part.value, part.otherwise is not None))
        elif isinstance(part, ForEach):
            found.append((part.names.value, part.names.spared))
    return found
