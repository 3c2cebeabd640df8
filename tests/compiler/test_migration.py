"""Files in older forms as text, and what becomes of it: layout, comments, and every form of every value."""

from __future__ import annotations

import pytest

from borgplan.compiler.migration.migrate import File, Migration, migrate
from borgplan.compiler.migration.sheet import comments
from borgplan.compiler.source.diagnostic import Diagnostics
from tests.compiler.memory_host import MemoryHost

START = """\
location:
    source_directories:
        - /etc
    source_directories_must_exist: true
    repositories:
        - /backups/one
retention:
    keep_daily: 7
consistency:
    checks:
        - repository
"""
# What becomes of it.
STARTED = """\
source_directories:
    - /etc
source_directories_must_exist: true
repositories:
    - path: /backups/one
keep_daily: 7
checks:
    - name: repository
"""
FLAT = """\
source_directories: [/etc]
source_directories_must_exist: true
repositories:
    - path: /backups/one
keep_daily: 7
checks:
    - name: repository
"""


def migration(
    text: str | bytes, semantics: str = "", **files: str
) -> tuple[Migration | None, list[str]]:
    host = MemoryHost({"/srv/c.yaml": text, **{f"/srv/{n}.yaml": t for n, t in files.items()}})
    diagnostics = Diagnostics()
    return migrate(("c.yaml",), host, semantics, diagnostics), [item.code for item in diagnostics]


def file_of(text: str | bytes, semantics: str = "", **files: str) -> File:
    found, codes = migration(text, semantics, **files)
    assert found is not None, codes
    return found.files[0]


def migrated(text: str, semantics: str = "", **files: str) -> str:
    """The text afterwards, which stays as it is when it is migrated again."""
    after = file_of(text, semantics, **files).after.decode()
    assert file_of(after, **files).after.decode() == after
    found = [sorted(comment.text for comment in comments(some)) for some in (text, after)]
    assert found[0] == found[1]
    return after


def hooks(text: str, semantics: str = "1.3") -> str:
    """What becomes of the lines below `hooks:`, which are moved in by four."""
    lines = "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
    after = migrated(f"{START}hooks:\n{lines}", semantics)
    assert after.startswith(STARTED)
    return after.removeprefix(STARTED)


# --- sections ---


def test_sections_are_opened() -> None:
    assert migrated(START) == STARTED


def test_a_current_file_stays_as_it_is() -> None:
    assert not file_of(FLAT).is_changed
    assert not file_of(FLAT, "1.9").is_changed


def test_what_stands_between_options_stays_there() -> None:
    text = f"""\
---
# Of this machine.

{START}
# How it is kept.
storage:  # in one place
    # Small.
    compression: zstd   # quick

    # lock_wait: 5
  # beside
# not indented
    umask: 0077
# The end.
"""
    assert (
        migrated(text)
        == f"""\
---
# Of this machine.

{STARTED}
# How it is kept.
# in one place
# Small.
compression: zstd   # quick

# lock_wait: 5
  # beside
# not indented
umask: 0077
# The end.
"""
    )


def test_texts_over_several_lines_keep_what_they_say() -> None:
    text = (
        START
        + """\
storage:
    encryption_passcommand: >-
        echo # no comment
          in
        three
    archive_name_format: "{hostname}\\
        -{now}"
"""
    )
    assert (
        migrated(text)
        == STARTED
        + """\
encryption_passcommand: >-
    echo # no comment
      in
    three
archive_name_format: "{hostname}\\
    -{now}"
"""
    )


def test_ends_of_lines_and_a_byte_order_mark_stay() -> None:
    data = b"\xef\xbb\xbf" + START.replace("\n", "\r\n").encode()
    assert file_of(data).after == b"\xef\xbb\xbf" + STARTED.replace("\n", "\r\n").encode()
    wide = file_of(START.encode("utf-16")).after
    assert wide.decode("utf-16") == STARTED


def test_of_an_option_in_two_places_the_one_that_counts_stays() -> None:
    text = f"{START}storage:\n    lock_wait: 5\nlock_wait: 6 # not this one\n"
    assert migrated(text) == f"{STARTED}lock_wait: 5\n# not this one\n"


def test_an_included_section_is_merged() -> None:
    text = f"{START}storage: !include more.yaml\n"
    assert migrated(text, more="compression: zstd\n") == f"{STARTED}<<: !include more.yaml\n"


def test_hooks_that_are_included_stay_and_are_told() -> None:
    text = f"{START}hooks:\n    <<: !include more.yaml\n"
    found, _ = migration(text, more="before_backup: [echo]\n")
    assert found is not None
    assert found.files[0].after.decode() == f"{STARTED}<<: !include more.yaml\n"
    assert [(told.kind, told.span.file) for told in found.told] == [("included", "more.yaml")]


def test_repositories_that_are_included_as_texts_stay_in_their_section() -> None:
    """borgmatic 2.1.10 fails over them otherwise."""
    text = START.replace("\n        - /backups/one", " !include more.yaml")
    assert migrated(text, more="[/backups/one]\n") == STARTED.replace(
        "repositories:\n    - path: /backups/one", "location:\n    repositories: !include more.yaml"
    )


# --- hooks ---


def test_hooks_around_a_file_stay_around_it() -> None:
    before = "before_backup:\n    - echo 1\nafter_backup:\n    - echo 2\non_error:\n    - echo 3"
    assert (
        hooks(before, "1.5")
        == """\
commands:
    - before: configuration
      when: [create]
      run:
          - echo 1
    - after: configuration
      when: [create]
      states: [finish]
      run:
          - echo 2
    - after: error
      when: [create, prune, compact, check]
      run:
          - echo 3
"""
    )


def test_hooks_of_later_releases_are_around_each_action_and_repository() -> None:
    before = "before_actions: [echo 1]\nafter_check:\n- echo 2\nafter_everything: [echo 3]"
    assert (
        hooks(before, "1.8")
        == """\
commands:
    - before: repository
      run: [echo 1]
    - after: action
      when: [check]
      states: [finish]
      run:
      - echo 2
    - after: everything
      when: [create]
      run: [echo 3]
"""
    )


def test_hooks_that_ran_after_failures_go_on_to() -> None:
    assert (
        hooks("after_backup: [echo 1]", "2.0")
        == """\
commands:
    - after: action
      when: [create]
      run: [echo 1]
"""
    )


def test_hooks_apart_from_each_other_are_collected_with_the_comments_above_them() -> None:
    before = """\
# All of them.

# First.
before_backup:  # of two
    - echo 1  # one
    # two
umask: 0077

# Elsewhere.

# Then.
after_backup:
    - |
        # no comment
        echo 2
"""
    assert (
        hooks(before)
        == """\
# All of them.

commands:
    # First.
    - before: configuration
      when: [create]
      run:  # of two
          - echo 1  # one
          # two
    # Then.
    - after: configuration
      when: [create]
      states: [finish]
      run:
          - |
              # no comment
              echo 2
umask: 0077

# Elsewhere.

"""
    )


def test_entries_stand_in_the_order_in_which_hooks_ran() -> None:
    after = hooks("before_backup: [echo 2]\nbefore_prune: [echo 1]", "1.5")
    assert after.index("echo 1") < after.index("echo 2")


def test_hooks_join_the_entries_that_are_there() -> None:
    text = f"""\
{FLAT}before_backup: [echo 2]
commands:
- before: action
  run: [echo 1]
# The end.
"""
    assert (
        migrated(text)
        == f"""\
{FLAT}commands:
- before: action
  run: [echo 1]
- before: action
  when: [create]
  run: [echo 2]
# The end.
"""
    )


def test_hooks_without_commands_go() -> None:
    assert hooks("before_backup: # none\nafter_backup: []") == "# none\n"


def test_anchors_and_aliases_stay() -> None:
    after = hooks("before_backup: &both\n    - echo 1\nafter_backup: *both")
    assert "      run: &both\n          - echo 1\n" in after
    assert after.endswith("      run: *both\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n    - echo ${A}", "\n          - echo \\${A}"),
        (' ["echo ${A} ${B:-b}"]', ' ["echo \\\\${A} \\\\${B:-b}"]'),
        (" ['echo ${A}']", " ['echo \\${A}']"),
        (" [echo $A]", " [echo $A]"),
    ],
)
def test_variables_of_the_shell_stay_the_shell_s(before: str, after: str) -> None:
    assert hooks(f"before_backup:{before}").endswith(f"run:{after}\n")
    assert "\\" not in hooks(f"before_backup:{before}", "1.8")


# --- values ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("numeric_owner: true # only", "numeric_ids: true # only"),
        ('"bsd_flags": true', "flags: true"),
        ("remote_rate_limit: 5", "upload_rate_limit: 5"),
        ("exclude_if_present: .no # this", "exclude_if_present:\n    - .no # this"),
        ("healthchecks: https://a/b#c", "healthchecks:\n    ping_url: https://a/b#c"),
        ("cronitor:\n    'https://a'", "cronitor:\n    ping_url: 'https://a'"),
        ("pagerduty: abc", "pagerduty:\n    integration_key: abc"),
        ("statistics: true", "statistics: standard"),
        ("quick_statistics: true", "statistics: quick"),
        ("store_config_files: false", "bootstrap:\n    store_config_files: false"),
        ("prefix: 'it''s-'", "match_archives: 'sh:it''s-*'"),
        ("prefix: ''", ""),
    ],
)
def test_options_take_the_form_they_have_now(before: str, after: str) -> None:
    assert migrated(f"{FLAT}{before}\n") == FLAT + (f"{after}\n" if after else "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[/a, 'b c']", "[{path: /a}, {path: 'b c'}]"),
        ("\n- /a # one\n- path: u@h:b\n", "\n- path: /a # one\n- path: ssh://u@h/./b\n"),
        ('["h:/x"]', "[{path: 'ssh://h/x'}]"),
        ("['${A}:b', 'h:~/x']", "[{path: '${A}:b'}, {path: 'ssh://h/~/x'}]"),
    ],
)
def test_repositories_become_mappings_and_addresses(before: str, after: str) -> None:
    text = "source_directories: [/etc]\nkeep_daily: 7\nrepositories: "
    assert migrated(f"{text}{before}\n", "2.1") == f"{text}{after}\n"


def test_an_old_file_goes_on_to_check_every_time_and_to_forgive_missing_sources() -> None:
    text = START.partition("consistency:")[0].replace(
        "    source_directories_must_exist: true\n", ""
    )
    assert (
        migrated(text)
        == """\
source_directories:
    - /etc
source_directories_must_exist: false
repositories:
    - path: /backups/one
keep_daily: 7
checks:
    - name: repository
    - name: archives
"""
    )


def test_what_is_checked_goes_on_to_be() -> None:
    text = START.replace("/backups/one\n", "/backups/one\n        - /backups/two # far\n")
    after = STARTED.replace(
        "/one\n", "/one\n    - path: /backups/two # far\n      skip_actions: [check]\n"
    )
    assert migrated(f"{text}    check_repositories: [/backups/one]\n", "1.3") == after


def test_an_empty_prefix_stands_for_all_archives_where_it_did() -> None:
    assert migrated(f"{START}    prefix: ''\n", "1.3") == f"{STARTED}match_archives: 'sh:*'\n"
    assert migrated(f"{START}    prefix:\n", "1.3") == f"{STARTED}match_archives: 'sh:*'\n"


def test_what_is_pruned_stays_where_prune_and_check_had_prefixes() -> None:
    text = START.replace("7\n", "7\n    prefix: a-\n") + "    prefix: b- # checked\n"
    after = STARTED.replace("7\n", "7\nmatch_archives: 'sh:a-*'\n")
    assert migrated(text) == f"{after}# checked\n"


def test_a_quoted_umask_loses_its_quotes() -> None:
    text = f"{START}storage:\n    umask: '0077'\n"
    assert migrated(text, "1.3") == f"{STARTED}umask: 0077\n"


# --- what can't be done ---


@pytest.mark.parametrize(
    "text",
    [
        "{location: {source_directories: [/etc], repositories: [a]}}",
        "location: {source_directories: [/etc], repositories: [a]}\n",
        "location: &here\n    source_directories: [/etc]\n    repositories: [a]\n",
        "location:\n    source_directories: [&a /etc]\n    repositories: [*a]\n",
        "? location\n: source_directories: [/etc]\n  repositories: [a]\n",
        f"{FLAT}commands: [{{before: action, run: [a]}}]\nbefore_backup: [a]\n",
        f"{START}storage:\n    <<: &x {{lock_wait: 5}}\nhooks:\n    <<: {{umask: 7}}\n",
    ],
)
def test_what_is_written_otherwise_is_refused_with_its_place(text: str) -> None:
    found, codes = migration(text)
    assert found is None
    assert set(codes) <= {"BP851", "BP852", "BP408"}
    assert {"BP851", "BP852"} & set(codes)


def test_what_is_wrong_is_told_and_nothing_comes_of_it() -> None:
    assert migration("location: [\n") == (None, ["BP103"])
    assert migration(f"{START}    nonsense: 1\n") == (None, ["BP210"])
    assert migration(START, "7.3") == (None, ["BP402"])
    assert migration(f"{START}hooks:\n    before_prune: [a]\n", "1.3") == (None, ["BP851"])


# --- beside a project file ---


def test_the_generation_that_the_project_file_names_counts_and_what_it_says_is_told() -> None:
    text = f"{START}hooks:\n    before_backup: [echo]\n"
    found, _ = migration(
        text, borgplan="semantics: '1.8'\nsteps:\n  - {select: action create, timeout: 1h}\n"
    )
    assert found is not None
    assert [m.semantics for m in found.generations.meanings()] == ["1.8"]
    assert b"- before: action\n" in found.files[0].after
    assert [(told.kind, told.span.file, told.span.line) for told in found.told] == [
        ("project", "borgplan.yaml", 1),
        ("project", "borgplan.yaml", 1),
    ]
    old, new = next(found.plans())
    assert len(old.steps) == len(new.steps)
