"""Files that need something borgplan doesn't do yet: left out of a run of several files, as broken ones are.

Where no other file is there, the plan is of such a file after all: it can be looked at, and `apply` refuses it.
"""

from ..plan.titles import listed
from ..source.diagnostic import LEFT_OUT, Diagnostics
from .sources import Sources


def leave_out(sources: Sources, diagnostics: Diagnostics) -> None:
    """Move the files that can't be run to the broken ones, each with an error (BP361), if others stay."""
    refused = [c for c in sources.configurations if c.unimplemented]
    if len(refused) == len(sources.configurations):
        return
    for configuration in refused:
        first = configuration.unimplemented[0]
        names = [f"`{name}`" for name in dict.fromkeys(o.text for o in configuration.unimplemented)]
        verb = "is" if len(names) == 1 else "are"
        diagnostics.error(
            LEFT_OUT,
            f"{listed(names)} {verb} not implemented yet: {configuration.path} is skipped; the other "
            "files are not affected",
            first.span,
        )
    sources.broken += [c.path for c in refused]
    sources.configurations = [c for c in sources.configurations if c not in refused]
