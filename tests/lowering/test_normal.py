"""The normal form: equal for every way to write the same, different for everything else."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.lowering.command_line import CommandLine, parse
from tests.lowering.normal import Invocation, differences, normal_form
from tests.lowering.rewrites import OTHER, SAME, Rewrite
from tests.lowering.vectors import all_vectors, invocation_of


def recorded() -> Iterator[tuple[str, Invocation, CommandLine, str]]:
    """All recorded invocations that their Borg understands."""
    for vector in all_vectors():
        for number, data in enumerate(vector.invocations):
            invocation, version = invocation_of(data), vector.borg_version
            line = parse(invocation.argv[1:], version)
            if not line.unknown:
                yield f"{vector}[{number}]", invocation, line, version


@pytest.mark.parametrize("rewrite", SAME, ids=lambda rewrite: rewrite.__name__)
def test_same_effect(rewrite: Rewrite) -> None:
    chance = random.Random(1)
    count = 0
    for name, invocation, line, version in recorded():
        form = normal_form(invocation, version)
        for other in rewrite(invocation, line, version, chance):
            count += 1
            found = differences(form, normal_form(other, version))
            assert not found, f"{name}: {invocation.argv} and {other.argv}: {found}"
    assert count, "no recorded invocation can be rewritten so"


@pytest.mark.parametrize("rewrite", OTHER, ids=lambda rewrite: rewrite.__name__)
def test_other_effect(rewrite: Rewrite) -> None:
    chance = random.Random(1)
    count = 0
    for name, invocation, line, version in recorded():
        form = normal_form(invocation, version)
        for other in rewrite(invocation, line, version, chance):
            count += 1
            same = form == normal_form(other, version)
            assert not same, f"{name}: {invocation} and {other}"
    assert count, "no recorded invocation can be rewritten so"


def borg(*words: str, version: str = "1.4.5", **environment: str) -> object:
    return normal_form(Invocation(("borg", *words), environment, "/d", {}), version)


def test_places() -> None:
    assert borg("info", "repo") == borg("info", "/d/repo") == borg("info", "file:///d/./repo")
    assert borg("info", "u@h:x/y") == borg("info", "ssh://u@h/./x/y")
    assert borg("info", "h:/x") == borg("info", "ssh://h/x")
    assert borg("info", "/d/a:b") != borg("info", "ssh:///d/a/./b")
    assert borg("info", "repo") != borg("info", "repo::archive")
    assert borg("info", "-r", "/d/repo", version="2.0.0b19") == borg(
        "info", version="2.0.0b19", BORG_REPO="repo"
    )


def test_archives() -> None:
    assert borg("prune", "-P", "x", "r") == borg("prune", "-a", "x*", "r")
    assert borg("prune", "-a", "*", "r") == borg("prune", "r")
    # Without archives named, `delete` is about the whole repository, and `info` too.
    assert borg("delete", "-a", "*", "r") != borg("delete", "r")
    assert borg("info", "-a", "*", "r") != borg("info", "r")
    # The style of `--match-archives` is a whole name.
    second = "2.0.0b19"
    assert borg("prune", "-a", "x*", version=second) == borg("prune", "-a", "id:x*", version=second)
    assert borg("prune", "-a", "x*", version=second) != borg("prune", "-a", "sh:x*", version=second)


def test_values() -> None:
    assert borg("create", "-C", "zstd", "r::a") == borg("create", "-C", "zstd,3", "r::a")
    assert borg("create", "-C", "auto,zlib", "r::a") == borg("create", "-C", "auto,zlib,6", "r::a")
    assert borg("create", "--umask", "027", "r::a") == borg("create", "--umask=27", "r::a")
    assert borg("prune", "--keep-last", "3", "r") == borg("prune", "--keep-secondly", "3", "r")
    assert borg("check", "--lock-wait", "1", "r") == borg("check", "r")
    assert borg("check", "--lock-wait", "1", version="2.0.0b19") != borg(
        "check", version="2.0.0b19"
    )


def test_what_is_asked_for_counts() -> None:
    assert borg("list", "--short", "r") != borg("list", "r")
    assert borg("create", "--list", "--stats", "r::a") == borg("create", "r::a")


def test_variables() -> None:
    assert borg("info", "r", BORG_RSH="ssh -v") == borg("info", "--rsh", "ssh -v", "r")
    assert borg("info", "r", BORG_KEYS_DIR="/k") != borg("info", "r")
    assert borg("info", "r", BORG_RELOCATED_REPO_ACCESS_IS_OK="yes") != borg("info", "r")
    assert borg("info", "r", BORG_REMOTE_PATH="b") == borg("info", "r")
    assert borg("info", version="2.0.0b23", BORG_REMOTE_PATH="b") == borg(
        "info", "--remote-path", "b", version="2.0.0b23"
    )


def test_refused_by_borg() -> None:
    """Neither the same as without, nor as something else that is refused."""
    assert borg("create", "--bogus", "r::a") != borg("create", "r::a")
    assert borg("create", "--bogus", "r::a") != borg("create", "--other", "r::a")
    assert borg("create", "r::a", "--umask") != borg("create", "r::a")
    assert borg("transmogrify", "r") != borg("check", "r")
    assert borg("compact", version="1.1.18") != borg("check", version="1.1.18")
