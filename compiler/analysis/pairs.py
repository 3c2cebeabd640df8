"""The forms of commands that take something and give it back. Two tables, both data. `PAIRS` has a form of command for each side:

    systemctl stop {unit...}       systemctl start|restart {unit...}

A word stands for itself, `a|b` for either, an option for itself wherever it stands, `{name}` for one
argument (behind an option or `>` the next word; at the end the last argument), `{name...}` for all that
are left. Options that a form doesn't name are passed over. `OPPOSITES` pairs commands that are the same but
for one word, as in `hooks.sh setup` and `hooks.sh cleanup`.
"""

from __future__ import annotations

from ..plan.claims import Pair

PAIRS = (
    Pair(
        "service",
        ("systemctl stop {unit...}", "service {unit} stop", "rc-service {unit} stop"),
        ("systemctl start|restart|try-restart|reload-or-restart {unit...}",
         "service {unit} start|restart", "rc-service {unit} start|restart"),
        either=True, owed=True,
    ),
    Pair("masked unit", ("systemctl mask {unit...}",), ("systemctl unmask {unit...}",), owed=True),
    Pair(
        "container",
        ("docker|podman stop|pause|kill {name...}", "docker|podman container stop|pause {name...}"),
        ("docker|podman start|unpause|restart {name...}",
         "docker|podman container start|unpause|restart {name...}"),
        either=True, owed=True,
    ),
    Pair(
        "mount",
        ("mount {path}", "sshfs {path}", "rclone mount {path}", "borg mount {path}",
         "mount.cifs {path}", "mount.nfs {path}", "davfs2 {path}", "gocryptfs {path}",
         "encfs {path}", "bindfs {path}", "s3fs {path}", "curlftpfs {path}"),
        ("umount {path...}", "fusermount|fusermount3 -u {path...}", "fusermount|fusermount3 -uz {path...}",
         "borg umount {path...}"),
        unless="remount",
    ),
    Pair(
        "encrypted volume",
        ("cryptsetup open|luksOpen|plainOpen|tcryptOpen {name}",),
        ("cryptsetup close|luksClose|remove {name}",),
        owed=True,
    ),
    Pair(
        "snapshot",
        ("btrfs subvolume|sub|su snapshot|snap {path}", "zfs snapshot|snap {name}",
         "lvcreate -n {name}", "lvcreate --name {name}", "snapper create {name}"),
        ("btrfs subvolume|sub|su delete|del {path...}", "zfs destroy {name}",
         "lvremove {name...}", "snapper delete|remove {name}"),
        owed=True,
    ),
    Pair(
        "freeze",
        ("fsfreeze -f {path}", "fsfreeze --freeze {path}", "xfs_freeze -f {path}"),
        ("fsfreeze -u {path}", "fsfreeze --unfreeze {path}", "xfs_freeze -u {path}"),
        owed=True,
    ),
    Pair(
        "file",
        ("> {path}", "touch|mkdir|mkfifo {path}", "cp|mv|ln|rsync|install {path}",
         "pg_dump|pg_dumpall -f {path}", "pg_dump|pg_dumpall --file {path}",
         "mysqldump|mariadb-dump -r {path}", "mysqldump|mariadb-dump --result-file {path}",
         "redis-cli --rdb {path}", "mongodump -o {path}", "mongodump --out {path}",
         "mongodump --archive {path}", ".backup|.dump {path}", "tar -cf {path}", "tar -czf {path}",
         "tee {path}"),
        ("rm|rmdir|unlink|shred|trash {path...}",),
    ),
)  # fmt: skip

# Read by `compose.py`, as what it is about may stand nowhere: all services.
COMPOSE = Pair("compose service", ("docker-compose",), ("docker-compose",), either=True, owed=True)

# The words of one side, those of the other, and whether either may come first.
OPPOSITES = (
    (("on",), ("off",), True),
    (("stop", "down", "pause", "suspend"), ("start", "up", "unpause", "resume", "restart"), True),
    (("enable",), ("disable",), True),
    (("open",), ("close",), True),
    (("attach",), ("detach",), True),
    (("connect",), ("disconnect",), True),
    (("activate",), ("deactivate",), True),
    (("lock",), ("unlock",), False),
    (("mount",), ("umount", "unmount"), False),
    (("freeze",), ("thaw", "unfreeze"), False),
    (("acquire", "take"), ("release", "give"), False),
    (
        ("setup", "before", "pre", "prepare", "begin"),
        ("cleanup", "after", "post", "teardown", "finish", "finalize", "end"),
        False,
    ),
)
FAMILIES = [
    Pair(f"{one[0]} and {other[0]}", one, other, either=either, exact=True)
    for one, other, either in OPPOSITES
]
