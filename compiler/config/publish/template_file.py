"""A first configuration file, for people to go on from."""

from __future__ import annotations

import re

from ...syntax.scalars import resolve
from ..interpolate import ENVIRONMENT

_PLAIN = re.compile(r"[A-Za-z0-9/._~][A-Za-z0-9/._~@+:=-]*")

_TEXT = """\
# What to back up and where to, for borgplan and for borgmatic 2.
#
# What a run would do:  borgplan plan FILE
# All options:          https://torsion.org/borgmatic/reference/configuration/

# What to back up. Patterns such as /home/*/documents are expanded.
source_directories:
{sources}

# Repositories: paths or addresses such as ssh://user@host/./backup.borg. Each gets its own archive.
repositories:
    - path: {repository}

# What to exclude: directories that programs mark as caches, and these patterns.
exclude_caches: true
exclude_patterns:
    - '*/.cache'

# The passphrase of the repository: from a file that only you can read, or from a command that
# prints it. Keep a copy in another place: without it the backup can't be read.
# encryption_passphrase: '{{credential file /etc/borgmatic/passphrase}}'
# encryption_passcommand: pass show borg

# Compression algorithm and level.
compression: zstd

# How many archives to keep; prune deletes the others.
keep_daily: 7
keep_weekly: 4
keep_monthly: 6

# What to check, and how often.
checks:
    - name: repository
      frequency: 2 weeks
    - name: archives
      frequency: 1 month

# Hooks. This one sends mail when a backup fails; `before: action` and
# `after: action` with `when: [create]` run around a backup.
# commands:
#     - after: error
#       run:
#           - 'echo {{error}} | mail -s "the backup failed" root'
"""


def starter(sources: tuple[str, ...], repository: str) -> str:
    """The text of a file that backs up `sources` to `repository`, which are taken as they are.

    Raises ValueError for what can't stand on a line.
    """
    lines = "\n".join(f"    - {_scalar(source)}" for source in sources)
    return _TEXT.format(sources=lines, repository=_scalar(repository))


def _scalar(text: str) -> str:
    """As YAML that means exactly this text, and nothing of the environment."""
    if not text or not text.isprintable():
        raise ValueError(text)
    meant = ENVIRONMENT.sub(lambda found: f"\\{found[0]}", text)
    if _PLAIN.fullmatch(meant) and isinstance(resolve(meant), str) and not meant.endswith(":"):
        return meant
    doubled = meant.replace("'", "''")
    return f"'{doubled}'"
