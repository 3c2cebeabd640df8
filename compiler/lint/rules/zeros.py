"""Numbers that count as unset when they are 0."""

from __future__ import annotations

from ...config.options import OPTIONS, Type, Zero
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ..rule import Rule


def zeros(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP243: Borg isn't told of it, and takes its own default."""
    for configuration in compilation.configurations:
        for option in _UNSET_BY_ZERO:
            setting = configuration.settings.by_key.get(option.key)
            if setting is not None and setting.value == 0:
                diagnostics.note(
                    "BP243",
                    f"`{option.name}: 0` counts as unset, as in borgmatic: Borg uses its default",
                    setting.span,
                    f"to pass 0, use extra_borg_options: {option.flag} 0",
                )


_UNSET_BY_ZERO = tuple(
    option
    for option in OPTIONS
    if option.type is Type.INTEGER and option.flag and option.zero is Zero.UNSET
)


RULES = (Rule(("BP243",), zeros),)
