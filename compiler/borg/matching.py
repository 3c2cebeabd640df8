"""Whether a rule of patterns fits a path, and whether it can fit any path below the sources.

Measured with Borg 1.2.4 and 1.4.5: paths are compared without the slash at their beginning, and a
pattern that fits a directory fits all in it. What many repetitions or groups fit stays unclear here, as
some expressions take for ever.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from fnmatch import translate

from ..support.regex import lazily
from .pattern_lines import RULES, Line
from .shell_patterns import compiled, expression

_GLOB = lazily(r"[*?\[]")
_REPEATS = lazily(r"[*+{]")
_FITTING_ALL_BELOW = frozenset(("pp", "fm", "sh"))  # a directory, and so what is in it
_MOST_STARS = 6  # more of them are not tried


def is_left_out(path: str, root: str, rules: Sequence[Line]) -> bool | None:
    """Whether rules keep a file at `path`, below `root`, out of an archive; None if that is unclear."""
    below = path.removeprefix(root.rstrip("/")).strip("/").split("/")
    place = root.rstrip("/")
    for name in ("", *below):
        place = f"{place}/{name}".rstrip("/")
        found = first_fitting(place, rules)
        if found is None:
            return None
        if found == "!" or (place == path and found):
            return found != "+"
    return False


def is_wholly_left_out(path: str, root: str, rules: Sequence[Line]) -> bool:
    """Whether rules surely keep everything at a directory `path`, below `root`, out of an archive."""
    place = root.rstrip("/")
    for name in ("", *path.removeprefix(place).strip("/").split("/")):
        place = f"{place}/{name}".rstrip("/")
        for number, rule in enumerate(rules):
            fit = fits(rule, place)
            if fit is None or (fit and rule.letter == "+"):
                return False
            if fit and rule.letter == "!":
                return True
            if fit and rule.style in _FITTING_ALL_BELOW:
                earlier = (other for other in rules[:number] if other.letter == "+")
                return not any(can_fit(other, (path,)) for other in earlier)
            if fit:
                break
    return False


def first_fitting(path: str, rules: Sequence[Line]) -> str | None:
    """The letter of the first rule that fits a path; empty if none does."""
    for rule in rules:
        fit = fits(rule, path)
        if fit is None:
            return None
        if fit:
            return rule.letter
    return ""


def fits(rule: Line, path: str) -> bool | None:
    """Whether a rule fits a path; None if that is unclear."""
    path = path.lstrip("/")
    if rule.style == "pf":
        return path == _normal(rule.value)
    if rule.style == "pp":
        return f"{path}/".startswith(f"{_normal(rule.value)}/".lstrip("/"))
    if len(_REPEATS.findall(rule.value)) > _MOST_STARS:
        return None
    if rule.style == "re":
        found = compiled(rule.value) if "(" not in rule.value else ""
        return None if isinstance(found, str) else found.search(path) is not None
    end = "/*/" if rule.value.endswith("/") else "/*"
    if rule.style == "sh":
        end = end.replace("*", "**/*")
    pattern = f"{_normal(rule.value)}{end}".lstrip("/")
    found = compiled(translate(pattern) if rule.style == "fm" else expression(pattern))
    return None if isinstance(found, str) else found.match(f"{path}/") is not None


def _normal(path: str) -> str:
    return posixpath.normpath(path).strip("/")


def can_fit(rule: Line, roots: Iterable[str]) -> bool:
    """Whether a rule can fit a path below one of the roots; where that is unclear, it can."""
    if rule.letter not in RULES:
        return True
    return any(_can_fit(rule, _normal(root)) for root in roots)


def _can_fit(rule: Line, root: str) -> bool:
    if root.startswith("..") or root == "." or "/./" in root or has_glob(root):
        return True  # what paths will be like isn't known
    if rule.style == "re":
        return not (rule.value.startswith("^/") or _begins_as_root(rule.value, root))
    pattern = _normal(rule.value)
    if pattern in ("", "."):
        return True
    if rule.style == "sh":
        return _segments_fit(pattern.split("/"), root.split("/") if root else [])
    globs = rule.style == "fm" and has_glob(pattern)
    head = _GLOB.split(pattern)[0] if globs else f"{pattern}/"
    below = f"{root}/" if root else ""
    return head.startswith(below) or (rule.style != "pf" and below.startswith(head))


def _begins_as_root(value: str, root: str) -> bool:
    """A regular expression that is an absolute path, of which Borg never sees the first slash."""
    return bool(root) and (value == f"/{root}" or value.startswith(f"/{root}/"))


def _segments_fit(pattern: list[str], root: list[str]) -> bool:
    """Whether the parts of a shell pattern, in which `*` stays within a part, fit those of a root."""
    for part, name in zip(pattern, root, strict=False):
        if "**" in part or part.count("*") > _MOST_STARS:
            return True
        found = compiled(expression(part)) if has_glob(part) else None
        if isinstance(found, str):
            return True
        if (found.match(name) is None) if found else part != name:
            return False
    return True


def has_glob(text: str) -> bool:
    """Whether a text has letters that stand for others."""
    return _GLOB.search(text) is not None
