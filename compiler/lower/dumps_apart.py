"""Commands that make dumps before an archive, each of them apart, so that nothing that isn't whole is archived."""

from __future__ import annotations

from ..plan.words import EACH, Use, Word, joined

# A pipe's end is that of a sound dump: a copy that has come to it is whole.
_COPY = """
trap 'rm -f -- "$pipe.part"; exit 1' TERM
for pipe do
  cp -- "$pipe" "$pipe.part" && mv -- "$pipe.part" "$0/${pipe##*/}" || { rm -f -- "$pipe.part"; exit 1; }
done
""".strip()
_COPY_TOGETHER = (
    'cd -- "$0" && find . -type p -print0 | xargs -0 -P 0 -n 1 '
    """sh -c 'cp -- "$0" "$0.part" && mv -- "$0.part" "../$0" || { rm -f -- "$0.part"; exit 1; }'"""
)
# An empty dump doesn't get into the archive either.
_MOVE = """
from=$1 content=$2 to=$3; shift 3
holds_something() {
  [ "$(find "$content" -type f -size +0 -print -quit 2>/dev/null)" ] || { echo "$content is missing or empty" >&2; return 1; }
}
"$@" && holds_something && mv -- "$from" "$to" || { rm -rf -- "$from"; exit 1; }
""".strip()

PLACEHOLDER = "{}"  # what stands for a name in the words of `for_each`


def copying(folder: Word, pipe: Word) -> tuple[Word, ...]:
    """Copies what comes out of a pipe to a file of the same name in a folder."""
    return ("sh", "-c", _COPY, folder, pipe)


def copying_all(folder: Word, pipes: Word) -> tuple[Word, ...]:
    """The same for all pipes in a folder, one after the other."""
    return ("find", pipes, "-type", "p", "-exec", "sh", "-c", _COPY, folder, "{}", "+")


def copying_together(apart: Word) -> tuple[Word, ...]:
    """The same for all pipes below a folder, at once, to the same places beside that folder."""
    return ("sh", "-c", _COPY_TOGETHER, apart)


def moving(argv: tuple[Word, ...], made: Word, content: Word, folder: Word) -> tuple[Word, ...]:
    """A command that makes a folder, which is moved once the command has ended well, and there is something in
    `content`: that folder or a file in it."""
    return ("sh", "-c", _MOVE, "sh", made, content, folder, *argv)


def with_placeholder(word: Word) -> Word:
    """A word with the placeholder where it has `Use(EACH)`."""
    if isinstance(word, str):
        return word
    return joined(*(PLACEHOLDER if part == Use(EACH) else (part,) for part in word))


def for_each(argv: tuple[Word, ...], names: Word) -> tuple[Word, ...]:
    """A command once for each name, one after the other. `names`: the path of a file that has a line for each."""
    return ("xargs", "-d", "\\n", "-a", names, "-I", PLACEHOLDER, *argv)
