"""The Ansible collection, installed from the built file, with real Ansible and real Borg on this machine as a host."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from borgplan.runtime.system.version import VERSION

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "runtime/fleet/collection/ansible_collections/borgplan/backup"
PROGRAMS = Path(sys.executable).parent

_OWN = ("ansible", ".ansible", ".cache", "collections")

pytestmark = [
    pytest.mark.borg,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not (PROGRAMS / "ansible-galaxy").exists() or shutil.which("borg") is None,
        reason="ansible-core or Borg is not installed",
    ),
]


class Host:
    """This machine, with a home for all that a run keeps."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "documents").mkdir()
        (place / "documents/letter.txt").write_text("Dear Anna")
        self.environment = {
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": str(place), "LANG": "C.UTF-8",
            "BORG_BASE_DIR": str(place), "BORGPLAN_STATE_DIRECTORY": str(place / "state"),
            "BORGPLAN_BORGMATIC": "", "ANSIBLE_COLLECTIONS_PATH": str(place / "collections"),
            "ANSIBLE_HOME": str(place / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false", "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip

    def call(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, env=self.environment, cwd=self.place, capture_output=True, text=True, check=False
        )

    def configure(self, *hooks: str) -> Path:
        path = self.place / "config.yaml"
        path.write_text(
            f"source_directories: [{self.place}/documents]\nrepositories: [{{path: {self.place}/r.borg}}]\n"
            f"unknown_unencrypted_repo_access_is_ok: true\n"
            + "".join(
                f"commands:\n    - {{before: action, when: [create], run: ['{hook}']}}\n"
                for hook in hooks
            )
        )
        path.chmod(0o600)
        return path

    def play(self, tasks: list[dict[str, Any]], *words: str) -> subprocess.CompletedProcess[str]:
        book = self.place / "book.yaml"
        book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
        local = [
            "-i",
            "localhost,",
            "-c",
            "local",
            "-e",
            f"ansible_python_interpreter={sys.executable}",
        ]
        done = self.call(PROGRAMS / "ansible-playbook", *local, *words, book)
        book.unlink()
        assert "Traceback" not in done.stdout + done.stderr, done
        return done

    def task(self, module: str, *words: str, **options: Any) -> dict[str, Any]:
        """What a module returns."""
        kept = self.place / "ansible/result.json"
        tasks = [
            {f"borgplan.backup.{module}": options, "register": "found", "ignore_errors": True},
            {
                "ansible.builtin.copy": {"dest": str(kept), "content": "{{ found | to_json }}"},
                "check_mode": False, "diff": False,
            },
        ]  # fmt: skip
        done = self.play(tasks, *words)
        assert done.returncode == 0, done
        found: dict[str, Any] = json.loads(kept.read_text())
        return found

    def role(self, *words: str, **variables: Any) -> int:
        """The exit code of a playbook with the role `configure`."""
        role = {
            "ansible.builtin.import_role": {"name": "borgplan.backup.configure"},
            "vars": variables,
        }
        done = self.play([role], *words)
        print(done.stdout[-3000:], done.stderr[-1500:])
        return done.returncode

    def tree(self) -> set[str]:
        """All that is there, with times and sizes, but for caches and Ansible's own files."""
        found = set()
        for path in self.place.rglob("*"):
            if path.relative_to(self.place).parts[0] not in _OWN:
                status = path.lstat()
                found.add(f"{path} {status.st_mode} {status.st_mtime_ns} {status.st_size}")
        return found

    def archives(self) -> int:
        return len(self.call("borg", "list", "--short", "r.borg").stdout.split())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = subprocess.run(
        [ROOT / "scripts/build-collection", tmp_path_factory.mktemp("built")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Path(done.stdout.strip())


@pytest.fixture
def host(built: Path, tmp_path: Path) -> Host:
    found = Host(tmp_path)
    installed = found.call(
        PROGRAMS / "ansible-galaxy",
        "collection",
        "install",
        built,
        "-p",
        tmp_path / "collections",
        "--offline",
    )
    assert "borgplan.backup" in installed.stdout, installed
    assert found.call("borg", "init", "-e", "none", "r.borg").returncode == 0
    return found


def test_the_collection_has_the_version_of_borgplan(built: Path) -> None:
    assert f"\nversion: {VERSION}\n" in (SOURCE / "galaxy.yml").read_text()
    assert built.name == f"borgplan-backup-{VERSION}.tar.gz"


def test_plan_and_apply_change_nothing_in_check_mode(host: Host) -> None:
    config = host.configure(f"touch {host.place}/hook")
    what = {"configs": [str(config)], "actions": ["create"]}
    before = host.tree()
    planned = host.task("borgplan_plan", "--check", "--diff", **what)
    assert planned["changed"], planned
    assert not planned["is_compared"]
    assert "borg create" in planned["plan"]
    would = host.task("borgplan_apply", "--check", **what)
    assert (would["changed"], would["outcome"]) == (True, "planned"), would
    assert "borg create" in would["plan"]
    assert host.tree() == before
    assert host.archives() == 0

    ran = host.task("borgplan_apply", **what, run_id="first")
    assert (ran["changed"], ran["outcome"], ran["rc"], len(ran["archives"])) == (
        True,
        "succeeded",
        0,
        1,
    ), ran
    again = host.task("borgplan_apply", **what, run_id="first")
    assert (again["changed"], again["outcome"], again["archives"]) == (
        False,
        "succeeded",
        ran["archives"],
    ), again
    assert host.archives() == 1

    assert not host.task("borgplan_plan", **what)["changed"]
    host.configure("exit 3")
    before = host.tree()
    differs = host.task("borgplan_plan", "--check", "--diff", **what)
    assert differs["changed"]
    assert differs["is_compared"]
    assert "exit 3" in differs["diff"]["prepared"], differs
    assert host.tree() == before

    failed = host.task("borgplan_apply", **what)
    assert (failed["failed"], failed["outcome"], failed["rc"]) == (True, "failed", 1), failed
    assert host.archives() == 1


def test_run_changes_nothing_in_check_mode(host: Host) -> None:
    """The module of `borgplan fleet`."""
    config = host.configure()
    assert (
        host.call(PROGRAMS / "borgplan", "plan", "-a", "create", "-o", "a.plan", config).returncode
        == 0
    )
    before = host.tree()
    text = (host.place / "a.plan").read_bytes()
    digest = hashlib.sha256(text).hexdigest()

    would = host.task(
        "borgplan_run",
        "--check",
        state="started",
        verb="apply",
        key="a-1",
        digest=digest,
        plan=base64.b64encode(text).decode(),
    )
    assert would["changed"], would
    assert host.tree() == before
    assert host.archives() == 0


def test_what_would_be_refused_fails(host: Host) -> None:
    config = host.configure()
    config.write_text("repositories: 3\n")
    refused = host.task("borgplan_plan", configs=[str(config)])
    assert refused["failed"]
    assert "BP" in refused["msg"], refused


def test_files_are_put_in_place_only_if_lint_accepts_them(host: Host) -> None:
    template = host.place / "shop.yaml.j2"
    target, units = host.place / "etc", host.place / "units"
    variables = {
        "configure_borgplan_command": str(PROGRAMS / "borgplan"),
        "configure_borgplan_directory": str(target),
        "configure_borgplan_files": [{"src": str(template)}],
        "configure_borgplan_units_directory": str(units),
        "configure_borgplan_timer": False,
    }
    good = f"source_directories: [/etc]\nrepositories: [{{path: {host.place}/r.borg}}]\nkeep_daily: 7\n"
    template.write_text(good)
    before = host.tree()
    assert host.role("--check", **variables) == 0
    assert host.tree() == before
    assert host.role(**variables) == 0
    assert (target / "shop.yaml").read_text() == good
    assert (target / "shop.yaml").stat().st_mode & 0o777 == 0o600
    timer = (units / "borgplan.timer").read_text()
    assert host.role(**variables) == 0
    assert (units / "borgplan.timer").read_text() == timer
    template.write_text("repositories: 3\n")
    assert host.role(**variables) != 0
    assert (target / "shop.yaml").read_text() == good
