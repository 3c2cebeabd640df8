"""`borgplan units`: what it writes, systemd understands, and lets a backup and its hooks work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from borgplan.runtime.render.units import units_of_defaults

PLAIN = "repositories:\n  - path: /repo\nsource_directories: [/etc]\n"
HOOKS = PLAIN + "commands:\n  - before: everything\n    run: [mount /mnt/usb]\n"


def units(directory: Path, text: str, *words: str) -> subprocess.CompletedProcess[str]:
    config = directory / "home 100%.yaml"
    config.write_text(text)
    config.chmod(0o600)
    return subprocess.run(
        [sys.executable, "-m", "borgplan.runtime", "units", str(config), *words],
        cwd=directory, text=True, capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(directory), "BORGPLAN_BORGMATIC": ""},
    )  # fmt: skip


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("text", [PLAIN, HOOKS])
def test_systemd_finds_nothing_wrong(tmp_path: Path, text: str) -> None:
    out = tmp_path / "units"
    out.mkdir()
    ran = units(tmp_path, text, "-o", str(out))
    assert ran.returncode == 0, ran.stderr
    files = sorted(out.iterdir())
    assert [file.name for file in files] == [
        "borgplan-awake.service", "borgplan-failed@.service",
        "borgplan-home-100-.service", "borgplan-home-100-.timer",
    ]  # fmt: skip
    # Another command of this machine would be a problem of this machine.
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, files)],
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_percent_sign_and_a_blank_in_a_path_stay_what_they_are(tmp_path: Path) -> None:
    ran = units(tmp_path, PLAIN)
    assert f'"{tmp_path}/home 100%%.yaml"' in ran.stdout
    assert rf"'{tmp_path}/home 100\%.yaml' --quiet" in ran.stdout


def test_relative_paths_mean_the_same_as_where_the_units_were_made(tmp_path: Path) -> None:
    directory = tmp_path / "a 50% b"
    directory.mkdir()
    out = units(directory, PLAIN).stdout
    assert f"\nWorkingDirectory={tmp_path}/a 50%% b\n" in out
    assert rf" root cd '{tmp_path}/a 50\% b' && " in out


def test_hooks_keep_the_service_open_and_it_says_why(tmp_path: Path) -> None:
    assert "\nProtectSystem=full\n" in units(tmp_path, PLAIN).stdout
    with_hooks = units(tmp_path, HOOKS).stdout
    assert "\nProtectSystem=" not in with_hooks
    assert "# - ProtectSystem=" in with_hooks


def test_credentials_of_systemd_are_loaded_by_the_service(tmp_path: Path) -> None:
    text = PLAIN + 'encryption_passphrase: "{credential systemd borg}"\n'
    ran = units(tmp_path, text)
    assert "\nLoadCredentialEncrypted=borg:/etc/credstore.encrypted/borg\n" in ran.stdout


def test_a_long_backup_is_not_ended_and_borgplan_stops_its_children_itself(tmp_path: Path) -> None:
    lines = units(tmp_path, PLAIN).stdout.splitlines()
    assert {"TimeoutStartSec=infinity", "KillMode=mixed", "RuntimeDirectoryPreserve=yes"} <= {
        *lines
    }


def test_a_failure_of_the_service_is_reported_by_another_unit(tmp_path: Path) -> None:
    """Its command, run as systemd would, with a `mail` and without."""
    out = tmp_path / "units"
    assert units(tmp_path, PLAIN, "-o", str(out), "--mail", "anna@example.org").returncode == 0
    assert (
        "\nOnFailure=borgplan-failed@%n.service\n"
        in (out / "borgplan-home-100-.service").read_text()
    )
    text = (out / "borgplan-failed@.service").read_text().replace("\\\n", " ")
    line = text.partition("ExecStart=")[2]
    for written, meant in (("$$", "$"), ("%i", "a.service"), ("%H", "here"), ("%%", "%")):
        line = line.replace(written, meant)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "mail", "logger"):
        file = programs / name
        file.write_text(
            f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/ran\n[ {name} = systemctl ] || cat >> {tmp_path}/ran\necho text\n'
        )
        file.chmod(0o755)
    for _ in range(2):
        subprocess.run(["/bin/sh", "-c", line], check=True, env={"PATH": str(programs) + ":/bin"})
        (programs / "mail").unlink(missing_ok=True)
    (programs / "mail").write_text("#!/bin/sh\ncat > /dev/null; exit 1\n")  # no mail server
    (programs / "mail").chmod(0o755)
    subprocess.run(["/bin/sh", "-c", line], check=True, env={"PATH": str(programs) + ":/bin"})
    ran = (tmp_path / "ran").read_text().splitlines()
    asked = "systemctl status --full --lines=40 a.service"
    assert ran == [
        asked, "mail -s Backup failed on here: a.service anna@example.org", "text",
        asked, "logger -p daemon.alert -t borgplan", "text",
        asked, "logger -p daemon.alert -t borgplan", "text",
    ]  # fmt: skip


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    first = units(tmp_path, PLAIN, "-o", str(tmp_path))
    assert first.returncode == 0
    assert units(tmp_path, PLAIN, "-o", str(tmp_path)).returncode == 0
    assert units(tmp_path, HOOKS, "-o", str(tmp_path)).returncode == 2
    service = tmp_path / "borgplan-home-100-.service"
    assert "\nProtectSystem=full\n" in service.read_text()


def test_a_configuration_with_errors_gets_no_units(tmp_path: Path) -> None:
    ran = units(tmp_path, "repositories: 3\n")
    assert (ran.returncode, ran.stdout) == (2, "")


@pytest.mark.parametrize(
    "words", [("--name", "a/b"), ("--on-calendar", "daily\nUser=x"), ("--mail", "a\nUser=x")]
)
def test_what_no_unit_can_hold_is_refused(tmp_path: Path, words: tuple[str, str]) -> None:
    ran = units(tmp_path, PLAIN, *words)
    assert (ran.returncode, ran.stdout) == (2, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_nothing_wrong_in_the_units_of_packages(tmp_path: Path) -> None:
    files = units_of_defaults("borgplan", ["/bin/true"])
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
         *(str(tmp_path / name) for name in files)],
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "ConditionDirectoryNotEmpty=|/etc/borgmatic.d\n" in files["borgplan.service"]
