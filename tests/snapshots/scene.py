"""Real btrfs on a loop device, in a mount namespace of its own, with a real Borg."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BORGPLAN = (sys.executable, "-m", "borgplan.runtime")
_BTRFS = """
set -e
mount -t tmpfs tmpfs /srv; mount -t tmpfs tmpfs /run
truncate -s 200M /srv/pool.img; mkfs.btrfs -q /srv/pool.img >/dev/null
mkdir /srv/.pool; mount -o loop /srv/pool.img /srv/.pool
device=$(findmnt -no SOURCE /srv/.pool)
for name in @data @data/child @other; do btrfs -q subvolume create /srv/.pool/$name; done
mkdir /srv/data /srv/other
mount -o subvol=@data $device /srv/data; mount -o subvol=@other $device /srv/other
umount /srv/.pool; rmdir /srv/.pool
for place in /srv/data /srv/data/child /srv/other; do
    mkdir $place/docs $place/cache
    for file in docs/a docs/b.tmp cache/c y z; do echo old >$place/$file; done
done
"""


def why_not() -> str:
    """Why there is no real btrfs here; empty if there is."""
    if os.geteuid() != 0:
        return "mounting needs root"
    if "btrfs" not in Path("/proc/filesystems").read_text().split():
        return "the kernel has no btrfs"
    if not os.path.exists("/dev/loop-control"):
        return "there are no loop devices"
    missing = [n for n in ("mkfs.btrfs", "btrfs", "unshare", "nsenter") if shutil.which(n) is None]
    return f"no program {missing[0]}" if missing else ""


class Scene:
    """A machine with volumes; `folder` is for what isn't in them. `borg`: the folder of the Borg that runs."""

    def __init__(self, holder: int, folder: Path, borg: str) -> None:
        self._enter = ("nsenter", f"--mount=/proc/{holder}/ns/mnt", "--wd=" + str(folder))
        self.folder = folder
        self.environment = {
            "PATH": f"{borg}:{os.environ['PATH']}" if borg else os.environ["PATH"],
            "HOME": str(folder / "home"),
            "BORGPLAN_STATE_DIRECTORY": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "BORG_BASE_DIR": str(folder / "borg"),
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "LANG": "C.UTF-8",
        }

    def run(
        self, *words: str, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A program in the scene, to its end."""
        return subprocess.run(
            [*self._enter, *words], env={**self.environment, **(more or {})}, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip

    def shell(self, script: str) -> str:
        """What a script prints; it has to succeed."""
        done = self.run("sh", "-ec", script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[str]:
        """borgplan, running."""
        return subprocess.Popen(
            [*self._enter, *BORGPLAN, *words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def borgplan(
        self, *words: str, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """borgplan with these words."""
        return self.run(*BORGPLAN, *words, more=more)

    def configure(self, text: str, *repositories: str, name: str = "c.yaml") -> None:
        """A configuration with new repositories, which keeps itself out of archives where it doesn't say otherwise."""
        if "bootstrap:" not in text:
            text += "\nbootstrap: {store_config_files: false}"
        lines = [f"  - path: {self.folder}/{repository}" for repository in repositories]
        (self.folder / name).write_text("\n".join(["repositories:", *lines, text]) + "\n")
        for repository in repositories:
            if not (self.folder / repository).exists():
                self.shell(f"borg init -e none {shlex.quote(str(self.folder / repository))}")

    def archived(self, repository: str) -> list[str]:
        """The paths in the newest archive."""
        place = f"{self.folder}/{repository}"
        name = self.shell(f"borg list --last 1 --format '{{archive}}' {place}").strip()
        return self.shell(f"borg list --format '{{path}}{{NL}}' {place}::{name}").splitlines()

    def stored(self, repository: str, path: str) -> str:
        """The content of a file in the newest archive."""
        place = f"{self.folder}/{repository}"
        name = self.shell(f"borg list --last 1 --format '{{archive}}' {place}").strip()
        return self.shell(f"borg extract --stdout {place}::{name} {shlex.quote(path)}")

    def left(self) -> list[str]:
        """What is there of borgplan's mounts and snapshots."""
        lines = self.shell(
            "findmnt -rno TARGET | grep borgplan || :; "
            "btrfs subvolume list -a /srv/data | grep borgplan || :; "
            "ls /run/borgplan/snapshots 2>/dev/null || :"
        )
        return lines.splitlines()


@contextmanager
def scene(folder: Path, borg: str = "") -> Iterator[Scene]:
    """A scene, which ends with all of its mounts."""
    (folder / "home").mkdir()
    holder = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", f"{_BTRFS}echo ready; exec sleep 7200"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        if holder.stdout.readline() != "ready\n":
            assert holder.stderr is not None
            raise RuntimeError(holder.stderr.read())
        yield Scene(holder.pid, folder, borg)
    finally:
        holder.kill()
        holder.communicate()
