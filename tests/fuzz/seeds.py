"""What inputs grow from: files of this repository, of the corpus where it is there, and words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from borgplan.compiler.config import options
from borgplan.compiler.config.hooks import HookKind, Position
from borgplan.compiler.lint.baseline import Entry, write
from tests.fuzz.targets import SEPARATOR
from tests.laws.hostile import COMMANDS, NASTY, ODD
from tests.support.corpus import CORPUS

_ROOT = Path(__file__).parents[2]
_SMALL = ("template", "words", "select", "policy", "override", "comments", "baseline", "project")
_YAML = (
    "\n", "\n  ", "\n    - ", ": ", "- ", "&a ", "*a", "<<: *a", "<<: !include 1.yaml", "!include 2.yaml",
    "!include [1.yaml, 2.yaml]", "!retain ", "!omit ", "!!str ", "!!int ", "!ENV ", "{", "}", "[", "]", "'", '"',
    "|\n", ">-\n", "~", "null", "true", "0x1f", "1e3", ".inf", "%YAML 1.1\n---\n", "---\n", "...\n", "\t", "\ufeff",
    "? ", "${NAME}", "${NAME:-x}", "{constant}", "{error}", "# borgplan: ignore BP601\n", "# borgplan: ignore-file BP232\n",
    "states: [fail]", "when: [create]", "run: [true]", "before: action", "after: error", "run:", "- path: ", "label: a",
    "99999999999999999999", "-1", "1h30m", "\\ud800", "\\x85", "\\u2028", "\\0",
)  # fmt: skip
_POLICY = (
    "borg prune only after success of borg create", "every failure of borg create is reported", "in each repository",
    'hook before_backup and command "systemctl *"', "every acquisition is released", "not (phase exit)", " or ", " and ",
    "if borg create fails then the exit code is 1", "every repository has at least 2 borg create", "(", ")",
    "never borg prune after failure of borg create because 'x'", "hook before_backup has a timeout of at most 5m",
    "\n  # more\n  ", "if borg check is interrupted then borg prune does not run", "[!a]*", '"\\"',
)  # fmt: skip
_SHELL = (
    *COMMANDS, *ODD, "{error}", "${HOME:-/root}", "\\{error\\}", "sh -c '", "ssh host ", "eval ", "docker stop app",
    "systemctl start app && ", "if true; then ", "; fi", "case x in x) ", " esac", "<<EOF\n", "mount /mnt", "umount /mnt",
    "psql -c ", "awk '{", "`echo \\`", "$(case ", "$((", "while read x; do ", "done", "> /tmp/x", "trap 'x' EXIT",
)  # fmt: skip
_PROJECT = (
    b"semantics: 1.5.24\ntimeout: 6h\nsteps:\n  - select: hook before_backup and command 'x *'\n    name: a\n"
    b"    timeout: 5m\n    retries: 2\n    retry_wait: 10s\nlint:\n  ignore: [BP232]\n  severity: warning\n"
    b"policies:\n  - borg prune only after success of borg create\npairs:\n"
    b"  - name: app\n    take: [app stop {name}]\n    give: [app start {name}]\n"
)
_INCLUDING = (
    b"<<: !include 1.yaml\nrepositories: [{path: /backups/one}]\nretention: !omit\n  - a\n",
    b"source_directories: [/etc]\nkeep_daily: 1\nbefore_backup: [echo {repository}]\n",
)
_BASELINE = write([Entry("c.yaml", "BP601", "0" * 64), Entry("d.yaml", "BP232", "f")])


def fragments(target: str) -> list[bytes]:
    """What to put into inputs for a target."""
    return [word.encode(errors="surrogatepass") for word in _words(target)]


def _words(target: str) -> list[str]:
    match target:
        case "template" | "words":
            return [*_SHELL]
        case "select" | "policy":
            return [*_POLICY, *options.ACTION_NAMES, "\\", "*", "?", "#"]
        case "saved" | "baseline":
            return [
                "{}", "[]", "null", "true", "-1", "1e999", "NaN", '"\\ud800"', "9" * 20, '":', ",", "{", "[",
                '"soft"', '"late":"error"', '{"path":"/x"}', '"RUN"', "[[1,1]]",
            ]  # fmt: skip
        case _:
            keys = [f"{option.name}: " for option in options.OPTIONS]
            hooks = [f"{kind.value}: " for kind in (*HookKind, *Position)]
            return [*_YAML, *keys, *hooks, *_SHELL, *_POLICY]


def largest(target: str) -> int:
    """How many bytes an input for a target may have."""
    return 2_000 if target in _SMALL else 12_000


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Inputs for a target that make sense, and some that are nearly right."""
    found = _own(target)
    return tuple(dict.fromkeys(data for data in found if len(data) <= largest(target)))


def _own(target: str) -> Iterator[bytes]:
    match target:
        case "template" | "words":
            yield from (text.encode() for text in (*_SHELL, *NASTY, *_commands()))
        case "select" | "policy":
            yield from (text.encode() for text in _POLICY)
            yield "\n".join(_POLICY).encode()
            yield from _read("examples", "**/*.policy")
        case "saved":
            yield from (_compact(data) for data in _read("tests/plans", "**/*.json"))
        case "baseline":
            yield _BASELINE
        case "override":
            yield from (b"keep_daily=7", b"repositories[0].path=/x", b"hooks.before_backup=[a, b]")
        case "project":
            yield _PROJECT
            yield from _read("examples", "**/borgplan.yaml")
        case "comments":
            for data in _files():
                yield data.replace(b"\n", b"  # borgplan: ignore BP601\n", 2)
        case "configuration":
            for number, data in enumerate((*_files(), *_projects())):
                yield bytes([number % 128]) + data
        case "lint":
            yield from _files()
            yield SEPARATOR.join(list(_files())[:2])
        case _:
            yield from _files()
            yield _PROJECT


def _projects() -> Iterator[bytes]:
    for data in _read("examples", "*.yaml"):
        yield SEPARATOR.join((data, b"", b"", _PROJECT))


def _files() -> Iterator[bytes]:
    yield SEPARATOR.join(_INCLUDING)
    yield from _read("examples", "**/*.yaml")
    for path in sorted(CORPUS.glob("files/*/*.y*ml")):
        yield path.read_bytes()


def _read(folder: str, pattern: str) -> Iterator[bytes]:
    return (path.read_bytes() for path in sorted((_ROOT / folder).glob(pattern)))


def _compact(data: bytes) -> bytes:
    return json.dumps(json.loads(data), separators=(",", ":")).encode()


def _commands() -> Iterator[str]:
    """Texts in the examples with a blank in them."""
    for data in _read("examples", "**/*.yaml"):
        for event in yaml.parse(data.decode(), yaml.SafeLoader):
            if isinstance(event, yaml.ScalarEvent) and " " in event.value:
                yield event.value
