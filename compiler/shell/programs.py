"""Programs that write what a service holds: what they print is the backup of it."""

from __future__ import annotations

import re

from ..support.regex import lazily

# What may stand between two words is bounded: a long text must not take long.
_DUMP = lazily(
    r"(?<![\w.-])(?:"
    r"pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mariabackup|mariadb-backup|xtrabackup|"
    r"mongodump|mongoexport|arangodump|slapcat|influxd?\s+backup|(?:zfs|btrfs)\s+send|"
    r"etcdctl\s[^;|&]{0,80}?snapshot|redis-cli\s[^;|&]{0,80}?--rdb|sqlite3\s[^;|&]{0,200}?\.(?:dump|backup)"
    r")(?![\w-]|\.\w)"
)


def dump(text: str) -> re.Match[str] | None:
    """The first such program in a command."""
    return _DUMP.search(text)


def names_dump(text: str) -> bool:
    """Whether a command names such a program."""
    return _DUMP.search(text) is not None
