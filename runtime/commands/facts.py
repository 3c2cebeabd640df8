"""`borgplan facts -o FILE`: what planning needs to know of this machine, for planning elsewhere."""

from __future__ import annotations

import argparse
import os
import stat
import sys

from ...compiler.driver.compile import Compilation
from ...compiler.driver.facts import FORMAT, to_text
from ...compiler.lint.registry import run_checks
from ...compiler.lint.rules.sources import linked_sources
from ...compiler.source.diagnostic import Diagnostics
from ..cli.arguments import PlanArguments
from ..cli.options.action import add_to, options
from ..cli.options.common import add_configs, add_shaping, shaped_by
from ..render.phrases import count
from ..run.session import Session, compile_all, say, write
from ..system.files import replace
from ..system.host import beginning, reason
from ..system.recording import RecordingHost

_SECRET = ("BP610", "BP612", "BP614")  # findings of secrets in files
_LOOKED_AT = 64 * 1024  # the format is among the first keys


def configure(parser: argparse.ArgumentParser) -> None:
    add_configs(parser)
    add = parser.add_argument
    add("-o", "--output", default="", metavar="FILE",
        help="write the facts to this file (default: standard output)")  # fmt: skip
    add("--contents", action="store_true",
        help="include the text of files that hold no secret, not only their digests")  # fmt: skip
    add("--probe", action="store_true",
        help="ask Borg whether repositories on other machines exist")  # fmt: skip
    add_shaping(parser, facts=True)
    add_to(parser)


def run(namespace: argparse.Namespace) -> int:
    """0; 1 if a file has errors, so that its facts are incomplete; 2 if there are none or they can't be written."""
    configs = (*namespace.configs, *namespace.config)
    namespace.format = "text"
    shaping = shaped_by(namespace, "facts", configs, options(namespace, ()))
    shaping = shaping._replace(plan=PlanArguments(probe=namespace.probe))
    if namespace.output and (problem := _cannot_be_written(namespace.output)):
        say(f"borgplan facts: -o {namespace.output} {problem}")
        return 2
    host = RecordingHost()
    session = Session(shaping, host)
    compilation = compile_all(session)
    session.show(compilation._replace(diagnostics=compilation.errors), sys.stderr)
    if compilation.plan is None:
        return 2
    # `lint` has questions of its own, and each kind of plan its own among those of all files.
    found = Diagnostics()
    run_checks(compilation, host, found)
    linked_sources(compilation, host, found)
    secret = {item.span.file for item in found if item.code in _SECRET}
    return _write(namespace, host, compilation, secret)


def _write(
    namespace: argparse.Namespace, host: RecordingHost, compilation: Compilation, secret: set[str]
) -> int:
    """`secret`: files with a secret in them."""
    secrets = tuple(compilation.secrets.values())
    machine = host.machine(texts=namespace.contents, secrets=secrets, without=secret)
    text = to_text(machine)
    code = 1 if compilation.broken else 0
    if not namespace.output:
        write(text)
        return code
    try:
        replace(namespace.output, text.encode())
    except (OSError, ValueError) as error:
        say(f"borgplan facts: -o {namespace.output}: {reason(error)}")
        return 2
    read = host.files_read(machine)
    say(f"Facts of {machine.host} written to {namespace.output}: {count(len(read), 'file')} read.")
    for path in (path for path, text in read.items() if namespace.contents and not text):
        say(f"  {path}: digest only, because it may hold a secret")
    return code


def _cannot_be_written(path: str) -> str:
    """Why no facts may be written there, or nothing: only facts are replaced, never anything else."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        return reason(error)
    if not stat.S_ISREG(found.st_mode):
        return "is not a regular file"
    is_ours = f'"{FORMAT}"'.encode() in beginning(path, _LOOKED_AT)
    return "" if found.st_size == 0 or is_ours else "exists, and does not hold facts"
