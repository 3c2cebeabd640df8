"""A real OpenLDAP: dumped while slapd runs, restored by slapadd into an empty database, and compared."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, configure, init
from tests.end_to_end.home import Home

pytestmark = [
    pytest.mark.borg,
    pytest.mark.skipif(
        not Path("/usr/sbin/slapcat").exists(), reason="no slapd (scripts/ensure-databases)"
    ),
]
SUFFIX = "dc=example,dc=com"
ENTRIES = f"""\
dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
o: example
dc: example

""" + "".join(
    f"dn: cn=person {number},{SUFFIX}\nobjectClass: person\ncn: person {number}\nsn:: Z3LDvG4=\n\n"
    for number in range(200)
)


class Directory:
    """A database in a home, and its programs."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.path / "ldap"
        self.folder.mkdir()
        self.settings = home.path / "slapd.conf"
        self.settings.write_text(
            "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
            f'pidfile {home.path}/slapd.pid\ndatabase mdb\nsuffix "{SUFFIX}"\ndirectory {self.folder}\n'
        )
        self.run("slapadd", text=ENTRIES)
        init(home)
        (home.path / "run").mkdir()
        entry = {
            "name": SUFFIX,
            "slapcat_command": f"/usr/sbin/slapcat -f {self.settings}",
            "slapadd_command": f"/usr/sbin/slapadd -f {self.settings}",
        }
        runtime = f"{home.path}/run"
        configure(home, user_runtime_directory=runtime, openldap_databases=[entry])

    def run(self, program: str, text: str = "") -> str:
        words = [f"/usr/sbin/{program}", "-f", str(self.settings), "-b", SUFFIX]
        done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def empty(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    @contextmanager
    def served(self) -> Iterator[None]:
        socket = f"{self.home.path}/s".replace("/", "%2F")
        words = ["/usr/sbin/slapd", "-d", "0", "-f", str(self.settings), "-h", f"ldapi://{socket}"]
        with subprocess.Popen(words) as server:
            until = time.monotonic() + 30
            while not (self.home.path / "s").exists():
                assert time.monotonic() < until
                time.sleep(0.05)
            try:
                yield
            finally:
                server.terminate()


@pytest.fixture
def directory(home: Home) -> Directory:
    return Directory(home)


def test_a_directory_comes_back(directory: Directory) -> None:
    before = directory.run("slapcat")
    assert before.count("\ndn: cn=person") == 200
    with directory.served():
        ran = applied(directory.home, "create")
    assert f"openldap {SUFFIX}: dumped" in ran.stdout
    directory.empty()
    restored = directory.home.borgplan("restore", "--yes", "c.yaml")
    assert restored.exit_code == 0, restored.stderr
    assert directory.run("slapcat") == before


def test_one_that_is_not_empty_is_told_and_stays(directory: Directory) -> None:
    applied(directory.home, "create")
    before = directory.run("slapcat")
    restored = directory.home.borgplan("restore", "--yes", "c.yaml")
    assert restored.exit_code == 1
    assert "slapadd" in restored.stderr
    assert directory.run("slapcat") == before


def test_a_suffix_that_is_not_there_is_told(directory: Directory) -> None:
    text = (directory.home.path / "c.yaml").read_text()
    directory.home.write("c.yaml", text.replace(f"name: {SUFFIX}", "name: dc=gone"))
    ran = apply(directory.home, "create")
    assert ran.exit_code == 1, ran.stdout
    assert directory.home.archives("r") == []
