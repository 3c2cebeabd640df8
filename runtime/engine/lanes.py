"""The interface behind which children of a scope run at the same time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from ...compiler.plan.model import Scope, ScopeId
from ...compiler.support.record import TYPE_CHECKING, Protocol
from .reporters import Reporter
from .runner import Runner

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")


class Lanes(Protocol):
    """Runs children of a scope at the same time."""

    @property
    def waves(self) -> Mapping[ScopeId, int]:
        """The number of the children with whom a child may run; see `compiler/analysis/concurrency.py`."""

    def lane(self, child: Scope) -> AbstractContextManager[tuple[Runner, Reporter]]:
        """What runs the steps of one child, and who is told."""

    def run(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """Do all tasks; what each gave. Raises what one of them raises, once all have ended."""
