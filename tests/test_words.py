"""What users read keeps to the words of docs/glossary.md: one word for one thing, and no quaint phrases.

Looked at are the literals of messages and help texts in the code, the pages of the rules, the documentation
and what the demo prints; quoted code and code blocks are not prose, and neither are docstrings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What may not come back, and what to write instead.
BANNED = {
    r"pass[ -]phrase": "passphrase",
    r"generations?": "borgmatic release",
    r"(?<![-`])semantics": "borgmatic release; the word belongs to the options `--semantics` and `semantics:`",
    r"(?:is|are|be|was|were|nobody|somebody) told|tells|told": "reported, notified",
    r"ow(?:es?|ed|ing)": "outstanding cleanup",
    r"gives? back|given back|gave back": "release",
    r"quiet(?:ly)? leaves|leaves quietly|leaving quietly|quietly": "soft failure (exit 75)",
    r"cut short": "interrupted",
    r"(?:go|goes|going|gone|went) on(?: with)?": "resume, continue",
    r"(?:left|leaves?|leaving) out": "skipped, excluded",
    r"left unread": "not read",
    r"wrong use": "usage error",
    r"(?:goes|go|went|gone|going) well": "succeed",
    r"stands? (?:in|there|here|for|beside|at|behind|alone)": "is in, is set in, means",
    r"as it stands": "literally, unchanged",
    r"from (?:borgmatic |Borg )?\d[\d.]* on": "since",
    r"sees? to (?:it|that)": "may create it",
    r"(?:has|have|had) (?:no|a) say": "is skipped, can influence",
    r"in thought": "simulated",
    r"(?<![tT]here )(?:is|are|was) no(?! longer\b)(?= [a-z`{…])": "is not a, is not valid",
    r"all the same(?! )": "anyway",
    r"taken for|takes? it for|takes? that for": "treated as, assumed",
    r"asked for": "requested",
    r"begun": "started",
    r"mend(?:s|ed|ing)?": "fix",
    r"written anew|write it anew": "update",
    r"(?:is|are|be) noted|not noted": "recorded",
    r"got lost": "died",
    r"ended by force|by force": "killed",
    r"what is (?:about|said)": "say what it is",
    r"at the same time(?! as)": "in parallel",
    r"ha(?:s|ve) words for": "can express",
    r"has to go": "remove",
}
_BANNED = {
    re.compile(rf"(?<![\w-])(?:{words})(?![\w-])"): better for words, better in BANNED.items()
}

_MESSAGE = re.compile(r"\A(?!\(\?i\)).*[a-z] [a-z`]", re.DOTALL)  # not one word, and no pattern


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Text of several words that isn't a docstring, with its line."""
    tree = ast.parse(source)
    statements = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    docstrings = {id(value) for value in statements if isinstance(value, ast.Constant)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str) and _MESSAGE.search(node.value):
            yield node.lineno, node.value


def prose(page: str) -> Iterator[tuple[int, str]]:
    """Lines that aren't in a block of code."""
    code = False
    for number, line in enumerate(page.splitlines(), 1):
        code ^= line.startswith("```")
        if not code:
            yield number, line


def quaint(texts: Iterator[tuple[int, str]], name: str) -> list[str]:
    """A line for each place with a banned word."""
    found = []
    for number, text in texts:
        bare = re.sub(r"``.*?``|`[^`]*`|\"[a-z ]+\"", "`…`", text)
        for words, better in _BANNED.items():
            found += [f"{name}:{number}: `{hit[0]}`: {better}" for hit in words.finditer(bare)]
    return found


@pytest.mark.parametrize("room", ["compiler", "runtime"])
def test_messages_keep_to_the_glossary(room: str) -> None:
    found = []
    for path in sorted((ROOT / room).rglob("*.py")):
        found += quaint(literals(path.read_text()), str(path.relative_to(ROOT)))
    assert found == []


def test_the_documentation_keeps_to_the_glossary() -> None:
    pages = [ROOT / "README.md", ROOT / "examples" / "README.md", *(ROOT / "docs").glob("*.md")]
    pages += [ROOT / "scripts" / "demo", *(ROOT / "compiler" / "lint" / "pages").glob("*.md")]
    assert len(pages) > 200
    found = []
    for path in sorted(pages):
        found += quaint(prose(path.read_text()), str(path.relative_to(ROOT)))
    assert found == []


def test_a_banned_word_is_found() -> None:
    source = (
        '"""Told."""\nsay("3 things are told")\nhelp = f"{name} was cut short, {x} is no text"\n'
    )
    page = "A pass phrase.\n\n```\nis told\n```\n`told` is a key.\n"
    assert [line[:20] for line in quaint(literals(source), "a")] == [
        "a:2: `are told`: rep",
        "a:3: `cut short`: in",
        "a:3: `is no`: is not",
    ]
    assert quaint(prose(page), "a") == ["a:1: `pass phrase`: passphrase"]
