"""The dumps of a file's databases: for each archive in its turn, or once for all repositories; loaded further only for
files that have databases."""

from __future__ import annotations

from collections.abc import Sequence

from ..borg.action_inputs import Extent
from ..borg.target import Target
from ..plan.ids import Names
from ..plan.model import Step
from ..source.host import Host
from ..support.record import TYPE_CHECKING
from .places import Place, creates
from .repositories import Repositories

if TYPE_CHECKING:
    from .dump_files import DumpFiles
    from .dumps import Dumped


class DumpsByFile:
    """Makes the steps, and keeps where dumps are that have been made for all repositories of a file."""

    def __init__(self, repositories: Repositories, host: Host, names: Names) -> None:
        self._repositories = repositories
        self._host = host
        self._names = names
        self._made: dict[str, DumpFiles] = {}  # by the file's path

    def once(self, targets: Sequence[Target], place: Place) -> Sequence[Step]:
        """The steps before the first repository's turn, and before snapshots. `place`: of the file."""
        if not (place.configuration.databases and place.request.dumps.once):
            return ()
        creating = next((target for target in targets if creates(target, place)), None)
        if creating is None:
            return ()
        from .dumps import dumps_once

        dumped = dumps_once(creating, place, self._host, self._names)
        self._repositories.scratch += dumped.scratch
        self._made[place.configuration.path] = dumped.files
        return dumped.before

    def of(self, target: Target, place: Place, extent: Extent) -> Dumped:
        """Those of an archive. `place`: of the action that makes it."""
        from .dumps import dumped_before, dumps_of

        files = self._made.get(place.configuration.path)
        if files is None:
            found = dumps_of(target, place, extent, self._host, self._names)
        else:
            found = dumped_before(files, target, place, extent, self._host)
        self._repositories.scratch += found.scratch
        return found
