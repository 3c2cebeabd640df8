"""What a dump is, told from its first bytes."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from borgplan.compiler.databases.dump_formats import Format, Told
from borgplan.compiler.databases.kinds import told_by
from borgplan.compiler.databases.roles import missing_roles, roles_in, roles_listed

_HEADER = (
    b"PGDMP\x01\x0e\x00\x04\x08\x01"
    b"\x01\x01\0\0\0"  # compression
    + b"".join(bytes([0, number, 0, 0, 0]) for number in (38, 49, 21, 1, 11, 126, 0))
    + b"\0\x02\0\0\0u1"
    + b"\0\x1e\0\0\x0015.18 (Debian 15.18-0+deb12u1)"
    + b"\0\x1e\0\0\x0015.19 (Debian 15.18-0+deb12u1)"
)


@pytest.mark.parametrize(
    ("kind", "head", "told"),
    [
        ("postgresql", _HEADER, Told(Format.CUSTOM, "15.18", "15.19")),
        ("postgresql", b"PGDMP\x01", Told(Format.CUSTOM)),
        ("postgresql", b"toc.dat".ljust(512, b"\0") + _HEADER, Told(Format.TAR, "15.18", "15.19")),
        ("postgresql", b"--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 14.2\n", Told(Format.PLAIN, "14.2")),
        ("postgresql", b"--\n-- PostgreSQL database cluster dump\n--\n", Told(Format.CLUSTER)),
        ("postgresql", b"\x1f\x8b\0", Told(None)),
        ("postgresql", b"", Told(None)),
        ("mariadb", b"-- MariaDB dump\n-- Server version\t10.11.19-MariaDB\n", Told(Format.SQL, "10.11.19")),
        ("mariadb", b"PGDMP\0", Told(None)),
        ("sqlite", b"PRAGMA foreign_keys=OFF;\n", Told(Format.SQL)),
        ("sqlite", b"SQLite format 3\0", Told(None)),
        ("mongodb", b"\x6d\xe2\x99\x81...", Told(Format.ARCHIVE)),
        ("mongodb", b"hello", Told(None)),
    ],
)  # fmt: skip
def test_the_first_bytes_tell(kind: str, head: bytes, told: Told) -> None:
    assert told_by(kind, head) == told


def test_any_beginning_of_a_header_is_read() -> None:
    for length in range(len(_HEADER)):
        told_by("postgresql", _HEADER[:length])


def test_roles_of_a_text() -> None:
    text = 'ALTER TABLE public.o OWNER TO joe;\nALTER TABLE t OWNER TO "a ""b";\nGRANT ALL ON t TO PUBLIC;\n'
    assert roles_in(text) == {"joe", 'a "b'}


def test_a_role_with_a_space_is_known_by_the_end_of_its_line() -> None:
    listed = roles_listed("; comment\n215; 1259 16397 TABLE public o odd role\n")
    assert missing_roles(listed, {"odd role"}) == set()
    assert missing_roles(listed, {"joe"}) == {"role"}


@pytest.mark.skipif(
    shutil.which("pg_restore") is None, reason="PostgreSQL's clients aren't installed"
)
def test_pg_restore_refuses_what_is_cut() -> None:
    cut = subprocess.run(["pg_restore", "--file", "/dev/null"], input=_HEADER, check=False)
    assert cut.returncode != 0
