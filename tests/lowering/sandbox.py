"""A directory in which a vector's files exist, and a process that sees what borgmatic saw."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PRESENT = ("home", "run", "tmp", "cwd")


class Sandbox:
    """`root` is what `$TMP` stands for in the recording."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)

    def real(self, text: str) -> str:
        """A recorded text with the sandbox's own paths."""
        return text.replace("$RELTMP", self.root.lstrip("/")).replace("$TMP", self.root)

    def placed(self, text: str) -> str:
        """A text with the sandbox's paths, as normal forms have them."""
        return text.replace(self.root, "/TMP").replace(self.root.lstrip("/"), "TMP")

    def write(self, files: Mapping[str, Any]) -> None:
        """Files by path: texts, or `exec`, `symlink`, `fifo` and `dir` for what isn't a plain file."""
        for name in _PRESENT:
            Path(self.root, name).mkdir(exist_ok=True)
        for name, content in files.items():
            path = Path(self.real(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                path.write_text(self.real(content))
            elif "symlink" in content:
                path.symlink_to(self.real(content["symlink"]))
            elif "fifo" in content:
                os.mkfifo(path)
            elif "dir" in content:
                path.mkdir(exist_ok=True)
            else:
                path.write_text(self.real(content["exec"]))
                path.chmod(0o755)

    @contextmanager
    def entered(self, environment: Mapping[str, str]) -> Iterator[None]:
        """Inside, the process has the directory and the environment of the recording."""
        before, directory = dict(os.environ), os.getcwd()
        os.environ.clear()
        os.environ.update(self.environment(environment))
        os.chdir(f"{self.root}/cwd")
        try:
            yield
        finally:
            os.chdir(directory)
            os.environ.clear()
            os.environ.update(before)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": f"{self.root}/home",
            "XDG_RUNTIME_DIR": f"{self.root}/run",
            "TMPDIR": f"{self.root}/tmp",
            "TZ": "UTC",
            **{name: self.real(text) for name, text in more.items()},
        }

    def output_of(self, command: str, directory: str) -> str:
        """What a command of the scenario prints in a directory of it, both as normal forms have them."""
        ran = subprocess.run(
            shlex.split(self._back(command)), cwd=self._back(directory), check=True,
            stdout=subprocess.PIPE, text=True, env=self.environment({}),
        )  # fmt: skip
        return self.placed(ran.stdout)

    def _back(self, text: str) -> str:
        return text.replace("/TMP", self.root)
