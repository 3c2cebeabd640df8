"""Where borgmatic looks for what it has put into archives that Borg 1.2 has made: below its runtime directory."""

from __future__ import annotations

from ..borg.target import expand_home
from ..config.settings import Settings
from ..source.host import Host

_BASES = ("XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY", "TMPDIR", "TEMP")


def base_of(settings: Settings, host: Host) -> str:
    """The directory in which its runtime directory is made."""
    configured = settings.text("user_runtime_directory")
    if configured:
        return expand_home(configured, host)
    found = (host.environment.get(name) for name in _BASES)
    return next((path for path in found if path), "/tmp")  # noqa: S108  # made with mkdtemp
