"""How the server of an entry is reached, for dumps and for restores; secrets by where they are configured."""

from __future__ import annotations

from collections.abc import Iterator

from ..config.credentials import Reference, reference, secret
from ..config.databases import DATABASES, Database
from ..config.model import Configuration
from ..plan.words import SecretOption, Word
from ..source.host import Host
from .client import Connection, of_secret

_REFERENCE = "{credential"


def connection(
    database: Database,
    configuration: Configuration,
    host: Host,
    address: Word = "",
    file: str = "",
    *,
    restores: bool = False,
) -> Connection:
    """`address`: of the container, if one is configured, which is known only while running. `file`: the name of the
    scratch text for the password. `restores`: options `restore_…` replace those of the same name."""

    def option(name: str) -> str:
        return name_of(database, name, restores=restores)

    tls = option("tls")
    return Connection(
        hostname=address or database.text(option("hostname")),
        port=database.text(option("port")),
        username=_lent(database, option("username"), configuration, host),
        password=_password(database, option("password"), configuration, host),
        socket=database.text(option("socket_path")),
        tls=database.boolean(tls) if database.is_set(tls) else None,
        file=file,
    )


def name_of(database: Database, name: str, *, restores: bool) -> str:
    """The option that counts: its `restore_…` form where that is set and asked for."""
    other = f"restore_{name}"
    return other if restores and database.is_set(other) else name


def _lent(database: Database, option: str, configuration: Configuration, host: Host) -> Word:
    """A text that may be kept elsewhere."""
    text = database.text(option)
    if not text.startswith(_REFERENCE):
        return text
    found = reference(text)
    if not isinstance(found, Reference):
        return text  # `check_databases` has recorded it
    return of_secret(secret(found, configuration.settings, host))


def _password(database: Database, option: str, configuration: Configuration, host: Host) -> Word:
    text = database.text(option)
    if not text:
        return ""
    if text.startswith(_REFERENCE):
        return _lent(database, option, configuration, host)
    return of_secret(place(configuration.path, database, option))


def place(file: str, database: Database, option: str) -> SecretOption:
    """Where a secret of an entry is configured."""
    return SecretOption(file, f"{database.option}[{database.number}].{option}")


def secret_options(configuration: Configuration) -> Iterator[tuple[SecretOption, str]]:
    """The secrets that a file's databases hold, each with its value; references are no secrets."""
    for database in configuration.databases:
        for option in DATABASES[database.kind].options:
            value = database.text(option.name)
            if option.secret and value and not value.startswith(_REFERENCE):
                yield place(configuration.path, database, option.name), value
