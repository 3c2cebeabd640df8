"""Facts of hosts that aren't there: recorded once on this machine, then written for each host in its name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from borgplan.compiler.driver.facts import Content, Machine, from_text, to_text

NAME = "hostname0"  # of the host that is recorded
CONFIGURATION = f"""\
source_directories:
    - /etc
    - /srv/{NAME}
repositories:
    - path: ssh://borg@backup1.example/./{NAME}.borg
      label: offsite
before_backup:
    - docker stop shop
after_backup:
    - docker start shop
keep_daily: 7
"""
Edit = Callable[[str], str]


def recorded(place: Path, configuration: str = CONFIGURATION) -> Machine:
    """The facts of a host with this configuration file in its default place."""
    home = place / "home"
    folder = home / ".config" / "borgmatic"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(configuration)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [Path(sys.executable).with_name("borgplan"), "facts", "--contents"],
        env=environment, cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return from_text(done.stdout)


def written(
    folder: Path, machine: Machine, names: Iterable[str], edits: Mapping[str, Edit] | None = None
) -> Path:
    """The folder with the facts of all these hosts, and a good history of each. `edits`: of configurations."""
    folder.mkdir(parents=True, exist_ok=True)
    now = int(time.time())
    for name in names:
        edit = (edits or {}).get(name, str)
        (folder / f"{name}.json").write_text(to_text(_named(machine, name, edit, now)))
        (folder / f"{name}.history.json").write_text(history(now - 3600))
    return folder


def history(began: float, *, cleanups: int = 0, seconds: float = 600.0) -> str:
    """What `borgplan history --format json` prints of one run."""
    run = {
        "id": "20260101-000000", "kind": "apply", "began": began, "seconds": seconds, "status": "done",
        "archives": ["one"], "outstanding_cleanups": [{"step": "a", "released_by": []}] * cleanups,
    }  # fmt: skip
    return json.dumps({"format": "borgplan-history", "version": 1, "runs": [run]})


def _named(machine: Machine, name: str, edit: Edit, now: int) -> Machine:
    answers: dict[str, dict[str, object]] = {}
    for kind, found in machine.answers.items():
        answers[kind] = {
            key.replace(NAME, name): _content(v, name, edit) for key, v in found.items()
        }
    return machine._replace(host=name, time=now, answers=answers)


def _content(answer: object, name: str, edit: Edit) -> object:
    if not isinstance(answer, Content) or answer.text is None:
        return answer
    text = edit(answer.text).replace(NAME, name)
    return Content("", sha256(text.encode()).hexdigest(), text)
