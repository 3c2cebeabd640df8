"""BP313: messages in before-hooks that can stop the backup."""

from __future__ import annotations

import json

import pytest

from tests.checks.finding import START, codes, found, hook


def is_told(command: str, position: str = "before action") -> bool:
    return "BP313" in codes(hook(position, json.dumps(command)))


@pytest.mark.parametrize(
    "command",
    [
        "curl -fsS -m 10 --retry 5 https://hc-ping.com/0000/start",
        "curl -fsS -o /dev/null https://hc.example.org/ping/abc/start",
        "curl https://monitor.example.org/0a1b2c3d-1234-1234-1234-123456789abc",
        "curl -d 'Backup started' ntfy.sh/topic",
        'sh -c \'curl -X POST -d "{\\"content\\":\\"Backup started\\"}" https://discord.com/api/webhooks/1/x\'',
        "curl -s https://api.telegram.org/bot1:x/sendMessage -d chat_id=1 -d text=go",
        "wget -qO- https://hc-ping.com/0000/start",
        "wget --spider https://uptime.example.org/api/push/abc",
        "notify-send 'Backup begins'",
        "sudo -u me DISPLAY=:0 notify-send x",
        "echo 'Backup begins' | mail -s borg root",
        "ntfy publish topic started",
        "apprise -b started mailto://x",
        "/usr/local/bin/notify.sh start",
        "python3 -u /opt/telegram.py start",
        "bash /opt/notify.sh start",
        "curl https://hc-ping.com/0000/start || exit 1",
        "curl https://hc-ping.com/0000/start || { echo no; exit 75; }",
        "set -e; curl https://hc-ping.com/0000/start; ./dump",
        "curl https://hc-ping.com/0000/start && ./dump",
        "if [ -e /x ]; then curl https://hc-ping.com/0000/start; fi",
        "timeout 10 curl https://hc-ping.com/0000/start",
        "systemctl start notify-backup@begin.service",
    ],
)
def test_a_message_that_can_fail(command: str) -> None:
    assert is_told(command)
    assert not is_told(command, "after action")


@pytest.mark.parametrize(
    "command",
    [
        "curl -fsS https://hc-ping.com/0000/start || true",
        "curl -fsS https://hc-ping.com/0000/start || :",
        "curl -fsS https://hc-ping.com/0000/start || echo no network",
        "curl -fsS https://hc-ping.com/0000/start > /dev/null 2>&1 || true",
        "(curl -fsS https://hc-ping.com/0000/start; ./dump) || true",
        "{ curl https://hc-ping.com/0000/start && echo sent; } || true",
        "bash -c 'curl https://hc-ping.com/0000/start || true'",
        "sh -c 'curl https://hc-ping.com/0000/start' || true",
        "curl https://hc-ping.com/0000/start &",
        "curl https://hc-ping.com/0000/start; true",
        "curl https://hc-ping.com/0000/start; ./dump",
        "curl -fsS https://hc-ping.com/0000/start | cat",
        "if curl https://hc-ping.com/0000/start; then echo sent; fi",
        "notify-send x || true",
        "echo started | mail root || true",
        "curl -o /bulk/config.xml https://opnsense/api/core/backup/download/this",
        "wget https://example.org/app.sql",
        "curl -XPUT http://localhost:9200/_snapshot/backup/1",
        "curl -sf https://backup.example.org",
        "ping -c 1 nas",
        "mountpoint /mnt",
        "logger backup starts",
        "pg_dump app > /x || curl https://hc-ping.com/0000/fail",
    ],
)
def test_what_cannot_stop_a_backup_or_is_to_do_so(command: str) -> None:
    assert not is_told(command)


def test_it_is_said_what_is_stopped() -> None:
    text = f"{START}before_check: ['notify-send x']\nbefore_backup: ['notify-send x']\n"
    told = [d.message for d in found(text, "1.8.0") if d.code == "BP313"]
    assert [message.rpartition(" fails and ")[2] for message in told] == [
        "check is skipped",
        "no backup is made",
    ]
