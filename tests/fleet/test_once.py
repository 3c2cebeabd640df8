"""What is requested twice runs once: ids of runs, keys on hosts, the controller's log, wrong command lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from borgplan.runtime.fleet import manifest
from borgplan.runtime.fleet.collection.ansible_collections.borgplan.backup.plugins.module_utils import (
    detached,
)
from borgplan.runtime.fleet.records import Use
from borgplan.runtime.fleet.rollout_log import (
    BusyError,
    End,
    HostEnd,
    Known,
    RolloutLog,
    read,
)
from borgplan.runtime.fleet.standing import of_history
from tests.fleet.test_plan import BORGPLAN, fleet
from tests.support.fleet import history


def test_a_second_run_with_an_id_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    config.write_text(
        f"source_directories: [/etc/hostname]\nrepositories: [{{path: {tmp_path}/r}}]\n"
        f"commands: [{{before: everything, run: ['echo ran >>{tmp_path}/ran; exit 1']}}]\n"
    )
    words = [str(BORGPLAN), "apply", "--offline", str(config), "--run-id", "roll-web1"]
    environment = {**os.environ, "HOME": str(tmp_path), "BORGPLAN_STATE_DIRECTORY": "state"}
    codes, said = [], ""
    for _ in range(2):
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        codes.append(done.returncode)
        said = done.stderr
    assert codes == [1, 2]
    assert "there is a run roll-web1 already" in said
    assert (tmp_path / "ran").read_text() == "ran\n"
    shown = subprocess.run(
        [BORGPLAN, "history", "--all", "--format", "json"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [run["id"] for run in json.loads(shown.stdout)["runs"]] == ["roll-web1"]


@pytest.mark.parametrize("run_id", ["last", "a/b", "-x", "", "../x"])
def test_an_id_is_part_of_a_file_name(tmp_path: Path, run_id: str) -> None:
    done = subprocess.run(
        [BORGPLAN, "apply", "-n", f"--run-id={run_id}", tmp_path / "nothing.yaml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert ("takes letters" in done.stderr) is bool(run_id)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BORGPLAN_STATE_DIRECTORY", str(tmp_path))
    return tmp_path


def start(key: str, script: str, *, again: bool = False) -> str:
    """As a module of Ansible does it, which ends at once."""
    program = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('detached', {detached.__file__!r})\n"
        "found = importlib.util.module_from_spec(spec)\nsys.modules['detached'] = found\n"
        f"spec.loader.exec_module(found)\nprint(found.start({key!r}, ['sh', '-c', {script!r}], again={again}).how)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_command_with_a_key_starts_once_and_outlives_who_started_it(state: Path) -> None:
    script = (
        f"echo x >>{state}/ran; while [ ! -e {state}/gate ]; do sleep 0.02; done; echo last; exit 3"
    )
    assert [start("key", script), start("key", script)] == ["running", "running"]
    assert detached.standing("key").how == "running"
    (state / "gate").touch()
    assert detached.waited("key", 60) == detached.Standing("ended", 3, "last\n")
    assert start("key", script) == "ended"
    assert (state / "ran").read_text() == "x\n"
    assert start("key", script, again=True) == "running"
    assert detached.waited("key", 60).code == 3
    assert (state / "ran").read_text() == "x\nx\n"
    assert detached.standing("other").how == "absent"


def test_only_the_plan_with_the_digest_is_kept(state: Path) -> None:
    digest = sha256(b"plan").hexdigest()
    assert not detached.has_plan(digest)
    with pytest.raises(ValueError, match="another SHA-256"):
        detached.keep_plan(digest, b"something else")
    detached.keep_plan(digest, b"plan")
    assert detached.has_plan(digest)
    Path(detached.plan_path(digest)).write_bytes(b"damaged")
    assert not detached.has_plan(digest)


def test_old_keys_and_plans_are_removed_but_none_that_runs(state: Path) -> None:
    detached.keep_plan(sha256(b"p").hexdigest(), b"p")
    start("done", "true")
    assert detached.waited("done", 60).code == 0
    start("runs", f"while [ ! -e {state}/gate ]; do sleep 0.02; done")
    top = Path(detached.folder())
    old = time.time() - detached.KEEP - 1
    for path in top.iterdir():
        os.utime(path, (old, old))
    detached.tidy()
    assert [path.name for path in top.iterdir()] == ["runs"]
    (state / "gate").touch()
    assert detached.waited("runs", 60).code == 0


def test_the_log_survives_a_controller_that_was_killed_while_it_wrote(tmp_path: Path) -> None:
    log = RolloutLog(str(tmp_path), "id")
    log.starting("a")
    log.starting("b")
    end = HostEnd(End.FAILED, 1, 2.5, 1, "why")
    log.ended("b", end)
    with pytest.raises(BusyError):
        RolloutLog(str(tmp_path), "id")
    log.close()
    with open(log.path, "a") as file:
        file.write('{"host": "a", "event": "ended", "end": "succ')
    second = RolloutLog(str(tmp_path), "id")
    assert second.known == {"a": Known(is_started=True), "b": Known(is_started=True, end=end)}
    second.ended("a", HostEnd(End.SUCCEEDED, 0))
    second.close()
    assert read(str(tmp_path), "id")["a"].end == HostEnd(End.SUCCEEDED, 0)
    assert read(str(tmp_path), "other") == {}


def test_how_a_host_stands_by_its_history() -> None:
    found = of_history("a", history(1000.0, cleanups=2))
    assert (found.cleanups, found.backup) == (2, 1000.0)
    assert found.is_overdue(1000.0 + 7200, 3600)
    assert not of_history("a", "{").is_known


def _saved(folder: Path, text: bytes = b"plan") -> Path:
    (folder / "plans").mkdir(parents=True)
    (folder / "plans" / "a.plan").write_bytes(text)
    share = manifest.Share(
        "a", sha256(b"plan").hexdigest(), (Use("ssh://s/r", "s", True, False),), 5
    )
    manifest.write(str(folder), manifest.Manifest("0123", ("hosts.ini",), (share,), "0.1.0"))
    return folder


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = manifest.read(str(_saved(tmp_path / "out")))
    assert found.hosts[0].uses[0].server == "s"


def test_what_was_changed_is_not_applied(tmp_path: Path) -> None:
    _saved(tmp_path / "plan", b"changed")
    changed = _saved(tmp_path / "list") / "fleet.json"
    changed.write_text(changed.read_text().replace("ssh://s/r", "ssh://t/r"))
    for folder, said in (("plan", "a.plan was changed"), ("list", "it was changed")):
        ran = fleet(tmp_path, "apply", folder)
        assert (ran.code, said in ran.err) == (2, True), ran


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("apply",), "name the directory"),
        (("apply", "nowhere"), "No such file"),
        (
            ("apply", "nowhere", "--format", "html"),
            "--format html is an option of plan, not of apply",
        ),
        (("lint", "--format", "html"), "--format html is an option of plan, not of lint"),
        (
            ("status", "--format", "markdown"),
            "an option of plan, diff, lint and policy, not of status",
        ),
        (("status",), "name the hosts"),
        (("recover",), "name the hosts"),
        (("apply", "x", "--serial", "0"), "--serial"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_said(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ran = fleet(tmp_path, *words)
    assert ran.code == 2
    assert said in ran.err
