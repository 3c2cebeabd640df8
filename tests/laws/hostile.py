"""Values that would be something else than text if a shell, or YAML, read them."""

from __future__ import annotations

import re

from hypothesis import strategies as st

# Run by a shell, each leaves a file behind.
COMMANDS = (
    "touch canary", ";touch canary", "; touch canary;", "\ntouch canary\n", "&& touch canary",
    "|| touch canary", "| touch canary", "& touch canary &", "$(touch canary)", "`touch canary`",
    "'; touch canary; '", '"; touch canary; "', "'$(touch canary)'", '"$(touch canary)"',
    ")touch canary(", "}; touch canary; {", "> canary", ">canary", "${x:-$(touch canary)}",
    "$((a[$(touch canary)]))", "-oProxyCommand=touch canary", "\\$(touch canary)", "\\`touch canary\\`",
    "$'\\n touch canary'", "#\ntouch canary", "esac; touch canary", "E\ntouch canary",
)  # fmt: skip
ODD = (
    " ", "'", '"', "$", "`", ";", "\n", "-", "--", "-n", "-e", "\\", "*", "?", "[a-z]*", "~", "&", "|", "#",
    "!", "!!", "%s", "$(", ")", "${HOME}", "$HOME", "$1", "$@", "$((1))", "{error}", "{repository}",
    "\\{error\\}", "{", "}", "{a,b}", "\t", "\r", "<", ">", "(", "=", ":", "@", "é", "日本", "\U0001f600",
    "word", "\x01", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff",
)  # fmt: skip
EMPTY = ""
NASTY = (
    EMPTY, " ", "two words", " leading and trailing ", "-", "-n", "--help", "-e\n-x", "a'b\"c`d", "line\nline\n\n", "\n",
    "* ? [a-z]* ~ !! # %s }", '\\ \\\\ \\n \\$ \\` \\"', "\\", "'", '"', "`", "$", "é 日本 \U0001f600", "{error} {repository}",
    *COMMANDS,
)  # fmt: skip

TEXTS = st.one_of(
    st.lists(st.sampled_from(ODD + COMMANDS), max_size=6).map("".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.sampled_from(NASTY),
)

_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::?-[^}]*)?\}")


def yaml(value: object) -> str:
    """`value` as YAML on one line: lists, mappings, and texts in double quotes with escapes only."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml(k)}: {yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(yaml(item) for item in value) + "]"
    escaped = (c if c.isascii() and c.isalnum() else f"\\U{ord(c):08x}" for c in str(value))
    return '"' + "".join(escaped) + '"'


def without_references(text: str) -> str:
    """`text` so that a generation which reads `${NAME}` in configuration files leaves it alone."""
    return _REFERENCE.sub(r"\\\g<0>", text)


def one_line(text: str, length: int) -> str:
    """Part of `text` that can stand in the comment of a command, where `${NAME}` would be filled in."""
    return text.replace("\n", " ").replace("${", "$")[:length].strip()


def file_name(text: str) -> str:
    """A name for a file that is as near to `text` as names get."""
    return text.replace("/", "%")[:50] + ".yaml"
