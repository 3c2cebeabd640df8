"""Commands that remove something for good: files, archives, volumes, databases, containers."""

from __future__ import annotations

from functools import lru_cache

from .behind import behind, code
from .lexer import SPEAKING, Words, program, simple_commands

# Programs that do nothing else.
_REMOVERS = frozenset(
    ("rm", "rmdir", "unlink", "shred", "trash", "trash-put", "srm", "wipe", "wipefs", "blkdiscard", "tmpreaper",
     "tmpwatch", "lvremove", "vgremove", "pvremove", "dropdb", "dropuser")
)  # fmt: skip
# Of other programs a word that says so; an option by its start.
_WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("docker", "podman", "nerdctl"), ("rm", "rmi", "prune", "remove")),
    **dict.fromkeys(("docker-compose", "podman-compose"), ("rm",)),
    **dict.fromkeys(("borg", "borgmatic", "borgplan"),
        ("prune", "delete", "compact", "recreate", "rdelete", "repo-delete", "--prune", "--compact")),
    **dict.fromkeys(("kubectl", "oc"), ("delete",)),
    **dict.fromkeys(("aws", "s3cmd", "mc"), ("rm", "del", "rb", "--delete", "--remove")),
    "btrfs": ("delete", "del"),
    "dd": ("of=",),
    "find": ("-delete",),
    "git": ("clean", "gc"),
    "journalctl": ("--vacuum",),
    "lftp": ("--delete",),
    "rclone": ("sync", "delete", "purge", "deletefile", "rmdirs", "move", "cleanup"),
    "restic": ("forget", "prune"),
    "rsync": ("--delete", "--del", "--remove-source-files"),
    "snapper": ("delete", "remove", "cleanup"),
    "truncate": ("-s", "--size"),
    "zfs": ("destroy", "rollback"),
    "zpool": ("destroy",),
}  # fmt: skip
_SIGNS = (*_REMOVERS, *_WORDS, "mkfs")


@lru_cache(maxsize=4096)
def removals(text: str) -> tuple[str, ...]:
    """The simple commands of a shell text that remove something, as far as their words say."""
    if not any(sign in text for sign in _SIGNS):
        return ()
    found = (words for words in simple_commands(text) if _removes(words))
    return tuple(dict.fromkeys(" ".join(words) for words in found))


def _removes(words: Words) -> bool:
    words = behind(words)
    if not words or program(words[0]) in SPEAKING or code(words) is not None:
        return False  # code in a word is among the simple commands itself
    name, *others = program(words[0]), *words[1:]
    if name in _REMOVERS or name.partition(".")[0] == "mkfs":
        return True
    signs = _WORDS.get(name, ())
    return any(_says(word, sign) for sign in signs for word in others) or (
        name == "find" and any(program(word) in _REMOVERS for word in others)
    )


def _says(word: str, sign: str) -> bool:
    is_start = sign.startswith("--") or sign.endswith("=")
    return word.startswith(sign) if is_start else word == sign
