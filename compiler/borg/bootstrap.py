"""What disaster recovery asks of a repository: which archive, which configuration files are in it, and their way out.

Archives of borgmatic and of borgplan say that in `borgmatic/bootstrap/manifest.json`: `config_paths` has the absolute
paths of the files. Borg before 1.4 stores the whole path of the runtime directory that the manifest was made in, and
very old borgmatic put it below the home directory (measured with borgmatic 2.1.10).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from ..config.model import Configuration, Repository
from ..config.settings import Setting, Settings
from ..plan.work import SHOWN, Process, Proof
from ..semantics import NEWEST
from ..source.host import Host
from ..source.span import COMMAND_LINE
from ..support.record import NamedTuple
from .action_inputs import repository_flags
from .target import Target, target_of
from .versions import SEPARATE_REPOSITORY, SERIES, Version

TOP = "borgmatic"
MANIFEST = f"{TOP}/bootstrap/manifest.json"
_FORMAT = "{id}{TAB}{archive}{TAB}{command_line}{NL}"
_BASES = ("XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY", "TMPDIR", "TEMP")


class Found(NamedTuple):
    """An archive. `id`: what Borg is given for it; `series`: the format that its name comes from, empty if unknown."""

    id: str
    name: str
    series: str


def target(repository: str, options: dict[str, str], host: Host, version: Version) -> Target:
    """A repository without a configuration. `options`: by name, as in one; empty ones count for none."""
    by_key = {name: Setting(text, COMMAND_LINE) for name, text in options.items() if text}
    by_key["relocated_repo_access_is_ok"] = Setting(value=True, span=COMMAND_LINE)
    entry = Repository(repository, "", COMMAND_LINE)
    configuration = Configuration(
        path="", sectioned=False, settings=Settings(by_key), repositories=(entry,), hooks=(), commands=(),
        constants={}, constants_at=None, empty_hooks=(), lenient=(), unimplemented=(), renamed=(),
        span=COMMAND_LINE,
    )  # fmt: skip
    return target_of(configuration, entry, NEWEST, host, version)


def archives(target: Target) -> Process:
    """All of them, oldest first; see `read_archives`."""
    name = "repo-list" if target.version.knows(SEPARATE_REPOSITORY) else "list"
    argv = (name, "--log-json", *repository_flags(target), "--format", _FORMAT, *target.at())
    return target.command(argv, argv)._replace(output=SHOWN)


def read_archives(target: Target, answer: bytes) -> list[Found]:
    """What `archives` prints; lines of another form are left out."""
    found = []
    for line in answer.decode("utf-8", "replace").splitlines():
        identity, _, rest = line.partition("\t")
        name, tab, command = rest.partition("\t")
        if not tab or name.endswith(".checkpoint"):
            continue
        words = [word for word in command.split() if "::" in word]
        series = words[-1].rpartition("::")[2].strip("'\"") if words else ""
        late = target.version.knows(SERIES)
        found.append(Found(f"aid:{identity}" if late else name, name, series))
    return found


def newest(found: Iterable[Found]) -> list[Found]:
    """The newest archive of each series; one if there is no doubt which is meant."""
    return list({archive.series: archive for archive in found}.values())


def manifests(
    target: Target, archive: str, host: Host, runtime: str = "", old: str = ""
) -> list[Process]:
    """Questions for the manifest, in the order of its likely places. `runtime`: where borgmatic made its runtime
    directory; `old`: what old releases had in its place."""
    base = runtime or next(filter(None, map(host.environment.get, _BASES)), "/tmp")  # noqa: S108
    above = base.strip("/")
    places = (
        MANIFEST,
        f"{above}/*/{MANIFEST}",
        f"{(old or f'{host.home}/.{TOP}').strip('/')}/bootstrap/manifest.json",
    )
    start = ("extract", "--log-json", "--stdout", *repository_flags(target))
    found = []
    for place in places:
        argv = (*start, *target.at(archive), f"sh:{place}")
        found.append(target.command(argv, argv)._replace(output=SHOWN))
    return found


def read_manifest(answer: bytes) -> tuple[str, ...]:
    """The absolute paths of the configuration files. Raises ValueError, in words, for what is no manifest."""
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError):
        raise ValueError("the manifest is not JSON") from None
    paths = data.get("config_paths") if isinstance(data, dict) else None
    if not isinstance(paths, list) or not paths:
        raise ValueError("the manifest names no configuration files")
    for path in paths:
        sound = isinstance(path, str) and path.startswith("/") and path.isprintable()
        if not sound or ".." in path.split("/"):
            raise ValueError(f"the manifest names something that is not an absolute path: {path!r}")
    return tuple(dict.fromkeys(paths))


def stripped(paths: tuple[str, ...], components: str) -> tuple[str, ...]:
    """Where files come to lie below the destination, without so many leading parts (`all`: all but the last)."""
    names = [path.strip("/").split("/") for path in paths]
    count = max(map(len, names)) - 1 if components == "all" else int(components or 0)
    return tuple("/".join(name[count:]) for name in names if len(name) > count)


def extraction(
    target: Target, archive: str, paths: tuple[str, ...], destination: str, components: str
) -> Process:
    """The files, and nothing else, into a directory."""
    count = (
        max(path.strip("/").count("/") for path in paths)
        if components == "all"
        else int(components or 0)
    )
    place = target.location
    if not place.startswith("/") and ":" not in place:
        place = f"{target.host.directory}/{place}"
    argv = (
        "extract", "--log-json", "--list", *repository_flags(target),
        *(["--strip-components", str(count)] if count else []),
        *target.at(archive, location=place), *(f"pp:{path.lstrip('/')}" for path in paths),
    )  # fmt: skip
    command = target.command(argv, (*argv[:1], "--dry-run", *argv[1:]))
    return command._replace(directory=destination, proof=Proof.ITEMS)
