"""Configurations of thousands: what is told stays short, and the time it takes in proportion."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from borgplan.compiler.lower.hook_scripts import LONGEST_WORD
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.folding import SHOWN, folded
from borgplan.compiler.source.span import Span
from tests.command_line.place import FLAT, Place

MANY = 3_000


def lines(form: str) -> str:
    return "".join(form.format(n) for n in range(MANY))


ERRORS = {
    "includes": ("BP101", "before_backup:\n" + lines("  - !include nosuch{}.yaml\n")),
    "hooks": ("BP203", "before_backup:\n" + lines("  - [x{}]\n")),
    "entries": ("BP2", "commands:\n" + lines("  - before: nonsense{}\n    run: [x]\n")),
    "options": ("BP210", lines("option_{}: 1\n")),
    "checks": ("BP2", "checks:\n" + lines("  - name: nonsense{}\n")),
}
COUNTED = {"includes": 200}  # BP113 ends it there


@pytest.mark.parametrize("case", ERRORS)
@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_of_many_errors_of_a_kind_the_first_and_a_count_are_told(
    place: Place, case: str, form: str
) -> None:
    code, text = ERRORS[case]
    place.write("c.yaml", FLAT + text)
    ran = place.run("lint", "--format", form, "c.yaml")
    assert ran.code == 2
    left = COUNTED.get(case, MANY) - SHOWN
    assert ran.out.count(f"and {left:,} more errors of this kind in this file") >= 1
    assert len(ran.out) < 60_000
    if form == "json":
        told = [
            found for found in json.loads(ran.out)["findings"] if found["code"].startswith(code)
        ]
        assert len(told) == SHOWN + 1
    if form == "text":
        assert f"{left + SHOWN:,} errors" in ran.err or case == "includes"


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_so_they_are_where_a_plan_is_wanted(place: Place, command: str) -> None:
    place.write("c.yaml", FLAT + ERRORS["hooks"][1])
    ran = place.run(command, "c.yaml")
    assert ran.code == 2
    assert ran.err.count(f"and {MANY - SHOWN:,} more errors of this kind in this file") == 1
    assert len(ran.err) < 20_000
    ran = place.run("apply", "--log-format", "json", "c.yaml")
    assert len(ran.err.splitlines()) < 30


def test_what_is_not_many_or_no_error_is_told_whole() -> None:
    said = Diagnostics()
    for n in range(SHOWN + 1):
        said.error("BP203", str(n), Span("a.yaml", n + 1))
        said.warning("BP601", str(n), Span("a.yaml", n + 1))
        said.warning("BP601", str(n), Span("a.yaml", n + 100))
    assert folded(said) == said
    said.error("BP203", "one more", Span("a.yaml", 200))
    said.error("BP203", "elsewhere", Span("b.yaml", 1))
    left_out = [item for item in said if item not in folded(said)]
    assert [item.message for item in left_out] == [str(SHOWN), "one more"]
    assert folded(folded(said)) == folded(said)


# Commands that are too long for the system


@pytest.mark.parametrize(
    "command",
    [
        "x" * (LONGEST_WORD + 1), "é" * (LONGEST_WORD // 2 + 1), "$X{error} " * 200_000,
        "{long}" * 20, "echo " + "word " * 200_000, "$(" * 100_000,
    ],
)  # fmt: skip
def test_a_command_that_the_system_does_not_take_is_refused(place: Place, command: str) -> None:
    long = f"constants: {{long: '{'y' * 10_000}'}}\n"
    place.write("c.yaml", FLAT + long + f"on_error: ['{command}']\n")
    for words in (["lint"], ["plan"], ["apply", "-a", "create"]):
        ran = place.run(*words, "c.yaml")
        assert ran.code == 2
        assert "c.yaml:5:12: error BP124 a command of " in ran.out + ran.err
    assert place.trace == []


def test_the_longest_command_that_the_system_takes_runs(place: Place) -> None:
    start = f"touch {place.path}/ran; : "
    place.write("c.yaml", FLAT + f"before_backup: ['{start}{'x' * (LONGEST_WORD - len(start))}']\n")
    assert place.run("apply", "-a", "create", "c.yaml").code == 0
    assert (place.path / "ran").exists()


# Time in proportion

HOOKS = {
    "none": "",
    "stopped around each": "commands:\n  - {before: repository, run: [docker stop a]}\n"
    "  - {after: repository, run: [docker start a]}\n  - {after: error, run: ['mail x']}\n",
    "stopped around each action": "commands:\n  - {before: action, when: [create], run: [docker stop a]}\n"
    "  - {after: action, when: [create], states: [finish, fail], run: [docker start a]}\n",
    "stopped around all, started after each": "commands:\n"
    "  - {before: configuration, run: [docker stop a]}\n  - {after: repository, run: [docker start a]}\n",
    "left stopped": "commands:\n  - {before: repository, run: [docker stop a]}\n"
    "  - {after: repository, states: [finish], run: [docker start a]}\n",
    "pings": "commands:\n  - {before: repository, run: ['curl -fsS https://hc.example/a']}\n",
    "mounted": "before_backup: [mount /mnt/a]\nafter_backup: [umount /mnt/a]\non_error: [umount /mnt/a]\n",
}  # fmt: skip


def cost(place: Place, repositories: int, hooks: str, words: list[str]) -> float:
    """Seconds of processor time."""
    made = "".join(f"  - path: {place.path}/r{n}.borg\n" for n in range(repositories))
    place.write(
        "c.yaml",
        f"source_directories: [/etc/hostname]\nrepositories:\n{made}keep_daily: 1\n{hooks}",
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", *words, "--offline", "c.yaml"], cwd=place.path,
        env=place.environment, capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime


@pytest.mark.parametrize("hooks", HOOKS)
@pytest.mark.parametrize("words", [["lint", "--jobs", "1"], ["plan", "--failures"]])
def test_the_time_is_in_proportion_to_the_repositories(
    place: Place, hooks: str, words: list[str]
) -> None:
    """Four times as many take about four times as long, where it was sixteen times; the start aside."""
    few, many = (cost(place, number, HOOKS[hooks], words) for number in (400, 1600))
    assert many < 8 * few


def test_the_time_is_in_proportion_to_the_hooks_of_a_file(place: Place) -> None:
    def hooks(number: int) -> str:
        stops = "".join(f"  - docker stop a{n}\n" for n in range(number))
        starts = "".join(f"  - docker start a{n}\n" for n in range(number))
        return f"before_backup:\n{stops}after_backup:\n{starts}"

    few, many = (cost(place, 1, hooks(number), ["lint", "--jobs", "1"]) for number in (400, 1600))
    assert many < 8 * few
