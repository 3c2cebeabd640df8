"""Files that can't be run, and whom to tell: the monitoring services that can be read in them all the same."""

from __future__ import annotations

from ..config.decode.file import configuration
from ..config.model import Configuration
from ..config.option_names import SERVICE_NAMES
from ..config.options import SECTIONS
from ..lower.messages import failures
from ..plan.actions import Action
from ..plan.model import Step
from ..plan.words import SecretOption
from ..semantics import Profile
from ..semantics.select import Generations
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..source.span import COMMAND_LINE
from ..support.record import NamedTuple
from ..syntax.compose import parse
from ..syntax.nodes import Mapping, Node, Scalar
from .request import CompileRequest
from .secret_values import secrets_of
from .sources import Run, load_file, root_of

# What every file needs, and what nothing is made of here.
_REST = b"source_directories: [/]\nrepositories: [{path: /nowhere}]\n"
_VERBOSITY = "monitoring_verbosity"


class Unusable(NamedTuple):
    """The messages that tell of such a file, and the secrets that they need."""

    path: str
    steps: tuple[Step, ...]
    secrets: dict[SecretOption, str]


def unusable(
    paths: tuple[str, ...], generations: Generations, host: Host, request: CompileRequest
) -> list[Unusable]:
    """Those of these files whose services are told of a failure. `request`: of the run that
    they are not part of."""
    requested = frozenset(action.value for action in request.actions or (Action.CREATE,))
    found = []
    for path in dict.fromkeys(paths):
        if path not in generations.by_file:
            continue  # it can't be read at all
        profile = generations.of(path)
        file = _with_services(path, profile, host, request)
        if file is not None:
            steps = failures(file, profile, requested, host)
            found.append(Unusable(path, steps, secrets_of((file,), host)))
    return [each for each in found if each.steps]


def _with_services(
    path: str, profile: Profile, host: Host, request: CompileRequest
) -> Configuration | None:
    """A file reduced to its services; None if none can be read."""
    document = load_file(path, host).document
    rest = parse(path, _REST, Diagnostics())
    if document is None or not isinstance(rest, Mapping):
        return None
    run = Run((path,), "", COMMAND_LINE, request, (), None)
    root, _ = root_of(document, profile, host, Diagnostics(), run)
    pairs = _pairs(root)
    others = [pair for pair in pairs if pair[0].text == _VERBOSITY]
    # One by one, as what is wrong may be one of them.
    read = [
        configuration(path, rest._replace(pairs=(*rest.pairs, *others, pair)), Diagnostics())
        for pair in pairs
        if pair[0].text in SERVICE_NAMES
    ]
    sound = [file for file in read if file is not None and file.services]
    if not sound:
        return None
    return sound[0]._replace(services=tuple(s for file in sound for s in file.services))


def _pairs(root: Node) -> list[tuple[Scalar, Node]]:
    """Of services, and how much they are told: at the top, or in a section."""
    if not isinstance(root, Mapping):
        return []
    found = list(root.pairs)
    sections = [node for key, node in root.pairs if key.text in SECTIONS]
    found += [pair for node in sections if isinstance(node, Mapping) for pair in node.pairs]
    return [pair for pair in found if pair[0].text in (*SERVICE_NAMES, _VERBOSITY)]
