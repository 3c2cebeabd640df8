"""Rules about options, retention and secrets: what they find, and what they leave alone."""

from __future__ import annotations

import pytest

from borgplan.compiler.borg.series import fits
from borgplan.compiler.lint.rules.plain_secrets import is_placeholder
from tests.checks.finding import START, codes, found, hook


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{hostname}-*", "{hostname}-{now}"),
        ("home-*", "{hostname}-{now}"),
        ("{hostname}-*", "home-{now}"),
        ("home-*", "home-{now:%Y}"),
        ("h?me-*", "home-{now}"),
        ("*-home", "{now}-home"),
        ("home", "home"),
        ("home*", "home"),
    ],
)
def test_a_filter_that_may_fit(pattern: str, name: str) -> None:
    assert fits(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("home-*", "mail-{now}"),
        ("INVALID-*", "home-{now}"),
        ("home", "home-{now}"),
        ("home-{unixtime}", "home-{unixtime}"),
        ("home-mail", "home"),
    ],
)
def test_a_filter_that_fits_no_archive(pattern: str, name: str) -> None:
    assert not fits(pattern, name)


def test_a_name_of_any_form_is_found_by_the_filter_that_is_made_of_it() -> None:
    for name in (
        "home-{unixtime}",
        "home-{uuid4}",
        "home-{pid}",
        "ho[1]*?me-{now}",
        "home-{now:%A %e}",
    ):
        assert "BP435" not in codes(f"{START}archive_name_format: '{name}'\n"), name


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("home-{unixtime}", "home-{unixtime}"),
        ("home-{uuid4}", "sh:home-{uuid4}"),
        ("srv[1]-{now}", "sh:srv[1]-*"),
        ("home-{now:%Y-%m-%d}", "home-{now:%Y-%m-%d}"),
        ("home-{now:%Y}", "sh:home-????????"),
    ],
)
def test_a_filter_that_finds_nothing_is_told(name: str, pattern: str) -> None:
    assert "BP435" in codes(f"{START}archive_name_format: '{name}'\nmatch_archives: '{pattern}'\n")


@pytest.mark.parametrize(
    "option",
    [
        "prefix: '{hostname}-'",
        "match_archives: 'sh:{hostname}-*'",
        "match_archives: '{hostname}*'",
        "archive_name_format: '{hostname}-{now:%A}'",
        "archive_name_format: 'vm-{pid}'",
    ],
)
def test_a_filter_that_takes_archives_of_another_series(option: str) -> None:
    assert "BP447" in codes(f"{START}{option}\n")


@pytest.mark.parametrize(
    "option",
    [
        "color: false",
        "archive_name_format: '{hostname}-{now}'",
        "archive_name_format: '{hostname}-home-{now:%Y-%m-%d}'",
        "archive_name_format: 'vm-{uuid4}'",
        "archive_name_format: 'vm-{unixtime}'",
        "match_archives: 'sh:{hostname}-????-??-??T*'",
    ],
)
def test_a_filter_that_takes_no_other_series(option: str) -> None:
    assert not {"BP447", "BP434", "BP435"} & set(codes(f"{START}{option}\n"))


def test_names_that_are_a_time_only_are_everybodys() -> None:
    assert "BP434" in codes(f"{START}archive_name_format: '{{now:%Y-%m-%d}}'\n")


def test_files_that_prune_each_others_archives() -> None:
    assert "BP440" in codes({"a.yaml": START, "b.yaml": START})
    own = {
        f"{name}.yaml": f"{START}archive_name_format: '{name}-{{now}}'\n" for name in ("one", "two")
    }
    assert "BP440" not in codes(own)
    own["two.yaml"] += "match_archives: '*'\n"
    assert "BP440" in codes(own)
    elsewhere = START.replace("/backups/one", "/backups/two")
    assert "BP440" not in codes({"a.yaml": START, "b.yaml": elsewhere})


def test_options_of_the_generation_are_not_called_old() -> None:
    sectioned = (
        "location:\n  source_directories: [/etc]\n  repositories: [/r]\n  numeric_owner: true\n"
        "retention: {keep_daily: 1}\nconsistency: {checks: [archives]}\n"
    )
    assert not {"BP240", "BP241"} & {d.code for d in found(sectioned, "1.3")}
    assert [d.code for d in found(sectioned, "2.1")].count("BP241") == 3
    assert "BP240" in codes(sectioned, "2.1")


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("changeme", "BP611"),
        ("your-passphrase-here", "BP611"),
        ("correct horse", "BP610"),
        ("~/.config/borg/phrase", "BP615"),
        ("$(cat /etc/phrase)", "BP615"),
        ("a/b", "BP610"),
        ("'{credential file /etc/phrase}'", None),
        ("'x{9k}Q!w'", "BP610"),
        ("'{{ phrase }}'", None),
    ],
)
def test_pass_phrases(phrase: str, code: str | None) -> None:
    assert codes(f"{START}encryption_passphrase: {phrase}\n") == ([code] if code else [])


@pytest.mark.parametrize(
    "phrase",
    [
        "CHANGE_ME", "change-me-please", "CHANGE ME!!", "ChangeMeNow", "changeme123!", "YourPassphraseHere",
        "<your-borg-repo-password>", "your-existing-repo-passphrase-here", "REPLACE_WITH_YOUR_PASSPHRASE",
        "PASSPHRASE", "password123", "mypassword", "my_super_secret_passphrase", "insert passphrase here",
        "A VERY VERY LONG AND COMPLICATED PASSPHRASE", "xxxxxxxx", "'****'", "'%PASSPHRASE%'", "__PASSPHRASE__",
        "redacted", "'[REDACTED]'", "blabla", "DummyPass2026!", "thisisapassphrase", "SuperSecretPassphrase",
        "foobar", "test1234", "s3cr3t", "TODO", "a-strong-passphrase", "'{passphrase}'", "put your own passphrase in here",
    ],
)  # fmt: skip
def test_placeholders(phrase: str) -> None:
    assert codes(f"{START}encryption_passphrase: {phrase}\n") == ["BP611"]


@pytest.mark.parametrize(
    "phrase",
    [
        "kY8#mPq2vL", "rotten-apple-bicycle-moon", "blue horse runs fast", "tr0ub4dor&3", "MyDogIsCalledRex",
        "anna2019", "Wolke7Berlin", "testify-mellow", "correct horse battery staple",
    ],
)  # fmt: skip
def test_pass_phrases_of_somebody(phrase: str) -> None:
    assert codes(f"{START}encryption_passphrase: '{phrase}'\n") == ["BP610"]


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "part", ["1", "passphrase", "foobar", "xx*", "do not ", "the ", "a1", "-", "X"]
)
def test_a_long_pass_phrase_takes_no_time(part: str) -> None:
    assert not is_placeholder((part * 100)[:99] + "#~")
    assert not is_placeholder(part * 10_000 + "#~")


def test_no_finding_shows_a_pass_phrase() -> None:
    for phrase in ("changeme", "correcthorse", "/etc/phrase"):
        for item in found(f"{START}encryption_passphrase: {phrase}\n"):
            assert phrase not in item.message + item.hint


@pytest.mark.parametrize(
    "command",
    [
        "mysqldump -uroot -phunter2 app > /srv/app.sql",
        "PGPASSWORD=hunter2 pg_dump app > /srv/app.sql",
        "s3cmd put x --secret_key=$KEY",
        "curl -u anna:hunter2 https://example.org",
        "curl -H Authorization:\\ Bearer\\ x https://example.org; curl https://anna:hunter2@example.org",
    ],
)
def test_secrets_on_command_lines(command: str) -> None:
    assert "BP614" in codes(hook("before action", command))


@pytest.mark.parametrize(
    "command",
    [
        "docker compose -p paperless stop",
        "mysqldump -p app > /srv/app.sql",
        "mysqldump -P 3306 app > /srv/app.sql",
        "PGPASSWORD=$(cat /etc/pw) pg_dump app > /srv/app.sql",
        "PGPASSWORD=$PW pg_dump app > /srv/app.sql",
        "curl -u $USER:$PW https://example.org",
        "rsync -a --password-file=/etc/pw x rsync://anna@example.org/x",
        "ssh backup@example.org true",
        "mkdir -p /srv",
    ],
)
def test_commands_without_secrets(command: str) -> None:
    assert "BP614" not in codes(hook("before action", command))


def test_dumps_for_everybody() -> None:
    assert "BP613" in codes(hook("before action", "pg_dump app > /tmp/app.sql"))
    assert "BP613" in codes(hook("before action", "pg_dump app -f /var/tmp/app.sql"))
    assert "BP613" in codes(hook("before action", "sqlite3 x.db '.backup /tmp/x.db'"))
    assert "BP613" not in codes(hook("before action", "umask 077; pg_dump app > /tmp/app.sql"))
    assert "BP613" not in codes(hook("before action", "echo > /tmp/app.log"))
    assert "BP613" not in codes(hook("before action", "podman exec db pg_dump app -f /tmp/app.sql"))
    text = hook("before action", "pg_dump app > /tmp/app.sql")
    assert "BP613" not in codes(f"{text}umask: 0077\n")


def test_constants_make_borgmatic_read_numbers() -> None:
    text = f"{START}encryption_passphrase: '12345678901'\n"
    assert "BP245" not in codes(text)
    assert "BP245" in codes(f"{text}constants: {{a: b}}\n")


@pytest.mark.parametrize("database", ["postgresql", "mariadb", "sqlite"])
def test_the_name_of_an_archive_with_dumps_is_the_one_it_gets_in_the_end(database: str) -> None:
    path = ", path: /srv/app.db" if database == "sqlite" else ""
    dumps = f"{database}_databases: [{{name: app{path}}}]\narchive_name_format: 'home-{{now}}'\n"
    assert "BP435" not in codes(f"{START}{dumps}")
    assert "BP435" in codes(f"{START}{dumps}match_archives: 'mail-*'\n")
