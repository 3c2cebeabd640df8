"""`borgplan plan --summary` and `--format markdown`: a plan on a page, and in a pull request."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from borgplan.runtime.main import main

TEXT = """\
repositories: [{path: /backups/NAME, label: near}, {path: /far/NAME, label: far}]
source_directories: [/etc]
keep_daily: 1
commands:
  - {before: configuration, run: [mount /mnt]}
  - {before: action, when: [create], run: [systemctl stop NAME]}
  - {after: action, when: [create], run: [systemctl start NAME, "rm /srv/NAME/dump"]}
  - {after: configuration, run: [umount /mnt]}
  - {after: error, run: ["echo \\"{error}\\" | mail root"]}
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "app.yaml").write_text(TEXT.replace("NAME", "app"))
    return str(tmp_path / "app.yaml")


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["plan", *words, "--offline", "-a", "create,prune", "--semantics", "2.1"]) == 0
    return capsys.readouterr().out


def test_what_is_down_when_and_what_is_destroyed(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, "--summary", config)
    assert f"{config}: steps 1 to 13\n" in text
    assert (
        "  down        service app, from step 2 to 4 and from step 7 to 9; during borg create\n"
        "              [.###..###....]  steps 1 to 13\n"
    ) in text
    assert (
        "  acquired    mount /mnt, from step 1 to 12; during borg create and borg prune\n" in text
    )
    assert "  destroys    `rm /srv/app/dump` (5 and 10)\n" in text
    assert (
        "  destroys    archives that no rule keeps, by borg prune of near and far (6 and 11)\n"
        in text
    )
    assert '  reported    a failure of 1 to 12: `echo "{error}" | mail root` (13)\n' in text


def test_what_nobody_is_notified_of_comes_first(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(config)
    path.write_text(path.read_text().replace("| mail root", ""))
    assert "  unreported  a failure of 1 to 12, except by the exit code\n" in shown(
        capsys, "--summary", config
    )


def test_what_no_step_releases_is_said(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(config)
    path.write_text(path.read_text().replace("systemctl start app, ", ""))
    text = shown(capsys, "--summary", config)
    assert "from step 2 on, released by no step when nothing fails" in text


def test_alike_files_are_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two", "six"):
        (tmp_path / f"{name}.yaml").write_text(TEXT.replace("NAME", name))
    text = shown(capsys, "--summary", str(tmp_path))
    assert (
        "2 more files, the same, with their own names in place of `one`: six.yaml (14 to 26), two.yaml"
        in text
    )
    assert text.count("steps 1 to 13\n") == 3  # a title and two bars
    data = json.loads(shown(capsys, "--summary", "--format", "json", str(tmp_path)))
    assert [len(file["alike"]) for file in data["files"]] == [2]


def test_as_json(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(shown(capsys, "--summary", "--format", "json", config))
    assert (data["format"], data["version"], data["steps"]) == ("borgplan-summary", 1, 13)
    (file,) = data["files"]
    service = next(held for held in file["held"] if held["kind"] == "service")
    assert service["stopped"]
    assert [(i["first"], i["last"], i["commands"]) for i in service["intervals"]] == [
        (2, 4, [3]),
        (7, 9, [8]),
    ]


def test_a_long_run_has_a_bar_that_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hooks = ", ".join(f"echo {n}" for n in range(300))
    text = TEXT.replace("NAME", "app").replace("[mount /mnt]", f"[{hooks}]")
    (tmp_path / "c.yaml").write_text(text)
    bar = re.search(r"\[([.#]+)\]  steps", shown(capsys, "--summary", str(tmp_path / "c.yaml")))
    assert bar
    assert len(bar[1]) <= 48
    assert "#" in bar[1]


def test_markdown_has_the_page_a_graph_and_the_commands(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, "--format", "markdown", config)
    assert text.startswith(
        "### borgplan: create and prune on 2 repositories of 1 configuration file"
    )
    assert "\n```mermaid\nflowchart TB\n" in text
    assert "<summary>All 13 commands</summary>" in text
    assert len(re.findall(r"^```", text, re.MULTILINE)) % 2 == 0


@pytest.mark.parametrize("text", ["```", "</details><img src=x>", "| `a` |", "[x](javascript:y)"])
def test_what_configurations_say_is_no_markup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        TEXT.replace("systemctl start NAME", json.dumps(f"hook '{text}'")).replace("NAME", "app")
    )
    shown_text = shown(capsys, "--format", "markdown", str(path))
    outside = re.sub(r"(?ms)^(`{3,})[a-z]*\n.*?^\1$", "", shown_text)
    assert text in shown_text or "mermaid" in shown_text
    assert text not in outside


def test_markdown_is_never_too_long_for_a_comment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(40):
        hooks = [f"hook {n} {m} {'x' * (n * m % 50)}" for m in range(40)]
        text = TEXT.replace("[mount /mnt]", json.dumps(hooks)).replace("NAME", f"app{n}")
        (tmp_path / f"app{n}.yaml").write_text(text)
    text = shown(capsys, "--format", "markdown", str(tmp_path))
    assert 30_000 < len(text) < 65_536
    assert "The graph is too large to be drawn here" in text
    assert re.search(r"… and \d+ more lines: `borgplan plan` shows them\.", text)
    assert text.rstrip().endswith("</details>")
