"""The reference page of options, from their table: `make docs` writes it to docs/options.md."""

from __future__ import annotations

from ..options import LATER, OPTIONS, REPOSITORY_OPTIONS, SECTIONS, Option, Type
from .service_schema import page as service_page

_HEAD = """\
# Options

Written by `make docs` from the table in `compiler/config/options.py`. Options stand at the top of a file, or, in the old form,
in the section they are listed under. What an option does is borgmatic's meaning of it; [differences](divergences.md)
are few. `borgplan schema` gives the same as a JSON Schema for editors, `--set OPTION=VALUE` sets one from the command
line.
"""
_ONE_REPOSITORY = """
## Of one repository

An entry of `repositories` has `path`, and may have these and, from borgmatic 2.1.10 on, any option that is to be
different for it.

"""
_TITLES = {
    "location": "What to back up, and where to",
    "storage": "How Borg works",
    "retention": "What to keep",
    "consistency": "Checks",
    "output": "Output",
    "hooks": "Hooks and surroundings",
}


def page() -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD]
    for section in SECTIONS:
        parts += [f"\n## {_TITLES[section]} (`{section}:`)\n\n", *_table(section)]
    parts += [
        _ONE_REPOSITORY,
        *_rows(REPOSITORY_OPTIONS),
    ]
    parts += service_page()
    names = ", ".join(f"`{name}`" for names in LATER.values() for name in sorted(names))
    parts.append(
        "\n## Known by name\n\nborgplan doesn't implement these yet: `plan` and `lint` warn, and `apply` leaves out a file "
        f"with one of them.\n\n{names}\n"
    )
    return "".join(parts)


def _table(section: str) -> list[str]:
    return _rows(tuple(option for option in OPTIONS if option.section == section))


def _rows(options: tuple[Option, ...]) -> list[str]:
    head = "| option | takes | for Borg | |\n| --- | --- | --- | --- |\n"
    return [head, *(_row(option) for option in options)]


def _row(option: Option) -> str:
    name = f"`{option.name}`" + (f", once `{option.former}`" if option.former else "")
    help_ = option.help if option.implemented else f"{option.help} Not implemented yet."
    return f"| {name} | {_takes(option)} | {_borg(option)} | {help_} |\n"


def _takes(option: Option) -> str:
    words = option.type.value
    if option.choices and option.type is not Type.EXIT_CODES:
        words = " or ".join(option.choices) if option.type is Type.CHOICE else words
    if option.booleans is not None:
        words += ", or true or false"
    limits = [f"from {option.minimum}"] if option.minimum is not None else []
    limits += [f"to {option.maximum}"] if option.maximum is not None else []
    return " ".join([words, *limits])


def _borg(option: Option) -> str:
    words = []
    if option.flag:
        release = f" (Borg {option.since} on)" if option.since else ""
        release += f" (before Borg {option.until})" if option.until else ""
        words.append(f"`{option.flag}`{release}")
    if option.variable:
        words.append(f"`{option.variable}`")
    return ", ".join(words)
