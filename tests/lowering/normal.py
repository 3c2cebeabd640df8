"""The normal form of a Borg invocation: equal forms have the same effect on Borg.

In: the words of a command line, the environment, the directory, the content of the files of patterns,
the passphrase. Out: what Borg makes of them, without what doesn't matter for the repository or the
answer: the order and spelling of flags, defaults spelled out, whether roots and rules stand in files or
are arguments, log levels and formats, progress, and for commands that write, statistics and listings.

A form holds for one version of Borg; forms of different versions say nothing about each other. It
doesn't know whether rules overlap, nor that two addresses are the same repository.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.lowering import patterns, values
from tests.lowering.command_line import CommandLine, Given, UnusableError, parse
from tests.lowering.flags import grammar
from tests.lowering.versions import at_least, is_borg_2


class Invocation(NamedTuple):
    """`files`: lines of the files that the command line names, by that name. `passphrase`: what can
    be read from the descriptor that Borg is given, if one is."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    files: Mapping[str, tuple[str, ...]]
    passphrase: str | None = None


class NormalForm(NamedTuple):
    """`program`: which Borg. `arguments`: what remains of the positional ones. `directory`: where it
    runs, None where that doesn't matter. `unknown`: what this version of Borg refuses to parse."""

    program: str
    command: str
    repository: str | None
    archive: str
    options: tuple[tuple[str, object], ...]
    roots: tuple[str, ...]
    rules: tuple[str, ...]
    archive_filter: tuple[str, ...]
    arguments: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    passphrase: str | None
    directory: str | None
    unknown: tuple[str, ...]


# Runs a BORG_PASSCOMMAND, in a directory, and gives what it printed.
PassCommand = Callable[[str, str], str]

_PRESENTATION = frozenset({
    "debug_profile", "debug_topics", "iec", "log_json", "log_level", "progress", "show_rc",
    "show_version",
})  # fmt: skip
# Part of the answer where the answer is what a command is for, else presentation.
_LISTINGS = frozenset({
    "format", "json", "list", "list_kept", "list_pruned", "output_filter", "output_list",
    "quick_stats", "short", "stats",
})  # fmt: skip
_READERS = frozenset({
    "config", "diff", "export-tar", "info", "key export", "list", "repo-info", "repo-list", "version",
})  # fmt: skip
# With a filter that takes all archives these don't do what they do without one.
_FILTER_CHANGES_MEANING = frozenset({"info", "delete"})
_FILTERS = frozenset({"glob_archives", "match_archives", "prefix"})
_SELECTION = frozenset({"--pattern", "--patterns-from", "--exclude", "-e", "--exclude-from"})
_UNORDERED = frozenset({"exclude_if_present"})
_WITHOUT_KEY = frozenset({"umount", "version"})

_YES_OR_NO = {  # and what Borg takes it for if it isn't set
    "BORG_CHECK_I_KNOW_WHAT_I_AM_DOING": False,
    "BORG_DEBUG_PASSPHRASE": False,
    "BORG_DELETE_I_KNOW_WHAT_I_AM_DOING": False,
    "BORG_DISPLAY_PASSPHRASE": False,
    "BORG_MSGPACK_VERSION_CHECK": True,
    "BORG_RELOCATED_REPO_ACCESS_IS_OK": False,
    "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": False,
    "BORG_USE_CHUNKS_ARCHIVE": True,
}
# Accounted for elsewhere, or about the exit code only.
_NOT_BY_THEMSELVES = frozenset({
    "BORG_EXIT_CODES", "BORG_PASSCOMMAND", "BORG_PASSPHRASE", "BORG_PASSPHRASE_FD",
    "BORG_REMOTE_PATH", "BORG_REPO", "BORG_RSH",
})  # fmt: skip


def normal_form(
    invocation: Invocation, version: str, passcommand: PassCommand | None = None
) -> NormalForm:
    """A command line that no parser takes has a form of its own words. Raises what `passcommand` does."""
    try:
        line = parse(invocation.argv[1:], version)
    except UnusableError as error:
        return NormalForm(
            invocation.argv[0], "", None, "", (), (), (), (), invocation.argv[1:], (), None, None,
            (str(error),),
        )  # fmt: skip
    environment, directory = invocation.environment, invocation.directory
    options = _options(line)
    if "version" in options:  # nothing else is looked at
        return NormalForm(
            invocation.argv[0],
            "--version",
            None,
            "",
            (),
            (),
            (),
            (),
            (),
            (),
            None,
            None,
            line.unknown,
        )
    selected = _selected(line, invocation)
    place, archive, rest = _places(line, options, environment, version)
    if line.command == "create":
        selected += patterns.Selection(tuple(rest))
        rest = []
    if "other_location" in options:
        options["other_location"] = values.repository(str(options["other_location"]), directory)
    _from_environment(options, environment, version)
    return NormalForm(
        program=invocation.argv[0],
        command=line.command,
        repository=None if place is None else values.repository(place, directory),
        archive=archive,
        options=_that_matter(options, line.command, version),
        roots=patterns.normal_roots(selected.roots, version),
        rules=selected.rules,
        archive_filter=_filter(line),
        arguments=_arguments(line, rest, directory, version),
        environment=_variables(environment),
        passphrase=_passphrase(line, invocation, passcommand),
        directory=directory if _directory_matters(line, options, selected) else None,
        unknown=tuple(sorted(line.unknown)),
    )


def differences(one: NormalForm, other: NormalForm) -> list[str]:
    """In which parts two forms differ, in words."""
    return [
        f"{name}: {mine!r} != {yours!r}"
        for name, mine, yours in zip(NormalForm._fields, one, other, strict=True)
        if mine != yours
    ]


def _options(line: CommandLine) -> dict[str, object]:
    """Options by destination, without those that choose archives or files."""
    found: dict[str, object] = {}
    for given in line.given:
        name = values.destination(given.destination)
        if _selects(given) or name in _FILTERS:
            continue
        if given.kind == "append=":
            before = found.get(name, ())
            assert isinstance(before, tuple)
            both = (*before, given.value)
            found[name] = tuple(sorted(set(both))) if name in _UNORDERED else both
        elif given.kind == "count":
            before = found.get(name, 0)
            assert isinstance(before, int)
            found[name] = before + 1
        else:
            found[name] = _one(name, given)
    return found


def _selects(given: Given) -> bool:
    """Whether a flag says what to back up; `-e` also says how `init` is to encrypt."""
    return given.flag in _SELECTION and given.destination != "encryption"


def _one(name: str, given: Given) -> object:
    if given.value is not None:
        return values.value(name, given.value)
    return given.flag if given.kind == "const" else given.kind == "true"


def _selected(line: CommandLine, invocation: Invocation) -> patterns.Selection:
    found = patterns.Selection()
    for given in line.given:
        if not _selects(given) or given.value is None:
            continue
        if given.flag == "--pattern":
            found += patterns.of_pattern_lines([given.value])
        elif given.flag == "--patterns-from":
            found += patterns.of_pattern_lines(invocation.files[given.value])
        elif given.flag == "--exclude-from":
            found += patterns.of_exclude_lines(invocation.files[given.value])
        else:
            found += patterns.of_exclude(given.value)
    return found


def _places(
    line: CommandLine,
    options: dict[str, object],
    environment: Mapping[str, str],
    version: str,
) -> tuple[str | None, str, list[str]]:
    """The repository, the archive, and the other positional arguments."""
    known = grammar(version, line.command)
    names = known.positional if known else ()
    rest = list(line.positional)
    default = environment.get("BORG_REPO")
    if is_borg_2(version):
        found = options.pop("location", None)
        place = default if found is None else str(found)
        return place, rest.pop(0) if names[:1] == ("name",) and rest else "", rest
    if names[:1] != ("location",):
        return None, "", rest
    place, _, archive = (rest.pop(0) if rest else "").partition("::")
    return place or default, archive, rest


def _from_environment(
    options: dict[str, object], environment: Mapping[str, str], version: str
) -> None:
    """Options that have a variable too; the command line wins."""
    if environment.get("BORG_RSH"):
        options.setdefault("rsh", environment["BORG_RSH"])
    if environment.get("BORG_REMOTE_PATH") and at_least(version, "2.0.0b23"):
        options.setdefault("remote_path", environment["BORG_REMOTE_PATH"])


def _that_matter(
    options: Mapping[str, object], command: str, version: str
) -> tuple[tuple[str, object], ...]:
    dropped = _PRESENTATION if command in _READERS else _PRESENTATION | _LISTINGS
    if at_least(version, "1.2.0a7"):  # where not storing access times is the default
        dropped |= {"noatime"}
    if command == "create" and options.get("dry_run"):
        dropped |= {"comment"}
    return tuple(
        (name, found)
        for name, found in sorted(options.items())
        if name not in dropped and not values.is_default(name, found, version)
    )


def _filter(line: CommandLine) -> tuple[str, ...]:
    found = {
        values.archive_filter(given.destination, given.value)
        for given in line.given
        if given.destination in _FILTERS and given.value is not None
    }
    if line.command not in _FILTER_CHANGES_MEANING:
        found = {one for one in found if not values.takes_all_archives(one)}
    return tuple(sorted(found))


def _arguments(line: CommandLine, rest: list[str], directory: str, version: str) -> tuple[str, ...]:
    """Files by their full names; paths inside of archives in any order."""
    known = grammar(version, line.command)
    names = [name for name in (known.positional if known else ()) if name not in ("location",)]
    if is_borg_2(version) and names[:1] == ["name"]:
        names = names[1:]
    found, paths = [], []
    for number, word in enumerate(rest):
        name = names[min(number, len(names) - 1)] if names else ""
        if name in ("tarfile", "mountpoint", "path") and word != "-":
            found.append(posixpath.normpath(posixpath.join(directory, word)))
        elif name == "paths" and line.command != "diff":
            paths.append(word)
        else:
            found.append(word)
    return (*found, *sorted(paths))


def _variables(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found = {}
    for name, text in environment.items():
        if name in _YES_OR_NO:
            if values.is_yes(text) != _YES_OR_NO[name]:
                found[name] = "yes" if values.is_yes(text) else "no"
        elif name.startswith("BORG_") and name not in _NOT_BY_THEMSELVES:
            found[name] = text
    return tuple(sorted(found.items()))


def _passphrase(
    line: CommandLine, invocation: Invocation, passcommand: PassCommand | None
) -> str | None:
    """In Borg's order: the variable, the command, the descriptor."""
    environment = invocation.environment
    if line.command in _WITHOUT_KEY:
        return None
    if "BORG_PASSPHRASE" in environment:
        return environment["BORG_PASSPHRASE"]
    if "BORG_PASSCOMMAND" in environment:
        command = environment["BORG_PASSCOMMAND"]
        if passcommand is None:
            return f"command {command}"
        return passcommand(command, invocation.directory).rstrip("\n")
    return None if invocation.passphrase is None else invocation.passphrase.rstrip("\n")


def _directory_matters(
    line: CommandLine, options: Mapping[str, object], selected: patterns.Selection
) -> bool:
    if line.command == "create":
        return any(not root.startswith("/") for root in selected.roots)
    return line.command == "extract" and not (options.get("dry_run") or options.get("stdout"))
