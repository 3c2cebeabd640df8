"""Scripts that hooks name run with the rights of the backup: others must not be able to change them."""

from __future__ import annotations

import posixpath
import stat

from ...config.filled import filled_in
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...support.regex import lazily
from ..rule import Rule

_PATH = lazily(r"""(?:^|(?<=[\s;&|('"=]))(?:~?/|\.\.?/)[^\s;&|()<>'"`$*?]+""")
_CHANGED = lazily(r"""(?:^|[;&|({\n])\s*cd\s+([~/][^\s;&|()<>'"`$*?]*)""")
_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
_INTERPRETER = lazily(r"(?:^|[\s;&|(/])(?:sh|bash|dash|python3?|perl|\.|source)\s+\Z")


def script_modes(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP603: a script named by a hook can be written by the group or by others."""
    for configuration in compilation.configurations:
        for hook in configuration.hooks:
            for command in filled_in(hook.commands, configuration):
                for path in scripts(command.text, host):
                    status = host.status(path)
                    if status and status.mode & (stat.S_IWGRP | stat.S_IWOTH):
                        diagnostics.warning(
                            "BP603",
                            f"the script {path} of `{hook.kind.value}` can be written by "
                            f"{'everybody' if status.mode & stat.S_IWOTH else 'its group'} "
                            f"(mode {status.mode:04o})",
                            command.span,
                            f"chmod go-w {path}",
                        )


def scripts(text: str, host: Host) -> list[str]:
    """Paths in a command that are programs, or are handed to an interpreter."""
    found = []
    for match in _PATH.finditer(text):
        path = _at_home(match[0], host)
        if path.startswith("."):
            changed = [_at_home(at[1], host) for at in _CHANGED.finditer(text[: match.start()])]
            path = posixpath.normpath(posixpath.join(*changed[-1:], path)) if changed else path
        status = host.status(path)
        if status is None or not status.regular:
            continue
        if status.mode & _EXECUTABLE or _INTERPRETER.search(text[: match.start()]):
            found.append(path)
    return found


def _at_home(path: str, host: Host) -> str:
    return host.home + path[1:] if path.startswith("~/") else path


RULES = (Rule(("BP603",), script_modes),)
