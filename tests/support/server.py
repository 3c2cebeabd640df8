"""Runs `borgplan` many times without paying for its imports each time: forks a warmed-up process.

Reads one JSON object a line (argv, cwd, env, umask, stdout, stderr: paths), answers with a line for the
process's number as soon as it is there, and one for its exit code. A single-threaded process of its own,
so that forking is safe.
"""

from __future__ import annotations

import json
import os
import signal
import sys

import networkx  # noqa: F401  # warmed up
import yaml  # noqa: F401

from borgplan.compiler.plan import as_json as planfile  # noqa: F401
from borgplan.grammar import parse
from borgplan.runtime import main as cli
from borgplan.runtime.commands import (
    plan,  # noqa: F401
)
from borgplan.runtime.report import syslog  # noqa: F401


def serve() -> None:
    parse("template", "{error}")
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(request: dict[str, object]) -> None:
    code = 99
    try:
        os.setsid()
        # Whatever the tests were started with, a run of them in the background for instance.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(str(request["cwd"]))
        os.umask(int(str(request["umask"]), 8))
        for name, target in (("stdout", 1), ("stderr", 2)):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(str(request[name]), flags, 0o600), target)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        environment = request["env"]
        assert isinstance(environment, dict)
        os.environ.clear()
        os.environ.update(environment)
        argv = request["argv"]
        assert isinstance(argv, list)
        code = cli.main(argv)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
