"""Addresses of repositories, in the form of borgmatic 2.1."""

from __future__ import annotations

from collections.abc import Iterator

from ..config.model import Configuration
from ..driver.sources import Sources
from ..source.span import Span, Text
from .values import address


def addresses(sources: Sources, changed: tuple[str, ...]) -> Iterator[tuple[str, Span]]:
    """What becomes of each address that is written anew, and where."""
    for configuration in sources.configurations:
        for repository in configuration.repositories:
            new = address(repository.path)
            if new != repository.path and repository.span.file in changed:
                yield f"{repository.path} -> {new}", repository.span


def with_addresses(configuration: Configuration, changed: tuple[str, ...]) -> Configuration:
    """With the repositories' paths as they are written now, for comparing everything else."""
    by_key = dict(configuration.settings.by_key)
    checked = by_key.get("check_repositories")
    if checked is not None:
        texts = configuration.settings.texts("check_repositories")
        by_key["check_repositories"] = checked._replace(
            value=tuple(Text(address(text.text), text.span) for text in texts)
        )
    return configuration._replace(
        settings=configuration.settings._replace(by_key=by_key),
        repositories=tuple(
            r._replace(path=address(r.path)) if r.span.file in changed else r
            for r in configuration.repositories
        ),
    )
