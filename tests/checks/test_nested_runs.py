"""BP310: hooks that run borgmatic or borgplan themselves."""

from __future__ import annotations

import json

import pytest

from tests.checks.finding import found, hook


def severities(command: str, position: str = "after action") -> list[str]:
    text = hook(position, json.dumps(command))
    return [d.severity.word for d in found(text) if d.code == "BP310"]


@pytest.mark.parametrize(
    "command",
    [
        "borgmatic create",
        "borgmatic",
        "/usr/local/bin/borgmatic --verbosity 1",
        "sudo -u backup -E borgmatic prune",
        "nice -n 19 ionice -c3 borgmatic check",
        "A=1 timeout -k 5 1h borgmatic check",
        "env BORG_X=1 /usr/bin/borgmatic check",
        "flock /run/x borgmatic",
        "docker exec borgmatic borgmatic create",
        "docker exec -e A=1 box sh -c 'borgmatic check'",
        "docker compose -f x.yaml exec -T backup borgmatic check",
        "docker run --rm -v /x:/y b3vis/borgmatic:latest",
        "docker compose run --rm borgmatic borgmatic prune",
        "kubectl exec deploy/x -- borgmatic create",
        "systemctl start borgmatic",
        "systemctl start --no-block borgmatic.service",
        "sudo systemctl restart borgmatic@home.service",
        "service borgmatic start",
        "borgplan apply -a check",
        "borgplan check",
        "python3 -m borgmatic check",
        "python3 -m borgmatic.commands.borgmatic check",
        "su - backup -c borgmatic",
        "uv run borgmatic check",
        "systemctl --user start borgmatic",
        "bash -c 'borgmatic check && borgmatic prune'",
        "test -x /usr/bin/borgmatic && /usr/bin/borgmatic check || true",
        "if ! borgmatic check; then exit 1; fi",
        "(borgmatic check) &",
        "borgmatic prune --list --stats",
        "borgmatic list && borgmatic check",
    ],
)
def test_another_run(command: str) -> None:
    assert severities(command) == ["warning"]
    assert severities(command, "after error") == ["warning"]


@pytest.mark.parametrize(
    "command",
    [
        "borgmatic list --archive latest | mail root",
        'curl -d "$(borgmatic info)" https://example.org',
        "borgmatic repo-info",
    ],
)
def test_one_that_only_reads_is_a_note(command: str) -> None:
    assert severities(command) == ["note"]


@pytest.mark.parametrize(
    "command",
    [
        "borgmatic --version",
        "borgmatic config validate",
        "borgplan lint /etc/borgmatic.d",
        "borgplan history",
        "docker exec borgmatic ls",
        "docker run --name borgmatic alpine ls",
        "docker restart borgmatic",
        "systemctl is-active borgmatic",
        "systemctl stop borgmatic.timer",
        "pkill borgmatic",
        "command -v borgmatic",
        "cat /etc/borgmatic/config.yaml",
        "echo borgmatic create",
        "curl -d 'borgmatic create' ntfy.sh/x",
        "chown borgmatic /x",
        "journalctl -u borgmatic",
        "/etc/borgmatic/hook.sh borgmatic",
        "ssh nas borgmatic create",
        "borg list /backups/one",
    ],
)
def test_what_runs_nothing(command: str) -> None:
    assert severities(command) == []
