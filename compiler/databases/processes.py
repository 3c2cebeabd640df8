"""Programs other than Borg, as processes of a plan."""

from __future__ import annotations

from ..plan.exits import ExitCodes
from ..plan.words import Word
from ..plan.work import Process, Upstream


def plain(
    words: tuple[Word, ...],
    environment: tuple[tuple[str, Word], ...] = (),
    upstream: tuple[Upstream, ...] = (),
) -> Process:
    """A program that runs in a dry run, too, as it changes nothing."""
    return Process(words, words, ExitCodes(), environment, upstream=upstream)
