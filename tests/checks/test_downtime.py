"""BP806: stopped for longer than the backup needs; BP805 and BP801: what isn't started again."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.source.diagnostic import Diagnostic
from tests.checks.finding import START, found

STOPS = [
    ("systemctl stop app", "systemctl start app"),
    ("sudo systemctl stop app.service db", "sudo systemctl restart app db"),
    ("service app stop", "service app start"),
    ("docker stop app", "docker start app"),
    ("podman pause app", "podman unpause app"),
    ("docker compose -f /srv/x.yaml stop", "docker compose -f /srv/x.yaml start"),
    ("docker compose stop app db", "docker compose start"),
    ("docker-compose -p site down", "docker-compose -p site up -d"),
    ("cd /srv/app && docker compose stop -t 30 app", "cd /srv/app && docker compose up -d app"),
    ("kubectl exec x -- occ maintenance:mode --on", "kubectl exec x -- occ maintenance:mode --off"),
    (
        "pct exec 103 -- bash -c 'docker compose stop'",
        "pct exec 103 -- bash -c 'docker compose start'",
    ),
    ("virsh suspend vm", "virsh resume vm"),
    ("supervisorctl stop app", "supervisorctl start app"),
]


def around(place: str, stop: str, start: str, *, more: str = "") -> str:
    when = ", when: [create]" if place == "action" else ""
    return (
        f"{START}commands:\n  - {{before: {place}{when}, run: [{json.dumps(stop)}]}}\n"
        f"  - {{after: {place}{when}, run: [{json.dumps(start)}]}}\n{more}"
    )


def of(code: str, text: str, semantics: str = "2.1") -> list[Diagnostic]:
    return [d for d in found(text, semantics) if d.code == code]


@pytest.mark.parametrize(("stop", "start"), STOPS)
@pytest.mark.parametrize("place", ["repository", "configuration", "everything"])
def test_down_over_prune_compact_and_check(place: str, stop: str, start: str) -> None:
    (finding,) = of("BP806", around(place, stop, start))
    assert finding.severity.word == "warning"
    assert "stays down during borg prune, compact and check" in finding.message
    assert of("BP806", around("action", stop, start)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("systemctl stop mnt-disk.mount", "systemctl start mnt-disk.mount"),
        ("systemctl stop apt-daily.timer", "systemctl start apt-daily.timer"),
        ("systemctl start vpn", "systemctl stop vpn"),
        ("docker start db", "docker stop db"),
        ("mount /mnt", "umount /mnt"),
        ("/etc/hooks.sh setup", "/etc/hooks.sh cleanup"),
    ],
)
def test_what_is_no_downtime(one: str, other: str) -> None:
    assert of("BP806", around("configuration", one, other)) == []


def test_only_where_something_else_is_done_meanwhile() -> None:
    text = around("configuration", *STOPS[0])
    assert of("BP806", f"{text}skip_actions: [prune, compact, check]\n") == []
    (finding,) = of("BP806", f"{text}skip_actions: [prune, compact]\n")
    assert "during borg check" in finding.message


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ("", 1),
        (", when: [create, check]", 1),
        (", when: [create]", 0),
        (", when: [check]", 0),
        (", when: [prune, compact, check]", 0),
    ],
)
def test_stopped_around_each_action_as_well(when: str, wanted: int) -> None:
    text = around("action", *STOPS[0]).replace(", when: [create]", when)
    assert len(of("BP806", text)) == wanted


def test_services_stopped_side_by_side_are_one_finding() -> None:
    text = around("configuration", *STOPS[0]).replace("app", "one")
    two = text.replace('["systemctl stop one"]', "[systemctl stop one, systemctl stop two]")
    two = two.replace('["systemctl start one"]', "[systemctl start one, systemctl start two]")
    (finding,) = of("BP806", two)
    assert len(finding.related) == 2


def test_a_note_where_no_hook_is_closer() -> None:
    text = f"{START}before_backup: [systemctl stop app]\nafter_backup: [systemctl start app]\n"
    assert [d.severity.word for d in of("BP806", text, "1.5")] == ["note"]
    assert of("BP806", text, "1.8.0") == []
    assert of("BP806", text, "2.1") == []


@pytest.mark.parametrize(
    ("stop", "start"),
    [
        ("systemctl stop app db", "systemctl start app"),
        ("docker stop app db", "docker start app"),
        ("docker compose stop app db", "docker compose start app"),
        ("docker compose stop app db", "docker compose up -d db"),
        ("systemctl stop app; systemctl stop db", "systemctl start db"),
        ("service app stop && service db stop", "service app start"),
    ],
)
def test_one_of_two_is_started_again(stop: str, start: str) -> None:
    (finding,) = of("BP805", around("action", stop, start))
    assert finding.severity.word == "warning"
    assert "undoes only" in finding.message


def test_two_commands_and_one_of_them_undone() -> None:
    text = around("action", "systemctl stop app", "systemctl start app")
    text = text.replace('["systemctl stop app"]', "[systemctl stop app, systemctl stop db]")
    assert [d.severity.word for d in of("BP805", text)] == ["warning"]


def test_what_is_stopped_afterwards_was_not_forgotten() -> None:
    text = around("configuration", "systemctl start vpn", "systemctl stop vpn").replace(
        '["systemctl stop vpn"]', "[systemctl stop vpn, systemctl stop mnt-crypt]"
    )
    assert [d.severity.word for d in of("BP805", text)] == ["note"]


@pytest.mark.parametrize(
    ("stop", "start"),
    [
        ("systemctl stop app db", "systemctl start db app.service"),
        ("docker compose stop app db", "docker compose start"),
        ("docker compose stop app db", "docker compose start db; docker compose start app"),
        ("docker compose stop", "docker compose up -d --remove-orphans"),
        ("docker stop app db", "docker start $(cat /run/stopped)"),
    ],
)
def test_all_are_started_again(stop: str, start: str) -> None:
    assert of("BP805", around("action", stop, start)) == []


def test_one_that_nothing_starts_is_a_note() -> None:
    text = f"{START}commands: [{{before: action, run: [systemctl stop app]}}]\n"
    assert [d.severity.word for d in of("BP805", text)] == ["note"]


@pytest.mark.parametrize(
    ("on_error", "wanted"),
    [
        ("systemctl start app", 0),
        ("systemctl restart app.service", 0),
        ("for s in app db; do systemctl start $s; done", 0),
        ("/etc/borgmatic/cleanup.sh", 0),
        ("bash /etc/borgmatic/after-failure.sh", 0),
        ("sudo /usr/local/bin/undo", 0),
        ("cleanup-backup", 0),
        ("/etc/borgmatic/notify.sh failed", 1),
        ("echo failed", 1),
        ("/usr/bin/curl https://example.org/fail", 1),
        ("systemctl start other", 1),
    ],
)
def test_an_error_hook_that_cleans_up(on_error: str, wanted: int) -> None:
    text = (
        f"{START}before_backup: [systemctl stop app]\nafter_backup: [systemctl start app]\n"
        f"on_error: [{json.dumps(on_error)}]\n"
    )
    assert len(of("BP801", text, "1.5")) == wanted


@pytest.mark.parametrize(
    ("stop", "start", "on_error"),
    [
        ("occ maintenance:mode --on", "occ maintenance:mode --off", "sudo -u www occ maintenance:mode --off"),
        ("cd /srv && docker compose stop", "cd /srv && docker compose start",
         "docker compose -f /srv/compose.yaml up -d"),
        ("docker compose stop app", "docker compose start app", "docker-compose up -d"),
        ("docker stop app", "docker start app", "cd /srv; docker compose up -d"),
        ("docker stop app", "docker start app", "xargs docker start < /run/stopped"),
        ("docker stop app", "docker start app", "systemctl restart docker"),
        ("umount /data", "mount /data", "mountpoint /data || mount /data"),
        ("/etc/hooks.sh setup", "/etc/hooks.sh cleanup", "sudo /etc/hooks.sh cleanup"),
    ],
)  # fmt: skip
def test_an_error_hook_that_does_it_in_other_words(stop: str, start: str, on_error: str) -> None:
    text = "".join(
        f"{name}: [{json.dumps(command)}]\n"
        for name, command in (
            ("before_backup", stop),
            ("after_backup", start),
            ("on_error", on_error),
        )
    )
    assert of("BP801", START + text, "1.5") == []


@pytest.mark.parametrize(
    "on_error",
    [
        "docker compose -p other up -d",
        "docker compose -p site up -d db",
        "docker compose -p site stop app",
    ],
)
def test_another_project_or_service_is_not_it(on_error: str) -> None:
    text = (
        f"{START}before_backup: [docker compose -p site stop app]\n"
        f"after_backup: [docker compose -p site start app]\non_error: [{on_error}]\n"
    )
    assert len(of("BP801", text, "1.5")) == 1
