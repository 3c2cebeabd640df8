"""Keys of a configuration file that nothing reads, or that are read in two places."""

from __future__ import annotations

from ...source.diagnostic import Diagnostic, Diagnostics, Severity, did_you_mean
from ...source.span import Span
from ...syntax.nodes import Mapping, Scalar
from ..option_names import BESIDE
from ..options import BY_SECTION, OPTIONS, SECTIONS, Option

_MANY = 100


def is_a_plan(root: Mapping, diagnostics: Diagnostics) -> bool:
    """Whether this is a plan of borgplan's, which is told then (BP201)."""
    for key, value in root.pairs:
        if key.text == "format" and isinstance(value, Scalar):
            if value.text == "borgplan-plan":
                hint = "to save a plan for `borgplan apply FILE`, use `borgplan plan -o FILE`"
            elif value.text == "borgplan-saved-plan":
                hint = "run it with `borgplan apply FILE`"
            else:
                continue
            diagnostics.error("BP201", "this is a plan, not a configuration file", key.span, hint)
            return True
    return False


def unknown(key: Scalar, section: str, diagnostics: Diagnostics) -> None:
    """No option has this name (BP210)."""
    names = {*(BY_SECTION[section] if section else ()), *(() if section else SECTIONS)}
    everywhere = {option.name for option in OPTIONS} | BESIDE.keys()
    # Of so many hints none is read; each looks at all options.
    is_one_of_many = len(diagnostics) > _MANY and diagnostics[-_MANY].code == "BP210"
    where = f" in `{section}:`" if section else ""
    diagnostics.error(
        "BP210",
        f"unknown option `{key.text}`{where}",
        key.span,
        ""
        if is_one_of_many
        else did_you_mean(key.text, names - {key.text})
        or did_you_mean(key.text, everywhere - {key.text}),
    )


def shadowed(option: Option, key: Scalar, other: Span, diagnostics: Diagnostics) -> None:
    """borgmatic 1.8 and later: a section's options replace those of the same name at the top."""
    diagnostics.append(
        Diagnostic(
            "BP209",
            Severity.WARNING,
            f"`{option.name}` is also set in a section, which takes precedence",
            key.span,
            related=(("the one that takes effect", other),),
        )
    )


def twice(option: Option, key: Scalar, other: Span, diagnostics: Diagnostics) -> None:
    """An option stands in two sections (BP209)."""
    diagnostics.append(
        Diagnostic(
            "BP209",
            Severity.WARNING,
            f"`{option.name}` is set in two sections; this one takes effect",
            key.span,
            related=(("the other one", other),),
        )
    )
