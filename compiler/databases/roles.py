"""The roles that a dump of PostgreSQL needs, as far as its beginning tells: owners, and whom it grants something."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..support.regex import lazily

_IN_TEXT = lazily(
    r'^(?:ALTER .* OWNER TO|GRANT .* TO) ("(?:[^"]|"")+"|\w+)(?: WITH .*)?;$', 8
)  # re.MULTILINE
# A line of `pg_restore --list`: numbers, the kind of object, its schema, its name, its owner.
_LISTED = lazily(r"^\d+; \d+ \d+ (.*)$", 8)
_NOBODY = frozenset({"PUBLIC", "-"})


def roles_in(text: str) -> frozenset[str]:
    """Of a dump as SQL."""
    return frozenset(map(_name, _IN_TEXT.findall(text))) - _NOBODY


def roles_listed(text: str) -> frozenset[str]:
    """Of what `pg_restore --list` prints: texts that end with a role, as one with spaces can't be told apart."""
    return frozenset(_LISTED.findall(text))


def missing_roles(needed: Iterable[str], there: Collection[str]) -> set[str]:
    """Those of `roles_in` or `roles_listed` that aren't there, as far as they can be told."""
    return {
        text.rpartition(" ")[2]
        for text in needed
        if not any(text == role or text.endswith(f" {role}") for role in there)
    } - _NOBODY


def _name(written: str) -> str:
    return written[1:-1].replace('""', '"') if written.startswith('"') else written
