"""What commands take and give back, recognised in their texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.analysis.claims import claims
from borgplan.compiler.shell.lexer import simple_commands

TOGETHER = [
    ("mount -t nfs host:/x /mnt -o ro", "umount -l /mnt"),
    ("sshfs host:/x /mnt/x", "fusermount -u /mnt/x"),
    ("systemctl stop app.service", "systemctl start app"),
    ("sudo systemctl --user stop app", "systemctl --user restart app"),
    ("service nginx stop", "service nginx start"),
    ("docker stop -t 30 db", "docker start db"),
    ("docker compose -f /srv/c.yaml stop", "docker compose -f /srv/c.yaml up -d"),
    (
        'qm guest exec 1 -- bash -c "docker compose stop"',
        'qm guest exec 1 -- bash -c "docker compose start"',
    ),
    ("occ maintenance:mode --on", "occ maintenance:mode --off"),
    ("su -c 'occ maintenance:mode --on' www-data", "su -c 'occ maintenance:mode --off' www-data"),
    ("/etc/hooks.sh setup", "/etc/hooks.sh cleanup"),
    ("/etc/pre-backup.sh", "/etc/post-backup.sh"),
    ("/etc/mount_all.sh", "/etc/umount_all.sh"),
    ("btrfs subvolume snapshot -r /a /a.snap", "btrfs subvolume delete /a.snap"),
    ("lvcreate -L 1G -s -n snap /dev/vg/home", "lvremove -f /dev/vg/snap"),
    ("zfs snapshot tank/home@borg", "zfs destroy tank/home@borg"),
    ("cryptsetup open /dev/sdb1 backup", "cryptsetup close backup"),
    ("fsfreeze -f /srv", "fsfreeze -u /srv"),
    ("pg_dumpall > /tmp/all.sql", "rm -f /tmp/all.sql"),
    ("pg_dump --file=/tmp/a.sql", "rm /tmp/a.sql"),
    ('sqlite3 /a.db ".backup /a.bak"', "rm /a.bak"),
    ("touch /run/x.lock", "rm /run/x.lock"),
    ("pg_dump > /var/d/$(date +%F).sql", "rm /var/d/*.sql"),
    ("if true; then systemctl stop a; fi", "systemctl start a || exit 1"),
]
APART = [
    ("mount /dev/a /mnt", "umount /media"),
    ("mount -o remount,rw /mnt", "umount /mnt"),
    ("systemctl stop app", "systemctl start web"),
    ("echo systemctl stop app", "systemctl start app"),
    ("docker compose -f a.yaml stop", "docker compose -f b.yaml start"),
    ("pg_dump > /tmp/a.sql", "rm -f /var/log/*.gz"),
    ("pg_dump 2> /tmp/errors", "rm /tmp/errors"),
    ("umount /mnt", "mount /mnt"),
    ("/etc/hooks.sh cleanup", "/etc/hooks.sh setup"),
]


def undone(one: str, other: str) -> bool:
    return any(taken.undone_by(given) for taken in claims(one) for given in claims(other))


@pytest.mark.parametrize(("take", "give"), TOGETHER)
def test_commands_that_undo_one_another(take: str, give: str) -> None:
    assert undone(take, give)


@pytest.mark.parametrize(("take", "give"), APART)
def test_commands_that_do_not(take: str, give: str) -> None:
    assert not undone(take, give)


def test_either_side_of_a_service_may_come_first() -> None:
    assert undone("systemctl start vpn", "systemctl stop vpn")


def test_each_of_several_services_is_a_thing_of_its_own() -> None:
    assert [claim.what for claim in claims("systemctl stop a b")] == ["a", "b"]


def test_what_a_command_undoes_of_itself_does_not_count() -> None:
    assert claims("docker stop a && tar cf x /srv && docker start a") == ()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab \"'\\;|&<>()$`#\n-=/", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for words in simple_commands(text):
        assert words
    claims(text + " stop")


def test_words_are_read_as_a_shell_does() -> None:
    assert simple_commands("""a 'b c' "d\\"e" f\\ g;h>i 2>/dev/null # stop""") == (
        ("a", "b c", 'd"e', "f g"),
        ("b", "c"),
        ("f", "g"),
        ("h",),
        (">", "i"),
    )


@pytest.mark.parametrize("word", ["start ", "start-stop-", "backup-start@{} "])
def test_a_command_that_goes_on_and_on_names_nothing(word: str) -> None:
    text = "".join(word.format(number) for number in range(1000))
    assert claims(text) == ()
