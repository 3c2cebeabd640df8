"""What a rule of `lint` is: its codes, and a function from what was compiled to findings.

Name, severity and explanation of a code are on its page, see `pages/`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..driver.compile import Compilation
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .pages import Page
    from .rules.hook_commands import Hooks


class Rule(NamedTuple):
    """A rule about the compilation of one file; what it finds must not depend on other files."""

    codes: tuple[str, ...]
    check: Callable[[Compilation, Host, Diagnostics], None]

    @property
    def pages(self) -> tuple[Page, ...]:
        """A page for each code."""
        return pages_of(self.codes)


class HookRule(NamedTuple):
    """A rule about single hooks of a file, which are collected once for all of these rules."""

    codes: tuple[str, ...]
    check: Callable[[Hooks, Diagnostics], None]

    @property
    def pages(self) -> tuple[Page, ...]:
        """A page for each code."""
        return pages_of(self.codes)


def pages_of(codes: tuple[str, ...]) -> tuple[Page, ...]:
    """Read when they are asked for."""
    from .pages import page

    return tuple(map(page, codes))
