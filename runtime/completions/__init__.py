"""Completion scripts for shells. `make docs` writes them with shtab; `borgplan completion SHELL` prints one.

Goes in: `borgplan.bash`, `borgplan.zsh`, `borgplan.fish`: generated, never edited. `../completion_scripts.py` generates them.
Imports: nothing.
"""

from __future__ import annotations

SHELLS = ("bash", "zsh", "fish")


def script(shell: str) -> str:
    """The script for one of `SHELLS`."""
    from importlib.resources import files

    return files(__package__).joinpath(f"borgplan.{shell}").read_text(encoding="utf-8")
