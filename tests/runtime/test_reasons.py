"""Why a command failed, from what it said: Borg's messages as 1.2 and 1.4 write them."""

from __future__ import annotations

import json

import pytest

from borgplan.runtime.process.borg_log import BorgLog
from borgplan.runtime.process.reasons import cause, in_short

INNER = (
    'Traceback (most recent call last):\n  File "/borg/base.py", line 182, in sync\n    self.f.flush()\n'
    "OSError: [Errno 28] No space left on device: '/repo/data/0/1'\n"
)
HANDLING = "\nDuring handling of the above exception, another exception occurred:\n\n"
OUTER = 'Traceback (most recent call last):\n  File "/borg/archiver.py", line 1\n    run()\n    ^^^^^\n{}\n'
SYSTEM = "\nPlatform: Linux vm\nLinux: Unknown\nBorg: 1.2.4  Python: CPython\nPID: 1  CWD: /\nsys.argv: ['borg']\nSSH_ORIGINAL_COMMAND: None\n"


def said(*entries: tuple[str, str, str] | str) -> BorgLog:
    """Messages (level, text, name), and lines as they are."""
    log = BorgLog()
    for entry in entries:
        if isinstance(entry, str):
            log.feed(f"{entry}\n".encode())
            continue
        level, text, name = entry
        message = {"type": "log_message", "levelname": level, "message": text, "msgid": name}
        log.feed(json.dumps(message).encode() + b"\n")
    return log


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([("ERROR", "Repository /r does not exist.", "Repository.DoesNotExist")],
         "Repository /r does not exist"),
        ([("ERROR", "first", "A"), ("WARNING", "later", ""), ("ERROR", "last", "B")], "last"),
        # A crash: the cause, not that there was one, nor what machine this is.
        ([("WARNING", "cleaning up", ""), ("ERROR", "Local Exception", "Exception"),
          ("ERROR", INNER + HANDLING + OUTER.format("OSError: closed") + SYSTEM, "")],
         "No space left on device: '/repo/data/0/1'"),
        ([("ERROR", "Local Exception\n" + OUTER.format("KeyError: 'x'") + SYSTEM, "Exception")],
         "KeyError: 'x'"),
        ([("ERROR", OUTER.format("borg.errors.IntegrityError: Data differs") , ""),
          ("ERROR", "Borg server: Platform: Linux\nBorg server: Linux: x", "")],
         "IntegrityError: Data differs"),
        # An error with a name and a traceback behind it: Borg's own words.
        ([("ERROR", "Object with key 00 not found in repository /r.", "Repository.ObjectNotFound"),
          ("ERROR", OUTER.format("borg.Repository.ObjectNotFound: (b'0', '/r')") + SYSTEM, "")],
         "Object with key 00 not found in repository /r"),
        # An error that was dealt with before the crash isn't the reason.
        ([("ERROR", "an earlier one", "A"), ("ERROR", "Local Exception", "Exception"),
          ("ERROR", OUTER.format("ValueError: bad") + SYSTEM, "")], "ValueError: bad"),
        # The other side's words, where Borg only knows that it is gone.
        ([("WARNING", "Remote: Welcome", ""), ("WARNING", "Remote: bash: borg: command not found", ""),
          ("ERROR", "Connection closed by remote host. Is borg working on the server?", "ConnectionClosedWithHint")],
         "Connection closed by remote host. Is borg working on the server? bash: borg: command not found"),
        # Whoever speaks instead of Borg.
        (["usage: borg create", "borg: error: unrecognized arguments: --x"],
         "borg: error: unrecognized arguments: --x"),
        (["one", "sudo: a password is required", "----"], "sudo: a password is required"),
        (["Traceback (most recent call last):", '  File "/usr/bin/borg", line 1', "    import borg",
          "ModuleNotFoundError: No module named 'borg'"], "ModuleNotFoundError: No module named 'borg'"),
        ([("WARNING", "only a warning", "")], "only a warning"),
        ([], ""),
    ],
)  # fmt: skip
def test_the_reason_of_a_failure(entries: list[tuple[str, str, str] | str], why: str) -> None:
    assert in_short(said(*entries).reasons.failure(ended_itself=True)) == why


def test_what_was_printed_before_a_signal_is_no_reason() -> None:
    assert said("A /etc/passwd").reasons.failure(ended_itself=False) == ""
    told = said(("ERROR", "Received SIGTERM.", "")).reasons
    assert told.failure(ended_itself=False) == "Received SIGTERM."


def test_a_warning_tells_what_it_was_about() -> None:
    assert said(("WARNING", "/x: open: [Errno 13]", "")).reasons.warning() == "/x: open: [Errno 13]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Traceback (most recent call last):",
        "Traceback (most recent call last):\n\n\n",
        "\n" * 9,
        "\0",
    ],
)
def test_half_a_traceback_is_read_without_trouble(text: str) -> None:
    assert isinstance(cause(text), str)


def test_a_line_that_nobody_signs_is_a_reason_only_where_borg_has_no_log() -> None:
    log = said("Repository /r does not exist.")
    assert log.reasons.failure(ended_itself=True) == ""
    log.reasons.is_plain = True
    assert log.reasons.failure(ended_itself=True) == "Repository /r does not exist."


def test_a_reason_is_one_line_of_bounded_length() -> None:
    found = in_short("a\n\n  b\t" + "c" * 10_000)
    assert found.startswith("a b ccc")
    assert len(found) == 300
