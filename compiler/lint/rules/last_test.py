"""Commands that end with a test: `grep -q … && …` fails where there is nothing to do."""

from __future__ import annotations

import re

from ...plan.model import Phase
from ...source.diagnostic import Diagnostics
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import Hooks

_TEST = lazily(
    r"(?:\A|\|\s*)(?:!\s+)?(?:\[{1,2}\s|test\s|e?grep\s+-\w*q|pgrep\s|pidof\s|command\s+-v\s|which\s|"
    r"mountpoint\s|findmnt\s|systemctl\s+(?:-q\s+|--quiet\s+)?is-)[^|]*\Z"
)
_QUOTED = lazily(r"'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)


def last_test(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP343: the last thing a hook does depends on a test, whose failure is the hook's."""
    for found in hooks.commands:
        if "&&" not in found.command.text or found.hook.phase is Phase.RECOVER:
            continue
        if _ends_with_a_test(found.command.text):
            diagnostics.warning(
                "BP343",
                "if the test before `&&` is false, this command fails, and with it the backup",
                found.command.span,
                "write `if …; then …; fi`, or add `|| true`",
            )


def _ends_with_a_test(text: str) -> bool:
    """Whether its last list of commands is `TEST && …`, with nothing for the other case."""
    plain = _QUOTED.sub(lambda match: "x" * len(match[0]), text.replace("\\\n", "  ")).strip()
    last = re.split(r"[\n;]", plain)[-1].strip()
    first, *rest = re.split(r"\s*&&\s*", last)
    return bool(rest) and "||" not in last and _TEST.search(first) is not None


RULES = (HookRule(("BP343",), last_test),)
