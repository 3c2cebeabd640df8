"""Whether a process of an earlier run is still there."""

from __future__ import annotations

import os
import subprocess
import sys

from borgplan.runtime.system.process_identity import is_running, this_process


def test_a_process_runs_until_it_ends_even_if_nobody_collects_it() -> None:
    """In a container without an init, what was killed stays in the list of processes."""
    code = (
        "from borgplan.runtime.system.process_identity import this_process\n"
        "print(*this_process(), sep=chr(10), flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(3)]
        itself = this_process()._replace(pid=int(lines[0]), started=lines[1], boot=lines[2])
        assert is_running(itself)
        process.kill()
        os.waitid(
            os.P_PID, process.pid, os.WEXITED | os.WNOWAIT
        )  # it has ended, and isn't collected
        assert not is_running(itself)


def test_this_process_runs() -> None:
    assert is_running(this_process())
