"""Every code has a page, and every page tells the truth: its examples go through the command."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from borgplan.compiler.lint.pages import codes, named, page, parsed
from borgplan.compiler.lint.pages.reference_page import table
from tests.rules.linting import findings

ROOT = Path(__file__).parents[2]

# Codes that no file alone gives, and why.
WITHOUT_FILES = {
    "BP113": "more than 200 includes would fill the page",
    "BP124": "a command of 128 KiB would fill the page",
    "BP121": "no file is named",
    "BP122": "it is about a directory",
    "BP131": "the command line",
    "BP132": "the command line",
    "BP133": "the command line",
    "BP417": "it is about the program, not about a file",
    "BP341": "only looked for when asked",
    "BP143": "the command line",
    "BP851": "only `migrate` says it",
    "BP852": "only `migrate` says it",
    **dict.fromkeys(
        [f"BP{n}" for n in (350, 351, 352, 353, 354, 356, 357, 358, 359)],
        "only looked for with --shell",
    ),
    "BP361": "lint looks at each file alone",
    **dict.fromkeys([f"BP{n}" for n in range(390, 400)], "it takes an archive to restore from"),
    "BP404": "Borg is asked",
    "BP511": "it is about a saved plan",
    "BP405": "Borg is asked",
    "BP407": "the command line",
    "BP410": "lint doesn't ask for the default actions",
    "BP413": "the command line",
    "BP414": "the command line",
    "BP415": "the command line",
    "BP416": "the command line",
    "BP418": "the machine's Borg",
    "BP419": "the command line",
    "BP422": "Borg is asked",
    "BP423": "the command line",
    "BP424": "lint leaves it out",
    "BP425": "lint leaves it out",
    "BP426": "lint leaves it out",
    "BP443": "it takes a link on this machine",
    "BP448": "the machine's Borg",
    **dict.fromkeys(
        [f"BP{n}" for n in (470, 471, 472, 473, 477)], "it takes the volumes of this machine"
    ),
    "BP501": "a bug of borgplan",
    "BP632": "who owns what on the machine",
    "BP633": "who owns what on the machine",
    "BP631": "only with --untrusted",
    "BP803": "borgplan itself runs what is owed after a signal",
}
EXEMPLARY = [code for code in codes() if code not in WITHOUT_FILES]


def codes_in_the_source() -> set[str]:
    files = [path for folder in ("compiler", "runtime") for path in (ROOT / folder).rglob("*.py")]
    return {code for file in files for code in re.findall(r'"(BP\d{3})"', file.read_text())}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert set(codes()) == codes_in_the_source()


def test_names_are_unique_and_lead_to_their_pages() -> None:
    names = [page(code).name for code in codes()]
    assert len(set(names)) == len(names)
    assert all(named(page(code).name) == named(code.lower()) == page(code) for code in codes())


@pytest.mark.parametrize("code", codes())
def test_a_page_has_examples_or_says_why_there_are_none(code: str) -> None:
    found = page(code)
    assert found.code == code
    assert found.severity in ("error", "warning", "note")
    assert found.why
    if code in WITHOUT_FILES:
        assert found.example
        assert (found.bad, found.good) == (None, None)
    else:
        assert found.bad is not None
        assert found.good is not None


@pytest.mark.parametrize("code", EXEMPLARY)
def test_the_bad_example_has_the_finding(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = page(code).bad
    assert example is not None
    found = findings(example, tmp_path, monkeypatch)
    assert page(code).severity in {item["severity"] for item in found if item["code"] == code}, [
        (item["code"], item["message"]) for item in found
    ]


@pytest.mark.parametrize("code", EXEMPLARY)
def test_the_good_example_has_no_finding_at_all(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = page(code).good
    assert example is not None
    found = findings(example, tmp_path, monkeypatch)
    assert [i["message"] for i in found if i["code"] == code or i["severity"] != "note"] == []


def test_a_page_without_its_form_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with its code"):
        parsed("# Something\n")
    with pytest.raises(ValueError, match="unknown part: Ugly"):
        parsed("# BP000 some-name\n\nSeverity: note\n\nWhy.\n\n## Ugly\n\nx\n")


def test_the_table_of_rules_is_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text() == table(), "make docs writes it"


def literals() -> str:
    """All texts of the code."""
    modules = (path for room in ("compiler", "runtime") for path in (ROOT / room).rglob("*.py"))
    nodes = (node for path in modules for node in ast.walk(ast.parse(path.read_text())))
    return "\n".join(
        n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )


def test_messages_that_no_file_alone_gives_are_those_of_the_code() -> None:
    known = literals()
    invented = []
    for path in sorted((ROOT / "compiler/lint/pages").glob("BP*.md")):
        pattern = rf"^\S+:\d+:\d+: \w+ {path.stem} (.*(?:\n    .*)*)"
        for message in re.findall(pattern, path.read_text(), re.MULTILINE):
            for text in (message.partition("\n")[0], message.partition("hint: ")[2]):
                words = text.split()
                runs = [" ".join(words[at : at + 3]) for at in range(len(words) - 2)]
                # Names of the example are between the words of the code.
                if 3 * sum(run in known for run in runs) < len(runs):
                    invented.append(f"{path.stem}: {text}")
    assert invented == []
