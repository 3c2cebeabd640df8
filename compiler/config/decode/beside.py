"""What stands beside options in a file, each with a table of its own: monitoring services and databases."""

from __future__ import annotations

from ...source.diagnostic import Diagnostics
from ...support.record import TYPE_CHECKING
from ...syntax.nodes import Node, Scalar
from ..option_names import DATABASE_NAMES, SERVICE_NAMES

if TYPE_CHECKING:
    from ..databases import Database
    from ..services import Service

NAMES = frozenset((*SERVICE_NAMES, *DATABASE_NAMES))


class Beside:
    """Collects them; their tables are loaded only where one of them is there."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._services: dict[str, Service | None] = {}
        self._databases: dict[str, tuple[Database, ...]] = {}
        self._diagnostics = diagnostics

    def __contains__(self, name: str) -> bool:
        return name in self._services or name in self._databases

    def take(self, key: Scalar, node: Node) -> None:
        """One of `NAMES` with its value."""
        if key.text in SERVICE_NAMES:
            from .services import service

            if key.text in self._services:
                self._diagnostics.error("BP373", f"`{key.text}` occurs twice", key.span)
            self._services[key.text] = service(key, node, self._diagnostics)
        else:
            from .databases import databases

            if key.text in self._databases:
                self._diagnostics.error("BP383", f"`{key.text}` occurs twice", key.span)
            self._databases[key.text] = databases(key, node, self._diagnostics)

    def services(self) -> tuple[Service, ...]:
        """Those that are sound, in their order."""
        return tuple(found for found in self._services.values() if found is not None)

    def databases(self) -> tuple[Database, ...]:
        """Those that are sound, kinds in the order of their names."""
        return tuple(found for _, entries in sorted(self._databases.items()) for found in entries)
