"""Rules about hooks: what they find, and what they leave alone."""

from __future__ import annotations

import json

import pytest

from tests.checks.finding import START, codes, found, hook

AFTER = "after action"


@pytest.mark.parametrize(
    "command",
    [
        "curl -fsS https://hc-ping.com/0000",
        "curl --fail --show-error https://hc-ping.com/0000",
        'notify-send "Backup to the server completed"',
        "touch /run/backup-ok-done",
        "date +%s > /var/lib/node_exporter/borg_last_backup.prom",
        "rclone sync /backups remote:backups",
    ],
)
def test_what_only_a_success_should_do(command: str) -> None:
    assert "BP323" in codes(hook(AFTER, command))
    assert "BP323" not in codes(hook(AFTER, command, "states: [finish]"))
    assert "BP323" not in codes(hook("before action", command))


@pytest.mark.parametrize(
    "command",
    [
        "curl -fsS https://hc-ping.com/0000/$?",
        "notify-send 'it is finished or has failed'",
        "date > ~/last-run",
        "rsync -a /var/log/nginx loghost:/logs",
        "for host in a b; do curl $host; done",
        "curl https://hc-ping.com/0000/fail",
        "systemctl start app",
        "umount /mnt",
        "rm -f /var/backups/app.sql",
    ],
)
def test_what_may_run_after_a_failure_too(command: str) -> None:
    assert not {"BP323", "BP329"} & set(codes(hook(AFTER, command)))


def test_lines_about_a_success_are_one_note_a_file() -> None:
    text = (
        f"{START}after_backup: [echo Backup successful.]\nafter_prune: [echo Pruning completed.]\n"
    )
    (line,) = [d for d in found(text, "2.1") if d.code == "BP329"]
    assert len(line.related) == 1


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Backup succeeded", True), ("Backup completed successfully", True), ("Archive created", True),
        ("All good", True), ("Backup OK", True), ("Home is backed up", True), ("Finished a backup.", False),
        ("done", False), ("Backup ended", False), ("Backup finished at noon", False), ("not ok", False),
    ],
)  # fmt: skip
def test_only_a_line_that_claims_success_misleads(line: str, *, wanted: bool) -> None:
    assert ("BP329" in codes(hook(AFTER, f"'echo {line}'"))) is wanted


@pytest.mark.parametrize(
    "command",
    [
        'rclone sync /backups remote:backups || echo "sync failed"',
        "curl https://hc-ping.com/0000 || true",
        "curl https://hc-ping.com/0000 || logger 'error: no ping'",
        "rsync -a /backups nas: || { echo failed; exit 1; }",
        "touch /run/backup-ok-done || (echo error; false)",
        "rclone sync /backups remote:backups && echo sent || echo failed",
        "curl https://hc-ping.com/0000 || curl https://hc-ping.com/0000/fail",
    ],
)
def test_words_about_the_command_s_own_failure_tell_no_endings_apart(command: str) -> None:
    assert "BP323" in codes(hook(AFTER, json.dumps(command)))


@pytest.mark.parametrize(
    "command",
    [
        "test -e /run/ok && curl https://hc-ping.com/0000 || curl https://hc-ping.com/0000/fail",
        "systemctl is-failed x && curl https://hc-ping.com/0/fail || curl https://hc-ping.com/0",
    ],
)
def test_a_test_before_them_does(command: str) -> None:
    assert "BP323" not in codes(hook(AFTER, json.dumps(command)))


@pytest.mark.parametrize(
    ("hooks", "wanted"),
    [
        ("after_backup: [echo done]\n", False),
        ("after_backup: ['echo \"$(date)\" finished', 'true']\n", False),
        ("on_error: [echo failed]\nbefore_backup: [\"sh -c 'echo x'\"]\n", False),
        ("after_backup: [echo done, systemctl start app]\n", True),
        ("after_backup: ['echo done >> /var/log/borg']\n", True),
    ],
)
def test_hooks_that_only_print_mean_no_harm_in_any_generation(hooks: str, *, wanted: bool) -> None:
    assert ("BP330" in [d.code for d in found(START + hooks)]) is wanted


def test_an_after_hook_of_an_older_generation_tells_of_a_success_only() -> None:
    text = (
        "location:\n  source_directories: [/etc]\n  repositories: [/r]\nretention: {keep_daily: 1}\n"
        "hooks:\n  after_backup: [touch /var/lib/backup-done]\n"
    )
    assert "BP323" not in codes(text, "1.5")
    assert "BP323" in codes(text, "2.1")
    assert "BP323" in codes(text.replace("after_backup", "after_everything"), "1.5")


def test_a_soft_failure_is_a_failure_where_the_generation_says_so() -> None:
    text = (
        "location:\n  source_directories: [/etc]\n  repositories: [/r]\nretention: {keep_daily: 1}\n"
        "hooks:\n  before_backup: ['findmnt /mnt || exit 75']\n"
    )
    assert "BP328" in codes(text, "1.3")
    assert "BP328" not in codes(text, "1.5")
    everything = text.replace("before_backup", "before_everything")
    assert "BP328" in codes(everything, "1.5")
    assert "BP328" in codes(hook("before configuration", "exit 75"), "2.1.3")
    assert "BP328" not in codes(hook("before configuration", "exit 75"), "2.1")


def test_seventy_five_in_a_number_is_no_soft_failure() -> None:
    assert "BP328" not in codes(hook("before everything", "sleep 75; exit 750"))


@pytest.mark.parametrize(
    "command",
    [
        "docker ps | grep -q app && docker stop app",
        "[ -e /run/lock ] && exit 75",
        "if true; then :; fi; test -d /x && rmdir /x",
        "mountpoint -q /mnt && umount /mnt",
    ],
)
def test_a_command_that_ends_with_a_test(command: str) -> None:
    assert "BP343" in codes(hook("before action", f"'{command}'"))


@pytest.mark.parametrize(
    "command",
    [
        "test ! -e /disk-is-full",
        "mkdir -p /x && touch /x/y",
        "mountpoint -q /mnt && umount /mnt || true",
        "if [ -e /x ] && [ -e /y ]; then rm /x; fi",
        'echo "test -e /x && rm /x"',
        "[ -e /x ] && rm /x; true",
    ],
)
def test_a_command_that_does_not(command: str) -> None:
    assert "BP343" not in codes(hook("before action", f"'{command}'"))


def test_a_hook_of_an_action_that_never_comes() -> None:
    text = f"{hook('before action', 'touch /x', 'when: [check]')}skip_actions: [check]\n"
    assert "BP320" in codes(text)
    assert "BP320" not in codes(text.replace("when: [check]", "when: [check, create]"))
    assert "BP320" in codes(hook("before action", "touch /x", "when: [key]"))


def test_a_value_in_quotes() -> None:
    assert "BP322" in codes(hook("after error", """'tell "it was {error}"'"""))
    assert "BP322" not in codes(hook("after error", "tell it was {error}"))
    assert "BP322" not in codes(hook("after error", """'tell "{hostname}" {error}'"""))


def test_several_repositories_and_retries() -> None:
    dump = f"{START}retries: 2\nbefore_backup: [pg_dump app > /var/app.sql]\n"
    about_dumps = ["BP345", "BP619"]
    assert sorted(codes(dump)) == ["BP331", *about_dumps]
    two = dump.replace("{path: /backups/one}", "{path: /one}, {path: /two}")
    assert sorted(codes(two)) == ["BP331", "BP342", *about_dumps]


def test_the_generation_is_a_matter_only_where_nobody_has_chosen_one() -> None:
    text = f"{START}after_backup: [systemctl start app]\n"
    assert "BP330" in [d.code for d in found(text)]
    assert "BP330" not in [d.code for d in found(text, "2.1")]
    assert "BP330" not in [d.code for d in found(hook(AFTER, "systemctl start app"))]


def test_commands_of_one_repository_are_looked_at_too() -> None:
    text = (
        "source_directories: [/etc]\nkeep_daily: 1\nrepositories:\n  - path: /one\n    commands:\n"
        "      - before: action\n        run: ['[ -e /x ] && rm /x']\n"
    )
    assert codes(text) == ["BP343"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit", ["date > ", "curl -u ", "mysql -", "'", '"', "| ", "touch ", "://a:"]
)
def test_a_command_made_to_take_long_does_not(unit: str) -> None:
    found(hook(AFTER, f"|-\n        touch {unit * (40_000 // len(unit))}"))
