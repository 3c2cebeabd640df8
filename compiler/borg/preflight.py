"""What a run needs on this machine and a look at its files can tell: repositories, sources, keys.

No Borg runs for it, nothing is locked and no passphrase is read. A hook that runs before may make or
mount what isn't there yet, which leaves a note of the warning.
"""

from __future__ import annotations

from ..plan.actions import Action
from ..plan.words import SecretFile
from ..source.diagnostic import Diagnostics
from ..source.host import UnreadableError
from ..source.span import Span, Text
from .action_inputs import Existence, Seen
from .pattern_lines import ROOTS, parsed
from .patterns import has_glob, lines_of
from .target import Target, expand_home, passphrase

_MAX_CONFIG = 65536  # bytes; Borg's own is below 1 kB, and a key in it below 2 kB
_SCHEME = "file://"


def existence(target: Target) -> Existence:
    """Whether a repository is there, as far as can be seen; see `Existence`."""
    seen = target.host.fact("repository", target.location, lambda: Seen(_existence(target)))
    return seen.existence if seen else Existence.LATER


def _existence(target: Target) -> Existence:
    """Whether a local repository is there; NOT_ASKED for those that only Borg can find."""
    path = local_path(target)
    if not path:
        return Existence.NOT_ASKED
    host = target.host
    there = host.is_there(path)
    if not there:
        return Existence.UNKNOWN if there is None else Existence.ABSENT
    config = f"{path}/config"
    if host.is_directory(config):  # Borg 2
        return Existence.EXISTS
    try:
        data = host.read(config, _MAX_CONFIG)
    except UnreadableError:
        return Existence.ABSENT if host.is_there(config) is False else Existence.UNKNOWN
    return Existence.EXISTS if b"[repository]" in data else Existence.ABSENT


def check_repository(
    target: Target,
    actions: tuple[Action, ...],
    found: Existence,
    diagnostics: Diagnostics,
    *,
    hooked: bool,
) -> None:
    """Tell of a repository that isn't there and won't be created (BP424). `hooked`: hooks run before."""
    if found is not Existence.ABSENT or Action.REPO_CREATE in actions:
        return
    _tell(
        "BP424",
        f"there is no Borg repository at {target.location}",
        target.repository.span,
        "create it: borgplan repo-create FILE -e repokey-blake2",
        diagnostics,
        hooked=hooked,
    )


def check_files(
    target: Target, actions: tuple[Action, ...], diagnostics: Diagnostics, *, hooked: bool
) -> None:
    """Tell of sources (BP425) and of files with secrets or keys (BP426) that aren't there."""
    if Action.CREATE in actions:
        _check_sources(target, diagnostics, hooked=hooked)
    for name, path, place in _secret_files(target, actions):
        if target.host.is_there(path) is False:
            message = f"`{name}` needs {path}, which does not exist"
            _tell("BP426", message, place, "", diagnostics, hooked=hooked)


def _check_sources(target: Target, diagnostics: Diagnostics, *, hooked: bool) -> None:
    """Whoever says that sources needn't exist isn't told of those that don't."""
    must_exist = target.settings.boolean("source_directories_must_exist")
    if must_exist is False:
        return
    fails = must_exist or target.profile.sources_must_exist
    then = "borg create will not run" if fails else "borg create skips it"
    for source in _sources(target):
        path = expand_home(source.text, target.host)
        if has_glob(path) or target.host.is_there(_from(target.directory, path)) is not False:
            continue
        message = f"the source {path} does not exist: {then}"
        _tell("BP425", message, source.span, "", diagnostics, hooked=hooked)


def _sources(target: Target) -> list[Text]:
    """The configured ones, those among the patterns included."""
    roots = [
        Text(line.value, text.span)
        for text in target.settings.texts("patterns")
        for line in map(parsed, lines_of(text.text))
        if line.letter in ROOTS
    ]
    return [*target.settings.texts("source_directories"), *roots]


def _secret_files(target: Target, actions: tuple[Action, ...]) -> list[tuple[str, str, Span]]:
    """Option, path and place of each file that is read for the secret of this repository."""
    settings = target.settings.by_key
    found: list[tuple[str, str, Span]] = []
    secret = passphrase(target.configuration, target.repository, target.host)
    if isinstance(secret, SecretFile):
        place = settings["encryption_passphrase"].span
        found.append(("encryption_passphrase", secret.path, place))
    key = settings.get("borg_key_file")
    if key is not None and key.value and Action.REPO_CREATE not in actions:
        found.append(("borg_key_file", _from(target.directory, str(key.value)), key.span))
    return found


def local_path(target: Target) -> str:
    """Where a repository is on this machine, relative to where Borg runs; empty as for `_local`."""
    path = _local(target.location)
    return _from(target.directory, path) if path else ""


def _local(location: str) -> str:
    """The path of a repository on this machine; empty for others, and where Borg fills in a part."""
    path = location.removeprefix(_SCHEME)
    first = path.partition("/")[0]
    if "{" in path or (path == location and ":" in first):
        return ""  # `host:path`, `ssh://`, `rclone:`
    return path


def _from(directory: str | None, path: str) -> str:
    return path if directory is None or path.startswith("/") else f"{directory}/{path}"


def _tell(
    code: str, message: str, place: Span, hint: str, diagnostics: Diagnostics, *, hooked: bool
) -> None:
    if hooked:
        diagnostics.note(code, f"{message} (a hook that runs earlier may create it)", place)
    else:
        diagnostics.warning(code, message, place, hint)
