"""Which commands are known to take plain text, and where: the only ones that are given a value as it is.

The list is of what is known to be harmless, never of what is dangerous: a command that isn't in it, a text
that isn't understood, a pipe into something unknown get the neutral form (see `neutral`). A project file
adds commands to it, under `plain_text`.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from .assigned import uses
from .calls import OTHER, Call, calls
from .lazily import lazily
from .neutral import ARGUMENT, NEUTRAL, from_outside
from .plan import Late
from .receiver_table import ANYTHING, CALM, PRINTING, RECEIVERS, UNKNOWN, Receiver
from .record import NamedTuple
from .strict_words import Word
from .wrappers import unwrapped

_USUAL_FOLDERS = (
    "/bin/",
    "/usr/bin/",
    "/usr/local/bin/",
    "/sbin/",
    "/usr/sbin/",
    "/usr/local/sbin/",
)
_QUOTES = lazily(r"""['"\\]""")
_PLACEHOLDER = lazily(r"\{[A-Za-z_][A-Za-z0-9_-]*\}")
_STRUCTURE = lazily(r"""[{}\[\]<>"'&=;\\]""")
_OF_TEXT = lazily(r"%[-+ 0#]*[0-9]*(?:\.[0-9]+)?[sbq%]")


_MAX_VARIABLES = 3


class Kind(Enum):
    """What a place takes: any text; what a configuration says as it is, anything else neutral; or
    everything neutral."""

    TEXT = "text"
    SETTING = "setting"
    NEUTRAL = "neutral"


class Place(NamedTuple):
    """A place in a hook. `guarded`: a first character of a text may make it an option. `receiver`: what
    the value goes to, for people."""

    kind: Kind
    receiver: str
    guarded: bool = False

    def form(self, late: Late) -> str:
        """The form in which this place gets a value that is known only while running."""
        if self.kind is Kind.NEUTRAL or (self.kind is Kind.SETTING and from_outside(late)):
            return NEUTRAL
        return ARGUMENT if self.guarded and from_outside(late) else ""


@lru_cache(maxsize=4096)
def place(source: str, position: int, added: tuple[str, ...] = (), depth: int = 0) -> Place:
    """What the place at `position` in a shell text takes. `added`: names or paths of commands that take
    plain text too. `depth`: how many variables the value has gone through."""
    found = calls(source)
    if found is None:
        return Place(Kind.NEUTRAL, "")
    call = min(
        (call for call in found if call.has(position)),
        key=lambda call: min(w.end - w.start for w in _words(call) if w.has(position)),
        default=None,
    )
    if call is None:
        return Place(Kind.NEUTRAL, "")
    assigned = next((word for word in call.assignments if word.has(position)), None)
    if assigned is not None and not call.words:
        return _through_variable(source, assigned, added, depth)
    taken = _Taken(source, found, added).by(call, position)
    if taken.kind is Kind.NEUTRAL or call.within < 0:
        return taken
    around = place(source, call.within, added, depth)
    if around.kind is Kind.NEUTRAL or (
        not call.quoted and (around.guarded or around.kind is not Kind.TEXT)
    ):
        return around._replace(kind=Kind.NEUTRAL)
    kind = Kind.TEXT if taken.kind is around.kind is Kind.TEXT else Kind.SETTING
    return Place(kind, around.receiver, taken.guarded or around.guarded)


def _through_variable(source: str, assigned: Word, added: tuple[str, ...], depth: int) -> Place:
    """What all the places take together in which the variable of an assignment is expanded."""
    through = [
        place(source, at, added, depth + 1) if _is_whole(source, at) else None
        for at in (uses(source, assigned.text) if depth < _MAX_VARIABLES else ())
    ]
    kinds = {each.kind if each else Kind.NEUTRAL for each in through} or {Kind.NEUTRAL}
    if Kind.NEUTRAL in kinds:
        return Place(Kind.NEUTRAL, "an assignment")
    kind = Kind.SETTING if Kind.SETTING in kinds else Kind.TEXT
    return Place(kind, "an assignment", any(each.guarded for each in through if each))


def _is_whole(source: str, position: int) -> bool:
    """Whether what is expanded there stays one word."""
    words = (word for call in calls(source) or () for word in _words(call) if word.has(position))
    found = min(words, key=lambda word: word.end - word.start, default=None)
    return found is not None and found.whole


def _words(call: Call) -> tuple[Word, ...]:
    return (*call.assignments, *call.words, *call.targets)


class _Taken:
    """What the commands of one text do with their arguments."""

    def __init__(self, source: str, found: tuple[Call, ...], added: tuple[str, ...]) -> None:
        self._source = source
        self._calls = found
        self._added = added

    def by(self, call: Call, position: int) -> Place:
        name, arguments = self._program(call)
        if any(word.has(position) for word in call.targets):
            return Place(Kind.SETTING, "a redirection")
        if any(word.has(position) for word in call.assignments):
            known = self._receiver(name) is not UNKNOWN
            return Place(Kind.SETTING if known else Kind.NEUTRAL, name or "an assignment")
        index = next((n for n, word in enumerate(arguments) if word.has(position)), None)
        if index is None:
            return Place(Kind.NEUTRAL, call.words[0].text if call.words else "")
        kind, guarded = self._argument(name, arguments, index, position)
        if kind is not Kind.NEUTRAL and not self._is_kept(call):
            return Place(Kind.NEUTRAL, self._flows_to(call))
        return Place(kind, name, guarded)

    def _receiver(self, name: str) -> Receiver:
        if name in self._added or name.rpartition("/")[2] in self._added:
            return ANYTHING
        folder, _, base = name.rpartition("/")
        if folder and f"{folder}/" not in _USUAL_FOLDERS:
            return UNKNOWN
        return RECEIVERS.get(base, UNKNOWN)

    # Where output goes

    def _is_kept(self, call: Call) -> bool:
        """Whether no other program runs what a command prints: all that reads it is known, and what is
        written to a file is read by none of this text."""
        through = [self._calls[number] for number in call.readers if number != OTHER]
        if len(through) < len(call.readers) or not all(map(self._reads_text, through)):
            return False
        writes = any(each.writes or self._program(each)[0] == "tee" for each in (call, *through))
        return not writes or all(map(self._is_calm, self._calls))

    def _reads_text(self, call: Call) -> bool:
        name, arguments = self._program(call)
        receiver = self._receiver(name)
        options = {word.text.partition("=")[0] for word in arguments}
        if not receiver.input or receiver.not_with & options:
            return False
        return not receiver.input_alone or not _operands(receiver, arguments)

    def _is_calm(self, call: Call) -> bool:
        name, _ = self._program(call)
        return not call.words or name in CALM or self._receiver(name) is not UNKNOWN

    def _flows_to(self, call: Call) -> str:
        for number in call.readers:
            if number == OTHER:
                return "a pipe"
            if not self._reads_text(self._calls[number]):
                return self._program(self._calls[number])[0] or "a pipe"
        return "a file"

    # Arguments

    def _argument(
        self, name: str, arguments: tuple[Word, ...], index: int, position: int
    ) -> tuple[Kind, bool]:
        receiver = self._receiver(name)
        base = name.rpartition("/")[2]
        if receiver is UNKNOWN or (
            receiver.commands and (not index or arguments[0].text not in receiver.commands)
        ):
            return Kind.NEUTRAL, False
        if receiver in (ANYTHING, PRINTING):
            return Kind.TEXT, False
        special = _SPECIAL.get(base)
        if special is not None:
            return special(arguments, index), False
        before = self._source[arguments[index].start : position]
        kind = _generic(receiver, arguments, index, _QUOTES.sub("", before))
        return kind, receiver.guarded

    def _program(self, call: Call) -> tuple[str, tuple[Word, ...]]:
        """The program of a call and its arguments, behind wrappers such as `timeout 10`."""
        words = call.words
        while words:
            rest = unwrapped(words)
            if rest is None:
                return words[0].text, words[1:]
            words = rest
        return "", ()


def _operands(receiver: Receiver, arguments: tuple[Word, ...]) -> list[Word]:
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
    if shape is None or shape.text.startswith("-") or index < first:
        return Kind.NEUTRAL
    if index == first:
        return Kind.NEUTRAL if shape.text.startswith("{") else Kind.SETTING
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
