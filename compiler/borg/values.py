"""Values that Borg refuses before it does anything, by the rules of its own argument parser.

Measured with Borg 1.2.4 and 1.4.5; where a release changed a rule, its sources say which. Of Borg 2 no rule is
known here, and none is applied. A rule takes a value and Borg's version (None if unknown: what one
release takes is taken), and says why Borg refuses the value, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..config.settings import Setting, Settings
from ..plan.actions import Action
from ..source.diagnostic import did_you_mean
from ..support.regex import lazily
from .formats import pieces, refusal
from .versions import Version

Rule = Callable[[str, "Version | None"], str]

ODD_WINDOW_1_2, ODD_WINDOW_1_4, PADME = "1.2.9", "1.4.2", "1.4.4"
ONLY_SIZE = "1.4.0a1"  # the first in which `files_cache: size` was seen to work
_LONGEST_NAME = 255
_LARGEST_CHUNK = 20 * 1024 * 1024 - 41  # Borg's MAX_DATA_SIZE
_LARGEST_WINDOW = 2**31 - 1
_LONGEST_WITHIN = 9_000_000  # days, more than which no date of Python's goes back
_LEVELS = {"zstd": (1, 22), "zlib": (0, 9), "lzma": (0, 9)}
_COMPRESSIONS = ("none", "lz4", *_LEVELS, "auto", "obfuscate")
_CACHE_WORDS = ("ctime", "mtime", "size", "inode", "rechunk", "disabled")
_CACHE_MODES = (
    {"ctime", "size", "inode"}, {"mtime", "size", "inode"}, {"ctime", "size"}, {"mtime", "size"},
    {"rechunk", "ctime"}, {"rechunk", "mtime"}, {"disabled"}, {"size"},
)  # fmt: skip
_HOURS = {"H": 1, "d": 24, "w": 24 * 7, "m": 24 * 31, "y": 24 * 365}
_SIZES = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_MODES = (
    "none", "authenticated", "authenticated-blake2", "repokey", "keyfile", "repokey-blake2",
    "keyfile-blake2",
)  # fmt: skip
_SORT_KEYS = ("timestamp", "name", "id", "archive")
_WITH_SLASH = lazily(r"%(?:%|[-_0^#]*([DxX]))")


def _number(text: str) -> int | None:
    """As Python's `int`, which Borg asks."""
    try:
        return int(text)
    except ValueError:
        return None


def compression(text: str, version: Version | None) -> str:
    parts = text.split(",")[::-1]  # the first is the last, so that taking one costs nothing
    while parts[-1] in _AROUND:  # the compression itself stands at the end
        if problem := _AROUND[parts[-1]](parts, version):
            return problem
    name, *rest = parts[:-4:-1]
    if name in ("none", "lz4"):
        return ""
    if name not in _LEVELS:
        hint = did_you_mean(name, _COMPRESSIONS) or f"available: {', '.join(_COMPRESSIONS)}"
        return f"Borg has no compression `{name[:_LONGEST_NAME]}`; {hint}"
    if len(rest) > 1:
        return f"`{name}` takes one level"
    low, high = _LEVELS[name]
    level = _number(rest[0]) if rest else low
    fits = level is not None and low <= level <= high
    return "" if fits else f"the level of `{name}` is {low} to {high}"


def _auto(parts: list[str], _version: Version | None) -> str:
    """Take `auto` off; why it can't stand there."""
    if len(parts) < 2 or parts[-2] == "obfuscate":
        return "`auto` is followed by what it chooses, as in `auto,zstd`"
    parts.pop()
    return ""


def _obfuscate(parts: list[str], version: Version | None) -> str:
    """Take `obfuscate` and its level off; why they can't stand there."""
    if len(parts) < 3:
        return "`obfuscate` is followed by a level and a compression, as in `obfuscate,110,zstd`"
    level = _number(parts[-2]) or 0
    padme = version is None or version.knows(PADME)
    if not (1 <= level <= 6 or 110 <= level <= 123 or (level == 250 and padme)):
        return f"the level of `obfuscate` is 1 to 6, 110 to 123{' or 250' if padme else ''}"
    del parts[-2:]
    return ""


_AROUND = {"auto": _auto, "obfuscate": _obfuscate}


def files_cache(text: str, version: Version | None) -> str:
    words = text.strip().split(",")
    for word in words:
        if word not in _CACHE_WORDS:
            return f"`{word}` is not one of {', '.join(_CACHE_WORDS)}"
    if set(words) not in _CACHE_MODES or (
        set(words) == {"size"} and version is not None and not version.knows(ONLY_SIZE)
    ):
        return "Borg has `ctime,size,inode`, `mtime,size,inode`, both without `inode`, `rechunk` with one time, and `disabled`"
    return ""


def chunker_params(text: str, version: Version | None) -> str:
    name, *rest = text.strip().split(",")
    name = name.lower()
    numbers = [_number(part) for part in (rest if name in ("fixed", "buzhash") else [name, *rest])]
    if name == "default" and not rest:
        return ""
    if None in numbers or len(numbers) not in ((1, 2) if name == "fixed" else (4,)):
        return "Borg has `default`, `buzhash,MIN,MAX,MASK,WINDOW` and `fixed,BLOCK[,HEADER]`, each a whole number"
    given = [number for number in numbers if number is not None]
    if name == "fixed":
        fits = given[0] >= 64 and all(number <= _LARGEST_CHUNK for number in given)
        return "" if fits else f"a block has 64 to {_LARGEST_CHUNK} bytes"
    low, high, mask, window = given
    if not 6 <= low <= mask <= high <= 23:
        return "6 <= MIN <= MASK <= MAX <= 23 must hold (MASK is the third number)"
    if window > _LARGEST_WINDOW or (window % 2 == 0 and _wants_odd_window(version)):
        return "WINDOW, the last number, must be odd"
    return ""


def _wants_odd_window(version: Version | None) -> bool:
    if version is None:
        return False
    return version.knows(ODD_WINDOW_1_4) or version.knows(ODD_WINDOW_1_2, "1.3")


def keep_within(text: str, _version: Version | None) -> str:
    number = _number(text[:-1])
    hours = _HOURS.get(text[-1:])
    if hours is None or number is None or number <= 0:
        return "it must be a whole number and one of H (hours), d, w, m, y, such as `3d`"
    return "" if number * hours // 24 <= _LONGEST_WITHIN else "it is too far in the past"


def archive_name(text: str, version: Version | None) -> str:
    """A name format: what it becomes must not hold a slash, and not be longer than 255 characters."""
    if problem := refusal(text, version):
        return problem
    literal = "".join(piece.text for piece in pieces(text) if not piece.field)
    if "/" in literal or any(_makes_slash(p.field, p.spec) for p in pieces(text)):
        return "the name of an archive can't contain a `/`"
    if len(literal) > _LONGEST_NAME:
        return f"the name of an archive has at most {_LONGEST_NAME} characters"
    return _not_utf8(text)


def _makes_slash(field: str, spec: str) -> bool:
    slash = _WITH_SLASH.search(spec)
    return field in ("now", "utcnow") and (
        "/" in spec or (slash is not None and slash[1] in ("D", "x"))
    )


def _not_utf8(text: str) -> str:
    return (
        ""
        if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)
        else "it is not valid UTF-8"
    )


def archive_filter(text: str, version: Version | None) -> str:
    """A pattern for names of archives; `sh:` is Borg 2's word for what Borg 1 has always."""
    from .shell_patterns import compiled, expression

    pattern = text.removeprefix("sh:")
    if problem := refusal(pattern, version):
        return problem
    found = compiled(expression(pattern)) if "[" in pattern else ""
    return (
        f"`{pattern}` is not a valid shell pattern: {found}"
        if found and isinstance(found, str)
        else ""
    )


def command_line(text: str, _version: Version | None) -> str:
    import shlex

    try:
        return "" if shlex.split(text) else "it is empty"
    except ValueError:
        return "it has unclosed quotes"


def not_negative(text: str, _version: Version | None) -> str:
    number = _number(text)
    return "" if number is None or number >= 0 else "it can't be negative"


def storage_quota(text: str, _version: Version | None) -> str:
    factor = _SIZES.get(text[-1:])
    try:
        size = float(text[:-1] if factor else text) * (factor or 1)
    except ValueError:
        return "it must be a number, optionally followed by K, M, G, T or P"
    return "" if 10**7 <= size < float("inf") else "it must be at least 10M"


def encryption(text: str, _version: Version | None) -> str:
    return "" if text in _MODES else did_you_mean(text, _MODES) or f"Borg has {', '.join(_MODES)}"


def sort_by(text: str, version: Version | None) -> str:
    wrong = [word for word in text.split(",") if word not in _SORT_KEYS]
    if "archive" in text.split(",") and version is not None and not version.knows("1.4.0a1"):
        wrong.append("archive")
    return f"`{wrong[0]}` is not one of {', '.join(_SORT_KEYS)}" if wrong else ""


_MAKING, _DOING = frozenset({Action.CREATE}), frozenset(Action)
_FILTERING = frozenset({Action.PRUNE, Action.CHECK})
# By the key of the option: its rule, and the actions in which Borg gets the value.
OF_SETTINGS: dict[str, tuple[Rule, frozenset[Action]]] = {
    "compression": (compression, _MAKING),
    "files_cache": (files_cache, _MAKING),
    "chunker_params": (chunker_params, _MAKING),
    "archive_name_format": (archive_name, _MAKING | _FILTERING),
    "keep_within": (keep_within, frozenset({Action.PRUNE})),
    "match_archives": (archive_filter, _FILTERING),
    "prefix": (archive_filter, frozenset({Action.PRUNE})),
    "check_prefix": (archive_filter, frozenset({Action.CHECK})),
    "check_last": (not_negative, frozenset({Action.CHECK})),
    "lock_wait": (not_negative, _DOING),
    "remote_path": (refusal, _DOING),
    "ssh_command": (command_line, _DOING),
    "encryption_passcommand": (command_line, _DOING),
}
OF_REPOSITORIES: dict[str, tuple[Rule, frozenset[Action]]] = {
    "encryption": (encryption, frozenset({Action.REPO_CREATE})),
    "storage_quota": (storage_quota, frozenset({Action.REPO_CREATE})),
}
# By the name of the field of `ActionOptions`, which is that of the option on the command line.
OF_ACTIONS: dict[str, Rule] = {
    "comment": refusal,
    "encryption": encryption,
    "storage_quota": storage_quota,
    "match_archives": archive_filter,
    "prefix": archive_filter,
    "sort_by": sort_by,
}


def refused(
    settings: Settings,
    rules: dict[str, tuple[Rule, frozenset[Action]]],
    actions: frozenset[Action],
    version: Version | None,
) -> Iterator[tuple[str, Setting, str]]:
    """Options with values that Borg refuses in one of these actions, and why.

    Empty ones aren't passed on. `${…}` is a variable, in a generation that has none.
    """
    for key, (rule, in_actions) in rules.items():
        setting = settings.by_key.get(key)
        if setting is None or setting.value == "" or not actions & in_actions:
            continue
        value = str(setting.value)
        if "${" not in value and (problem := rule(value, version)):
            yield key, setting, problem
