"""Family E, borgmatic 2: section 3 of the description, passage by passage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.laws.naive_options import WORDS, is_checked
from tests.laws.naive_world import FailedError, Options, World, repositories_of

Entry = dict[str, Any]
DEAF = [(2, 0, 0), (2, 0, 1), (2, 1, 8)]
PRIMARY = ["create", "prune", "compact", "check"]


def entries_of(options: Options) -> list[Entry]:
    """The first paragraph: deprecated keys become entries, after the user's own."""
    rewritten: list[tuple[str, Entry]] = [
        ("before_actions", {"before": "repository"}),
        ("after_actions", {"after": "repository"}),
        *(
            (f"{side}_{WORDS[action]}", {side: "action", "when": [action]})
            for action in ("create", "prune", "compact", "check")
            for side in ("before", "after")
        ),
        ("on_error", {"after": "error", "when": PRIMARY}),
        ("before_everything", {"before": "everything", "when": ["create"]}),
        ("after_everything", {"after": "everything", "when": ["create"]}),
    ]
    entries = [{**entry, "run": options[key]} for key, entry in rewritten if key in options]
    return [*options.get("commands", []), *entries]


def chosen(
    entries: list[Entry], side: str, scope: str, actions: list[str], state: str = ""
) -> list[Entry]:
    """Those that hang there, whose `when` and `states` fit."""
    return [
        entry
        for entry in entries
        if entry.get(side) == scope
        and ("when" not in entry or set(entry["when"]) & set(actions))
        and (not state or "states" not in entry or state in entry["states"])
    ]


def lines_of(entries: list[Entry]) -> list[str]:
    return [line for entry in entries for line in entry["run"]]


class Around:
    """The passage `around`: the hooks around one scope, and what becomes of failures.

    `called`: the actions that `when` is compared with.
    """

    def __init__(
        self, world: World, entries: list[Entry], scope: str, called: list[str], repository: str
    ) -> None:
        self.world = world
        self.entries = entries
        self.scope = scope
        self.called = called
        self.repository = repository

    def run(self, body: Callable[[], None]) -> None:
        try:
            self.hooks("before")
        except FailedError as failure:
            if not failure.soft:
                self.after_a_failed_before_hook()
            raise
        try:
            body()
        except FailedError:
            self.hooks("after", "fail")  # its own failure replaces whatever went wrong before
            raise
        self.hooks("after", "finish")

    def after_a_failed_before_hook(self) -> None:
        self.hooks("after", "fail")

    def hooks(self, side: str, state: str = "") -> None:
        """The table of releases, 2.0.0, 2.0.1 and 2.1.8: a soft failure ends its list and no more.

        As measured with 2.0.1 and 2.1.8, for after-hooks too: whatever went wrong before stays.
        """
        try:
            lines = lines_of(chosen(self.entries, side, self.scope, self.called, state))
            self.world.hooks(lines, self.repository)
        except FailedError as failure:
            if not failure.soft or self.world.release not in DEAF:
                raise


def run(world: World, files: list[Options]) -> None:
    """The passage `run`."""
    if not everything(world, files, "before", ""):
        return
    state = "finish"
    for options in files:
        before = world.errors
        configuration(world, options)
        if world.errors > before:
            state = "fail"
    everything(world, files, "after", state)


def everything(world: World, files: list[Options], side: str, state: str) -> bool:
    """False if one fails. "2.0.4: the same `everything` entry in several files runs once".

    As measured with 2.0.13 and 2.1.10: the same in every key and value, in their order, and not
    in one file.
    """
    seen: list[Entry] = []
    try:
        for options in files:
            found = chosen(entries_of(options), side, "everything", world.actions, state)
            new = [e for e in found if world.release < (2, 0, 4) or e not in seen]
            seen += new
            world.hooks(lines_of(new))
    except FailedError:
        world.errors += 1
        return False
    return True


def configuration(world: World, options: Options) -> None:
    """The passage `configuration`. borgplan asks for no version."""
    entries = entries_of(options)
    failing = ""

    def repositories() -> None:
        nonlocal failing
        failed: FailedError | None = None
        none_yet: list[int] = []
        queue = [(repository, 0, none_yet) for repository in repositories_of(options)]
        while queue:
            repository, attempt, earlier = queue.pop(0)
            world.forgive(earlier)
            before = list(world.failures)
            try:
                repository_e(world, options, entries, repository)
            except FailedError as failure:
                if attempt < options.get("retries", 0):
                    new = [number for number in world.failures if number not in before]
                    queue.append((repository, attempt + 1, new))  # soft failures too
                elif not failure.soft:
                    world.errors += 1
                    failed = failure
                    failing = repository["path"]
        if failed:
            raise failed

    try:
        Around(world, entries, "configuration", world.actions, "").run(repositories)
    except FailedError as failure:
        if failure.soft and world.release >= (2, 1, 9):
            return
        world.errors += 1
    else:
        return
    try:
        world.hooks(lines_of(chosen(entries, "after", "error", world.actions, "fail")), failing)
    except FailedError as failure:
        world.errors += not failure.soft


def repository_e(world: World, options: Options, entries: list[Entry], repository: Options) -> None:
    """The passage `repository`. "2.0.11: `--repository` filters the repository hooks"."""
    path = repository["path"]
    selected = world.selects(repository)
    if not selected and world.release >= (2, 0, 11):
        return

    skipped = options.get("skip_actions", [])

    def work(action: str) -> None:
        if action in skipped or not selected:
            return
        if action != "check" or is_checked(world, options, repository):
            world.borg(action, options, path)

    def actions() -> None:
        for action in world.actions:
            called = [action]
            if world.release < (2, 0, 2):
                # The hooks of all actions run around every action, as measured also a skipped one.
                called = world.actions
            elif action in skipped:
                continue
            around = Around(world, entries, "action", called, path)
            around.run(lambda action=action: work(action))  # type: ignore[misc]

    Around(world, entries, "repository", world.actions, path).run(actions)
