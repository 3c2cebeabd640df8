"""PyYAML's extension without the rest of PyYAML: each case in a process where nothing is loaded yet."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

SHOW = """
import json
from borgplan.compiler.source.diagnostic import Diagnostics
from borgplan.compiler.syntax.compose import parse
import sys
said = Diagnostics()
for text in json.load(sys.stdin):
    parse("f.yaml", text.encode("utf-8", "surrogatepass"), said)
shown = [(d.code, d.message, d.span) for d in said]
print(json.dumps([shown, [name for name in sys.modules if name.split(".")[0] == "yaml"]]))
"""
# What a finder in front of all others does with a module of PyYAML, as another release or a broken installation
# would have it.
_INSTEAD = """
import sys
import importlib.util
class Finder:
    was_asked = False
    @staticmethod
    def find_spec(name, path, target=None):
        if name == {name!r} and {when}:
            Finder.was_asked = True
            return importlib.util.spec_from_loader(name, Finder)
    @staticmethod
    def create_module(spec):
        return None
    @staticmethod
    def exec_module(module):
        {what}
sys.meta_path.insert(0, Finder)
"""
_AT_FIRST = "not Finder.was_asked"  # not any more when all of PyYAML is loaded


def instead(name: str, what: str, when: str = _AT_FIRST) -> str:
    return _INSTEAD.format(name=name, what=what, when=when)


WITHOUT_EXTENSION = instead("yaml._yaml", "raise ImportError", when="True")
OTHER_PYYAML = {
    "its extension asks for another module": instead("yaml._yaml", "import yaml; yaml.novelty.NewError"),
    "its extension asks for another exception": instead("yaml._yaml", "import yaml.error; yaml.error.NewError"),
    "its extension calls what is not there": instead("yaml._yaml", "import yaml; yaml.resolver(1)"),
    "its extension fails otherwise": instead("yaml._yaml", "raise TypeError"),
    "its extension has no parser": instead("yaml._yaml", "pass"),
    "its extension is of another name": instead("yaml._yaml", "raise ModuleNotFoundError"),
    "its parser takes nothing": instead("yaml._yaml", "module.CParser = object"),
    "its parser has no events": instead("yaml._yaml", "module.CParser = lambda text: text"),
    "it has no yaml.error": instead("yaml.error", "raise ImportError"),
    "it has no exceptions in yaml.error": instead("yaml.error", "pass"),
    "it has no yaml.events": instead("yaml.events", "raise ImportError"),
    "it has no yaml.nodes": instead("yaml.nodes", "raise ImportError"),
    "it has no yaml.tokens": instead("yaml.tokens", "raise ImportError"),
}  # fmt: skip
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


def ran(script: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], input=given, capture_output=True, text=True, check=False
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


@pytest.mark.parametrize("shape", OTHER_PYYAML)
def test_with_another_pyyaml_all_of_it_is_loaded(shape: str) -> None:
    said, loaded = json.loads(ran(OTHER_PYYAML[shape] + SHOW, json.dumps(["a: [1, b]\n", *WRONG])))
    assert "yaml.reader" in loaded
    assert "yaml._yaml" in loaded  # with its real parser
    assert said == json.loads(ran(SHOW, json.dumps(WRONG)))[0]


# Without the extension module


def both(*texts: str) -> tuple[list[list[Any]], list[list[Any]]]:
    """What is said of these texts by the parser in C, and by that in Python."""
    little, loaded = json.loads(ran(SHOW, json.dumps(texts)))
    assert "yaml._yaml" in loaded
    python, loaded = json.loads(ran(WITHOUT_EXTENSION + SHOW, json.dumps(texts)))
    assert "yaml._yaml" not in loaded
    return little, python


def test_the_parser_in_python_finds_the_same_wrong() -> None:
    # At the end of a text without a last line break libyaml is in the line behind.
    in_c, in_python = both(*(f"{text}\n" for text in WRONG))
    assert [code for code, *_ in in_c] == ["BP103"] * len(WRONG)
    assert [(code, span) for code, _, span in in_c] == [(code, span) for code, _, span in in_python]


DEEP = {
    "[" * 100_000: (1, 65),
    "[" * 65 + "]" * 65: (1, 65),
    "[" * 500 + "`": (1, 65),  # libyaml meets this first, as it reads ahead
    "{a: " * 5_000: (1, 257),
    "[{a: " * 5_000: (1, 161),
    "{? " * 5_000: (1, 193),
    "? " * 5_000: (1, 129),
    "- " * 5_000 + "a": (1, 129),
    "- ? " * 5_000 + "a": (1, 129),
    "&a [" * 5_000: (1, 257),
    "".join(f"{' ' * level}a:\n" for level in range(5_000)): (65, 65),
    "".join(f"{' ' * level}a:\n" for level in range(60)) + " " * 60 + "[" * 5_000: (61, 65),
    "# " + "[" * 5_000 + "\n" + "[" * 5_000: (2, 65),
    "- '" + "[" * 5_000 + "'\n- |\n  " + "[" * 5_000 + "\n- " + "[" * 5_000: (4, 66),
}


def test_both_parsers_say_where_a_text_is_nested_too_deep() -> None:
    said = both(*DEEP)
    assert said[0] == said[1]
    assert [(code, *span[1:3]) for code, _, span in said[0]] == [
        ("BP107", *place) for place in DEEP.values()
    ]
    assert {message for _, message, _ in said[0]} == {"nested deeper than 64 levels"}


NOT_DEEP = ["#" + "[" * 5_000 + "\na: 1", "a: '" + "[" * 5_000 + "'", "a: |\n  " + "[" * 5_000]
NOT_DEEP += ["[" * 64 + "]" * 64, "a: " + "x" * 1_000_000, "x" * 1024 + ": 1", "a: [1, # b\n  2]"]
NOT_DEEP += ["? " + "x" * 5_000 + "\n: 1", "# a\na: # b\n  # c\n  - 1\n# d\n  - 2 # e"]


def test_both_parsers_take_what_looks_deep_or_is_long() -> None:
    assert both(*NOT_DEEP) == ([], [])


def test_both_parsers_have_the_same_limits() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    texts = [bomb, "x" * 1025 + ": 1", f'"{"x" * 2_000}": 1', "é" * 2_000 + ": 1"]
    texts += ['a: "\\U00110000"', 'a: "\\Uffffffff"', "%YAML 1.1234567890\n---\na"]
    texts += [f"%YAML 1.{'1' * 5_000}\n---\na", 'a: "\\ud800"']
    in_c, in_python = both(*texts)
    assert [code for code, *_ in in_c] == ["BP107", *["BP103"] * 8]
    assert [(code, span[1]) for code, _, span in in_c] == [(c, span[1]) for c, _, span in in_python]


def test_who_imports_yaml_later_gets_all_of_it() -> None:
    print_all = (
        "import yaml; yaml.dump; print(sorted(n for n in dir(yaml) if n[:2] != '__' or n == '__version__'),"
        " yaml.safe_load('a: [1]'), yaml.load('2', yaml.CSafeLoader), yaml.reader.Reader, yaml)"
    )
    later = ran(f"from borgplan.compiler.syntax.events import Parser\n{print_all}")
    assert later.replace("'_yaml', ", "") == ran(print_all).replace("'_yaml', ", "")
