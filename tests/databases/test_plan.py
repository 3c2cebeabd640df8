"""What plans with dumps say: which databases of a server are dumped, what is written beside the dumps, and why."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.borg.versions import version
from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lower.selection import Facts
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.command_text import command_text
from borgplan.compiler.plan.model import Plan, Role
from borgplan.compiler.plan.words import ForEach, Listed, text_of
from borgplan.compiler.plan.work import Process
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.process.listed import names_of, text_for_each
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import ONE, compilation, planned

KEEP = "on_dump_failure: keep-files\n"
# As psql prints names in CSV.
SERVER = "app\napp_test\nshop\ntemplate1\n"


def listed_for_dumps(plan: Plan) -> Listed:
    """The names for each of which the plan dumps a database."""
    works = (step.work for step in plan.steps if isinstance(step.work, Process))
    (names,) = {feed.each for work in works for feed in work.feeds}
    assert names is not None
    return names


@pytest.mark.parametrize(
    ("name", "dumped"),
    [
        ("all", ["app", "app_test", "shop"]),
        ("app*", ["app", "app_test"]),
    ],
)
def test_a_name_that_stands_for_several_chooses_among_those_of_the_server(
    name: str, dumped: list[str]
) -> None:
    names = listed_for_dumps(
        planned(f"{ONE}postgresql_databases: [{{name: '{name}', format: custom}}]\n")
    )
    assert names_of(names, {names.value: SERVER}) == dumped


def test_the_list_of_dumps_in_the_archive_is_json() -> None:
    entries = "{name: app}, {name: shop}, {name: 'app*', format: custom}"
    plan = planned(f"{ONE}postgresql_databases: [{entries}]\n")
    (file,) = (file for file in plan.scratch if file.path.endswith("/dumps.json"))
    text = ""
    for part in file.lines[0]:
        if isinstance(part, ForEach):
            part = text_for_each(part, {part.names.value: SERVER}) or ""
        text += str(part)
    names = [dump["data_source_name"] for dump in json.loads(text)["dumps"]]
    assert names == ["app", "shop", "app_test"]


@pytest.mark.parametrize(("project", "kept"), [("", False), (KEEP, True)])
def test_the_reason_of_a_dump_says_what_its_failure_costs(project: str, *, kept: bool) -> None:
    text = f"{ONE}postgresql_databases: [{{name: app, format: directory}}]\n"
    plan = compilation(
        {"c.yaml": text, "borgplan.yaml": project} if project else {"c.yaml": text}
    ).plan
    assert plan is not None
    (dump,) = (step for step in plan.steps if step.title.startswith("dump of "))
    assert ("its failure doesn't cost the files" in dump.reason) is kept


def test_where_no_source_is_a_pipe_nothing_is_excluded_and_the_archive_is_made() -> None:
    plan = planned(f"{ONE}postgresql_databases: [{{name: app}}]\n")
    (find,) = (step for step in plan.steps if command_text(step).startswith("find "))
    assert find.role is Role.DUMP
    (excluding,) = (
        part
        for file in plan.scratch
        for line in file.lines
        for part in line
        if isinstance(part, ForEach) and part.names.value.producer == find.id
    )
    assert text_for_each(excluding, {excluding.names.value: ""}) == ""
    found = text_for_each(excluding, {excluding.names.value: "/etc/a\0/etc/b[1]\0"})
    assert found is not None
    assert [line.split(":")[0] for line in found.split("\n")] == ["! fm", "! fm"]


@pytest.mark.parametrize("borg", ["1.2.4", "1.4.0"])
@pytest.mark.parametrize(
    ("command", "is_free"),
    [
        ("ssh", True),
        ("ssh -i /root/key", True),
        ("ssh -i ~/key", True),
        ("ssh -o IdentityFile=/root/key", True),
        ("./wrapper ssh", False),
        ("ssh -i keys/backup", False),
        ("ssh -o IdentityFile=keys/backup", False),
        ("ssh 'without an end", False),
    ],
)
def test_an_old_borg_runs_beside_the_dumps_only_if_its_commands_mean_the_same_there(
    command: str, *, is_free: bool, borg: str
) -> None:
    host = MemoryHost(
        {
            "/srv/c.yaml": f"{ONE}postgresql_databases: [{{name: app}}]\n",
            "/srv/borgplan.yaml": "dump_together: true\n",
        },
        environment={"BORG_RSH": command},
    )
    diagnostics = Diagnostics()
    installed = version(borg)
    assert installed is not None
    sources = read(CompileRequest(("c.yaml",), (Action.CREATE,)), host, diagnostics)
    plan = plan_of(sources, host, diagnostics, Facts(versions={"borg": installed})).plan
    assert plan is not None
    (create,) = (step for step in plan.steps if step.role is Role.BORG and "create" in step.title)
    assert isinstance(create.work, Process)
    assert (create.work.argv[0] == "env") is (is_free and borg == "1.2.4")


@pytest.mark.parametrize("option", ["", "one_file_system: false\n", "one_file_system: true\n"])
def test_pipes_are_looked_for_where_borg_goes(option: str) -> None:
    plan = planned(f"{ONE}{option}postgresql_databases: [{{name: app}}]\n")
    (find,) = (step for step in plan.steps if command_text(step).startswith("find "))
    assert ("-xdev" in command_text(find)) is option.endswith("true\n")


def test_a_dump_in_a_folder_is_sound_if_its_table_of_contents_is_not_empty() -> None:
    plan = planned(f"{ONE}postgresql_databases: [{{name: app, format: directory}}]\n")
    (dump,) = (step for step in plan.steps if step.title.startswith("dump of "))
    assert isinstance(dump.work, Process)
    assert dump.work.required
    (left,) = dump.work.leaves
    assert text_of(left.path).endswith("/postgresql_databases/localhost/app/toc.dat")
