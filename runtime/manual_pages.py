"""Manual pages, from the parsers: `borgplan(1)`, and one for each command, which packages install."""

from __future__ import annotations

from argparse import Action
from collections.abc import Iterable, Iterator

from .cli.help import FLAG
from .cli.parser import COMMANDS, Parser
from .reference_page import parser_for, takes
from .system.version import VERSION

_CONFIG = "Without CONFIG: the files in borgmatic's default locations."
_FILES = (
    ("/etc/borgmatic/config.yaml, /etc/borgmatic.d/*.yaml", "configuration files"),
    ("borgplan.yaml", "the project file, beside a configuration file"),
)
_CODES = (
    ("0", "success"),
    ("1", "a step failed, a file was skipped or there are findings"),
    ("2", "usage error or unusable input"),
    ("3", "a bug of borgplan"),
    ("128+n", "ended by signal n"),
)


def pages() -> dict[str, str]:
    """Texts by file name, in roff."""
    return {
        "borgplan.1": _overview(),
        **{f"borgplan-{command}.1": _page(command) for command in COMMANDS},
    }


def _overview() -> str:
    commands = ((f"borgplan-{name}(1)", text) for name, text in COMMANDS.items())
    return _text(
        _head("borgplan", "compile borgmatic configuration files into a plan, show it and run it"),
        ".SH SYNOPSIS", ".B borgplan", "COMMAND [CONFIG ...] [options]",
        ".SH DESCRIPTION", _plain(_CONFIG),
        ".SH COMMANDS", *_items(commands),
        *_items([("borgplan ACTION", "the same as apply --actions ACTION: create, prune, list, extract and others"),
                 ("borgplan borgmatic ...", "borgmatic's command line, also by that name of the executable")]),
        ".SH FILES", *_items(_FILES), ".SH EXIT STATUS", *_items(_CODES),
        ".SH SEE ALSO", ".BR borg (1)",
    )  # fmt: skip


def _page(command: str) -> str:
    parser, text = parser_for(command), COMMANDS[command]
    words = parser.short_usage().split(" ", 2)
    return _text(
        _head(f"borgplan-{command}", text),
        ".SH SYNOPSIS", f".B borgplan {command}", _plain(words[2]),
        ".SH DESCRIPTION", _plain(f"{text[0].upper()}{text[1:]}."),
        *_options(parser), ".SH EXIT STATUS", *_items(_CODES),
        ".SH SEE ALSO", ".BR borgplan (1)",
    )  # fmt: skip


def _options(parser: Parser) -> Iterator[str]:
    for title, arguments in parser.sections():
        rows = [
            (_name(a), a.help or "")
            for a in arguments
            if not {"--help", FLAG} & set(a.option_strings)
        ]
        if rows:
            yield f'.SH "{title.upper()}"'
            yield from _items(rows)


def _name(argument: Action) -> str:
    value = takes(argument)
    return ", ".join(f"{flag} {value}".rstrip() for flag in argument.option_strings) or value


def _head(name: str, text: str) -> str:
    """Names of commands and files aren't divided, and lines not stretched."""
    title = f'.TH {name.upper()} 1 "" "borgplan {VERSION}"\n.nh\n.ad l'
    return f"{title}\n.SH NAME\n{_plain(name)} \\- {_plain(text)}"


def _items(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in rows:
        yield f".TP\n.B {_plain(name)}\n{_plain(text)}"


def _plain(text: str) -> str:
    """What roff shows as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
