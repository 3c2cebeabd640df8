"""`borgplan bootstrap` with real Borg: the configuration files of a machine that has lost them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.configured import init
from tests.end_to_end.home import PHRASE, Home, Ran
from tests.end_to_end.test_consent import at_a_terminal

pytestmark = pytest.mark.borg
BORG_1_4 = str(Path(__file__).parents[2] / ".cache/borg-1.4/bin/borg")
MANIFEST = "borgmatic/bootstrap/manifest.json"


def store(home: Home, archive: str, paths: object, place: str = MANIFEST) -> None:
    """An archive with a manifest, as borgmatic makes it."""
    home.write(place, json.dumps({"borgmatic_version": "2.1.10", "config_paths": paths}))
    home.borg("create", f"backups/r::{archive}", place.split("/")[0], f"{home.path}/etc")


@pytest.fixture
def lost(home: Home) -> Home:
    init(home)
    home.write("etc/borgmatic/config.yaml", "one\n")
    home.write("etc/borgmatic/d/more.yaml", "two\n")
    (home.path / "out").mkdir()
    return home


def paths(home: Home) -> list[str]:
    return [f"{home.path}/etc/borgmatic/{name}" for name in ("config.yaml", "d/more.yaml")]


def bootstrap(home: Home, *words: str, **env: str) -> Ran:
    repository = f"{home.path}/backups/r"
    return home.borgplan(
        "bootstrap", "--repository", repository, "--destination", "out", *words, **env
    )


def test_what_would_be_written_is_shown_first(lost: Home) -> None:
    store(lost, "host-2", paths(lost))
    for words, code in ((["--dry-run"], 0), ([], 2)):
        ran = bootstrap(lost, *words)
        assert ran.exit_code == code, ran.stderr
        assert f"{lost.path}/out{lost.path}/etc/borgmatic/config.yaml (new)" in ran.stdout
        assert list((lost.path / "out").iterdir()) == []
    assert "--yes" in ran.stderr
    ran = bootstrap(lost, "--yes")
    assert ran.exit_code == 0, ran.stderr
    written = Path(f"{lost.path}/out{lost.path}/etc/borgmatic")
    assert (written / "config.yaml").read_text() == "one\n"
    assert (written / "d/more.yaml").read_text() == "two\n"
    assert "(exists, and is replaced)" in bootstrap(lost, "--dry-run").stdout


def test_leading_parts_of_paths_are_removed(lost: Home) -> None:
    store(lost, "one", paths(lost)[:1])
    ran = bootstrap(lost, "--yes", "--archive", "one", "--strip-components", "all")
    assert ran.exit_code == 0, ran.stderr
    assert (lost.path / "out/config.yaml").read_text() == "one\n"


def test_a_manifest_below_a_runtime_directory(lost: Home) -> None:
    """As Borg 1.2 stores it."""
    store(lost, "one", paths(lost)[:1], f"run/borgmatic-abc/{MANIFEST}")
    runtime = "run"
    ran = bootstrap(lost, "--yes", "--user-runtime-directory", runtime)
    assert ran.exit_code == 0, ran.stderr
    lost.borg("delete", "backups/r::one")
    store(lost, "two", paths(lost)[:1], ".borgmatic/bootstrap/manifest.json")
    ran = bootstrap(lost, "--yes", "--borgmatic-source-directory", ".borgmatic")
    assert ran.exit_code == 0, ran.stderr


def test_of_several_kinds_of_archives_one_is_chosen(lost: Home) -> None:
    store(lost, "a-one", paths(lost))
    store(lost, "b-one", paths(lost))
    ran = bootstrap(lost)
    assert ran.exit_code == 2
    assert "--archive a-one" in ran.stderr
    assert "--archive b-one" in ran.stderr
    assert bootstrap(lost, "--archive", "b-one", "--dry-run").exit_code == 0


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ([], "names no configuration files"), ("x", "names no configuration files"),
        (["relative"], "not an absolute path"), (["/a/../b"], "not an absolute path"),
        ([3], "not an absolute path"), (["/a\x1b[2J"], "not an absolute path"),
    ],
)  # fmt: skip
def test_odd_manifests_are_refused(lost: Home, listed: object, why: str) -> None:
    store(lost, "one", listed)
    ran = bootstrap(lost, "--yes")
    assert ran.exit_code == 2
    assert why in ran.stderr
    assert list((lost.path / "out").iterdir()) == []


def test_nothing_to_get_is_said(lost: Home) -> None:
    ran = bootstrap(lost, "--yes")
    assert (ran.exit_code, "holds no archives" in ran.stderr) == (2, True)
    lost.borg("create", "backups/r::plain", "documents")
    ran = bootstrap(lost, "--yes")
    assert (ran.exit_code, "no configuration files" in ran.stderr) == (2, True)
    ran = lost.borgplan("bootstrap", "--repository", "nowhere", "--yes")
    assert ran.exit_code == 2
    store(lost, "one", [*paths(lost), "/not/there"])
    ran = bootstrap(lost, "--yes", "--archive", "one")
    assert ran.exit_code == 1
    ran = bootstrap(lost, "--yes", "--archive", "one", "--destination", "no-directory")
    assert (ran.exit_code, "not a directory" in ran.stderr) == (2, True)


def configured(home: Home, **options: object) -> Home:
    """A configuration in `etc`, with an include, and an archive of it."""
    init(home)
    text = {
        "repositories": [{"path": f"{home.path}/backups/r"}],
        "source_directories": [f"{home.path}/documents"],
        "exclude_patterns": ["*.yaml"],
        **options,
    }
    home.write("etc/c.yaml", f"{yaml.safe_dump(text)}commands: !include {home.path}/etc/inc.yaml\n")
    home.write("etc/inc.yaml", "[]\n")
    (home.path / "link.yaml").symlink_to("etc/c.yaml")
    (home.path / "run").mkdir()
    (home.path / "out").mkdir()
    return home


@pytest.mark.parametrize("borg", ["borg", BORG_1_4])
def test_what_create_stores_bootstrap_finds(home: Home, borg: str) -> None:
    if not shutil.which(borg):
        pytest.skip(f"there is no {borg}")
    configured(home, local_path=borg)
    runtime = {"XDG_RUNTIME_DIR": f"{home.path}/run"}
    ran = home.borgplan("apply", "-a", "create", "link.yaml", **runtime)
    assert ran.exit_code == 0, ran.stderr
    assert not list((home.path / "run").iterdir())
    ran = bootstrap(home, "--yes", "--local-path", borg, **runtime)
    assert ran.exit_code == 0, ran.stderr
    found = Path(f"{home.path}/out{home.path}")
    for name in ("etc/c.yaml", "etc/inc.yaml"):
        assert (found / name).read_bytes() == (home.path / name).read_bytes()
    assert (found / "link.yaml").is_symlink()
    borgmatic = shutil.which("borgmatic")
    if borgmatic is None:
        pytest.skip("no borgmatic is installed to read it, too")
    (home.path / "theirs").mkdir()
    done = subprocess.run(
        [borgmatic, "config", "bootstrap", "--repository", f"{home.path}/backups/r",
         *(["--local-path", borg] if "/" in borg else []),  # it takes `borg` for an action
         "--destination", f"{home.path}/theirs"],
        env={**home.environment, **runtime}, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path(f"{home.path}/theirs{home.path}/etc/inc.yaml").read_text() == "[]\n"


def test_bootstrap_reads_what_borgmatic_stores(home: Home) -> None:
    borgmatic = shutil.which("borgmatic")
    if borgmatic is None:
        pytest.skip("no borgmatic is installed")
    configured(home)
    environment = {**home.environment, "XDG_RUNTIME_DIR": f"{home.path}/run"}
    done = subprocess.run(
        [borgmatic, "-c", f"{home.path}/etc/c.yaml", "create"],
        env=environment, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ran = bootstrap(home, "--yes", XDG_RUNTIME_DIR=f"{home.path}/run")
    assert ran.exit_code == 0, ran.stderr
    assert Path(f"{home.path}/out{home.path}/etc/inc.yaml").read_text() == "[]\n"


@pytest.mark.parametrize(
    "said",
    [{"bootstrap": {"store_config_files": False}}, {"store_config_files": False, "bootstrap": {}}],
)
def test_nothing_is_stored_where_that_is_not_wanted(home: Home, said: dict[str, object]) -> None:
    configured(home, **said)
    ran = home.borgplan("apply", "-a", "create", "etc/c.yaml")
    assert ran.exit_code == 0, ran.stderr
    (archive,) = home.archives("r")
    listed = home.borg("list", "--short", f"backups/r::{archive}").decode()
    assert "manifest" not in listed
    assert "c.yaml" not in listed


def test_a_passphrase_is_asked_for_at_a_terminal_once(home: Home) -> None:
    home.borg("init", "--encryption", "repokey", "backups/secret")
    home.write("etc/c.yaml", "one\n")
    home.write(MANIFEST, json.dumps({"config_paths": [f"{home.path}/etc/c.yaml"]}))
    home.borg("create", "backups/secret::a-1", "borgmatic", f"{home.path}/etc")
    (home.path / "out").mkdir()
    words = ["bootstrap", "--repository", f"{home.path}/backups/secret", "--destination", "out"]
    ran = home.borgplan(*words, "--yes")
    assert (ran.exit_code, "set BORG_PASSPHRASE" in ran.stderr) == (2, True)
    assert at_a_terminal(home, [*words, "--yes"], PHRASE, b"Passphrase of") == 0
    assert Path(f"{home.path}/out{home.path}/etc/c.yaml").read_text() == "one\n"
    assert at_a_terminal(home, [*words, "--yes"], "another", b"Passphrase of") == 2


def test_recreate_keeps_manifest_and_configuration(home: Home) -> None:
    configured(home)
    runtime = {"XDG_RUNTIME_DIR": f"{home.path}/run"}
    assert home.borgplan("apply", "-a", "create", "etc/c.yaml", **runtime).exit_code == 0
    (archive,) = home.archives("r")
    words = ["apply", "-a", "recreate", "--archive", archive, "--yes", "etc/c.yaml"]
    ran = home.borgplan(*words, **runtime)
    assert ran.exit_code == 0, ran.stderr
    assert bootstrap(home, "--yes", **runtime).exit_code == 0
