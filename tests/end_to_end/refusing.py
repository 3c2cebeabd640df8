"""Values for a real Borg, good and bad ones, and what it makes of each."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from borgplan.compiler.borg import values
from borgplan.compiler.borg.extra_values import refused_values
from borgplan.compiler.borg.formats import refusal
from borgplan.compiler.borg.locations import refused_location
from borgplan.compiler.borg.pattern_lines import DEFAULT_STYLE, parsed
from borgplan.compiler.borg.pattern_lines import refusal as refused_line
from borgplan.compiler.borg.versions import Version, version

_NUMBERS = count()


class Laboratory(NamedTuple):
    """A directory with a file to back up, `s`, and an empty repository, `r`."""

    path: Path
    version: Version

    def borg(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["borg", *words],
            cwd=self.path,
            env={
                **os.environ,
                "LC_ALL": "C.UTF-8",
                "BORG_BASE_DIR": f"{self.path}/base",
                "BORG_RSH": "false",
                "BORG_PASSPHRASE": "a phrase",
                "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )

    def create(self, *words: str, name: str = "") -> list[str]:
        return ["create", *words, f"r::{name or f'archive-{next(_NUMBERS)}'}", "s"]

    def file(self, content: str) -> str:
        path = self.path / f"file-{next(_NUMBERS)}"
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
        return str(path)


@cache
def laboratory() -> Laboratory:
    path = Path(tempfile.mkdtemp(prefix="borgplan-values-"))
    (path / "s").write_text("x")
    shown = subprocess.run(["borg", "--version"], capture_output=True, text=True, check=True)
    found = version(shown.stdout.split()[-1])
    assert found is not None
    made = Laboratory(path, found)
    made.borg("init", "-e", "none", "r").check_returncode()
    return made


class Table(NamedTuple):
    """`words`: of Borg for a value. `rule`: borgplan's, which says why Borg refuses a value. `said`: what
    a refusal prints where other failures are to be expected."""

    rule: Callable[[str, Version | None], str]
    words: Callable[[Laboratory, str], Sequence[str]]
    values: tuple[str, ...]
    said: bytes = b""


def _pattern(text: str, _version: Version | None) -> str:
    return refused_line(parsed(text), DEFAULT_STYLE)


def _extra(text: str, version: Version | None) -> str:
    wrong = refused_values(tuple(shlex.split(text)), "create", version)
    return next((problem for *_, problem in wrong), "")


TABLES = {
    "compression": Table(
        values.compression,
        lambda lab, value: lab.create("--compression", value),
        (
            "none", "lz4", "zstd", "zstd,3", "zstd,22", "zstd,23", "zstd,0", "zstd,", "zstd, 3", "zstd,3,4",
            "zlib,0", "zlib,10", "lzma,9", "lzma,10", "lz5", "lz4,3", "LZ4", "gzip", "zstd:3", "auto",
            "auto,lz4", "auto,auto,zstd", "auto,obfuscate,2,lz4", "obfuscate,110,lz4", "obfuscate,7,none",
            "obfuscate,250,lz4", "obfuscate,2", "obfuscate,2,auto,zstd,7", "zstd,fast", " zstd",
        ),
    ),
    "files_cache": Table(
        values.files_cache,
        lambda lab, value: lab.create("--files-cache", value),
        (
            "ctime,size,inode", "inode,size,ctime", "ctime,size", "mtime,size", "rechunk,ctime", "disabled",
            "size", "foo", "ctime", "ctime, size", "ctime,size,", "rechunk", "disabled,ctime", "CTIME,SIZE",
            "size,inode",
        ),
    ),
    "chunker_params": Table(
        values.chunker_params,
        lambda lab, value: lab.create("--chunker-params", value),
        (
            "default", "Default", "default,1", "19,23,21,4095", "buzhash,10,23,16,4095", "19,23,21,4094",
            "19,23,21", "5,23,21,4095", "10,24,16,4095", "19,21,23,4095", "fixed,4096", "fixed,4096,512",
            "fixed,63", "fixed", "fixed,1,2,3", "fixed,20971479", "fixed,20971480", "a,b,c,d", "fastcdc,1",
            "19, 23, 21, 4095", "19,23,21,99999999999", "19 23 21 4095",
        ),
    ),
    "keep_within": Table(
        values.keep_within,
        lambda _, value: ["prune", f"--keep-within={value}", "r"],
        (
            "3H", "3d", "3w", "3m", "3y", " 3d", "3 d", "3d ", "0d", "-1d", "3 days", "3D", "3", "d", "3M",
            "1.5d", "1d12H", "99999999d", "3h", "3min",
        ),
    ),
    "archive_name_format": Table(
        values.archive_name,
        lambda lab, value: lab.create(name=value),
        (
            "a-{hostname}", "b-{now}", "c-{now:%Y/%m}", "d/e", "f-{foo}", "g-{hostname!r}",
            "h-{hostname.x}", "i-{", "j-}", "k-{}", "l-{{a}}", "m-{unixtime}", "n-{uuid4}", "o-{pid:05d}",
            "p-{pid:zz}", "q-{Hostname}", "r-{now:%D}", "s-{now:%c}", "t-{hostname:>5}", "u-{0}", "v::w",
            "x[1]", "y*?", "z" * 255, "z" * 256, "aa-{now!s}", "bb-{borgversion}", "cc-{ hostname }",
        ),
    ),
    "match_archives": Table(
        values.archive_filter,
        lambda _, value: ["list", "--glob-archives", value, "r"],
        (
            "*", "{hostname}-*", "{foo}-*", "[z-a]", "[", "[]", "[!]", "[!a]*", "x{", "{{a,b}}", "{a,b}",
            "[[]x", "[a-\\d]", "\\",
        ),
    ),
    "comment": Table(
        refusal,
        lambda lab, value: lab.create("--comment", value),
        ("plain", "{now}", "{foo}", "{", "}", "a/b", "100 %"),
    ),
    "sort_by": Table(
        values.sort_by,
        lambda _, value: ["list", "--sort-by", value, "r"],
        ("timestamp", "name", "id", "archive", "name,timestamp", "ts", "foo", " name"),
    ),
    "encryption": Table(
        values.encryption,
        lambda _, value: ["init", "-e", value, f"new-{next(_NUMBERS)}"],
        ("none", "authenticated", "repokey", "keyfile-blake2", "repokey-aes-ocb", "NONE", "foo"),
    ),
    "storage_quota": Table(
        values.storage_quota,
        lambda _, value: ["init", "-e", "none", f"--storage-quota={value}", f"new-{next(_NUMBERS)}"],
        ("10M", "9M", "1.5T", "10 M", "10MB", "10m", "G", "100000K", "1E", "inf", "nan", "-1G", "10M "),
    ),
    "locations": Table(
        refused_location,
        lambda _, value: ["compact", value],
        (
            "/x/y", "x/y", "user@host:x", "ssh://h/x", "ssh://u@h:22/./x", "ssh://h", "ssh://h/",
            "ssh://u@h:x/y", "ssh://u@h:22x/y", "ssh://u:p@h/x", "ssh://[::1]/x", "ssh://::1/x", "file:///x",
            "//x/y", "x::y", "x::", ":x", "{hostname}/x", "{foo}/x", "a b/c", "sftp://h/x", "[::1]:x",
        ),
        said=b"Invalid location format|Invalid placeholder|No archive can be specified",
    ),
    "extra words": Table(
        _extra,
        lambda lab, value: [*lab.create()[:1], *shlex.split(value), *lab.create()[1:]],
        (
            "--compression lz5", "-Cqq", "-C zstd,3", "--files-cache=foo", "--chunker-params=1,2", "-e 're:('",
            "--exclude '*.o'", "--pattern '- xx:y'", "--pattern '- x'", "-c x", "-c 600", "--lock-wait x", "--comment {foo}",
            "--checkpoint-interval=1.5", "--upload-ratelimit 5M", "--list --comment",
        ),
    ),
    "lines of patterns": Table(
        _pattern,
        lambda lab, value: [*lab.create()[:1], "--patterns-from", lab.file(value), *lab.create()[1:]],
        (
            "R s", "Rs", "r s", "R", "-", "+", "!", "P", "P fm", "Psh", "p re", "P xx", "P re:", "* x", "x",
            "- xx:foo", "- 12:30", "- sh:", "- re:", "- re:[", "- re:(", "- re:*", "- re:a**", "- re:x(?i)",
            "- re:\\p{L}", "- re:a{99999999999}", "- sh:[z-a]", "- [z-a]", "- fm:[z-a]", "- sh:[", "- pf:[",
            "-x", "- é:é:x", "- éé:x", "include x", "\ufeff- x", "- a\x00b", "R a\x00b", "- \x0c",
        ),
    ),
}  # fmt: skip
