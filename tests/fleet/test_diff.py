"""`borgplan fleet diff`: what a change of the configurations changes on all hosts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from borgplan.compiler.driver.facts import Machine
from tests.fleet.test_plan import fleet, machine
from tests.support.fleet import NAME, written

__all__ = ["machine"]


def git(place: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example", *words],
        cwd=place, check=True, capture_output=True,
    )  # fmt: skip


def below(place: Path, machine: Machine, host: str, old: str = "", new: str = "") -> Path:
    """The host's configuration in the repository of configurations."""
    (path,) = (p for p, a in machine.answers["read"].items() if p.endswith("config.yaml") and a)
    text = machine.answers["read"][path].text.replace(NAME, host)  # type: ignore[attr-defined]
    file = place / "root" / host / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace(old, new) if old else text)
    return file


@pytest.fixture
def configurations(tmp_path: Path, machine: Machine) -> Path:
    """A repository with the configurations of six hosts, two of which have a change that isn't committed."""
    hosts = [f"web{n}" for n in range(1, 7)]
    written(tmp_path / "facts", machine, hosts)
    for host in hosts:
        below(tmp_path, machine, host)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "root")
    git(tmp_path, "commit", "-q", "-m", "one")
    for host in ("web2", "web3"):
        below(tmp_path, machine, host, "keep_daily: 7", "keep_daily: 9")
    return tmp_path


WORDS = ("diff", "HEAD", "--root", "root", "--facts-dir", "facts")


def test_hosts_that_change_in_the_same_way_are_one(configurations: Path) -> None:
    ran = fleet(configurations, *WORDS)
    assert ran.code == 0
    assert "of 6 hosts, 2 change in 1 way." in ran.out
    assert "2 hosts: web2, web3: 1 change: 1 changed" in ran.out
    assert "--keep-daily 9" in ran.out
    assert "No change, 4 hosts: web1, web4 to web6" in ran.out
    data = json.loads(fleet(configurations, *WORDS, "--format", "json").out)
    assert [each["hosts"] for each in data["changed"]] == [["web2", "web3"]]
    assert data["unchanged"] == ["web1", "web4", "web5", "web6"]
    page = fleet(configurations, *WORDS, "--format", "markdown").out
    assert "the plans of 2 of 6 hosts change" in page
    assert fleet(configurations, *WORDS, "--exit-code").code == 2
    git(configurations, "commit", "-q", "-a", "-m", "two")
    assert fleet(configurations, *WORDS, "--exit-code").code == 0
    assert "2 change in 1 way" in fleet(configurations, "diff", "HEAD~1", *WORDS[2:]).out


def test_a_release_of_borgmatic_is_compared_across_the_fleet(configurations: Path) -> None:
    ran = fleet(configurations, "diff", "--facts-dir", "facts", "--against-semantics", "1.5.24")
    assert ran.code == 0
    assert "of 6 hosts, 6 change in 1 way." in ran.out
    assert "with borgmatic 1.5.24" in ran.out


def test_a_host_that_loses_its_plan_is_an_error(configurations: Path, machine: Machine) -> None:
    below(configurations, machine, "web5", "keep_daily: 7", "keep_daily: [")
    ran = fleet(configurations, *WORDS)
    assert ran.code == 2
    assert "No plan after the change, 1 host\n  web5: " in ran.out
    assert fleet(configurations, *WORDS, "--exit-code").code == 1


def test_a_revision_of_strangers_leads_nowhere(configurations: Path, machine: Machine) -> None:
    secret = configurations / "secret.yaml"
    secret.write_text("keep_daily: 5\n")
    file = below(configurations, machine, "web1")
    file.unlink()
    file.symlink_to(secret)
    git(configurations, "commit", "-q", "-a", "-m", "link")
    ran = fleet(configurations, *WORDS, "--untrusted")
    assert "is not a regular file in this revision" in ran.out
    assert "keep_daily: 5" not in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("diff", "--facts-dir", "facts"), "name what to compare with"),
        (("diff", "HEAD", "--facts-dir", "facts"), "REV is a revision of"),
        (("diff", "nowhere", *WORDS[2:]), "nowhere: "),
        (("diff", "-x", *WORDS[2:]), "-x"),
        ((*WORDS, "--format", "html"), "--format html is an option of plan, not of diff"),
    ],
)
def test_what_is_wrong_is_said(configurations: Path, words: tuple[str, ...], said: str) -> None:
    ran = fleet(configurations, *words)
    assert (ran.code, said in ran.err) == (2, True), ran.err
