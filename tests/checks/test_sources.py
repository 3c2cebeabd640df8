"""What is backed up against where it stands: links, relative sources, repositories inside, idle patterns."""

from __future__ import annotations

import pytest

from borgplan.compiler.borg.versions import version
from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lint.registry import run_checks
from borgplan.compiler.lint.rules.sources import linked_sources
from borgplan.compiler.lower.selection import Facts
from borgplan.compiler.source.diagnostic import Diagnostic, Diagnostics
from tests.compiler.memory_host import MemoryHost

ONE = "repositories: [{path: /backups/one}]\nkeep_daily: 1\n"
TWO = "repositories: [{path: /home/one}, {path: /home/two}]\nkeep_daily: 1\n"
FAR = "repositories: [{path: /home/one}, {path: ssh://host/./home/one}]\nkeep_daily: 1\n"


def compiled(text: str, host: MemoryHost, borg: str = "", *, presence: bool = True) -> Compilation:
    found = version(borg)
    facts = Facts(versions={"borg": found} if found else {})
    diagnostics = Diagnostics()
    sources = read(CompileRequest(("c.yaml",), semantics="2.1"), host, diagnostics)
    return plan_of(sources, host, diagnostics, facts=facts, presence=presence)


def checked(text: str, **links: str) -> list[Diagnostic]:
    host = MemoryHost({"/srv/c.yaml": text}, links=links)
    compilation = compiled(text, host, presence=False)
    assert not compilation.errors
    found = Diagnostics()
    run_checks(compilation, host, found)
    return list(dict.fromkeys(item for item in found if item.code > "BP440"))


def codes(text: str) -> list[str]:
    return [item.code for item in checked(text)]


@pytest.mark.parametrize("source", ["/data", "/data/", "/data/.", "/da*"])
def test_a_source_that_is_a_link_is_told_by_plan_and_by_lint(source: str) -> None:
    text = f"source_directories: [{source}, /etc]\n{ONE}"
    host = MemoryHost(
        {"/srv/c.yaml": text, "/data": "", "/etc/x": ""}, links={"/data": "/mnt/data"}
    )
    compilation = compiled(text, host)
    (planned,) = [item for item in compilation.diagnostics if item.code == "BP443"]
    assert "/mnt/data" in planned.message
    linted = Diagnostics()
    linked_sources(compilation, host, linted)
    assert linted == [planned]
    offline = compiled(text, host, presence=False)
    assert "BP443" not in [item.code for item in offline.diagnostics]


def test_a_root_among_patterns_may_be_a_link_too() -> None:
    text = f"working_directory: /w\npatterns: ['R docs', '- x']\n{ONE}"
    host = MemoryHost({"/srv/c.yaml": text, "/w/docs": ""}, links={"/w/docs": "elsewhere"})
    assert "BP443" in [item.code for item in compiled(text, host).diagnostics]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"source_directories: [/home]\n{TWO}", 2),
        (f"source_directories: [/]\n{TWO}", 2),
        (f"source_directories: [/home/two]\n{TWO}", 1),
        (f"source_directories: [/home]\n{FAR}", 1),
        (f"source_directories: [/hom]\n{TWO}", 0),
        (f"source_directories: [/home]\n{ONE}", 0),
        (f"source_directories: [/home]\n{ONE.replace('/backups', '/home')}", 0),
        (f"source_directories: [/home]\nexclude_patterns: ['pp:/home/two', /home/one]\n{TWO}", 0),
        (f"source_directories: [/home]\nexclude_patterns: ['sh:/home/*/']\n{TWO}", 0),
        (f"source_directories: [/home]\nexclude_patterns: ['re:^home/(one|two)']\n{TWO}", 0),
        (f"source_directories: [/home]\nexclude_patterns: ['re:^home/one']\n{TWO}", 1),
        (f"source_directories: [/home]\npatterns: ['+ /home/two', '! /home']\n{TWO}", 0),
        (f"patterns: ['R /home', '+ /home/two', '- /home/**']\n{TWO}", 1),
    ],
)
def test_another_repository_among_the_sources(text: str, number: int) -> None:
    assert codes(text).count("BP444") == number


@pytest.mark.parametrize("source", ["docs", "./docs", ".", "~nobody/x"])
def test_a_relative_source(source: str) -> None:
    text = f"source_directories: [{source}, /etc]\n{ONE}"
    (found,) = [item for item in checked(text) if item.code == "BP445"]
    assert found.span.line == 1
    if not source.startswith("~"):
        assert "BP445" not in codes(f"{text}working_directory: /srv\n")


IDLE = (
    "node_modules", "sh:*.pyc", "fm:cache/*", "pp:home/x", "pf:/var", "re:^/var/x", "re:/var/lib/x", "~nobody/x",
    "sh:/v/**", "sh:/va[a-q]/x", "/etc", "# no comment", "'*.tmp'",
)  # fmt: skip
USEFUL = (
    "*/node_modules", "*.pyc", "sh:**/*.pyc", "sh:/*/lib", "/var/lib/x", "/var/lib/", "fm:/v*/x",
    "pf:/var/lib/x", "re:x", "re:^var/", "sh:/var/l?b/x", "sh:/va[a-r]/lib/x", "sh:/v*r/**", "[/v]ar/*", "sh:var/lib/x",
)  # fmt: skip


@pytest.mark.parametrize("pattern", IDLE)
def test_a_pattern_that_fits_nothing(pattern: str) -> None:
    text = f'source_directories: [/var/lib]\nexclude_patterns: ["{pattern}"]\n{ONE}'
    assert codes(text) == ([] if pattern[0] == "#" else ["BP446"])


@pytest.mark.parametrize("pattern", USEFUL)
def test_a_pattern_that_may_fit_something(pattern: str) -> None:
    text = f'source_directories: [/var/lib]\nexclude_patterns: ["{pattern}"]\n{ONE}'
    assert "BP446" not in codes(text)


@pytest.mark.parametrize(
    "pattern", ["/var/lib", "/var", "pp:/var", "sh:/*", "fm:*", "re:^var", "pf:/var/lib"]
)
def test_a_source_that_is_left_out_itself(pattern: str) -> None:
    text = f'source_directories: [/var/lib]\nexclude_patterns: ["{pattern}"]\n{ONE}'
    assert codes(text) == ["BP449"]
    kept = f"patterns: ['+ /var/lib']\n{text}"
    assert "BP449" not in codes(kept)


def test_what_is_unclear_is_left_alone() -> None:
    rule = 'exclude_patterns: ["node_modules"]\n'
    assert codes(f"source_directories: ['/x*']\n{rule}{ONE}") == []
    assert codes(f"source_directories: [/x]\nextra_borg_options: {{create: /y}}\n{rule}{ONE}") == []
    assert "BP446" not in codes(f"source_directories: [.]\n{rule}{ONE}")


def test_many_idle_patterns_are_told_in_short() -> None:
    names = ", ".join(f"name{number}" for number in range(1000))
    found = checked(f"source_directories: [/x]\nexclude_patterns: [{names}]\n{ONE}")
    assert len(found) == 3
    assert "997 more" in found[-1].message


def test_a_location_of_borg_2_is_told_where_borg_1_is_known() -> None:
    text = "source_directories: [/etc]\nrepositories: [{path: 'sftp://host/x'}]\nkeep_daily: 1\n"
    host = MemoryHost({"/srv/c.yaml": text})
    for borg, number in (("1.4.5", 1), ("2.0.0b20", 0), ("", 0)):
        told = [item.code for item in compiled(text, host, borg).diagnostics]
        assert told.count("BP448") == number, borg
