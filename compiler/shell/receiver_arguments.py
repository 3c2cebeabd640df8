"""What an argument of a known command takes, by the options around it."""

from __future__ import annotations

from ..support.regex import lazily
from .place_kinds import Kind
from .receiver_table import ANYTHING, PRINTING, UNKNOWN, Receiver
from .strict_words import Word

_QUOTES = lazily(r"""['"\\]""")
_PLACEHOLDER = lazily(r"\{[A-Za-z_][A-Za-z0-9_-]*\}")
_STRUCTURE = lazily(r"""[{}\[\]<>"'&=;\\]""")
_OF_TEXT = lazily(r"%[-+ 0#]*[0-9]*(?:\.[0-9]+)?[sbq%]")


def kind_of_argument(
    name: str, receiver: Receiver, arguments: tuple[Word, ...], index: int, before: str
) -> Kind:
    """What argument `index` of a command takes. `before`: what stands before the value in that word."""
    if receiver is UNKNOWN or (
        receiver.commands and (not index or arguments[0].text not in receiver.commands)
    ):
        return Kind.NEUTRAL
    if receiver in (ANYTHING, PRINTING):
        return Kind.TEXT
    special = _SPECIAL.get(name.rpartition("/")[2])
    if special is not None:
        return special(arguments, index)
    return _generic(receiver, arguments, index, _QUOTES.sub("", before))


def operands(receiver: Receiver, arguments: tuple[Word, ...]) -> list[Word]:
    found = []
    before = ""
    for word in arguments:
        is_value = before.startswith("-") and "=" not in before and not _is_flag(receiver, before)
        if not (word.text.startswith("-") or is_value):
            found.append(word)
        before = word.text
    return found


def _is_flag(receiver: Receiver, option: str) -> bool:
    if option.startswith("--"):
        return option in receiver.long_flags
    return all(letter in receiver.flags for letter in option[1:])


def _generic(receiver: Receiver, arguments: tuple[Word, ...], index: int, before: str) -> Kind:
    """What an argument of a program takes that has options. `before`: the value in its own word."""
    word, previous = arguments[index], arguments[index - 1].text if index else ""
    other = Kind.SETTING if receiver.data else Kind.NEUTRAL
    is_operand = any(argument.text == "--" for argument in arguments[:index])
    if not is_operand and before.startswith("-"):
        option = before.partition("=")[0] if before.startswith("--") else before[:2]
        return _of_option(receiver, option, word, other)
    if not is_operand and previous.startswith("-") and len(previous) > 1 and "=" not in previous:
        last = previous if previous.startswith("--") else f"-{previous[-1]}"
        alone = previous.startswith("--") or _is_flag(receiver, previous[:-1])
        if alone and last in receiver.texts | receiver.prose | receiver.code:
            return _of_option(receiver, last, word, other)
        if not _is_flag(receiver, previous):
            return other
    return Kind.TEXT if receiver.operands else other


def _of_option(receiver: Receiver, option: str, word: Word, other: Kind) -> Kind:
    if option in receiver.code:
        return Kind.NEUTRAL
    if option in receiver.prose and _STRUCTURE.search(_PLACEHOLDER.sub("", word.text)):
        return other
    return Kind.TEXT if option in receiver.texts | receiver.prose else other


def _of_printf(arguments: tuple[Word, ...], index: int) -> Kind:
    """Text after a format that says of everything that it is text."""
    first = 1 if arguments[0].text == "--" else 0
    shape = arguments[first] if first < len(arguments) else None
    if shape is None or index < first or shape.text[:1] in ("", "-", "{", "$", "`"):
        return Kind.NEUTRAL
    if index == first:
        return Kind.SETTING if shape.whole else Kind.NEUTRAL
    if not all(word.whole for word in arguments[:index]) or not shape.literal:
        return Kind.NEUTRAL
    is_text = "%" not in _OF_TEXT.sub("", shape.text) and not _PLACEHOLDER.search(shape.text)
    return Kind.TEXT if is_text else Kind.NEUTRAL


def _of_test(arguments: tuple[Word, ...], index: int) -> Kind:
    """A text to compare, or whether there is any; of files, names."""
    texts = [word.text for word in arguments if word.text != "]"]
    if not all(word.whole for word in arguments):
        return Kind.NEUTRAL
    if len(texts) == 3 and texts[1] in ("=", "!="):
        return Kind.TEXT
    if len(texts) == 2 and index == 1:
        return (
            Kind.TEXT
            if texts[0] in ("-n", "-z")
            else Kind.SETTING
            if texts[0] in ("-b", "-d", "-e", "-f", "-h", "-L", "-r", "-s", "-S", "-w", "-x")
            else Kind.NEUTRAL
        )
    return Kind.NEUTRAL


def _of_jq(arguments: tuple[Word, ...], index: int) -> Kind:
    """`--arg NAME VALUE` quotes a value for JSON; everything else is a program or a file."""
    is_value = index > 1 and arguments[index - 2].text == "--arg"
    return Kind.TEXT if is_value and arguments[index - 1].literal else Kind.NEUTRAL


_SPECIAL = {
    "printf": _of_printf, "test": _of_test,
    "[": _of_test, "jq": _of_jq,
}  # fmt: skip
