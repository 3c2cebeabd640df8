"""BP312: what later actions need is unmounted, or a machine stopped, before they run."""

from __future__ import annotations

import json

import pytest

from tests.checks.finding import found, hook


def messages(text: str, semantics: str = "2.1") -> list[str]:
    return [d.message for d in found(text, semantics) if d.code == "BP312"]


def of(position: str, command: str, *more: str, repository: str = "/mnt/disk/repo") -> list[str]:
    text = hook(position, json.dumps(command), *more)
    return messages(text.replace("/backups/one", repository))


CREATE = "when: [create]"


@pytest.mark.parametrize(
    "command",
    [
        "umount /mnt/disk",
        "umount -l /mnt/disk/",
        "mountpoint -q /mnt/disk && umount /mnt/disk || true",
        "fusermount -u /mnt/disk",
        "sudo umount /mnt",
        "sync; umount /mnt/disk",
        "systemctl stop mnt-disk.mount",
        "zfs unmount mnt/disk",
        "zpool export mnt",
        "systemctl suspend",
        "sudo systemctl poweroff",
        "/sbin/shutdown -h now",
        "shutdown -h +5",
        "poweroff",
        "rtcwake -m mem -s 3600",
        "echo mem > /sys/power/state",
        "sh -c 'sleep 5; poweroff' &",
        "dbus-send --dest=x /org/x org.freedesktop.login1.Manager.Suspend boolean:true",
        "[ -e /run/auto ] && systemctl hibernate",
    ],
)
def test_before_the_last_action(command: str) -> None:
    (message,) = of("after action", command, CREATE)
    assert "runs later" in message
    assert of("after configuration", command) == []
    assert of("after everything", command) == []
    assert of("before action", command, CREATE) == []


@pytest.mark.parametrize(
    "command",
    [
        "umount /mnt/other",
        "umount /mnt/disk/repository",
        "umount /mnt/disk2",
        "umount /mnt/disk; mount /mnt/disk",
        "systemctl stop app.service",
        "shutdown -c",
        "systemctl status poweroff.target",
        "echo poweroff",
        "rtcwake -m no -s 3600",
        "ssh other poweroff",
        "ssh nas umount /mnt/disk",
        "umount $WHERE",
    ],
)
def test_what_takes_nothing_away(command: str) -> None:
    assert of("after action", command, CREATE) == []


def test_the_machine_with_the_repository() -> None:
    for command in ("ssh nas poweroff", "ssh -p 22 root@nas.lan sudo systemctl suspend"):
        (message,) = of("after action", command, CREATE, repository="ssh://borg@nas.lan/./repo")
        assert "stops the machine" in message


def test_another_repository_needs_it_too() -> None:
    text = hook("after repository", "umount /mnt/disk").replace(
        "{path: /backups/one}", "{path: /mnt/disk/one}, {path: /mnt/disk/two}"
    )
    (message,) = messages(text)
    assert message.endswith("borg create of /mnt/disk/two runs later")
    mounted = f"{text}  - {{before: repository, run: [mount /mnt/disk]}}\n"
    assert messages(mounted) == []
    by_script = f"{text}  - {{before: repository, run: [/etc/borgmatic/prepare.sh]}}\n"
    assert messages(by_script) == []


def test_by_the_device_that_a_hook_mounts() -> None:
    text = hook("after action", "udisksctl unmount -b /dev/sdb1", CREATE)
    text += "  - {before: configuration, run: [mount /dev/sdb1 /backups]}\n"
    assert len(messages(text)) == 1


def test_by_a_constant_and_by_the_name_of_the_repository() -> None:
    text = hook("after action", "umount {disk}", CREATE).replace("/backups/one", "/mnt/disk/repo")
    assert len(messages(f"{text}constants: {{disk: /mnt/disk}}\n")) == 1
    assert messages(f"{text}constants: {{disk: /mnt/other}}\n") == []
    assert len(messages(hook("after action", "umount {repository}", CREATE))) == 1


def test_a_source_that_a_later_backup_reads() -> None:
    text = hook("after action", "umount /etc", CREATE)
    assert messages(text) == []
    two = text.replace("{path: /backups/one}", "{path: /one}, {path: /two}")
    (message,) = messages(two)
    assert "removes the source /etc" in message


def test_an_old_generation_runs_these_hooks_when_all_is_done() -> None:
    text = hook("after action", "x").split("commands:")[0] + "after_backup: [umount /backups]\n"
    assert messages(text, "1.5") == []
    assert len(messages(text, "1.8.0")) == 1
