"""borgmatic's words to what they name: actions, and flags with their values, in any order."""

from __future__ import annotations

from itertools import pairwise

from ....compiler.support.record import NamedTuple
from .flags import GLOBAL, Action, Flag, Flags, OptionFlag, common_flag

_GROUPS = ("config", "key")  # actions of two words


class UsageError(Exception):
    """What is wrong with a command line, in words."""


class Given(NamedTuple):
    """A flag that was given; `value` is None for one that takes none."""

    flag: str
    value: str | None = None


class Line(NamedTuple):
    """A command line. `actions`: in their order, none for the default. `common`: flags of the command.
    `flags`: of actions, by their first long names. `options`: of configuration files, with values.
    `borg`: the words for Borg."""

    actions: tuple[Action, ...]
    common: tuple[Given, ...]
    flags: tuple[Given, ...]
    options: tuple[tuple[str, str], ...]
    borg: tuple[str, ...]

    def value(self, flag: str) -> str:
        """The last value of a flag of an action; empty if it isn't given."""
        found = [given.value or "" for given in self.flags if given.flag == flag]
        return found[-1] if found else ""

    def has(self, flag: str) -> bool:
        """Whether a flag is given, of an action or of the command."""
        return any(given.flag == flag for given in (*self.flags, *self.common))


def read(words: list[str], known: Flags) -> Line:
    """Raises UsageError."""
    return _Reader(words, known).line()


class _Reader:
    """Goes through the words once, after it has found the actions among them."""

    def __init__(self, words: list[str], known: Flags) -> None:
        self._known = known
        self._words = words
        self._borg: tuple[str, ...] = ()
        self._at = 0
        self._actions: list[Action] = []
        self._common: list[Given] = []
        self._flags: list[Given] = []
        self._options: list[tuple[str, str]] = []

    def line(self) -> Line:
        """All of it."""
        while self._at < len(self._words):
            self._word()
        if not self._actions and self._lists():
            self._actions.append(self._known.actions["list"])
            self._flags = [given for given in self._flags if given.flag != "--list"]
        self._check()
        return Line(
            tuple(self._actions), tuple(self._common), tuple(self._flags), tuple(self._options),
            self._borg,
        )  # fmt: skip

    def _word(self) -> None:
        word = self._next()
        if (action := self._action(word)) is not None:
            if action not in self._actions:
                self._actions.append(action)
            if action.name == "borg":
                self._take_borgs(action)
        elif not word.startswith("-") or word == "-":
            raise UsageError(_unrecognized(word, self._known))
        elif word.startswith("--"):
            name, has_value, value = word.partition("=")
            self._flag(name, value if has_value else None)
        else:
            self._short(word)

    def _take_borgs(self, action: Action) -> None:
        """All that follows, but for flags of the action that stand first, is for Borg."""
        while self._at < len(self._words):
            name, has_value, value = self._words[self._at].partition("=")
            flag = action.flag(name)
            if flag is None:
                break
            self._at += 1
            self._flag(name, value if has_value else None)
        rest = self._words[self._at :]
        self._borg = tuple(rest[1:] if rest[:1] == ["--"] else rest)
        self._at = len(self._words)

    def _next(self) -> str:
        word = self._words[self._at]
        self._at += 1
        return word

    def _action(self, word: str) -> Action | None:
        """The action that a word names. `-i` after repo-create is a flag of it."""
        if word in _GROUPS:
            following = self._words[self._at] if self._at < len(self._words) else ""
            action = self._known.actions.get(f"{word} {following}")
            if action is None:
                names = [n.split()[1] for n in self._known.actions if n.startswith(f"{word} ")]
                raise UsageError(f"{word} needs one of {', '.join(names)}")
            self._at += 1
            return action
        action = self._known.actions.get(word)
        if action is not None and word.startswith("-") and self._of_actions(word) is not None:
            return None
        return action

    def _of_actions(self, name: str) -> Flag | None:
        """A flag of an action that has been named already."""
        for action in reversed(self._actions):
            if (flag := action.flag(name)) is not None:
                return flag
        return None

    def _ahead(self) -> list[Action]:
        """What the words that follow may name."""
        rest = self._words[self._at :]
        pairs = (f"{word} {after}" for word, after in pairwise(rest))
        return [a for word in (*rest, *pairs) if (a := self._known.actions.get(word)) is not None]

    def _flag(self, name: str, value: str | None) -> None:
        """One flag, whose value stands in the same word, or follows."""
        if (common := GLOBAL.get(name)) is not None:
            self._take(self._common, common_flag(common), value)
            return
        flag, option = self._meant(name)
        if flag is not None:
            self._take(self._flags, flag, value)
        elif option is not None:
            if option.value is not None and value is not None:
                raise UsageError(f"{name} takes no value")
            given = option.value if option.value is not None else self._value(name, value)
            self._options.append((option.option, given))
        else:
            raise UsageError(_unrecognized(name, self._known))

    def _meant(self, name: str) -> tuple[Flag | None, OptionFlag | None]:
        """Where an action and the configuration have a flag of one name, the action's is meant if that is asked
        for; the actions may stand behind it."""
        named = (*reversed(self._actions), *self._ahead())
        candidates = named or self._known.default
        flag = next((f for action in candidates if (f := action.flag(name))), None)
        if flag is not None:
            return flag, None
        option = self._known.option(name) if name.startswith("--") else None
        if option is not None:
            return None, option
        everywhere = self._known.actions.values()
        return next((f for action in everywhere if (f := action.flag(name))), None), None

    def _take(self, where: list[Given], flag: Flag, value: str | None) -> None:
        name = flag.name
        if not flag.takes_value:
            if value is not None:
                raise UsageError(f"{name} takes no value")
            where.append(Given(name))
            return
        where.append(Given(name, self._value(name, value)))
        while flag.several and self._at < len(self._words) and self._is_more(self._words[self._at]):
            where.append(Given(name, self._next()))

    def _is_more(self, word: str) -> bool:
        """Whether a word is one more value of a flag that took several in older releases."""
        return not word.startswith("-") and word not in self._known.actions and word not in _GROUPS

    def _value(self, name: str, value: str | None) -> str:
        if value is not None:
            return value
        if self._at == len(self._words):
            raise UsageError(f"{name} needs a value")
        return self._next()

    def _short(self, word: str) -> None:
        """`-n`, `-v 1`, `-v1`, `-nv1`."""
        name, rest = word[:2], word[2:]
        if word == "-nc":
            self._common.append(Given("--no-color"))
        elif name == "-n" and rest:
            self._common.append(Given("--dry-run"))
            self._short(f"-{rest}")
        else:
            self._flag(name, rest.removeprefix("=") if rest else None)

    def _lists(self) -> bool:
        """Whether `--list` stands for the action, as up to 1.7: what stands beside it is of no other."""
        names = {given.flag for given in self._flags}
        beside = names - {"--list"}
        listing = self._known.actions["list"]
        defaults = self._known.default
        return (
            "--list" in names
            and all(listing.flag(name) for name in beside)
            and ("--json" in beside or any(not any(a.flag(n) for a in defaults) for n in beside))
        )

    def _check(self) -> None:
        """Every flag is of an action that runs."""
        running = self._actions or self._known.default
        for given in self._flags:
            if not any(action.flag(given.flag) for action in running):
                takers = sorted(
                    {a.name for a in self._known.actions.values() if a.flag(given.flag)}
                )
                raise UsageError(
                    f"Unrecognized argument: {given.flag} (it is for {', '.join(takers)})"
                )


def _unrecognized(word: str, known: Flags) -> str:
    from ....compiler.source.diagnostic import did_you_mean

    names = [
        *GLOBAL,
        *known.options,
        *known.actions,
        *(n for action in known.actions.values() for flag in action.flags for n in flag.names),
    ]
    of_two_words = [name for name in known.actions if name.endswith(f" {word}")]
    hint = (
        f"did you mean `{of_two_words[0]}`?"
        if of_two_words
        else did_you_mean(word, [name for name in dict.fromkeys(names) if len(name) > 2])
    )
    return f"Unrecognized argument: {word}{f'; {hint}' if hint else ''}"
