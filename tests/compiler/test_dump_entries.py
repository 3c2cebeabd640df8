"""`migrate --dumps`: entries of databases in place of hooks that dump, and everything else as it was."""

from __future__ import annotations

import pytest

from borgplan.compiler.migration.dump_entries import WithEntries, with_entries
from borgplan.compiler.migration.migrate import migrate
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

START = """\
source_directories:
    - /etc
repositories:
    - path: /backups/one
"""


def rewritten(text: str) -> tuple[WithEntries | None, list[str]]:
    diagnostics = Diagnostics()
    data = text.encode()
    return with_entries("c.yaml", data, data, diagnostics), [item.code for item in diagnostics]


def new(text: str) -> str:
    found, codes = rewritten(text)
    assert found is not None, codes
    return found.text


def hooks(*lines: str) -> str:
    return START + "commands:\n" + "".join(f"    {line}\n" for line in lines)


BEFORE = ("- before: action", "  when: [create]", "  run:")


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ((*BEFORE, "      - pg_dump app > /d"), START + "postgresql_databases:\n    - name: app\n      format: plain\n"),
        (
            (*BEFORE, "      - echo start # why", "      - pg_dump app > /d", "- after: error", "  run:", "      - echo failed"),
            hooks(*BEFORE, "      - echo start # why", "- after: error", "  run:", "      - echo failed")
            + "postgresql_databases:\n    - name: app\n      format: plain\n",
        ),
        (
            (*BEFORE, "      - >-", "          pg_dump", "          app > /d", "      - 'pg_dump -Fc wiki > /d'", "      - sqlite3 /v.db .dump > /d"),
            START + "postgresql_databases:\n    - name: app\n      format: plain\n    - name: wiki\n      format: custom\n"
            "sqlite_databases:\n    - name: v\n      path: /v.db\n",
        ),
    ],
)  # fmt: skip
def test_a_hook_becomes_an_entry(lines: tuple[str, ...], after: str) -> None:
    assert new(hooks(*lines)) == after


def test_an_entry_joins_those_that_are_there() -> None:
    text = START + (
        "postgresql_databases:\n  # mine\n  - name: wiki\n    format: custom\n\n"
        "commands:\n- before: everything\n  run:\n  - pg_dump app > /d\nkeep_daily: 7"
    )
    assert new(text) == START + (
        "postgresql_databases:\n  # mine\n  - name: wiki\n    format: custom\n"
        "  - name: app\n    format: plain\n\nkeep_daily: 7"
    )


def test_line_ends_stay() -> None:
    text = hooks(*BEFORE, "      - pg_dump app > /d").replace("\n", "\r\n")
    after = START + "postgresql_databases:\n    - name: app\n      format: plain\n"
    assert new(text) == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        START,
        hooks("- before: action", "  when: [prune]", "  run:", "      - pg_dump app > /d"),
        hooks("- after: action", "  run:", "      - pg_dump app > /d"),
        hooks(*BEFORE, "      - pg_dump app > /d # why"),
        hooks(*BEFORE, "      - pg_dump $NAME > /d"),
        hooks("- before: action", "  run: [pg_dump app > /d]"),
        hooks(*BEFORE, "      - pg_dump app > /d") + "postgresql_databases: [{name: wiki}]\n",
        hooks(*BEFORE, "      - pg_dump app > /d") + "postgresql_databases: []\n",
        START + "commands: !include hooks.yaml\n",
    ],
)
def test_the_rest_is_left_alone(text: str) -> None:
    found, codes = rewritten(text)
    assert found == WithEntries(text, {}, ())
    assert codes == []


def test_a_comment_on_a_line_of_its_own_stays() -> None:
    text = hooks("# dumps", *BEFORE, "      # of the shop", "      - pg_dump app > /d")
    entry = "postgresql_databases:\n    - name: app\n      format: plain\n"
    assert new(text) == f"{START}    # dumps\n          # of the shop\n{entry}"


@pytest.mark.parametrize("line", ["commands:", "    - before: action"])
def test_a_comment_that_would_be_left_without_its_line_is_told(line: str) -> None:
    text = hooks(*BEFORE, "      - pg_dump app > /d").replace(line, f"{line} # why")
    assert rewritten(text) == (None, ["BP851"])


def test_an_older_form_has_to_be_migrated_first() -> None:
    host = MemoryHost({"/srv/c.yaml": f"{START}before_backup: [pg_dump app > /d]\n"})
    diagnostics = Diagnostics()
    assert migrate(("c.yaml",), host, "2.1", diagnostics, dumps=True) is None
    assert [item.code for item in diagnostics] == ["BP851"]
    assert "without --dumps first" in diagnostics[0].hint


def test_both_commands_are_shown_without_the_password() -> None:
    host = MemoryHost(
        {"/srv/c.yaml": hooks(*BEFORE, "      - PGPASSWORD=hunter2 pg_dump -U me app > /d")}
    )
    found = migrate(("c.yaml",), host, "2.1", Diagnostics(), dumps=True)
    assert found is not None
    (told,) = [told for told in found.told if told.kind == "dumps"]
    assert told.text == (
        "PGPASSWORD=… pg_dump -U me app > /d -> `postgresql_databases`: "
        "pg_dump --no-password --clean --if-exists --username me --format plain app"
    )
    assert b"password: hunter2" in found.files[0].after
    assert list(found.plans())
