"""BP604: ssh that takes whoever answers for the server."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lint.rules.host_keys import host_keys
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.checks.finding import START, codes, found, hook
from tests.compiler.memory_host import MemoryHost

BAD = [
    "ssh -o StrictHostKeyChecking=no",
    "ssh -oStrictHostKeyChecking=no -i key",
    'ssh -o "StrictHostKeyChecking no"',
    "ssh -o stricthostkeychecking=off",
    "ssh -o StrictHostKeyChecking = no",
    "ssh -o UserKnownHostsFile=/dev/null",
]
GOOD = [
    "ssh -o StrictHostKeyChecking=yes",
    "ssh -o StrictHostKeyChecking=accept-new",
    "ssh -o UserKnownHostsFile=/etc/borg/known_hosts",
    "ssh -i key",
]


@pytest.mark.parametrize("command", BAD)
def test_wherever_it_stands(command: str) -> None:
    assert codes(f"{START}ssh_command: {json.dumps(command)}\n").count("BP604") == 1
    rsync = f"rsync -e {json.dumps(command)} a nas:b"
    assert codes(hook("before action", json.dumps(rsync))).count("BP604") == 1
    exported = f"export BORG_RSH='{command}'; ./x"
    assert codes(hook("before action", json.dumps(exported))).count("BP604") == 1
    assert codes(f"{START}before_backup: [{json.dumps(rsync)}]\n").count("BP604") == 1


def test_in_constants() -> None:
    named = f"{START}constants: {{check: StrictHostKeyChecking=no, ssh: /usr/bin/ssh}}\n"
    assert codes(f'{named}before_backup: ["{{ssh}} -o {{check}} nas true"]\n').count("BP604") == 1
    assert codes(f'{named}ssh_command: "ssh -o {{check}}"\n').count("BP604") == 1
    assert "BP604" not in codes(f'{named}before_backup: ["{{ssh}} nas true"]\n')


@pytest.mark.parametrize("command", GOOD)
def test_what_is_checked(command: str) -> None:
    assert "BP604" not in codes(f"{START}ssh_command: {json.dumps(command)}\n")
    assert "BP604" not in codes(hook("before action", json.dumps(f"{command} nas true")))


def test_a_key_that_is_fetched_in_every_run() -> None:
    assert "BP604" in codes(hook("before action", "ssh-keyscan -H nas >> ~/.ssh/known_hosts"))
    assert "BP604" not in codes(hook("before action", "ssh-keyscan nas"))


def test_options_of_one_repository_and_further_words_for_borg() -> None:
    own = START.replace("{path: /backups/one}", f"{{path: /x, ssh_command: '{BAD[0]}'}}")
    assert [d.code for d in found(own, "2.1")].count("BP604") == 1
    more = f"{START}extra_borg_options: {{create: '--rsh \"{BAD[0]}\"'}}\n"
    assert "BP604" in codes(more)
    assert "BP604" in codes(
        f"{START}constants: {{how: '{BAD[0]}'}}\nssh_command: '{{how}}'\n", "2.1"
    )


@pytest.mark.parametrize(
    ("repository", "more", "wanted"),
    [
        ("ssh://nas/./repo", "", True),
        ("borg@nas:repo", "", True),
        ("/local", "", False),
        ("ssh://nas/./repo", "ssh_command: ssh\n", False),
    ],
)
def test_the_environment_where_borg_takes_it_from(
    repository: str, more: str, *, wanted: bool
) -> None:
    text = START.replace("/backups/one", repository) + more
    host = MemoryHost({"/srv/c.yaml": text}, environment={"BORG_RSH": BAD[0]})
    diagnostics = Diagnostics()
    compilation = plan_of(
        read(CompileRequest(("c.yaml",), semantics="2.1"), host, diagnostics), host, diagnostics
    )
    own = Diagnostics()
    host_keys(compilation, host, own)
    assert [d.code for d in own] == (["BP604"] if wanted else [])
