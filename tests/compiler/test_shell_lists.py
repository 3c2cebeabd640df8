"""Shell texts as lists, what decides whether they fail, and what stands behind wrappers."""

from __future__ import annotations

import pytest

from borgplan.compiler.shell.behind import behind, code
from borgplan.compiler.shell.lists import chains, deciding


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a x", ["a"]),
        ("a; b", ["b"]),
        ("a\nb", ["b"]),
        ("a && b", ["a", "b"]),
        ("a || true", []),
        ("a || :", []),
        ("a ||\n  echo no", []),
        ("a || exit 0", []),
        ("a || exit 1", ["a"]),
        ("a || { echo no; exit 75; }", ["a"]),
        ("a || (echo no; false)", ["a"]),
        ("a || b", []),
        ("a | b", ["b"]),
        ("a | b || true", []),
        ("a &", []),
        ("a & b", ["b"]),
        ("(a; b) || true", []),
        ("(a; b)", ["b"]),
        ("{ a && b; } || true", []),
        ("{ a; b; }", ["b"]),
        ("set -e; a; b", ["set", "a", "b"]),
        ("set -euo pipefail\na\nb", ["set", "a", "b"]),
        ("if a; then b; else c; fi", ["b", "c"]),
        ("if a; then b; fi; c", ["c"]),
        ("if ! a; then exit 1; fi; c", ["a", "c"]),
        ("if ! a; then echo no; fi; c", ["c"]),
        ("for x in 1 2; do a; done", ["a"]),
        ("for x in 1 2; do a; done || true", []),
        ("sh -c 'a; b'", ["b"]),
        ("sh -c 'a || true'", []),
        ("sudo -u me timeout 5 a", ["a"]),
        ("a > /x 2>&1", ["a"]),
        ("a 2> /dev/null || true", []),
        ("X=$(a; b) c", ["c"]),
        ("a ';' b", ["a"]),
        ("a # || true", ["a"]),
        ("", []),
        ("|| && ;", []),
        ("(((", []),
        (")))) } a", ["a"]),
    ],
)
def test_by_whose_failure_a_text_fails(text: str, wanted: list[str]) -> None:
    assert [words[0] for words in deciding(text)] == wanted


def test_where_commands_stand() -> None:
    text = "a 1 && bb 2 >> /x || c; d $(e | f)"
    found = [link for chain in chains(text) for link in chain.links]
    assert [text[link.start : link.end] for link in found[:3]] == ["a 1", "bb 2 >> /x", "c"]
    assert [link.joined for link in found] == ["", "&&", "||", ""]
    assert found[1].target == "/x"
    assert found[3].words == ("d", "$(e | f)")


def test_a_program_is_no_list() -> None:
    assert chains("a;" * 20_000) == ()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("a b", "a b"),
        ("A=1 B=2 a", "a"),
        ("A=1", ""),
        ("sudo -E -u me -- a b", "a b"),
        ("env -u X A=1 a", "a"),
        ("nice -n 19 ionice -c 3 a", "a"),
        ("timeout -k 5 10 a", "a"),
        ("flock -w 5 /run/x a", "a"),
        ("docker exec -it -u me box a b", "a b"),
        ("docker -H x compose -f y exec -T box a", "a"),
        ("docker stop a", "docker stop a"),
        ("kubectl exec -n x pod -- a b", "a b"),
        ("ssh host a", "ssh host a"),
        ("sudo", "sudo"),
        ("command -v a", "command -v a"),
        ("exec a", "a"),
    ],
)
def test_behind_wrappers(words: str, wanted: str) -> None:
    assert " ".join(behind(tuple(words.split()))) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("sh", "-c", "a b"), "a b"),
        (("bash", "-euc", "a"), "a"),
        (("bash", "-c", "-x", "a"), "a"),
        (("su", "me", "-c", "a"), "a"),
        (("sh", "script"), None),
        (("a", "-c", "b"), None),
        ((), None),
    ],
)
def test_text_for_shells(words: tuple[str, ...], wanted: str | None) -> None:
    assert code(words) == wanted
