"""What Ansible says of two tasks on a host, and what that means; with which settings it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from borgplan.runtime.fleet import contact as contacts
from borgplan.runtime.fleet.ansible import Answer, Reach
from borgplan.runtime.fleet.ansible_settings import environment
from borgplan.runtime.fleet.contact import Ask, Found, contact

_LOOKED = {"how": "absent", "is_recorded": False}
_REFUSED = {"how": "ended", "code": 2, "is_recorded": False, "output": "stale"}


def heard(monkeypatch: pytest.MonkeyPatch, *answers: Answer, state: str = "started") -> Found:
    """The one that is found of a host that is asked to start."""

    def said(*_: object) -> Iterator[Answer]:
        yield from answers

    monkeypatch.setattr(contacts, "run", said)
    (found,) = contact(Reach(()), [Ask("a", "key", state)])
    return found


def test_a_host_that_is_not_reached_by_the_look_was_not_asked_to_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = heard(monkeypatch, Answer("a", "unreachable", {"msg": "no route"}, "look"))
    assert (found.is_reached, found.may_run) == (False, False)


@pytest.mark.parametrize("look", [_LOOKED, _REFUSED])
def test_a_host_that_is_lost_after_the_look_may_run(
    monkeypatch: pytest.MonkeyPatch, look: dict[str, object]
) -> None:
    seen = Answer("a", "ok", look, "look")
    for rest in ([], [Answer("a", "unreachable", {"msg": "closed"}, "start")]):
        found = heard(monkeypatch, seen, *rest)
        assert (bool(found.problem), found.may_run) == (True, True)


def test_the_start_says_how_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = {"how": "ended", "code": 0, "is_recorded": True}
    found = heard(
        monkeypatch, Answer("a", "ok", _REFUSED, "look"), Answer("a", "ok", ended, "start")
    )
    assert (found.how, found.code, found.is_refused) == ("ended", 0, False)


def test_what_has_run_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = {"how": "ended", "code": 2, "is_recorded": True}
    assert heard(monkeypatch, Answer("a", "ok", ended, "look")).code == 2
    found = heard(monkeypatch, Answer("a", "ok", _REFUSED, "look"), state="looked")
    assert found.is_refused


@pytest.mark.parametrize(
    ("text", "name", "chosen"),
    [
        ("", "", "True"),
        ("[defaults]\nforks = 9\n", "", "True"),
        ("[defaults]\npipelining = no\n", "", None),
        ("[ssh_connection]\npipelining = True\n", "", None),
        ("", "ANSIBLE_SSH_PIPELINING", None),
        ("", "ANSIBLE_PIPELINING", "no"),
    ],
)
def test_pipelining_is_on_where_nobody_has_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, name: str, chosen: str | None
) -> None:
    for variable in ("ANSIBLE_PIPELINING", "ANSIBLE_SSH_PIPELINING"):
        monkeypatch.delenv(variable, raising=False)
    if name:
        monkeypatch.setenv(name, "no")
    configuration = tmp_path / "ansible.cfg"
    configuration.write_text(text)
    monkeypatch.setenv("ANSIBLE_CONFIG", str(configuration))
    assert environment("/bin", static=False).get("ANSIBLE_PIPELINING") == chosen


def test_a_fleet_of_strangers_has_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_PIPELINING", "no")
    assert "ANSIBLE_PIPELINING" not in environment("/bin", static=True)
