"""Secrets that stand in a configuration as they are."""

from __future__ import annotations

from ..compile import Compilation
from ..diagnostic import Diagnostics
from ..host import Host
from ..lazily import lazily
from .written import written

_PLACEHOLDER = lazily(
    r"(?i)(?:change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this)|(?:my|your)?[-_ ]?(?:super)?[-_ ]?"
    r"(?:secret|password|passphrase|pass ?phrase)(?:[-_ ]?here)?|your[-_ ].*|todo|x{3,}|\*{3,}|<.*>|"
    r"example|dummy|test|1234\d*)[.!]?"
)
_PATH = lazily(r"(?:~|\$HOME)?/[\w.-]+(?:/[\w.-]+)+|\$\(.*\)|`.*`|cat /.*|pass show .*|\$\w+")


def plain_secrets(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP610: a pass phrase. BP611: the placeholder of one. BP615: no pass phrase, but where it is."""
    for configuration in compilation.configurations:
        setting = configuration.settings.by_key.get("encryption_passphrase")
        if setting is None or not setting.value:
            continue
        text = written(compilation, setting.span)
        if "{" in text:
            continue  # a variable, a constant or a credential
        if _PATH.fullmatch(str(setting.value)):
            diagnostics.warning(
                "BP615",
                "this pass phrase looks like the name of a file or a command: it is taken as it stands, and "
                "nothing is read",
                setting.span,
                'write "{credential file PATH}", or use `encryption_passcommand`',
            )
        elif _PLACEHOLDER.fullmatch(str(setting.value)):
            diagnostics.warning(
                "BP611",
                "this pass phrase is the placeholder of an example: everybody knows it",
                setting.span,
                "choose one; `borg key change-passphrase` changes that of a repository",
            )
        else:
            diagnostics.note(
                "BP610",
                "the pass phrase stands in this file: so it does in every copy of it",
                setting.span,
                '"{credential file /etc/borgmatic/passphrase}" in its place keeps it apart',
            )
