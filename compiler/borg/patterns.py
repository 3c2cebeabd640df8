"""Sources and excludes as the lines of one Borg pattern file.

`R path` is a root, `+`, `-` and `!` are rules of which the first that fits counts, `P style` sets
the style for lines without one (Borg documentation, "borg help patterns"). Files of patterns are
read here, so the plan shows all that decides what is backed up.
"""

from collections.abc import Callable

from ..diagnostic import Diagnostics
from ..document import MAX_BYTES
from ..hooks import Text
from ..host import Host, LeftUnreadError, UnreadableError
from ..lazily import lazily
from ..record import NamedTuple
from ..source import Span
from .common import Target, expand_home

_STYLED = lazily(r"(?:fm|sh|re|pp|pf):")
_GLOB = lazily(r"[*?\[]")
_TYPES = "RPrp+-!"
_DEFAULT_STYLE = "P sh"


class LateFile(NamedTuple):
    """A pattern file that can't be read yet: Borg reads it, by this flag, after that many lines."""

    flag: str
    path: str
    after: int


class Selection(NamedTuple):
    """What an archive gets: pattern lines, roots that no line can express, the files read, and those that
    Borg has to read, absolute, as they aren't there before the run."""

    lines: tuple[str, ...]
    arguments: tuple[str, ...]
    read: tuple[tuple[str, bytes], ...]
    late: tuple[LateFile, ...] = ()

    @property
    def roots(self) -> tuple[str, ...]:
        """All of them, those that stand among the patterns included."""
        lines = (line[1:].strip() for line in self.lines if line.startswith("R "))
        return (*dict.fromkeys(lines), *self.arguments)


def selection(
    target: Target, host: Host, diagnostics: Diagnostics, *, hooked: bool = False
) -> Selection:
    """The sources and rules of a configuration. Tells of pattern files that aren't there (BP403). `hooked`:
    hooks run before, which may make them."""
    reader = _Reader(target, host, diagnostics, hooked=hooked)
    settings = target.settings
    roots = [
        root
        for source in settings.texts("source_directories")
        for root in expand(source.text, host, target.directory)
    ]
    lines = [f"R {root}" for root in roots if _fits_a_line(root)]
    for name in target.profile.pattern_order:
        for text in settings.texts(name):
            lines += reader.lines(name, text, len(lines))
        if lines and _style_changed(lines):
            lines.append(_DEFAULT_STYLE)
    return Selection(
        tuple(lines),
        tuple(root for root in roots if not _fits_a_line(root)),
        tuple(reader.read),
        tuple(reader.late),
    )


def expand(path: str, host: Host, directory: str | None = None) -> list[str]:
    """`~` and globs expanded once; a pattern that matches nothing stays as it is (as in borgmatic).

    Relative paths are looked up in `directory`, and stay relative.
    """
    path = expand_home(path, host)
    if not has_glob(path):
        return [path]
    if directory is None or path.startswith("/"):
        return host.glob(path) or [path]
    base = f"{directory.rstrip('/')}/"
    return [found.removeprefix(base) for found in host.glob(base + path)] or [path]


def has_glob(path: str) -> bool:
    """Whether a path stands for those that fit it."""
    return _GLOB.search(path) is not None


def _fits_a_line(path: str) -> bool:
    """Borg strips each line of a pattern file."""
    return path == path.strip() and path.isprintable()


def _style_changed(lines: list[str]) -> bool:
    styles = [line for line in lines if line.startswith("P")]
    return bool(styles) and styles[-1] != _DEFAULT_STYLE


class _Reader:
    def __init__(
        self, target: Target, host: Host, diagnostics: Diagnostics, *, hooked: bool
    ) -> None:
        self.read: list[tuple[str, bytes]] = []
        self.late: list[LateFile] = []
        self._hooked = hooked
        self._directory = target.directory
        self._host = host
        self._diagnostics = diagnostics

    def lines(self, option: str, text: Text, after: int) -> list[str]:
        """The pattern lines that one item of one option makes. `after`: how many there are before."""
        match option:
            case "patterns":
                return self._with_roots(_cleaned(text.text), text.span)
            case "exclude_patterns":
                return self._excludes(_cleaned(text.text), text.span)
            case "patterns_from":
                return self._file(text, "--patterns-from", after, self._with_roots)
            case "exclude_from":
                return self._file(text, "--exclude-from", after, self._excludes)
            case _:
                raise ValueError(option)

    def _with_roots(self, lines: list[str], place: Span) -> list[str]:
        """Pattern lines, checked; roots among them are expanded as sources are."""
        found = []
        for line in lines:
            if line[0] not in _TYPES:
                self._diagnostics.error(
                    "BP420",
                    f"a pattern begins with its type, and `{line[0]}` is none",
                    place,
                    "types: R a root, + and - rules, ! a rule that isn't looked into, P a style",
                )
            if line[:1] == "R" and line[1:2].isspace():
                roots = expand(line[1:].strip(), self._host, self._directory)
                found += [f"R {root}" for root in roots]
            else:
                found.append(line)
        return found

    def _excludes(self, patterns: list[str], _place: Span) -> list[str]:
        return [self._exclude(pattern) for pattern in patterns]

    def _exclude(self, pattern: str) -> str:
        """As `--exclude` has it: style fm unless it names one, and don't look inside."""
        pattern = expand_home(pattern, self._host)
        return f"! {pattern}" if _STYLED.match(pattern) else f"! fm:{pattern}"

    def _file(
        self, text: Text, flag: str, after: int, meant: Callable[[list[str], Span], list[str]]
    ) -> list[str]:
        """What the lines of a pattern file are `meant` to be, or of all that a glob stands for. One that can't
        be read now is left to Borg, by `flag`, in its place: `after` so many lines, and those of the files
        before it."""
        lines: list[str] = []
        for path in expand(text.text, self._host):
            try:
                data = self._host.read(path, MAX_BYTES)
            except LeftUnreadError as error:
                self._diagnostics.warning("BP631", f"pattern file {path} {error}", text.span)
                continue
            except UnreadableError as error:
                self._tell(path, str(error), text.span)
                absolute = path if path.startswith("/") else f"{self._host.directory}/{path}"
                self.late.append(LateFile(flag, absolute, after + len(lines)))
                continue
            self.read.append((path, data))
            lines += meant(_cleaned(data.decode("utf-8", "surrogateescape")), text.span)
        return lines

    def _tell(self, path: str, error: str, place: Span) -> None:
        if self._hooked and self._host.is_there(path) is False:
            self._diagnostics.note(
                "BP403", f"there is no pattern file {path}, unless a hook sees to it", place
            )
        else:
            self._diagnostics.warning(
                "BP403", f"pattern file {path}: {error}: borg create will fail", place
            )


def _cleaned(text: str) -> list[str]:
    """Lines as Borg reads them: stripped, without blank lines and comments."""
    stripped = (line.strip() for line in text.split("\n"))
    return [line for line in stripped if line and not line.startswith("#")]
