"""Which commands of hooks remove something for good."""

from __future__ import annotations

import pytest

from borgplan.compiler.shell.removing import removals


@pytest.mark.parametrize(
    "text",
    [
        "rm -f /tmp/dump",
        "sudo rm /tmp/dump",
        "find /var/dumps -mtime +7 -delete",
        "find /var/dumps -exec rm {} +",
        "rsync -a --delete /a/ /b/",
        "rclone sync /a remote:b",
        "docker exec app rm /tmp/dump",
        "docker image prune -f",
        "zfs destroy tank/data@x",
        "btrfs subvolume delete /snap",
        "mkfs.ext4 /dev/sdb1",
        "borg prune --keep-daily 7 /repo",
    ],
)
def test_these_remove(text: str) -> None:
    assert removals(text) == (text,)


def test_code_for_another_shell_is_looked_into() -> None:
    assert removals("sh -c 'cd /x && rm y'") == ("rm y",)
    assert removals("true && rm a; rm b || rm a") == ("rm a", "rm b")


@pytest.mark.parametrize(
    "text",
    [
        "echo rm everything",
        "docker run --rm app dump",
        "rsync -a /a/ /b/",
        "rclone copy /a remote:b",
        "find /var -name x",
        "systemctl stop app",
        "zfs snapshot tank/data@x",
        "logger 'prune and rm'",
        "./cleanup-and-rm",
    ],
)
def test_these_do_not(text: str) -> None:
    assert removals(text) == ()
