"""Laws of mechanical fixes: the plan stays, comments stay, and twice is once."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lint.fixes import mended
from borgplan.compiler.lint.registry import run_checks
from borgplan.compiler.plan.work import Shell, words_of
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

START = "source_directories: [/etc]\nrepositories: [{path: /repo}]\nkeep_daily: 1\n"
PIECES = (
    "numeric_owner: true\n",
    '"bsd_flags": false  # quoted\n',
    "remote_rate_limit: 5\n",
    "before_backup: []\n",
    "after_prune: [ ]   # not yet\n",
    "after_backup:\n    # - nothing\n",
    "# between\n\n",
    "commands: []\n",
)
COMMANDS = (
    'send "{error}"',
    "send '{error}' '{output}' # why",
    'send "it was {error}"',
    "'send \"{error}\"'",
    '"send {error}"',
    '"{error}"',
    'echo "{configuration_filename}"; echo x"{error}"',
    'printf %s "{error}""{output}"',
    '|\n      send "{error}"',
)


@st.composite
def files(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.sampled_from(PIECES), unique=True))
    commands = draw(st.lists(st.sampled_from(COMMANDS), max_size=4))
    hooks = "on_error:\n" + "".join(f"    - {command}\n" for command in commands)
    return START + "".join(pieces) + (hooks if commands else "")


def compiled(text: bytes) -> tuple[Compilation, Diagnostics]:
    host = MemoryHost({"/srv/c.yaml": text})
    diagnostics = Diagnostics()
    compilation = plan_of(read(CompileRequest(("c.yaml",)), host, diagnostics), host, diagnostics)
    found = Diagnostics(compilation.diagnostics)
    run_checks(compilation, host, found)
    return compilation, found


def fixed(text: bytes) -> bytes:
    def again(files: Mapping[str, bytes]) -> Compilation:
        return compiled(files["c.yaml"])[0]

    compilation, found = compiled(text)
    return mended(compilation, found, again).files.get("c.yaml", text)


def comments(text: bytes) -> list[bytes]:
    return [line[line.index(b"#") :] for line in text.splitlines() if b"#" in line]


@settings(deadline=None, max_examples=40)
@given(files())
def test_fixing_twice_is_fixing_once(text: str) -> None:
    once = fixed(text.encode())
    assert fixed(once) == once


@settings(deadline=None, max_examples=40)
@given(files())
def test_comments_stay(text: str) -> None:
    assert comments(fixed(text.encode())) == comments(text.encode())


@settings(deadline=None, max_examples=40)
@given(files())
def test_what_runs_stays(text: str) -> None:
    def late(data: bytes) -> list[object]:
        plan = compiled(data)[0].plan
        assert plan is not None
        return [
            step.work.late if isinstance(step.work, Shell) else words_of(step.work)
            for step in plan.steps
        ]

    assert late(fixed(text.encode())) == late(text.encode())
