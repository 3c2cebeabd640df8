"""What tells somebody of a failure, wherever that is asked: lint, `plan --failures`, policies."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.analysis.alarms import told
from borgplan.compiler.analysis.failures import failures
from borgplan.compiler.plan.exits import Outcome
from tests.checks.finding import START, found
from tests.compiler.planning import planned

TELLING = [
    "send-alert {error}",
    "echo failed | mail -s borg root",
    "logger -t borg failed",
    "echo failed >> /var/log/borg-errors.log",
    "printf x | systemd-cat",
    "touch /run/backup-failed",
    "/etc/borgmatic/on-error.sh",
    "/usr/local/bin/notify.sh stop",
    "bash /etc/borgmatic/alert.sh",
    "sh -c send-alert",
    "systemctl start backup-alert@home",
    "docker start app; curl https://example.org/fail",
    "sudo -u me notify-send failed",
    'echo "$(curl https://example.org/fail)"',
    "wall failed",
    "echo $(send-alert) failed",
]
SILENT = [
    "echo failed",
    "/bin/echo {error} >&2",
    "printf '%s\\n' failed 1>&2",
    "sh -c 'echo failed'",
    'bash -c "echo failed"',
    'echo "$(date) failed"',
    "echo $(hostname) failed",
    "MESSAGE=failed; echo $MESSAGE",
    "cat <<EOF\nfailed\nEOF",
    "echo failed | tee /dev/stderr",
    "echo failed > /dev/tty",
    "if [ -t 1 ]; then echo failed; fi",
    "for i in 1 2; do echo failed; done",
    "true",
    "exit 1",
    "eval 'echo failed'",
    ">&2 echo failed",
    "echo failed >> /proc/1/fd/1",
    "{ echo failed; exit 1; }",
    "systemctl status --no-pager app",
    "journalctl -u borgmatic | tail",
    "umount /mnt",
    "umount /mnt; echo failed",
    'umount /mnt; echo "$(date) failed"; echo $(hostname) failed',
    "docker start app",
    "docker compose up -d",
    "rm -f /tmp/x",
    "borg break-lock /backups/one",
    "# nothing",
]


def lines(command: str) -> str:
    return (
        f"{START}commands:\n  - before: action\n    run: [./work]\n"
        f"  - after: error\n    run: [{json.dumps(command)}]\n"
    )


def notes(text: str) -> list[str]:
    return [d.message for d in found(text, "2.1") if d.code == "BP812"]


def is_told(command: str) -> bool:
    plan = planned(lines(command), semantics="2.1")
    answers = told(plan, failures(plan))
    inside = [a for a in answers if a.failure.outcome is Outcome.HARD]
    assert len({bool(a.alarms) for a in inside}) == 1
    return bool(inside[0].alarms)


@pytest.mark.parametrize("command", TELLING)
def test_somebody_is_told(command: str) -> None:
    assert is_told(command)
    assert notes(lines(command)) == []


@pytest.mark.parametrize("command", SILENT)
def test_nobody_is_told(command: str) -> None:
    assert not is_told(command)
    (note,) = notes(lines(command))
    assert note.endswith("failures are visible only in the exit code")


def test_it_is_said_why_nobody_is_told() -> None:
    assert notes(lines("echo failed"))[0].startswith("the error hooks only print or clean up")
    other = lines("send-alert").replace("- after: error", "- after: error\n    when: [extract]")
    assert notes(other)[0].startswith("the error hooks are for other actions")
    none = f"{START}commands: [{{before: action, run: [./work]}}]\n"
    assert notes(none)[0].startswith("no error hook")


@pytest.mark.parametrize(
    "monitor",
    [
        "healthchecks: {ping_url: x}", "cronitor: {ping_url: 'https://x'}", "ntfy: {topic: x}",
        "uptime_kuma: {push_url: 'https://x'}", "zabbix: {server: x, api_key: k, itemid: 1}",
        "apprise: {services: [{url: 'json://x', label: x}]}", "pushover: {token: x, user: y}",
    ],
)  # fmt: skip
def test_a_monitor_hears_of_failures(monitor: str) -> None:
    text = f"{START}commands: [{{before: action, run: [./work]}}]\n"
    assert notes(text)
    assert notes(f"{text}{monitor}\n") == []


@pytest.mark.parametrize(
    "entry",
    [
        "{after: error, run: [./tell]}",
        "{after: error, when: [create], run: [./tell]}",
        "{after: error, states: [fail], run: [./tell]}",
        "{after: action, states: [fail], run: [./tell]}",
        "{after: configuration, states: [fail], run: [./tell]}",
    ],
)
def test_every_error_hook_that_runs_counts(entry: str) -> None:
    assert notes(f"{START}commands: [{{before: action, run: [./work]}}, {entry}]\n") == []


def test_what_is_only_fetched_is_no_sign_of_life() -> None:
    ping = f"{START}commands: [{{after: action, states: [finish], run: ['%s']}}]\n"
    assert notes(ping % "curl https://hc-ping.com/0") == []
    assert notes(ping % "curl -o /x https://example.org/list")


@pytest.mark.parametrize(
    ("states", "told_of"),
    [
        ("[start]", False),
        ("[]", False),
        ("[start, log]", False),
        ("[fail]", True),
        ("[finish]", True),
    ],
)
@pytest.mark.parametrize("hooks", ["", "commands: [{before: action, run: [./work]}]\n"])
def test_services_that_hear_of_no_failure(states: str, told_of: bool, hooks: str) -> None:
    said = notes(f"{START}{hooks}healthchecks: {{ping_url: x, states: {states}}}\n")
    why = "its services get neither FAIL nor FINISH: failures are visible only in the exit code"
    assert said == ([] if told_of else [why])
