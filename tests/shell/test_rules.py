"""What is said of hook commands as shell, and at which characters of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from borgplan.compiler.lint.shell_rules.analysis import analyse, findings
from borgplan.compiler.lint.shell_rules.tree import is_available
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.span import Span, Text

pytestmark = pytest.mark.skipif(not is_available(), reason="the extra `shell` is not installed")


def found(command: str, *, followed: bool = False) -> list[tuple[str, str]]:
    """The code of each finding, and the part of the command that it is about."""
    return [
        (item.code, command[item.start : item.end])
        for item in findings(command, None, followed=followed)
    ]


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("if true; then\n  echo é", "if"),
        ("echo é; echo 'abc", "'"),
        ("# don't\necho \"abc", '"'),
        ("for x in a; do\n  echo", "for"),
        ("echo $(ls", "$("),
        ("{ echo", "{"),
    ],
)
def test_what_no_shell_can_read_is_shown_where_it_begins(command: str, part: str) -> None:
    assert ("BP350", part) in found(command + "\n")


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("[[ -f x ]] && :", "[["),
        ("diff <(ls) é", "<(ls)"),
        ("source x", "source x"),
        ("a=(1 2)", "(1 2)"),
        ("function f { :; }", "function"),
        ("é &> f", "&>"),
        ("echo $'a'", "$'a'"),
        ("echo {1..3}", "{1..3}"),
        ("echo x.{a,b}", "x.{a,b}"),
        ("echo ${x//a/b}", "${x//a/b}"),
        ("echo ${x:1:2}", "${x:1:2}"),
        ("cat <<< x", "<<< x"),
        ("[ a == b ]", "[ a == b ]"),
        ("a |& b", "|&"),
        ("((a++))", "(("),
        ("declare x=1", "declare"),
        ("trap 'x' ERR", "trap 'x' ERR"),
        ("set -o pipefail; ls", "set -o pipefail"),
        ("echo $RANDOM", "RANDOM"),
    ],
)
def test_what_only_bash_knows_is_found(command: str, part: str) -> None:
    assert ("BP351", part) in found(command)


@pytest.mark.parametrize(
    "command",
    [
        "bash -c 'set -o pipefail; [[ a == b ]] && source <(x)'",
        "echo ${x:-a} ${x%.gz} ${x:?} ${#x} $((1 + 2)) \"{a,b}\" '{1..3}' {repository} {}",
        'f() { local x=1; echo "$x"; }; f',
        ". /etc/x; [ a = b ] && test -n x",
        "sleep 1 & wait",
        "sleep 1 & echo $! > /run/x",
        "ls >&2 2>&1; echo $((7 & 3))",
        "for x in a b; do echo $x; done",
        "case {error} in a) exit 1;; esac\necho on",
        "test -d /x || exit 75\necho on",
        "umount /mnt || true",
        'rm -rf /srv/x ./$NAME $NAME "${NAME:?}/x" $HOME/x',
        "dir=/srv/x; rm -rf $dir/y",
        "cat <<EOF\n[[ it's text ]] &\nEOF",
    ],
)
def test_what_any_shell_knows_is_no_finding(command: str) -> None:
    assert found(command) == []


@pytest.mark.parametrize(
    ("command", "code", "part"),
    [
        ("sleep é &", "BP352", "sleep é &"),
        ("ls\n{ a; b; } &\nls", "BP352", "{ a; b; } &"),
        ("exit 0\n# why\necho é", "BP353", "echo é"),
        ("exec x; ls", "BP353", "ls"),
        ("pg_dump é > x || true", "BP356", "pg_dump é > x || true"),
        ("mount /mnt || :", "BP356", "mount /mnt || :"),
        ("rm -rf $TMP/x", "BP357", "$TMP/x"),
        ('sudo rm -r -f "${TMP}"/*', "BP357", '"${TMP}"/*'),
        ('x=$(mktemp -d); rm -rf "$x/"', "BP357", '"$x/"'),
    ],
)
def test_what_goes_wrong_quietly_is_found(command: str, code: str, part: str) -> None:
    assert found(command) == [(code, part)]


def test_an_exit_in_the_background_ends_nothing() -> None:
    assert [code for code, _ in found("exit 0 &\necho")] == ["BP352"]


@pytest.mark.parametrize(
    "command", ["cd /srv", "mkdir x\nexport A=b", "A=b", "umask 077", "set -e", "A=b B=c"]
)
def test_what_a_shell_keeps_is_not_kept_for_the_next_item(command: str) -> None:
    assert [code for code, _ in found(command, followed=True)] == ["BP354"]
    assert found(command) == []  # as nothing comes after it


@pytest.mark.parametrize(
    "command", ["cd /srv && ls", "A=b ls", "cd /srv; ls", "(cd /srv)", "A=$(ls)"]
)
def test_what_a_shell_keeps_for_itself_is_no_finding(command: str) -> None:
    assert found(command, followed=True) == []


def test_shellcheck_says_what_is_not_said_yet() -> None:
    bash, quotes = comment(3010, "warning", 1), comment(2086, "info", 1)
    later = comment(3010, "warning", 2)
    said = findings("[[ -f $x ]]\nls", [bash, quotes, later], followed=False)
    assert [(item.code, item.message[:6]) for item in said if item.code != "BP351"] == [
        ("BP358", "SC2086"),
        ("BP358", "SC3010"),
    ]


def test_what_the_grammar_misses_needs_the_consent_of_shellcheck() -> None:
    """`for x do` is a loop over the arguments."""
    assert [item.code for item in findings("for x do ls; done", None, followed=False)] == ["BP350"]
    assert findings("for x do ls; done", [], followed=False) == []
    broken = comment(1073, "error", 1)
    said = findings("for x do ls", [broken], followed=False)
    assert [item.code for item in said] == ["BP350"]


def comment(code: int, level: str, line: int) -> dict[str, object]:
    return {
        "line": line, "column": 1, "endLine": line, "endColumn": 2, "level": level, "code": code,
        "message": "is so",
    }  # fmt: skip


@settings(deadline=None)
@given(st.text(st.sampled_from("ab =1/\n\t|&;<>()[]{}$`'\"\\#!*-é\x85"), max_size=80))
@example("((" * 5000)
@example("$(" * 5000)
@example("a && " * 4000)
@example("{ " * 5000)
def test_nothing_that_is_written_stops_the_analysis(command: str) -> None:
    span = Span("file", 1, 1, 1, 1)
    diagnostics = Diagnostics()
    analyse([(Text(command, span),)], {"file": ""}, {}, diagnostics)
    assert all(item.span == span for item in diagnostics)
