"""systemd units, and a line for cron, that run a plan's configuration files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from ...compiler.plan.model import Plan
from ...compiler.plan.words import SecretCommand
from ...compiler.plan.work import Process, Shell
from ...compiler.support.record import NamedTuple

AWAKE = "borgplan-awake.service"
_LOCK_WAIT = "3600"
_AWAKE = """\
# Prevents sleep and shutdown while a backup runs.
[Unit]
Description=Prevent sleep while borgplan runs
StopWhenUnneeded=yes

[Service]
ExecStart=systemd-inhibit --what=sleep:shutdown --mode=block --who=borgplan --why="a backup is running" sleep infinity
"""
FAILED = "borgplan-failed@.service"
# For a run that was refused or killed, too: then borgplan itself may have sent nothing.
_FAILED = """\
# Started by systemd when a backup service fails, also if its run was refused, killed or could not start.
# Mails its status, or logs it with priority alert where no mail can be sent. Try it: systemctl start borgplan-failed@UNIT
[Unit]
Description=Report the failure of %i

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'status=$$(systemctl status --full --lines=40 "$$1"); \\
    command -v mail >/dev/null && printf "%%s\\n" "$$status" | mail -s "Backup failed on %H: $$1" "$$2" || \\
    printf "%%s\\n" "$$status" | logger -p daemon.alert -t borgplan' sh %i {address}
"""
_ALWAYS = """\
# No time limit here; the project file can limit single steps and the whole run.
TimeoutStartSec=infinity
# On stop, systemd signals only borgplan, which stops the running command and runs the planned cleanups.
KillMode=mixed
TimeoutStopSec=1h
# Directory of the locks; it must outlive a run that others wait for.
RuntimeDirectory=borgplan
RuntimeDirectoryPreserve=yes
RuntimeDirectoryMode=0700
UMask=0077
Nice=19
CPUSchedulingPolicy=batch
IOSchedulingClass=best-effort
IOSchedulingPriority=7
LockPersonality=yes
RestrictRealtime=yes
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
"""
_WITHOUT_HOOKS = """\
# There are no hooks, so only Borg and ssh run. Not restricted: reading everything, which is
# what a backup does; writing below /home, /root, /var and in repositories.
NoNewPrivileges=yes
ProtectSystem=full
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
"""
_WITH_HOOKS = """\
# Not restricted, because hooks may need it:
# - ProtectSystem=, ProtectHome=, PrivateTmp=, PrivateDevices=: each gives the service its own mounts; what
#   a hook mounts or unmounts would not be visible to the rest of the system, and dumps in /tmp would be in another place.
# - NoNewPrivileges=, CapabilityBoundingSet=: commands such as `sudo -u postgres` would fail.
# - RestrictNamespaces=, SystemCallFilter=: so would containers and snapshots.
# If your hooks do not need these, add restrictions with: systemctl edit {service}
"""


class Units(NamedTuple):
    """`files`: texts by name. `cron`: a line for /etc/cron.d, for systems without systemd."""

    files: dict[str, str]
    cron: str


def units(
    plan: Plan,
    name: str,
    program: Sequence[str],
    configs: Sequence[str],
    calendar: str,
    directory: str,
    address: str = "root",
) -> Units:
    """`program`: how borgplan is started. `configs`: absolute paths. `directory`: where relative paths in
    these, and hooks, begin. `address`: who gets a mail when the service fails."""
    service = f"{name}.service"
    command = [*program, "apply", "--recover", "--lock-wait", _LOCK_WAIT, *configs]
    return Units(
        {
            service: "".join(
                f"{line}\n" for line in _service(plan, service, command, configs, directory)
            ),
            f"{name}.timer": _timer(service, configs, calendar),
            AWAKE: _AWAKE,
            FAILED: _FAILED.replace("{address}", _quoted(address)),
        },
        f"0 3 * * * root cd {shlex.quote(directory)} && {shlex.join([*command, '--quiet'])}".replace(
            "%", r"\%"
        ),
    )


def units_of_defaults(name: str, program: Sequence[str]) -> dict[str, str]:
    """A service and a timer for the files in borgmatic's default locations, whatever these say: for packages.
    Nothing starts where there are no files."""
    service = f"{name}.service"
    found = "".join(
        f"Condition{what}=|{path}\n"
        for what, path in (
            ("PathExists", "/etc/borgmatic/config.yaml"),
            ("DirectoryNotEmpty", "/etc/borgmatic.d"),
        )
    )
    command = [*program, "apply", "--recover", "--lock-wait", _LOCK_WAIT]
    head = _unit_of_service("files in /etc/borgmatic and /etc/borgmatic.d")
    return {
        service: "\n".join(head) + f"\n{found}\n[Service]\nType=oneshot\nWorkingDirectory=/\n"
        f"ExecStart={' '.join(_quoted(word) for word in command)}\n"
        + _ALWAYS + _WITH_HOOKS.format(service=service),
        f"{name}.timer": _timer(service, ["/etc/borgmatic", "/etc/borgmatic.d"], "*-*-* 03:00:00"),
        AWAKE: _AWAKE,
        FAILED: _FAILED.replace("{address}", "root"),
    }  # fmt: skip


def _service(
    plan: Plan, service: str, command: Sequence[str], configs: Sequence[str], directory: str
) -> Iterator[str]:
    yield from _unit_of_service(" ".join(configs))
    yield ""
    yield "[Service]"
    yield "Type=oneshot"
    yield "# Relative paths in the configuration and in hooks start here."
    yield f"WorkingDirectory={_escaped(directory)}"
    yield f"ExecStart={' '.join(_quoted(word) for word in command)}"
    yield from (f"LoadCredentialEncrypted={_escaped(name)}" for name in _credentials(plan))
    yield from _ALWAYS.splitlines()
    hooks = any(isinstance(step.work, Shell) for step in plan.steps)
    yield from (_WITH_HOOKS.format(service=service) if hooks else _WITHOUT_HOOKS).splitlines()


def _unit_of_service(what: str) -> Iterator[str]:
    yield "[Unit]"
    yield f"Description=Backups of {_escaped(what)}"
    yield "Wants=network-online.target"
    yield "After=network-online.target"
    yield f"Wants={AWAKE}"
    yield f"OnFailure={FAILED.replace('@', '@%n')}"


def _timer(service: str, configs: Sequence[str], calendar: str) -> str:
    return (
        f"[Unit]\nDescription=Schedule of backups of {_escaped(' '.join(configs))}\n\n"
        f"[Timer]\nOnCalendar={_escaped(calendar)}\nRandomizedDelaySec=15min\nFixedRandomDelay=yes\nPersistent=yes\n"
        f"Unit={service}\n\n[Install]\nWantedBy=timers.target\n"
    )


def _credentials(plan: Plan) -> list[str]:
    """`NAME:PATH` of the secrets that outside of a unit systemd-creds would have to decrypt."""
    found: dict[str, None] = {}
    for step in plan.steps:
        secret = step.work.passphrase if isinstance(step.work, Process) else None
        if isinstance(secret, SecretCommand) and secret.argv[-2:-1] == ("decrypt",):
            path = secret.argv[-1]
            found[f"{path.rpartition('/')[2]}:{path}"] = None
    return list(found)


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(word: str) -> str:
    """A word of a command line, as systemd.syntax(7) and systemd.service(5) have it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    escaped = _escaped(escaped)
    plain = word and not set(word) & set(" \t\"'\\;")
    return escaped if plain else f'"{escaped}"'
