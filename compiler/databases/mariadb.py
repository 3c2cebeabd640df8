"""MariaDB: as MySQL, but for its programs and its users."""

from __future__ import annotations

from .mysql import KIND as KIND
