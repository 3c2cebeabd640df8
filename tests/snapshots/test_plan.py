"""What plans with snapshots say, with a stand-in for `zfs`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.place import Place
from tests.support.laboratory import Server

_TEXT = """\
source_directories: [/srv/data, /srv/plain]
exclude_patterns: [/srv/data/b]
repositories: [{path: /backups/one}]
zfs:
"""
_ZFS = """\
[ "$1" = list ] || exit 9
for name in data data/a data/b data/c; do printf 'tank/%s\\t/srv/%s\\ton\\t-\\n' $name $name; done
"""


_MANY = """\
[ "$1" = list ] || exit 9
for name in data data/a data/c data/d 'data/with blank' data/f; do
    printf 'tank/%s\\t/srv/%s\\ton\\t-\\n' "$name" "$name"
done
"""


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Place:
    found = Place(tmp_path, server)
    found.program("zfs", _ZFS)
    found.write("c.yaml", _TEXT)
    return found


def test_each_source_is_told_with_what_it_is_read_from(place: Place) -> None:
    text = place.run("plan", "-a", "create", "c.yaml").out
    assert (
        "zfs /srv/data: read from a snapshot, with a snapshot of each volume in it: a, c.\n" in text
    )
    assert "/srv/plain: read while it may change, as it lies in no volume.\n" in text
    assert "if one fails, create is skipped; those taken are removed" in text


def test_two_repositories_of_a_file_are_given_the_same_snapshots_unless_hooks_run_between_them(
    place: Place,
) -> None:
    two = _TEXT.replace("one}]", "one}, {path: /backups/two}]")
    hook = "commands: [{before: action, when: [create], run: [echo now]}]\n"
    other = hook.replace("create", "prune")
    for text, times in ((two, 1), (two + hook, 2), (two + other, 1)):
        place.write("c.yaml", text)
        plan = place.run("plan", "-v", "-a", "create,prune", "c.yaml").out
        assert plan.count("zfs snapshot tank/data@") == times
        assert plan.count("borg create") == 2


def test_it_is_told_how_many_snapshots_a_service_is_stopped_for(place: Place) -> None:
    place.write(
        "borgplan.yaml", "freeze: [{take: systemctl stop app, give: systemctl start app}]\n"
    )
    text = place.run("plan", "-a", "create", "c.yaml").out
    assert (
        "until `systemctl start app`, only while a snapshot is taken; Borg runs after that" in text
    )
    place.write("c.yaml", _TEXT.replace("[/srv/data, ", "[/srv/data, /srv/other, "))
    place.program("zfs", _ZFS + "printf 'pool/x\\t/srv/other\\ton\\t-\\n'\n")
    text = place.run("plan", "-a", "create", "c.yaml").out
    assert "only while 2 snapshots are taken" in text


def test_an_excluded_volume_gets_no_snapshot(place: Place) -> None:
    text = place.run("plan", "-a", "create", "c.yaml").out
    assert "/srv/data/b: excluded, and not looked at.\n" in text
    assert "tank/data/a@" in text
    assert "tank/data/b@" not in text


def test_the_place_of_an_option_stands_once_beside_its_commands(place: Place) -> None:
    text = place.run("plan", "-a", "create", "c.yaml").out
    assert text.count("  c.yaml:4\n") == 2


def test_alike_commands_are_folded_and_each_is_named(place: Place) -> None:
    place.program("zfs", _MANY)
    folded = place.run("plan", "-a", "create", "c.yaml").out
    assert (
        "(folded: 4 to 8, mount the snapshot of tank/data/a, tank/data/c, tank/data/d, tank/data/f, "
        "tank/data/with blank; -v shows the commands)\n"
    ) in folded
    whole = place.run("plan", "-v", "-a", "create", "c.yaml").out
    assert "(folded: " not in whole
    commands = [line for line in whole.split("\n") if line[:5].strip().isdigit()]
    shown = [line for line in folded.split("\n") if line[:5].strip().isdigit()]
    assert len(commands) == 22
    assert set(shown) <= set(commands)
    numbers = {int(line.split()[0]) for line in shown}
    for part in folded.split("(folded: ")[1:]:
        first, _, last = part.split(",")[0].split()
        numbers |= set(range(int(first), int(last) + 1))
    assert numbers == set(range(1, 23))


def test_a_few_alike_commands_are_all_shown(place: Place) -> None:
    assert "(folded: " not in place.run("plan", "-a", "create", "c.yaml").out


def test_verbose_has_no_effect_elsewhere(place: Place) -> None:
    assert place.run("plan", "-v", "--fail", "1", "c.yaml").code == 2


def test_failures_tell_what_a_failed_removal_leaves(place: Place) -> None:
    text = place.run("plan", "-a", "create", "--failures", "c.yaml").out
    assert (
        "    left behind: the mounted snapshot, folder or file-system snapshot that the failing step should release\n"
    ) in text
    assert "after a failure: none, unless their own release fails." in text


def test_failures_as_data_name_each_thing_that_stays(place: Place) -> None:
    data = place.run("plan", "-a", "create", "--failures", "--format", "json", "c.yaml").data
    number = next(n for n, step in enumerate(data["steps"], 1) if "zfs destroy" in step or n == 12)
    stays = [
        stay
        for failure in data["failures"]
        if failure["outcome"] == "hard"
        for stay in failure["stays"]
        if stay["if_from"] == stay["if_to"] == number
    ]
    assert [stay["kind"] for stay in stays] == ["file-system snapshot"]
    assert stays[0]["undone_by"] == [number]


def _number_of(title: str, failures: str) -> int:
    return next(
        int(line[:6]) for line in failures.split("\n") if line[8:].startswith(f"{title} of ")
    )


def test_failures_tell_what_stays_because_it_is_in_use(place: Place) -> None:
    text = place.run("plan", "-a", "create", "--failures", "c.yaml").out
    inner = _number_of("unmount the snapshot of /srv/data/c", text)
    outer, folder = inner + 2, inner + 3
    of_inner, of_outer = inner + 4, inner + 6
    assert (
        f"    left behind: if {inner} fails, also what {outer} to {of_inner} and {of_outer} should release, "
        "which is in use then\n"
        f"    left behind: if {inner + 1} fails, also what {outer}, {folder}, {of_inner + 1} and {of_outer} should "
        "release, which is in use then\n"
        f"    left behind: if {outer} fails, also what {folder} and {of_outer} should release, "
        "which is in use then\n"
    ) in text


def test_a_supposed_failure_tells_what_fails_with_it_and_what_stays(place: Place) -> None:
    listed = place.run("plan", "-a", "create", "--failures", "c.yaml").out
    number = _number_of("unmount the snapshot of /srv/data/c", listed)
    text = place.run("plan", "-a", "create", "--fail", str(number), "c.yaml").out
    assert text.count("will also fail, because mounted snapshot /run/borgplan/snapshots/") == 4
    assert text.count("\nLeft behind: mounted snapshot ") == 2
    assert text.count("\nLeft behind: file-system snapshot ") == 2
    assert text.count("\nLeft behind: folder ") == 1
    assert "Left behind" not in place.run("plan", "-a", "create", "--fail", "1", "c.yaml").out


def test_steps_that_release_are_not_skipped_by_an_interrupt(place: Place) -> None:
    text = place.run("plan", "-a", "create", "--failures", "c.yaml").out
    (case,) = (
        part
        for part in text.split("\n\n")
        if "or if one of steps 7 to 13 (" in part and "skipped:     nothing" in part
    )
    assert case.endswith("reported by: exit code only")


def test_a_kind_that_nothing_is_read_from_has_no_effect(place: Place) -> None:
    place.program("lsblk", "echo '{\"blockdevices\": []}'")
    place.write("c.yaml", f"{_TEXT}lvm:\n")
    said = place.run("plan", "-a", "create", "c.yaml").err
    assert (
        "c.yaml:5:1: warning BP475 `lvm` has no effect: no source lies in a logical volume" in said
    )


def test_a_program_that_is_not_there_is_told_before_anything_is_taken(place: Place) -> None:
    place.write("c.yaml", f"{_TEXT}    umount_command: /nonexistent/umount -v\n")
    said = place.run("plan", "-a", "create", "c.yaml").err
    assert "BP477 the program `/nonexistent/umount` is not on this machine" in said
    assert "`mount`" not in said


@pytest.mark.parametrize("release", ["1.9", "2.0", "2.1"])
def test_snapshots_are_removed_before_after_hooks_also_where_those_need_success(
    place: Place, release: str
) -> None:
    place.write("c.yaml", f"{_TEXT}before_backup: [echo first]\nafter_backup: [echo last]\n")
    text = place.run("plan", "-a", "create", "--semantics", release, "c.yaml").out
    order = [
        text.index(words)
        for words in ("echo first", "zfs snapshot", "borg create", "zfs destroy", "echo last")
    ]
    assert order == sorted(order)
    failed = place.run("plan", "-a", "create", "--semantics", release, "--fail", "7", "c.yaml").out
    assert "fails            7  borg create" in failed
    (removal,) = (
        line for line in failed.splitlines() if "remove the snapshot of tank/data/a " in line
    )
    assert removal.split()[0] == "runs"
