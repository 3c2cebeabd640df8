"""What `{error}` and its like become, tried in the real /bin/sh: always exactly one argument, as it is for what is
known to take plain text, else in the neutral form."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from borgplan.compiler.config.hooks import Script
from borgplan.compiler.lower.template import script
from borgplan.compiler.plan.words import Late, Value
from borgplan.compiler.shell.neutral import (
    NEUTRAL,
    RAW,
    VARIABLE_PREFIX,
    as_name,
    as_setting,
    in_form,
)
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.host import Withheld
from borgplan.compiler.source.span import Span, Text
from tests.compiler.reading import only
from tests.support.laboratory import working_directory

PLACE = Span("config.yaml", 7, 9, 7, 20)

# Commands that print each argument in <>, and a NUL at the end. A NUL can't be in a value, so the
# output shows exactly how many arguments there were.
CONTEXTS = {
    "bare": "printf '<%s>\\0' {error}",
    "glued": "printf '<%s>\\0' --x={error}",
    "glued on both sides": "printf '<%s>\\0' a{error}b",
    "twice": "printf '<%s>\\0' {error}{error}",
    "double quotes": "printf '<%s>\\0' \"{error}\"",
    "text in double quotes": "printf '<%s>\\0' \"it's {error} #1\"",
    "single quotes": "printf '<%s>\\0' '{error}'",
    "text in single quotes": "printf '<%s>\\0' 'say \"{error}\" \\'",
    "quotes side by side": "printf '<%s>\\0' 'a'{error}\"b\"",
    "substitution": "x=$(printf '<%s>' {error}); printf '%s\\0' \"$x\"",
    "single quotes in a substitution": "x=$(printf '<%s>' '{error}'); printf '%s\\0' \"$x\"",
    "backquotes": "x=`printf '<%s>' {error}`; printf '%s\\0' \"$x\"",
    "single quotes in backquotes": "x=`printf '<%s>' '{error}'`; printf '%s\\0' \"$x\"",
    "double quotes in backquotes": "x=`printf '<%s>' \"{error}\"`; printf '%s\\0' \"$x\"",
    "quoted substitution": "printf '%s\\0' \"$(printf '<%s>' {error})\"",
    "quotes in a quoted substitution": "printf '%s\\0' \"$(printf '<%s>' \"{error}\")\"",
    "nested substitution": "printf '%s\\0' \"$(printf '%s' \"$(printf '<%s>' {error})\")\"",
    "quoted backquotes": "printf '%s\\0' \"`printf '<%s>' {error}`\"",
    "single quotes in quoted backquotes": "printf '%s\\0' \"`printf '<%s>' '{error}'`\"",
    "group": "(printf '<%s>\\0' {error})",
    "variable of its own": "v={error}; printf '<%s>\\0' \"$v\"",
    "after a comment": "# don't\nprintf '<%s>\\0' {error} # it's over",
    "continued line": "printf '<%s>\\0' \\\n  {error}",
    "case": "case x in x) printf '<%s>\\0' {error};; esac",
    "if": "if true; then printf '<%s>\\0' {error}; fi",
    "backslash before": "printf '<%s>\\0' \\{error}",
}
# The same, where it isn't known what becomes of the value.
NEUTRAL_CONTEXTS = {
    "unquoted substitution": "f=$(printf %s {error}); g() { printf '<%s>\\0' \"$f\"; }; g",
    "function": "f() { printf '<%s>\\0' \"$1\"; }; f {error}",
    "variable": "V={error}; printf '<%s>\\0' \"$V\"",
    "argument of a shell": 'sh -c \'printf "<%s>\\0" "$1"\' sh {error}',
    "quoted argument of a shell": 'sh -c \'printf "<%s>\\0" "$1"\' sh "{error}"',
}
AROUND = {
    "glued": "--x={}",
    "glued on both sides": "a{}b",
    "twice": "{0}{0}",
    "text in double quotes": "it's {} #1",
    "text in single quotes": 'say "{}" \\',
    "quotes side by side": "a{}b",
}

ODD = [
    " ", "'", '"', "$", "`", ";", "\n", "-", "--", "\\", "*", "?", "[a-z]", "~", "&", "|", "#", "!", "%s",
    "$(", ")", "${HOME}", "$((1))", "{error}", "{", "\t", "\r", "<", ">", "(", "=", "é", "日本", "\U0001f600",
    "word", "\x01", "\x7f", "\u2028",
]  # fmt: skip
VALUES = st.lists(st.sampled_from(ODD), max_size=7).map("".join) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=20
)


@pytest.fixture(scope="module", autouse=True)
def _scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Should a value be executed after all, then not in the source tree."""
    with working_directory(tmp_path_factory.mktemp("scratch")):
        yield


def compiled(command: str, value: str | Value) -> tuple[Script | None, Diagnostics]:
    diagnostics = Diagnostics()
    return script(Text(command, PLACE), {"error": value}, None, diagnostics), diagnostics


def output(command: Script, value: str, shell: str = "/bin/sh") -> str:
    ran = subprocess.run(
        [shell, "-c", command.text],
        env={
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            **{name: in_form(name, late, value) for name, late in command.late},
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=10,
    )
    return os.fsdecode(ran.stdout + ran.stderr)


@pytest.mark.parametrize("late", [True, False], ids=["late", "static"])
@pytest.mark.parametrize("context", CONTEXTS)
@settings(max_examples=25, deadline=None, database=None)
@given(value=VALUES)
@example("")
@example("two words")
@example("a'b\"c`d")
@example("-n $(touch x) `touch y` $HOME ${HOME}; touch z & | > w")
@example('\\ \\\\ \\n \\$ \\` \\"')
@example(" leading and trailing ")
@example("line\nline\n\n")
@example("* ? [a-z]* ~ !! # %s }")
def test_a_value_becomes_exactly_one_argument(context: str, value: str, *, late: bool) -> None:
    command, diagnostics = compiled(CONTEXTS[context], Late.ERROR if late else value)
    assert not diagnostics
    assert command is not None
    assert command.late == (((VARIABLE_PREFIX + "ERROR", Late.ERROR),) if late else ())
    expected = AROUND.get(context, "{}").replace("{}", "{0}").format(value)
    assert output(command, value) == f"<{expected}>\0"


@pytest.mark.parametrize("late", [True, False], ids=["late", "static"])
@pytest.mark.parametrize("context", NEUTRAL_CONTEXTS)
@settings(max_examples=25, deadline=None, database=None)
@given(value=VALUES)
@example("")
@example("-n $(touch x) `touch y` $HOME ${HOME}; touch z & | > w")
@example("line\nline\n\n")
@example("/srv/my backup")
def test_elsewhere_its_neutral_form_is_the_argument(
    context: str, value: str, *, late: bool
) -> None:
    command, diagnostics = compiled(NEUTRAL_CONTEXTS[context], Late.ERROR if late else value)
    assert command is not None
    assert command.late == ((("BORGPLAN_ERROR_NEUTRAL", Late.ERROR),) if late else ())
    loses = not late and as_setting(value) != value
    assert [found.code for found in diagnostics] == (["BP616"] if loses else [])
    assert output(command, value) == f"<{as_name(value) if late else as_setting(value)}>\0"


@settings(max_examples=60, deadline=None, database=None)
@given(value=VALUES)
@example("a\n\n")
def test_a_substitution_only_strips_newlines_at_the_end(value: str) -> None:
    for command_text in (
        "printf '<%s>\\0' \"$(printf %s {error})\"",
        "printf '<%s>\\0' \"`printf %s {error}`\"",
    ):
        for late in (True, False):
            command, _ = compiled(command_text, Late.ERROR if late else value)
            assert command is not None
            assert output(command, value) == "<" + value.rstrip("\n") + ">\0"


@settings(max_examples=200, deadline=None)
@given(value=VALUES.filter(bool))
def test_a_late_value_is_never_part_of_the_script(value: str) -> None:
    for text in (*CONTEXTS.values(), *NEUTRAL_CONTEXTS.values()):
        late, _ = compiled(text, Late.ERROR)
        assert late is not None
        rest = late.text.replace(f"{{{VARIABLE_PREFIX}ERROR{NEUTRAL}}}", "")
        assert rest.replace(f"{{{VARIABLE_PREFIX}ERROR}}", "").count("BORGPLAN") == 0


# Left alone


@pytest.mark.parametrize(
    "command",
    [
        "",
        "echo hello",
        "awk '{print $2}'",
        "awk '{print}' && echo {nothing}",
        "echo {a,b} ${HOME} ${HOME%/*}",
        "echo {Error} { error } {error",
        "find . -exec rm {} \\;",
        "echo 'unbalanced",
        "cat <<E\n{nothing}\nE",
        "sh -c 'echo {nothing}'",
    ],
)
def test_commands_without_a_known_name_are_left_alone(command: str) -> None:
    found, diagnostics = compiled(command, Late.ERROR)
    assert found == Script(command)
    assert not diagnostics


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("awk '{print $2}' {error}", "awk '{print $2}' \"${BORGPLAN_ERROR_NEUTRAL}\""),
        ("echo {unknown} {error}", 'echo {unknown} "${BORGPLAN_ERROR}"'),
        ("find . -exec rm {} \\; {error}", 'find . -exec rm {} \\; "${BORGPLAN_ERROR_NEUTRAL}"'),
        ("echo \\{error\\} {error}", 'echo \\{error\\} "${BORGPLAN_ERROR}"'),
        ("echo '\\{error\\}' {error}", "echo '{error}' \"${BORGPLAN_ERROR}\""),
        ('echo "\\{error\\}"', 'echo "{error}"'),
        ("echo x # {error}\necho {error}", 'echo x # {error}\necho "${BORGPLAN_ERROR}"'),
        ("echo ${#x} $# {error}", 'echo ${#x} $# "${BORGPLAN_ERROR}"'),
        ("echo a#{error}", 'echo a#"${BORGPLAN_ERROR}"'),
    ],
)
def test_everything_around_a_value_stays_as_written(command: str, text: str) -> None:
    found, diagnostics = compiled(command, Late.ERROR)
    assert not diagnostics
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize(
    "command", ["echo \\{error\\}", "echo '\\{error\\}'", 'echo "\\{error\\}"']
)
def test_escaped_braces_give_the_name_itself(command: str) -> None:
    found, diagnostics = compiled(command, Late.ERROR)
    assert not diagnostics
    assert found is not None
    assert found.late == ()
    assert output(found, "value") == "{error}\n"


def test_several_names() -> None:
    diagnostics = Diagnostics()
    command = Text("echo {repository} '{error}' {configuration_filename} {output}", PLACE)
    values: dict[str, str | Value] = {
        "error": Late.ERROR,
        "repository": Late.REPOSITORY,
        "configuration_filename": "/etc/my file.yaml",
    }
    found = script(command, values, None, diagnostics)
    assert not diagnostics
    assert found == Script(
        "echo \"${BORGPLAN_REPOSITORY}\" ''\"${BORGPLAN_ERROR}\"'' '/etc/my file.yaml' {output}",
        (("BORGPLAN_ERROR", Late.ERROR), ("BORGPLAN_REPOSITORY", Late.REPOSITORY)),
    )


# Refused


@pytest.mark.parametrize(
    ("command", "near"),
    [
        ('echo "{error}', 'echo "{error}'),
        ("echo '{error}", "echo '{error}"),
        ("echo {error} 'x", "echo {error} 'x"),
        ("echo `{error}", "echo `{error}"),
        ("echo $({error}", "echo $({error}"),
        ("echo \"$(echo {error}\"", 'echo "$(echo {error}"'),
    ],
)  # fmt: skip
def test_unbalanced_quotes_are_refused(command: str, near: str) -> None:
    found, diagnostics = compiled(command, Late.ERROR)
    assert found is None
    problem = only(diagnostics)
    assert (problem.code, problem.span) == ("BP303", PLACE)
    assert problem.message == "can't determine how {error} is quoted: unbalanced quotes or brackets"
    assert problem.hint == f"near `{near}`"


@pytest.mark.parametrize(("depth", "is_read"), [(50, True), (51, False)])
def test_quotes_and_brackets_are_read_fifty_deep(depth: int, *, is_read: bool) -> None:
    found, diagnostics = compiled("$(" * depth + "echo {error}" + ")" * depth, Late.ERROR)
    assert (found is not None) is is_read
    assert [item.code for item in diagnostics] == ([] if is_read else ["BP303"])


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (Late.ERROR, 'write "$BORGPLAN_ERROR" where it is a separate argument'),
        ("/a b", "assign the value to a shell variable first: MESSAGE={error}"),
    ],
)
def test_what_is_unclear_is_refused_with_a_way_out(value: str | Value, advice: str) -> None:
    found, diagnostics = compiled('echo "`echo \\"x\\" {error}`"', value)
    assert found is None
    problem = only(diagnostics)
    assert problem.code == "BP303"
    assert problem.message == (
        "can't determine how {error} is quoted: it is inside backquotes with escaped quotes"
    )
    assert problem.hint.endswith(advice)


@pytest.mark.parametrize("operator", ["<< 'E'", '<<"E"', "<<\\E", "<<-'E'"])
def test_here_documents_that_the_shell_leaves_alone_are_refused(operator: str) -> None:
    found, diagnostics = compiled(f"cat {operator}\n{{error}}\nE\n", Late.ERROR)
    assert found is None
    problem = only(diagnostics)
    assert (problem.code, problem.span) == ("BP304", PLACE)
    assert problem.message == (
        "`{error}` can't be used in a here-document: its quoted terminator prevents substitution"
    )
    assert problem.hint == "write the terminator without quotes: <<EOF, not <<'EOF'"


def test_of_a_here_document_that_the_shell_leaves_alone_other_braces_stay() -> None:
    command = "cat <<'E'\n{other} {error\\}\nE\n"
    found, diagnostics = compiled(f"{command}echo {{error}}", Late.ERROR)
    assert found is not None
    assert not diagnostics.has_errors
    assert output(found, "it") == f"{{other}} {{error}}\n{as_name('it')}\n"


@pytest.mark.parametrize(
    "command",
    [
        "cat <<E\n<{error}>\nE\n",
        "cat <<-E\n\t<{error}>\n\tE",
        "cat << E | cat\n<{error}>\nE",
        "cat <<E\n<$(printf %s {error})>\nE",
        "x=$(cat <<E\n<{error}>\nE\n); printf '%s\\n' \"$x\"",
        "printf '%s\\n' \"$(cat <<E\n<{error}>\nE\n)\"",
        "cat <<E <<F\nit's \"\nE\n<{error}>\nF",
        "cat <<E && : it\\'s\n<{error}>\nE",
        "if true; then cat <<E; fi\n<{error}>\nE\n",
    ],
)
@pytest.mark.parametrize("value", ['a "$(touch x)" `touch x` \\', "E\ntouch x", "$HOME", "'"])
def test_a_here_document_holds_the_neutral_form(command: str, value: str) -> None:
    for known, form in ((Late.ERROR, as_name(value)), (value, as_setting(value))):
        found, diagnostics = compiled(command, known)
        assert found is not None
        assert not diagnostics.has_errors
        said = output(found, value)
        assert said.replace("it's \"\n", "") == f"<{form}>\n"


def test_a_here_document_without_an_end_is_refused() -> None:
    found, diagnostics = compiled("cat <<E\n{error}\n", Late.ERROR)
    assert found is None
    assert only(diagnostics).code == "BP304"


def test_around_a_here_document_a_value_is_one_word_and_its_text_stays() -> None:
    found, _ = compiled(
        "cat <<E\nit's $x \\{error\\} ${error} {other}\nE\nprintf '%s' {error}", Late.ERROR
    )
    assert found is not None
    assert found.text == (
        "cat <<E\nit's $x {error} ${error} {other}\nE\nprintf '%s' \"${BORGPLAN_ERROR_NEUTRAL}\""
    )


ENVIRONMENT = {"PASS": 'it\'s $(touch x) "&"', "N": "5", "CODE": "a[$(touch x)]"}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("cat <<E\npassword=${PASS}\nE", f"password={ENVIRONMENT['PASS']}\n"),
        ("cat <<-E\n\tpassword=${PASS}\n\tE\necho ${PASS}", f"password={ENVIRONMENT['PASS']}\n{ENVIRONMENT['PASS']}\n"),
        ("cat <<'E'\n$PASS \\${PASS}\nE\necho ${N}", "$PASS ${PASS}\n5\n"),
        ("cat <<E\n\\${PASS}\nE", "${PASS}\n"),
        ("echo $(( ${N} + 1 ))", "6\n"),
        ("echo \"$((${N}*2))\" '${PASS}'", f"10 {ENVIRONMENT['PASS']}\n"),
        ("echo $(( ${MISSING:-3} + 1 ))", "4\n"),
        ("${MISSING:-echo} $((1 + 2))", "3\n"),
        ("sh -c 'echo \"${PASS}\"'", f"{ENVIRONMENT['PASS']}\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_the_environment_keeps_its_meaning(command: str, said: str, shell: str) -> None:
    diagnostics = Diagnostics()
    found = script(Text(command, PLACE), {"error": Late.ERROR}, ENVIRONMENT, diagnostics)
    assert found is not None
    assert not diagnostics
    ran = subprocess.run(
        [shell, "-c", found.text], env={"PATH": "/usr/bin:/bin", **ENVIRONMENT},
        capture_output=True, text=True, check=False, timeout=10,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == (said, "")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("cat <<'E'\n${PASS}\nE", "BP304"),
        ("cat <<\\E\nx ${N}\nE\n", "BP304"),
        ("echo $(( ${CODE} ))", "BP303"),
        ('echo "$(( 1 + ${PASS} ))"', "BP303"),
        ("echo $[ ${CODE} ]", "BP303"),
        ("echo $(( ${MISSING:-a} + 1 ))", "BP303"),
        ("((x = ${CODE}))", "BP303"),
    ],
)
def test_where_the_environment_has_no_meaning_it_is_refused(command: str, code: str) -> None:
    diagnostics = Diagnostics()
    assert script(Text(command, PLACE), {"error": Late.ERROR}, ENVIRONMENT, diagnostics) is None
    assert only(diagnostics).code == code


OTHER_SHELLS = [
    "sh -c {error}",
    "sh -c 'echo {error}'",
    'bash -c "echo {error}"',
    "/bin/bash -c '{error}'",
    "env sh -c {error}",
    "dash -ec {error}",
    "zsh -lc {error}",
    "sh -e -c {error}",
    "sh -o errexit -c {error}",
    "echo x; sh -c {error}",
    "true && sh -c {error}",
    "(sh -c {error})",
    "x=$(sh -c {error})",
    'echo "$(sh -c {error})"',
    "echo `sh -c {error}`",
    "su backup -c {error}",
    "su -c 'echo {error}' backup",
    "eval {error}",
    'eval "echo {error}"',
    "ssh host {error}",
    'ssh -p 22 host "echo {error}"',
    "ssh host echo {error}",
    "sudo -u x sh -c {error}",
]
# Less usual spellings of the same.
SLY_SHELLS = [
    "eval echo {error}",
    'eval "echo" {error}',
    "eval 'echo '\"{error}\"",
    "sh -c 'echo '{error}",
    "sh -c 'echo '\"{error}\"' x'",
    'sh -c "echo x "{error}',
    "sh -c echo\\ {error}",
    "sh \\\n    -c {error}",
    "sh -c \\\n    {error}",
    "sh -c -- {error}",
    "sh -c -e {error}",
    'sh -c "echo $(echo {error})"',
    "sh -c $(echo {error})",
    'eval "$(echo {error})"',
    "trap {error} EXIT",
    "trap 'echo {error}' EXIT",
    "ash -c {error}",
    "mksh -c {error}",
    "runuser -u nobody -c {error}",
    "ssh -o BatchMode=yes \\\n    host {error}",
    "ssh 'user@host' 'a; b' {error}",
]


INTERPRETERS = [
    "python3 -c 'print(\"{error}\")'",
    "perl -e 'print {error}'",
    "perl -ne {error}",
    "/usr/bin/ruby -e {error}",
    "awk 'BEGIN {{error}}'",
    "awk -F: {error}",
    "mysql -e \"insert into log values ('{error}')\"",
    "echo x | python -c {error}",
]
HARMLESS = [
    "awk '{print $2}' {error}",
    "awk -v x={error} 'BEGIN {print x}'",
    "python3 report.py {error}",
    "python3 -m report {error}",
    "python3 -c 'import sys' {error}",
    "mysql --comments {error}",
]


@pytest.mark.parametrize("command", [*OTHER_SHELLS, *SLY_SHELLS, *INTERPRETERS, *HARMLESS])
def test_other_shells_and_interpreters_get_the_neutral_form(command: str) -> None:
    found, diagnostics = compiled(command, Late.ERROR)
    assert found is not None
    assert not diagnostics
    assert found.late == (("BORGPLAN_ERROR_NEUTRAL", Late.ERROR),)


@pytest.mark.parametrize("command", [*OTHER_SHELLS, *SLY_SHELLS, *INTERPRETERS])
def test_code_for_another_shell_with_a_value_that_would_be_another_is_refused(command: str) -> None:
    fitting, diagnostics = compiled(command, "/srv/backup-1")
    assert fitting is not None
    assert not diagnostics
    assert "/srv/backup-1" in fitting.text
    found, diagnostics = compiled(command, "/srv/my backup")
    assert found is None
    problem = only(diagnostics)
    assert (problem.code, problem.span) == ("BP305", PLACE)
    assert problem.message == (
        "{error} is used in code for another shell or interpreter, which could execute parts of its value"
    )


@pytest.mark.parametrize(
    "command",
    [
        "sh -c 'echo \"$1\"' sh {error}",
        "sh -c 'echo \"$1\"' sh \"{error}\"",
        "sh -c 'a b' 'c d' {error}",
        "sh -c 'x'; echo {error}",
        "sh -c 'x' && echo {error}",
        "ssh host true || echo {error}",
        "echo {error} | ssh host cat",
        "echo {error}; eval true",
        "push -c {error}",
        "notify --eval {error}",
        "sh script.sh {error}",
        "./flash -c {error}",
        "logger -t ssh {error}",
        "logger 'an ssh problem' {error}",
        "logger \"no eval \" {error}",
        "echo $(ssh host date) {error}",
        "retrieval {error}",
    ],
)  # fmt: skip
def test_other_commands_are_not_taken_for_shells(command: str) -> None:
    found, diagnostics = compiled(command, Late.ERROR)
    assert not diagnostics
    assert found is not None


# Places that are hard to tell: refused, or one argument; never code.

HARD = {
    "escaped quotes in quoted backquotes": "printf '%s\\0' \"`printf '<%s>' \\\"{error}\\\"`\"",
    "default value": "unset x; printf '<%s>\\0' \"${x:-{error}}\"",
    "bare default value": "unset x; printf '<%s>\\0' ${x:-{error}}",
    "case in a substitution": "printf '%s\\0' \"$(case x in x) printf '<%s>' {error};; esac)\"",
    "backquotes in backquotes": "printf '%s\\0' \"`printf '%s' \\`printf '<%s>' {error}\\``\"",
    "no comment after an escaped blank": "printf '<%s>\\0' \\ #'{error}'",
    "arithmetic": "printf '<%s>\\0' $(({error}))",
    "a sum": "printf '<%s>\\0' $((1 + {error}))",
    "a sum in double quotes": "printf '<%s>\\0' \"$((1 + {error}))\"",
}
CODE = [
    "a; touch marker; b", "$(touch marker)", "`touch marker`", "' ; touch marker; '", "a[$(touch marker)]",
    "}; touch marker; {", "}$(touch marker)", "touch marker",
]  # fmt: skip


@pytest.mark.parametrize("late", [True, False], ids=["late", "static"])
@pytest.mark.parametrize("context", HARD)
def test_hard_places_are_refused_or_right(
    context: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    for value in [*CODE, "two words", "*", "a}b"]:
        found, diagnostics = compiled(HARD[context], Late.ERROR if late else value)
        if found is None:
            assert only(diagnostics).code.startswith("BP30")
        else:
            before = " #" if "no comment" in context else ""
            assert output(found, value) == f"<{before}{value}>\0"


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
@pytest.mark.parametrize(
    "command", [*CONTEXTS.values(), *OTHER_SHELLS, *SLY_SHELLS, *HARD.values()]
)
def test_no_value_is_ever_run(
    command: str, shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever isn't refused doesn't run the value, whichever shell /bin/sh is."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    if "ssh" in command or "su " in command or "sudo" in command or "runuser" in command:
        pytest.skip("needs another machine or user")
    monkeypatch.chdir(tmp_path)
    for value in CODE:
        for given_as in (Late.ERROR, value):
            found, _ = compiled(command, given_as)
            if found is not None:
                output(found, value, shell)
                assert not Path("marker").exists(), (found, value)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("echo " + "{error}" * 3000, "the command is too long for so many placeholders"),
        ("$(" * 2000 + "echo {error}" + ")" * 2000, "more than 50 quotes and brackets in one another"),
        ("$((" * 4000 + "{error}", "unbalanced quotes or brackets"),
        ("$(case " * 3000 + "{error}" + ")" * 3000, "more than 50 quotes and brackets in one another"),
    ],
)  # fmt: skip
def test_what_would_take_too_long_to_read_is_refused(command: str, why: str) -> None:
    found = Diagnostics()
    assert script(Text(command, PLACE), {"error": Late.ERROR}, None, found) is None
    (problem,) = found
    assert (problem.code, problem.message.partition(": ")[2]) == ("BP303", why)


@pytest.mark.parametrize(("word", "is_read"), [("${N} ", True), ("$((${N})) ", False)])
def test_so_many_references_are_read_only_outside_of_arithmetic(
    word: str, *, is_read: bool
) -> None:
    """Where it has to be told for each whether it stands in arithmetic."""
    found = Diagnostics()
    made = script(Text("echo " + word * 1500, PLACE), {"error": Late.ERROR}, ENVIRONMENT, found)
    assert (made is not None) is is_read
    assert [item.code for item in found] == ([] if is_read else ["BP303"])


@pytest.mark.parametrize("command", ["echo ${MISSING}", "cat <<'E'\n$x\nE\necho ${N} ${MISSING}"])
def test_a_variable_that_is_not_there_is_refused(command: str) -> None:
    found = Diagnostics()
    assert script(Text(command, PLACE), {"error": Late.ERROR}, ENVIRONMENT, found) is None
    (problem,) = found
    assert "MISSING" in problem.message


def test_in_arithmetic_a_value_that_is_not_known_yet_is_not_refused() -> None:
    diagnostics = Diagnostics()
    for names in (None, frozenset({"N"})):
        known = Withheld({"N": "${N}"}, names)
        assert script(Text("echo $(( ${N} + 1 ))", PLACE), {}, known, diagnostics) is not None
    assert not diagnostics


@pytest.mark.parametrize("name", sorted(RAW))
@pytest.mark.parametrize("default", ["", ":-none", ":-a:b"])
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_what_the_runner_sets_is_not_looked_for_in_the_environment(
    name: str, default: str, quote: str
) -> None:
    diagnostics = Diagnostics()
    text = f"logger {quote}${{{name}{default}}}{quote}"
    for more in ("", " {error}"):
        found = script(Text(text + more, PLACE), {"error": Late.ERROR}, {}, diagnostics)
        assert found is not None
        assert found.text.startswith(text)
    assert not diagnostics
