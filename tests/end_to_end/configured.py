"""Configurations of options given by name, and what Borg itself says of the repositories they are about."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.end_to_end.home import Home, Ran


def configure(home: Home, repositories: Iterable[object] = ("r",), **options: object) -> None:
    """Write `c.yaml`. A repository that is a text is one of that name in `~/backups`. Archives get the sources alone,
    unless `bootstrap` says otherwise."""
    entries = [
        {"path": f"{home.path}/backups/{one}"} if isinstance(one, str) else one
        for one in repositories
    ]
    data = {
        "repositories": entries,
        "source_directories": [f"{home.path}/documents"],
        "bootstrap": {"store_config_files": False},
        **options,
    }
    home.write("c.yaml", yaml.safe_dump(data, sort_keys=False))


def init(home: Home, *names: str) -> None:
    """Empty repositories without encryption, made by Borg for others and copied."""
    for name in names or ("r",):
        made = _made(name)
        target = home.path / "backups" / name
        shutil.copytree(made / "r", target)
        shutil.copytree(made / ".config", home.path / ".config", dirs_exist_ok=True)
        (location,) = (made / ".config/borg/security").glob("*/location")
        (home.path / location.relative_to(made)).write_text(str(target))


@cache
def _made(name: str) -> Path:
    """A home with a new repository `r`, another one for each name."""
    directory = _temporary(f"repository-{name}")
    subprocess.run(
        ["borg", "init", "--encryption", "none", f"{directory}/r"],
        env={**os.environ, "BORG_BASE_DIR": str(directory)},
        capture_output=True,
        check=True,
    )
    return directory


@cache
def _temporary(name: str) -> Path:
    """A directory for as long as the tests run."""
    directory = tempfile.mkdtemp(prefix=f"borgplan-{name}-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Path(directory)


def apply(home: Home, actions: str, *words: str, **env: str) -> Ran:
    """A run; all of these tests together ask for Borg's version once."""
    env.setdefault("XDG_CACHE_HOME", str(_temporary("cache")))
    return home.borgplan("apply", "-a", actions, "c.yaml", *words, **env)


def applied(home: Home, actions: str, *words: str, **env: str) -> Ran:
    """A run that must go well."""
    ran = apply(home, actions, *words, **env)
    assert ran.exit_code == 0, ran.stderr
    return ran


def asked(home: Home, *words: str, phrase: str = "") -> dict[str, Any]:
    """Borg's own answer as JSON."""
    found: dict[str, Any] = json.loads(home.borg(*words, "--json", phrase=phrase))
    return found


def plan(home: Home, actions: str, *words: str) -> list[list[str]]:
    """The command lines of Borg in the plan; words that are filled in later are left out."""
    ran = home.borgplan("plan", "--format", "json", "-a", actions, "c.yaml", *words)
    assert ran.exit_code == 0, ran.stderr
    lines = [step["work"].get("argv") for step in ran.report["steps"]]
    return [[word for word in line if isinstance(word, str)] for line in lines if line]


def stored(home: Home, name: str = "r") -> set[bytes]:
    """The paths of the files in the newest archive, below the home where they are there."""
    newest = home.borg("list", "--short", "--last", "1", f"backups/{name}").decode().strip()
    shown = home.borg(
        "list", "--format", "{type}{bpath}{NUL}", f"backups/{name}::{newest}"
    )  # one letter for the kind of file, then the path as bytes
    top = str(home.path).encode()[1:] + b"/"
    return {line[1:].removeprefix(top) for line in shown.split(b"\0") if line[:1] == b"-"}


def files(root: Path) -> dict[bytes, bytes]:
    """Contents of all files below a directory by their names as bytes."""
    found = {}
    for directory, _, names in os.walk(bytes(root)):
        for name in names:
            path = os.path.join(directory, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, bytes(root))] = file.read()
    return found
