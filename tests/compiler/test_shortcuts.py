"""Shortcuts past the standard library: each has another way where an interpreter has changed its shape."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from borgplan.compiler.support.regex import lazily

EXAMPLE = Path(__file__).parents[2] / "examples/service.yaml"


def told(*before: str) -> str:
    """What `lint --format json` says of an example in an interpreter that is changed so."""
    script = "\n".join(
        [*before, "from borgplan.runtime.main import main", "raise SystemExit(main())"]
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "lint", "--offline", "--format", "json", str(EXAMPLE)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr
    assert ran.stderr == ""
    return ran.stdout


# What a record is made with, in other shapes.
OTHER_RECORDS = {
    "functions can't be made": "import types; types.FunctionType = None",
    "functions are made otherwise": "import types; types.FunctionType = lambda code, names: len",
    "the getters of named tuples do something else":
        "import _collections; _collections._tuplegetter = lambda place, doc: None",
}  # fmt: skip
RESTORE = (
    "import _collections, collections, types; before = _collections._tuplegetter, types.FunctionType",
    "_collections._tuplegetter, types.FunctionType = before",
)


@pytest.mark.parametrize("shape", OTHER_RECORDS)
def test_records_are_the_standard_library_s_where_ours_can_not_be_made(shape: str) -> None:
    save, restore = RESTORE
    after = (
        f"import borgplan.compiler.support.record as r; {restore}\n"
        "import typing; assert r.NamedTuple is typing.NamedTuple"
    )
    assert told(save, OTHER_RECORDS[shape], after) == told()


def test_records_are_ours_where_named_tuples_have_no_getters() -> None:
    save, restore = RESTORE
    after = (
        f"import borgplan.compiler.support.record as r; {restore}\n"
        "import typing; assert r.NamedTuple is not typing.NamedTuple"
    )
    assert told(save, "del _collections._tuplegetter", after) == told()


LATER_PYTHON = "import sys; sys.version_info = (3, 14, 0, 'final', 0)"


def test_records_are_ours_on_python_3_14_too() -> None:
    after = "import typing, borgplan.compiler.support.record as r; assert r.NamedTuple is not typing.NamedTuple"
    assert told(LATER_PYTHON, after) == told()


@pytest.mark.parametrize("missing", [["_sha256"], ["_sha256", "_sha2"]])
def test_digests_are_the_same_from_whatever_module(missing: list[str]) -> None:
    script = f"import sys; sys.modules.update(dict.fromkeys({missing}))\n"
    script += "from borgplan.compiler.support.digest import sha256; print(sha256(b'x').hexdigest())"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert ran.strip() == hashlib.sha256(b"x").hexdigest()


def test_an_expression_that_is_compiled_later_answers_as_one_that_is_now() -> None:
    now = re.compile("(?P<a>x)|y", re.IGNORECASE)
    names = [name for name in dir(now) if not name.startswith("_")]
    assert {"search", "sub", "fullmatch", "groupindex"} < {*names}
    for name in names:
        later = lazily("(?P<a>x)|y", re.IGNORECASE)
        assert getattr(later, name) == getattr(now, name)
