"""Which configuration files a command is about."""

from __future__ import annotations

from ..source.diagnostic import Diagnostics
from ..source.host import Host, UnreadableError
from ..source.span import COMMAND_LINE, Span

_SUFFIXES = (".yaml", ".yml")
PROJECT = "borgplan.yaml"


def default_paths(host: Host) -> tuple[str, ...]:
    """Where borgmatic looks when no file is named (its documentation, "configuration files")."""
    user = host.environment.get("XDG_CONFIG_HOME") or f"{host.home}/.config"
    return (
        "/etc/borgmatic/config.yaml",
        "/etc/borgmatic.d",
        f"{user}/borgmatic/config.yaml",
        f"{user}/borgmatic.d",
    )


def is_configuration(name: str) -> bool:
    """Whether a file of this name in a directory counts as a configuration."""
    return name.endswith(_SUFFIXES) and name != PROJECT


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
            "no configuration file was given, and the default locations have none",
            COMMAND_LINE,
            "searched for " + ", ".join(default_paths(host)),
        )
    found: dict[str, None] = {}
    for path in wanted:
        if host.is_directory(path):
            found.update(dict.fromkeys(_in_directory(path, host, diagnostics)))
        else:
            found[path] = None
    return tuple(found)


def project_file(paths: tuple[str, ...], host: Host, diagnostics: Diagnostics) -> str | None:
    """The project file of these configuration files and directories: beside or in them, if there is one.

    Two of them are an error (BP705).
    """
    candidates: dict[str, None] = {}
    for path in paths or default_paths(host):
        directory = path.rstrip("/") or "/"
        places = [directory] if host.is_directory(path) else []
        for place in (*places, _beside(directory, host)):
            candidates[f"{place.rstrip('/')}/{PROJECT}" if place else PROJECT] = None
    found = [path for path in candidates if host.exists(path)]
    different = [path for path in found[1:] if not host.same_file(path, found[0])]
    if different:
        diagnostics.error(
            "BP705",
            f"two project files apply to this run: {found[0]} and {different[0]}",
            COMMAND_LINE,
            "choose one: --project FILE",
        )
    return found[0] if found and not different else None


def _beside(path: str, host: Host) -> str:
    """The directory that holds `path`; empty for the working directory."""
    before, _, name = path.rpartition("/")
    if name in ("", ".", ".."):
        from posixpath import dirname, join, normpath

        return dirname(normpath(join(host.directory, path)))
    return before or ("/" if path.startswith("/") else "")


def _in_directory(path: str, host: Host, diagnostics: Diagnostics) -> list[str]:
    try:
        names = host.entries(path)
    except UnreadableError as error:
        diagnostics.error("BP101", str(error), Span(path))
        return []
    files = [
        f"{path.rstrip('/')}/{name}"
        for name in names
        if is_configuration(name) and not host.is_directory(f"{path}/{name}")
    ]
    if not files:
        diagnostics.error(
            "BP122",
            "the directory has no configuration file",
            Span(path),
            "searched for *.yaml and *.yml",
        )
    return files
