"""Invocations written otherwise: with the same effect (SAME), or with another (OTHER).

A rewrite takes an invocation, its command line taken apart, Borg's version and a source of chance, and
gives the invocations that it makes of it, none where it doesn't apply.
"""

from __future__ import annotations

import posixpath
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from tests.lowering import values
from tests.lowering.command_line import CommandLine, Given
from tests.lowering.flags import Flag, Grammar, grammar
from tests.lowering.normal import Invocation, normal_form
from tests.lowering.patterns import Selection, of_pattern_lines
from tests.lowering.versions import is_borg_2

Rewrite = Callable[[Invocation, CommandLine, str, random.Random], Iterator[Invocation]]

_STYLED = re.compile(r"(?:fm|sh|re|pp|pf):")
_LOUD = ("--debug", "--show-rc", "--log-json")
_QUIET = frozenset({"log_level", "show_rc", "log_json", "progress"})
# Those of which the order says something.
_ORDERED = frozenset({"--pattern", "--patterns-from", "--exclude", "-e", "--exclude-from"})
_DEFAULTS = {
    "create": (
        *("--umask", "77", "--compression", "lz4", "--files-cache", "size,inode,ctime"),
        *("--chunker-params", "buzhash,19,23,21,4095"),
    ),
    "prune": ("--umask", "0077", "--keep-yearly", "0"),
    "check": ("--umask", "0077"),
}


def words(given: Iterable[Given]) -> list[str]:
    return [word for one in given for word in (one.flag, one.value) if word is not None]


def rebuilt(
    invocation: Invocation,
    line: CommandLine,
    flags: Sequence[str] | None = None,
    positional: Sequence[str] | None = None,
) -> Invocation:
    """The invocation with other flags or positional arguments."""
    flags = words(line.given) if flags is None else flags
    rest = line.positional if positional is None else positional
    return invocation._replace(
        argv=(invocation.argv[0], *line.command.split(), *flags, *rest)
    )  # fmt: skip


def _grammar(line: CommandLine, version: str) -> Grammar:
    found = grammar(version, line.command)
    assert found is not None
    return found


def shuffled(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    free = [one for one in line.given if one.flag not in _ORDERED]
    chance.shuffle(free)
    ordered = [one for one in line.given if one.flag in _ORDERED]
    yield rebuilt(invocation, line, words([*free, *ordered]))
    yield rebuilt(invocation, line, words([*ordered, *free]))


def with_equals_signs(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    flags = [
        word
        for one in line.given
        for word in (
            [f"{one.flag}={one.value}"]
            if one.value is not None and one.flag.startswith("--")
            else words([one])
        )
    ]
    yield rebuilt(invocation, line, flags)


def positional_first(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    yield rebuilt(invocation, line, [], [*line.positional, *words(line.given)])
    yield rebuilt(invocation, line, None, ["--", *line.positional])


def other_names(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    """Short flags, their values attached, and abbreviations."""
    known = _grammar(line, version)

    def spelled(name: Callable[[Given, Flag], list[str]]) -> Invocation:
        flags = []
        for one in line.given:
            flag = known.flag(one.flag)
            assert flag is not None
            flags += name(one, flag)
        return rebuilt(invocation, line, flags)

    def short(one: Given, flag: Flag) -> list[str]:
        found = [name for name in flag.names if not name.startswith("--")]
        if not found or one.flag in _ORDERED or flag.kind == "const":
            return words([one])
        return [f"{found[0]}{one.value or ''}"]

    def abbreviated(one: Given, flag: Flag) -> list[str]:
        names = [name for other in known.flags for name in other.names if name != one.flag]
        for end in range(4, len(one.flag)):
            if not any(name.startswith(one.flag[:end]) for name in names):
                return words([one._replace(flag=one.flag[:end])])
        return words([one])

    yield spelled(short)
    yield spelled(abbreviated)


def before_the_command(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    common = grammar(version, "")
    assert common is not None
    moved = [one for one in line.given if common.flag(one.flag)]
    rest = [one for one in line.given if one not in moved]
    yield invocation._replace(
        argv=(
            invocation.argv[0],
            *words(moved),
            *line.command.split(),
            *words(rest),
            *line.positional,
        )
    )


def louder_and_quieter(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    yield rebuilt(invocation, line, [*words(line.given), *_LOUD])
    yield rebuilt(
        invocation, line, words(one for one in line.given if one.destination not in _QUIET)
    )


def defaults_spelled_out(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    said = {one.flag for one in line.given}
    more = ["--lock-wait", "10" if is_borg_2(version) else "1"]
    more += _DEFAULTS.get(line.command, ())
    for flag, value in zip(more[::2], more[1::2], strict=True):
        if flag not in said:
            yield rebuilt(invocation, line, [flag, value, *words(line.given)])


def patterns_as_arguments(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    """Roots and rules on the command line, in two files, and with lines that set the style."""
    file = next((one for one in line.given if one.flag == "--patterns-from"), None)
    if file is None or file.value is None or line.command != "create":
        return
    lines = invocation.files[file.value]
    rest = [one for one in line.given if one is not file]
    roots = [one[2:].strip() for one in lines if one.startswith("R ")]
    rules = [one for one in lines if one[:2] in ("+ ", "- ", "! ")]
    if len(roots) + len(rules) != len(lines):
        return
    flags = []
    for rule in rules:
        excluded = rule.startswith("! fm:")
        flags += ["--exclude", rule[5:]] if excluded else ["--pattern", rule]
    yield rebuilt(invocation, line, [*words(rest), *flags], [*line.positional, *roots])
    half = len(lines) // 2
    two = ["--patterns-from", "one", "--patterns-from", "two"]
    files = {"one": lines[:half], "two": lines[half:]}
    yield rebuilt(invocation, line, [*words(rest), *two])._replace(files=files)
    styled = [
        part
        for text in lines
        for part in (
            [text]
            if text[0] == "R" or not _STYLED.match(text[2:])
            else [f"P {text[2:4]}", f"{text[:2]}{text[5:]}", "P sh"]
        )
    ]
    yield invocation._replace(files={file.value: tuple(styled)})
    if not any(
        one != other and f"{one}/".startswith(f"{other}/") for one in roots for other in roots
    ):
        turned = [*(f"R {root}" for root in reversed(roots)), *rules]
        yield invocation._replace(files={file.value: tuple(turned)})


def prefix_for_glob(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    if is_borg_2(version):
        return
    for one in line.given:
        if one.flag == "--glob-archives" and re.fullmatch(r"[^*?\[]+\*", one.value or ""):
            prefix = one._replace(flag="--prefix", value=(one.value or "")[:-1])
            yield rebuilt(invocation, line, words(prefix if o is one else o for o in line.given))


def repository_from_environment(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    if is_borg_2(version):
        found = next((one for one in line.given if one.destination == "location"), None)
        if found is not None and found.value is not None:
            rest = words(one for one in line.given if one is not found)
            environment = {**invocation.environment, "BORG_REPO": found.value}
            yield rebuilt(invocation, line, rest)._replace(environment=environment)
    elif _grammar(line, version).positional[:1] == ("location",) and line.positional:
        place, colons, archive = line.positional[0].partition("::")
        environment = {**invocation.environment, "BORG_REPO": place}
        first = [f"::{archive}"] if colons or len(line.positional) > 1 else []
        yield rebuilt(invocation, line, None, [*first, *line.positional[1:]])._replace(
            environment=environment
        )


def passphrase_in_environment(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    secret = invocation.passphrase
    if secret is None or {"BORG_PASSPHRASE", "BORG_PASSCOMMAND"} & set(invocation.environment):
        return
    environment = {**invocation.environment, "BORG_PASSPHRASE": secret}
    yield invocation._replace(environment=environment, passphrase=None)


def variable_or_flag(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    shell = invocation.environment.get("BORG_RSH")
    if shell:
        rest = {k: v for k, v in invocation.environment.items() if k != "BORG_RSH"}
        yield rebuilt(invocation, line, ["--rsh", shell, *words(line.given)])._replace(
            environment=rest
        )
    no = {**invocation.environment, "BORG_RELOCATED_REPO_ACCESS_IS_OK": "no"}
    if "BORG_RELOCATED_REPO_ACCESS_IS_OK" not in invocation.environment:
        yield invocation._replace(environment=no)


def other_selection(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    """A root or rule less, another one more, rules in a different order."""
    if line.command != "create" or len(invocation.files) != 1:
        return
    ((name, lines),) = invocation.files.items()
    for number in range(len(lines)):
        fewer = (*lines[:number], *lines[number + 1 :])
        if of_pattern_lines(fewer) != of_pattern_lines(lines) and lines.count(lines[number]) == 1:
            yield invocation._replace(files={name: fewer})
    for line_more in ("! fm:*/another", "R /another"):
        yield invocation._replace(files={name: (*lines, line_more)})
    rules = Selection(rules=of_pattern_lines(lines).rules).rules
    if rules != rules[::-1]:
        roots = [text for text in lines if text.startswith("R ")]
        turned = [text for text in reversed(lines) if not text.startswith("R ")]
        yield invocation._replace(files={name: (*roots, *turned)})


def without_an_option(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    """Each option that the normal form keeps, left out."""
    kept = {name for name, _ in normal_form(invocation, version).options}
    for one in line.given:
        name = values.destination(one.destination)
        alone = [o.destination for o in line.given].count(one.destination) == 1
        if name in kept and alone and not {"BORG_REMOTE_PATH"} & set(invocation.environment):
            yield rebuilt(invocation, line, words(o for o in line.given if o is not one))


def another_value(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    """Each option that the normal form keeps, with another value."""
    kept = {name for name, _ in normal_form(invocation, version).options}
    for one in line.given:
        if values.destination(one.destination) not in kept or one.value is None:
            continue
        other = "26" if one.value.lstrip("-").isdigit() else f"{one.value}x"
        changed = one._replace(value=other)
        yield rebuilt(invocation, line, words(changed if o is one else o for o in line.given))


def other_archives(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    filters = ("--glob-archives", "--match-archives")
    for one in line.given:
        if one.flag in filters and one.value not in ("*", "sh:*"):
            yield rebuilt(invocation, line, words(o for o in line.given if o is not one))
            changed = one._replace(value=f"another-{one.value}")
            yield rebuilt(invocation, line, words(changed if o is one else o for o in line.given))


def other_places(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    """Another repository, another name, another program, another cache, another passphrase."""
    if line.command == "--version":
        return
    yield invocation._replace(argv=("/another/borg", *invocation.argv[1:]))
    if "location" not in _grammar(line, version).positional and not is_borg_2(version):
        return
    for number, word in enumerate(invocation.argv):
        if number and ".borg" in word:
            other = word.replace(".borg", "-another.borg")
            argv = (*invocation.argv[:number], other, *invocation.argv[number + 1 :])
            yield invocation._replace(argv=argv)
        if "::" in word:
            argv = (*invocation.argv[:number], f"{word}-b", *invocation.argv[number + 1 :])
            yield invocation._replace(argv=argv)
    cache = {**invocation.environment, "BORG_CACHE_DIR": "/another"}
    yield invocation._replace(environment=cache)
    secret = {**invocation.environment, "BORG_PASSPHRASE": "another"}
    yield invocation._replace(environment=secret)


def another_directory(
    invocation: Invocation, line: CommandLine, version: str, chance: random.Random
) -> Iterator[Invocation]:
    """Where it matters: relative roots, and the destination of `extract`."""
    if normal_form(invocation, version).directory is not None:
        other = posixpath.join(invocation.directory, "another")
        yield invocation._replace(directory=other)


SAME: tuple[Rewrite, ...] = (
    shuffled, with_equals_signs, positional_first, other_names, before_the_command,
    louder_and_quieter, defaults_spelled_out, patterns_as_arguments, prefix_for_glob,
    repository_from_environment, passphrase_in_environment, variable_or_flag,
)  # fmt: skip
OTHER: tuple[Rewrite, ...] = (
    other_selection, without_an_option, another_value, other_archives, other_places,
    another_directory,
)  # fmt: skip
