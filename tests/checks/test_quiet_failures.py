"""BP311: failures that exit code 75 hides."""

from __future__ import annotations

import json

import pytest

from tests.checks.finding import START, found, hook


def severities(command: str, position: str = "before action", more: str = "") -> list[str]:
    text = hook(position, json.dumps(command)) + more
    return [d.severity.word for d in found(text, "2.1") if d.code == "BP311"]


@pytest.mark.parametrize(
    "command",
    [
        "pg_dump app > /x || exit 75",
        "/usr/local/bin/dump.sh || exit 75",
        "docker exec db pg_dump app > /y || (echo no dump; exit 75)",
        "sh -c 'mysqldump app > /y || exit 75'",
        "if ! pg_dump app > /x; then echo bad; exit 75; fi",
        "pg_dump app > /x\n[ $? -eq 0 ] || exit 75",
        "rsync -a /a /b || { logger no; exit 75; }",
        "systemctl stop app || exit 75",
        "docker compose stop app || exit 75",
        "command -v pg_dump > /dev/null || exit 75",
        '[ "$(id -u)" = 0 ] || exit 75',
        "bash -c '(( EUID == 0 ))' || exit 75",
        "test -x /usr/bin/pg_dump || exit 75",
        "test -f /etc/app/app.yaml || exit 75",
        "exit 75",
        "echo not today; exit 75",
        "trap 'exit 75' ERR\n./dump",
    ],
)
def test_work_and_what_does_not_change_by_itself(command: str) -> None:
    assert severities(command) == ["warning"]


@pytest.mark.parametrize(
    "command",
    [
        "findmnt /mnt/backup > /dev/null || exit 75",
        "mountpoint -q /mnt || exit 75",
        "if ! mountpoint -q /mnt; then exit 75; fi",
        "if findmnt /mnt; then :; else exit 75; fi",
        "ping -c 1 nas > /dev/null || { echo away; exit 75; }",
        "ping -c 1 nas && nc -z nas 22 || exit 75",
        "mount | grep -q /mnt || exit 75",
        "findmnt /mnt || mount /mnt || exit 75",
        '[ "$(cat /sys/class/power_supply/AC/online)" = 1 ] || exit 75',
        "ssh nas true || exit 75",
        "/etc/borgmatic/check-disk.sh || exit 75",
        "systemctl is-active app || exit 75",
    ],
)
def test_what_comes_and_goes_is_a_note_unless_somebody_misses_the_backups(command: str) -> None:
    assert severities(command) == ["note"]
    ping = "  - {after: action, states: [finish], run: ['curl https://hc-ping.com/0000']}\n"
    assert severities(command, more=ping) == []
    assert severities(command, more="cronitor: {ping_url: x}\n") == []


@pytest.mark.parametrize(
    "command",
    [
        "[ -e /run/lock ] && exit 75",
        "pgrep steam && exit 75",
        "if findmnt /mnt; then exit 75; fi",
        "case $(date +%u) in 6|7) exit 75;; esac",
        "sleep 75",
        "pg_dump app > /x || exit 1",
        "echo 'pg_dump || exit 75'",
    ],
)
def test_what_hides_no_failure(command: str) -> None:
    assert severities(command) == []


def test_only_where_exit_code_75_is_quiet() -> None:
    dump = "pg_dump app > /x || exit 75"
    assert severities(dump, "before configuration") == ["warning"]
    assert severities(dump, "before everything") == []  # a failure like any other: BP328
    assert severities(dump, "after action") == []  # BP325
    old = f"{START}before_backup: [{json.dumps(dump)}]\nafter_backup: [{json.dumps(dump)}]\n"
    assert "BP311" not in [d.code for d in found(old, "1.3")]
    assert [d.code for d in found(old, "1.8.0")].count("BP311") == 2
