"""`borgplan graph` and `borgplan explain`: a plan as a picture, and one step of it."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET  # what Graphviz has drawn
from pathlib import Path

import pytest

from borgplan.runtime.main import main

TEXT = """\
repositories: [{path: /backups/one, label: near}]
source_directories: [/etc]
keep_daily: 1
before_backup: [systemctl stop app, './dump "a|b"; [x]']
after_backup: [systemctl start app]
on_error: [systemctl start app, "./alarm {error}"]
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "c.yaml"
    path.write_text(TEXT)
    return str(path)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words, "--offline", "-a", "create", "--semantics", "1.3"]) == 0
    return capsys.readouterr().out


def test_mermaid_has_boxes_and_three_kinds_of_arrows(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, "graph", config)
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "flowchart TB"
    assert "s1 --> s2" in lines
    assert "s3 -. on failure .-> s5" in lines
    assert 's1 -. "release of service app" .-> s4' in lines
    assert 's1 -. "release of service app" .-> s5' in lines
    assert sum(line.startswith("subgraph") for line in lines) == lines.count("end")
    # What Mermaid would read as its own is written by number.
    assert "#124;" in text
    assert "a|b" not in text


def test_graphviz_reads_what_is_written_for_it(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not shutil.which("dot"):
        pytest.skip("Graphviz is not installed")
    picture = tmp_path / "plan.svg"
    assert shown(capsys, "graph", "--format", "svg", "-o", str(picture), config) == ""
    texts = [element.text or "" for element in ET.parse(picture).iter() if element.text]
    assert any('./dump "a|b"; [x]' in text.replace("\xa0", " ") for text in texts)
    assert any("near" in text for text in texts)


def test_dot_is_quoted(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert r'label="2  ./dump \"a|b\"; [x]"' in shown(capsys, "graph", "--format", "dot", config)


def test_a_step_is_explained(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "explain", "1", config)
    assert "Step 1: before_backup" in text
    assert "c.yaml:4:17" in text
    assert "Acquires:       service app, released by step 4 (`systemctl start app`)" in text
    text = shown(capsys, "explain", "3", config)
    assert "Skipped if:     one of steps 1 to 2 fails or is interrupted" in text
    assert "Claims:         repository /backups/one (write)" in text
    text = shown(capsys, "explain", "6", config)
    assert "Runs if:" in text
    assert "Skipped if" not in text


def test_a_step_is_explained_by_a_selector_that_only_it_fits(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Step 1: before_backup" in shown(
        capsys, "explain", "hook before_backup and command *stop*", config
    )
    assert main(["explain", "hook *", "--offline", config]) == 2
    assert "selects several steps, 1, " in capsys.readouterr().err


def test_explanations_as_data(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(shown(capsys, "explain", "5", "--format", "json", config))
    assert found["runs_without_failure"] is False
    assert found["releases"] == [{"what": "service app", "acquired_by": [1]}]
    assert set(found["called_by"]) == {"hard", "interrupted"}
    assert found["origin"]["line"] == 6


@pytest.mark.parametrize("wanted", ["0", "99", "nothing"])
def test_a_step_that_is_not_there(
    config: str, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", wanted, "--offline", config]) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert "there is no step" in caught.err


def many(folder: Path, number: int) -> str:
    for n in range(number):
        text = TEXT.replace("app", f"app{n}").replace("/backups/one", f"/backups/app{n}")
        (folder / f"app{n}.yaml").write_text(text)
    return str(folder)


def test_files_that_are_alike_are_drawn_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, "graph", many(tmp_path, 5))
    assert "app0.yaml and 4 files that are the same" in text
    assert "systemctl stop app1" not in text
    assert "systemctl stop app1" in shown(capsys, "graph", "-v", str(tmp_path))


def test_what_forges_do_not_draw_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = many(tmp_path, 100)
    for words, said in ((["-v"], True), ([], False)):
        words = ["graph", *words, folder, "--offline", "-a", "create", "--semantics", "1.3"]
        assert main(words) == 0
        assert ("more than code forges draw" in capsys.readouterr().err) == said
