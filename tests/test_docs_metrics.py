"""The page, the alerts and the dashboard name the metrics that there are, and no others."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from borgplan.runtime.engine.fates import Fate
from borgplan.runtime.engine.measures import NUMBERS, Attempt, Measures, Subject
from borgplan.runtime.report.metrics import write

DOCS = Path(__file__).parent.parent / "docs"


def written(folder: Path) -> set[str]:
    attempts = {
        Subject("c.yaml", "repo", action): Attempt(
            has_run=True, succeeded=True, seconds=1.0, numbers=dict.fromkeys(names, 1)
        )
        for action, names in NUMBERS.items()
    }
    measured = Measures(1.0, 2.0, 0, attempts, dict.fromkeys(Fate, 0), refused=False)
    write(str(folder / "b.prom"), measured, 0, is_whole=True)
    return set(re.findall(r"^# TYPE (\w+) gauge$", (folder / "b.prom").read_text(), re.MULTILINE))


def named(text: str) -> set[str]:
    return set(re.findall(r"\bborgplan_\w+", text))


def test_the_page_lists_all_metrics(tmp_path: Path) -> None:
    page = (DOCS / "metrics.md").read_text()
    rows = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `borgplan_")}
    assert rows == written(tmp_path)
    assert named(page) <= rows
    ends = {fate.value.replace(" ", "_") for fate in Fate}
    assert all(f"`{end}`" in page for end in ends)


def test_alerts_are_about_metrics_that_there_are(tmp_path: Path) -> None:
    rules = yaml.safe_load((DOCS / "metrics/alerts.yml").read_text())["groups"][0]["rules"]
    names = [rule["alert"] for rule in rules]
    assert len({*names}) == len(names) == 8
    for rule in rules:
        assert {"alert", "expr", "labels", "annotations"} <= rule.keys()
        assert len(named(rule["expr"])) == 1
        assert named(rule["expr"]) <= written(tmp_path)


def test_so_is_the_dashboard(tmp_path: Path) -> None:
    board = json.loads((DOCS / "metrics/dashboard.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert all(len(named(expression)) == 1 for expression in asked)
    assert {name for expression in asked for name in named(expression)} <= written(tmp_path)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
