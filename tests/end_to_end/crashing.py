"""A place in which runs are killed: hooks that take and give back, a Borg that makes archives.

`svc stop NAME` makes a marker and `svc start NAME` removes it; so do `open` and `close`, `mount` and `umount`, `freeze`
and `thaw`. `borg create` adds a line to `archives`. Every program notes in `log` when it begins and when it has
ended. The one whose number is in `kill-at` (the lines of the log so far, plus one) kills what started it: before or
after its work, alone or with its own process group.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.command_line.place import Place, Ran
from tests.support.laboratory import Server

_HEAD = """\
#!/bin/sh
[ "$1" = --version ] && { echo borg 1.2.4; exit; }
cd "$HOME"
read -r _ _ _ _ _ session _ < /proc/$$/stat
read -r _ _ _ above _ < /proc/$session/stat
kill_here() {
    [ "$(cat kill-at 2>/dev/null)" = "$number $1" ] || return 0
    rm kill-at
    whole=$(cat kill-whole 2>/dev/null)
    kill -9 "$above"
    [ "$whole" ] && kill -9 -- -$session
    while kill -0 "$above" 2>/dev/null; do sleep 0.01; done
    sleep 0.1
}
"""
_NOTING = """\
number=$(($(grep -c ^begin log 2>/dev/null) + 1))
echo "begin $name" >> log
kill_here before
"""
_END = """\
kill_here after
echo "end $name" >> log
"""
_SVC = f"""{_HEAD}
name="$1 $2"
{_NOTING}
case $1 in
    stop|open|mount|freeze) mkdir -p "held/$2" ;;
    *) rmdir "held/$2" 2>/dev/null ;;
esac
{_END}"""
_BORG = f"""{_HEAD}
for last; do :; done
repository=$(basename "${{last%%::*}}")
name="$1 $repository"
case $1 in
    list) cat "archives-$repository" 2>/dev/null; exit 0 ;;
esac
{_NOTING}
[ $1 = create ] && printf '%s\\t%s\\t%s\\n' "$(uname -n)" "$(date +%Y-%m-%dT%H:%M:%S%z)" "$(uname -n)-x" \\
    >> "archives-$repository"
case "$1 $*" in "create "*--json*) echo '{{"archive": {{"name": "x"}}}}' ;; esac
{_END}"""

NESTED = """\
source_directories: [/etc/hostname]
repositories: [{path: near}, {path: far}]
keep_daily: 1
commands:
    - {before: configuration, run: ["svc stop app", "svc open vault"]}
    - {before: repository, run: ["svc mount disk"]}
    - {before: action, when: [create], run: ["svc freeze fs"]}
    - {after: action, when: [create], run: ["svc thaw fs"]}
    - {after: repository, run: ["svc umount disk"]}
    - {after: configuration, run: ["svc close vault", "svc start app"]}
"""
OLD = """\
location:
    source_directories: [/etc/hostname]
    repositories: [near, far]
retention: {keep_daily: 1}
hooks:
    before_everything: ["svc open vault"]
    before_backup: ["svc stop app"]
    after_backup: ["svc start app"]
    on_error: ["svc start app"]
    after_everything: ["svc close vault"]
"""
TAKES = {"stop": "start", "open": "close", "mount": "umount", "freeze": "thaw"}
GIVES = {give: take for take, give in TAKES.items()}


class Point(NamedTuple):
    """Where a run is killed: in the program that begins as `number`-th, before or after its work;
    `whole`: with the processes of its step."""

    number: int
    where: str
    whole: bool


class Crashing(Place):
    """One scratch directory."""

    def __init__(self, path: Path, server: Server, configuration: str) -> None:
        path.mkdir()
        super().__init__(path, server)
        self.write("bin/svc", _SVC).chmod(0o755)
        self.write("bin/borg", _BORG).chmod(0o755)
        self.write("c.yaml", configuration)

    def killed(self, point: Point, *words: str) -> Ran:
        """A run that is killed there. If not `whole`, the step may still run when this returns."""
        self.write("kill-at", f"{self.begun + point.number} {point.where}\n")
        self.write("kill-whole", "yes" if point.whole else "")
        return self.run(*words)

    @property
    def log(self) -> list[str]:
        return self.read("log").splitlines()

    @property
    def programs(self) -> list[str]:
        """Those that have begun."""
        return [line.removeprefix("begin ") for line in self.log if line.startswith("begin ")]

    @property
    def begun(self) -> int:
        return len(self.programs)

    @property
    def held(self) -> set[str]:
        folder = self.path / "held"
        return {path.name for path in folder.iterdir()} if folder.exists() else set()

    def archives(self, repository: str) -> int:
        return len(self.read(f"archives-{repository}").splitlines())


def owed(log: Sequence[str]) -> list[str]:
    """What has to be given back after a log, the latest taken first; the last line's program was cut."""
    taken: list[str] = []
    for line in log:
        when, verb, name = line.split()
        give = f"{TAKES.get(verb)} {name}"
        if when == "begin" and verb in TAKES:
            taken.append(give)
        if when == "end" and verb in GIVES and f"{verb} {name}" in taken:
            taken.remove(f"{verb} {name}")
    return taken[::-1]
