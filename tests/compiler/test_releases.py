"""The tables of releases, against the recording of what each release of borgmatic knows.

`scripts/record-option-releases` made it from the releases themselves. Where a table differs from it, the table is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from borgplan.compiler.config.databases import BY_OPTION
from borgplan.compiler.config.option_names import BESIDE
from borgplan.compiler.config.options import BY_NAME, BY_SECTION, GROUPS
from borgplan.compiler.config.services import MAPPINGS, SERVICES, Kind
from borgplan.compiler.semantics import NEWEST, OLDEST, PROFILES, Profile, releases
from borgplan.compiler.semantics.demands import demands
from borgplan.compiler.semantics.monitoring import monitoring_of
from borgplan.compiler.semantics.releases import Release
from tests.compiler.planning import codes, compilation
from tests.compiler.reading import parsed

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data/option_releases.json").read_text()
)
NAMES: dict[str, str] = RECORDED["names"]


def release(text: str) -> Release:
    return tuple(map(int, text.split(".")))


ALL = [release(text) for text in RECORDED["releases"]]


def first(span: str) -> Release:
    return release(span.split()[0].partition("-")[0])


def behind(span: str) -> Release | None:
    """The first release that doesn't have it any more."""
    last = span.split()[-1].partition("-")[2]
    return ALL[ALL.index(release(last)) + 1] if last else None


def trait(name: str) -> str:
    span: str = RECORDED["traits"][name]
    return span


def document(name: str, value: str) -> str:
    """A file with that option alone, in its section."""
    top, *inside = name.split(".")
    section = next((s for s, names in BY_SECTION.items() if top in names), None)
    section = section or BESIDE.get(top)
    if section is None:  # a group
        section = next(
            s for s, ns in BY_SECTION.items() if any(n.startswith(f"{top}.") for n in ns)
        )
    for key in reversed(inside):
        value = f"{{{key}: {value}}}"
    beside = "\nretention: {prefix: a-}" if top == "archive_name_format" else ""
    return f"{section}: {{{top}: {value}}}{beside}\n"


def asked(text: str) -> Release:
    """The first release that knows a file."""
    root, _ = parsed(text)
    assert root is not None
    latest = demands(root).latest
    return latest.release if latest is not None else ALL[0]


def is_known(name: str) -> bool:
    """Whether borgplan has a release for it: databases have one for a kind as a whole."""
    top, _, rest = name.partition(".")
    if top in BY_OPTION:
        return not rest
    return top in BY_NAME or top in GROUPS or top in BESIDE


KNOWN = [name for name in NAMES if is_known(name)]


def test_every_option_that_a_release_knows_is_known() -> None:
    tops = {name.partition(".")[0] for name in NAMES}
    assert sorted(tops - {name.partition(".")[0] for name in KNOWN}) == []
    assert set(releases.SINCE) <= set(NAMES)


def within(name: str) -> Release:
    """The first release that takes a name where it stands: also that which takes the mapping around it."""
    parts = name.split(".")
    found = [first(NAMES[".".join(parts[:n])]) for n in range(1, len(parts) + 1)]
    forms = RECORDED["forms"].get(parts[0], {})
    mappings = [s for form, s in forms.items() if form in ("mapping", "items: mapping")]
    return max(found + [first(s) for s in mappings if len(parts) > 1])


@pytest.mark.parametrize("name", KNOWN)
def test_an_option_asks_for_the_first_release_that_has_it(name: str) -> None:
    assert asked(document(name, "x")) == within(name)


def takes_any_before(name: str, release: Release) -> bool:
    """Whether the option took any text before its words were enumerated."""
    forms = RECORDED["forms"].get(name, {})
    texts = [first(span) for form, span in forms.items() if form.endswith("string")]
    return any(since < release for since in texts)


WORDS = [
    (name, word)
    for name, words in RECORDED["words"].items()
    if is_known(name)
    for word, span in words.items()
    if behind(span) is None
]


@pytest.mark.parametrize(("name", "word"), WORDS)
def test_a_word_asks_for_the_first_release_that_takes_it(name: str, word: str) -> None:
    words = RECORDED["words"][name]
    since = first(words[word])
    if since == min(map(first, words.values())) and takes_any_before(name, since):
        since = ALL[0]
    found = asked(document(name, f"[{word}]" if name.endswith("states") else f"'{word}'"))
    assert found == max(since, within(name))


def test_all_words_with_a_release_are_recorded() -> None:
    for name, words in releases.WORDS.items():
        assert set(words) <= set(RECORDED["words"][name])


def test_options_that_took_another_form() -> None:
    for table, form in ((releases.MAPPINGS, "mapping"), (releases.LISTS, "list")):
        for name, since in table.items():
            forms = RECORDED["forms"][name]
            spans = [span for of, span in forms.items() if of in (form, f"items: {form}")]
            assert since == max(map(first, spans)), name
            plain = [span for of, span in forms.items() if of.endswith("string")]
            assert any(first(span) < since for span in plain), name


@pytest.mark.parametrize(
    ("expected", "without", "with_it"),
    [
        (behind(RECORDED["sections"]["location"]), "storage: {umask: 7}", "umask: 7"),
        (behind(RECORDED["sections"]["location"]), "hooks: {umask: 7}", "location: {umask: 7}"),
        (
            behind(trait("a name format needs a prefix")),
            "storage: {archive_name_format: a}\nretention: {prefix: b}",
            "storage: {archive_name_format: a}",
        ),
        (first(trait("soft exit")), "hooks: {before_backup: exit 7}", "hooks: {before_backup: exit 75}"),
        (first(trait("environment")), "storage: {umask: '{A}'}", "storage: {umask: '${A}'}"),
        (first(trait("marks")), "storage: {umask: 7}", "storage: {umask: !retain 7}"),
        (first(trait("credentials")), "storage: {umask: '{c}'}", "storage: {umask: '{credential c}'}"),
        (
            first(trait("repositories with any option")),
            "location: {repositories: [{path: a, encryption: b}]}",
            "location: {repositories: [{path: a, compression: b}]}",
        ),
    ],
)  # fmt: skip
def test_what_is_no_option_asks_for_the_first_release_that_has_it(
    expected: Release, without: str, with_it: str
) -> None:
    assert asked(without) < expected
    assert asked(with_it) == expected


def test_what_stands_too_deep_is_not_looked_at() -> None:
    def nested(depth: int) -> str:
        return f"storage: {{umask: {'[' * depth}'${{A}}'{']' * depth}}}"

    assert asked(nested(40)) == releases.ENVIRONMENT
    assert asked(nested(41)) == ALL[0]


# Generations


def test_generations_are_in_order_and_each_says_which_releases_it_is_of() -> None:
    assert OLDEST.first == ALL[0]
    for profile, after in zip(PROFILES, [*PROFILES[1:], None], strict=True):
        of = [r for r in ALL if r >= profile.first and (after is None or r < after.first)]
        assert of, f"no release is of {profile.name}"
        assert profile.first == of[0], "the first is one that there is"
        one, last = (".".join(map(str, r)) for r in (of[0], of[-1]))
        said = f"{one} and later" if after is None else one
        if after is not None and len(of) > 1:
            said = f"{one} {'and' if len(of) == 2 else 'to'} {last}"
        words, _, reason = profile.releases.partition(", ")
        assert words == f"borgmatic {said}"
        assert not reason or reason.startswith(("where ", "which "))


def test_generations_have_what_their_releases_have() -> None:
    for profile in PROFILES:
        hooks = {kind.value for kind in profile.known_hooks}
        assert hooks == {n for n in map(str, _HOOKS) if first(NAMES[n]) < _next(profile.first)}
        assert profile.compacts is (first(trait("compact")) <= profile.first)
        assert profile.constants is (first(trait("constants")) <= profile.first)
        assert profile.environment is (first(trait("environment")) < _next(profile.first))
        assert bool(profile.commands) is (first(NAMES["commands"]) <= profile.first)
        assert profile.states is (first(NAMES["commands.states"]) <= profile.first)
        own = first(trait("repositories with any option"))
        assert profile.repository_options is (own <= profile.first)
        assert profile.stores_files is (profile.first >= (1, 8))
        assert (profile.borg_codes == "modern") is (
            first(NAMES["borg_exit_codes"]) <= profile.first
        )
        frequency = first(NAMES["checks.frequency"]) < _next(profile.first)
        assert profile.check_frequency == (30 * 24 * 60 * 60 if frequency else 0)


def _next(since: Release) -> Release:
    return min((p.first for p in PROFILES if p.first > since), default=(99,))


_HOOKS = sorted(
    name for name in NAMES if name.startswith(("before_", "after_")) or name == "on_error"
)


# Services and databases


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_known_from_its_release_on_to_its_last(name: str) -> None:
    kind = SERVICES[name]
    assert kind.since == first(NAMES[name])
    assert kind.until == (behind(NAMES[name]) or (99,))
    recorded = {n.removeprefix(f"{name}.") for n in NAMES if n.startswith(f"{name}.")}
    groups = {n for n in recorded if any(other.startswith(f"{n}.") for other in recorded)}
    if name == "apprise":  # what stands in each of them belongs to their kind
        recorded -= {"services.url", "services.label"}
        groups -= {"services"}
    recorded = {n for n in recorded if n != "labels" or name == "loki"}
    assert {option.name for option in kind.options} == recorded - groups
    for option in kind.options:
        since = first(NAMES[f"{name}.{option.name}"])
        if option.name == kind.short:
            assert since == max(MAPPINGS, kind.since)
        else:
            assert max(option.since, kind.since) == since, option.name
        words = RECORDED["words"].get(f"{name}.{option.name}", {})
        if option.kind in (Kind.WORD, Kind.WORDS):
            assert set(option.words) == set(words), option.name


@pytest.mark.parametrize("name", BY_OPTION)
def test_a_kind_of_databases_is_known_from_its_release_on(name: str) -> None:
    kind = BY_OPTION[name]
    assert kind.since == first(NAMES[name])
    recorded = {n.removeprefix(f"{name}.") for n in NAMES if n.startswith(f"{name}.")}
    assert {option.name for option in kind.options} == recorded
    for option in kind.options:
        words = RECORDED["words"].get(f"{name}.{option.name}", {})
        if option.words:
            assert set(option.words) == set(words), option.name


START = "source_directories: [/etc]\nrepositories: [/backups/one]\nkeep_daily: 7\n"
WITHOUT_MORE = {
    "healthchecks": "x", "cronitor": "'https://c/x'", "cronhub": "'https://c/ping/x'", "pagerduty": "x",
    "watchgoose": "{ping_url: x}", "ntfy": "{topic: t}", "pushover": "{token: a, user: b}",
    "zabbix": "{server: 'https://z', itemid: 1, api_key: k}", "apprise": "{services: [{url: 'json://h', label: l}]}",
    "loki": "{url: 'https://l', labels: {a: b}}", "uptime_kuma": "{push_url: 'https://k'}",
    "sentry": "{data_source_name_url: 'https://k@s/1', monitor_slug: m}",
}  # fmt: skip
WITH_ONE_MORE = {
    "healthchecks.create_slug": "{ping_url: x, create_slug: true}",
    "healthchecks.verify_tls": "{ping_url: x, verify_tls: true}",
    "ntfy.access_token": "{topic: t, access_token: k}",
    "ntfy.password": "{topic: t, username: u, password: p}",
    "pagerduty.send_logs": "{integration_key: x, send_logs: true}",
    "apprise.send_logs": "{services: [{url: 'json://h', label: l}], send_logs: true}",
    "apprise.log.title": "{services: [{url: 'json://h', label: l}], log: {title: t, body: b}}",
    "loki.send_logs": "{url: 'https://l', labels: {a: b}, send_logs: true}",
    "uptime_kuma.verify_tls": "{push_url: 'https://k', verify_tls: true}",
    "sentry.environment": "{data_source_name_url: 'https://k@s/1', monitor_slug: m, environment: e}",
}


def refuses(text: str, profile: Profile) -> bool:
    return "BP374" in codes(compilation({"c.yaml": f"{START}{text}\n"}, semantics=profile.name))


@pytest.mark.parametrize(("name", "value"), [*WITHOUT_MORE.items(), *WITH_ONE_MORE.items()])
def test_a_service_is_refused_where_no_release_of_the_generation_has_it(
    name: str, value: str
) -> None:
    service = name.partition(".")[0]
    gone = behind(NAMES[service]) or (99,)
    mapping = value.startswith("{") and SERVICES[service].short
    for profile in PROFILES:
        since = max(
            first(NAMES[name]), first(RECORDED["forms"][service]["mapping"]) if mapping else ()
        )
        expected = not since < _next(profile.first) or gone <= profile.first
        assert refuses(f"{service}: {value}", profile) is expected, profile.name


def test_monitoring_of_a_series_begins_with_it() -> None:
    """Measured at the last releases of each: what they are told differs from one series to the next. The state `log`
    came with 1.7.9."""
    for profile in PROFILES:
        found = monitoring_of(profile)
        series = [(1, 3), (1, 5), (1, 6), (1, 7, 9), (1, 8), (2, 0), (2, 1)]
        assert found.first == max(first for first in series if first <= profile.first)
        assert found.sends is (profile.first < (2, 1))
    assert monitoring_of(NEWEST._replace(first=(1, 8))).first == (1, 8)
