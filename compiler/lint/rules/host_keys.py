"""ssh that takes whoever answers for the server."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.hook_texts import hook_texts
from ...config.model import Configuration
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...source.span import Span, Text
from ...support.regex import lazily
from ..rule import Rule

_UNCHECKED = lazily(
    r"(?i)StrictHostKeyChecking[\"']?(?:\s*=\s*|\s+)[\"']?(?:no|off|false)\b|UserKnownHostsFile[\"']?(?:\s*=\s*|\s+)[\"']?/dev/null\b"
    r"|\bssh-keyscan\b[^\n;|&]{0,200}>>?\s*\S*known_hosts"
)
_REMOTE = lazily(r"ssh://|\A[^/]+:")


def host_keys(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP604: in options, in hooks, and in BORG_RSH where Borg would take it from."""
    for configuration in compilation.configurations:
        said: set[Span] = set()
        for text in _texts(configuration):
            found = _UNCHECKED.search(text.text) if "host" in text.text.lower() else None
            if found is not None and text.span not in said:
                said.add(text.span)
                _say(found[0], text.span, diagnostics)
        inherited = host.environment.get("BORG_RSH", "")
        found = _UNCHECKED.search(inherited)
        if found is not None and _takes_environment(configuration):
            _say(
                f"{found[0]} in the environment variable BORG_RSH", configuration.span, diagnostics
            )


def _say(what: str, span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.warning(
        "BP604",
        f"`{what}`: ssh does not verify the server, so traffic can be read or changed on the way",
        span,
        "remove it and add the server's key to known_hosts (`ssh-keyscan`, verified with "
        "the server's owner); `StrictHostKeyChecking=accept-new` trusts only the first connection",
    )


def _texts(configuration: Configuration) -> Iterator[Text]:
    owns = [repository.own for repository in configuration.repositories if repository.own]
    for settings in (configuration.settings, *(own.settings for own in owns)):
        for setting in settings.by_key.values():
            if isinstance(setting.value, str):
                yield Text(setting.value, setting.span)
            elif isinstance(setting.value, tuple):
                yield from (item for item in setting.value if isinstance(item, Text))
    for commands in hook_texts((configuration,)):
        yield from commands


def _takes_environment(configuration: Configuration) -> bool:
    """Whether a repository is remote, and no option says how to reach it."""
    return any(
        _REMOTE.search(repository.path)
        and configuration.of(repository).settings.text("ssh_command") is None
        for repository in configuration.repositories
    )


RULES = (Rule(("BP604",), host_keys),)
