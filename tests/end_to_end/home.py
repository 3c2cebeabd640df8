"""A scratch home directory for runs of borgplan with real Borg, in the place of a user's."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.laboratory import Server

EXAMPLES = Path(__file__).parents[2] / "examples"
PHRASE = "a phrase for the example"

# What the examples back up, and what they leave out of it.
KEPT = {
    "documents/letter.txt": b"a letter\n",
    "documents/data": bytes(range(256)) * 64,
    "documents/\u00fcml\u00e4ut \n name": b"odd name",
    "app/state": b"state of the service\n",
    "pictures/cat.jpg": b"\xff\xd8 cat",
}
LEFT_OUT = {
    "documents/scratch.tmp": b"by a pattern of service.yaml",
    "documents/cache/.nobackup": b"",
    "documents/cache/big": b"by the mark of two-repositories.yaml",
    "pictures/thumbnails": b"by a pattern of everything/pictures.yaml",
}


@dataclass(frozen=True)
class Ran:
    exit_code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stdout)
        return found

    @property
    def ran(self) -> list[str]:
        """The ids of the steps that ran, by the report."""
        return [s["id"] for s in self.report["steps"] if s["code"] is not None]


class Home:
    def __init__(self, path: Path, server: Server) -> None:
        self.path = path
        self._server = server
        for name, data in {**KEPT, **LEFT_OUT}.items():
            self.write(name, data)
        (path / "backups").mkdir()

    def write(self, name: str, data: bytes | str) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        file.chmod(0o600)

    def use(self, example: str) -> str:
        """Copy an example here; its name for the command line."""
        source = EXAMPLES / example
        for file in sorted(source.iterdir()) if source.is_dir() else [source]:
            name = f"{example}/{file.name}" if source.is_dir() else example
            self.write(name, file.read_bytes())
        return example

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.path),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "BORG_BASE_DIR": str(self.path),
            "BORGPLAN_STATE_DIRECTORY": f"{self.path}/.journal",
            "BORGPLAN_BORGMATIC": "",
        }

    def borgplan(self, *words: str, **env: str) -> Ran:
        out, err = self.path / ".stdout", self.path / ".stderr"
        code = self._server.run(
            {
                "argv": words,
                "cwd": str(self.path),
                "env": {**self.environment, **env},
                "umask": "0022",
                "stdout": str(out),
                "stderr": str(err),
            }
        )
        return Ran(code, out.read_text(), err.read_text())

    def create_repositories(self, example: str, encryption: str = "repokey-blake2") -> Ran:
        ran = self.borgplan("apply", "-q", "-a", "repo-create", "-e", encryption, example)
        assert ran.exit_code == 0, ran.stderr
        return ran

    def borg(self, *words: str, cwd: Path | None = None, phrase: str = PHRASE) -> bytes:
        environment = {**self.environment, "BORG_PASSPHRASE": phrase}
        done = subprocess.run(
            ["borg", *words],
            cwd=cwd or self.path,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def archives(self, repository: str, phrase: str = PHRASE) -> list[str]:
        listed = json.loads(self.borg("list", "--json", f"backups/{repository}", phrase=phrase))
        return [archive["name"] for archive in listed["archives"]]

    def restored(self, repository: str, phrase: str = PHRASE) -> dict[str, bytes]:
        """What the only archive gives back: contents of files by their names below this home."""
        (archive,) = self.archives(repository, phrase)
        target = self.path / "restored" / repository
        target.mkdir(parents=True)
        self.borg(
            "extract", f"{self.path}/backups/{repository}::{archive}", cwd=target, phrase=phrase
        )
        root = target / self.path.relative_to("/")
        return {
            str(file.relative_to(root)): file.read_bytes()
            for file in sorted(root.rglob("*"))
            if file.is_file()
        }


def below(folder: str) -> dict[str, bytes]:
    """What is kept of a folder."""
    return {name: data for name, data in KEPT.items() if name.startswith(f"{folder}/")}
