"""PyYAML's extension without the rest of PyYAML: each case in a process where nothing is loaded yet."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SHOW = """
import json
from borgplan.compiler.diagnostic import Diagnostics
from borgplan.compiler.parse import parse
import sys
said = Diagnostics()
for text in json.loads(sys.argv[1]):
    parse("f.yaml", text.encode("utf-8", "surrogatepass"), said)
shown = [(d.code, d.message, d.span) for d in said]
print(json.dumps([shown, [name for name in sys.modules if name.split(".")[0] == "yaml"]]))
"""
WITHOUT_EXTENSION = "import sys; sys.modules['yaml._yaml'] = None\n"
OTHER_EXTENSION = """
import sys, types
import importlib.util
class Finder:
    @staticmethod
    def find_spec(name, path, target=None):
        if name == "yaml._yaml" and "yaml.constructor" not in sys.modules:
            return importlib.util.spec_from_loader(name, Finder)
    @staticmethod
    def create_module(spec):
        return None
    @staticmethod
    def exec_module(module):
        import yaml
        yaml.novelty.NoveltyError
sys.meta_path.insert(0, Finder)
"""
WRONG = [
    "a: [1",
    "a: 'open",
    "a: b: c",
    "a: `x`",
    "a: 1\n b: 2",
    "\ta: 1",
    "%YAML 9.0\n---\na",
    "x\ufffey",
]


def ran(script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_wrong_is_told_as_with_all_of_pyyaml() -> None:
    little, loaded = json.loads(ran(SHOW, json.dumps(WRONG)))
    assert set(loaded) >= {"yaml._yaml"}
    assert "yaml.reader" not in loaded
    everything, loaded = json.loads(ran(f"import yaml\n{SHOW}", json.dumps(WRONG)))
    assert "yaml.reader" in loaded
    assert little == everything
    assert [code for code, *_ in little] == ["BP103"] * len(WRONG)


@pytest.mark.parametrize("before", [WITHOUT_EXTENSION, OTHER_EXTENSION])
def test_with_another_pyyaml_all_of_it_is_loaded(before: str) -> None:
    said, loaded = json.loads(ran(before + SHOW, json.dumps(["a: [1, b]\n", *WRONG])))
    assert "yaml.reader" in loaded
    assert [code for code, *_ in said] == ["BP103"] * len(WRONG)


def test_who_imports_yaml_later_gets_all_of_it() -> None:
    print_all = (
        "import yaml; yaml.dump; print(sorted(n for n in dir(yaml) if n[:2] != '__' or n == '__version__'),"
        " yaml.safe_load('a: [1]'), yaml.load('2', yaml.CSafeLoader), yaml.reader.Reader, yaml)"
    )
    later = ran(f"from borgplan.compiler.libyaml import Parser\n{print_all}")
    assert later.replace("'_yaml', ", "") == ran(print_all).replace("'_yaml', ", "")
