"""What `--help` and `--help-actions` print: of a command its own options first, those of actions on demand."""

from __future__ import annotations

import argparse
import os
import re
import sys

from ...compiler.support.record import TYPE_CHECKING
from ..report.style import style_for
from ..report.wrapping import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable

FLAG = "--help-actions"
_WIDEST = 100  # columns, beyond which lines are hard to read
OF_ACTIONS = "options of actions"
_OF_ACTIONS = "Options of actions. In brackets: the actions that take the option; select actions with --actions."


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help of a width. argparse makes one for each option, and asking a terminal costs more than parsing: so `width` is
    only given where something is shown."""

    def __init__(self, prog: str, width: int = _WIDEST) -> None:
        super().__init__(prog, max_help_position=30, width=width)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """Not within words such as `repo-list`, which somebody wants to copy."""
        import textwrap

        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Lines that fit, of which those of a table go on below its second column."""
        lines: list[str] = []
        for line in text.splitlines():
            row = re.match(r"  \S.*?  +", line)
            lines += fitting(indent + line, width, row.end() if row else 0)
        return "".join(f"{line}\n" for line in lines)


class HelpParser(argparse.ArgumentParser):
    """A parser whose help is divided. `shown`: the fields of the options of actions that `--help` lists, first of
    all; for commands that are an action."""

    shown: Iterable[str] = ()

    def format_help(self) -> str:
        """All but the options of actions that are not `shown`."""
        others: list[argparse._ArgumentGroup] = []
        of_actions: list[argparse._ArgumentGroup] = []
        for group in self._action_groups:
            (of_actions if group.title == OF_ACTIONS else others).append(group)
        formatter = self._start(self.description)
        # The first is what stands without a flag.
        for group in (*others[:1], *of_actions, *others[1:]):
            named = self.shown if group in of_actions else None
            title = f"options of {self.prog.partition(' ')[2]}" if named else group.title
            self._section(formatter, group, title, named)
        formatter.add_text(self.epilog)
        return formatter.format_help()

    def format_help_of_actions(self) -> str:
        """The options of actions, and no others."""
        formatter = self._start(_OF_ACTIONS)
        for group in self._action_groups:
            if group.title == OF_ACTIONS:
                self._section(formatter, group, group.title, None)
        formatter.add_text(f"For all other options: {self.prog} --help")
        return formatter.format_help()

    def sections(self) -> list[tuple[str, list[argparse.Action]]]:
        """The arguments below their titles."""
        groups = self._action_groups
        return [(group.title or "", list(group._group_actions)) for group in groups]  # noqa: SLF001

    def short_usage(self) -> str:
        """The program and what stands without a flag."""
        words = (_usage(action) for action in self._get_positional_actions())
        return " ".join([self.prog, *words, "[options]"])

    def _start(self, description: str | None) -> argparse.HelpFormatter:
        columns = style_for(sys.stdout, "never", os.environ).columns or _WIDEST
        formatter = Formatter(self.prog, min(columns, _WIDEST))
        formatter.add_usage(self.usage or self.short_usage(), (), ())
        formatter.add_text(description)
        return formatter

    def _section(
        self,
        formatter: argparse.HelpFormatter,
        group: argparse._ArgumentGroup,
        title: str | None,
        named: Iterable[str] | None,
    ) -> None:
        actions = [a for a in group._group_actions if named is None or a.dest in named]  # noqa: SLF001
        formatter.start_section(title)
        formatter.add_arguments(actions)
        formatter.end_section()


class HelpOfActions(argparse.Action):
    """The option that prints `format_help_of_actions`."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        if isinstance(parser, HelpParser):
            print(parser.format_help_of_actions(), end="")
        parser.exit()


def _usage(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    match action.nargs:
        case "?":
            return f"[{name}]"
        case "*":
            return f"[{name} ...]"
        case "+":
            return f"{name} [{name} ...]"
        case _:
            return name
