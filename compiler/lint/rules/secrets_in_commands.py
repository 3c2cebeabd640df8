"""Secrets on the command lines of hooks, where everybody on the machine can read them."""

from __future__ import annotations

from ...source.diagnostic import Diagnostics
from ...support.regex import lazily
from ..rule import HookRule
from .hook_commands import Hooks

# Each with a word for the message. Where only a literal counts, a value from the environment is none.
_PATTERNS = (
    ("the password after -p", lazily(r"\b(?:mysql|mariadb)[\w-]*\s(?:[^|;&]*\s)?-p[^\s|;&]")),
    (
        "the value of this option",
        lazily(
            r"\s--(?:password|passwd|passphrase|token|api[-_]?key|secret[-_]?key|access[-_]?key)[= ][\"']?[^\s\"'-]"
        ),
    ),
    (
        "this variable's value",
        lazily(
            r"\b(?:PGPASSWORD|MYSQL_PWD|SSHPASS|[A-Z_]*(?:PASSWORD|PASSPHRASE|TOKEN|SECRET|API_KEY))=[\"']?[^\s\"'$`{;<]"
        ),
    ),
    (
        "the password after the user's name",
        lazily(r"\b(?:curl|wget)\b[^|;&]*\s(?:-u|--user)[= ]?[\"']?[^\s:\"'$]+:[^\s\"'$]"),
    ),
    ("the credential of this header", lazily(r"(?i)authorization:\s*\w+\s+[^\s\"'$`{]{6}")),
    ("the password in this address", lazily(r"://[^/\s:@\"'$]+:[^/\s@\"'${]+@")),
)
# One of these is in every such command, in any case.
_HINTS = ("-p", "pass", "token", "secret", "key", "pwd", "-u", "author", "@")

_CAPABILITY = lazily(
    r"https?://(?:hc-ping\.com/[0-9A-Za-z-]{20,}|hooks\.slack\.com/services/\S{10,}|"
    r"discord(?:app)?\.com/api/webhooks/\S{20,}|api\.telegram\.org/bot\d+:\w+|[\w.-]+(?::\d+)?/api/push/\w{6,})"
)


def secrets_in_commands(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP614: one for each command."""
    for found in hooks.commands:
        text = found.command.text
        lowered = text.lower()
        if not any(hint in lowered for hint in _HINTS):
            continue
        what = next((word for word, pattern in _PATTERNS if pattern.search(text)), None)
        if what is not None:
            diagnostics.warning(
                "BP614",
                f"{what} is part of a command line: everybody on this machine can read it while the command runs",
                found.command.span,
                "let the program read it from a file (~/.pgpass, ~/.my.cnf, ~/.netrc, curl -K)",
            )


def secret_addresses(hooks: Hooks, diagnostics: Diagnostics) -> None:
    """BP612: an address that is a secret."""
    for found in hooks.commands:
        if "://" in found.command.text and _CAPABILITY.search(found.command.text):
            diagnostics.note(
                "BP612",
                "this address is a secret, because whoever knows it can use it; it is part of every plan and copy",
                found.command.span,
                'read it from a file: curl … "$(cat /etc/borgmatic/ping-url)"',
            )


RULES = (HookRule(("BP612",), secrets_in_commands), HookRule(("BP614",), secret_addresses))
