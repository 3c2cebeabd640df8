"""The published JSON Schema describes what `borgplan plan --format json` prints."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from borgplan.compiler.driver.compile import plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.plan.as_json import stamped, to_json
from borgplan.compiler.semantics import PROFILES, Profile
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.runtime.system.host import RealHost

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(f for f in (ROOT / "examples").rglob("*.yaml") if f.name != "borgplan.yaml")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_plans_of_the_examples_fit_the_schema(example: Path, profile: Profile) -> None:
    host, diagnostics = RealHost(), Diagnostics()
    sources = read(CompileRequest((str(example),), semantics=profile.name), host, diagnostics)
    compilation = plan_of(sources, host, diagnostics)
    assert compilation.plan
    text = to_json(stamped(compilation.plan, compilation.files))
    schema = json.loads((ROOT / "docs/plan.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))
    assert text == to_json(stamped(compilation.plan, compilation.files))
