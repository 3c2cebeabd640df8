"""Small cases of what was wrong once: found by generated ones, kept so that it stays right."""

from __future__ import annotations

from tests.laws.case import Case

START = "source_directories: [$TMP/src]\nkeep_daily: 7\n"
R1 = "repositories: [{path: $TMP/repos/r1.borg}]\n"
R1_R2 = "repositories: [{path: $TMP/repos/r1.borg}, {path: $TMP/repos/r2.borg}]\n"


def soft(name: str) -> dict[str, object]:
    return {"event": "hook", "argv": [name], "exit": 75}


def hard(name: str) -> dict[str, object]:
    return {"event": "hook", "argv": [name], "exit": 1}


def borg(action: str, repository: str, code: int) -> dict[str, object]:
    return {"event": "borg", "subcommand": action, "repository": repository, "exit": code}


def case(
    release: tuple[int, int, int], files: list[str], actions: str, *faults: dict[str, object]
) -> Case:
    name = ".".join(str(number) for number in release)
    return Case(name, release, tuple(files), tuple(actions.split()), "", faults)


MENDED: dict[str, list[Case]] = {
    # The rest of the list doesn't run; a failure before a soft after-hook stays a failure.
    "soft failures in 2.0.1 and 2.1.8": [
        case(
            (2, 1, 8),
            [START + R1 + "commands: [{before: action, run: [hook one, hook two]}]\n"],
            "create",
            soft("one"),
        ),
        case(
            (2, 1, 8),
            [START + R1 + "commands: [{after: action, run: [hook one]}]\n"],
            "create prune",
            soft("one"),
        ),
    ],
    # `when` is compared with the requested actions, around every action, and a skipped one has hooks.
    "`when` and `skip_actions` in 2.0.1": [
        case(
            (2, 0, 1),
            [START + R1 + "skip_actions: [prune]\nbefore_prune: [hook one]\n"],
            "create prune",
        ),
        case(
            (2, 0, 1),
            [START + R1 + "commands: [{before: action, when: [prune], run: [hook one]}]\n"],
            "create prune",
        ),
    ],
    # Only an entry that is the same word for word in another file runs once.
    "nearly equal hooks around everything": [
        case(
            (2, 1, 10),
            [START + R1 + "commands: [" + "{before: everything, run: [hook one]}, " * 2 + "]\n"],
            "create",
        ),
        case(
            (2, 1, 10),
            [
                START + R1 + "commands: [{after: everything, run: [hook one]}]\n",
                START
                + R1
                + "commands: [{after: everything, states: [finish, fail], run: [hook one]}]\n",
            ],
            "create",
        ),
    ],
    # `{repository}` is the last whose failure counts for the file, whatever fails after it.
    "the repository that error hooks are told": [
        case(
            (2, 1, 10),
            [
                START
                + R1
                + "commands: [{after: configuration, run: [hook one]},"
                + " {after: error, run: ['hook told {repository}']}]\n"
            ],
            "create",
            borg("create", "r1", 2),
            hard("one"),
        ),
        case(
            (2, 1, 2),
            [
                START
                + R1
                + "commands: [{after: configuration, run: [hook one]},"
                + " {after: error, run: ['hook told {repository}']}]\n"
            ],
            "create",
            borg("create", "r1", 75),
            soft("one"),
        ),
    ],
    # A before-hook of the file fails, an after-hook exits 75: the file doesn't count as failed.
    "quiet end of a failed file": [
        case(
            (2, 1, 10),
            [
                START
                + R1
                + "commands: [{before: configuration, run: [hook one]},"
                + " {after: configuration, run: [hook two]},"
                + " {after: everything, states: [finish], run: [hook three]}]\n"
            ],
            "create",
            hard("one"),
            soft("two"),
        )
    ],
    # r2 fails and is to be tried again; before that r1's second soft failure ends the file. The
    # failure of r2 was not made good, and the run is called a success.
    "a repetition that never comes": [
        case(
            (1, 8, 14),
            [START + R1_R2 + "retries: 1\nbefore_backup: ['hook one {repository}']\n"],
            "create",
            {"event": "hook", "argv": ["one", "$TMP/repos/r1.borg"], "exit": 75},
            borg("create", "r2", 2),
        )
    ],
    # Until 1.8.6 a check that ends with 1 has failed.
    "check 1 before 1.8.7": [case((1, 8, 6), [START + R1], "check", borg("check", "r1", 1))],
}
