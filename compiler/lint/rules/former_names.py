"""Options and forms that later releases of borgmatic have under another name, or in another way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ...config.model import Configuration
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...source.span import Span
from ...support.record import NamedTuple
from ..rule import Rule
from .hook_commands import profile_of
from .written import before, written


class _Form(NamedTuple):
    """`since`: the release that has `instead`. `places`: where the old form stands in a file, if it does."""

    what: str
    instead: str
    since: tuple[int, ...]
    places: Callable[[Compilation, Configuration], Iterator[Span]]


def former_names(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP240: an option's older name. BP241: an older form. Once each for a file."""
    first = profile_of(compilation).first
    for configuration in compilation.configurations:
        for old in configuration.renamed:
            if first >= _RENAMED_IN:
                diagnostics.note(
                    "BP240",
                    f"`{old.text}` was renamed to `{_new_name(old.text)}` in borgmatic 1.7.0",
                    old.span,
                    "rename it: borgplan lint --fix",
                )
        for form in _FORMS:
            place = next(form.places(compilation, configuration), None)
            if place is not None and first >= form.since:
                release = ".".join(map(str, form.since))
                diagnostics.note(
                    "BP241", f"{form.what} since borgmatic {release}; {form.instead}", place
                )


_RENAMED_IN = (1, 7, 0)


def _new_name(former: str) -> str:
    from ...config.options import OPTIONS

    return next(option.name for option in OPTIONS if option.former == former)


def _sections(_compilation: Compilation, configuration: Configuration) -> Iterator[Span]:
    if configuration.sectioned:
        yield configuration.span


def _hook_options(_compilation: Compilation, configuration: Configuration) -> Iterator[Span]:
    yield from (hook.span for hook in configuration.hooks)


def _plain_checks(compilation: Compilation, configuration: Configuration) -> Iterator[Span]:
    for entry in configuration.settings.checks():
        if not re.search(r"name[\"']?\s*:\s*[\"']?\Z", before(compilation, entry.span)):
            yield entry.span


def _plain_repositories(compilation: Compilation, configuration: Configuration) -> Iterator[Span]:
    for repository in configuration.repositories:
        text = written(compilation, repository.span)
        if text.strip("\"'") == repository.path:
            yield repository.span


def _setting(key: str) -> Callable[[Compilation, Configuration], Iterator[Span]]:
    def places(_compilation: Compilation, configuration: Configuration) -> Iterator[Span]:
        setting = configuration.settings.by_key.get(key)
        if setting is not None:
            yield setting.span

    return places


def _home_in_repositories(
    _compilation: Compilation, configuration: Configuration
) -> Iterator[Span]:
    yield from (r.span for r in configuration.repositories if r.path.startswith("~"))


def _disabled_checks(_compilation: Compilation, configuration: Configuration) -> Iterator[Span]:
    yield from (e.span for e in configuration.settings.checks() if e.name == "disabled")


_FORMS = (
    _Form(
        "checks as plain names are deprecated",
        "use a mapping, `- name: archives`",
        (1, 6, 2),
        _plain_checks,
    ),
    _Form(
        "repositories as plain texts are deprecated",
        "use a mapping, `- path: …` (2.1.10 crashes on texts outside of sections)",
        (1, 7, 10),
        _plain_repositories,
    ),
    _Form(
        "`prefix`",
        "prune and check select the archives of `archive_name_format` or `match_archives`",
        (1, 7, 11),
        _setting("prefix"),
    ),
    _Form("sections", "put options at the top level of the file", (1, 8, 0), _sections),
    _Form("`checks: disabled`", "use `skip_actions: [check]`", (1, 8, 5), _disabled_checks),
    _Form(
        "`before_backup` and similar options are deprecated",
        "use `commands:`",
        (2, 0, 0),
        _hook_options,
    ),
    _Form(
        "`~` in the path of a repository is not expanded",
        "Borg creates a directory of that name (borgplan expands it)",
        (2, 0, 0),
        _home_in_repositories,
    ),
    _Form("`quick_statistics`", "use `statistics: quick`", (2, 1, 9), _setting("quick_statistics")),
)


RULES = (Rule(("BP240", "BP241"), former_names),)
