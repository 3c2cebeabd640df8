"""Rules about databases: entries, and dumps that hooks make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.databases.hook_dumps import hook_dump
from borgplan.compiler.databases.hook_entries import command_of, lines_of
from tests.checks.finding import START, codes, found, hook

BEFORE = "before action"


@pytest.mark.parametrize(
    ("command", "entry"),
    [
        ("pg_dump app > /d/app.sql", "name: app, format: plain"),
        ("umask 077; pg_dump -Fc -h db -p 5433 -U me app > $(date +%F).dump",
         "name: app, hostname: db, port: 5433, username: me, format: custom"),
        ("PGPASSWORD='x y' pg_dump -O -d b | gzip -9 > /x.gz", "name: b, password: x y, format: plain, no_owner: true"),
        ("pg_dump --schema=a -x app -f /x", "name: app, format: plain, options: '--schema=a -x'"),
        ("pg_dump -h /run/postgresql app > /x", "name: app, label: local, hostname: /run/postgresql, format: plain"),
        ("pg_dump 007 > /x", "name: '007', format: plain"),
        ("pg_dumpall -U postgres --file=/d/all.sql", "name: all, username: postgres"),
        ("docker exec db pg_dumpall > /x", ("name: all, pg_dump_command: docker exec db pg_dumpall, "
         "pg_restore_command: docker exec -i db pg_restore, psql_command: docker exec -i db psql")),
        ("sudo -u postgres pg_dump app > /x", ("name: app, format: plain, pg_dump_command: sudo -u postgres pg_dump, "
         "pg_restore_command: sudo -u postgres pg_restore, psql_command: sudo -u postgres psql")),
        ("mysqldump --single-transaction --events -R -uroot -phunter2 --add-drop-database app > /x",
         "name: app, username: root, password: hunter2, tablespaces: false"),
        ("/opt/mariadb-dump --defaults-extra-file=/etc/b.cnf -A -Y | zstd > /x",
         ("name: all, add_drop_database: false, events: false, routines: false, options: '--defaults-extra-file=/etc/b.cnf', "
         "list_options: '--defaults-extra-file=/etc/b.cnf', restore_options: '--defaults-extra-file=/etc/b.cnf', "
         "mariadb_dump_command: /opt/mariadb-dump")),
        ("mongodump --db a --out /x", "name: a, format: directory"),
        ("mongodump --archive=/x --gzip", "name: all, options: '--gzip'"),
        ("sqlite3 /srv/vault.db '.backup /x'", "name: vault, path: /srv/vault.db"),
        ('sqlite3 /srv/vault.db "VACUUM INTO \'/x\'"', "name: vault, path: /srv/vault.db"),
    ],
)  # fmt: skip
def test_a_dump_whose_every_word_is_known_is_an_entry(command: str, entry: str) -> None:
    dump = hook_dump(command)
    assert dump is not None
    assert ", ".join(lines_of(dump)) == entry


@pytest.mark.parametrize(
    "command",
    [
        "pg_dump app > /d/app.sql && touch /d/done", "pg_dump $NAME > /x", "pg_dump app; pg_dump wiki",
        "pg_dump app > /a > /b; true", "pg_dump --unknown app > /x", "pg_dump -a app > /x", "pg_dump -Fd -f /d app",
        "pg_dump 'host=db dbname=app' > /x", "pg_dump postgres://db/app > /x", "pg_dump a b > /x", "pg_dump -h",
        "pg_dumpall -g > /x", "docker exec -t db pg_dump app > /x", "docker exec -e PGPASSWORD=x db pg_dump app > /x",
        "ssh db pg_dump app > /x", "mysqldump -p app > /x", "mysqldump app table > /x", "mysqldump --user > /x",
        "docker exec db mysqldump -uroot -phunter2 app > /x", "mongodump --uri mongodb://u:p@h > /x",
        "mongodump -h 'a b", "sqlite3 vault.db .dump > /x", "sqlite3 /v.db 'DELETE FROM a' > /x", "pg_restore -d app /x",
        "pg_dump app | gzip | ssh host tee /x", "pg_dump app 2>/dev/null", "for d in a b; do pg_dump $d; done", "",
    ],
)  # fmt: skip
def test_what_is_not_sure_is_no_entry(command: str) -> None:
    assert hook_dump(command) is None


@given(st.text("pg_dumpal -mysqlHhUu'\"=>|/;$x1\n", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    dump = hook_dump(text)
    assert dump is None or command_of(dump)


def test_the_finding_shows_the_entry_and_its_command_without_the_password() -> None:
    text = hook(BEFORE, "PGPASSWORD=hunter2 pg_dump -U me app > /d/app.sql")
    (finding,) = [d for d in found(text, "2.1") if d.code == "BP345"]
    assert "[{name: app, username: me, password: '…', format: plain}]" in finding.hint
    assert finding.hint.endswith(
        "pg_dump --no-password --clean --if-exists --username me --format plain app; `borgplan migrate --dumps` writes it"
    )
    assert "hunter2" not in finding.hint


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("/opt/dump-with pg_dump $HOME", True), ("docker exec -t db pg_dump app > /x", True),
        ("echo pg_dump follows", False), ("rm -f /d/pg_dump.sql", False), ("sqlite3 /v.db 'PRAGMA optimize'", False),
    ],
)  # fmt: skip
def test_a_dump_that_is_not_understood_is_a_finding_too(command: str, *, wanted: bool) -> None:
    assert ("BP345" in codes(hook(BEFORE, f'"{command}"'))) is wanted


def test_a_dump_after_the_backup_is_left_alone() -> None:
    assert "BP345" not in codes(hook("after action", "pg_dump app > /d/app.sql"))
    assert "BP345" not in codes(hook(BEFORE, "pg_dump app > /d/app.sql", "when: [prune]"))


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("pg_dump app > /dumps/app.sql", True), ("pg_dump -f /dumps/app.sql app", True),
        ("sqlite3 /v.db '.backup /dumps/v'", True), ("pg_dump app >> /dumps/app.sql", False),
        ("umask 077; pg_dump app > /dumps/app.sql", False), ("pg_dump app > /tmp/app.sql", False),
        ("pg_dump app > /dumps/a; chmod 600 /dumps/a", False), ("pg_dump app > /dev/null", False),
        ("docker exec db pg_dump -f /dumps/app.sql app", False), ("docker exec db pg_dump app > /dumps/a", True),
    ],
)  # fmt: skip
def test_a_dump_with_the_usual_mode(command: str, *, wanted: bool) -> None:
    assert ("BP619" in codes(hook(BEFORE, f'"{command}"'))) is wanted
    assert "BP619" not in codes(f"umask: 77\n{hook(BEFORE, f'{command!r}')}") or "'" in command


def entries(kind: str, *texts: str) -> str:
    lines = "".join(f"  - {{{text}}}\n" for text in texts)
    return f"{START}{kind}_databases:\n{lines}"


@pytest.mark.parametrize(
    ("kind", "one", "other", "words"),
    [
        ("postgresql", "name: all", "name: app", "in the dump of `all`"),
        ("postgresql", "name: app, port: 5432", "name: all, hostname: localhost, label: x", ""),
        ("postgresql", "name: all, format: custom", "name: app", "borgmatic refuses to restore"),
        ("postgresql", "name: 'web_*'", "name: web_a", "borgmatic refuses to restore"),
        ("postgresql", "name: 'web_*'", "name: shop", ""),
        ("postgresql", "name: all", "name: app, hostname: db", ""),
        ("postgresql", "name: app", "name: app, label: x", "under two labels"),
        ("postgresql", "name: app", "name: app, label: x, format: plain", ""),
        ("mariadb", "name: all, skip_names: [app]", "name: app", ""),
        ("mariadb", "name: all", "name: app", "in the dump of `all`"),
        ("mongodb", "name: all, hostname: db", "name: app, hostname: db, port: 27017", "in the dump of `all`"),
        ("sqlite", "name: a, path: /srv/a", "name: b, path: /srv/a", "/srv/a is dumped twice"),
        ("sqlite", "name: all, path: /srv/a", "name: b, path: /srv/b", ""),
    ],
)  # fmt: skip
def test_a_database_that_two_entries_dump(kind: str, one: str, other: str, words: str) -> None:
    for texts in ((one, other), (other, one)):
        messages = [d.message for d in found(entries(kind, *texts), "2.1") if d.code == "BP389"]
        assert bool(messages) is bool(words)
        assert all(words in message for message in messages)


@pytest.mark.parametrize(
    ("kind", "option", "wanted"),
    [
        ("mariadb", "options: --password=hunter2", True), ("mariadb", "options: -phunter2", True),
        ("mariadb", "options: --port 1 -p", False), ("mariadb", "list_options: '--password hunter2'", True),
        ("mongodb", "options: '-p hunter2'", True), ("mongodb", "options: --uri=mongodb://me:hunter2@db", True),
        ("postgresql", "options: -p5433", False), ("postgresql", "options: '--schema=a --no-comments'", False),
        ("postgresql", "options: --dbname=postgres://me:hunter2@db/app", True),
        ("postgresql", "pg_dump_command: env PGPASSWORD=hunter2 pg_dump", True),
        ("postgresql", "pg_dump_command: docker exec -e PGPASSWORD db pg_dump", False),
    ],
)  # fmt: skip
def test_a_password_among_the_words_of_an_option(kind: str, option: str, *, wanted: bool) -> None:
    assert ("BP620" in codes(entries(kind, f"name: app, {option}"))) is wanted


@pytest.mark.parametrize(
    ("dump", "restore", "wanted"),
    [
        ("/usr/lib/postgresql/16/bin/pg_dump", "/usr/lib/postgresql/15/bin/pg_restore", True),
        ("/usr/lib/postgresql/15/bin/pg_dump", "/usr/lib/postgresql/16/bin/pg_restore", False),
        ("docker run -i postgres:17 pg_dump", "docker run -i postgres:16-alpine pg_restore", True),
        ("pg_dump", "/usr/lib/postgresql/15/bin/pg_restore", False),
    ],
)
def test_a_client_that_restores_and_is_older(dump: str, restore: str, *, wanted: bool) -> None:
    text = entries(
        "postgresql", f"name: app, pg_dump_command: '{dump}', pg_restore_command: '{restore}'"
    )
    assert ("BP346" in codes(text)) is wanted
