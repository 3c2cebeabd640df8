"""`borgplan migrate`: files in older forms to the form of borgmatic 2.1, with proof that they mean the same."""

from __future__ import annotations

import argparse
import shlex
import sys

from ...compiler.migration.migrate import File, Migration, migrate
from ...compiler.source.diagnostic import Diagnostics
from ...compiler.source.span import Span
from ...compiler.syntax.compose import decode
from ..cli.options.common import add_color, add_configs
from ..engine.equivalence import Difference, condensed, differences
from ..render.diagnostics import render
from ..render.meanings import files_of
from ..render.migration import diff, report
from ..report.style import style_for
from ..run.session import say, write
from ..system.host import RealHost, reason


def configure(parser: argparse.ArgumentParser) -> None:
    add_configs(parser)
    add = parser.add_argument
    add("--semantics", default="", metavar="NAME",
        help="borgmatic release the files were written for, such as 1.5.24, or auto (default)")  # fmt: skip
    add("--check", action="store_true", help="write nothing; exit with 1 if a file would change")
    add("--diff", action="store_true", help="write nothing; show a line-by-line diff")
    add("--dumps", action="store_true",
        help="convert hooks that only dump a database to `*_databases` entries")  # fmt: skip
    add("--backup", action="store_true", help="keep a copy of each changed file as FILE.bak")
    add_color(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 done or nothing to do, 1 `--check` would change something, 2 nothing was written."""
    host = RealHost()
    diagnostics = Diagnostics()
    paths = (*arguments.configs, *arguments.config)
    found = migrate(paths, host, arguments.semantics, diagnostics, dumps=arguments.dumps)
    _show(diagnostics, host, arguments)
    if found is None:
        return 2
    writes = not (arguments.diff or arguments.check)
    if writes and found.guessed:
        return _refused(found, paths)
    remaining = proof(found)
    style = style_for(sys.stdout, arguments.color, host.environment)
    if arguments.diff:
        write("".join(diff(*_texts(file), file.path, style) for file in found.files))
        say(
            report(
                found,
                remaining,
                "would be ",
                style_for(sys.stderr, arguments.color, host.environment),
            )
        )
    else:
        write(report(found, remaining, "would be " if arguments.check else "", style) + "\n")
    if arguments.check:
        return 1 if any(file.is_changed for file in found.files) else 0
    return 0 if arguments.diff or _written(found, keeps=arguments.backup) else 2


def _refused(found: Migration, paths: tuple[str, ...]) -> int:
    """A guess is not made permanent: nobody could tell afterwards that it was one."""
    meanings = found.generations.meanings(found.guessed)
    for name in dict.fromkeys(meaning.semantics for meaning in meanings):
        here = [meaning for meaning in meanings if meaning.semantics == name]
        say(
            f"borgplan migrate: no borgmatic release is "
            f"specified for {files_of(here)}; {name} would be a guess"
        )
    names = shlex.join(paths or found.guessed)
    say(
        "Nothing was written. Specify the release that runs there now: borgplan migrate --semantics "
        f"{meanings[0].semantics} {names}; --diff shows what that does."
    )
    return 2


def proof(found: Migration) -> list[Difference]:
    """What is different afterwards, in the order of the lines of the files as they were."""
    remaining = [Difference(*told) for told in found.told]
    for number, (old, new) in enumerate(found.plans()):
        if number:
            remaining += differences(old, new, found.moved)
        elif old.actions != new.actions:
            words = f"{', '.join(old.actions)} -> {', '.join(new.actions)}"
            remaining.append(Difference("actions", words, Span(old.scopes[1].origin.file)))
    return condensed(remaining)


def _written(found: Migration, *, keeps: bool) -> bool:
    """Write all changed files; whether that went well."""
    from ..system.files import keep_copy, rewrite

    for file in found.files:
        if not file.is_changed:
            continue
        try:
            if keeps:
                say(f"borgplan migrate: the old file is kept as {keep_copy(file.path)}")
            rewrite(file.path, file.after, file.before)
        except OSError as error:
            say(f"borgplan migrate: {file.path}: {reason(error)}; it is as it was")
            return False
    return True


def _texts(file: File) -> tuple[str, str]:
    problems = Diagnostics()
    before, after = (decode(file.path, data, problems) for data in (file.before, file.after))
    return before or "", after or ""


def _show(diagnostics: Diagnostics, host: RealHost, arguments: argparse.Namespace) -> None:
    from ...compiler.source.host import UnreadableError
    from ...compiler.syntax.load import MAX_BYTES

    texts = {}
    for path in {item.span.file for item in diagnostics}:
        try:
            texts[path] = decode(path, host.read(path, MAX_BYTES), Diagnostics()) or ""
        except UnreadableError:
            continue
    style = style_for(sys.stderr, arguments.color, host.environment)
    sys.stderr.write(render(diagnostics, texts, style))
