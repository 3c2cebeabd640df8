"""Which generation a file is compiled for where nobody says so, and what runs then."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from borgplan.compiler.driver.compile import Compilation, plan_of
from borgplan.compiler.driver.request import CompileRequest
from borgplan.compiler.driver.sources import read
from borgplan.compiler.lower.doubt import in_doubt
from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.model import By, Plan
from borgplan.compiler.semantics import NEWEST, PROFILES
from borgplan.compiler.semantics.divergences import divergences
from borgplan.compiler.semantics.installed import Installed
from borgplan.compiler.semantics.releases import SINCE
from borgplan.compiler.semantics.select import AUTO, choose, written
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost
from tests.compiler.planning import commands, compilation
from tests.compiler.reading import parsed

SEED = """\
location:
    source_directories:
        - /etc
    repositories:
        - /backups/one
retention:
    keep_daily: 1
"""
FLAT = "source_directories: [/etc]\nrepositories: [/backups/one]\nkeep_daily: 1\n"
HOOKS = "hooks:\n    before_backup: [echo before]\n    after_backup: [echo after]\n"


@pytest.mark.parametrize(
    ("text", "by_default", "expected"),
    [
        (FLAT, False, False),  # the actions are named, and there is no hook
        (FLAT, True, True),  # 1.5 prunes first
        (FLAT + "before_backup: [echo x]\n", False, True),
    ],
)
def test_a_guess_is_in_doubt_where_the_newest_release_would_do_something_else(
    text: str, *, by_default: bool, expected: bool
) -> None:
    (configuration,) = compilation({"c.yaml": text}, semantics="1.5").configurations
    old = next(profile for profile in PROFILES if profile.default_actions != NEWEST.default_actions)
    assert in_doubt(configuration, old, by_default=by_default) is expected
    assert not in_doubt(configuration, NEWEST, by_default=by_default)


def of(*texts: str) -> Plan:
    """The plan of these files, side by side, with the default actions."""
    files = {f"{number}.yaml": text for number, text in enumerate(texts)}
    found = compilation(files, *files, actions=())
    assert not found.errors, found.errors
    assert found.plan
    return found.plan


def names(*texts: str) -> list[str]:
    return [meaning.semantics for meaning in of(*texts).meanings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What 1.3 had.
        (SEED, "1.3"),
        (SEED + HOOKS, "1.3"),
        (SEED.replace("location:", "location:\n    numeric_owner: true"), "1.3"),
        (SEED + "storage:\n    compression: lz4\n", "1.3"),
        (SEED + "storage:\n    archive_name_format: a-{now}\n", "1.6"),
        (SEED + "    prefix: a-\nstorage:\n    archive_name_format: a-{now}\n", "1.3"),
        (SEED + "consistency:\n    checks: [repository]\n", "1.3"),
        (SEED.replace("location:", "location:\n    exclude_if_present: .nobackup"), "1.3"),
        # Options.
        (SEED.replace("location:", "location:\n    exclude_nodump: true"), "1.4"),
        (SEED.replace("location:", "location:\n    working_directory: /srv"), "1.5"),
        (SEED + "storage:\n    retries: 1\n", "1.5"),
        (SEED + "storage:\n    extra_borg_options:\n        create: --x\n", "1.4"),
        (SEED + "storage:\n    extra_borg_options:\n        compact: --x\n", "1.5"),
        (SEED + "storage:\n    match_archives: 'sh:a-*'\n", "1.7"),
        (SEED.replace("location:", "location:\n    source_directories_must_exist: true"), "1.7"),
        (SEED + "constants:\n    a: b\n", "1.7"),
        (SEED + "output:\n    log_file: /tmp/x\n", "2.0"),
        (SEED + "storage:\n    archive_hostname: vm\n", "2.1"),
        # Hooks.
        (SEED + "hooks:\n    before_prune: [echo]\n", "1.5"),
        (SEED + "hooks:\n    before_compact: [echo]\n", "1.5"),
        (SEED + "hooks:\n    before_actions: [echo]\n", "1.7"),
        (SEED + "hooks:\n    commands: [{before: action, run: [echo]}]\n", "2.0"),
        (SEED + "hooks:\n    before_backup: ['findmnt /mnt || exit 75']\n", "1.5"),
        (SEED + "hooks:\n    before_backup:\n        - |\n            exit  75\n", "1.5"),
        (SEED + "hooks:\n    before_backup: ['echo exit 750']\n", "1.3"),
        (SEED + "hooks:\n    before_backup: ['echo {repository}']\n", "1.6"),
        (SEED + "hooks:\n    before_backup: ['echo ${repository}']\n", "1.3"),
        (SEED + "hooks:\n    on_error: ['echo {repository} {error}']\n", "1.3"),
        (SEED + "hooks:\n    before_backup: ['echo {repository_label}']\n", "1.8"),
        # A hook without a value, which borgmatic 1.5 to 1.9 refuse.
        (SEED + "hooks:\n    before_backup:\n", "1.3"),
        (SEED + "hooks:\n    before_backup:\n    before_prune: [echo]\n", "2.0"),
        (FLAT + "before_backup: # - echo\n", "2.0"),
        # Forms of values.
        (SEED.replace("- /backups/one", "- path: /backups/one"), "1.7"),
        (SEED.replace("- /backups/one", "- path: /backups/one\n          label: x"), "1.7"),
        (SEED.replace("- /backups/one", "- {path: /backups/one, encryption: none}"), "2.0"),
        (SEED.replace("- /backups/one", "- {path: /backups/one, compression: lz4}"), "2.1"),
        (SEED + "consistency:\n    checks:\n        - name: repository\n", "1.6"),
        (SEED + "consistency:\n    checks:\n        - {name: archives, frequency: 1 week}\n", "1.6"),
        (SEED + "consistency:\n    checks:\n        - {name: archives, only_run_on: [Monday]}\n", "1.8"),
        (SEED.replace("location:", "location:\n    exclude_if_present: [.nobackup]"), "1.5"),
        (SEED + "storage:\n    encryption_passcommand: cat ${FILE:-/etc/x}\n", "1.6"),
        (SEED + "storage:\n    encryption_passphrase: '{credential file /etc/x}'\n", "1.9"),
        # An option in a section that isn't its own, and outside of all.
        (SEED + "storage:\n    one_file_system: true\n", "1.8"),
        (SEED + "compression: lz4\n", "1.8"),
        (FLAT, "1.8"),
        (FLAT + "before_backup: [echo]\n", "1.8"),
        (FLAT + "user_state_directory: /var/lib/x\n", "1.9"),
        (FLAT + "commands: [{before: action, run: [echo]}]\n", "2.0"),
        (FLAT + "commands: [{after: action, states: [finish], run: [echo]}]\n", "2.0"),
        (FLAT + "statistics: quick\n", "2.1"),
    ],
)  # fmt: skip
def test_the_oldest_that_knows_everything_in_the_file(text: str, expected: str) -> None:
    assert names(text) == [expected]


def test_what_is_included_counts_too() -> None:
    files = {
        "c.yaml": "<<: !include base.yaml\nretention:\n    keep_daily: 1\n",
        "base.yaml": SEED.partition("retention")[0].replace("- /back", "- path: /back"),
    }
    found = compilation(files, "c.yaml")
    assert found.plan
    assert [m.semantics for m in found.plan.meanings] == ["1.7"]


def test_a_wish_for_one_run_moves_no_hook() -> None:
    found = compilation({"c.yaml": SEED + HOOKS}, overrides=("log_file=/tmp/x",))
    assert found.plan
    assert found.plan.semantics == "1.3"


def test_a_file_means_the_same_whatever_stands_beside_it() -> None:
    old, new = SEED + HOOKS, FLAT + "commands: [{before: configuration, run: [echo new]}]\n"
    alone = commands(of(old))
    assert names(old, new) == ["1.3", "2.0"]
    assert commands(of(old, new)) == [*alone, *commands(of(new))]
    assert commands(of(new, old)) == [*commands(of(new)), *alone]
    assert "borg check" in alone
    assert commands(of(new))[1:3] == ["borg create", "borg prune"]


def test_effects_are_those_of_each_file() -> None:
    soft = SEED + "hooks:\n    before_backup: ['exit 75']\n"
    plan = of(SEED + HOOKS, soft)
    old, new = (step for step in plan.steps if step.hook == "before_backup")
    assert not old.work.exits.soft
    assert new.work.exits.soft == ((75, 75),)
    assert old.on_soft != new.on_soft


def test_hooks_around_everything_follow_the_newest() -> None:
    old = SEED + "hooks:\n    before_everything: [echo old]\n"
    new = FLAT + "commands: [{before: everything, run: [echo new]}]\n"
    plan = of(old, new)
    newest = of(new)
    assert plan.semantics == newest.semantics == "2.0"
    assert commands(plan)[:2] == ["echo old", "echo new"]
    assert plan.scopes[0] == newest.scopes[0]
    assert {(s.on_soft, s.on_hard) for s in plan.steps[:2]} == {
        (s.on_soft, s.on_hard) for s in newest.steps[:1]
    }


def test_actions_are_the_default_ones_of_each_file() -> None:
    plan = of(SEED, FLAT)
    assert plan.actions == ("create", "prune", "compact", "check")
    assert commands(plan) == [
        *("borg prune", "borg compact", "borg create", "borg check"),
        *("borg create", "borg prune", "borg compact", "borg check"),
    ]


def chosen(text: str, installed: str) -> tuple[str, By]:
    node, found = parsed(text)
    assert node
    borgmatic = Installed("/usr/bin/borgmatic", installed, "/x")
    result = choose(AUTO, [("c.yaml", written(node))], found, installed=borgmatic)
    assert result
    (meaning,) = result.meanings()
    return meaning.semantics, meaning.by


@pytest.mark.parametrize(
    ("text", "installed", "expected"),
    [
        (SEED, "1.3.22", ("1.3", By.INSTALLED)),
        (SEED, "1.8.3", ("1.8.0", By.INSTALLED)),
        (SEED, "2.1.10", ("2.1", By.INSTALLED)),
        (SEED, "2.1.8", ("2.1.8", By.INSTALLED)),
        (FLAT, "1.9.14", ("1.9", By.INSTALLED)),
        # Older or newer than all that is known.
        (SEED, "1.2.18", ("1.3", By.INSTALLED)),
        (SEED, "3.0", ("2.1", By.INSTALLED)),
        # One that doesn't know the file can't be the one it is for.
        (FLAT, "1.7.15", ("1.8", By.GUESSED)),
        (SEED.replace("- /b", "- path: /b"), "1.7.9", ("1.7", By.GUESSED)),
        (SEED.replace("- /b", "- path: /b"), "1.7.10", ("1.7.10", By.INSTALLED)),
        (FLAT + "before_backup:\n", "1.9.14", ("2.0", By.GUESSED)),
        # Its release can't be told.
        (SEED, "", ("1.3", By.GUESSED)),
    ],
)
def test_the_installed_release_counts_if_it_knows_the_file(
    text: str, installed: str, expected: tuple[str, By]
) -> None:
    assert chosen(text, installed) == expected


def test_what_is_named_wins() -> None:
    node, found = parsed(SEED)
    assert node
    borgmatic = Installed("/usr/bin/borgmatic", "2.1.10", "/x")
    result = choose("1.5.24", [("c.yaml", written(node))], found, installed=borgmatic)
    assert result
    assert [(m.semantics, m.by) for m in result.meanings()] == [("1.5", By.NAMED)]


def test_releases_are_in_order_and_within_what_is_known() -> None:
    assert all((1, 3, 22) < release <= (2, 1, 10) for release in SINCE.values())
    assert list(SINCE.values()) == sorted(SINCE.values())


# --- space ---


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_what_prune_leaves_is_freed_in_every_generation(profile: object) -> None:
    name = profile.name  # type: ignore[attr-defined]
    found = compilation({"c.yaml": SEED}, actions=(), semantics=name)
    assert found.plan
    assert commands(found.plan).count("borg compact") == 1


def freeing(*actions: Action, semantics: str = "1.3", hooks: str = "") -> list[str]:
    found = compilation({"c.yaml": SEED + hooks}, actions=actions, semantics=semantics)
    assert found.plan
    return commands(found.plan)


def test_it_belongs_to_prune_and_has_no_hooks() -> None:
    hooks = "hooks:\n    before_prune: [echo before]\n    after_prune: [echo after]\n"
    assert freeing(Action.PRUNE) == ["borg prune", "borg compact"]
    assert freeing(Action.CREATE, Action.CHECK) == ["borg create", "borg check"]
    assert freeing(Action.PRUNE, semantics="1.5.10", hooks=hooks) == [
        *("echo before", "borg prune", "borg compact", "echo after")
    ]
    assert freeing(Action.PRUNE, semantics="1.5.23") == ["borg prune"]


@pytest.mark.parametrize(
    ("semantics", "actions", "listed"),
    [
        ("1.3", (), True),
        ("1.5.22", (Action.PRUNE,), True),
        ("1.3", (Action.PRUNE, Action.COMPACT), False),
        ("1.3", (Action.CREATE,), False),
        ("1.5.23", (), False),
        ("2.1", (), False),
    ],
)
def test_it_is_a_listed_difference(
    semantics: str, actions: tuple[Action, ...], listed: bool
) -> None:
    plan = compilation({"c.yaml": SEED}, actions=actions, semantics=semantics).plan
    assert plan
    assert ("space" in [found.name for found in divergences(plan)]) is listed


def test_who_asks_for_compact_gets_it_once() -> None:
    assert freeing(Action.PRUNE, Action.COMPACT).count("borg compact") == 1


def test_nothing_is_freed_after_a_prune_that_failed() -> None:
    from borgplan.compiler.analysis.failures import failures

    found = compilation({"c.yaml": SEED}, actions=(), semantics="1.3").plan
    assert found
    story = failures(found)
    prune, compact = 0, 1
    failure = next(f for f in story.all if prune in f.steps)
    assert not story.runs(failure, prune, compact)


def offline(files: Mapping[str, str], environment: Mapping[str, str]) -> Compilation:
    host = MemoryHost({f"/srv/{n}": t for n, t in files.items()}, environment=environment)
    found = Diagnostics()
    return plan_of(read(CompileRequest(tuple(files)), host, found), host, found)


def test_there_is_no_fact_where_nothing_is_installed() -> None:
    found = offline({"c.yaml": SEED}, {"PATH": "/usr/bin"})
    assert found.plan
    assert not any("borgmatic" in fact.found for fact in found.plan.facts)
