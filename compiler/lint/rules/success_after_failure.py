"""Hooks that tell of a success, or act on one, and also run after a failure."""

from __future__ import annotations

import re

from ...config.model import Configuration
from ...lower.placement import Placement
from ...plan.model import Phase, Trigger
from ...semantics import Profile
from ...shell.lists import chains
from ...shell.printing import prints
from ...source.diagnostic import Diagnostic, Diagnostics, Severity
from ...support.regex import lazily, naming
from ..rule import HookRule
from .hook_commands import HookCommand, Hooks, spelled

_SUCCESS = lazily(
    r"(?i)\b(?:success(?:ful(?:ly)?)?|succeeded|completed?|finished|(?<!;)(?<!; )(?<!\n)done|created|backed up)\b"
)
# Of a line on a console: only what claims that all went well. That something has ended is true after failures too.
_CLAIM = lazily(
    r"(?i)\b(?:success(?:ful(?:ly)?)?|succeeded|completed?|created|backed up|went well|all good|is (?:safe|ok)|(?<!not )ok)\b"
)
# Text that tells both endings apart, or is about the other one.
_TOLD_APART = lazily(
    r"(?i)(?<!--)fail|(?<!--show-)error|\$\?|exit_status|exit_code|/start\b"  # --fail: curl's
)
_ECHO = lazily(r"\s*(?:(?:ba)?sh\s+-c\s+['\"]\s*)?(?:echo|printf|logger)\b")
_tells = naming(
    "curl", "wget", "notify-send", "ntfy", "apprise", "mail", "mailx", "sendmail", "msmtp",
    "telegram-send", "systemd-cat",
)  # fmt: skip
_PINGS = lazily(r"hc-ping\.com/|healthchecks|/api/push/|cronitor\.link|/ping/")
_dates = naming("touch", "date")
_STAMP = lazily(r"\A\s*touch\s|\bdate\b")
_OF_SUCCESS = lazily(r"(?i)success|succeed|complete|done|last[-_]ok|backup")
_copies = naming("rclone", "rsync", "s3cmd", "aws")
_COPIES = lazily(
    r"\b(?:rclone\s+(?:sync|copy|move)|rsync\s|s3cmd\s+(?:put|sync)|aws\s+s3\s+(?:cp|sync))"
)
_OF_BACKUPS = lazily(r"(?i)repo|borg|backup")


def success_after_failure(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP323, a warning; BP329, a note, where it is only a line on the console or in a log."""
    profile = hooks.profile
    lines: dict[str, list[HookCommand]] = {}
    for found in hooks.commands:
        hook, text = found.hook, found.command.text
        if hook.phase is not Phase.EXIT or hook.trigger is not Trigger.ALWAYS or hook.written[1]:
            continue
        what = _what(_without_excuses(text), found.configuration)
        if what:
            diagnostics.warning(
                "BP323",
                f"`{spelled(hook)}` also runs after a failure, and this {what}",
                found.command.span,
                _hint(hook, profile),
            )
        elif _ECHO.match(text) and _CLAIM.search(text) and not _TOLD_APART.search(text):
            lines.setdefault(found.configuration.path, []).append(found)
    for first, *others in lines.values():
        diagnostics.append(
            Diagnostic(
                "BP329",
                Severity.NOTE,
                f"`{spelled(first.hook)}` also runs after a failure, so this message is also printed after a failed backup",
                first.command.span,
                _hint(first.hook, profile),
                tuple(("and this one", other.command.span) for other in others),
            )
        )


def _without_excuses(text: str) -> str:
    """The text without what only runs if a command of it fails, `|| echo failed`, unless it tells endings apart.

    In `test -e done && ping || ping/fail` it does, in `ping || ping again` it doesn't.
    """
    if "||" not in text:
        return text
    parts = []
    for chain in chains(text):
        first, *others = chain.alternatives
        chained = any(link.joined == "&&" for link in first)
        excused = [
            part
            for part in others
            if not chained or all(prints(link.words) for link in part if link.words)
        ]
        kept = [first, *(part for part in others if part not in excused)]
        parts += [text[part[0].start : part[-1].end] for part in kept]
    return "\n".join(parts) or text


def _what(text: str, configuration: Configuration) -> str:
    """What a command does that only a success should; empty if it doesn't."""
    what = ""
    if _tells(text) and (_PINGS.search(text) or _SUCCESS.search(text)):
        what = "reports success"
    elif _dates(text) and not _ECHO.match(text) and any(map(_stamps, re.split(r"[|;&]", text))):
        what = "records the time of success"
    elif (
        _copies(text)
        and _COPIES.search(text)
        and (_OF_BACKUPS.search(text) or any(r.path in text for r in configuration.repositories))
    ):
        what = "copies data that may be incomplete"
    return what if what and not _TOLD_APART.search(text) else ""


def _stamps(command: str) -> bool:
    """Whether a command writes the time to a file whose name says that all went well."""
    stamp = _STAMP.search(command)
    if stamp is None:
        return False
    _, arrow, target = command[stamp.end() :].partition(">")
    is_touch = stamp[0] != "date"
    return bool(_OF_SUCCESS.search(command if is_touch else target)) and (is_touch or bool(arrow))


def _hint(hook: Placement, profile: Profile) -> str:
    if hook.title.startswith("commands["):
        return "add `states: [finish]`"
    if profile.states:
        return "use `commands:` with `after:` and `states: [finish]`"
    return "`after_backup` runs only if nothing failed"


RULES = (HookRule(("BP323", "BP329"), success_after_failure),)
