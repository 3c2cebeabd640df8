"""Commands of hooks to shells: variables filled in, and what the configuration says of how they run."""

from __future__ import annotations

from ..borg.target import expand_home
from ..config.filled import filled_text
from ..config.hooks import Script
from ..config.model import Configuration, Repository
from ..plan.words import FAILURE, Value
from ..plan.work import Shell
from ..semantics import Profile
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..source.span import Text
from ..support.record import NamedTuple

LONGEST_WORD = 131_071  # bytes of one word of a command line (execve(2), MAX_ARG_STRLEN)
_LONGEST_CHARACTER = 4  # bytes


class Surroundings(NamedTuple):
    """What the commands of a hook can know. `repository`: None outside of those. `environment`: whether
    `${NAME}` stands for borgplan's environment, where the generation has that. `plain_text`: commands that
    take values as they are, by the project file."""

    configuration: Configuration
    repository: Repository | None
    profile: Profile
    host: Host
    environment: bool
    plain_text: tuple[str, ...] = ()


def shell_of(
    command: Text, variables: frozenset[str], around: Surroundings, diagnostics: Diagnostics
) -> Shell | None:
    """One command of a hook that may use these `variables`; None after a diagnostic."""
    configuration, profile = around.configuration, around.profile
    if _is_too_long(command.text, command, diagnostics):  # before anything reads all of it
        return None
    script = _script(command, variables, around, diagnostics)
    if script is None or _is_too_long(script.text, command, diagnostics):
        return None
    settings = configuration.settings
    umask = settings.integer("hooks_umask")
    if umask is None and profile.merged_umask:
        umask = settings.integer("umask")
    directory = settings.text("working_directory")
    return Shell(
        script=script.text,
        written=filled_text(command.text, configuration.constants),
        exits=profile.hook_exits,
        late=script.late,
        umask=umask or None,
        directory=expand_home(directory, around.host)
        if directory and profile.hooks_in_working_directory
        else None,
    )


def _is_too_long(text: str, command: Text, diagnostics: Diagnostics) -> bool:
    """Whether the system would refuse to start a shell with this script (BP124)."""
    if len(text) * _LONGEST_CHARACTER <= LONGEST_WORD:
        return False
    size = len(text.encode("utf-8", "surrogateescape"))
    if size <= LONGEST_WORD:
        return False
    diagnostics.error(
        "BP124",
        f"a command of {size} bytes can't run: the system allows {LONGEST_WORD}",
        command.span,
        "put it into a script and call that here",
    )
    return True


def _script(
    command: Text, variables: frozenset[str], around: Surroundings, diagnostics: Diagnostics
) -> Script | None:
    """See `template.script`, which isn't loaded for a command without braces."""
    if "{" not in command.text:
        return Script(command.text)
    from .placeholders import check_placeholders
    from .template import script

    values: dict[str, str | Value] = {name: _value(name, around) for name in variables}
    values |= around.configuration.constants  # a constant wins over a variable of that name
    check_placeholders(command, values.keys(), diagnostics)
    resolves = around.profile.environment and around.environment
    environment = around.host.environment if resolves else None
    return script(command, values, environment, diagnostics, around.plain_text)


def _value(name: str, around: Surroundings) -> str | Value:
    """What a variable stands for: known now, or only while running."""
    configuration, repository = around.configuration, around.repository
    if name == "configuration_filename":
        return configuration.path
    if name == "repositories":
        return ",".join(r.path for r in configuration.repositories)
    if name == "log_file":
        return configuration.settings.text("log_file") or ""
    if repository is not None and name == "repository":
        return repository.path
    if repository is not None and name == "repository_label":
        return repository.label
    return Value(FAILURE, name)
