"""Backups from real snapshots of btrfs, with every Borg that is here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.snapshots.scene import ROOT, Scene, scene, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")
_BORGS = {"installed": "", "1.4": str(ROOT / ".cache/borg-1.4/bin")}
_EVERY = int(os.environ.get("EVERY", "5"))  # of patterns; 1 for all of them
PATTERNS = (
    "*.tmp", "fm:*.tmp", "re:[.]tmp$", "fm:/srv/data/cache", "pp:/srv/data/cache", "pf:/srv/data/y",
    "sh:/srv/data/**/c", "re:^srv/data/.*[.]tmp$", "re:^srv/data/y$", "re:^/srv/data/y", "sh:/srv/d*/z",
    "pp:srv/data/cache", "srv/data/cache", "pp:/srv/data/child", "sh:/srv/data/child/**",
)  # fmt: skip


@pytest.fixture(params=_BORGS)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """A scene with each Borg."""
    borg = _BORGS[request.param]
    if borg and not os.path.exists(f"{borg}/borg"):
        pytest.skip("no Borg 1.4: scripts/ensure-borg-1.4")
    with scene(tmp_path, borg) as found:
        yield found


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Scene]:
    """A scene with the Borg that is installed."""
    with scene(tmp_path) as found:
        yield found


def test_archives_hold_the_moment_of_the_snapshot_under_the_original_paths(there: Scene) -> None:
    there.configure(
        "source_directories: [/srv/data, /srv/other/docs]\nbtrfs:\n"
        "before_backup: ['echo hook >/srv/data/y']\n",
        "one",
    )
    wrapper = there.folder / "bin"
    wrapper.mkdir()
    real = there.shell("command -v borg").strip()
    # What Borg reads was changed before it is started.
    (wrapper / "borg").write_text(
        f'#!/bin/sh\ncase $1 in create) echo new >/srv/data/z;; esac\nexec {real} "$@"\n'
    )
    (wrapper / "borg").chmod(0o755)
    there.environment["PATH"] = f"{wrapper}:{there.environment['PATH']}"
    done = there.borgplan("apply", "-a", "create", "-c", "c.yaml", "--semantics", "1.9")
    assert done.returncode == 0, done.stderr
    assert there.shell("cat /srv/data/z") == "new\n"
    assert there.stored("one", "srv/data/z") == "old\n"
    assert there.stored("one", "srv/data/y") == "hook\n"
    wanted = there.shell("find /srv/data /srv/other/docs").split()
    assert sorted(there.archived("one")) == sorted(path[1:] for path in wanted)
    assert there.left() == []


@pytest.mark.timeout(400)
def test_every_form_of_pattern_excludes_what_it_excludes_without_snapshots(there: Scene) -> None:
    for pattern in PATTERNS[::_EVERY]:
        options = f"source_directories: [/srv/data]\nexclude_patterns: ['{pattern}']\n"
        there.configure(options, "live", name="live.yaml")
        there.configure(f"{options}btrfs:\n", "snap", name="snap.yaml")
        done = there.borgplan("apply", "-a", "create", "live.yaml", "snap.yaml")
        assert done.returncode == 0, done.stderr
        live, snapped = there.archived("live"), there.archived("snap")
        assert sorted(live) == sorted(snapped), pattern
    assert there.left() == []


def test_the_configuration_file_and_the_manifest_are_in_the_archive(there: Scene) -> None:
    """Also where it lies in a volume that is read from a snapshot; it itself is always read live."""
    there.shell("mkdir /srv/data/etc")
    options = "source_directories: [/srv/data]\nbootstrap: {}\n"
    for name, more in (("live", ""), ("snap", "btrfs:\n")):
        there.configure(options + more, name, name=f"{name}.yaml")
        there.shell(f"mv {name}.yaml /srv/data/etc/{name}.yaml")
        done = there.borgplan("apply", "-a", "create", f"/srv/data/etc/{name}.yaml")
        assert done.returncode == 0, done.stderr
        paths = there.archived(name)
        assert f"srv/data/etc/{name}.yaml" in paths
        assert sum(path.endswith("borgmatic/bootstrap/manifest.json") for path in paths) == 1
    assert there.left() == []


def test_relative_sources_stay_relative(there: Scene) -> None:
    options = "working_directory: /srv/data\nsource_directories: [docs, child]\n"
    there.configure(options, "live", name="live.yaml")
    there.configure(f"{options}btrfs:\n", "snap", name="snap.yaml")
    done = there.borgplan("apply", "-a", "create", "live.yaml", "snap.yaml")
    assert done.returncode == 0, done.stderr
    assert there.archived("live") == there.archived("snap")


def test_a_source_behind_a_link_is_read_live_under_its_own_path(here: Scene) -> None:
    here.shell("ln -s /srv/other /srv/data/away; ln -s ../other /srv/data/beside")
    options = "source_directories: [/srv/data/docs, /srv/data/away/docs, /srv/data/beside/cache]\n"
    here.configure(options, "live", name="live.yaml")
    here.configure(f"{options}btrfs:\n", "snap", name="snap.yaml")
    done = here.borgplan("apply", "-a", "create", "live.yaml", "snap.yaml")
    assert done.returncode == 0, done.stderr
    assert "BP470 /srv/data/away/docs is reached through the link /srv/data/away" in done.stderr
    assert "hint: name /srv/other/cache instead" in done.stderr
    assert (
        "/srv/data/away/docs: read while it may change, as it is reached through the link /srv/data/away."
        in here.borgplan("plan", "-a", "create", "snap.yaml").stdout
    )
    assert here.archived("live") == here.archived("snap")
    assert here.stored("snap", "srv/data/beside/cache/c") == "old\n"


def test_odd_names_links_and_read_only_subvolumes_are_as_without_snapshots(there: Scene) -> None:
    odd = "/srv/data/my [old] x*"
    there.shell(
        f'for place in \'{odd}\' /srv/data/still; do btrfs -q subvolume create "$place"; echo old >"$place/f"; '
        'echo old >"$place/g"; done; btrfs property set /srv/data/still ro true; ln -s child /srv/data/link'
    )
    options = (
        f"source_directories: [/srv/data/link, '{odd}', /srv/data/still, /srv/other]\n"
        "exclude_patterns: ['/srv/data/my [[]old] x[*]/g', '/srv/data/still/g']\n"
    )
    there.configure(options, "live", name="live.yaml")
    there.configure(f"{options}btrfs:\n", "snap", name="snap.yaml")
    done = there.borgplan("apply", "-a", "create", "live.yaml", "snap.yaml")
    assert done.returncode == 0, done.stderr
    assert there.archived("live") == there.archived("snap")
    assert f"{odd[1:]}/f" in there.archived("snap")
    assert not [path for path in there.archived("snap") if path.endswith("/g")]
    assert there.left() == []
    plan = there.borgplan("plan", "-a", "create", "snap.yaml").stdout
    assert "btrfs /srv/data/still: read as it is, as nobody can write to it." in plan


def test_an_unchanged_file_is_known_again(there: Scene) -> None:
    there.configure("source_directories: [/srv/data]\nbtrfs:\nlist_details: true\n", "one")
    # Borg doesn't remember the files of the newest time of change.
    there.shell("sleep 0.1; echo > /srv/data/newest")
    first = there.borgplan("apply", "-a", "create", "-c", "c.yaml")
    second = there.borgplan("apply", "-a", "create", "-c", "c.yaml")
    assert "A srv/data/docs/a" in first.stderr
    assert second.returncode == 0
    assert "srv/data/docs/a" not in second.stderr


def test_a_removal_that_fails_names_the_snapshot_and_the_others_are_tried(here: Scene) -> None:
    here.configure("source_directories: [/srv/data, /srv/other]\nbtrfs:\n", "one")
    wrapper = here.folder / "bin"
    wrapper.mkdir()
    (wrapper / "btrfs").write_text(
        "#!/bin/sh\ncase $* in *delete*/srv/other/*) echo no >&2; exit 1;; esac\n"
        'exec /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin btrfs "$@"\n'
    )
    (wrapper / "btrfs").chmod(0o755)
    path = {"PATH": f"{wrapper}:{here.environment['PATH']}"}
    done = here.borgplan("apply", "-a", "create", "-c", "c.yaml", more=path)
    assert done.returncode == 1
    assert "/srv/other/.borgplan-" in done.stderr
    assert "may still exist" in done.stderr
    assert "archive " in done.stdout  # it counts
    assert len(here.left()) == 1  # the other one is gone
    assert here.archived("one")


def test_two_runs_at_once_leave_each_other_alone(here: Scene) -> None:
    text = "source_directories: [/srv/data]\nbtrfs:\n"
    for name in ("one", "two"):
        here.configure(text, name, name=f"{name}.yaml")
    runs = [here.start("apply", "-a", "create", f"{name}.yaml") for name in ("one", "two")]
    ends = [run.communicate(timeout=100)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ends
    assert {f for f in here.archived("one") if "borgplan" not in f} == {
        f for f in here.archived("two") if "borgplan" not in f
    }
    assert here.left() == []


def test_a_run_that_begins_while_another_holds_its_snapshots_leaves_them_alone(here: Scene) -> None:
    text = "source_directories: [/srv/data]\nbtrfs:\n"
    real = here.shell("command -v borg").strip()
    waiting = here.folder / "waiting"
    (here.folder / "slow").write_text(
        f"#!/bin/sh\ncase $1 in create) touch {waiting}; while test -e {waiting}; do sleep 0.1; done;; esac\n"
        f'exec {real} "$@"\n'
    )
    (here.folder / "slow").chmod(0o755)
    here.configure(f"{text}local_path: {here.folder}/slow\n", "one", name="one.yaml")
    here.configure(text, "two", name="two.yaml")
    first = here.start("apply", "-a", "create", "one.yaml")
    while not waiting.exists():
        assert first.poll() is None
        time.sleep(0.1)
    held = here.left()
    second = here.borgplan("apply", "-a", "create", "two.yaml")
    assert second.returncode == 0, second.stderr
    assert here.left() == held
    waiting.unlink()
    said = first.communicate(timeout=100)[0]
    assert first.returncode == 0, said
    assert here.left() == []
    # Of the other run's snapshots there is at most an empty folder.
    wanted = [path[1:] for path in here.shell("find /srv/data").split()]
    for repository in ("one", "two"):
        found = here.archived(repository)
        assert set(wanted) <= set(found)
        assert all(
            path.rpartition("/")[2].startswith(".borgplan-") for path in set(found) - set(wanted)
        )


def test_two_runs_of_one_file_wait_for_each_other(here: Scene) -> None:
    here.configure("source_directories: [/srv/data]\nbtrfs:\n", "one", "two")
    words = ("apply", "-a", "create", "-c", "c.yaml", "--lock-wait", "60")
    runs = [here.start(*words) for _ in range(2)]
    ends = [run.communicate(timeout=100)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ends
    assert here.left() == []


def test_a_dry_run_takes_no_snapshot(here: Scene) -> None:
    here.configure("source_directories: [/srv/data]\nbtrfs:\n", "one")
    done = here.borgplan("apply", "--dry-run", "-a", "create", "-c", "c.yaml")
    assert done.returncode == 0, done.stderr
    assert "no snapshots are taken" in done.stderr
    assert here.left() == []


def test_a_plan_made_elsewhere_knows_the_volumes_of_this_machine(here: Scene) -> None:
    here.configure("source_directories: [/srv/data]\nbtrfs:\n", "one")
    here.shell("true")
    assert here.borgplan("facts", "-o", "facts.json", "c.yaml").returncode == 0
    with_facts = here.borgplan("plan", "-a", "create", "--facts", "facts.json", "c.yaml")
    assert "btrfs subvolume snapshot -r /srv/data " in with_facts.stdout, with_facts.stderr
    without = here.borgplan("plan", "-a", "create", "--offline", "c.yaml")
    assert "which volumes there are is not known" in without.stdout
    assert "subvolume snapshot" not in without.stdout


def test_resume_takes_the_snapshots_anew_and_asks_borg_where_they_are_gone(here: Scene) -> None:
    here.configure("source_directories: [/srv/data]\nbtrfs:\n", "one", "two")
    here.shell(f"mv {here.folder}/two {here.folder}/away")
    assert here.borgplan("apply", "-a", "create", "-c", "c.yaml").returncode == 1
    assert here.left() == []
    here.shell(f"mv {here.folder}/away {here.folder}/two")
    run = here.borgplan("history").stdout.split()[0]
    done = here.borgplan("resume", run)
    assert done.returncode == 0, done.stderr
    assert "srv/data/child/docs/a" in here.archived("two")
    assert here.left() == []
