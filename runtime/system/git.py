"""git, asked about a repository that strangers may have written into.

What is asked reads objects and nothing else: no work tree, no index, no remote. Git looks for a repository
upwards from where it runs, takes any folder with HEAD, objects/ and refs/ for one, and then does what that
folder's `config` says; so the repository is chosen here, by its `.git`, which no branch can bring along. All
that a configuration can have git run is switched off on top.
"""

from __future__ import annotations

import os
import subprocess

SECONDS = 300  # reading objects waits for nobody

# What reading objects never needs, named so that no configuration can bring it in. Each is a program that git
# would start, or a way to a remote, where objects that are missing would be fetched from.
_SETTINGS = (
    ("safe.bareRepository", "explicit"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.sshCommand", "false"),
    ("core.gitProxy", "none"),
    ("core.askPass", "false"),
    ("core.alternateRefsCommand", "false"),
    ("core.attributesFile", "/dev/null"),
    ("core.pager", "cat"),
    ("core.warnAmbiguousRefs", "true"),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("protocol.allow", "never"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
)
_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    *(word for name, value in _SETTINGS for word in ("-c", f"{name}={value}")),
)
_VARIABLES = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
}
# Of the caller's own: where its settings are, `safe.directory` above all. All others lead git elsewhere.
_KEPT = ("GIT_CONFIG_", "GIT_EXEC_PATH")
_LEADS_ELSEWHERE = "GIT_CONFIG_PARAMETERS"


class GitError(Exception):
    """What git says, or why it can't be asked."""


class Repository:
    """The git repository whose work tree is `top`. Raises GitError if git sees none there."""

    def __init__(self, top: str) -> None:
        self.top = top
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or (name.startswith(_KEPT) and name != _LEADS_ELSEWHERE)
        }
        ceiling = os.path.dirname(os.path.realpath(top))
        self._environment = {**own, **_VARIABLES, "GIT_CEILING_DIRECTORIES": ceiling}
        found = self.output("rev-parse", "--absolute-git-dir")[:-1]
        if os.path.realpath(found) == os.path.realpath(os.fsencode(top)):
            # A release before 2.38 doesn't know `safe.bareRepository`.
            raise GitError(f"{top}/.git is not a git repository")

    def output(self, *words: str) -> bytes:
        """What git prints. Raises GitError, also for a name that this name is ambiguous."""
        try:
            done = subprocess.run(
                ("git", *_OPTIONS, "-C", self.top, *words),
                stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=SECONDS,
                env=self._environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise GitError(f"git took longer than {SECONDS} s") from None
        except (OSError, ValueError) as error:
            raise GitError(f"git can't be run: {error}") from error
        said = done.stderr.decode(errors="replace").strip()
        if done.returncode:
            first = said.partition("\n")[0].removeprefix("fatal: ")
            raise GitError(first or f"git exited with {done.returncode}")
        if "is ambiguous" in said:
            raise GitError(
                "this name is ambiguous, such as a branch and "
                "a tag: write refs/heads/…, refs/remotes/… or refs/tags/…"
            )
        return done.stdout

    def started(self, *words: str) -> subprocess.Popen[bytes]:
        """git as a process that is asked through pipes. Raises GitError."""
        try:
            return subprocess.Popen(
                ("git", *_OPTIONS, "-C", self.top, *words),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=self._environment,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise GitError(f"git can't be run: {error}") from error


def top_of(path: str, directory: str) -> str:
    """The top of the work tree that a path belongs to; both absolute. Raises GitError if there is none.

    From within a repository that one is meant, whatever lies in it: a folder of a branch may be a repository
    of its own (a submodule), and would answer for the whole. From outside there must be only one.
    """
    around = tops(path)
    if not around:
        raise GitError("not a git repository (nor is any folder around it)")
    own = [top for top in around if is_below(directory, top)]
    if own:
        return own[0]
    if len(around) > 1:
        raise GitError(
            f"{around[0]} is a repository inside that of {around[1]}: "
            "change to the one you mean and use a path relative to it"
        )
    return around[0]


def tops(path: str) -> list[str]:
    """The folders around a path, or itself, that have a `.git`; the innermost first."""
    found = []
    while True:
        if os.path.lexists(os.path.join(path, ".git")):
            found.append(path)
        above = os.path.dirname(path)
        if above == path:
            return found
        path = above


def is_below(path: str, top: str) -> bool:
    """Whether a path is `top`, or in it, as they are written."""
    return path == top or path.startswith(f"{top.rstrip('/')}/")
