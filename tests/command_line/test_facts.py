"""`borgplan facts` on one machine, and plans for it on another one, which has nothing of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from tests.command_line.place import Place

DOCS = Path(__file__).parents[2] / "docs"
SECRET = "hunter2-of-the-machine"
CONFIG = """\
<<: !include common.yaml
source_directories: [HERE/data, 'HERE/ho*']
repositories: [{path: HERE/repo, label: here}, {path: 'ssh://b@h/./r'}]
encryption_passcommand: cat HERE/phrase
patterns_from: [HERE/patterns]
checks: [{name: repository, frequency: 2 weeks}, {name: archives, frequency: 1 day}]
keep_daily: 7
commands:
    - {before: action, when: [create], run: ['echo "${TOKEN}" {repository}']}
    - {after: error, run: ['mail -s "backup" root']}
"""


@pytest.fixture
def machine(place: Place) -> Place:
    """A machine with a configuration in `etc`, and beside it the folder `elsewhere`, which is empty."""
    place.write("etc/c.yaml", CONFIG.replace("HERE", str(place.path)))
    place.write("etc/common.yaml", "compression: zstd,3\n")
    place.write("patterns", "- *.cache\n")
    place.write("phrase", SECRET)
    for name in ("data", "home", "elsewhere"):
        (place.path / name).mkdir()
    return place


def facts(machine: Place, *words: str) -> str:
    ran = machine.run("facts", "-o", "H.json", *words, f"{machine.path}/etc/c.yaml", TOKEN=SECRET)
    assert ran.code == 0, ran
    return machine.read("H.json")


def hidden(machine: Place) -> None:
    """The machine is another one from now on: nothing of it is here."""
    for name in ("etc", "patterns", "phrase", "data", "home"):
        (machine.path / name).rename(machine.path / f".{name}")


def plan(machine: Place, *words: str, directory: str = ".") -> object:
    ran = machine.run(
        "plan", "--format", "json", *words, f"{machine.path}/etc/c.yaml", directory=directory, TOKEN=SECRET
    )  # fmt: skip
    assert ran.code == 0, ran
    return {**ran.data, "recorded": None}


@pytest.mark.parametrize("more", [(), ("-a", "create"), ("-r", "here"), ("--semantics", "2.1")])
def test_elsewhere_the_facts_give_the_plan_of_the_machine(
    machine: Place, more: tuple[str, ...]
) -> None:
    here = plan(machine, *more)
    facts(machine, "--contents", *more)
    hidden(machine)
    there = plan(machine, "--facts", "../H.json", *more, directory="elsewhere")
    assert there == here
    lint = machine.run("lint", "--facts", "H.json", f"{machine.path}/etc/c.yaml")
    assert lint.code in (0, 1), lint


def test_checks_that_are_not_due_are_not_due_elsewhere(machine: Place) -> None:
    folder = machine.path / ".local/state/borgplan/checks"
    names = plan(machine, "-a", "check")
    assert isinstance(names, dict)
    for step in names["steps"]:
        for path in step["work"].get("records", ()):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).touch()
    assert folder.exists()
    here = plan(machine, "-a", "check")
    assert here != names
    facts(machine, "--contents", "-a", "check")
    hidden(machine)
    shutil.rmtree(folder)
    assert plan(machine, "--facts", "H.json", "-a", "check") == here


def test_the_files_can_come_from_a_checkout_instead(machine: Place) -> None:
    """Without texts in the facts: what a repository of the team holds below a directory."""
    here = plan(machine)
    facts(machine)
    top = machine.path / "checkout" / str(machine.path).lstrip("/")
    top.mkdir(parents=True)
    shutil.copytree(machine.path / "etc", top / "etc")
    shutil.copy(machine.path / "patterns", top)
    hidden(machine)
    assert plan(machine, "--facts", "H.json", "--root", "checkout") == here
    (top / "patterns").unlink()
    ran = machine.run(
        "plan", "--facts", "H.json", "--root", "checkout", f"{machine.path}/etc/c.yaml"
    )
    assert ran.code == 0, ran
    assert f"{machine.path}/patterns: known when applied." in ran.out
    assert f"--patterns-from PATTERNS --patterns-from {machine.path}/patterns" in ran.out.replace(
        "--exclude-from", "--patterns-from"
    )


def test_no_secret_is_in_the_facts(machine: Place) -> None:
    machine.write("etc/secret.yaml", f"encryption_passphrase: {SECRET}\n")
    with (machine.path / "etc/c.yaml").open("a") as file:
        file.write(
            "healthchecks: {ping_url: 'https://hc-ping.com/12345678-1234-1234-1234-123456789abc'}\n"
        )
    text = machine.read("etc/c.yaml").replace(
        "encryption_passcommand", "<<: !include secret.yaml\n#"
    )
    machine.write("etc/c.yaml", text.replace("<<: !include common.yaml\n", ""))
    ran = machine.run(
        "facts", "-o", "H.json", "--contents", f"{machine.path}/etc/c.yaml", TOKEN=SECRET, OTHER="value-of-other"
    )  # fmt: skip
    assert ran.code == 0, ran
    assert f"{machine.path}/etc/secret.yaml: digest only, because it may hold a secret" in ran.err
    text = machine.read("H.json")
    assert "OTHER" in json.loads(text)["variables"]
    for secret in (SECRET, "12345678-1234", "value-of-other"):
        assert secret not in text


def test_what_they_say_fits_the_schema_and_only_facts_are_replaced(machine: Place) -> None:
    data = json.loads(facts(machine, "--contents"))
    schema = json.loads((DOCS / "facts.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(data)
    facts(machine)
    machine.write("H.json", "precious")
    ran = machine.run("facts", "-o", "H.json", "etc/c.yaml")
    assert (ran.code, machine.read("H.json")) == (2, "precious")
    assert "exists, and does not hold facts" in ran.err
    ran = machine.run("facts", "etc/c.yaml", TOKEN=SECRET)
    assert ran.code == 0, ran
    assert ran.data["format"] == "borgplan-facts"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(host="x"), "sha256: the file was changed after it was saved"),
        (lambda d: d.update(version=2), "version"),
        (lambda d: d.pop("answers"), "`answers` is missing"),
    ],
)
def test_facts_that_were_changed_are_refused(machine: Place, change: object, said: str) -> None:
    data = json.loads(facts(machine))
    assert callable(change)
    change(data)
    machine.write("H.json", json.dumps(data))
    for command in ("plan", "lint", "explain"):
        ran = machine.run(
            command, *(["1"] if command == "explain" else []), "--facts", "H.json", "etc/c.yaml"
        )
        assert (ran.code, "BP511 the facts can't be used" in ran.err, said in ran.err) == (
            2,
            True,
            True,
        ), ran


def test_a_missing_or_strange_file_of_facts_is_an_error(machine: Place) -> None:
    machine.write("odd", b"\xff")
    for name, said in (
        ("none", "BP101 no such file"),
        ("odd", "not valid UTF-8"),
        ("etc/c.yaml", "not valid JSON"),
    ):
        ran = machine.run("plan", "--facts", name, "etc/c.yaml")
        assert (ran.code, said in ran.err) == (2, True), ran


def test_a_plan_says_whose_facts_it_is_made_of_and_apply_checks_them(machine: Place) -> None:
    import os

    facts(machine, "--contents", "-a", "create")
    path = f"{machine.path}/etc/c.yaml"
    ran = machine.run("plan", "--facts", "H.json", "-a", "create", "-o", "saved", path)
    assert ran.code == 0, ran
    assert f"Facts: of {os.uname().nodename}, recorded 20" in ran.out
    assert f"Facts of {os.uname().nodename}, less than a minute old" in ran.err
    machine.program("mail", "true")
    assert "is stale" not in machine.run("apply", "--dry-run", "saved", TOKEN=SECRET).err
    machine.write("patterns", "- *.other\n")
    ran = machine.run("apply", "saved", TOKEN=SECRET)
    assert ran.code == 2
    assert f"the file {machine.path}/patterns has changed" in ran.err


def test_facts_of_another_machine_are_stale_here(machine: Place) -> None:
    from borgplan.compiler.driver.facts import from_text, to_text

    other = from_text(facts(machine, "--contents"))._replace(host="db1")
    machine.write("H.json", to_text(other))
    path = f"{machine.path}/etc/c.yaml"
    assert machine.run("plan", "--facts", "H.json", "-o", "saved", path).code == 0
    ran = machine.run("apply", "saved", TOKEN=SECRET)
    assert ran.code == 2
    assert "the plan was made from facts of db1, and this is" in ran.err


OFFLINE = """\
<<: !include /etc/of/the/machine.yaml
repositories: [{path: '${REPO}'}, {path: /r}]
source_directories: [/home, '/srv/*']
exclude_from: [/etc/of/the/excludes]
keep_daily: ${KEEP}
compression: ${COMPRESSION:-lz4}
one_file_system: ${ONE}
umask: ${MASK}
checks: [{name: repository, frequency: 2 weeks}]
before_backup: ['test "${MODE}" = full']
"""


def test_offline_what_is_not_there_is_known_when_applied(machine: Place) -> None:
    machine.write("elsewhere/c.yaml", OFFLINE)
    for mode in ("--offline", "--untrusted", "--root=none"):
        ran = machine.run("plan", mode, "--semantics", "2.0", "c.yaml", directory="elsewhere")
        assert ran.code == 0, ran
        assert "error" not in ran.err
        for name in (
            "/etc/of/the/machine.yaml", "/etc/of/the/excludes", "/srv/*", "${REPO}", "${KEEP}",
            "${COMPRESSION}", "${ONE}", "${MASK}", "Repository /r",
        ):  # fmt: skip
            assert f"{name}: known when applied." in ran.out, name
        assert "check repository of /r: whether it is due is known when applied." in ran.out
        assert "--exclude-from /etc/of/the/excludes" in ran.out
        assert "borg check" in ran.out
        assert machine.run("lint", mode, "c.yaml", directory="elsewhere").code in (0, 1)
        same = machine.run("diff", mode, "--exit-code", "c.yaml", "c.yaml", directory="elsewhere")
        assert same.code == 0, same


def test_offline_nothing_of_this_machine_is_looked_at(machine: Place) -> None:
    machine.program("borg", 'echo "borg $1" >> "$HOME/trace"\n')
    machine.write("elsewhere/c.yaml", CONFIG.replace("HERE", str(machine.path)).replace("<<", "#"))
    ran = machine.run("plan", "--offline", "c.yaml", directory="elsewhere", TOKEN=SECRET)
    assert ran.code == 0, ran
    assert "borg: version unknown" in ran.out
    assert f"{machine.path}/patterns: known when applied." in ran.out
    assert f"R {machine.path}/ho*" in ran.out
    assert not machine.trace


def test_an_include_of_the_machine_is_looked_for_below_the_root(machine: Place) -> None:
    machine.write("elsewhere/c.yaml", OFFLINE)
    machine.write("elsewhere/fs/etc/of/the/machine.yaml", "compression: zstd,9\nkeep_weekly: 3\n")
    machine.write("elsewhere/fs/etc/of/the/excludes", "*.tmp\n")
    ran = machine.run("plan", "--root", "fs", "c.yaml", directory="elsewhere")
    assert ran.code == 0, ran
    assert "--keep-weekly 3" in ran.out
    assert "*.tmp" in ran.out
    assert "machine.yaml: known" not in ran.out


def test_a_link_below_the_root_leads_nowhere(machine: Place) -> None:
    machine.write("elsewhere/c.yaml", OFFLINE)
    (machine.path / "elsewhere/fs/etc/of/the").mkdir(parents=True)
    (machine.path / "elsewhere/fs/etc/of/the/excludes").symlink_to(machine.path / "phrase")
    ran = machine.run("plan", "--root", "fs", "c.yaml", directory="elsewhere")
    assert ran.code == 0, ran
    assert SECRET not in ran.out + ran.err


def test_a_revision_has_its_own_files_below_the_root(machine: Place) -> None:
    if not shutil.which("git"):
        pytest.skip("there is no git")
    machine.write("work/fs/etc/c.yaml", OFFLINE)
    machine.write("work/fs/etc/of/the/machine.yaml", "keep_weekly: 3\n")
    who = ("git", "-c", "user.name=anna", "-c", "user.email=anna@example.org")
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "a")):
        subprocess.run(
            (*who, *command), cwd=machine.path / "work", env=machine.environment, check=True
        )
    machine.write("work/fs/etc/of/the/machine.yaml", "keep_weekly: 5\n")
    words = ("--untrusted", "--root", "fs", "HEAD:/etc/c.yaml", "/etc/c.yaml")
    ran = machine.run("diff", *words, directory="work")
    assert ran.code == 0, ran
    assert "--keep-weekly 3" in ran.out
    assert "--keep-weekly 5" in ran.out


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--probe", "--offline"), ("plan", "--probe", "--facts", "H.json"),
        ("lint", "--check-programs", "--offline"), ("lint", "--fix", "--facts", "H.json"),
        ("apply", "--facts", "H.json"), ("diff", "last", "--offline"), ("facts", "--offline"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(machine: Place, words: tuple[str, ...]) -> None:
    ran = machine.run(*words, "etc/c.yaml")
    assert ran.code == 2, ran
    assert not machine.trace


ZFS = """\
repositories: [{path: HERE/repo}]
source_directories: [HERE/data]
zfs:
    zfs_command: HERE/bin/zfs
"""


def test_volumes_of_the_machine_are_facts(machine: Place) -> None:
    """Of a program that isn't there elsewhere."""
    machine.write("etc/c.yaml", ZFS.replace("HERE", str(machine.path)))
    machine.program("zfs", f"printf 'tank/data\\t{machine.path}/data\\ton\\t-\\n'\n")
    words = ("plan", "-a", "create", "--format", "json", f"{machine.path}/etc/c.yaml")
    here = machine.run(*words)
    facts(machine, "--contents", "-a", "create")
    assert "volumes" in json.loads(machine.read("H.json"))["answers"]
    (machine.path / "bin/zfs").unlink()
    hidden(machine)
    there = machine.run(*words, "--facts", "H.json")
    assert (there.code, {**there.data, "recorded": None}) == (here.code, here.data)
    assert "snapshot" in there.out
