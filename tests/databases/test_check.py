"""What is wrong with entries of databases is found before anything runs."""

from __future__ import annotations

import pytest

from tests.compiler.planning import ONE, codes, compilation

CODES = {"BP381", "BP384", "BP385", "BP386", "BP387", "BP388"}


@pytest.mark.parametrize(
    ("option", "entries", "code"),
    [
        ("postgresql", "{name: app}, {name: app}", "BP385"),
        ("postgresql", "{name: app, hostname: db, port: 1}, {name: app, label: 'db:1'}", "BP385"),
        ("postgresql", "{name: app}, {name: app, hostname: db}", ""),
        ("sqlite", "{name: s, path: /a}, {name: s, path: /b}", "BP385"),
        ("sqlite", "{name: s, path: /a}, {name: s, path: /b, label: b}", ""),
        ("postgresql", "{name: app, hostname: '{credential systemd x}'}", "BP386"),
        ("postgresql", "{name: app, password: '{credential nowhere x y}'}", "BP386"),
        ("postgresql", "{name: app, password: '{credential file /x}'}", ""),
        ("postgresql", "{name: all, compression: 9}", "BP387"),
        ("postgresql", "{name: all, compression: 9, format: custom}", ""),
        ("mariadb", "{name: app, skip_names: [x]}", "BP388"),
        ("mariadb", "{name: all, skip_names: [x]}", ""),
        ("sqlite", "{name: all, path: /a}", "BP388"),
        ("postgresql", "{name: a/b}", "BP384"),
        ("postgresql", "{name: ..}", "BP384"),
        ("postgresql", "{name: '-x'}", "BP384"),
        ("postgresql", "{name: 'host=db'}", "BP384"),
        ("mariadb", "{name: 'host=db'}", ""),
        ("postgresql", "{name: app, hostname: /run/postgresql}", "BP384"),
        ("postgresql", "{name: app, hostname: /run/postgresql, label: x}", ""),
        ("postgresql", "{name: app, label: ..}", "BP384"),
        ("postgresql", "{name: app, ssl_mode: maybe}", "BP381"),
        ("postgresql", "{name: app, ssl_mode: verify-full, port: 5432.0}", ""),
        ("influxdb", "{name: app, compression: zip}", "BP381"),
    ],
)
def test_an_entry_that_can_not_be_meant(option: str, entries: str, code: str) -> None:
    found = compilation({"c.yaml": f"{ONE}{option}_databases: [{entries}]\n"}, semantics="2.1")
    assert CODES.intersection(codes(found)) == ({code} if code else set())
    assert bool(found.errors) is (code not in ("", "BP388"))


def test_each_place_of_two_dumps_with_one_path_is_told() -> None:
    text = f"{ONE}postgresql_databases:\n  - name: app\n  - name: app\n    format: plain\n"
    (error,) = compilation({"c.yaml": text}, semantics="2.1").errors
    assert error.span.line == 6
    assert "postgresql_databases/localhost/app" in error.message
    assert "c.yaml:5" in error.hint


def test_databases_alone_are_something_to_back_up() -> None:
    text = "repositories: [{path: /backups/one}]\n"
    databases = "postgresql_databases: [{name: app}]\n"
    assert compilation({"c.yaml": text + databases}, semantics="2.1").errors == ()
    assert "BP211" in codes(compilation({"c.yaml": text}, semantics="2.1"))
    nothing = f"{text}patterns: []\n"
    assert "BP442" in codes(compilation({"c.yaml": nothing}, semantics="2.1"))
