"""Configurations, requests and faults by chance, each of which its release of borgmatic would read."""

from __future__ import annotations

import re
from typing import Any

import yaml
from hypothesis import strategies as st

from borgplan.compiler.semantics import NEWEST, Profile
from tests.laws.case import TMP, Case, Fault, described
from tests.laws.naive_world import Release

ACTIONS = ("create", "prune", "compact", "check")
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
NEWEST_MEASURED = (2, 1, 10)
SECTION_OF = {
    "source_directories": "location",
    "repositories": "location",
    "retries": "storage",
    "retry_wait": "storage",
    "keep_daily": "retention",
    "checks": "consistency",
    "check_repositories": "consistency",
}  # all others: hooks
CODES = st.sampled_from([1, 2, 75, 75, 100, 105, 107, 0])


def releases_of(profile: Profile) -> list[Release]:
    """The first and the last release that a profile says it describes."""
    found = [
        tuple(int(number) for number in text.split("."))
        for text in re.findall(r"\d+\.\d+\.\d+", profile.releases)
    ]
    return [*found, NEWEST_MEASURED] if profile is NEWEST else found


@st.composite
def cases(draw: st.DrawFn, profile: Profile, most_files: int = 3) -> Case:
    release = draw(st.sampled_from(releases_of(profile)))
    number = ".".join(str(part) for part in release)
    count = draw(st.integers(1, most_files))
    datas = [draw(files(release, place)) for place in range(1, count + 1)]
    texts = tuple(yaml.dump(data, Dumper=DUMPER, sort_keys=False, width=200) for data in datas)
    case = Case(
        semantics=draw(st.sampled_from([profile.name, number])),
        release=release,
        files=texts,
        actions=tuple(draw(st.lists(st.sampled_from(ACTIONS), unique=True))),
        repository=draw(patterns()),
    )
    return case._replace(faults=draw(faults(case)))


def patterns() -> st.SearchStrategy[str]:
    """For `--repository`. Older releases know no wildcards here, the oldest not the argument: those
    are borgplan's own, which does as the next release does."""
    some = [
        "$TMP/repos/r11.borg",
        "$TMP/repos/*2.borg",
        "$TMP/repos/r1?.borg",
        "second",
        "sec*",
        "nothing",
    ]
    return st.sampled_from([*[""] * 12, *some])


# --- files ---


@st.composite
def files(draw: st.DrawFn, release: Release, number: int) -> dict[str, Any]:
    """One file as data, in the forms that the release reads."""
    options: dict[str, Any] = {"source_directories": ["$TMP/src"]}
    paths = [f"$TMP/repos/r{number}{n}.borg" for n in range(1, draw(st.integers(1, 3)) + 1)]
    options["repositories"] = [draw(repositories(release, path)) for path in paths]
    options["keep_daily"] = 7
    if draw(st.booleans()):
        options |= draw(settings_of(release, paths))
    options |= draw(hook_options(release, number))
    if release >= (2, 0, 0) and draw(st.booleans()):
        entries = st.lists(command_entries(release, number), min_size=1, max_size=7)
        options["commands"] = draw(entries)
    return draw(arranged(release, options))


def repositories(release: Release, path: str) -> st.SearchStrategy[Any]:
    if release < (1, 7, 10):
        return st.just(path)
    labelled = {"path": path, "label": "second" if path.endswith("2.borg") else "other"}
    return st.sampled_from([{"path": path}, labelled])


@st.composite
def settings_of(draw: st.DrawFn, release: Release, paths: list[str]) -> dict[str, Any]:
    """What decides how often and whether actions run."""
    found: dict[str, Any] = {}
    if release >= (1, 5, 21) and draw(st.integers(0, 3)):
        found["retries"] = draw(st.sampled_from([1, 2, 0]))
        if draw(st.booleans()):
            found["retry_wait"] = 0
    if draw(st.booleans()):
        names = draw(st.sampled_from([["disabled"], ["repository"], ["archives", "repository"]]))
        found["checks"] = [{"name": n} if release >= (1, 8, 0) else n for n in names]
    if draw(st.booleans()):
        found["check_repositories"] = [draw(st.sampled_from(paths))]
    if release >= (1, 8, 5) and draw(st.booleans()):
        found["skip_actions"] = draw(st.lists(st.sampled_from(ACTIONS), min_size=1, unique=True))
    return found


def hooks_known(release: Release) -> list[str]:
    """The hook options of a release (SEMANTICS, section 1)."""
    words = ["backup"]
    if release >= (1, 5, 0):
        words += ["prune", "check", "extract"]
    if release >= (1, 5, 23):
        words += ["compact"]
    if release >= (1, 7, 0):
        words += ["actions"]
    around = [f"{side}_{word}" for word in [*words, "everything"] for side in ("before", "after")]
    return [*around, "on_error"]


@st.composite
def hook_options(draw: st.DrawFn, release: Release, number: int) -> dict[str, list[str]]:
    kinds = draw(st.lists(st.sampled_from(hooks_known(release)), unique=True, max_size=8))
    return {kind: draw(commands(release, kind, number)) for kind in kinds}


@st.composite
def commands(draw: st.DrawFn, release: Release, kind: str, number: int) -> list[str]:
    """Commands of a hook; those around everything are often the same in several files."""
    shared = "everything" in kind and draw(st.booleans())
    letters = draw(st.sampled_from(["a", "b", "ab", "aa"]))
    names = [f"{kind.replace(' ', '_')}{'' if shared else number}{letter}" for letter in letters]
    with_repository = kind in ("on_error", "after error") or (
        release >= (1, 7, 0) and not kind.endswith(("everything", "configuration"))
    )
    return [f"hook {name}{' {repository}' if with_repository else ''}" for name in names]


PLACES = ("everything", "configuration", "repository", "action")


@st.composite
def command_entries(draw: st.DrawFn, release: Release, number: int) -> dict[str, Any]:
    side = draw(st.sampled_from(["before", "after"]))
    place = draw(st.sampled_from([*PLACES, "error"] if side == "after" else PLACES))
    entry: dict[str, Any] = {side: place}
    if draw(st.booleans()):
        entry["when"] = draw(st.lists(st.sampled_from([*ACTIONS, "list"]), max_size=3, unique=True))
    if side == "after" and release >= (2, 0, 3) and draw(st.booleans()):
        entry["states"] = draw(st.lists(st.sampled_from(["finish", "fail"]), unique=True))
    entry["run"] = draw(commands(release, f"{side} {place}", number))
    return entry


@st.composite
def arranged(draw: st.DrawFn, release: Release, options: dict[str, Any]) -> dict[str, Any]:
    """Options in sections (all that releases before 1.8 read), flat, or some so and some so."""
    form = "sections"
    if release >= (1, 8, 0):
        form = draw(st.sampled_from(["sections", "flat", "flat", "mixed"]))
    found: dict[str, Any] = {}
    for name, value in options.items():
        in_section = form == "sections" or (form == "mixed" and draw(st.booleans()))
        if in_section:
            found.setdefault(SECTION_OF.get(name, "hooks"), {})[name] = value
            if form == "mixed" and name in hooks_known(release) and draw(st.booleans()):
                found[name] = ["hook hidden by the section"]
        else:
            found[name] = value
    return found


# --- faults ---


@st.composite
def faults(draw: st.DrawFn, case: Case) -> tuple[Fault, ...]:
    """Faults for commands that run if nothing fails, and some for those that wait for a failure."""
    struck: list[Fault] = [{"event": "borg", "subcommand": "create"}]
    for event, *words in described(case).trace:
        if event == "hook":
            struck += [
                {"event": event, "argv": [w.replace(TMP, "$TMP") for w in words]},
                {"event": event, "argv": words[:1]},
            ]
        else:
            number = words[1].removeprefix(f"{TMP}/repos/")
            struck.append({"event": event, "subcommand": words[0], "repository": number})
    waiting = re.findall(r"hook ((?:on|after)_\w+)", "\n".join(case.files))
    struck += [{"event": "hook", "argv": [name]} for name in sorted(set(waiting))]
    found = []
    for _ in range(draw(st.sampled_from([0, 1, 1, 2, 2, 3, 4]))):
        fault = {**draw(st.sampled_from(struck)), "exit": draw(CODES)}
        nth = draw(st.sampled_from([0, 0, 1, 2]))
        found.append({**fault, "nth": nth} if nth else fault)
    return tuple(found)
