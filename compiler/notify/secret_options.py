"""The secrets among the options of a file's services, by where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from ..config.model import Configuration
from ..config.services import Kind, Service
from ..plan.words import SecretOption


def secret_options(configuration: Configuration) -> Iterator[tuple[SecretOption, str]]:
    """Each with its value; those that are kept elsewhere are references, and no secrets."""
    for service in configuration.services:
        yield from of_service(service, configuration.path)


def of_service(service: Service, file: str, within: str = "") -> Iterator[tuple[SecretOption, str]]:
    """Those of one. `file`: where it is configured, `within`: and in what."""
    for option in service.kind.options:
        value = service.options.get(option.name)
        if value is None or not option.secret:
            continue
        place = f"{within}{service.name}.{option.name}"
        if option.kind is Kind.TARGETS:
            for number, (url, _) in enumerate(value):
                yield SecretOption(file, f"{place}[{number}].url"), url.text
        elif not (option.lent and str(value).startswith("{credential")):
            yield SecretOption(file, place), str(value)
