"""1,000 hosts, each with facts and a small configuration: plans, findings, policies and differences of all of them.

CPU time of all processes per host, and the most memory that one process has, compared with what `borgmatic config validate`
takes on one host: `fleet_plans.py BORGPLAN BORGMATIC [HOSTS]`. Exits 1 if a host costs more than a tenth of that.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from timing import environment_in, in_a_folder, usage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# It writes the facts that the tests have.
from tests.support.fleet import CONFIGURATION, NAME, recorded, written

BOUND = 0.1  # of `borgmatic config validate`
MEMORY = 200  # MB
POLICIES = """\
borg prune only after success of borg create
no two hosts prune one repository
at most 2000 hosts write to one server
"""


def main(home: str) -> int:
    """0 if every host is cheap enough."""
    borgplan, borgmatic, *more = sys.argv[1:]
    hosts = int(more[0]) if more and more[0].isdigit() else 1000
    place = Path(home)
    facts, root, since = _made(place, hosts)
    environment = {**environment_in(home), "HOME": home}
    validating = _validate(place, borgmatic, environment)
    (place / "rules").write_text(POLICIES)
    at = ["--facts-dir", str(facts)]
    commands = {
        "plan": ["plan", *at],
        "lint": ["lint", *at],
        "policy": ["policy", str(place / "rules"), *at],
        "diff": ["diff", since, "--root", str(root), *at],
    }
    late = 0
    print(f"borgmatic config validate of one host: {validating * 1000:.0f} ms of CPU")
    for name, words in commands.items():
        began = time.monotonic()
        used = usage([borgplan, "fleet", *words], environment, 1 if name == "lint" else 0)
        took, share = time.monotonic() - began, used.seconds / hosts
        late |= share > BOUND * validating or used.memory > MEMORY
        print(
            f"fleet {name} of {hosts:,} hosts: {took:.1f} s, {share * 1000:.1f} ms of CPU a host, {share / validating:.3f} of"
            f" borgmatic (bound {BOUND}), {used.memory:.0f} MB"
        )
    return int(late)


def _made(place: Path, hosts: int) -> tuple[Path, Path, str]:
    """Facts, a repository of configurations, and its revision before a change to all hosts."""
    names = [f"host{number}" for number in range(hosts)]
    facts = written(place / "facts", recorded(place / "recorded"), names)
    home = place / "recorded" / "home"
    root = place / "root"
    inside = home.relative_to("/") / ".config" / "borgmatic" / "config.yaml"
    files = {name: root / name / inside for name in names}
    for name, file in files.items():
        file.parent.mkdir(parents=True)
        file.write_text(CONFIGURATION.replace(NAME, name))
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "before"]):
        subprocess.run([*git, *words], check=True)
    for file in files.values():
        file.write_text(file.read_text().replace("keep_daily: 7", "keep_daily: 14"))
    return facts, root, "HEAD"


def _validate(place: Path, borgmatic: str, environment: dict[str, str]) -> float:
    file = place / "one.yaml"
    # That release has no `before_backup` any more.
    kept = [line for line in CONFIGURATION.splitlines() if "docker" not in line]
    file.write_text("\n".join(line for line in kept if "_backup:" not in line) + "\n")
    words = [borgmatic, "config", "validate", "-c", str(file)]
    return statistics.median(usage(words, environment).seconds for _ in range(5))


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(in_a_folder(main))
