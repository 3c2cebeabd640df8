"""Families A to D, borgmatic 1.3.22 to 1.9: section 2 of the description, passage by passage."""

from __future__ import annotations

from tests.laws.naive_world import FailedError, Options, World, repositories_of

# What the hooks of an action are called after.
WORDS = {"prune": "prune", "compact": "compact", "create": "backup", "check": "check"}


def run(world: World, files: list[Options]) -> None:
    """The passage `run`, and section 1, "Common to all"."""
    with_backup = "create" in world.actions
    try:
        for options in files:
            world.hooks(options.get("before_everything", []) if with_backup else [])
    except FailedError:
        world.errors += 1  # soft or hard; nothing else
        return
    for options in files:
        if world.release < (1, 6, 0):
            configuration_a_b(world, options)
        else:
            configuration_c_d(world, options)
    try:
        for options in files:
            world.hooks(options.get("after_everything", []) if with_backup else [])
    except FailedError:
        world.errors += 1


def on_error(world: World, options: Options, repository: str) -> None:
    """Section 1, `on_error`: "Its own hard failure: exit 1. Its soft failure: nothing more."

    All actions here are primary ones, so which actions call for it makes no difference.
    """
    try:
        world.hooks(options.get("on_error", []), repository)
    except FailedError as failure:
        world.errors += not failure.soft


def configuration_a_b(world: World, options: Options) -> None:
    """The passage `A, B`. borgplan asks for no version."""
    hooked = ["create"]  # A: backup only
    if world.release >= (1, 5, 0):
        hooked = ["prune", "compact", "create", "check"]
    failed = False
    failing = ""  # the last failing repository
    try:
        for action in hooked:
            if action in world.actions:
                world.hooks(options.get(f"before_{WORDS[action]}", []))
    except FailedError as failure:
        if failure.soft:
            return
        world.errors += 1
        failed = True
    if not failed:
        queue = [(repository, 0) for repository in repositories_of(options)]
        while queue:
            repository, attempt = queue.pop(0)
            if not world.selects(repository):
                continue
            try:
                for action in world.actions:
                    if action != "check" or is_checked(world, options, repository):
                        world.borg(action, options, repository["path"])
                    if action == "prune" and frees_space(world):
                        world.borg("compact", options, repository["path"])
            except FailedError:
                world.errors += 1  # even if a retry then succeeds
                if attempt < options.get("retries", 0):
                    queue.append((repository, attempt + 1))
                else:
                    failed = True
                    failing = repository["path"]
    if not failed:
        try:
            for action in hooked:
                if action in world.actions:
                    world.hooks(options.get(f"after_{WORDS[action]}", []))
        except FailedError as failure:
            if failure.soft:
                return
            world.errors += 1
            failed = True
    if failed:
        on_error(world, options, failing)


def frees_space(world: World) -> bool:
    """Borgplan's difference `space`: there is no action `compact` yet, and nobody asks for it."""
    return world.release < (1, 5, 23) and "compact" not in world.actions


def configuration_c_d(world: World, options: Options) -> None:
    """The passage `C, D`. borgplan asks for no version."""
    failed = False
    failing = ""
    none_yet: list[int] = []
    queue = [(repository, 0, none_yet) for repository in repositories_of(options)]
    while queue:
        repository, attempt, earlier = queue.pop(0)
        world.forgive(earlier)
        before = list(world.failures)
        try:
            repository_c_d(world, options, repository)
        except FailedError as failure:
            if attempt < options.get("retries", 0):
                new = [number for number in world.failures if number not in before]
                queue.append((repository, attempt + 1, new))  # soft failures too
            elif not failure.soft:
                world.errors += 1
                failed = True
                failing = repository["path"]
            elif world.release < (1, 8, 10):
                return  # leave the configuration at once
            elif world.release < (1, 9, 0):
                break  # stop taking repositories
    if failed:
        on_error(world, options, failing)


def repository_c_d(world: World, options: Options, repository: Options) -> None:
    """The passage `repository`, and the paragraph below it on `--repository`."""
    path = repository["path"]
    selected = world.selects(repository)
    if not selected and world.release < (1, 7, 9):
        return  # these releases have no such argument: borgplan's own
    around = world.release >= (1, 7, 0)
    world.hooks(options.get("before_actions", []) if around else [], path)
    for action in world.actions:
        if action in options.get("skip_actions", []):
            continue
        if not selected or (action == "check" and not is_checked(world, options, repository)):
            continue
        world.hooks(options.get(f"before_{WORDS[action]}", []), path)
        world.borg(action, options, path)
        world.hooks(options.get(f"after_{WORDS[action]}", []), path)
    world.hooks(options.get("after_actions", []) if around else [], path)


def is_checked(world: World, options: Options, repository: Options) -> bool:
    """Section 2, last line: "`check_repositories` set, 1.7.10+: no check ever runs"."""
    only = options.get("check_repositories", [])
    if not only:
        return True
    if world.release >= (1, 7, 10):
        return False
    return repository["path"] in only
