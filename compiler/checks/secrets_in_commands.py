"""Secrets on the command lines of hooks, where everybody on the machine can read them."""

from __future__ import annotations

from ..compile import Compilation
from ..diagnostic import Diagnostics
from ..host import Host
from ..lazily import lazily
from .hook_commands import hook_commands

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
_HINTS = lazily(r"(?i)-p|pass|token|secret|key|pwd|-u|authorization|@")


def secrets_in_commands(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP614: one for each command."""
    for found in hook_commands(compilation):
        text = found.command.text
        if not _HINTS.search(text):
            continue
        what = next((word for word, pattern in _PATTERNS if pattern.search(text)), None)
        if what is not None:
            diagnostics.warning(
                "BP614",
                f"{what} is part of a command line: while it runs, everybody on this machine can read it",
                found.command.span,
                "let the program read it from a file of its own (~/.pgpass, ~/.my.cnf, ~/.netrc, curl -K)",
            )
