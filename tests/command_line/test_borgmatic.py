"""borgmatic's command line: every flag is known, and means what borgplan's own line means."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from borgplan.compiler.borg.action_options import ActionOptions
from borgplan.runtime.borgmatic_page import page
from borgplan.runtime.cli.arguments import Arguments, request_of
from borgplan.runtime.cli.borgmatic.arguments import arguments_of
from borgplan.runtime.cli.borgmatic.flags import Action, Flags
from borgplan.runtime.cli.borgmatic.words import UsageError, read
from borgplan.runtime.cli.parser import again, parse
from tests.command_line.place import Place

ROOT = Path(__file__).parents[2]
KNOWN = Flags()


def borgmatics(line: str) -> Arguments:
    words = shlex.split(line)
    return arguments_of(read(words, KNOWN), tuple(words), KNOWN.default)


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "borgmatic.md").read_text() == page(), "make docs writes it"


def test_every_flag_is_on_the_page() -> None:
    text = page()
    names = {n for action in KNOWN.actions.values() for flag in action.flags for n in flag.names}
    missing = [
        n for n in (*names, *KNOWN.options) if f"`{n}`" not in text and f"`{n} VALUE`" not in text
    ]
    assert len(names) > 60
    assert len(KNOWN.options) > 500
    assert not missing


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("", "apply"),
        ("-c a.yaml --stats -v 1", "apply a.yaml --stats --verbosity 1"),
        ("--config a.yaml b.yaml", "apply a.yaml b.yaml"),
        ("create --config=a.yaml -n", "apply -a create a.yaml -n"),
        ("-C -p --list", "apply -a create,prune --list"),
        ("--create --prune", "apply -a create,prune"),
        ("prune compact create check", "apply -a prune,compact,create,check"),
        ("create --repository one prune", "apply -a create,prune -r one"),
        ("init -e repokey -i blake2", "apply -a repo-create -e repokey -i blake2"),
        ("rlist --json --last 3", "apply -a repo-list --json --last 3"),
        ("--archive latest extract --restore-path a --path b", "apply -a extract --archive latest --path a --path b"),
        ("extract --archive x --path a b", "apply -a extract --archive x --path a --path b"),
        ("--list --archive latest", "apply -a list --archive latest"),
        ("list --find a --find b", "apply -a list --find a --find b"),
        ("check --only data --only extract --force", "apply -a check --only data --only extract --force"),
        ("compact --threshold 20", "apply -a compact --threshold 20"),
        ("prune -a 'sh:x*'", "apply -a prune --match-archives 'sh:x*'"),
        ("key export --path k --repository one", "apply -a key-export --destination k -r one"),
        ("diff --archive a --second-archive b --sort-by size --sort-by path", "apply -a diff --archive a --second-archive b --sort-by size,path"),
        ("--override hooks.umask=77 keep_daily=2 prune", "apply -a prune --set hooks.umask=77 --set keep_daily=2"),
        ("--keep-daily 2 --no-atime create", "apply -a create --set keep_daily=2 --set atime=false"),
        ("create --exclude-patterns '[a, b]'", "apply -a create --set 'exclude_patterns=[a, b]'"),
        ("--repositories[1].label x", "apply --set 'repositories[1].label=x'"),
        ("--no-healthchecks", "apply --set 'healthchecks!'"),
        ("--log-file x --syslog-verbosity -1", "apply --set log_file=x --set syslog_verbosity=-1"),
        ("delete --archive x --checkpoint-interval 5", "apply -a delete --archive x --checkpoint-interval 5"),
        ("create --checkpoint-interval 5", "apply -a create --set checkpoint_interval=5"),
        ("--no-environment-interpolation", "apply --no-environment-interpolation"),
        ("borg list --last 2", "apply -a borg -- list --last 2"),
        ("borg --archive x -- break-lock", "apply -a borg --archive x -- break-lock"),
    ],
)  # fmt: skip
def test_a_line_asks_for_the_same_as_borgplans(line: str, own: str) -> None:
    mine, other = borgmatics(line), parse(shlex.split(own))
    assert request_of(mine)._replace(stands_for="") == request_of(other)
    assert mine.apply.dry_run == other.apply.dry_run


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--invalid", "Unrecognized argument: --invalid"),
        ("create something", "Unrecognized argument: something"),
        ("create --archive latest", "Unrecognized argument: --archive (it is for"),
        ("list --archive", "--archive needs a value"),
        ("list --short=x", "--short takes no value"),
        ("list --last many", "--last takes a number, not `many`"),
        ("key", "key needs one of"),
        ("bootstrap --repository x", "did you mean `config bootstrap`?"),
        ("validate", "did you mean `config validate`?"),
        ("--keep-dayly 3", "did you mean `--keep-daily`"),
        ("browse", "to look into an archive: mount --archive latest"),
    ],
)
def test_what_is_wrong_is_named(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        borgmatics(line)
    assert message in str(caught.value)


def outcome(words: list[str]) -> Arguments | str:
    """The arguments, or what is said against them."""
    try:
        return arguments_of(read(words, KNOWN), tuple(words), KNOWN.default)
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("action", dict.fromkeys(KNOWN.actions.values()), ids=lambda a: str(a.name))
def test_every_flag_of_an_action_is_taken_or_refused_by_name(action: Action) -> None:
    for flag in action.flags if not action.name.startswith("config ") else ():
        found = outcome(
            [*action.name.split(), flag.names[-1], *(["5"] if flag.takes_value else [])]
        )
        if isinstance(found, str):
            assert action.name in found
        else:
            assert found.options != ActionOptions() or found.overrides or found.repository


def test_secrets_are_kept_apart_and_out_of_the_words() -> None:
    found = borgmatics(
        "--encryption-passphrase hunter2-77 --healthchecks.ping-url http://x/hunter2-78 create"
    )
    assert "hunter2" not in str((request_of(found), found.words))
    assert len(found.secret_overrides) == 2


def test_the_words_of_a_run_can_be_read_again() -> None:
    found = borgmatics("-c a.yaml create --stats --keep-daily 3")
    assert again(found.words) == found


def test_config_show_of_a_file_with_an_error_fails(place: Place) -> None:
    place.write("good.yaml", "repositories: [{path: /r}]\nsource_directories: [/etc]\n")
    place.write("bad.yaml", "repositories: [{path: /r}]\nread_special: maybe\n")
    ran = place.run("borgmatic", "config", "show", "--config", "good.yaml", "--config", "bad.yaml")
    assert ran.code == 1
    assert "BP203" in ran.err
    assert "/etc" in ran.out
    assert "maybe" not in ran.out


def test_errors_have_borgmatics_exit_code(place: Place) -> None:
    ran = place.run("borgmatic", "--invalid")
    assert ran.code == 1
    assert "Unrecognized argument" in ran.err
    assert "Traceback" not in ran.err
