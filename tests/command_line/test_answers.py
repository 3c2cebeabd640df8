"""`--json` for several repositories: one array on standard output, and nothing else there."""

from __future__ import annotations

import json

import pytest

from tests.command_line.place import FLAT, Place

TWO = FLAT.replace("{path: repo}", "{path: one, label: first}, {path: two}")
# Answers by what the last word names; `two` fails if there is a file of that name.
ANSWERING = """\
for last; do :; done
name="${last%%::*}"
[ -e "$HOME/fails-$name" ] && { echo "half of it"; exit 2; }
case " $* " in
  *" --json "*) echo '{"repository": {"location": "/at/'$name'", "id": "1"}, "archives": []}';;
  *" --json-lines "*) echo '{"path": "a"}'; echo '{"path": "b"}';;
  *) echo archive;;
esac
"""


@pytest.fixture
def asking(place: Place) -> Place:
    place.program("borg", ANSWERING)
    place.write("c.yaml", TWO)
    return place


@pytest.mark.parametrize("action", ["list", "repo-list", "info", "repo-info"])
@pytest.mark.parametrize("more", [(), ("-q",), ("--jobs", "2"), ("--log-format", "json"), ("-n",)])
def test_it_is_one_array(asking: Place, action: str, more: tuple[str, ...]) -> None:
    ran = asking.run("apply", "-a", action, "--json", *more, "c.yaml")
    assert ran.code == 0, ran.err
    assert [answer["repository"] for answer in ran.data] == [
        {"location": "/at/one", "id": "1", "label": "first"},
        {"location": "/at/two", "id": "1", "label": ""},
    ]


def test_a_log_in_json_stays_one(asking: Place) -> None:
    asking.write("fails-two", "")
    ran = asking.run("apply", "-a", "list", "--json", "--log-format", "json", "c.yaml")
    assert len(ran.data) == 1
    assert any("FAILED" in json.loads(line)["message"] for line in ran.err.splitlines())


def test_hooks_and_the_summary_are_elsewhere(asking: Place) -> None:
    hooks = "commands:\n  - before: repository\n    run: [echo from a hook]\n"
    asking.write("c.yaml", TWO + hooks)
    ran = asking.run("apply", "-a", "list", "--json", "c.yaml")
    assert len(ran.data) == 2
    assert "from a hook" in ran.err
    assert "Done: " in ran.err


@pytest.mark.parametrize(
    ("failing", "left"), [(("two",), ["one"]), (("one",), ["two"]), (("one", "two"), [])]
)
def test_after_a_failure_it_is_an_array_of_the_others(
    asking: Place, failing: tuple[str, ...], left: list[str]
) -> None:
    for name in failing:
        asking.write(f"fails-{name}", "")
    ran = asking.run("apply", "-a", "list", "--json", "c.yaml")
    assert ran.code == 1
    assert [answer["repository"]["location"] for answer in ran.data] == [f"/at/{n}" for n in left]
    assert "FAILED" in ran.err


def test_several_files_and_a_broken_one(asking: Place) -> None:
    """What is left may be one repository: the shape doesn't depend on that."""
    asking.write("d.yaml", FLAT)
    asking.write("e.yaml", f"{FLAT}debug_passphrase: true\n")
    ran = asking.run("apply", "-a", "list", "--json", "c.yaml", "d.yaml")
    assert (ran.code, len(ran.data)) == (0, 3)
    ran = asking.run("apply", "-a", "list", "--json", "d.yaml", "e.yaml")
    assert (ran.code, len(ran.data)) == (1, 1)


def test_files_of_archives_are_items(asking: Place) -> None:
    ran = asking.run("apply", "-a", "list", "--json", "--archive", "latest", "c.yaml")
    assert ran.code == 0, ran.err
    assert [(a["repository"]["label"], [i["path"] for i in a["items"]]) for a in ran.data] == [
        ("first", ["a", "b"]),
        ("", ["a", "b"]),
    ]


def test_one_repository_gives_what_borg_gives(asking: Place) -> None:
    one = ("-r", "two", "c.yaml")
    assert asking.run("apply", "-a", "list", "--json", *one).data["archives"] == []
    ran = asking.run("apply", "-a", "list", "--json", "--archive", "x", *one)
    assert ran.out == '{"path": "a"}\n{"path": "b"}\n'
    asking.write("fails-two", "")
    ran = asking.run("apply", "-a", "list", "--json", *one)
    assert (ran.code, ran.data) == (1, [])


def test_what_is_no_json_is_a_failure(asking: Place) -> None:
    asking.program("borg", f"echo Welcome\n{ANSWERING}")
    ran = asking.run("apply", "-a", "list", "--json", "c.yaml")
    assert (ran.code, ran.data) == (1, [])
    assert "Borg's output for one is not JSON" in ran.err


def test_a_retry_does_not_answer_twice(asking: Place) -> None:
    asking.program(
        "borg", f'[ -e "$HOME/again" ] || {{ touch "$HOME/again"; echo {{; exit 2; }}\n{ANSWERING}'
    )
    asking.write("c.yaml", f"{TWO}retries: 1\n")
    ran = asking.run("apply", "-a", "list", "--json", "c.yaml")
    assert (ran.code, len(ran.data)) == (0, 2)


def test_a_saved_plan_answers_the_same(asking: Place) -> None:
    assert asking.run("plan", "-o", "p.plan", "-a", "list", "--json", "c.yaml").code == 0
    assert len(asking.run("apply", "p.plan").data) == 2


def test_several_actions_answer_in_one_array(asking: Place) -> None:
    ran = asking.run("apply", "-a", "list,info,repo-info", "--json", "c.yaml")
    assert ran.code == 0, ran.err
    assert [answer["repository"]["label"] for answer in ran.data] == ["first"] * 3 + [""] * 3
    one = ("-r", "two", "c.yaml")
    assert len(asking.run("apply", "-a", "list,info", "--json", *one).data) == 2
    asking.write("fails-one", "")
    ran = asking.run("apply", "-a", "list,info", "--json", "c.yaml")
    assert (ran.code, len(ran.data)) == (1, 2)


def test_a_refused_run_answers_nothing(asking: Place) -> None:
    ran = asking.run("apply", "-a", "list", "--json", "-r", "three", "c.yaml")
    assert (ran.code, ran.out) == (2, "")
