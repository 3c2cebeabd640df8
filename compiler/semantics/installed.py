"""The borgmatic that is installed on this machine, and its release, found without running anything.

Looked at is what an installation leaves behind: the executable, the interpreter that its first line names,
and the name of the folder with the package's metadata; for Debian's package the list of packages. Nothing
read here is believed for more than a release number, and no number of bytes is beyond a bound.
"""

from __future__ import annotations

from ..source.host import Host, UnreadableError
from ..support.record import NamedTuple
from ..support.regex import lazily
from .releases import Release

# Which executable to look at instead of those on PATH; empty for none.
VARIABLE = "BORGPLAN_BORGMATIC"

# Where it often is, and where cron and systemd don't look: a file must not mean something else at night.
_USUAL = (
    "/root/.local/bin", "/usr/local/bin", "/usr/bin", "/bin", "/opt/borgmatic/bin",
    "/opt/homebrew/bin", "/snap/bin",
)  # fmt: skip
_SCRIPT_BYTES = 64 * 1024
_LOOKED_THROUGH = 8 * 1024  # characters of a script: searching more of a strange one takes long
_STATUS_BYTES = 64 * 1024 * 1024
_MOST_FOLDERS = 64
_DEEPEST = 3  # a wrapper that runs a wrapper

_NUMBERS = r"\d{1,4}(?:\.\d{1,4}){1,3}"  # of a release
_METADATA = lazily(rf"borgmatic-({_NUMBERS})(?!\d)[^/]*\.(?:dist|egg)-info\Z")
_LIBRARY = lazily(r"python3(?:\.\d+)?\Z")
_INTERPRETER = lazily(r"(/[^\s'\"]{0,500}/python[0-9.]{0,20})(?=[\s'\"]|\Z)")
_WRAPPED = lazily(r"(/[^\s'\":]{0,500}/\.?borgmatic(?:-wrapped)?)(?=[\s'\"]|\Z)")
_NUMBERED = lazily(rf"borgmatic[-:@=]v?({_NUMBERS})(?![\w.])")
# Borgplan under that name: a link to its script, or a script that runs it.
_BORGPLAN = lazily(
    r"\b(?:from|import) borgplan\b|/borgplan(?=[\s'\"]|\Z)|(?:^|\n)\s*(?:exec )?borgplan(?=\s|\Z)"
)
_DPKG_LIST, _DPKG_STATUS = "/var/lib/dpkg/info/borgmatic.list", "/var/lib/dpkg/status"
_DPKG_VERSION = lazily(rf"(?:\d+:)?({_NUMBERS})(?!\d)")


class Installed(NamedTuple):
    """`executable`: its path. `version`: its release as text, and empty if it can't be told; `evidence`:
    the file or folder that tells it."""

    executable: str
    version: str = ""
    evidence: str = ""

    @property
    def release(self) -> Release:
        return tuple(int(number) for number in self.version.split(".")) if self.version else ()


def installed(host: Host) -> Installed | None:
    """The first borgmatic on PATH or in the usual places; None if there is none.

    One that is borgplan under that name doesn't count.
    """
    for path in _candidates(host):
        script = _script(path, host)
        if script is None or _BORGPLAN.search(script):
            continue
        version, evidence = _version(path, script, host, 0)
        return Installed(path, version, evidence)
    return None


def _candidates(host: Host) -> list[str]:
    """Executables of that name that are there, each once."""
    named = host.environment.get(VARIABLE)
    if named is not None:
        return [named] if named.startswith("/") else []
    folders = [f for f in host.environment.get("PATH", "").split(":") if f.startswith("/")]
    folders = [*folders[:_MOST_FOLDERS], f"{host.home}/.local/bin", *_USUAL]
    paths = dict.fromkeys(f"{folder.rstrip('/')}/borgmatic" for folder in folders)
    return [path for path in paths if host.exists(path)]


def _script(path: str, host: Host) -> str | None:
    """The text of an executable; empty for one that is none, None for what isn't an executable."""
    status = host.status(path)
    if status is None or not status.regular or not status.mode & 0o111:
        return None
    try:
        return host.read(path, _SCRIPT_BYTES).decode("latin-1")[:_LOOKED_THROUGH]
    except UnreadableError:
        return ""


def _version(path: str, script: str, host: Host, depth: int) -> tuple[str, str]:
    """The release of what an executable runs, and what tells it; empty if nothing does."""
    for folder in _package_folders(path, script, host):
        found = _metadata(folder, host)
        if found:
            return found
    if path in ("/usr/bin/borgmatic", "/bin/borgmatic"):
        version = _of_debian(host)
        if version:
            return version, _DPKG_STATUS
    return _wrapped(path, script, host, depth)


def _package_folders(path: str, script: str, host: Host) -> list[str]:
    """Where the packages of an interpreter are: of a virtual environment its own only; else those beside
    the script, as `pip --user` and /usr/local have them, before the interpreter's."""
    found = _INTERPRETER.search(script[:1024]) if script.startswith("#!") else None
    own = _up(found[1]) if found else ""
    if own and host.exists(f"{own}/pyvenv.cfg"):
        prefixes = [own]
    else:
        prefixes = [*dict.fromkeys(p for p in (_up(path), own) if p)]
    version = found[1].rpartition("/")[2] if found else ""
    return [f for prefix in prefixes for f in _libraries(prefix, version, host)]


def _up(program: str) -> str:
    """/usr for /usr/bin/python3."""
    return program.rpartition("/")[0].rpartition("/")[0] or "/usr"


def _libraries(prefix: str, python: str, host: Host) -> list[str]:
    """Folders with packages below a prefix, those of the interpreter of this name first."""
    found = []
    for library in (f"{prefix}/lib", f"{prefix}/lib64"):
        try:
            names = [name for name in host.entries(library) if _LIBRARY.match(name)]
        except UnreadableError:
            continue
        names.sort(key=lambda name: name != python)
        for name in names[:_MOST_FOLDERS]:
            found += [f"{library}/{name}/site-packages", f"{library}/{name}/dist-packages"]
    return found


def _metadata(folder: str, host: Host) -> tuple[str, str] | None:
    """The release by the name of the package's metadata; the highest if an upgrade has left several."""
    try:
        matches = [match for name in host.entries(folder) if (match := _METADATA.match(name))]
    except UnreadableError:
        return None
    if not matches:
        return None
    best = max(matches, key=lambda match: tuple(map(int, match[1].split("."))))
    return best[1], f"{folder}/{best[0]}"


def _of_debian(host: Host) -> str:
    """The release of Debian's package, if it is installed."""
    if not host.exists(_DPKG_LIST):
        return ""
    try:
        status = host.read(_DPKG_STATUS, _STATUS_BYTES).decode("utf-8", "replace")
    except UnreadableError:
        return ""
    _, found, rest = f"\n{status}".partition("\nPackage: borgmatic\n")
    stanza = rest.partition("\n\n")[0].split("\n") if found else []
    fields = dict(line.split(": ", 1) for line in stanza if ": " in line and line[0] != " ")
    match = _DPKG_VERSION.match(fields.get("Version", ""))
    return match[1] if match and fields.get("Status", "").endswith(" installed") else ""


def _wrapped(path: str, script: str, host: Host, depth: int) -> tuple[str, str]:
    """Of a script that runs another borgmatic, by that one or by a number in its name, as a container
    image and the folders of some package managers have it."""
    if depth >= _DEEPEST:
        return "", ""
    for match in _WRAPPED.finditer(script):
        inner = _script(match[1], host) if match[1] != path else None
        if inner:
            version, evidence = _version(match[1], inner, host, depth + 1)
            if version:
                return version, evidence
    numbered = _NUMBERED.search(script)
    return (numbered[1], path) if numbered else ("", "")
