"""Places in which one exact argument would be code all the same: for sed, for another shell, for bash
itself. A placeholder there gets the neutral form or is refused: what its value holds doesn't run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from borgplan.compiler.lower.template import script
from borgplan.compiler.plan.words import Late
from borgplan.compiler.shell.neutral import in_form
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.source.span import Span, Text

PLACE = Span("config.yaml", 7, 9, 7, 20)


class Case(NamedTuple):
    """A command in which `{error}` with this value would leave a file called `canary` behind."""

    command: str
    value: str = "$(touch canary)"
    shell: str = "/bin/sh"


SUBSCRIPT = "a[$(touch canary)]"

CASES = (
    Case('find text -exec sh -c "echo {error}" ";"'),
    Case('xargs -I% sh -c "echo {error}" < text'),
    Case('env -i bash --norc -c "echo {error}"'),
    Case('bash -x -c "echo {error}"'),
    Case("perl -we 'print q({error})'", ");system q(touch canary);#"),
    Case("awk '{ print \"{error}\" }' text", '"; system("touch canary"); "'),
    Case("echo $(({error}))", SUBSCRIPT, "/bin/bash"),
    Case("bash <<< {error}", "touch canary", "/bin/bash"),
    # GNU sed runs commands: `s/…/…/e`, `1e …`.
    Case('sed "s/x/{error}/" text', "y/;1e touch canary\n#"),
    Case("sed -e 's|x|{error}|' text", "y|;1e touch canary\n#"),
    Case('echo x | sed "s/x/{error}/"', "touch canary/e;#"),
    # Programs that hand an argument to a shell.
    Case('flock text -c "echo {error}"'),
    Case('script -qc "echo {error}" /dev/null'),
    # Interpreters by a versioned name.
    Case("python3.11 -c 'print(\"{error}\")'", '");import os;os.system("touch canary")#'),
    # bash evaluates what stands in these places, subscripts with their substitutions included.
    Case("[[ {error} -eq 1 ]]", SUBSCRIPT, "/bin/bash"),
    Case("declare {error}", f"{SUBSCRIPT}=1", "/bin/bash"),
    Case("f() { local {error}; }; f", f"{SUBSCRIPT}=1", "/bin/bash"),
    Case("let {error}", SUBSCRIPT, "/bin/bash"),
    Case("read {error} < text", SUBSCRIPT, "/bin/bash"),
    Case("printf -v {error} x", SUBSCRIPT, "/bin/bash"),
    Case("test -v {error}", SUBSCRIPT, "/bin/bash"),
    # Quotes with backslashes, in bash and in POSIX since 2024: a value known beforehand ends them.
    Case("echo $'{error}'", "\\';touch canary;'", "/bin/bash"),
)


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.command) for case in CASES],
)
def test_code_is_no_place_for_a_value(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = case.command.split()[0]
    if shutil.which(case.shell) is None:
        pytest.skip(f"there is no {case.shell}")
    if case.shell == "/bin/sh" and shutil.which(program) is None:
        pytest.skip(f"there is no {program}")
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("x\n")
    for given in (Late.ERROR, case.value):
        diagnostics = Diagnostics()
        found = script(Text(case.command, PLACE), {"error": given}, None, diagnostics)
        if found is None:
            assert diagnostics.has_errors
            continue
        subprocess.run(
            [case.shell, "-c", found.text],
            env={
                **os.environ,
                "BORGPLAN_ERROR": case.value,
                **{name: in_form(name, late, case.value) for name, late in found.late},
            },
            stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=10,
        )  # fmt: skip
        assert not Path("canary").exists(), found
