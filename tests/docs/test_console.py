"""Every console block of README and docs, run as it stands, a page in one home directory of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.docs.session import Command, commands, fits

ROOT = Path(__file__).parents[2]
HOME = "/home/anna"  # of the pages; here it is a scratch directory
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WITH_CONSOLE = {page.name: page for page in PAGES if "```console" in page.read_text()}
# What is there before the first block of a page.
_REPOSITORY = "mkdir -p {0}/data && printf '[repository]\\n' > {0}/config\n"
_EXAMPLES = f'ln -s "{ROOT}/examples" examples\nmkdir documents\n'
# A Borg that makes no progress, and a run that waits for it, whose number is in `run`.
_RUN = """
mkdir -p bin .config/borgmatic documents; printf '#!/bin/sh\n' > bin/systemctl
cat > bin/borg <<'END'
#!/bin/sh
case $1 in
    --version) echo borg 1.2.4 ;;
    create) echo $$ > ~/borg; exec sleep 60 ;;
esac
END
chmod 755 bin/*; umask 077
borgplan apply {0} > /dev/null 2>&1 &
echo $! > run
until [ -s borg ]; do sleep 0.05; done
"""
_FILE = """
cat > {0} <<'END'
source_directories: [/home/anna/documents]
repositories: [{{path: /home/anna/backups/{1}}}]
keep_daily: 7
commands:
  - {{before: configuration, run: [systemctl stop app]}}
  - {{after: configuration, run: [systemctl start app]}}
END
chmod 600 {0}
"""
_MANY = """
mkdir borgmatic.d; umask 077
for app in wiki mail chat shop blog forum; do
    cat > borgmatic.d/$app.yaml <<END
source_directories: [/srv/$app]
repositories: [{path: /home/anna/backups/$app.borg}]
keep_daily: 7
commands:
  - {before: configuration, run: [systemctl stop $app]}
  - {after: configuration, run: [systemctl start $app]}
END
done
"""
_CONFIG = ".config/borgmatic/config.yaml"
BEFORE = {
    "README.md": "mkdir shop\n" + _REPOSITORY.format("backups/shop.borg"),
    "failures.md": _EXAMPLES,
    "reading.md": _EXAMPLES + _MANY,
    "releases.md": _EXAMPLES
    + _REPOSITORY.format("backups/near.borg")
    + _REPOSITORY.format("backups/far.borg"),
    "recovery.md": "mkdir -p .config/borgmatic\n"
    + _REPOSITORY.format("backups/near")
    + _FILE.format(_CONFIG, "near")
    + _RUN.format("")
    + "kill -9 $(cat run borg); wait\n",
    "running.md": _REPOSITORY.format("backups/a")
    + _FILE.format("a.yaml", "a")
    + _FILE.format("b.yaml", "a")
    + _RUN.format("a.yaml"),
}
AFTER = {"running.md": "kill -9 $(cat run borg)\n"}


@pytest.mark.borg
@pytest.mark.parametrize("name", WITH_CONSOLE)
def test_what_a_page_shows_is_what_happens(name: str) -> None:
    if not shutil.which("borg"):
        pytest.skip("no borg is installed")
    home = Path(tempfile.mkdtemp())  # long paths would be shortened
    try:
        run(BEFORE.get(name, ""), home)
        for command in commands(WITH_CONSOLE[name].read_text()):
            write_what_is_shown(command, home)
            said = run(command.text, home)
            assert fits(command.printed, said), f"$ {command.text}\n{said}"
    finally:
        run(AFTER.get(name, ""), home)
        shutil.rmtree(home)


def run(text: str, home: Path) -> str:
    """What a command says, on both channels, with the home directory of the pages."""
    environment = {
        "PATH": f"{home}/bin:{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8",
        "BORGPLAN_STATE_DIRECTORY": f"{home}/.local/state/borgplan", "BORGPLAN_BORGMATIC": "",
    }  # fmt: skip
    done = subprocess.run(
        ["/bin/sh", "-c", _moved(text, HOME, str(home))], cwd=home, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
        timeout=60,
    )  # fmt: skip
    return _moved(done.stdout, str(home), HOME)


def _moved(text: str, old: str, new: str) -> str:
    """With paths below one directory in another; those in archives have no first slash."""
    return re.sub(rf"(/?){re.escape(old[1:])}\b", rf"\1{new[1:]}", text)


def write_what_is_shown(command: Command, home: Path) -> None:
    """`cat FILE` of a file that isn't there yet: it is what the page shows."""
    found = re.fullmatch(r"cat ([\w.-]+)", command.text)
    if found and not (home / found[1]).exists():
        file = home / found[1]
        file.write_text("\n".join(command.printed).replace(HOME, str(home)) + "\n")
        file.chmod(0o600)


def test_pages_with_blocks_are_found() -> None:
    assert {"README.md", "tutorial.md", "failures.md"} <= set(WITH_CONSOLE)
    assert set(BEFORE) <= set(WITH_CONSOLE)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (["a b"], "a\n  b\n"),
        (["a", "…", "d"], "a b c d"),
        (["…"], ""),
        (["Done in 0.3 s, 1.50 kB"], "Done in 12.0 s, 3 MB"),
        (["x … z'"], "x y z'"),
        (["--from … '/a::{now:…}'"], "--from b \\\n  '/a::{now:%Y}'"),
    ],
)
def test_what_fits(shown: list[str], said: str) -> None:
    assert fits(shown, said)


@pytest.mark.parametrize(
    ("shown", "said"),
    [(["a"], "a b"), (["a", "…"], "b a"), ([], "x"), (["exit code 1"], "exit code 2")],
)
def test_what_does_not_fit(shown: list[str], said: str) -> None:
    assert not fits(shown, said)
