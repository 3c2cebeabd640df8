"""`borgplan fleet plan`: many hosts on one page, from facts in a folder and through a real Ansible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from borgplan.compiler.driver.facts import Machine
from borgplan.runtime.fleet.servers import server_of
from borgplan.runtime.fleet.show.names import hosts_named
from tests.support.fleet import NAME, history, recorded, written

BORGPLAN = Path(sys.executable).with_name("borgplan")
ANSIBLE = Path(sys.executable).with_name("ansible-runner")
EDITS = {
    "web7": lambda text: text.replace("keep_daily: 7", "keep_daily: 14"),
    "web9": lambda text: text.replace("    - /etc\n", ""),
    "web44": lambda text: text.replace("docker stop shop", "systemctl stop shop"),
}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def fleet(place: Path, *words: str, environment: Mapping[str, str] | None = None) -> Ran:
    done = subprocess.run(
        [BORGPLAN, "fleet", *words], cwd=place, capture_output=True, text=True, check=False,
        env={**os.environ, "HOME": str(place), **(environment or {})},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return recorded(tmp_path_factory.mktemp("recorded"))


def test_two_hundred_hosts_fit_on_two_screens_and_the_three_that_differ_are_named(
    tmp_path: Path, machine: Machine
) -> None:
    written(tmp_path / "facts", machine, (f"web{n}" for n in range(1, 201)), EDITS)
    ran = fleet(tmp_path, "plan", "--facts-dir", "facts")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) <= 48
    assert "200 with a plan, of 4 shapes" in ran.out
    different = ran.out.partition("Different from that, 3 hosts\n")[2].partition("\n\n")[0]
    names = [line.strip() for line in different.splitlines() if line[:4].strip()]
    assert names == ["web7", "web9", "web44"]
    assert "--keep-daily 7 -> --keep-daily 14" in different
    assert "backup1.example: written by 200 hosts: web1 to web200" in ran.out


def test_hosts_without_facts_with_cleanups_and_overdue_are_listed(
    tmp_path: Path, machine: Machine
) -> None:
    facts = written(tmp_path / "facts", machine, ("a", "b", "c"))
    (facts / "a.history.json").write_text(history(time.time() - 60, cleanups=2))
    (facts / "b.history.json").write_text(history(time.time() - 3 * 86400 - 3600))
    (facts / "broken.json").write_text("{")
    inventory = tmp_path / "hosts.ini"
    inventory.write_text("[all]\na\nb\nc\nnew\nbroken\n")
    words = ("--facts-dir", "facts", "--format", "json")
    alone = fleet(tmp_path, "plan", *words)
    assert alone.code == 1
    by_name = {host["name"]: host for host in json.loads(alone.out)["hosts"]}
    assert by_name["a"]["outstanding_cleanups"] == 2
    assert by_name["b"]["overdue"] == "last backup 3 days ago"
    assert by_name["c"]["overdue"] is None
    assert "can't be used" in by_name["broken"]["problem"]
    if not ANSIBLE.exists():
        pytest.skip("ansible-core is not installed")
    listed = fleet(tmp_path, "plan", *words, "-i", str(inventory))
    problems = {h["name"]: h["problem"] for h in json.loads(listed.out)["hosts"]}
    assert problems["new"] == "facts has no facts of it"
    assert problems["a"] is None


def test_files_of_the_repository_come_before_the_facts(tmp_path: Path, machine: Machine) -> None:
    written(tmp_path / "facts", machine, ("a", "b"))
    (path,) = (p for p, a in machine.answers["read"].items() if p.endswith("config.yaml") and a)
    text = machine.answers["read"][path].text.replace(NAME, "a")  # type: ignore[attr-defined]
    ours = tmp_path / "root" / "a" / path.lstrip("/")
    ours.parent.mkdir(parents=True)
    ours.write_text(text.replace("keep_daily: 7", "keep_daily: 99"))
    ran = fleet(tmp_path, "plan", "--facts-dir", "facts", "--root", "root", "--untrusted")
    assert "--keep-daily 7" in ran.out
    assert "--keep-daily 99" in ran.out
    (tmp_path / "root" / "b").symlink_to("/etc")
    outside = fleet(tmp_path, "plan", "--facts-dir", "facts", "--root", "root")
    assert "root/b is a link that leads out of root" in outside.out
    assert outside.code == 1


def test_plans_are_saved_with_pages_and_are_plans(tmp_path: Path, machine: Machine) -> None:
    written(tmp_path / "facts", machine, ("a", "b"))
    words = ("plan", "--facts-dir", "facts", "-o", "out", "--format", "html")
    assert fleet(tmp_path, *words).code == 0
    assert sorted(p.name for p in (tmp_path / "out" / "pages").iterdir()) == [
        "a.html", "b.html", "index.html",
    ]  # fmt: skip
    listed = json.loads((tmp_path / "out" / "fleet.json").read_text())
    assert [host["name"] for host in listed["hosts"]] == ["a", "b"]
    shown = subprocess.run(
        [BORGPLAN, "plan", tmp_path / "out" / "plans" / "a.plan"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Facts: of a" in shown.stdout
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("")
    refused = fleet(tmp_path, "plan", "--facts-dir", "facts", "-o", "mine")
    assert (refused.code, "is not empty" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan",), "name the hosts"),
        (("plan", "--facts-dir", "nowhere"), "No such file"),
        (("plan", "-i", "x,", "--untrusted"), "--untrusted connects to no host"),
        (("plan", "--facts-dir", "f", "--limit", "a"), "--limit needs -i"),
        (("plan", "--facts-dir", "f", "--format", "html"), "-o DIR says where"),
        (("plan", "--facts-dir", "f", "word"), "unrecognized arguments: word"),
        (("nothing",), "invalid choice"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_said(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ran = fleet(tmp_path, *words)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.skipif(
    not ANSIBLE.exists(), reason="ansible-core and ansible-runner are not installed"
)
def test_facts_are_collected_through_ansible(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    repository = tmp_path / "r.borg"
    subprocess.run(["borg", "init", "-e", "none", repository], check=True)
    (tmp_path / "documents").mkdir()
    config.write_text(
        f"source_directories: [{tmp_path}/documents]\nrepositories: [{{path: {repository}}}]\n"
        "unknown_unencrypted_repo_access_is_ok: true\n"
    )
    here = f"ansible_connection=local ansible_python_interpreter={sys.executable}"
    (tmp_path / "hosts.ini").write_text(
        f"a {here} borgplan_command={BORGPLAN} borgplan_configs={config} borgplan_actions=create\n"
        f"c {here} borgplan_command=/nowhere/borgplan\n"
    )
    ran = fleet(tmp_path, "plan", "-i", "hosts.ini", "-o", "out")
    assert ran.code == 1, ran
    assert "2 hosts: 1 with a plan" in ran.out
    assert "c: /nowhere/borgplan can't be started" in ran.out
    assert (tmp_path / "out" / "plans" / "a.plan").exists()
    assert (tmp_path / "out" / "facts" / "a.history.json").exists()
    assert "borgplan fleet apply out" in ran.err
    applied = subprocess.run(
        [BORGPLAN, "apply", tmp_path / "out" / "plans" / "a.plan"],
        cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert applied.returncode == 0, applied
    made = subprocess.run(
        ["borg", "list", "--short", repository], capture_output=True, text=True, check=True,
        env={**os.environ, "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"},
    )  # fmt: skip
    assert len(made.stdout.split()) == 1


def test_an_inventory_that_may_be_a_strangers_runs_nothing(
    tmp_path: Path, machine: Machine
) -> None:
    if not ANSIBLE.exists():
        pytest.skip("ansible-core is not installed")
    written(tmp_path / "facts", machine, ("a",))
    script = tmp_path / "hosts.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\necho '{{}}'\n")
    script.chmod(0o755)
    (tmp_path / "ansible.cfg").write_text("[inventory]\nenable_plugins = script\n")
    ran = fleet(tmp_path, "plan", "-i", "./hosts.sh", "--facts-dir", "facts", "--untrusted")
    assert ran.code == 2
    assert not (tmp_path / "ran").exists()


def test_markdown_has_the_differences(tmp_path: Path, machine: Machine) -> None:
    written(tmp_path / "facts", machine, ("web6", "web7", "web8"), EDITS)
    ran = fleet(tmp_path, "plan", "--facts-dir", "facts", "--format", "markdown")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("### borgplan: Fleet: 3 hosts: 3 with a plan, of 2 shapes.")
    assert "**Different**, 1 host: `web7`" in ran.out


@pytest.mark.skipif(not ANSIBLE.exists(), reason="ansible-core is not installed")
def test_a_bad_inventory_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "hosts.ini").write_text("[all\na b c\n")
    for inventory in ("hosts.ini", "nowhere.ini"):
        ran = fleet(tmp_path, "plan", "-i", inventory)
        assert ran.code == 2
        assert ran.out == ""
        assert ran.err.startswith("borgplan fleet plan: ")


def test_names_of_many_hosts_are_few_words() -> None:
    names = [*(f"web{n}" for n in (1, 2, 3, 5, 6)), "db"]
    assert hosts_named(names) == "web1 to web3, web5, web6, db"


@pytest.mark.parametrize(
    ("location", "server"),
    [
        ("ssh://borg@backup1:2222/~/x", "backup1"),
        ("ssh://[::1]:22/x", "[::1]"),
        ("/srv/x.borg", ""),
        ("rclone:far:x", "rclone:"),
    ],
)
def test_the_server_of_a_repository(location: str, server: str) -> None:
    assert server_of(location) == server
