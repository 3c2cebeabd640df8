"""Places in a shell command that a placeholder can stand in, and what a value becomes there.

Each gives a command that starts the program `args` (see `scene`) with values in that place, and the
argument lists with which `args` has to be started then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from borgplan.compiler.shell.neutral import as_name, as_setting

Records = list[list[str]]


class Context(NamedTuple):
    """`word`: a placeholder `@` with what is around it. `command`: the rest; `WORDS` are all words,
    one after the other, `WORD` one of them in a command of its own; `ID` names the context.

    `becomes`: the argument, `@` being the value. `separately`: whether each word has a run of `args`
    of its own. `strips`: a command substitution takes newlines off the end.
    `before`: arguments before the values. `neutral`: what becomes of a value there isn't known.
    """

    command: str
    word: str = "@"
    becomes: str = "@"
    separately: bool = False
    strips: bool = False
    before: tuple[str, ...] = ()
    neutral: bool = False

    def script(self, name: str, placeholders: list[str]) -> str:
        words = [self.word.replace("@", placeholder) for placeholder in placeholders]
        text = self.command.replace("ID", name)
        if "WORDS" in text:
            return text.replace("WORDS", " ".join(words))
        return "\n".join(text.replace("WORD", word) for word in words)

    def records(self, name: str, values: Mapping[str, str]) -> Records:
        """`values`: by the placeholders that stand for them."""
        forms = [_neutral(*pair) for pair in values.items()] if self.neutral else values.values()
        words = [
            self.becomes.replace("@", form.rstrip("\n") if self.strips else form) for form in forms
        ]
        return (
            [[name, word] for word in words] if self.separately else [[name, *self.before, *words]]
        )


def _neutral(placeholder: str, value: str) -> str:
    """The environment's values are for the shell to fill in, wherever they stand."""
    if placeholder.startswith("$"):
        return value
    return as_name(value) if placeholder in ("{error}", "{output}") else as_setting(value)


CONTEXTS: Mapping[str, Context] = {
    # words
    "bare": Context("args ID WORDS"),
    "glued": Context("args ID WORDS", "--x=@", "--x=@"),
    "inside a word": Context("args ID WORDS", "x@y", "x@y"),
    "twice": Context("args ID WORDS", "@@", "@@"),
    "after --": Context("args ID -- WORDS", before=("--",)),
    "continued line": Context("args ID \\\n  WORDS"),
    "before a comment": Context("args ID WORDS # it's `WORDS"),
    "redirected": Context("args ID WORDS >/dev/null 2>&1 </dev/null"),
    # quotes
    "double quotes": Context("args ID WORDS", '"@"'),
    "text in double quotes": Context("args ID WORDS", '"it\'s @ #1"', "it's @ #1"),
    "single quotes": Context("args ID WORDS", "'@'"),
    "text in single quotes": Context("args ID WORDS", "'say \"@\" \\'", 'say "@" \\'),
    "quotes side by side": Context("args ID WORDS", "'a'@\"b\"", "a@b"),
    # substitutions
    "substitution": Context(": $(args ID WORDS)"),
    "quotes in a substitution": Context(": $(args ID WORDS)", "'@'"),
    "quoted substitution": Context(': "$(args ID WORDS)"'),
    "quotes in a quoted substitution": Context(': "$(args ID WORDS)"', '"@"'),
    "nested substitutions": Context(': "$(: "$(args ID WORDS)")"', '"x @"', "x @"),
    "backquotes": Context(": `args ID WORDS`"),
    "single quotes in backquotes": Context(": `args ID WORDS`", "'@'"),
    "double quotes in backquotes": Context(": `args ID WORDS`", '"@"'),
    "quoted backquotes": Context(': "`args ID WORDS`"'),
    "a substitution's text": Context("args ID WORDS", '"$(printf %s "@")"', strips=True),
    # compound commands
    "assignment": Context('V=WORD; args ID "$V"', separately=True, neutral=True),
    "a variable of its own": Context('v=WORD; args ID "$v"', separately=True),
    "quoted assignment": Context('V=WORD; args ID "$V"', '"@"', separately=True, neutral=True),
    "environment of a command": Context(
        "v=WORD sh -c 'args ID \"$v\"'", separately=True, neutral=True
    ),
    "loop": Context('for v in WORDS; do args ID "$v"; done', separately=True, neutral=True),
    "function": Context('f() { args ID "$@"; }; f WORDS', neutral=True),
    "subshell": Context("(args ID WORDS)"),
    "group": Context("{ args ID WORDS; }"),
    "condition": Context("if true; then args ID WORDS; fi"),
    "case": Context("case x in x) args ID WORDS;; esac"),
    "and, or": Context("false || true && args ID WORDS"),
    "pipe": Context("true | args ID WORDS"),
    "argument of a shell": Context("sh -c 'args \"$@\"' sh ID WORDS", '"@"', neutral=True),
    "unknown program": Context("env args ID WORDS", neutral=True),
}  # fmt: skip
