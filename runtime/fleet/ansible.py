"""Ansible's executables as processes: which hosts an inventory has, and a few tasks on many of them.

They come with the extra `fleet`, and are never imported. A playbook of ours has a task or two; texts of plans reach it as
files whose content Ansible never takes for a template.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from ...compiler.support.record import TYPE_CHECKING, NamedTuple
from .ansible_settings import environment

if TYPE_CHECKING:
    from typing import Any, TextIO

COLLECTION = os.path.join(os.path.dirname(os.path.abspath(__file__)), "collection")
HINT = "install the extra: pip install 'borgplan[fleet]'"


class AnsibleError(Exception):
    """What keeps Ansible from being used, in words."""


class Reach(NamedTuple):
    """Which hosts are meant, and how they are reached. `static`: nothing that belongs to the inventory is executed or
    configures Ansible. `forks`: connections at once, 0 for as Ansible is configured."""

    inventories: tuple[str, ...]
    limit: str = ""
    forks: int = 0
    static: bool = False


class Answer(NamedTuple):
    """What came of a task on a host. `how`: ok, failed or unreachable. `result`: what the module returned. `task`: its
    name."""

    host: str
    how: str
    result: Mapping[str, Any]
    task: str = ""

    @property
    def message(self) -> str:
        """Why it failed, in a line or a few."""
        return str(self.result.get("msg") or "no reason was given").strip()


def listing(reach: Reach) -> str:
    """What `ansible-inventory --list` prints. Raises AnsibleError."""
    words = [_executable("ansible-inventory"), "--list", *_inventory_words(reach)]
    words += ["--limit", reach.limit] if reach.limit else []
    done = subprocess.run(
        words, env=_environment(reach), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise AnsibleError(f"ansible-inventory: {_last_words(done.stderr)}")
    return done.stdout


def run(
    reach: Reach, hosts: Sequence[str], tasks: Sequence[Mapping[str, object]],
    variables: Mapping[str, object],
) -> Iterator[Answer]:  # fmt: skip
    """Tasks on these hosts, an answer for each as it comes; a host of which Ansible says nothing has none.

    `tasks`: module and arguments, as in a playbook. A host that fails in one has no answer for later ones, nor for one
    whose condition is not met. Raises AnsibleError if Ansible can't work at all.
    """
    with tempfile.TemporaryDirectory(prefix="borgplan-fleet-") as folder:
        playbook = _written(folder, hosts, tasks, variables)
        words = [
            _executable("ansible-runner"), "run", folder, "--json", "--ident", "round",
            "--project-dir", os.path.dirname(playbook), "-p", playbook,
            *(word for path in reach.inventories for word in ("--inventory", _absolute(path))),
            *(("--forks", str(reach.forks)) if reach.forks else ()),
        ]  # fmt: skip
        # A file: nobody reads a pipe of errors meanwhile, and a full one would hold up everything.
        with open(os.path.join(folder, "errors"), "w+", errors="replace") as errors, subprocess.Popen(
            words, env=_environment(reach), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=errors, text=True, errors="replace", start_new_session=True,
        ) as process:  # fmt: skip
            try:
                yield from _answers(process, errors)
            finally:
                _stop(process)


def _answers(process: subprocess.Popen[str], errors: TextIO) -> Iterator[Answer]:
    heard, said = False, ""
    for line in process.stdout or ():
        event = _event(line)
        if event is None:
            said = line.strip() or said
            continue
        if answer := _answer(event):
            heard = True
            yield answer
        said = str(event.get("stdout") or "").strip() or said
    if process.wait() and not heard:
        errors.seek(0)
        raise AnsibleError(f"ansible-runner: {_last_words(errors.read()) or _last_words(said)}")


def _event(line: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


_HOW = {
    "runner_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
}


def _answer(event: Mapping[str, Any]) -> Answer | None:
    how, data = _HOW.get(str(event.get("event"))), event.get("event_data")
    if how is None or not isinstance(data, dict) or not isinstance(data.get("res"), dict):
        return None
    return Answer(str(data.get("host")), how, data["res"], str(data.get("task")))


def _written(
    folder: str, hosts: Sequence[str], tasks: Sequence[Mapping[str, object]],
    variables: Mapping[str, object],
) -> str:  # fmt: skip
    """The playbook's path. A playbook finds collections beside it."""
    if not os.path.isdir(COLLECTION):
        raise AnsibleError("the zipapp can't collect facts: install the wheel, or use --facts-dir")
    project = os.path.join(folder, "project")
    os.mkdir(project)
    os.symlink(COLLECTION, os.path.join(project, "collections"))
    play = {
        "name": "borgplan", "hosts": list(hosts), "gather_facts": False, "vars": dict(variables),
        "tasks": list(tasks),
    }  # fmt: skip
    playbook = os.path.join(project, "playbook.json")
    with open(playbook, "w", encoding="utf-8") as file:
        json.dump([play], file)
    return playbook


def _inventory_words(reach: Reach) -> list[str]:
    return [word for path in reach.inventories for word in ("-i", path)]


def _absolute(inventory: str) -> str:
    """A path wherever Ansible is started; a list of hosts (`a,b`) as it is."""
    return inventory if "," in inventory else os.path.abspath(inventory)


def _executable(name: str) -> str:
    beside = os.path.join(os.path.dirname(sys.executable), name)
    found = beside if os.access(beside, os.X_OK) else shutil.which(name)
    if found is None:
        raise AnsibleError(f"{name} is not installed; {HINT}")
    return found


def _environment(reach: Reach) -> dict[str, str]:
    folder = os.path.dirname(_executable("ansible-inventory"))
    return environment(folder, static=reach.static)


def _last_words(text: str) -> str:
    """The line that says what is wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if line.startswith(("ERROR", "[ERROR]"))]
    return (wrong or lines or [""])[-1]


def _stop(process: subprocess.Popen[str]) -> None:
    """What is still connected is not needed; the hosts continue by themselves."""
    from signal import SIGKILL

    if process.poll() is None:
        os.killpg(process.pid, SIGKILL)
