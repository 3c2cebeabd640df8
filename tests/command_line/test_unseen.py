"""What a reader doesn't see is shown as an escape, in whatever is written."""

from __future__ import annotations

import json

import pytest

from borgplan.compiler.support.unseen import is_unseen, misleading, visible
from tests.command_line.place import Place

# Of every kind one: what reorders a line, what has no width, what is drawn as a space and is none, what ends a
# line for some, fillers that count as letters, selectors that count as marks, tags, and what nobody has assigned.
UNSEEN = {
    "right-to-left override": "\u202e",
    "right-to-left isolate": "\u2067",
    "pop isolate": "\u2069",
    "Arabic letter mark": "\u061c",
    "right-to-left mark": "\u200f",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "no-break space": "\u00a0",
    "ideographic space": "\u3000",
    "line separator": "\u2028",
    "grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "half-width filler": "\uffa0",
    "Braille blank": "\u2800",
    "variation selector": "\ufe01",
    "supplementary selector": "\U000e0101",
    "tag": "\U000e0041",
    "Mongolian separator": "\u180e",
    "private use": "\ue000",
    "annotation anchor": "\ufff9",
    "null notehead": "\U0001d159",
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_is_not_seen_is_written_as_an_escape(name: str) -> None:
    letter = UNSEEN[name]
    assert is_unseen(letter)
    shown = visible(f"rm {letter}x")
    assert letter not in shown
    assert f"{ord(letter):x}" in shown
    assert misleading(f"rm {letter}x") == 3


@pytest.mark.parametrize("text", ["Müller", "日本", "שלום", "سلام", "e\u0301", "☃", "a\tb", "…"])
def test_what_is_seen_stays(text: str) -> None:
    assert visible(text) == text
    assert misleading(text) is None


def test_what_joins_the_letters_of_a_word_is_there_on_purpose() -> None:
    assert misleading("\u0645\u06cc\u200c\u062e ✔\ufe0f 👩\u200d🚒") is None
    assert misleading("rm\u200c -rf") == 2


COMMANDS = [
    ("plan",),
    ("plan", "--failures"),
    ("plan", "--summary"),
    ("plan", "--script"),
    ("plan", "--format", "markdown"),
    ("plan", "--fail", "1"),
    ("plan", "--differences"),
    ("plan", "--against-semantics", "1.5"),
    ("plan", "--jobs", "2"),
    ("plan", "--format", "json"),
    *(("lint", "--format", form) for form in ("text", "json", "sarif", "github", "junit")),
    ("apply",),
    ("apply", "--format", "json"),
    ("apply", "--log-format", "json"),
    ("apply", "--log-file", "log"),
    ("apply", "--events", "events"),
    ("history",),
    ("show", "last"),
]


@pytest.mark.parametrize("name", ["right-to-left override", "Hangul filler", "tag"])
def test_nothing_that_is_written_holds_what_is_not_seen(place: Place, name: str) -> None:
    """Whatever it stands in: hooks, paths, labels, names of files, keys that nobody knows, steps' names."""
    letter = UNSEEN[name]
    file = f"c{letter}.yaml"
    place.program("borg", 'case "$1" in prune) exit 2;; esac\n')
    place.write(
        file,
        f'source_directories: ["/etc/{letter}"]\n'
        f"repositories: [{{path: 're{letter}po', label: 'la{letter}bel'}}]\n"
        f"keep_daily: 1\nkeep{letter}: 1\nwhatever{letter}: 2\n"
        f"before_backup: ['true one{letter}two', \"true {{er{letter}ror}}\\n: '{letter}\"]\n"
        f"on_error: ['false {letter}']\n",
    )
    good = file.replace("c", "d")
    place.write(
        good,
        f'source_directories: ["/etc/{letter}"]\n'
        f"repositories: [{{path: 're{letter}po', label: 'la{letter}bel'}}]\n"
        f"keep_daily: 1\nlog_file: log{letter}\n"
        f"before_backup: ['true one{letter}two', 'true x # {letter}']\non_error: ['false {letter}']\n",
    )
    place.write("borgplan.yaml", f"steps: [{{select: borg create, timeout: 9}}] # {letter}\n")
    place.write("old.yaml", "source_directories: [/a]\nrepositories: [{path: repo}]\n")
    runs = [(*words, path) for path in (file, good) for words in COMMANDS[:-2]]
    runs += [*COMMANDS[-2:], ("lint", "--fix", "--diff", file), ("migrate", "--diff", good)]
    forms = ("text", "markdown", "json")
    runs += [("diff", "--format", form, *sides) for form in forms for sides in
             (("old.yaml", good), (good, "old.yaml"), (f"HEAD{letter}:x", good))]  # fmt: skip
    for words in runs:
        ran = place.run(*words)
        assert "internal error" not in ran.err
        assert letter not in ran.out + ran.err, words
        if words[0] != "lint" or words[-1] != good:
            shown = (ran.out + ran.err).lower()
            assert f"{ord(letter):x}" in shown or json.dumps(letter)[1:-1] in shown, words
    for written in ("log", "events"):
        assert place.read(written)
        assert letter not in place.read(written)
        assert "20" in place.read(written)  # a year


def test_lint_points_at_it_and_the_caret_is_below_it(place: Place) -> None:
    place.write(
        "c.yaml",
        "source_directories: [/etc]\nrepositories: [{path: repo}]\nkeep_daily: 1\n"
        "before_backup: ['true \u202eoops']\n",
    )
    out = place.run("lint", "--select", "BP630", "c.yaml").out
    assert "c.yaml:4:23: warning BP630 invisible character \\u202e" in out
    line, caret = out.splitlines()[1:3]
    assert line[caret.index("^") :].startswith("\\u202e")
    assert caret.strip() == "^" * 6
