"""A configuration file with every option, those that few need as comments: what `borgmatic config generate` writes."""

from __future__ import annotations

from ..databases import DATABASES
from ..options import OPTIONS, Option, Type
from ..services import SERVICES

_HEAD = """\
# What to back up and where to, for borgplan and borgmatic 2. Every option is here; those after a `#` have no
# effect. What a run would do: borgplan plan FILE
"""
# What stands in the file, and isn't a comment.
_SET = {
    "source_directories": """\
source_directories:
    - /home
    - /etc
    - /var/log/syslog*
    - /home/user/path with spaces
""",
    "repositories": """\
repositories:
    - path: ssh://user@backupserver/./sourcehostname.borg
    # - path: /mnt/backup
    #   label: local
""",
    "keep_daily": "keep_daily: 7\n",
}
_SAMPLES = {
    Type.TEXT: "TEXT",
    Type.INTEGER: "1",
    Type.BOOLEAN: "true",
    Type.TEXTS: "[TEXT]",
    Type.TEXT_OR_TEXTS: "[TEXT]",
    Type.UMASK: "0077",
    Type.CHECKS: "[{name: repository, frequency: 2 weeks}, {name: archives, frequency: 1 month}]",
    Type.COMMANDS: "[echo hello]",
    Type.COMMAND_HOOKS: "[{after: error, run: ['echo {error}']}]",
    Type.EXIT_CODES: "[{code: 100, treat_as: error}]",
    Type.CONSTANTS: "{name: value}",
}
_FORMER_HOOKS = ("before_", "after_", "on_error")


def entries(
    leave_out: frozenset[str] = frozenset(), *, sample: bool = True
) -> list[tuple[str, str]]:
    """Every option but some: its name, and the lines of the file about it. `sample`: with those set that make up a
    first configuration."""
    found: dict[str, list[str]] = {}
    for option in OPTIONS:
        name, _, inner = option.name.partition(".")
        if name in leave_out or name.startswith(_FORMER_HOOKS):
            continue
        if inner:
            lines = found.setdefault(name, [f"# {name}:\n"])
            lines += [f"#     # {option.help}\n", f"#     {inner}: {_sample(option)}\n"]
        elif name not in found:
            text = _SET.get(name) if sample else None
            found[name] = [f"# {option.help}\n", text or f"# {name}: {_sample(option)}\n"]
    for name, service in SERVICES.items():
        found[name] = [f"# {name}:\n", *(_inner(o.name, o.help) for o in service.options)]
    for database in DATABASES.values():
        found[database.option] = [
            f"# {database.option}:\n", *(_inner(o.name, o.help) for o in database.options)
        ]  # fmt: skip
    return [(name, "".join(lines)) for name, lines in found.items() if name not in leave_out]


def _inner(name: str, text: str) -> str:
    return f"#     {name}: ...  # {text}\n"


def _sample(option: Option) -> str:
    if option.type is Type.CHOICE:
        return option.choices[0]
    return _SAMPLES.get(option.type, "...")


def text(leave_out: frozenset[str] = frozenset(), before: str = "") -> str:
    """A whole file. `before`: what it already says, on the options that are left out."""
    parts = [entry[1] for entry in entries(leave_out, sample=not before)]
    return "\n".join([before or _HEAD, *parts])
