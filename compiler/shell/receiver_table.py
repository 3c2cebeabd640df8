"""The table of commands that are known to take plain text."""

from __future__ import annotations

from ..support.record import NamedTuple


class Receiver(NamedTuple):
    """A command that runs nothing of what it is given.

    `operands`: those are text. `texts`: options whose value is text; `prose`: those whose value is text as
    long as no JSON, form or the like stands around it; `code`: those whose value would be run. `flags`,
    `long_flags`: options without a value. `data`: its other arguments are names that a configuration may
    give. `guarded`: it has options. `input`: it reads text on standard input, though not with one of the
    options `not_with`, and if `input_alone` only without operands. `commands`: only these subcommands, right
    after its name, are known.
    """

    operands: bool = False
    texts: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()
    flags: str = ""
    long_flags: frozenset[str] = frozenset()
    data: bool = False
    guarded: bool = True
    input: bool = False
    not_with: frozenset[str] = frozenset()
    input_alone: bool = False
    commands: frozenset[str] = frozenset()


UNKNOWN = Receiver()
ANYTHING = Receiver(operands=True, guarded=False, input=True)  # of a project file
PRINTING = Receiver(operands=True, guarded=False)
_NAMES = Receiver(data=True)
_FILTER = Receiver(data=True, input=True)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Messages to people and services.
_SPEAKING = {
    "echo": PRINTING,
    ":": PRINTING,
    "case": PRINTING,
    "printf": Receiver(guarded=False, data=True),
    "test": Receiver(guarded=False, data=True),
    "[": Receiver(guarded=False, data=True),
    "logger": Receiver(
        operands=True, texts=_set("-t --tag"), flags="isec", input=True, data=True,
        long_flags=_set("--stderr --no-act --skip-empty"),
    ),
    "mail": Receiver(
        texts=_set("-s --subject"), flags="EnvN", data=True, input=True, code=_set("-S -X -Y -e"),
        not_with=_set("-~"),
    ),
    "sendmail": Receiver(
        data=True, input=True, code=_set("--passwordeval"),
        not_with=_set("-t -ti --read-recipients -bs"),
    ),
    "wall": Receiver(operands=True, flags="n", input=True),
    "write": Receiver(data=True, input=True),
    "systemd-cat": Receiver(texts=_set("-t --identifier"), input=True, input_alone=True),
    "systemd-notify": Receiver(texts=_set("--status"), data=True),
    "notify-send": Receiver(
        operands=True, texts=_set("-a --app-name"), data=True, flags="e", long_flags=_set("--transient"),
    ),
    "curl": Receiver(
        operands=True,
        texts=_set("--data-urlencode --form-string -F --form"),
        prose=_set("-d --data --data-raw --data-binary --data-ascii"),
        code=_set("-K --config"),
        flags="fsSLkigGINv#0346",
        long_flags=_set(
            "--fail --silent --show-error --location --insecure --compressed --verbose --get "
            "--fail-with-body --no-progress-meter --retry-connrefused --retry-all-errors"
        ),
        data=True, input=True, not_with=_set("-K --config"),
    ),
    "wget": Receiver(
        operands=True, prose=_set("--post-data --body-data"), code=_set("--use-askpass -e --execute"),
        flags="qv", long_flags=_set("--quiet --spider --no-verbose"), data=True,
    ),
    "apprise": Receiver(
        texts=_set("-b --body -t --title"), flags="vD", data=True, input=True, long_flags=_set("--verbose"),
    ),
    "telegram-send": Receiver(operands=True, data=True, input=True),
    "mosquitto_pub": Receiver(texts=_set("-m --message"), flags="rdql", data=True),
    "zabbix_sender": Receiver(texts=_set("-o --value"), flags="v", data=True),
    "jq": Receiver(input=True, guarded=False),
}  # fmt: skip
_SPEAKING |= dict.fromkeys(("mailx", "mutt", "s-nail", "bsd-mailx"), _SPEAKING["mail"])
_SPEAKING |= dict.fromkeys(("msmtp", "ssmtp"), _SPEAKING["sendmail"])

# Filters print what they read, and run nothing of it.
_FILTERS = dict.fromkeys(
    ("base64", "cat", "column", "cut", "egrep", "expand", "fgrep", "fmt", "fold", "grep", "gzip", "head",
     "iconv", "md5sum", "nl", "rev", "sha256sum", "sort", "tac", "tail", "tee", "tr", "uniq", "wc"),
    _FILTER,
)  # fmt: skip
_FILTERS["sort"] = _FILTER._replace(code=_set("--compress-program"))

# What they are given are names: of files, services, containers, databases, repositories.
_NAMING = dict.fromkeys(
    ("basename", "blkid", "btrfs", "chgrp", "chmod", "chown", "cp", "createdb", "date", "df", "dirname",
     "dropdb", "du", "etherwake", "fsck", "getent", "hdparm", "id", "initctl", "kill", "ln", "ls",
     "lsblk", "lvcreate", "lvremove", "lvs", "mariadb-dump", "mkdir", "mktemp", "mongodump", "mount",
     "mountpoint", "mv", "mysqladmin", "mysqldump", "pg_dump", "pg_dumpall", "pg_isready", "pg_restore",
     "ping", "rc-service", "readlink", "realpath", "rm", "rmdir", "service", "sleep", "stat", "sync",
     "systemctl", "touch", "truncate", "umount", "vgs", "wakeonlan", "xfs_freeze", "zfs", "zpool"),
    _NAMES,
)  # fmt: skip
_NAMING |= dict.fromkeys(
    ("docker", "podman"),
    _NAMES._replace(
        commands=_set("inspect kill logs pause port ps restart rm start stop unpause wait"),
    ),
)
_NAMING["borg"] = Receiver(data=True, code=_set("--rsh --remote-path"))

RECEIVERS = _SPEAKING | _FILTERS | _NAMING

# Commands that do nothing with files that others have written.
CALM = frozenset(
    ("cd", "exit", "export", "false", "hostname", "pwd", "return", "set", "shift", "true", "umask", "uname",
     "unset", "wait", "whoami")
)  # fmt: skip
