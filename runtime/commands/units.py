"""`borgplan units`: a systemd service and timer for configuration files, and a line for cron."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys

from ..cli.parser import parse
from ..render.units import Units, units
from ..run.session import Session, compile_all, say, write
from ..system.files import SHARED, create, make_folder_of
from ..system.host import RealHost, reason


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("configs", nargs="+", metavar="CONFIG", help="configuration file or directory")
    add("-o", "--output", default="", metavar="DIRECTORY",
        help="write the units to this directory, such as /etc/systemd/system; it is "
             "created if missing")  # fmt: skip
    add("--on-calendar", default="*-*-* 03:00:00", metavar="WHEN",
        help="when to run, as in systemd.time(7) (default: every night at 03:00)")  # fmt: skip
    add("--mail", default="root", metavar="ADDRESS",
        help="who gets a mail when the service fails or its run is refused (default: root)")  # fmt: skip
    add("--name", default="", metavar="NAME", help="name of the units (default: borgplan-CONFIG)")


def run(namespace: argparse.Namespace) -> int:
    """0 done, 2 if a file can't be read or understood, or a unit can't be written."""
    configs = [os.path.abspath(path) for path in namespace.configs]
    texts = (*configs, namespace.on_calendar, namespace.mail, os.getcwd())
    wrong = [text for text in texts if not text.isprintable()]
    name = namespace.name or f"borgplan-{_stem(configs[0])}"
    if wrong or not re.fullmatch(r"[A-Za-z0-9:_.@-]{1,200}", name):
        say(f"borgplan units: a unit can't contain {(wrong or [name])[0]!r}")
        return 2
    host = RealHost()
    # In a unit, systemd loads credentials: here they have to appear as what it is to load.
    host.environment = {k: v for k, v in host.environment.items() if k != "CREDENTIALS_DIRECTORY"}
    session = Session(parse(["plan", "--offline", *configs]), host)
    compilation = compile_all(session)
    session.show(compilation, sys.stderr)
    if compilation.plan is None or compilation.errors:
        return 2
    made = units(
        compilation.plan, name, _program(), configs, namespace.on_calendar, host.directory,
        namespace.mail,
    )  # fmt: skip
    if namespace.output:
        return _write_files(made, namespace.output, name)
    for file, text in made.files.items():
        write(f"# ---- {file}\n{text}\n")
    write(f"# ---- or, for cron, a line in /etc/cron.d/{_stem(name)}\n{made.cron}\n")
    return 0


def _stem(path: str) -> str:
    """What a unit is called after."""
    base = os.path.splitext(os.path.basename(path))[0]
    return re.sub(r"[^A-Za-z0-9_-]", "-", base) or "all"


def _program() -> list[str]:
    """How to start this borgplan from anywhere."""
    beside = os.path.join(os.path.dirname(sys.executable), "borgplan")
    found = beside if os.access(beside, os.X_OK) else shutil.which("borgplan")
    return [os.path.abspath(found)] if found else [sys.executable, "-m", "borgplan.runtime"]


def _write_files(made: Units, directory: str, name: str) -> int:
    """Nothing is overwritten that says something else."""
    for file, text in made.files.items():
        path = os.path.join(directory, file)
        try:
            make_folder_of(path, 0o755)
            create(path, text.encode(), SHARED)
        except FileExistsError:
            if not _says(path, text):
                say(f"borgplan units: {path} exists with other contents and was not changed")
                return 2
        except OSError as error:
            say(f"borgplan units: {path}: {reason(error)}")
            return 2
        write(f"{path}\n")
    say(f"Next: systemctl daemon-reload && systemctl enable --now {name}.timer")
    return 0


def _says(path: str, text: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read() == text
    except OSError:
        return False
