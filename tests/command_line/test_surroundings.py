"""What the plan as text says that Borg's commands have in common, and for which repositories."""

from __future__ import annotations

from tests.command_line.place import Place

START = "source_directories: [/etc/hostname]\nkeep_daily: 1\n"


def titles(place: Place, repositories: str, more: str = "") -> list[str]:
    place.write("c.yaml", f"{START}{more}repositories:\n{repositories}")
    lines = place.run("plan", "--offline", "-a", "create,check", "c.yaml").out.splitlines()
    return [
        line.partition(": ")[0]
        for line in lines
        if line.startswith(("PATTERNS", "Borg's environment"))
    ]


def test_what_is_the_same_stands_there_once(place: Place) -> None:
    found = titles(place, "- {path: one}\n- {path: two, lock_wait: 5}\n- {path: three}\n")
    assert found == ["PATTERNS of c.yaml", "Borg's environment for c.yaml"]


def test_where_repositories_differ_each_block_names_its_own(place: Place) -> None:
    own = "exclude_patterns: [x], ssh_command: ssh -4"
    found = titles(
        place, f"- {{path: one}}\n- {{path: two, label: far, {own}}}\n- {{path: three}}\n"
    )
    assert found == [
        "PATTERNS of c.yaml, repositories one and three",
        "PATTERNS of c.yaml, repository far",
        "Borg's environment for c.yaml, repositories one and three",
        "Borg's environment for c.yaml, repository far",
    ]


def test_configured_exit_codes_are_one_line(place: Place) -> None:
    rules = (
        "borg_exit_codes:\n- {code: 105, treat_as: warning}\n- {code: 13, treat_as: warning}\n"
        "- {code: 14, treat_as: error}\n"
    )
    found = titles(place, "- {path: one}\n", rules)
    out = place.run("plan", "--offline", "-a", "create", "--semantics", "2.1", "c.yaml").out
    assert len(found) == 2
    assert out.count("    exit codes, as configured: 13 is a warning, 105 is a warning\n") == 1


def test_without_them_nothing_is_said_of_exit_codes(place: Place) -> None:
    titles(place, "- {path: one}\n")
    assert "exit codes" not in place.run("plan", "--offline", "c.yaml").out


def test_each_kind_of_file_says_what_is_in_it(place: Place) -> None:
    place.write(
        "c.yaml",
        f"{START}repositories: [{{path: one}}]\nmysql_databases: [{{name: shop, username: u, password: p}}]\n"
        "checks: [{name: spot, count_tolerance_percentage: 9, data_sample_percentage: 9, data_tolerance_percentage: 9}]\n",
    )
    out = place.run("plan", "--offline", "--semantics", "2.1", "c.yaml").out
    blocks = [line for line in out.splitlines() if " of c.yaml" in line]
    assert [block.partition(" of ")[0] for block in blocks if ": " in block] == [
        "BOOTSTRAP-PATTERNS", "DUMP-PATTERNS", "PATTERNS", "CLIENT-OPTIONS", "CONFIGURATION-FILES",
    ]  # fmt: skip
    assert "mysqldump --defaults-extra-file=CLIENT-OPTIONS " in out
    assert "exit codes, as configured" not in out  # those of xxh64sum are nobody's choice
