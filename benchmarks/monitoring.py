"""A run with healthchecks, side by side: `monitoring.py BORGPLAN BORGMATIC [ROUNDS]`, both installed from wheels.

One file, one repository, create, a Borg that does nothing, a server on this machine that answers at once. CPU time of
the same round is compared, as in `startup.py`. Exits 1 if it is above its bound.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from apply import idle_borg
from timing import cpu_seconds, environment_in, median_ratio, side_by_side, write_file

BOUND = 0.15
CONFIGURATION = """\
source_directories: [{home}/documents]
repositories: [{{path: {home}/one.borg}}]
local_path: {home}/borg
healthchecks: {{ping_url: "http://127.0.0.1:{port}/5f2e1c34-0a41-4a6e-8c80-6a1f0c11d9aa"}}
"""


class Healthchecks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    heard = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Healthchecks.heard += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"OK")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def compare(borgplan: str, borgmatic: str, rounds: int, home: str) -> int:
    os.mkdir(os.path.join(home, "documents"))
    idle_borg(os.path.join(home, "borg"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Healthchecks)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    text = CONFIGURATION.format(home=home, port=server.server_address[1])
    path = write_file(os.path.join(home, "c.yaml"), text)
    environment = environment_in(home) | {
        "BORGPLAN_STATE_DIRECTORY": f"{home}/state",
        "ANSWER": '{"repository": {"id": "1"}, "encryption": {"mode": "none"}, "archives": [], "archive": {"name": "a"}}',
    }  # fmt: skip
    commands = {
        "borgmatic": [borgmatic, "-c", path, "create"],
        "borgplan": [borgplan, "apply", "-q", "-a", "create", path],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, argv in commands.items():
            before = Healthchecks.heard
            seconds = cpu_seconds(argv, environment)
            if Healthchecks.heard - before != 3:
                raise SystemExit(f"{name} reported {Healthchecks.heard - before} states, not 3")
            if number:  # the first round warms up, and makes the journal
                times[name].append(seconds)
    ratio = median_ratio(times["borgplan"], times["borgmatic"])
    milliseconds = {name: statistics.median(found) * 1000 for name, found in times.items()}
    print(f"CPU time of a run with healthchecks, medians of {rounds} rounds")
    print(
        f"borgmatic {milliseconds['borgmatic']:.0f} ms, borgplan {milliseconds['borgplan']:.0f} ms; ratio {ratio:.3f}, bound {BOUND:.2f}"
    )
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:], compare))
