"""Sources and excludes as the lines of one Borg pattern file.

`R path` is a root, `+`, `-` and `!` are rules of which the first that fits counts, `P style` sets
the style for lines without one (Borg documentation, "borg help patterns"). Files of patterns are
read here, so the plan shows all that decides what is backed up. A leading `~` of a path or pattern is
the home directory, also behind a style, as in borgmatic from 1.9.14 on; Borg itself knows no `~`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..source.diagnostic import Diagnostics
from ..source.host import Host, LeftUnreadError, UnreadableError
from ..source.span import Span, Text
from ..support.record import NamedTuple
from ..support.regex import lazily
from ..syntax.load import MAX_BYTES
from ..syntax.nodes import Late
from .pattern_lines import DEFAULT_STYLE, ROOTS, STYLE_LINES, STYLES, TYPES, Line, parsed, refusal
from .target import Target, expand_home

_GLOB = lazily(r"[*?\[]")
_MOST_TOLD = 5  # of the lines of one file that Borg refuses


class Written(NamedTuple):
    """A root or rule as Borg gets it, and where it was written: `where` is file and line of a pattern file."""

    line: Line
    span: Span
    where: str = ""


class LateFile(NamedTuple):
    """A pattern file that can't be read yet: Borg reads it, by this flag, after that many lines."""

    flag: str
    path: str
    after: int


class Selection(NamedTuple):
    """What an archive gets: pattern lines, roots that no line can express, and the files read.

    `late`: files that Borg has to read, absolute, as they aren't there before the run. `complete`: whether all lines of all of them are in it. `written`: its roots and rules.
    """

    lines: tuple[str, ...]
    arguments: tuple[str, ...]
    read: tuple[tuple[str, bytes], ...]
    complete: bool = True
    written: tuple[Written, ...] = ()
    late: tuple[LateFile, ...] = ()

    @property
    def roots(self) -> tuple[str, ...]:
        """All of them, those that stand among the patterns included."""
        lines = (line[1:].strip() for line in self.lines if line.startswith("R "))
        return (*dict.fromkeys(lines), *self.arguments)


def selection(
    target: Target, host: Host, diagnostics: Diagnostics, *, hooked: bool = False
) -> Selection:
    """The sources and rules of a configuration. Tells of pattern files that aren't there (BP403), and of lines
    and sources that Borg refuses (BP420). `hooked`: hooks run before, which may make such files."""
    reader = _Reader(target, host, diagnostics, hooked=hooked)
    for source in target.settings.texts("source_directories"):
        reader.source(source)
    for name in target.profile.pattern_order:
        for text in target.settings.texts(name):
            reader.take(name, text)
        reader.back_to_default()
    return Selection(
        tuple(reader.lines),
        tuple(reader.arguments),
        tuple(reader.read),
        reader.complete,
        tuple(reader.written),
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


class _Reader:
    """Collects lines; `_style` is that of values that name none, as Borg will see it at that point."""

    def __init__(
        self, target: Target, host: Host, diagnostics: Diagnostics, *, hooked: bool
    ) -> None:
        self.late: list[LateFile] = []
        self._hooked = hooked
        self.lines: list[str] = []
        self.arguments: list[str] = []
        self.read: list[tuple[str, bytes]] = []
        self.complete = True
        self.written: list[Written] = []
        self._style = DEFAULT_STYLE
        self._directory = target.directory
        self._host = host
        self._diagnostics = diagnostics

    def source(self, source: Text) -> None:
        """An entry of `source_directories`."""
        if not source.text or "\0" in source.text:
            self._refused(
                "a source can't contain a null character" if source.text else "a source is empty",
                source.span,
                "remove it; a variable that may be empty needs a default: `${NAME:-/path}`",
            )
            return
        self._add_roots(source.text, source.span)

    def take(self, option: str, text: Text) -> None:
        """One item of one of the options that hold patterns."""
        from_file = option.endswith("_from")
        if from_file:
            self._file(option, text)
        else:
            for line in lines_of(text.text):
                problem = self._take(option, line, text.span)
                if problem and not isinstance(text.text, Late):
                    self._refused(problem, text.span, _hint(option, line))

    def back_to_default(self) -> None:
        """Borg's style of an option's lines ends with the option."""
        if self._style != DEFAULT_STYLE:
            self.lines.append(f"P {DEFAULT_STYLE}")
            self._style = DEFAULT_STYLE

    def _take(self, option: str, text: str, place: Span, where: str = "") -> str:
        """Add a line, or say why Borg would refuse it."""
        line = _exclude(text) if option.startswith("exclude") else parsed(text)
        if problem := refusal(line, self._style):
            return problem
        if line.letter in ROOTS:
            self._add_roots(line.value, place, where)
            return ""
        if line.letter in STYLE_LINES:
            self._style = line.value
        else:
            home = expand_home(line.value, self._host)
            line = line if home == line.value else line._replace(value=home)
            self.written.append(
                Written(line._replace(style=line.style or self._style), place, where)
            )
        self.lines.append(str(line))
        return ""

    def _add_roots(self, path: str, place: Span, where: str = "") -> None:
        for root in expand(path, self._host, self._directory):
            self.written.append(Written(Line("R", "", root), place, where))
            if _fits_a_line(root):
                self.lines.append(f"R {root}")
            else:
                self.arguments.append(root)

    def _file(self, option: str, text: Text) -> None:
        for path in expand(text.text, self._host):
            try:
                data = self._host.read(path, MAX_BYTES)
            except LeftUnreadError as error:
                what = f"pattern file {path} {error}: its lines are known when the plan is applied"
                self._diagnostics.note("BP631", what, text.span)
                self._late(option, path)
                continue
            except UnreadableError as error:
                self._tell(path, str(error), text.span)
                self._late(option, path)
                continue
            self.read.append((path, data))
            try:
                content = data.decode("utf-8")
            except UnicodeDecodeError as error:
                number = data.count(b"\n", 0, error.start) + 1
                problem = "not valid UTF-8; Borg reads no line of this file"
                self._refused(f"{path}:{number}: {problem}", text.span)
                continue
            self._take_file(option, path, content, text.span)

    def _late(self, option: str, path: str) -> None:
        """Leave a file of patterns to Borg."""
        flag = "--patterns-from" if option == "patterns_from" else "--exclude-from"
        absolute = path if path.startswith("/") else f"{self._host.directory}/{path}"
        self.late.append(LateFile(flag, absolute, len(self.lines)))
        self.complete = False

    def _tell(self, path: str, error: str, place: Span) -> None:
        if self._hooked and self._host.is_there(path) is False:
            self._diagnostics.note(
                "BP403",
                f"there is no pattern file {path} (a hook that runs earlier may create it)",
                place,
            )
        else:
            self._diagnostics.warning(
                "BP403", f"pattern file {path}: {error}: borg create will fail", place
            )

    def _take_file(self, option: str, path: str, content: str, place: Span) -> None:
        refused = 0
        for number, line in _numbered(content):
            problem = self._take(option, line, place, f"{path}:{number}: ")
            refused += bool(problem)
            if problem and refused <= _MOST_TOLD:
                self._refused(f"{path}:{number}: {problem}", place, _hint(option, line))
        if refused > _MOST_TOLD:
            self._refused(f"{path}: {refused - _MOST_TOLD} more lines that Borg refuses", place)

    def _refused(self, problem: str, place: Span, hint: str = "") -> None:
        self._diagnostics.error("BP420", problem, place, hint)
        self.complete = False


def _hint(option: str, text: str) -> str:
    line = parsed(text)
    if option.startswith("exclude") or (line.letter in TYPES and line.value):
        return ""
    return "types: R is a root, + and - are rules, ! excludes without descending, P sets the style"


def _exclude(pattern: str) -> Line:
    """As `--exclude` has it: style fm unless it names one, and don't look inside."""
    line = parsed(f"! {pattern}")
    return line if line.style in STYLES else Line("!", "fm", pattern)


def lines_of(text: str) -> Iterable[str]:
    """Those of several lines that say something."""
    return (line for _, line in _numbered(text))


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Lines as Borg reads them: stripped, without blank lines and comments; a line may end in \\r too."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped
