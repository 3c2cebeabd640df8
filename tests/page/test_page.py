"""Pages without a browser: what they hold, and that nothing written in a configuration becomes markup."""

from __future__ import annotations

import base64
import html
import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgplan.compiler.plan.model import Plan
from borgplan.runtime.main import main
from borgplan.runtime.render.failures import analysed
from borgplan.runtime.render.page.explorer import explorer
from borgplan.runtime.render.page.outcomes import outcomes
from tests.runtime.test_laws import old_plans, sound_plans

HOSTILE = r"""
repositories: [{path: "/b/</script><script>alert(1)</script>.borg", label: "\"><img src=x onerror=alert(1)>"}]
source_directories: [/etc]
keep_daily: 1
before_backup:
  - "echo '</script><script>document.title=1</script>' \"&amp;\" `x`"
  - "echo \u202Etxt.exe\u202C"
  - "curl https://user:hunter2@example.org/</pre><b onclick=x>"
on_error: ["</code></pre></details><style>*{display:none}</style>"]
"""


def page_of(config: Path, capsys: pytest.CaptureFixture[str]) -> str:
    words = ["--format", "html", "--offline", "--semantics", "1.3"]
    assert main(["plan", *words, str(config)]) == 0
    return capsys.readouterr().out


def data_of(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    found: dict[str, Any] = json.loads(text)
    return found


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "c.yaml"
    path.write_text(HOSTILE)
    path.chmod(0o600)
    return path


def test_texts_of_a_configuration_are_never_markup(
    hostile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = page_of(hostile, capsys)
    seen = Tags()
    seen.feed(page)
    assert seen.tags.count("script") == 2
    assert seen.tags.count("style") == 1
    assert not {"img"} & set(seen.tags)
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert "style" not in seen.attributes
    assert "\u202e" not in page
    assert "hunter2" not in page
    assert html.escape("echo '</script><script>") in page


def test_the_policy_permits_the_page_s_own_script_and_style_and_nothing_else(
    hostile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = page_of(hostile, capsys)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (source,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    # Addresses are in the words of steps, and nowhere where a browser would follow them.
    words = r"(?s)<code>.*?</code>|<script type=\"application/json\".*?</script>"
    assert "://" in page
    assert "://" not in re.sub(words, "", page)


def test_the_file_is_what_standard_output_gets(
    hostile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = page_of(hostile, capsys)
    file = tmp_path / "plan.html"
    words = ["--format", "html", "--offline", "--semantics", "1.3", "-o", str(file)]
    assert main(["plan", *words, str(hostile)]) == 0
    assert file.read_text() == page
    assert capsys.readouterr().out == ""


def test_a_question_or_jobs_have_no_page(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--failures"], ["--summary"], ["--script"], ["--fail", "1"], ["--jobs", "2"]):
        assert main(["plan", "--format", "html", *words, str(hostile)]) == 2
        assert words[0] in capsys.readouterr().err


def numbers(data: dict[str, Any], place: int) -> list[int]:
    """The list of steps at a place."""
    flat = data["lists"][place]
    return [
        n for first, last in zip(flat[::2], flat[1::2], strict=True) for n in range(first, last + 1)
    ]


@settings(max_examples=200, deadline=None)
@given(st.one_of(sound_plans(), old_plans()))
def test_the_page_s_outcomes_are_those_of_the_analysis(plan: Plan) -> None:
    answer = analysed(plan)
    found = answer.failures
    data: dict[str, Any] = json.loads(json.dumps(outcomes(answer)))
    for each, packed in zip(answer.told, data["failures"], strict=True):
        failure = each.failure
        steps, outcome, code, skipped, called, told, _, missed, *_ = packed
        assert (outcome, code) == (failure.outcome.value, failure.exit_code)
        assert numbers(data, steps) == [n + 1 for n in failure.steps]
        assert numbers(data, told) == [n + 1 for n in each.alarms]
        places = numbers(data, missed)
        assert [data["pings"][place - 1] for place in places] == [n + 1 for n in each.missed]
        for failing in failure.steps:
            shown_called = {n - 1 for n in numbers(data, called) if n - 1 > failing}
            assert shown_called == set(found.called(failure, failing))
            stretches = found.not_run(failure, failing)
            not_run = {n for first, end in stretches for n in range(first, end)}
            shown = {n - 1 for n in numbers(data, skipped) if n - 1 > failing}
            assert {n for n in shown if found.usual[n]} == not_run


def test_ten_thousand_steps_stay_small(tmp_path: Path) -> None:
    """What there is to tell of a failure does not grow with the plan."""
    sizes, pages = [], []
    for count in (20, 40):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"c{number}.yaml").write_text(
                "source_directories: [/srv]\n"
                f"repositories: [{{path: /b/{number}a}}, {{path: /b/{number}b}}]\n"
                "commands:\n  - {before: configuration, run: [systemctl stop app]}\n"
                "  - {after: configuration, run: [systemctl start app]}\n"
                "  - {after: error, run: [mail root]}\n"
                "healthchecks: {ping_url: https://example.org/x}\n"
            )
            (folder / f"c{number}.yaml").chmod(0o600)
        file = tmp_path / f"{count}.html"
        words = ["plan", "--offline", "--semantics", "2.1", "--format", "html", "-o", str(file)]
        assert main([*words, str(folder)]) == 0
        data = data_of(file.read_text())
        pages.append(len(file.read_text()) / count)
        sizes.append(len(json.dumps(data)) / len(data["failures"]))
    assert sizes[1] < 1.15 * sizes[0]
    assert pages[1] < 1.15 * pages[0]  # what is the same for all files is there once


def test_a_plan_without_steps_has_a_page() -> None:
    from tests.runtime.build import plan, run_scope

    assert '<details class="scope"' in explorer(plan([run_scope()], []))


def test_a_run_has_a_line_of_time_and_the_explorer_of_its_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    config = tmp_path / "c.yaml"
    config.write_text(
        "source_directories: [/etc]\nrepositories: [{path: /b/one.borg}]\nkeep_daily: 1\n"
        "before_backup: [\"echo '</script><b>'; exit 3\"]\non_error: ['true']\n"
    )
    config.chmod(0o600)
    assert main(["apply", "--semantics", "1.3", "-a", "create", "--offline", str(config)]) == 1
    capsys.readouterr()
    file = tmp_path / "run.html"
    assert main(["show", "last", "--all", "--format", "html", "-o", str(file)]) == 0
    page = file.read_text()
    assert page.count("<rect ") == 2
    assert "failed</span>; exit code 3" in page
    assert "<pre>&lt;/script&gt;&lt;b&gt;" in page
    assert data_of(page)["failures"]
    assert main(["show", "last", "--all", "-o", str(file)]) == 2
    assert "-o is for --format html" in capsys.readouterr().err
