"""`{credential KIND …}`: a secret that is kept elsewhere, read only when a step needs it.

Kinds and their words: `file PATH`, `container NAME`, `systemd NAME`, `keepassxc DATABASE ENTRY`,
`onepassword REFERENCE`. Source: borgmatic 2.1.10, measured and documented ("provide your passwords").
"""

from __future__ import annotations

import re
import shlex

from ..plan.words import Secret, SecretCommand, SecretFile
from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.host import Host
from ..source.span import Text
from ..support.record import NamedTuple
from ..support.regex import lazily
from .options import SECRETS, Option
from .settings import Settings

_REFERENCE = lazily(r"\{credential(?: +([^}]*))?\}")
# What the words after each kind stand for, and the form they need.
_KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "file": (("PATH",), r".+"),
    "container": (("NAME",), r"\w+"),
    "systemd": (("NAME",), r"[\w.-]+"),
    "keepassxc": (("DATABASE", "ENTRY"), r".+"),
    "onepassword": (("REFERENCE",), r"op://.+"),
}
_OF_THE_DESKTOP = "secret-service"


class Reference(NamedTuple):
    """`words`: as many as the kind has."""

    kind: str
    words: tuple[str, ...]


def reference(text: str) -> Reference | str | None:
    """The reference that a value is; what is wrong with it; None if it isn't one."""
    match = _REFERENCE.match(text)
    if match is None:
        return None
    if match.end() < len(text):
        return "nothing may follow the closing brace"
    try:
        kind, *words = shlex.split(match[1] or "")
    except ValueError:
        return "it needs a kind and a name, with balanced quotes"
    if kind not in _KINDS:
        near = did_you_mean(kind, _KINDS)
        return f"there is no such kind of credential; {near or 'known: ' + ', '.join(_KINDS)}"
    names, form = _KINDS[kind]
    if len(words) != len(names) or not all(re.fullmatch(form, word) for word in words):
        return f"it is written {{credential {kind} {' '.join(names)}}}"
    return Reference(kind, tuple(words))


def check_reference(option: Option, value: Text, diagnostics: Diagnostics) -> None:
    """Record a reference that can't be followed (BP230) and one that nobody follows (BP231)."""
    found = reference(value.text) if option.name in SECRETS else None
    if isinstance(found, str):
        diagnostics.error(
            "BP230", f"`{option.name}` has an invalid credential reference", value.span, found
        )
    elif found is None:
        where = (
            "must be the whole value"
            if option.name in SECRETS
            else "is only supported for passphrases"
        )
        diagnostics.warning(
            "BP231",
            f"`{{credential …}}` in `{option.name}` is not replaced: it {where}",
            value.span,
        )


def secret(found: Reference, settings: Settings, host: Host) -> Secret:
    """Where the secret is to be had."""
    words = found.words
    match found.kind:
        case "file":
            return SecretFile(_below(settings.text("working_directory"), words[0], host))
        case "container":
            directory = settings.text("container.secrets_directory") or "/run/secrets"
            base = _below(settings.text("working_directory"), directory, host)
            return SecretFile(f"{base}/{words[0]}")
        case "systemd":
            return _of_systemd(words[0], settings, host)
        case "onepassword":
            program = shlex.split(settings.text("onepassword.op_command") or "op")
            return SecretCommand((*program, "read", "--no-newline", words[0]))
        case _:
            return _of_keepassxc(words[0], words[1], settings, host)


def _below(directory: str | None, path: str, host: Host) -> str:
    path = _home(path, host)
    return path if path.startswith("/") or not directory else f"{_home(directory, host)}/{path}"


def _home(path: str, host: Host) -> str:
    return host.home + path[1:] if path == "~" or path.startswith("~/") else path


def _of_systemd(name: str, settings: Settings, host: Host) -> Secret:
    """In a unit, systemd has put it into a directory; outside, it is decrypted."""
    directory = host.environment.get("CREDENTIALS_DIRECTORY")
    if directory:
        return SecretFile(f"{directory}/{name}")
    program = shlex.split(settings.text("systemd.systemd_creds_command") or "systemd-creds")
    store = settings.text("systemd.encrypted_credentials_directory") or "/etc/credstore.encrypted"
    return SecretCommand((*program, "decrypt", f"{store}/{name}"))


def _of_keepassxc(database: str, entry: str, settings: Settings, host: Host) -> Secret:
    if database == _OF_THE_DESKTOP:
        program = shlex.split(settings.text("keepassxc.secret_tool_command") or "secret-tool")
        return SecretCommand((*program, "lookup", "Path", entry))
    program = shlex.split(settings.text("keepassxc.keepassxc_cli_command") or "keepassxc-cli")
    key_file = settings.text("keepassxc.key_file")
    yubikey = settings.text("keepassxc.yubikey")
    asks = settings.boolean("keepassxc.ask_for_password") is not False
    return SecretCommand(
        (
            *(*program, "show", "--show-protected", "--attributes", "Password"),
            *([] if asks else ["--no-password"]),
            *(["--key-file", key_file] if key_file else []),
            *(["--yubikey", yubikey] if yubikey else []),
            *(_home(database, host), entry),
        )
    )
