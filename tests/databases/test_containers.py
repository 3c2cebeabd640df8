"""Servers in containers, with real Borg and a stand-in for docker and podman."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiler.planning import ONE, compilation, planned
from tests.databases.engines import ADDRESS, Engines
from tests.databases.test_faults import SOUND, leaves_nothing, script
from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home

QUESTION = ["container", "inspect", "--format={{json .NetworkSettings}}", "db"]
NETWORKS = {"IPAddress": "", "Networks": {"a": {"IPAddress": ""}, "b": {"IPAddress": "fd00::7"}}}


def engines(home: Home, docker: dict[str, Any], podman: dict[str, Any]) -> Engines:
    """On PATH, and a configuration of two databases in one container."""
    folder = home.path / "engines"
    folder.mkdir(exist_ok=True)
    found = Engines(folder, docker, podman)
    (home.path / "run").mkdir(exist_ok=True)
    dump = script(home, "dump", f'echo "$@" >>{home.path}/dumped; {SOUND}')
    databases = [
        {"name": name, "container": "db", "format": "plain", "pg_dump_command": dump}
        for name in ("one", "two")
    ]
    configure(home, user_runtime_directory=str(home.path / "run"), postgresql_databases=databases)
    return found


@pytest.mark.borg
@pytest.mark.parametrize(
    ("docker", "podman", "address", "times"),
    [
        ({"db": ADDRESS}, {}, "172.17.0.5", 1),
        ({"db": NETWORKS}, {}, "fd00::7", 1),
        ({}, {"db": ADDRESS}, "172.17.0.5", 2),
        ({"db": {"IPAddress": "", "Networks": {}}}, {"db": NETWORKS}, "fd00::7", 2),
    ],
)
def test_a_dump_goes_to_the_address_of_its_container(
    home: Home, docker: dict[str, Any], podman: dict[str, Any], address: str, times: int
) -> None:
    """Each engine is asked once, and the dump's path has the name of the container."""
    init(home)
    found = engines(home, docker, podman)
    ran = apply(home, "create", PATH=found.path)
    assert ran.exit_code == 0, ran.stderr
    assert found.asked() == [["docker", *QUESTION], ["podman", *QUESTION]][:times]
    dumped = (home.path / "dumped").read_text()
    assert dumped.count(f"--host {address} ") == 2
    (archive,) = home.archives("r")
    listed = home.borg("list", "--short", f"backups/r::{archive}").decode()
    assert "borgmatic/postgresql_databases/db/one" in listed
    leaves_nothing(home)


@pytest.mark.borg
@pytest.mark.parametrize(
    ("docker", "words"),
    [
        ({}, "no such container: db"),
        ({"db": "not json\n"}, "no such container: db"),
        ({"db": {"IPAddress": "", "Networks": {}}}, "no such container: db"),
        ({"db": '{"IPAddress": "fe:", "x": '}, "the container has no address"),
        ({"db": {"IPAddress": "--file=/etc/passwd"}}, "no such container: db"),
    ],
)  # fmt: skip
def test_without_an_address_nothing_is_dumped(
    home: Home, docker: dict[str, Any], words: str
) -> None:
    init(home)
    found = engines(home, docker, {})
    ran = apply(home, "create", PATH=found.path)
    assert ran.exit_code == 1
    assert words in ran.stderr
    assert not (home.path / "dumped").exists()
    assert home.archives("r") == []
    leaves_nothing(home)


@pytest.mark.borg
def test_a_plan_and_a_dry_run_show_the_question_and_ask_nobody(home: Home) -> None:
    init(home)
    found = engines(home, {"db": ADDRESS}, {})
    shown = home.borgplan("plan", "-a", "create", "c.yaml", PATH=found.path)
    assert 'podman "$@"\' sh container inspect' in shown.stdout
    assert "--host ADDRESS" in shown.stdout
    assert apply(home, "create", "--dry-run", PATH=found.path).exit_code == 0
    assert found.asked() == []


def test_each_kind_is_given_the_address() -> None:
    text = ONE + "".join(
        f"{kind}_databases: [{{name: app, hostname: elsewhere, container: db}}]\n"
        for kind in ("mariadb", "mongodb", "mysql", "postgresql")
    )
    found = planned(text)
    titles = [step.title for step in found.steps]
    assert titles.count("address of the container db") == 1
    (create,) = (step for step in found.steps if step.title == "borg create")
    words = [feed.argv for feed in getattr(create.work, "feeds", ())]
    assert len(words) == 4
    for argv in words:
        assert not isinstance(argv[argv.index("--host") + 1], str)
        assert "elsewhere" not in argv


@pytest.mark.parametrize("name", ["-x", "a b", "", "a/b"])
def test_what_is_no_name_of_a_container_is_refused(name: str) -> None:
    text = f"{ONE}postgresql_databases: [{{name: app, container: '{name}'}}]\n"
    assert "BP384" in {d.code for d in compilation({"c.yaml": text}).errors}
