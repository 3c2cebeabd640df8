"""Dumps whose failure the rest of a pipeline hides."""

from __future__ import annotations

from ...config.hook_texts import as_written, hook_texts
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ..rule import Rule


def hidden_failures(compilation: Compilation, host: Host, diagnostics: Diagnostics) -> None:
    """BP355: `pg_dump | gzip` succeeds if pg_dump fails."""
    del host
    hooks = hook_texts(compilation.configurations)
    piping = [command for hook in hooks for command in hook if "|" in command.text]
    if not piping:
        return
    from ...shell.hidden_dumps import hidden_dump
    from ...syntax.source_map import PlacesIn

    places = PlacesIn(compilation.texts, as_written(compilation.configurations))
    for command in piping:
        found = hidden_dump(command.text)
        if found is not None:
            diagnostics.warning(
                "BP355",
                f"if {found.dump} fails, the hook still succeeds: the exit code of the pipeline "
                f"is that of {found.last}",
                places.of(command).span(found.start, found.end),
                "use bash -c 'set -o pipefail; …', or dump to a file first and compress that",
            )


RULES = (Rule(("BP355",), hidden_failures),)
