"""`borgplan lint --fix`: what is written, what is left, and that nothing else changes."""

from __future__ import annotations

import stat

from tests.command_line.place import Place

START = "# mine\nsource_directories: [/etc]   # all of it\nrepositories: [{path: /repo}]\nkeep_daily: 1\n"
WRONG = (
    f"{START}numeric_owner: true  # as before\nbefore_backup: []\non_error:\n"
    "    # tell\n    - send \"{error}\"  now\n    - send 'it was {error}'\n"
)
RIGHT = (
    f"{START}numeric_ids: true  # as before\non_error:\n"
    "    # tell\n    - send {error}  now\n    - send 'it was {error}'\n"
)


def mode(place: Place, name: str) -> int:
    return stat.S_IMODE((place.path / name).stat().st_mode)


def test_what_needs_no_thought_is_mended_and_the_rest_stays(place: Place) -> None:
    place.write("c.yaml", WRONG)
    ran = place.run("lint", "--fix", "c.yaml")
    assert ran.code == 0
    assert "fixed: c.yaml (BP240, BP302, BP322)" in ran.err
    assert "BP240" not in ran.out
    assert place.read("c.yaml") == RIGHT
    assert sorted(p.name for p in place.path.glob("c.yaml*")) == ["c.yaml"]


def test_the_second_time_there_is_nothing_to_do(place: Place) -> None:
    place.write("c.yaml", WRONG)
    place.run("lint", "--fix", "c.yaml")
    before = (place.path / "c.yaml").stat()
    ran = place.run("lint", "--fix", "c.yaml")
    assert "fixed" not in ran.err
    assert (place.path / "c.yaml").stat().st_ino == before.st_ino
    assert place.run("lint", "--diff", "c.yaml") == (0, "", "")


def test_a_diff_is_shown_and_nothing_written(place: Place) -> None:
    place.write("c.yaml", WRONG).chmod(0o664)
    ran = place.run("lint", "--diff", "c.yaml")
    assert ran.code == 1
    assert {"-numeric_owner: true  # as before", "+numeric_ids: true  # as before"} <= set(
        ran.out.splitlines()
    )
    assert "old mode 000664\nnew mode 000640\n" in ran.out
    assert place.read("c.yaml") == WRONG
    assert mode(place, "c.yaml") == 0o664


def test_a_diff_shows_no_secret(place: Place) -> None:
    place.write("c.yaml", WRONG.replace("numeric", "encryption_passphrase: hunter2\nnumeric"))
    ran = place.run("lint", "--diff", "c.yaml")
    assert " encryption_passphrase: ...\n" in ran.out
    assert "hunter" not in ran.out + ran.err


def test_a_mode_is_mended_and_kept_when_the_text_is_replaced(place: Place) -> None:
    place.write("c.yaml", WRONG).chmod(0o646)
    place.run("lint", "--fix", "c.yaml")
    assert mode(place, "c.yaml") == 0o640
    place.write("d.yaml", WRONG).chmod(0o440)
    place.run("lint", "--fix", "d.yaml")
    assert mode(place, "d.yaml") == 0o440
    assert place.read("d.yaml") == RIGHT


def test_a_link_stays_one(place: Place) -> None:
    place.write("real.yaml", WRONG)
    (place.path / "c.yaml").symlink_to("real.yaml")
    place.run("lint", "--fix", "c.yaml")
    assert (place.path / "c.yaml").is_symlink()
    assert place.read("real.yaml") == RIGHT


def test_what_would_change_the_meaning_is_left_and_told(place: Place) -> None:
    alone = f'{START}on_error:\n    - "{{error}}"\n'
    place.write("c.yaml", alone)
    assert place.run("lint", "--fix", "c.yaml").code == 0
    assert place.read("c.yaml") == alone
    section = (
        "location: {source_directories: [/etc], repositories: [/r]}\nretention: {keep_daily: 1}\n"
    )
    only = f"{section}hooks:\n    before_backup: []\n"
    place.write("d.yaml", only)
    ran = place.run("lint", "--fix", "d.yaml", "--semantics", "2.1")
    assert "not fixed: d.yaml:4:1 (BP302): it would change what the file means\n" in ran.err
    assert place.read("d.yaml") == only


def test_an_included_file_is_mended_too(place: Place) -> None:
    place.write("common.yaml", "numeric_owner: true\n")
    place.write("c.yaml", f"<<: !include common.yaml\n{START}")
    place.run("lint", "--fix", "c.yaml")
    assert place.read("common.yaml") == "numeric_ids: true\n"


def test_line_ends_and_a_byte_order_mark_stay(place: Place) -> None:
    place.write("c.yaml", b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    place.run("lint", "--fix", "c.yaml")
    written = (place.path / "c.yaml").read_bytes()
    assert written == b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()


def test_a_file_with_errors_is_left_alone(place: Place) -> None:
    wrong = f"{WRONG}no_such_option: 1\n"
    place.write("c.yaml", wrong)
    ran = place.run("lint", "--fix", "c.yaml")
    assert ran.code == 2
    assert place.read("c.yaml") == wrong


def test_programs_are_looked_for_when_asked(place: Place) -> None:
    place.write(
        "c.yaml",
        f"{START}before_backup: ['ls -l && no-such-thing | sort', 'FOO=1 neither; true']\n",
    )
    assert "BP341" not in place.run("lint", "c.yaml").out
    found = place.run("lint", "--check-programs", "c.yaml", "--format", "json").data["findings"]
    assert [i["message"] for i in found if i["code"] == "BP341"] == [
        "program `no-such-thing` is not installed on this machine",
        "program `neither` is not installed on this machine",
    ]
