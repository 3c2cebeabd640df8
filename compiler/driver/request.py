"""What a command line says that shapes a plan."""

from __future__ import annotations

from ..borg.action_options import ActionOptions
from ..plan.actions import Action
from ..support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..lower.selection import Selection


class CompileRequest(NamedTuple):
    """What is to be compiled, and how. It holds no secret: a saved plan keeps it.

    `configs`: paths of files and directories. `actions`: none for the generation's default. `semantics`: the
    name of a profile, a release or `auto`; empty for what the project file says. `overrides`: as `--set` has
    them. `interpolates`: whether `${NAME}` is replaced. `project`: a project file, if one is named.
    `policies`: files of such. `offline`: Borg isn't asked for anything.
    `stands_for`: the release of borgmatic that borgplan was called as.
    """

    configs: tuple[str, ...]
    actions: tuple[Action, ...] = ()
    repository: str = ""
    semantics: str = ""
    overrides: tuple[str, ...] = ()
    interpolates: bool = True
    project: str = ""
    policies: tuple[str, ...] = ()
    offline: bool = False
    options: ActionOptions = ActionOptions()
    stands_for: str = ""

    @property
    def selection(self) -> Selection:
        """What is to be done with the files."""
        from ..lower.selection import Selection

        return Selection(self.actions, self.repository, self.options)
