"""A file that can't be run stops only itself, and whoever runs the others is told first and last."""

from __future__ import annotations

import json

import pytest

from tests.command_line.place import FLAT, Place, nothing_ran

STOPPING = {
    "an option": "debug_passphrase: true\n",
    "two options": "debug_passphrase: true\ndisplay_passphrase: true\n",
    "a check": "checks: [{name: spot}]\n",  # without its percentages
    "a typo": "keep_dialy: 1\n",
    "no YAML": "keep_daily: [\n",
    "a wrong value": "compression: [1]\n",
}
_NOT_IMPLEMENTED = ("an option", "two options")


@pytest.fixture
def with_one_good(place: Place) -> Place:
    place.write("good.yaml", FLAT)
    return place


@pytest.mark.parametrize("what", STOPPING)
@pytest.mark.parametrize("order", [("good.yaml", "bad.yaml"), ("bad.yaml", "good.yaml"), (".",)])
def test_it_stops_only_itself(with_one_good: Place, what: str, order: tuple[str, ...]) -> None:
    place = with_one_good
    place.write("bad.yaml", FLAT.replace("path: repo", "path: other") + STOPPING[what])
    ran = place.run("apply", "-a", "create", *order)
    assert ran.code == 1, ran.err
    assert place.trace == ["borg create"]
    running = ran.err.index("Running: ")
    assert "bad.yaml:" in ran.err[:running]
    assert "bad.yaml:" in ran.err[running:]
    assert "bad.yaml: see its errors" in ran.out
    assert ran.out.endswith("Exit code 1.\n")
    planned = place.run("plan", "-a", "create", *order)
    assert planned.code == (1 if what in _NOT_IMPLEMENTED else 2)
    assert "bad.yaml" not in planned.out


@pytest.mark.parametrize("what", STOPPING)
def test_alone_it_stops_everything(place: Place, what: str) -> None:
    place.write("bad.yaml", FLAT + STOPPING[what])
    nothing_ran(place, place.run("apply", "-a", "create", "bad.yaml"))
    assert place.run("plan", "bad.yaml").code == (1 if what in _NOT_IMPLEMENTED else 2)


@pytest.mark.parametrize(
    "question",
    [
        (),
        ("--failures",),
        ("--fail", "1"),
        ("--differences",),
        ("--format", "json"),
        ("--summary",),
        ("--script",),
    ],
)
def test_every_answer_about_a_plan_tells_that_it_would_be_refused(
    with_one_good: Place, question: tuple[str, ...]
) -> None:
    place = with_one_good
    assert place.run("plan", *question, "good.yaml").code == 0
    place.write("bad.yaml", f"{FLAT}debug_passphrase: true\n")
    assert place.run("plan", *question, "bad.yaml").code == 1
    assert place.run("plan", *question, "good.yaml", "bad.yaml").code == 1


def test_strict_refuses_the_whole_run(with_one_good: Place) -> None:
    with_one_good.write("bad.yaml", f"{FLAT}debug_passphrase: true\n")
    ran = with_one_good.run("apply", "--strict", "good.yaml", "bad.yaml")
    nothing_ran(with_one_good, ran)
    assert "bad.yaml is skipped, and --strict is given" in ran.err


def test_a_plan_without_one_of_its_files_is_not_saved(with_one_good: Place) -> None:
    with_one_good.write("bad.yaml", f"{FLAT}debug_passphrase: true\n")
    ran = with_one_good.run("plan", "-o", "p.plan", "good.yaml", "bad.yaml")
    assert ran.code == 2
    assert not (with_one_good.path / "p.plan").exists()


def test_quietly_and_as_data_it_is_told_too(with_one_good: Place) -> None:
    place = with_one_good
    place.write("bad.yaml", f"{FLAT}debug_passphrase: true\n")
    ran = place.run("apply", "-a", "create", "--quiet", "good.yaml", "bad.yaml")
    assert ran.code == 1
    assert ran.err.count("BP361") == 2
    ran = place.run("apply", "-a", "create", "--format", "json", "good.yaml", "bad.yaml")
    assert (ran.code, ran.data["broken"], ran.data["exit_code"]) == (1, ["bad.yaml"], 1)
    ran = place.run("apply", "-a", "create", "--log-format", "json", "good.yaml", "bad.yaml")
    said = [json.loads(line) for line in ran.err.splitlines()]
    assert sum("BP361" in json.dumps(line) for line in said) == 2


def test_hooks_of_a_file_that_is_left_out_do_not_run(with_one_good: Place) -> None:
    place = with_one_good
    hook = "commands: [{before: everything, run: ['echo other >> ~/trace']}]\n"
    place.write("bad.yaml", f"{FLAT}debug_passphrase: true\n{hook}")
    assert place.run("apply", "-a", "create", "good.yaml", "bad.yaml").code == 1
    assert place.trace == ["borg create"]
