"""What a command of Borg did, in numbers, as its log and its report tell it; None for what they don't."""

from __future__ import annotations

from collections.abc import Callable

from ...compiler.support.record import NamedTuple

NAMED = 10  # unreadable files that are kept by name


class Unreadable(NamedTuple):
    """A file or a directory that is not in the archive, and why, in the system's words."""

    path: str
    why: str


class Tally(NamedTuple):
    """Of `create`: `new`, `changed` and `unchanged` files; `unsteady`: files that changed while Borg read them;
    `unreadable`: how many files and directories it could not read, and `unreadable_files` the first of them;
    `stored`: bytes that the repository holds after it. Of `prune`: archives `pruned` and `kept`. Of `compact`: bytes
    `freed`, which Borg rounds."""

    new: int | None = None
    changed: int | None = None
    unchanged: int | None = None
    unsteady: int | None = None
    unreadable: int | None = None
    unreadable_files: tuple[Unreadable, ...] = ()
    stored: int | None = None
    pruned: int | None = None
    kept: int | None = None
    freed: int | None = None

    def masked(self, mask: Callable[[str], str]) -> Tally:
        """Without secrets in names."""
        files = tuple(Unreadable(mask(path), mask(why)) for path, why in self.unreadable_files)
        return self._replace(unreadable_files=files)


NO_TALLY = Tally()


def as_data(tally: Tally) -> dict[str, object]:
    """For JSON: what is known, and nothing else."""
    data: dict[str, object] = {
        name: value for name, value in tally._asdict().items() if value is not None
    }
    files = [each._asdict() for each in tally.unreadable_files]
    del data["unreadable_files"]
    return {**data, "unreadable_files": files} if files else data


def of_data(data: object) -> Tally:
    """The tally in `as_data`'s form; nothing of what isn't."""
    if not isinstance(data, dict):
        return NO_TALLY
    numbers = {
        name: value
        for name in Tally._fields
        if name != "unreadable_files"
        and isinstance(value := data.get(name), int)
        and not isinstance(value, bool)
    }
    files = data.get("unreadable_files")
    named = tuple(
        Unreadable(str(each.get("path")), str(each.get("why")))
        for each in (files if isinstance(files, list) else ())
        if isinstance(each, dict)
    )
    return NO_TALLY._replace(unreadable_files=named, **numbers)
