"""What is backed up: sources, patterns and excludes with real Borg, and files restored byte for byte."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.configured import applied, apply, configure, files, init, plan, stored
from tests.end_to_end.home import Home
from tests.support.laboratory import Server

pytestmark = pytest.mark.borg

ODD = (
    b"with  spaces ", b"new\nline", b"not\xffutf8\xfe", b"-leading-dash", b"\xe2\x98\x83 snow",
    b"quote'\"`$(x)", b"back\\slash", b"[glob]*?", b"R like a root", b"::", b"\x01control\x7f",
    b"sh:style", b"{now}", b"e\xcc\x81combined", b"line\xe2\x80\xa8separator",
)  # fmt: skip


def write_tree(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"content of {name}")


def backed_up(home: Home, **options: object) -> set[str]:
    """Names below `~/t` in an archive made with these options."""
    options.setdefault("source_directories", [f"{home.path}/t"])
    configure(home, ("r",), **options)
    applied(home, "create", "-q")
    return {name.decode().removeprefix("t/") for name in stored(home)}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Home:
    path = tmp_path_factory.mktemp("tree") / "home"
    path.mkdir()
    home = Home(path, server)
    init(home)
    write_tree(path / "t", "a.txt", "b.tmp", "sub/c.txt", "sub/d.tmp", "sub/deep/e.txt")
    return home


ALL = {"a.txt", "b.tmp", "sub/c.txt", "sub/d.tmp", "sub/deep/e.txt"}
EXCLUDES: dict[str, tuple[dict[str, object], set[str]]] = {
    "fm by default": ({"exclude_patterns": ["*.tmp"]}, {"b.tmp", "sub/d.tmp"}),
    "sh": ({"exclude_patterns": ["sh:**/sub/*.txt"]}, {"sub/c.txt"}),
    "re": ({"exclude_patterns": [r"re:/[ad]\.t"]}, {"a.txt", "sub/d.tmp"}),
    "home": ({"exclude_patterns": ["~/t/sub"]}, {"sub/c.txt", "sub/d.tmp", "sub/deep/e.txt"}),
    "include first": (
        {"patterns": ["+ sh:**/sub/c.txt", "- sh:**/*.txt"]},
        {"a.txt", "sub/deep/e.txt"},
    ),
    "patterns before excludes": (
        {"patterns": ["+ sh:**/b.tmp"], "exclude_patterns": ["*.tmp"]},
        {"sub/d.tmp"},
    ),
    "style of patterns only": (
        {"patterns": ["P fm", "- */sub/deep*"], "exclude_patterns": ["*/a.*"]},
        {"sub/deep/e.txt", "a.txt"},
    ),
}


@pytest.mark.parametrize("case", EXCLUDES)
def test_what_is_excluded_is_absent_and_nothing_else(tree: Home, case: str) -> None:
    options, absent = EXCLUDES[case]
    assert backed_up(tree, **options) == ALL - absent


def test_files_of_patterns_and_excludes_count(tree: Home) -> None:
    tree.write("patterns", "# a comment\n\nR ~/t/sub\n- sh:**/deep\n")
    tree.write("excludes 1", "  *.tmp  \n# *.txt\n")
    found = backed_up(
        tree, source_directories=[], patterns_from=[f"{tree.path}/patterns"],
        exclude_from=[f"{tree.path}/excludes*"],
    )  # fmt: skip
    assert found == {"sub/c.txt"}


def test_marked_directories_are_left_out(home: Home) -> None:
    init(home)
    root = home.path / "t"
    write_tree(root, *ALL)
    write_tree(root, "marked/.nobackup", "marked/x", "other/.skip", "other/x", "cache/x")
    (root / "cache/CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    marks = [".nobackup", ".skip"]
    assert backed_up(home, exclude_if_present=marks, exclude_caches=True) == ALL
    kept = {"marked/.nobackup", "other/.skip", "cache/CACHEDIR.TAG"}
    found = backed_up(home, exclude_if_present=marks, exclude_caches=True, keep_exclude_tags=True)
    assert found == ALL | kept


def test_other_file_systems_are_left_out(home: Home) -> None:
    """/dev/shm, as seen from /dev."""
    shared = Path("/dev/shm")
    if not os.path.ismount(shared) or not os.access(shared, os.W_OK):
        pytest.skip("/dev/shm is no file system of its own")
    init(home)
    directory = shared / f"borgplan-{home.path.parent.name}-{os.getpid()}"
    directory.mkdir()
    try:
        (directory / "file").write_text("elsewhere")
        patterns = ["+ pf:dev", "+ pf:dev/shm", f"+ pp:dev/shm/{directory.name}", "! sh:**"]
        common = {"source_directories": ["/dev"], "patterns": patterns}
        assert backed_up(home, **common) == {str(directory / "file")[1:]}
        assert backed_up(home, **common, one_file_system=True) == set()
    finally:
        (directory / "file").unlink()
        directory.rmdir()


def test_odd_names_come_back_byte_for_byte(home: Home) -> None:
    init(home)
    root = bytes(home.path) + b"/odd"
    for name in ODD:
        os.makedirs(os.path.join(root, name))
        with open(os.path.join(root, name, b"file " + name), "wb") as file:
            file.write(b"\0\r\n" + name)
    before = files(home.path / "odd")
    assert len(before) == len(ODD)
    # The glob makes a root of each directory that can be one: Borg 1.2 takes roots in UTF-8 only.
    for sources in (["~/odd"], ["~/odd/[!n]*", "~/odd/new*"]):
        configure(home, source_directories=sources, patterns=["- sh:**/nothing"])
        if len(sources) > 1:
            before = {name: data for name, data in before.items() if b"\xff" not in name}
        applied(home, "create", "-q")
        (home.path / "back").mkdir()
        applied(home, "extract", "-q", "--archive", "latest", "--destination", f"{home.path}/back")
        assert files(home.path / "back" / home.path.relative_to("/") / "odd") == before
        shutil.rmtree(home.path / "back")


def test_relative_sources_that_begin_with_a_dash(home: Home) -> None:
    init(home)
    write_tree(home.path / "work", "-dash/x", "plain/y")
    configure(home, source_directories=["-dash", "p*"], working_directory=f"{home.path}/work")
    applied(home, "create", "-q")
    assert stored(home) == {b"-dash/x", b"plain/y"}


def test_relative_sources_with_a_dash_that_fit_no_line_are_no_options(home: Home) -> None:
    init(home)
    write_tree(home.path / "work", "--dry-run\n/x", "plain/y")
    configure(home, source_directories=["plain", "--dry*"], working_directory=f"{home.path}/work")
    applied(home, "create", "-q")
    assert stored(home) == {b"--dry-run\n/x", b"plain/y"}


def test_lines_of_exclude_files_end_where_borg_ends_them(home: Home) -> None:
    """A form feed or a line separator is a character of a name."""
    init(home)
    write_tree(home.path / "t", "data", "x\u2028data", "x\x0cdata")
    home.write("excludes", "*/x\u2028*/data\n")
    found = backed_up(home, exclude_from=[f"{home.path}/excludes"])
    assert "data" in found


def test_a_source_that_is_missing_fails_before_borg_runs(home: Home) -> None:
    init(home)
    configure(
        home,
        source_directories=["~/documents", "~/missing"],
        on_error=["echo {error} > ~/alert"],
    )
    ran = apply(home, "create", "--semantics", "2.1", "--format", "json")
    assert ran.exit_code == 1
    assert [step["fate"] for step in ran.report["steps"]] == ["failed", "done"]
    assert ran.report["steps"][0]["code"] is None
    assert f"{home.path}/missing does not exist" in ran.stderr
    assert f"{home.path}/missing does not exist" in (home.path / "alert").read_text()
    assert home.archives("r") == []


def test_a_source_that_may_be_missing_is_a_warning(home: Home) -> None:
    init(home)
    configure(
        home,
        source_directories=["~/documents", "~/missing"],
        source_directories_must_exist=False,
        on_error=["touch ~/alert"],
    )
    ran = applied(home, "create")
    assert "1 warning" in ran.stdout
    assert "missing" in ran.stderr
    assert b"documents/letter.txt" in stored(home)
    assert not (home.path / "alert").exists()


def test_a_source_that_is_a_broken_link_is_there(home: Home) -> None:
    init(home)
    (home.path / "link").symlink_to("nowhere")
    configure(home, source_directories=["~/link"])
    applied(home, "create")


def test_the_plan_has_the_flags_of_what_is_left_out(home: Home) -> None:
    configure(home, one_file_system=True, exclude_caches=True, exclude_if_present=".x")
    (line,) = plan(home, "create")
    for flag in ("--one-file-system", "--exclude-caches", "--exclude-if-present"):
        assert flag in line
