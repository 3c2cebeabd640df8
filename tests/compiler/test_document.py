"""YAML texts to one tree of nodes: positions, includes, merges, repeated keys, limits."""

from __future__ import annotations

import io
import math
import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from borgplan.compiler.source.diagnostic import Diagnostics, Severity
from borgplan.compiler.source.span import Span
from borgplan.compiler.syntax.compose import MAX_DEPTH
from borgplan.compiler.syntax.load import MAX_INCLUDES, load, text_of
from borgplan.compiler.syntax.merge import IncludeMerge, merge
from borgplan.compiler.syntax.nodes import Mapping, Node, Scalar
from tests.compiler.memory_host import MemoryHost
from tests.compiler.reading import FILE, at, errors, only, parsed, places, plain

SHALLOW, DEEP = IncludeMerge.SHALLOW, IncludeMerge.DEEP


def loaded(
    files: dict[str, str | bytes], strategy: IncludeMerge = DEEP, path: str = "/etc/main.yaml"
) -> tuple[Node | None, Diagnostics]:
    diagnostics = Diagnostics()
    document = load(path, MemoryHost(files), diagnostics)
    if document is None:
        return None, diagnostics
    marks, merges = document.marks, document.merges
    return merge(document.root, strategy, diagnostics, marks=marks, merges=merges), diagnostics


def merged(text: str, strategy: IncludeMerge = DEEP) -> tuple[Node, Diagnostics]:
    node, diagnostics = parsed(text)
    assert node is not None, diagnostics
    return merge(node, strategy, diagnostics), diagnostics


# Places


def test_every_value_has_its_place() -> None:
    node, diagnostics = parsed("a: one\nlist:\n  - 'two'\n  - {k: 3}\ntext: |\n  first\n  second\n")
    assert node is not None
    assert not diagnostics
    assert at(node, "a").span == Span(FILE, 1, 4, 1, 7)
    assert at(node, "list").span == Span(FILE, 3, 3, 4, 11)
    assert at(node, "list", 0).span == Span(FILE, 3, 5, 3, 10)
    assert at(node, "list", 1, "k").span == Span(FILE, 4, 9, 4, 10)
    assert at(node, "text").span[:3] == (FILE, 5, 7)
    assert isinstance(node, Mapping)
    assert [key.span[1:3] for key, _ in node.pairs] == [(1, 1), (2, 1), (5, 1)]


def test_columns_count_characters() -> None:
    node, _ = parsed("é: [ü, '€', \U0001f600, x]\n")
    assert node is not None
    assert [at(node, "é", i).span.column for i in range(4)] == [5, 8, 13, 16]


def test_a_byte_order_mark_moves_nothing() -> None:
    node, diagnostics = parsed(b"\xef\xbb\xbfa: 1\n")
    assert node is not None
    assert not diagnostics
    assert plain(node) == {"a": 1}
    assert at(node, "a").span == Span(FILE, 1, 4, 1, 5)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_encodings_with_a_mark_are_read(encoding: str) -> None:
    node, diagnostics = parsed("a: ü\n".encode(encoding))
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": "ü"}


@pytest.mark.parametrize("strategy", IncludeMerge)
def test_places_survive_includes_and_merges(strategy: IncludeMerge) -> None:
    node, diagnostics = loaded(
        {
            "/etc/main.yaml": "<<: !include common.yaml\nhooks:\n  on_error:\n    - mine\n",
            "/etc/common.yaml": "\nstorage:\n  umask: 0077\n",
        },
        strategy,
    )
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"storage": {"umask": 77}, "hooks": {"on_error": ["mine"]}}
    assert at(node, "storage", "umask").span == Span("/etc/common.yaml", 3, 10, 3, 14)
    assert at(node, "hooks", "on_error", 0).span == Span("/etc/main.yaml", 4, 7, 4, 11)


def test_joined_lists_keep_each_item_s_place() -> None:
    node, diagnostics = loaded(
        {
            "/etc/main.yaml": "<<: !include common.yaml\nlist:\n  - mine\n",
            "/etc/common.yaml": "list:\n  - theirs\n",
        }
    )
    assert node is not None
    assert not diagnostics
    assert plain(node) == {"list": ["theirs", "mine"]}
    assert at(node, "list", 0).span[:3] == ("/etc/common.yaml", 2, 5)
    assert at(node, "list", 1).span[:3] == ("/etc/main.yaml", 3, 5)


# Includes


def test_an_include_is_looked_for_in_the_working_directory_first() -> None:
    node, diagnostics = loaded(
        {
            "/etc/main.yaml": "a: !include other.yaml\n",
            "/etc/other.yaml": "beside",
            "/srv/other.yaml": "working",
        }
    )
    assert node is not None
    assert plain(node) == {"a": "working"}
    assert places(diagnostics) == [("warning", "BP114", 1, 4)]
    assert diagnostics[0].hint.endswith("the other file is /etc/other.yaml")


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("other.yaml", "/srv/other.yaml"),
        ("other.yaml", "/etc/other.yaml"),
        ("sub/other.yaml", "/etc/sub/other.yaml"),
        ("../other.yaml", "/other.yaml"),
        ("~/other.yaml", "/home/user/other.yaml"),
        ("/opt/other.yaml", "/opt/other.yaml"),
        ("[other.yaml]", "/etc/other.yaml"),
    ],
)
def test_an_include_is_found(written: str, where: str) -> None:
    node, diagnostics = loaded({"/etc/main.yaml": f"a: !include {written}\n", where: "x: 1\n"})
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": {"x": 1}}


def test_an_include_beside_a_file_given_without_directory() -> None:
    files: dict[str, str | bytes] = {
        "/srv/main.yaml": "a: !include other.yaml",
        "/srv/other.yaml": "1",
    }
    node, diagnostics = loaded(files, path="main.yaml")
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": 1}


def test_a_list_of_includes_is_the_list_of_their_contents_last_file_first() -> None:
    node, diagnostics = loaded(
        {"/etc/main.yaml": "a: !include [x, y, z]\n", "/etc/x": "1", "/etc/y": "2", "/etc/z": "3"}
    )
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": [3, 2, 1]}


def test_of_merged_includes_the_last_file_is_the_strongest() -> None:
    node, diagnostics = loaded(
        {
            "/etc/main.yaml": "<<: !include [x, y]\nc: main\n",
            "/etc/x": "a: x\nb: x\nc: x\n",
            "/etc/y": "b: y\nc: y\n",
        },
        SHALLOW,
    )
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": "x", "b": "y", "c": "main"}


def test_all_files_read_are_known_with_their_text() -> None:
    diagnostics = Diagnostics()
    host = MemoryHost({"/etc/main.yaml": "a: !include b\n", "/etc/b": b"\xef\xbb\xbftext"})
    document = load("/etc/main.yaml", host, diagnostics)
    assert document is not None
    assert document.files == {"/etc/main.yaml": b"a: !include b\n", "/etc/b": b"\xef\xbb\xbftext"}
    assert text_of(document, "/etc/b") == "text"


def test_a_missing_include_is_reported_where_it_is_asked_for() -> None:
    node, diagnostics = loaded({"/etc/main.yaml": "a:\n  b: !include nowhere.yaml\n"})
    assert node is None
    assert places(diagnostics) == [("error", "BP101", 2, 6)]
    assert diagnostics[0].message == "included file nowhere.yaml does not exist"
    assert diagnostics[0].hint == "searched /srv and the directory of /etc/main.yaml"


def test_a_missing_absolute_include_names_the_file_and_the_reason() -> None:
    node, diagnostics = loaded({"/etc/main.yaml": "a: !include /nowhere.yaml\n"})
    assert node is None
    assert only(diagnostics).message == "included file /nowhere.yaml: no such file or directory"


def test_all_missing_includes_are_reported() -> None:
    node, diagnostics = loaded({"/etc/main.yaml": "a: !include [x, y]\nb: !include z\n"})
    assert node is None
    assert places(diagnostics) == [
        ("error", "BP101", 1, 14),
        ("error", "BP101", 1, 17),
        ("error", "BP101", 2, 4),
    ]


def test_a_problem_in_an_included_file_is_reported_there() -> None:
    node, diagnostics = loaded({"/etc/main.yaml": "a: !include b", "/etc/b": "x: 1\ny: [\n"})
    assert node is None
    assert diagnostics[0].code == "BP103"
    assert diagnostics[0].span.file == "/etc/b"


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"/etc/main.yaml": "a: !include main.yaml"}, ("/etc/main.yaml", 1, 4)),
        ({"/etc/main.yaml": "a: !include ./sub/../main.yaml"}, ("/etc/main.yaml", 1, 4)),
        (
            {"/etc/main.yaml": "a: !include b", "/etc/b": "\nb: !include main.yaml"},
            ("/etc/b", 2, 4),
        ),
        (
            {"/etc/main.yaml": "!include b", "/etc/b": "!include c", "/etc/c": "- !include b"},
            ("/etc/c", 1, 3),
        ),
    ],
)
def test_a_cycle_of_includes_is_an_error(
    files: dict[str, str | bytes], where: tuple[str, int, int]
) -> None:
    node, diagnostics = loaded(files)
    assert node is None
    problem = only(diagnostics)
    assert (problem.code, problem.span[:3]) == ("BP112", where)
    assert [span.file for _, span in problem.related] == list(files)


def test_the_same_file_may_be_included_twice_without_a_cycle() -> None:
    node, diagnostics = loaded(
        {"/etc/main.yaml": "a: !include c\nb: !include c\n", "/etc/c": "[1]"}
    )
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": [1], "b": [1]}


def test_includes_that_double_each_time_come_to_an_end() -> None:
    files: dict[str, str | bytes] = {
        f"/etc/{n}": f"a: !include {n + 1}\nb: !include {n + 1}\n" for n in range(30)
    }
    node, diagnostics = loaded({**files, "/etc/30": "x"}, path="/etc/0")
    assert node is None
    assert {item.code for item in diagnostics} == {"BP113"}
    assert diagnostics[0].message == f"more than {MAX_INCLUDES} includes"


@pytest.mark.parametrize("value", ["[]", "[{a: 1}]", "[x, [y]]", "[1]"])
def test_an_include_takes_names(value: str) -> None:
    node, diagnostics = parsed(f"a: !include {value}\n")
    assert node is None
    assert places(diagnostics) == [("error", "BP110", 1, 4)]


# Merges


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (SHALLOW, {"l": [3], "m": {"y": 2}, "s": "own", "base": True}),
        (DEEP, {"l": [1, 2, 3], "m": {"x": 1, "y": 2}, "s": "own", "base": True}),
    ],
)
@pytest.mark.parametrize("merge_first", [True, False])
def test_a_merge_with_keys_on_both_sides(
    strategy: IncludeMerge, expected: dict[str, object], *, merge_first: bool
) -> None:
    base = "l: [1, 2]\nm: {x: 1}\ns: base\nbase: true\n"
    lines = ["<<: !include base", "l: [3]\nm: {y: 2}\ns: own"]
    text = "\n".join(lines if merge_first else reversed(lines))
    node, diagnostics = loaded({"/etc/main.yaml": text, "/etc/base": base}, strategy)
    assert not diagnostics
    assert node is not None
    assert plain(node) == expected


def test_a_deep_merge_reaches_down() -> None:
    node, diagnostics = merged(
        "x: &x {hooks: {before: [a], umask: 1}}\ny:\n  <<: *x\n  hooks: {before: [b], umask: 2}\n"
    )
    assert not diagnostics
    assert plain(at(node, "y")) == {"hooks": {"before": ["a", "b"], "umask": 2}}


def test_of_a_list_of_merged_mappings_the_first_is_the_strongest() -> None:
    node, diagnostics = merged("a: &a {k: a}\nb: &b {k: b, l: b}\nc:\n  <<: [*a, *b]\n", SHALLOW)
    assert not diagnostics
    assert plain(at(node, "c")) == {"k": "a", "l": "b"}


def test_a_quoted_merge_key_is_an_ordinary_key() -> None:
    node, diagnostics = merged("'<<': {a: 1}\n")
    assert not diagnostics
    assert plain(node) == {"<<": {"a": 1}}


@pytest.mark.parametrize("value", ["1", "text", "[1]", "[{a: 1}, 2]", "null"])
def test_only_mappings_can_be_merged(value: str) -> None:
    _, diagnostics = merged(f"a: 1\n<<: {value}\n")
    assert places(diagnostics) == [("error", "BP115", 2, 5)]


@pytest.mark.parametrize("one", ["[1]", "{x: 1}", "1"])
@pytest.mark.parametrize("other", ["[1]", "{x: 1}", "1"])
def test_a_deep_merge_of_different_types_is_an_error(one: str, other: str) -> None:
    _, diagnostics = merged(f"<<: {{k: {one}}}\nk: {other}\n")
    expected = [] if one == other else [("error", "BP117", 2, 1)]
    assert places(diagnostics) == expected


# Keys that stand twice


@pytest.mark.parametrize("strategy", IncludeMerge)
@pytest.mark.parametrize(
    ("one", "other", "together", "effect"),
    [
        ("[a, b]", "[c]", ["a", "b", "c"], "both values are joined"),
        ("{x: 1}", "{y: 2}", {"x": 1, "y": 2}, "both values are joined"),
        ("{x: {l: [1]}}", "{x: {l: [2]}}", {"x": {"l": [1, 2]}}, "both values are joined"),
        ("1", "2", 2, "the last value takes effect"),
        ("text", "null", None, "the last value takes effect"),
    ],
)
def test_a_key_that_stands_twice(
    strategy: IncludeMerge, one: str, other: str, together: object, effect: str
) -> None:
    node, diagnostics = merged(f"k: {one}\nz: 0\nk: {other}\n", strategy)
    assert plain(node) == {"k": together, "z": 0}
    assert places(diagnostics) == [("warning", "BP116", 3, 1)]
    assert diagnostics[0].message == f"`k` is set twice: {effect}"
    assert diagnostics[0].related == (("first", Span(FILE, 1, 1, 1, 2)),)


@pytest.mark.parametrize(
    ("one", "other"), [("[a]", "a"), ("a", "[a]"), ("{x: 1}", "[x]"), ("1", "{x: 1}")]
)
def test_a_key_that_stands_twice_with_different_types(one: str, other: str) -> None:
    _, diagnostics = merged(f"k: {one}\nk: {other}\n")
    problem = only(errors(diagnostics))
    assert (problem.code, problem.span[1:3]) == ("BP117", (2, 1))
    assert problem.related == (("the other value", Span(FILE, 1, 4, 1, 4 + len(one))),)


# What can't be read


@pytest.mark.parametrize(
    ("data", "code", "line", "column", "words"),
    [
        (b"", "BP104", 1, 1, "empty"),
        (b"# only a comment\n", "BP104", 1, 1, "empty"),
        (b"a: 1\n---\nb: 2\n", "BP106", 2, 1, "second document"),
        (b"%YAML 1.1\n---\na: yes\n", "BP105", 1, 1, "`%YAML 1.1`"),
        (b"a: !some_tag x\n", "BP109", 1, 4, "tag"),
        (b"a: !ENV x\n", "BP109", 1, 4, "`!ENV`"),
        (b"a: !!python/object:os.system x\n", "BP109", 1, 4, "tag"),
        (b"a: !!binary aGVsbG8=\n", "BP109", 1, 4, "`!!binary`"),
        (b"a: !!set {x}\n", "BP109", 1, 4, "`!!set`"),
        (b"a: !!omap [x]\n", "BP109", 1, 4, "`!!omap`"),
        (b"a: !!int x\n", "BP109", 1, 4, "`!!int`"),
        (b'a: 1\nb: "x\\0y"\n', "BP102", 2, 4, "NUL"),
        (b"a: 1\nb: x\0y\n", "BP102", 2, 5, "code 0"),
        (b"a: 1\nb: x\x1by\n", "BP102", 2, 5, "code 27"),
        (b"a: \x7f\n", "BP102", 1, 4, "code 127"),
        ("a: ü\nb: ".encode() + b"\xff\n", "BP102", 2, 4, "UTF-8"),
        ("a: ü\nb: ü".encode("latin-1"), "BP102", 1, 4, "UTF-8"),
        (b"\xff\xfea\0:\0 \0\0\xd8", "BP102", 1, 4, "not a text file"),
        (b"a: *nowhere\n", "BP108", 1, 4, "no anchor"),
        (b"a: &a [*a]\n", "BP108", 1, 8, "no anchor"),
        (b"[a]: 1\n", "BP111", 1, 1, "key"),
        (b"a: 1\n{b}: 1\n", "BP111", 2, 1, "key"),
        (b"a: [1\n", "BP103", 2, 1, "not valid YAML"),
        (b"a: 'open\n", "BP103", 2, 1, "not valid YAML"),
        (b"a: b: c\n", "BP103", 1, 5, "not valid YAML"),
        (b"a: `x`\n", "BP103", 1, 4, "not valid YAML"),
        (b"a: 1\n b: 2\n", "BP103", 2, 3, "not valid YAML"),
        (b'a: "\\ud800"\n', "BP103", 1, 7, "not valid YAML"),
    ],
)
def test_an_unreadable_text(data: bytes, code: str, line: int, column: int, words: str) -> None:
    node, diagnostics = parsed(data)
    assert node is None
    assert places(diagnostics) == [("error", code, line, column)]
    assert words in diagnostics[0].message
    assert diagnostics[0].span.file == FILE


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a:\n\tb: 1\n", 2, 1),
        ("a:\n  b: 1\n\tc: 1\n", 3, 1),
        ("a:\n\t- 1\n", 2, 1),
    ],
)
def test_a_tab_gets_a_hint(text: str, line: int, column: int) -> None:
    node, diagnostics = parsed(text)
    assert node is None
    assert places(diagnostics) == [("error", "BP103", line, column)]
    assert diagnostics[0].hint == "indent with spaces, YAML allows no tabs there"


def test_a_tab_in_a_text_is_fine() -> None:
    node, diagnostics = parsed('a: x\ty\t# comment\nb: "\t"\n')
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": "x\ty", "b": "\t"}


def test_yaml_1_2_may_be_declared() -> None:
    node, diagnostics = parsed("%YAML 1.2\n---\na: 0077\n")
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": 77}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!!float 1", 1.0),
        ("!!bool 'true'", True),
        ("!!null ''", None),
        ("! 12", "12"),
        ("!!str", ""),
        ("'12'", "12"),
        ("!!seq [1]", [1]),
        ("!!map {a: 1}", {"a": 1}),
    ],
)
def test_tags_of_the_core_schema(text: str, value: object) -> None:
    node, diagnostics = parsed(f"a: {text}\n")
    assert not diagnostics
    assert node is not None
    assert plain(node) == {"a": value}


# Limits


def bomb(levels: int, width: int = 10) -> str:
    lines = ["a0: &a0 [" + ",".join("x" * width) + "]"]
    lines += [f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * width)}]" for n in range(levels)]
    return "\n".join(lines) + "\n"


def test_an_alias_bomb_is_refused_quickly() -> None:
    before = time.process_time()
    node, diagnostics = parsed(bomb(100))
    assert time.process_time() - before < 0.5
    assert node is None
    assert (only(diagnostics).code, only(diagnostics).span.line) == ("BP107", 6)


def test_a_bomb_of_merges_is_refused_quickly() -> None:
    text = "a0: &a0 {k: [x]}\n" + "".join(
        f"a{two}: &a{two}\n  k: [x]\n  <<: [*a{one}, *a{one}]\n" for one, two in pairwise(range(60))
    )
    before = time.process_time()
    node, diagnostics = parsed(text)
    assert time.process_time() - before < 0.5
    assert node is None
    assert only(diagnostics).code == "BP107"


def test_a_bomb_of_includes_is_refused_quickly() -> None:
    """Each file is small; together they must not be unpacked without a limit either."""
    files: dict[str, str | bytes] = {
        f"/etc/{n}": "[" + ",".join([f"!include {n + 1}"] * 5) + "]" for n in range(3)
    }
    leaf = "- &a [" + ",".join("x" * 1000) + "]\n" + "- *a\n" * 150
    before = time.process_time()
    node, diagnostics = loaded({**files, "/etc/3": leaf}, path="/etc/0")
    assert time.process_time() - before < 3
    assert node is None
    assert {item.code for item in diagnostics} <= {"BP107", "BP113"}


def test_a_few_aliases_are_no_bomb() -> None:
    node, diagnostics = parsed(bomb(2))
    assert not diagnostics
    assert node is not None
    assert len(str(plain(at(node, "a2")))) > 5000


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_has_a_limit(opening: str) -> None:
    closing = {"[": "]", "{a: ": "}", "- ": "x"}[opening]
    allowed = MAX_DEPTH
    node, diagnostics = parsed(
        opening * allowed + (closing if opening == "- " else closing * allowed)
    )
    assert not diagnostics
    assert node is not None
    node, diagnostics = parsed(opening * (allowed + 1) + closing)
    assert node is None
    assert places(diagnostics) == [("error", "BP107", 1, allowed * len(opening) + 1)]
    assert diagnostics[0].message == f"nested deeper than {MAX_DEPTH} levels"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_a_hundred_thousand_levels_do_no_harm(opening: str) -> None:
    node, diagnostics = parsed(opening * 100_000)
    assert node is None
    assert only(diagnostics).code in {"BP107", "BP111", "BP103"}


def nested(inside: str, levels: int = 60) -> str:
    return "[" * levels + inside + "]" * levels


def test_depth_by_aliases_is_refused() -> None:
    text = "a0: &a0 x\n" + "".join(f"a{n + 1}: &a{n + 1} {nested(f'*a{n}')}\n" for n in range(60))
    diagnostics = Diagnostics()
    document = load("/etc/main.yaml", MemoryHost({"/etc/main.yaml": text}), diagnostics)
    assert document is None
    assert only(diagnostics).code == "BP107"


def test_depth_by_includes_is_refused() -> None:
    files: dict[str, str | bytes] = {f"/etc/{n}": nested(f"!include {n + 1}") for n in range(60)}
    diagnostics = Diagnostics()
    assert load("/etc/0", MemoryHost({**files, "/etc/60": "x"}), diagnostics) is None
    assert only(diagnostics).code == "BP107"


# Against borgmatic's parser

# NEL, LS and PS end a line to libyaml, as in YAML 1.1, and are ordinary characters in YAML 1.2.
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0\x85\u2028\u2029")
# Inside brackets it doesn't take a plain text that begins with a colon or a question mark, and refuses
# one in which a colon comes right before one of ,?[]{} (libyaml 0.2.5, "found unexpected ':'").
NOT_FOR_LIBYAML = re.compile(r"\A[:?]|:[,?\[\]{}]")
TEXT = st.text(CHARACTERS, max_size=12).filter(lambda text: not NOT_FOR_LIBYAML.search(text)) | st.sampled_from(
    ["yes", "no", "null", "~", "", "0077", "1:30", "1e3", "<<", "2001-01-01", "# x", "- a", "a: b", "!t", "%"]
)  # fmt: skip
SCALAR = (
    TEXT
    | st.integers(-(10**12), 10**12)
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, width=32)
)
DATA = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)


def identical(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(identical(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other) or one == other
    return type(one) is type(other) and one == other


@settings(max_examples=250, deadline=None)
@given(st.dictionaries(TEXT, DATA, max_size=4), st.sampled_from([False, True, None]))
@example({"<<": {"a": 1}}, False)
@example({"a": [[], {}, ""]}, None)
def test_what_ruamel_writes_is_read_back(data: dict[str, object], flow: bool | None) -> None:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = flow
    writer.width = 100_000  # its folding of escaped texts adds blanks
    stream = io.StringIO()
    writer.dump(data, stream)
    node, diagnostics = merged(stream.getvalue())
    assert not [item for item in diagnostics if item.severity is not Severity.NOTE]
    assert identical(plain(node), data), stream.getvalue()


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=60)
    | st.text("ab:-[]{}&*!|>'\"%#,? \n\t<", max_size=40).map(str.encode)
    | TEXT.map(str.encode)
)
def test_any_bytes_give_a_tree_or_an_error(data: bytes) -> None:
    node, diagnostics = parsed(data)
    assert (node is None) == diagnostics.has_errors
    lines = data.decode("utf-8", "replace").count("\n") + data.count(b"\r") + 2
    assert all(1 <= item.span.line <= lines + 2 for item in diagnostics)
    if node is not None:
        merge(node, DEEP, diagnostics)
        assert isinstance(node, Scalar) or node.span.line >= 1
