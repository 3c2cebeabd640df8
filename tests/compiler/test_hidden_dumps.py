"""A pipeline that hides the failure of a dump is found without any extra."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgplan.compiler.lint.rules.hidden_failures import hidden_failures
from borgplan.compiler.shell.hidden_dumps import hidden_dump
from borgplan.compiler.shell.pipelines import pipelines
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import ONE, compilation


@pytest.mark.parametrize(
    ("command", "dump", "last"),
    [
        ("pg_dump app | gzip > /d/app.gz", "pg_dump", "gzip"),
        ("mysqldump --all-databases |\n  tee /d/all |\n  zstd -o /d/x", "mysqldump", "zstd"),
        ("cd /d && /usr/bin/pg_dumpall 2>/dev/null|/bin/gzip >x; true", "pg_dumpall", "gzip"),
        ("docker exec db pg_dump -U x app | gzip > x", "pg_dump", "gzip"),
        ("docker exec db sh -c 'pg_dump app | gzip' > x", "pg_dump", "gzip"),
        ('ssh host "mysqldump app" | cat > x', "mysqldump", "cat"),
        ("sqlite3 /d/x.db .dump | xz > x", "sqlite3", "xz"),
        ("zfs send pool@now | gzip > x", "zfs", "gzip"),
        ("if pg_dump app | gzip > x; then :; fi", "pg_dump", "gzip"),
        ("# a dump | of it\npg_dump app \\\n | gzip", "pg_dump", "gzip"),
    ],
)
def test_the_exit_code_of_the_last_command_counts(command: str, dump: str, last: str) -> None:
    found = hidden_dump(command)
    assert found is not None
    assert (found.dump, found.last) == (dump, last)
    assert command[found.start : found.end] == dump


@pytest.mark.parametrize(
    "command",
    [
        "pg_dump app > x || exit 1",
        "pg_dump app > x && gzip x | cat",
        "bash -c 'set -o pipefail; pg_dump app | gzip > x'",
        "docker ps | grep pg_dump | wc -l",
        "ls /d/mysqldump | sort",
        "echo pg_dump begins | mail root",
        "cat pg_dump.sql | psql",
        "mysqldump app | tee x | grep -q 'Dump completed'",
        "zfs send pool@now | ssh host zfs receive pool",
        "echo 'pg_dump | gzip' | logger",
        "# pg_dump | gzip",
        "ls | sort",
    ],
)
def test_nothing_is_hidden(command: str) -> None:
    assert hidden_dump(command) is None


def test_the_finding_points_at_the_dump_in_the_file() -> None:
    found = compilation(
        {"c.yaml": f'{ONE}before_backup:\n    - "\\u00e9; pg_dump app | gzip > /x"\n'}
    )
    diagnostics = Diagnostics()
    hidden_failures(found, MemoryHost({}), diagnostics)
    (finding,) = diagnostics
    assert (finding.code, finding.severity.word) == ("BP355", "warning")
    assert finding.span == ("c.yaml", 5, 16, 5, 23)
    assert "if pg_dump fails, the hook still succeeds" in finding.message


@given(st.text(st.sampled_from("ab |&;<>()'\"\\\n#{}$`"), max_size=60))
def test_any_text_has_pipelines_whose_words_are_in_it(text: str) -> None:
    for pipeline in pipelines(text):
        assert len(pipeline) > 1
        for part in pipeline:
            assert len(part.words) == len(part.starts)
            assert all(0 <= start < len(text) for start in part.starts)
