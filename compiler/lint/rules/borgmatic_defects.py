"""Where borgmatic 2.1.10 itself stumbles over what a file says, and borgplan doesn't."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.model import Configuration
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...source.span import Span
from ...support.regex import lazily
from ..rule import Rule

_NUMBER = (
    "in a file with `constants`, borgmatic reads this passphrase as a number and refuses "
    "it; borgplan reads it as text"
)
_RELATIVE = (
    "borgmatic searches for this file in `working_directory`, then opens it relative to its start "
    "directory and fails; borgplan uses the start directory"
)
_COLON = (
    "because of the colon, borgmatic treats this path as remote; borgplan passes it on unchanged"
)
_REPO_CREATE = (
    "borgmatic ignores `extra_borg_options.repo_create` and uses `init`; borgplan uses both"
)
_BECOMES_A_NUMBER = lazily(r"[+-]?\d+|true|false|True|False")


def borgmatic_defects(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP245: for who uses the same files with borgmatic."""
    for configuration in compilation.configurations:
        for span, what in _found(configuration):
            diagnostics.note("BP245", what, span)


def _found(configuration: Configuration) -> Iterator[tuple[Span, str]]:
    settings = configuration.settings
    ignored = settings.by_key.get("extra_borg_options.repo_create")
    if ignored is not None:
        yield ignored.span, _REPO_CREATE
    secret = settings.by_key.get("encryption_passphrase")
    if configuration.constants and secret and _BECOMES_A_NUMBER.fullmatch(str(secret.value)):
        yield secret.span, _NUMBER
    if settings.text("working_directory"):
        for option in ("patterns_from", "exclude_from"):
            for text in settings.texts(option):
                if not text.text.startswith(("/", "~")):
                    yield text.span, _RELATIVE
    for repository in configuration.repositories:
        if repository.path.startswith("/") and ":" in repository.path:
            yield repository.span, _COLON


RULES = (Rule(("BP245",), borgmatic_defects),)
