"""Which configuration files a command is about."""

from __future__ import annotations

from .diagnostic import Diagnostics
from .host import Host, UnreadableError
from .source import Span

_SUFFIXES = (".yaml", ".yml")


def default_paths(host: Host) -> tuple[str, ...]:
    """Where borgmatic looks when no file is named (its documentation, "configuration files")."""
    user = host.environment.get("XDG_CONFIG_HOME") or f"{host.home}/.config"
    return (
        "/etc/borgmatic/config.yaml",
        "/etc/borgmatic.d",
        f"{user}/borgmatic/config.yaml",
        f"{user}/borgmatic.d",
    )


def configuration_files(
    paths: tuple[str, ...], host: Host, diagnostics: Diagnostics
) -> tuple[str, ...]:
    """The files that `paths` stand for, each once, in the order given.

    A directory stands for its `*.yaml` and `*.yml` files by name, not for those further down. No
    paths: the default ones that exist. Records what is missing or empty (codes BP12x).
    """
    wanted = paths or tuple(path for path in default_paths(host) if host.exists(path))
    if not wanted:
        diagnostics.error(
            "BP121",
            "no configuration file given, and none in the default places",
            Span("<command line>"),
            "looked for " + ", ".join(default_paths(host)),
        )
    found: dict[str, None] = {}
    for path in wanted:
        if host.is_directory(path):
            found.update(dict.fromkeys(_in_directory(path, host, diagnostics)))
        else:
            found[path] = None
    return tuple(found)


def _in_directory(path: str, host: Host, diagnostics: Diagnostics) -> list[str]:
    try:
        names = host.entries(path)
    except UnreadableError as error:
        diagnostics.error("BP101", str(error), Span(path))
        return []
    files = [
        f"{path.rstrip('/')}/{name}"
        for name in names
        if name.endswith(_SUFFIXES) and not host.is_directory(f"{path}/{name}")
    ]
    if not files:
        diagnostics.error(
            "BP122",
            "the directory holds no configuration file",
            Span(path),
            "looked for *.yaml, *.yml",
        )
    return files
