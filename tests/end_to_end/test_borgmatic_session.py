"""A shell session of typical lines for borgmatic, from crontabs, units, scripts and container images, with real Borg:
what scripts read of each. `make oracle` runs the same under borgmatic itself and compares."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.end_to_end.home import Home, Ran
from tests.support.laboratory import Server

pytestmark = [pytest.mark.borg, pytest.mark.timeout(900)]

_CONFIG = ".config/borgmatic/config.yaml"
_NAME = re.compile(r"^(?:\S+-)?\d{4}-\d\d-\d\dT\S+", re.MULTILINE)


class Line(NamedTuple):
    """`read`: what a script reads of it. `oracle`: whether borgmatic 2.1.10 takes it."""

    text: str
    read: Callable[[Ran, Home], object]
    expected: object
    oracle: bool = True


def code(ran: Ran, _home: Home) -> object:
    """The exit code, and that nobody sees a traceback."""
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran.exit_code


def silent(ran: Ran, _home: Home) -> object:
    """cron sends mail about anything else."""
    return ran.exit_code, ran.stdout, ran.stderr


def statistics(ran: Ran, _home: Home) -> object:
    return ran.exit_code, ran.stdout.count("Archive name: "), ran.stdout.count("This archive:")


def labels(ran: Ran, _home: Home) -> object:
    """`jq '.[].repository.label'`."""
    return ran.exit_code, [each["repository"].get("label") for each in json.loads(ran.stdout)]


def archives(ran: Ran, _home: Home) -> object:
    """`jq '.[].archives | length'`."""
    return ran.exit_code, [len(each["archives"]) > 0 for each in json.loads(ran.stdout)]


def sizes(ran: Ran, _home: Home) -> object:
    """What dashboards read."""
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return ran.exit_code, [sorted(each["cache"]["stats"]) for each in found]


def files(ran: Ran, _home: Home) -> object:
    """`jq '.[].archives[0].stats.nfiles > 0'`."""
    found = json.loads(ran.stdout)
    return ran.exit_code, [each["archives"][-1]["stats"]["nfiles"] > 0 for each in found]


def names(ran: Ran, _home: Home) -> object:
    """`grep` for archives."""
    return ran.exit_code, len(_NAME.findall(ran.stdout)) >= len(TWO)


def letter(ran: Ran, _home: Home) -> object:
    return ran.exit_code, ran.stdout.count("documents/letter.txt")


def output(ran: Ran, _home: Home) -> object:
    return ran.exit_code, ran.stdout.strip()


def extracted(ran: Ran, home: Home) -> object:
    found = sorted(home.path.glob("out/**/letter.txt"))
    return ran.exit_code, [file.read_bytes() for file in found]


def shown(ran: Ran, _home: Home) -> object:
    return ran.exit_code, [each["keep_daily"] for each in json.loads(ran.stdout)]


def is_long(ran: Ran, _home: Home) -> object:
    return ran.exit_code, len(ran.stdout) > 1000


TWO = ["one", ""]
LINES = (
    Line("borgmatic config validate", code, 0),
    Line("borgmatic init --encryption none", code, 0),
    Line("borgmatic rcreate -e none", code, 0),
    Line("borgmatic repo-create --encryption none --make-parent-dirs", code, 0),
    Line("borgmatic --stats -v 0", statistics, (0, 2, 2)),
    Line("borgmatic create --stats -v1", statistics, (0, 2, 2)),
    Line("borgmatic --verbosity -1 --syslog-verbosity -2 create", silent, (0, "", "")),
    Line("borgmatic create", silent, (0, "", "")),
    Line("borgmatic -v 0 create --no-color", silent, (0, "", "")),
    Line("borgmatic create prune -v0", silent, (0, "", "")),
    Line("borgmatic list --json", labels, (0, TWO)),
    Line("borgmatic rlist --json", archives, (0, [True, True])),
    Line("borgmatic repo-list --json --repository one", labels, (0, ["one"])),
    Line("borgmatic list", names, (0, True)),
    Line("borgmatic rlist --short", names, (0, True)),
    Line("borgmatic -l --short", names, (0, True)),
    Line("borgmatic rinfo --json", sizes, None),
    Line("borgmatic repo-info --json", labels, (0, TWO)),
    Line("borgmatic info --json", files, (0, [True, True])),
    Line("borgmatic info --archive latest --json", labels, (0, TWO)),
    Line("borgmatic -i", code, 0),
    Line("borgmatic list --archive latest", letter, (0, 2)),
    Line("borgmatic list --repository one --archive latest --path documents", code, 0, oracle=False),
    Line("borgmatic list --last 1 --json", archives, (0, [True, True])),
    Line("borgmatic prune compact create check", silent, (0, "", "")),
    Line("borgmatic -p -C -k -v 0", silent, (0, "", "")),
    Line("borgmatic prune --stats -v 0", code, 0),
    Line("borgmatic prune --list --verbosity 1", code, 0),
    Line("borgmatic compact --progress", code, 0),
    Line("borgmatic check --force", code, 0),
    Line("borgmatic check --only repository --force", code, 0),
    Line("borgmatic --dry-run", code, 0),
    Line("borgmatic -n create --list -v 1", code, 0),
    Line("borgmatic create --files --list", code, 0),
    Line("borgmatic create --json", labels, (0, TWO)),
    Line("borgmatic --create --prune", silent, (0, "", ""), oracle=False),
    Line("borgmatic extract --repository one --archive latest --destination out", extracted, (0, [b"a letter\n"])),
    Line("borgmatic export-tar --repository one --archive latest --destination all.tar", code, 0),
    Line("borgmatic create --override keep_daily=3", code, 0),
    Line("borgmatic prune --override retention.keep_daily=3", code, 0),
    Line("borgmatic --repositories[0].label uno repo-list --json", labels, (0, ["uno", ""])),
    Line("borgmatic --no-one-file-system --compression lz4 create", silent, (0, "", "")),
    Line("borgmatic --log-file borgmatic.log --log-file-verbosity 1 create", silent, (0, "", "")),
    Line("borgmatic config show --option keep_daily", output, (0, "7")),
    Line("borgmatic config show --json", shown, (0, [7])),
    Line("borgmatic break-lock", code, 0),
    Line("borgmatic borg list --last 1", code, 0),
    Line("borgmatic --invalid", code, 1),
    Line("borgmatic create --archive latest", code, 1),
    Line("borgmatic -c missing.yaml list", code, 1),
    Line("borgmatic list --archive no-such-archive", code, 1),
    Line("borgmatic config generate --destination new.yaml", code, 0),
    Line("borgmatic config generate --destination new.yaml", code, 1),
    Line("borgmatic config generate --destination new.yaml --overwrite --source .config/borgmatic/config.yaml", code, 0),
    Line("borgmatic config validate --config new.yaml --show", code, 0),
    Line("borgmatic --version", output, (0, "2.1.10")),
    Line("borgmatic --bash-completion", is_long, (0, True)),
    Line("borgmatic --fish-completion", is_long, (0, True)),
)  # fmt: skip


def prepared(path: Path, server: Server) -> Home:
    path.mkdir()
    home = Home(path, server)
    (path / "out").mkdir()
    data = {
        "source_directories": [f"{path}/documents"],
        "repositories": [
            {"path": f"{path}/backups/one", "label": "one"},
            {"path": f"{path}/backups/two"},
        ],
        "keep_daily": 7,
        "archive_name_format": "host-{now:%Y-%m-%dT%H:%M:%S.%f}",
        "bootstrap": {},
    }
    home.write(_CONFIG, yaml.safe_dump(data, sort_keys=False))
    return home


@pytest.mark.timeout(500)
def test_the_session_reads_the_same_under_borgplan(
    tmp_path: Path, server: Server, record_property: Callable[[str, object], None]
) -> None:
    home = prepared(tmp_path / "home", server)
    wrong = []
    for number, line in enumerate(LINES):
        ran = home.borgplan(*shlex.split(line.text))
        found = read_of(line, ran, home)
        if line.expected is not None and found != line.expected:
            wrong.append((number, line.text, found, ran.stderr[-500:]))
    record_property("session", ("as expected", len(LINES) - len(wrong), len(LINES)))
    assert not wrong
    assert len(LINES) >= 40


def test_json_is_whole_after_a_failure(tmp_path: Path, server: Server) -> None:
    """Where borgmatic gives none."""
    home = prepared(tmp_path / "home", server)
    home.borgplan("borgmatic", "init", "-e", "none", "--repository", "one")
    for action in ("create", "repo-list", "info"):
        ran = home.borgplan("borgmatic", action, "--json")
        assert ran.exit_code == 1
        assert [each["repository"]["label"] for each in json.loads(ran.stdout)] == ["one"]
        assert "does not exist" in ran.stderr


@pytest.mark.oracle
@pytest.mark.timeout(1800)
@pytest.mark.skipif("BORGMATIC" not in os.environ, reason="see `make oracle`")
def test_the_session_reads_the_same_under_borgmatic(
    tmp_path: Path, server: Server, record_property: Callable[[str, object], None]
) -> None:
    own = prepared(tmp_path / "own", server)
    its = prepared(tmp_path / "its", server)
    different = []
    for line in LINES:
        mine = read_of(line, own.borgplan(*shlex.split(line.text)), own)
        if not line.oracle:
            continue
        theirs = read_of(line, _by_borgmatic(line, its), its)
        if mine != theirs:
            different.append((line.text, mine, theirs))
    both = sum(line.oracle for line in LINES)
    record_property("session", ("as under borgmatic", both - len(different), both))
    assert not different


def read_of(line: Line, ran: Ran, home: Home) -> object:
    """What a script reads, or why it can't."""
    try:
        return line.read(ran, home)
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        return f"{type(error).__name__}: {ran.exit_code} {ran.stdout[:300]}"


def _by_borgmatic(line: Line, home: Home) -> Ran:
    (_, *words) = shlex.split(line.text)
    done = subprocess.run(
        [os.environ["BORGMATIC"], *words],
        cwd=home.path, env=home.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)
