"""Why a command failed is told wherever a run is told of, without secrets."""

from __future__ import annotations

import json

import pytest

from tests.command_line.place import FLAT, Place

WHY = "No space left on device: '/backups/data/0/1'"
PHRASE = "correct horse"
_MESSAGES = (
    {"levelname": "ERROR", "msgid": "Exception", "message": "Local Exception"},
    {
        "levelname": "ERROR",
        "message": 'Traceback (most recent call last):\n  File "/x.py", line 1\n    write()\n'
        "OSError: [Errno 28] No space left on device: '/backups/data/0/1'\n\nPlatform: Linux\nPID: 1\n",
    },
)


def saying(*messages: dict[str, str], code: int = 2) -> str:
    """A Borg that says this and fails."""
    lines = (json.dumps({"type": "log_message", "name": "borg", **m}) for m in messages)
    text = "\n".join(lines)
    return f"cat >&2 <<'END'\n{text}\nEND\nexit {code}\n"


def test_the_reason_is_told_everywhere(place: Place) -> None:
    place.program("borg", saying(*_MESSAGES))
    place.write("c.yaml", FLAT + "on_error: ['echo {error} > told']\n")
    ran = place.run("apply", "-a", "create", "--events", "events", "c.yaml")
    sentence = f"ended with exit code 2: {WHY}"
    assert f"borg create repo: {sentence}\n" in ran.out
    assert f"FAILED: borg create {sentence}\n" in ran.err
    assert place.read("told") == f"borg create {sentence}\n"
    events = [json.loads(line) for line in place.read("events").splitlines()]
    assert sentence in [event.get("note") for event in events]
    assert sentence in place.run("history").out
    assert sentence in place.run("show", "last").out
    run = place.run("show", "last", "--format", "json").data
    assert f"For the output of each step: borgplan show {run['id']}\n" in ran.out
    assert sentence in [step["note"] for step in run["steps"]]
    again = place.run("apply", "-a", "create", "--format", "json", "c.yaml").data
    assert sentence in [step["note"] for step in again["steps"]]
    assert again["run"] == place.run("show", "last", "--format", "json").data["id"]


def test_a_run_that_is_not_noted_names_none_to_show(place: Place) -> None:
    place.program("borg", saying(*_MESSAGES))
    place.write("c.yaml", FLAT)
    (place.path / "journal").write_text("in the way")
    ran = place.run("apply", "-a", "create", "c.yaml")
    assert ran.code == 1
    assert WHY in ran.out
    assert "borgplan show" not in ran.out
    dry = place.run("apply", "-n", "-a", "create", "c.yaml")
    assert "borgplan show" not in dry.out


@pytest.mark.parametrize("before", ["", "x" * 290, " " * 20_000])
def test_a_reason_holds_no_secret(place: Place, before: str) -> None:
    """Nor a part of one, where a long reason is cut."""
    message = {"levelname": "ERROR", "msgid": "Error", "message": f"{before}{PHRASE} is wrong"}
    place.program("borg", saying(message))
    place.write("c.yaml", f"{FLAT}encryption_passphrase: {PHRASE}\n")
    ran = place.run("apply", "-a", "create", "--events", "events", "c.yaml")
    assert ran.code == 1
    told = ran.out + ran.err + place.read("events") + place.run("show", "last").out
    assert "correct" not in told
    assert "horse" not in told
