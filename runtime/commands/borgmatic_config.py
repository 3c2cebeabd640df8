"""borgmatic's `config` actions: a first file, whether files are valid, what they say in the end, and files out of an
archive."""

from __future__ import annotations

import argparse
import json
import os
import sys

import yaml

from ...compiler.config.options import SECRETS, SECTIONS
from ...compiler.driver.sources import Sources, begin, chosen, load_file, read, root_of
from ...compiler.source.diagnostic import Diagnostics
from ...compiler.support.record import TYPE_CHECKING
from ...compiler.syntax.nodes import Mapping, Node, Scalar, Sequence, unmarked
from ..cli.arguments import Arguments, request_of
from ..cli.borgmatic.arguments import arguments_of
from ..cli.borgmatic.words import Line, UsageError
from ..cli.parser import own_parser
from ..run.session import Session, say, write
from ..system.host import RealHost, reason

if TYPE_CHECKING:
    from typing import Any

_PLACE = "/etc/borgmatic/config.yaml"
_MODE = 0o700
_HIDDEN = "..."


def configure(line: Line) -> int:
    """Do what a `config` action asks for; the exit code."""
    if len(line.actions) > 1:
        raise UsageError(f"{line.actions[0].name} can't be combined with other actions")
    match line.actions[0].name:
        case "config generate":
            return _generate(line)
        case "config validate":
            return _validate(line)
        case "config show":
            return _show(line)
        case _:
            return _bootstrap(line)


def _bootstrap(line: Line) -> int:
    """As `borgplan bootstrap`, which shows what it would write, and asks."""
    from .bootstrap import configure as add_to
    from .bootstrap import run

    options = own_parser("bootstrap", add_to).arguments()
    found = argparse.Namespace(**{option.dest: option.default for option in options})
    (action,) = line.actions
    for flag in action.flags:
        name = flag.name[2:].replace("-", "_")
        if line.has(flag.name):
            setattr(found, name, line.value(flag.name) if flag.takes_value else True)
    if not line.has("--repository"):
        raise UsageError("config bootstrap needs --repository")
    found.dry_run, found.yes = line.has("--dry-run"), line.has("--yes")
    return run(found)


def _generate(line: Line) -> int:
    """0 written, 1 not."""
    from ...compiler.config.publish.all_options import entries, text

    place = line.value("--destination") or _PLACE
    source = line.value("--source")
    before, named = _taken_over(source) if source else ("", frozenset())
    if source and not before:
        return 1
    if line.has("--split"):
        files = {f"{name}.yaml": lines for name, lines in entries(named, sample=not before)}
        if before:
            files[os.path.basename(source)] = before
        files = {os.path.join(place, name): lines for name, lines in files.items()}
    else:
        files = {place: text(named, before)}
    if not _written(files, overwrite=line.has("--overwrite")):
        return 1
    write(f"Wrote {place}. What a run would do: borgplan plan {place}\n")
    return 0


def _taken_over(source: str) -> tuple[str, frozenset[str]]:
    """A file in the form of borgmatic 2.1, and the options in it; an empty text after saying why there is none."""
    from ...compiler.migration.migrate import migrate
    from ...compiler.syntax.compose import decode

    found = Diagnostics()
    host = RealHost()
    migration = migrate((source,), host, "", found)
    if migration is None:
        _complain(found)
        return "", frozenset()
    (file,) = (file for file in migration.files if file.path == source)
    text = decode(source, file.after, found) or ""
    named = yaml.safe_load(text)
    return text, frozenset(named if isinstance(named, dict) else ())


def _written(files: dict[str, str], *, overwrite: bool) -> bool:
    """Write new files; with `overwrite` in the place of old ones."""
    from ..system.files import create, make_folder_of, replace

    for path in files:
        if os.path.lexists(path) and not overwrite:
            say(f"borgmatic: {path} already exists; --overwrite replaces it")
            return False
    for path, text in files.items():
        try:
            make_folder_of(path, _MODE)
            (replace if os.path.lexists(path) else create)(path, text.encode())
        except (OSError, ValueError) as error:
            say(f"borgmatic: {path}: {reason(error) if isinstance(error, OSError) else error}")
            return False
    return True


def _validate(line: Line) -> int:
    """0 if all files can be read and understood, 1 if not."""
    arguments, sources = _read(line)
    if line.has("--show") and not sources.broken:
        for root in _roots(arguments):
            write(_as_yaml(_data(root)))
    valid = _are_valid(sources)
    say_or_write = write if valid else lambda text: say(text.rstrip("\n"))
    say_or_write(
        f"{'All configuration files are valid' if valid else 'Not all configuration files are valid'}\n"
    )
    return 0 if valid else 1


def _show(line: Line) -> int:
    """Print what the files say, with all that the command line and the environment add. Those with errors are
    reported and left out, and the exit code is 1."""
    arguments, sources = _read(line)
    roots = _roots(arguments, frozenset(sources.broken))
    option = line.value("--option")
    shown = [_data(root, option) for root in roots]
    if option:
        shown = [data.get(option) if isinstance(data, dict) else None for data in shown]
    if line.has("--json"):
        write(json.dumps(shown) + "\n")
    else:
        for data in shown:
            write(_as_yaml(data))
    return 0 if _are_valid(sources) else 1


def _read(line: Line) -> tuple[Arguments, Sources]:
    """The files of a command line; what is wrong with them is said."""
    arguments = arguments_of(line._replace(actions=(), flags=()), (), ())
    found = Diagnostics()
    session = Session(arguments, RealHost())
    secret = arguments.secret_overrides
    sources = read(request_of(arguments), session.host, found, secret_overrides=secret)
    session.complain(found)
    return arguments, sources


def _are_valid(sources: Sources) -> bool:
    return bool(sources.configurations) and not sources.broken


def _roots(arguments: Arguments, broken: frozenset[str] = frozenset()) -> list[Node]:
    """The merged trees of the files, without the `broken` ones."""
    found = Diagnostics()
    host = RealHost()
    run = begin(request_of(arguments), host, found, arguments.secret_overrides)
    files = [load_file(path, host) for path in run.files] if run else []
    generations = chosen(files, run, found) if run else None
    return [
        root_of(file.document, generations.of(file.path), host, file.problems, run)[0]
        for file in files
        if run and generations and file.document is not None and file.path not in broken
    ]


def _complain(found: Diagnostics) -> None:
    from ...compiler.source.diagnostic import in_order
    from ...compiler.source.folding import folded
    from ..render.diagnostics import render
    from ..report.style import style_for

    style = style_for(sys.stderr, "auto", os.environ)
    sys.stderr.write(render(folded(in_order(found)), {}, style))


def _data(node: Node, named: str = "") -> Any:
    """A tree as data, without sections. Secrets are hidden, but for the one that is asked for by its name."""
    node = unmarked(node)
    match node:
        case Mapping(pairs):
            found: dict[str, Any] = {}
            for key, value in pairs:
                if key.text in SECTIONS and isinstance(value, Mapping):
                    found |= _data(value, named)
                elif _is_secret(key.text) and key.text != named:
                    found[key.text] = _reference(value)
                else:
                    found[key.text] = _data(value, named)
            return found
        case Sequence(items):
            return [_data(item, named) for item in items]
        case Scalar(value):
            return value
        case _:
            return None


def _is_secret(name: str) -> bool:
    from ...compiler.config.services import SERVICES

    return (
        name in SECRETS
        or name.endswith("password")
        or any(
            option.secret and option.name == name
            for kind in SERVICES.values()
            for option in kind.options
        )
    )


def _reference(node: Node) -> str:
    """A reference to a credential, which says no secret; anything else is hidden."""
    text = getattr(node, "text", "")
    return text if text.startswith("{credential ") else _HIDDEN


def _as_yaml(data: object) -> str:
    if not isinstance(data, dict | list):
        return f"{data if not isinstance(data, bool) else str(data).lower()}\n"
    text: str = yaml.dump(data, Dumper=yaml.SafeDumper, sort_keys=False, allow_unicode=True)
    return text
