"""A stand-in for docker and podman: programs of these names that write down how they are called, and answer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ADDRESS: dict[str, Any] = {"IPAddress": "172.17.0.5"}


class Engines:
    """In `folder`, which is to be on PATH. `docker` and `podman`: what each tells of a container, by its name; a text
    is printed as it is."""

    def __init__(self, folder: Path, docker: dict[str, Any], podman: dict[str, Any]) -> None:
        self._log = folder / "asked"
        for name, answers in (("docker", docker), ("podman", podman)):
            lines = [f'printf "%s\\n" {name} "$@" ---- >>{self._log}', 'case "$4" in']
            for container, answer in answers.items():
                (folder / f"{name}-{container}").write_text(
                    answer if isinstance(answer, str) else json.dumps(answer)
                )
                lines.append(f"{container}) exec cat {folder}/{name}-{container};;")
            lines += ['*) echo "no such container: $4" >&2; exit 1;;', "esac"]
            program = folder / name
            program.write_text("\n".join(["#!/bin/sh", *lines, ""]))
            program.chmod(0o700)
        self.path = f"{folder}{os.pathsep}{os.environ['PATH']}"

    def asked(self) -> list[list[str]]:
        """The command lines so far."""
        text = self._log.read_text() if self._log.exists() else ""
        return [part.strip("\n").split("\n") for part in text.split("----\n") if part]
