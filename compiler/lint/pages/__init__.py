"""A page for every diagnostic code: what it means, an example of it, the same mended.

Goes in: Markdown pages, one a code, and what reads them. Imports: as `lint`.
To add a page: `BPnnn.md` beside this file, with the sections below.

The pages are Markdown files beside this module, read when one is asked for; nothing else loads them.

    # CODE name
    Severity: WORD
    why it matters
    ## Bad, ## Good     files in fences; what the first fence says holds for all: `semantics=`, `actions=`
    ## Example          in words, where no file alone shows it
    ## Fix              where mending needs no thought
"""

from __future__ import annotations

import os
import re
from functools import cache

from ...support.record import NamedTuple

_PAGES = os.path.dirname(__file__)  # beside this module
_FENCE = re.compile(r"```(\w+)([^\n]*)\n(.*?)```\n", re.DOTALL)
_HEAD = re.compile(r"# (BP\d{3}) ([a-z0-9-]+)\n\nSeverity: (\w+)\n\n")


class File(NamedTuple):
    """A file of an example. `mode`: its permission bits. `included`: it is no configuration of its own."""

    name: str
    text: str
    language: str
    mode: int
    included: bool


class Example(NamedTuple):
    """Files of one directory, linted from there. `semantics` and `actions`: as on the command line."""

    files: tuple[File, ...]
    semantics: str
    actions: str

    @property
    def configurations(self) -> tuple[str, ...]:
        """The names of those that lint is given; a project file is found beside them."""
        return tuple(
            file.name
            for file in self.files
            if file.language == "yaml" and not file.included and not is_project(file.name)
        )


class Page(NamedTuple):
    """`why` is Markdown, as are `example`, empty where `bad` and `good` show it, and `fix`."""

    code: str
    name: str
    severity: str
    why: str
    bad: Example | None
    good: Example | None
    example: str
    fix: str

    @property
    def summary(self) -> str:
        """The first sentence of `why`."""
        return re.split(r"(?<=[.?!])\s", self.why.replace("\n", " "), maxsplit=1)[0]


def is_project(name: str) -> bool:
    return name.rpartition("/")[2] == "borgplan.yaml"


@cache
def codes() -> tuple[str, ...]:
    """All codes, sorted."""
    names = (name for name in os.listdir(_PAGES) if name.endswith(".md"))
    return tuple(sorted(name.removesuffix(".md") for name in names))


@cache
def page(code: str) -> Page:
    """The page of a code that is in `codes()`."""
    return parsed(_read(code))


def markdown(code: str) -> str:
    """The page as it is written, without its head."""
    return re.sub(_HEAD, "", _read(code))


def _read(code: str) -> str:
    with open(os.path.join(_PAGES, f"{code}.md"), encoding="utf-8") as stream:
        return stream.read()


def named(word: str) -> Page | None:
    """The page of a code or a name, in any case; None if there is none."""
    if word.upper() in codes():
        return page(word.upper())
    return next((found for found in map(page, codes()) if found.name == word.lower()), None)


def parsed(text: str) -> Page:
    """A page from its text. Raises ValueError if it hasn't the form."""
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"a page begins with its code, name and severity: {text[:40]!r}")
    why, *rest = re.split(r"\n*^## ", text[head.end() :], flags=re.MULTILINE)
    parts = dict(part.split("\n\n", 1) for part in rest)
    unknown = parts.keys() - {"Bad", "Good", "Example", "Fix"}
    if unknown:
        raise ValueError(f"{head[1]} has an unknown part: {', '.join(unknown)}")
    return Page(
        code=head[1],
        name=head[2],
        severity=head[3],
        why=why.strip(),
        bad=_example(parts["Bad"]) if "Bad" in parts else None,
        good=_example(parts["Good"]) if "Good" in parts else None,
        example=parts.get("Example", "").strip(),
        fix=parts.get("Fix", "").strip(),
    )


def _example(text: str) -> Example:
    files = []
    options: dict[str, str] = {}
    for language, info, content in _FENCE.findall(f"{text.rstrip()}\n"):
        words = dict(word.partition("=")[::2] for word in info.split())
        options = {**words, **options}
        files.append(
            File(
                words.get("file", "config.yaml"),
                content,
                language,
                int(words.get("mode", "0600"), 8),
                "included" in words,
            )
        )
    return Example(tuple(files), options.get("semantics", ""), options.get("actions", ""))
