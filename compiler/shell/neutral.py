"""The forms in which a value reaches a hook: as it is, as an argument, and neutral.

* As it is: for what takes plain text and reads no options, such as `echo`.
* As an argument: the same, but for a first character that would make a program take the value for an
  option, or for the name of a file: `_` stands for it.
* Neutral: for everything that isn't known to take plain text. What was said from outside (an error, the
  output of a command) becomes one name: `_`, then its letters and digits, with one `_` for whatever stands
  between. No language reads more than a name in that, in whatever quotes: no operator, no second word, no
  option, no path, nor the name of a program. What a configuration says (a path, a label, a constant) keeps
  the characters that a shell never takes for its own; `_` stands for each other one.

A value known only while running is in an environment variable for each form: BORGPLAN_ERROR,
BORGPLAN_ERROR_ARGUMENT, BORGPLAN_ERROR_NEUTRAL.
"""

from ..plan.words import Late, Value
from ..support.regex import lazily

VARIABLE_PREFIX = "BORGPLAN_"
ARGUMENT = "_ARGUMENT"
NEUTRAL = "_NEUTRAL"
TOLD = (Late.REPOSITORY, Late.LABEL, Late.ERROR, Late.OUTPUT)

# Those that repeat what was said from outside; the others repeat what a configuration says.
_FROM_OUTSIDE = frozenset((Late.ERROR, Late.OUTPUT))
_LEADING = "-@<+|"
_WORD = lazily(r"[^\W_]+")
_UNSAFE = lazily(r"[^\w@%+=:,./-]")


def variable(late: Value, form: str = "") -> str:
    """The environment variable that has a value in a form."""
    return f"{VARIABLE_PREFIX}{late.name.upper()}{form}"


# What hooks for failures have in their environment whether or not they ask for it.
RAW = frozenset(map(variable, TOLD))


def from_outside(value: str | Value) -> bool:
    """Whether somebody else than who wrote the configuration can have a say in a value."""
    return value in _FROM_OUTSIDE


def as_argument(value: str) -> str:
    """The value as an argument that is neither an option nor the name of a file to be read."""
    return f"_{value[1:]}" if value[:1] in _LEADING and value else value


def as_name(value: str) -> str:
    """The neutral form of what was said from outside; only an empty value stays empty."""
    words = _WORD.findall(_plain(value))
    return f"_{'_'.join(words)}" if words else "__" if value else ""


def as_setting(value: str) -> str:
    """The neutral form of what a configuration says; most paths and labels stay as they are."""
    return _UNSAFE.sub("_", _plain(value))


def in_form(name: str, late: Value, value: str) -> str:
    """What the variable `name` holds of a value. An environment variable can't hold a NUL."""
    if name.endswith(NEUTRAL):
        return as_name(value) if late in _FROM_OUTSIDE else as_setting(value)
    text = value.replace("\0", "")
    return as_argument(text) if name.endswith(ARGUMENT) else text


def _plain(value: str) -> str:
    """With `_` for letters of other scripts that some programs take for several characters: one of them
    stands for `(1)`."""
    if value.isascii():
        return value
    from unicodedata import normalize

    return "".join(c if c.isascii() or normalize("NFKC", c).isalnum() else "_" for c in value)
