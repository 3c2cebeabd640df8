"""Linting, as ratios of CPU time: `lint.py BORGPLAN BORGMATIC [ROUNDS]`, both installed from wheels.

One small file, to what Python needs to load its YAML parser; a thousand files, to `borgmatic config
validate` of some of them, both by the file. Exits 1 if a ratio is above its bound.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

from timing import cpu_seconds, environment_in, side_by_side, write_file

FILES, FILES_OF_BORGMATIC = 1000, 20
ONE_FILE_BOUND, MANY_FILES_BOUND = 2.0, 0.01

CONFIGURATION = """\
# Of host{number}.
source_directories:
    - /etc
    - /home
    - /srv/host{number}
    - /var/lib/app
    - /var/spool/cron
repositories:
    - path: /mnt/backup/host{number}.borg
      label: local
    - path: ssh://backup@offsite.example.org/./host{number}.borg
      label: offsite
one_file_system: true
exclude_caches: true
exclude_if_present:
    - .nobackup
exclude_patterns:
    - '*.pyc'
    - /home/*/.cache
    - '*/node_modules'
    - sh:**/target/debug
compression: zstd,3
encryption_passcommand: cat /etc/borgmatic/passphrase
archive_name_format: '{{hostname}}-host{number}-{{now}}'
retries: 2
retry_wait: 10
lock_wait: 30
ssh_command: ssh -i /etc/borgmatic/id_backup -o BatchMode=yes
upload_rate_limit: 2000
keep_hourly: 6
keep_daily: 7
keep_weekly: 4
keep_monthly: 6
keep_yearly: 1
checks:
    - name: repository
      frequency: 2 weeks
    - name: archives
      frequency: 1 month
    - name: extract
      only_run_on:
          - Saturday
          - Sunday
commands:
    - before: configuration
      run:
          - echo "host{number} begins"
    - before: action
      when: [create]
      run:
          - systemctl stop app{number}
    - after: action
      when: [create, prune]
      run:
          - echo "an action ends"
    - after: action
      when: [create]
      run:
          - systemctl start app{number}
    - after: error
      run:
          - logger "backup of host{number} failed"
"""


def write_files(directory: str, number: int) -> str:
    """The directory of that many files."""
    os.mkdir(directory)
    for n in range(number):
        write_file(os.path.join(directory, f"{n:04}.yaml"), CONFIGURATION.format(number=n))
    return directory


def compare(borgplan: str, borgmatic: str, rounds: int, home: str) -> int:
    environment = environment_in(home)
    many = write_files(os.path.join(home, "many"), FILES)
    some = write_files(os.path.join(home, "some"), FILES_OF_BORGMATIC)
    one = os.path.join(some, "0000.yaml")
    python = os.path.join(os.path.dirname(borgplan), "python")
    load = [python, "-c", "import yaml"]
    lint_one, lint_many = [borgplan, "lint", one], [borgplan, "lint", many]

    for argv in (load, lint_one):  # warms up
        cpu_seconds(argv, environment)
    ratios = [
        cpu_seconds(lint_one, environment) / cpu_seconds(load, environment) for _ in range(rounds)
    ]
    late = report("lint of one file, to `import yaml`", ratios, ONE_FILE_BOUND)

    ratios, speed_ups = [], []
    for _ in range(max(1, rounds // 4)):
        validate = cpu_seconds([borgmatic, "config", "validate", "-c", some], environment)
        begin = time.monotonic()
        lint = cpu_seconds(lint_many, environment)
        parallel = time.monotonic() - begin
        begin = time.monotonic()
        cpu_seconds([*lint_many, "--jobs", "1"], environment)
        speed_ups.append(parallel / (time.monotonic() - begin))
        ratios.append((lint / FILES) / (validate / FILES_OF_BORGMATIC))
    late |= report(f"lint of {FILES} files, to borgmatic, a file", ratios, MANY_FILES_BOUND)
    report(f"the same, to one process, elapsed ({os.cpu_count()} cores)", speed_ups, None)
    return late


def report(name: str, ratios: list[float], bound: float | None) -> int:
    """Prints the median; 1 if it is above the bound."""
    ratio = statistics.median(ratios)
    shown = "" if bound is None else f"   {bound:g}"
    print(f"{name:52}{ratio:9.4f}{shown}")
    return int(bound is not None and ratio > bound)


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:], compare))
