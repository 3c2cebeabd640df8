"""Which commands are known to take plain text, and where: the only ones that are given a value as it is.

The list is of what is known to be harmless, never of what is dangerous: a command that isn't in it, a text
that isn't understood, a pipe into something unknown get the neutral form (see `neutral`). A project file
adds commands to it, under `plain_text`.
"""

from __future__ import annotations

from functools import lru_cache

from ..support.regex import lazily
from .assigned import uses
from .calls import OTHER, Call, calls
from .place_kinds import Kind, Place
from .receiver_arguments import kind_of_argument, operands
from .receiver_table import ANYTHING, CALM, RECEIVERS, UNKNOWN, Receiver
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


# Variables that say who logs in where; of others some are run.
_ACCOUNT = lazily(r"[A-Z0-9_]*(?:PASSWORD|PASSWD|PASSPHRASE|PWD|TOKEN|USER|HOST|PORT|DATABASE)=")
# Files that nobody runs, by their names.
_OF_TEXT = lazily(
    r"(?!(?:.*/)?(?:s?bin|etc)/|.*cron)(?:.*\.(?:err|log|msg|out|txt)|/var/log/.*|(?:.*/)?[\w-]*"
    r"(?:alert|err|fail|last|log|mail|message|msg|note|report|result|status|told|trace)[\w-]*)"
)
# They print all words alike, however many an expansion gives; in an assignment it gives one.
_ANY_NUMBER = frozenset(("echo", ":", "printf", "an assignment"))
_MAX_VARIABLES = 3


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
    splits = not call.quoted and around.receiver not in _ANY_NUMBER
    if around.kind is Kind.NEUTRAL or splits:
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
        assigned = next((word for word in call.assignments if word.has(position)), None)
        if assigned is not None:
            known = self._receiver(name) is not UNKNOWN and _ACCOUNT.match(assigned.text)
            return Place(Kind.SETTING if known else Kind.NEUTRAL, "an assignment")
        index = next((n for n, word in enumerate(arguments) if word.has(position)), None)
        if index is None:
            return Place(Kind.NEUTRAL, call.words[0].text if call.words else "")
        receiver = self._receiver(name)
        before = self._source[arguments[index].start : position]
        kind = kind_of_argument(name, receiver, arguments, index, before)
        if kind is not Kind.NEUTRAL and not self._is_kept(call):
            return Place(Kind.NEUTRAL, self._flows_to(call))
        if kind is Kind.TEXT and not all(map(_OF_TEXT.fullmatch, self._files(call))):
            return Place(Kind.SETTING, "a file")
        return Place(kind, name, receiver.guarded)

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
        return not self._files(call) or all(map(self._is_calm, self._calls))

    def _files(self, call: Call) -> list[str]:
        """What else the output of a call goes to, by itself or behind a pipe."""
        found: list[str] = []
        for each in (call, *(self._calls[number] for number in call.readers if number != OTHER)):
            found += each.files
            name, arguments = self._program(each)
            if name.rpartition("/")[2] == "tee":
                found += [word.text for word in arguments if not word.text.startswith("-")]
        return found

    def _reads_text(self, call: Call) -> bool:
        name, arguments = self._program(call)
        receiver = self._receiver(name)
        options = {word.text.partition("=")[0] for word in arguments}
        if not receiver.input or receiver.not_with & options:
            return False
        return not receiver.input_alone or not operands(receiver, arguments)

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

    def _program(self, call: Call) -> tuple[str, tuple[Word, ...]]:
        """The program of a call and its arguments, behind wrappers such as `timeout 10`."""
        words = call.words
        while words:
            rest = unwrapped(words)
            if rest is None:
                return words[0].text, words[1:]
            words = rest
        return "", ()
