"""`borgplan graph`: a plan as a picture."""

from __future__ import annotations

import argparse
import os
import subprocess

from ..cli.options.action import add_to, options
from ..cli.options.common import add_configs, add_looking, add_shaping, shaped_by
from ..run.output_file import deliver
from ..run.session import plan_of_arguments, say, session_of
from ..system.host import reason

_LARGE = "more than code forges draw (500 arrows, 50,000 characters); use --format svg"
_SECONDS = 120  # for Graphviz, which needs long for some graphs


def configure(parser: argparse.ArgumentParser) -> None:
    add_configs(parser)
    parser.add_argument("--format", choices=("mermaid", "dot", "svg"), default="mermaid",
        help="format of the graph; svg needs Graphviz (default: mermaid)")  # fmt: skip
    parser.add_argument("-o", "--output", default="", metavar="FILE",
        help="write the graph to this file")  # fmt: skip
    parser.add_argument("-v", "--verbose", action="store_true",
        help="draw every file, also those that are the same but for their names")  # fmt: skip
    add_shaping(parser)
    add_looking(parser)
    add_to(parser)


def run(namespace: argparse.Namespace) -> int:
    """0; 2 if there is no plan, no Graphviz, or the file can't be written."""
    configs = (*namespace.configs, *namespace.config)
    shaping = shaped_by(namespace, "graph", configs, options(namespace, ()))
    session = session_of(shaping)
    plan = plan_of_arguments(session)
    if plan is None:
        return 2
    from ...compiler.analysis.picture import picture
    from ..render.graph import GITHUB, dot, mermaid

    graph, every = picture(plan), namespace.verbose
    text = dot(plan, graph, every=every)
    if namespace.format == "mermaid":
        if mermaid(plan, graph, GITHUB, every=every) is None:
            say(f"borgplan graph: {_LARGE}")
        text = mermaid(plan, graph, every=every) or ""
    if namespace.format == "svg":
        drawn = _drawn(text, session.host.environment.get("PATH", ""))
        if drawn is None:
            return 2
        text = drawn
    return 0 if deliver("graph", text, namespace.output) else 2


def _drawn(text: str, path: str) -> str | None:
    """What Graphviz draws of a graph; None after saying why it doesn't."""
    folders = [folder for folder in path.split(os.pathsep) if os.path.isabs(folder)]
    program = next((p for f in folders if os.access(p := os.path.join(f, "dot"), os.X_OK)), "")
    if not program:
        say("borgplan graph: --format svg needs Graphviz (Debian: apt-get install graphviz)")
        return None
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input=text.encode("utf-8", "backslashreplace"), check=False,
            capture_output=True, timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        say(f"borgplan graph: Graphviz took longer than {_SECONDS} s")
        return None
    except OSError as error:
        say(f"borgplan graph: {program}: {reason(error)}")
        return None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        say(f"borgplan graph: Graphviz: {said[0] if said else f'exit code {done.returncode}'}")
        return None
    return done.stdout.decode("utf-8", "replace")
