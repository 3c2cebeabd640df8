"""Our normal form and that of the recordings' own comparison agree on every pair of invocations.

The other one lies beside the repository, with all recordings, probes included; without it there is
nothing to compare with. Two forms agree if they divide the invocations of a version into the same groups,
and find the same of what is rewritten.
"""

from __future__ import annotations

import importlib.util
import json
import random
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.lowering.normal import Invocation, NormalForm, normal_form
from tests.lowering.rewrites import OTHER, SAME, Rewrite, other_names, shuffled, with_equals_signs
from tests.lowering.test_normal import recorded
from tests.lowering.vectors import invocation_of, placed

ORACLE = Path(__file__).parents[2].parent / "shared" / "lowering" / "normalize.py"
# Borg 2 takes `--match-archives NAME` for a whole name (`borg help match-archives`); the other form
# takes a name with an asterisk for a shell pattern.
WHOLE_NAMES = "prune-match-archives-plain@2.0.0b19"
# It knows files of patterns by the usual spelling of their flags only, and the order of
# `--exclude-if-present` as an order.
SPELLINGS = (other_names, shuffled, with_equals_signs)
# Which is neither Borg 1 nor quite Borg 2.
IN_BETWEEN = "2.0.0a1"

pytestmark = [
    pytest.mark.skipif(not ORACLE.exists(), reason=f"there is no {ORACLE.name}"),
    # It leaves its tables open.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def oracle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("oracle", ORACLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recordings() -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """All invocations by Borg's version, each with a name."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for path in sorted(ORACLE.parent.glob("vectors*/*.json")):
        vector = json.loads(placed(path.read_text()))
        if vector["id"] != WHOLE_NAMES:
            for number, invocation in enumerate(vector["invocations"]):
                found[vector["borg_version"]].append((f"{vector['id']}[{number}]", invocation))
    return found


def test_same_groups() -> None:
    other = oracle()
    count = 0
    for version, invocations in recordings().items():
        ours: dict[str, tuple[NormalForm, str]] = {}
        theirs: dict[NormalForm, tuple[str, str]] = {}
        for name, data in invocations:
            count += 1
            our = normal_form(invocation_of(data), version)
            their = json.dumps([data["argv"][0], other.normal_form(data, version)], sort_keys=True)
            same, first = ours.setdefault(their, (our, name))
            assert our == same, f"{version}: {first} and {name} differ for us only"
            equal, first = theirs.setdefault(our, (their, name))
            assert their == equal, f"{version}: {first} and {name} are the same for us only"
    assert count


def as_recorded(invocation: Invocation) -> dict[str, Any]:
    """An invocation in the shape of the recordings."""
    lines: dict[str, list[str]] = {}
    for flag, name in pairwise(invocation.argv):
        if flag in ("--patterns-from", "--exclude-from"):
            lines.setdefault(flag, []).extend(invocation.files[name])
    return {
        "argv": list(invocation.argv),
        "env": dict(invocation.environment),
        "cwd": invocation.directory,
        "patterns": lines.get("--patterns-from"),
        "exclude_from": lines.get("--exclude-from"),
        "passphrase_fd": invocation.passphrase,
    }


@pytest.mark.parametrize(
    "rewrite", [r for r in (*SAME, *OTHER) if r not in SPELLINGS], ids=lambda r: r.__name__
)
def test_same_verdicts(rewrite: Rewrite) -> None:
    other = oracle()
    chance = random.Random(1)
    for name, invocation, line, version in recorded():
        if version == IN_BETWEEN:
            continue
        our = normal_form(invocation, version)
        their = other.normal_form(as_recorded(invocation), version)
        for rewritten in rewrite(invocation, line, version, chance):
            if rewritten.argv[0] == invocation.argv[0]:  # which program runs is no part of theirs
                we = our == normal_form(rewritten, version)
                they = their == other.normal_form(as_recorded(rewritten), version)
                assert we == they, f"{name}: {invocation.argv} and {rewritten.argv}"
