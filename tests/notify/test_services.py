"""Options of monitoring services: what each release takes, what is shown of secrets, what is wrong with them."""

from __future__ import annotations

import re

import pytest

from borgplan.compiler.plan.actions import Action
from borgplan.compiler.plan.as_json import from_json, to_json
from borgplan.compiler.plan.command_text import command_text
from borgplan.compiler.plan.model import Phase, Plan, Role, Step, Trigger
from borgplan.compiler.plan.words import CUT, Share, end_of, share_of
from borgplan.compiler.semantics import apprise_schemes
from tests.compiler.planning import codes, compilation, planned

START = "source_directories: [/etc]\nrepositories: [{path: /repo}]\nkeep_daily: 7\n"
TOKEN = "tk_0123456789abcdef"
UUID = "5f2e1c34-0a41-4a6e-8c80-6a1f0c11d9aa"
SERVICES = {
    "healthchecks": f"healthchecks: {{ping_url: 'https://hc-ping.com/{TOKEN}'}}",
    "watchgoose": f"watchgoose: {{ping_url: {TOKEN}}}",
    "cronitor": f"cronitor: {{ping_url: 'https://cronitor.link/{TOKEN}'}}",
    "pagerduty": f"pagerduty: {{integration_key: {TOKEN}}}",
    "ntfy": f"ntfy: {{topic: t, access_token: {TOKEN}}}",
    "pushover": f"pushover: {{token: {TOKEN}, user: u{TOKEN}}}",
    "zabbix": f"zabbix: {{server: 'https://z/api', itemid: 1, username: me, password: {TOKEN}}}",
    "apprise": f"apprise: {{services: [{{url: 'json://{TOKEN}@h', label: l}}]}}",
    "uptime_kuma": f"uptime_kuma: {{push_url: 'https://k/api/push/{TOKEN}'}}",
    "sentry": f"sentry: {{data_source_name_url: 'https://{TOKEN}@s/1', monitor_slug: m}}",
    "loki": "loki: {url: 'https://l/push', labels: {app: x}}",
}


def messages(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.role is Role.NOTIFY]


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_is_in_a_plan(service: str) -> None:
    plan = planned(f"{START}{SERVICES[service]}\n")
    assert messages(plan)
    text = to_json(plan)
    assert TOKEN not in text
    assert from_json(text) == from_json(to_json(from_json(text)))
    assert not any(TOKEN in command_text(step) for step in plan.steps)


def test_what_is_shown() -> None:
    plan = planned(f"{START}{SERVICES['healthchecks']}\n")
    assert [command_text(step) for step in messages(plan)] == [
        "POST https://hc-ping.com/…cdef/start",
        "POST https://hc-ping.com/…cdef/log",
        "POST https://hc-ping.com/…cdef",
        "POST https://hc-ping.com/…cdef/fail",
        "POST https://hc-ping.com/…cdef/fail",
    ]


def test_why_they_are_sent() -> None:
    plan = planned(f"{START}{SERVICES['healthchecks']}\n")
    assert [(step.title, step.reason) for step in messages(plan)][:4] == [
        ("healthchecks start", "before anything of this file"),
        ("healthchecks log", "at the end of this file"),
        ("healthchecks finish", "at the end of this file, if nothing failed"),
        ("healthchecks fail", "at the end of this file, if any step failed"),
    ]


def test_where_they_stand() -> None:
    plan = planned(f"{START}{SERVICES['healthchecks']}\n")
    assert [(step.phase, step.trigger) for step in messages(plan)] == [
        (Phase.ENTER, Trigger.SUCCESS),
        (Phase.RECOVER, Trigger.ENDED),
        (Phase.RECOVER, Trigger.UNFAILED),
        (Phase.RECOVER, Trigger.FAILED),
        (Phase.RECOVER, Trigger.OWN),
    ]


@pytest.mark.parametrize(
    ("text", "semantics", "code"),
    [
        ("healthchecks: {ping_urls: x}", "2.1", "BP370"),
        ("ntfy: {topic: t, states: [begin]}", "2.1", "BP371"),
        ("healthchecks: [x]", "2.1", "BP371"),
        ("ntfy: {topic: t, fail: {priority: 9}}", "2.1", "BP371"),
        ("cronitor: x", "2.1", "BP377"),
        ("ntfy: {server: 'https://n'}", "2.1", "BP372"),
        ("apprise: {services: [{url: 'json://n', label: n}], fail: {title: t}}", "2.1", "BP372"),
        ("apprise: {services: [{url: 'json://n', label: 7}]}", "2.1", "BP371"),
        ("loki: {url: 'https://n', labels: {a: 1}}", "2.1", "BP371"),
        ("watchgoose: 'https://n'", "2.1", "BP371"),
        ("zabbix: {server: 'https://n', itemid: '7', api_key: k}", "2.1", "BP371"),
        ("cronhub: https://cronhub.io/start/x", "2.1", "BP374"),
        ("watchgoose: {ping_url: x}", "2.0", "BP374"),
        ("sentry: {data_source_name_url: 'https://k@s/1', monitor_slug: m}", "1.8", "BP374"),
        ("loki: {url: 'https://l', labels: {a: b}, send_logs: true}", "2.0", "BP374"),
        ("pushover: {token: a, user: b, fail: {priority: 1, expire: 9}}", "2.1", "BP375"),
        ("pushover: {token: a, user: b, fail: {priority: 3}}", "2.1", "BP375"),
        ("apprise: {services: []}", "2.1", "BP376"),
        ("apprise: {services: [{url: 'jsom://h', label: l}]}", "2.1", "BP377"),
        ("apprise: {services: [{url: h, label: l}]}", "2.1", "BP377"),
        ("cronhub: https://cronhub.io/0123456789abcdef", "1.8", "BP377"),
        (f"healthchecks: {{ping_url: '{UUID}', create_slug: true}}", "2.1", "BP379"),
        (f"watchgoose: {{ping_url: 'https://w/{UUID}', create_slug: true}}", "2.1", "BP379"),
        ("loki: {url: l, labels: {a: b}}", "2.1", "BP377"),
        (
            "loki: {url: 'https://l', labels: {a: b}, tls: {cert_path: /nowhere/c, key_path: /nowhere/k}}",
            "2.1",
            "BP426",
        ),
        ("pagerduty: {integration_key: '{credential file /nowhere/key}'}", "2.1", "BP426"),
        ("ntfy: {topic: t, server: ntfy.example}", "2.1", "BP377"),
        ("zabbix: {server: z, itemid: 1, api_key: k}", "2.1", "BP377"),
        ("ntfy: {topic: t, username: me}", "2.1", "BP376"),
        ("zabbix: {server: 'https://z', itemid: 1}", "2.1", "BP376"),
        ("sentry: {data_source_name_url: 'https://s/1', monitor_slug: m}", "2.1", "BP377"),
        ("monitoring_verbosity: -2\nhealthchecks: x", "2.1", "BP378"),
        ("ntfy: {topic: t, access_token: '{credential file}'}", "2.1", "BP230"),
    ],
)
def test_a_mistake_is_found_before_a_run(text: str, semantics: str, code: str) -> None:
    assert code in codes(compilation({"c.yaml": f"{START}{text}\n"}, semantics=semantics))


@pytest.mark.parametrize(
    "text",
    [
        *SERVICES.values(),
        "healthchecks: {ping_url: 'https://hc-ping.com/key/slug', create_slug: true}",
        "apprise: {services: [{url: 'https://discord.com/api/webhooks/1/x', label: l}, {url: 'TGRAM://a/b', label: m}]}",
    ],
)
def test_nothing_is_wrong_with_what_is_right(text: str) -> None:
    found = codes(compilation({"c.yaml": f"{START}{text}\n"}, semantics="2.1"))
    assert not [code for code in found if code.startswith("BP37")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("priority: -3", 1),
        ("priority: -2", 0),
        ("priority: 2", 0),
        ("priority: 3", 1),
        ("priority: 2, expire: 9, retry: 9", 0),
        ("priority: 1, expire: 9, retry: 9", 2),
        ("retry: 9", 1),
        ("title: x", 0),
    ],
)
def test_what_pushover_refuses(options: str, expected: int) -> None:
    text = f"{START}pushover: {{token: a, user: b, fail: {{{options}}}}}\n"
    assert codes(compilation({"c.yaml": text}, semantics="2.1")).count("BP375") == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("itemid: 1, api_key: k", 0),
        ("itemid: 1", 1),
        ("itemid: 1, username: u", 1),
        ("itemid: 1, password: p", 1),
        ("itemid: 1, username: u, password: p", 0),
        ("itemid: 1, username: u, api_key: k", 0),
        ("api_key: k", 1),
        ("host: h, api_key: k", 1),
        ("key: k, api_key: k", 1),
        ("host: h, key: k, api_key: k", 0),
        ("host: h, itemid: 1, api_key: k", 0),
    ],
)
def test_what_zabbix_needs(options: str, expected: int) -> None:
    text = f"{START}zabbix: {{server: 'https://z', {options}}}\n"
    assert codes(compilation({"c.yaml": text}, semantics="2.1")).count("BP376") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ntfy: {topic: t, username: u, access_token: k}", []),
        ("ntfy: {topic: t, password: p}", ["BP376"]),
        ("loki: {url: 'https://l', labels: {a: b}, tls: {cert_path: /c}}", ["BP376"]),
        ("monitoring_verbosity: -2", []),
        ("monitoring_verbosity: -1\nhealthchecks: x", []),
        ("sentry: {data_source_name_url: 'k@s/1', monitor_slug: m}", ["BP377"]),
        ("sentry: {data_source_name_url: 'https://k@s/', monitor_slug: m}", ["BP377"]),
        ("sentry: {data_source_name_url: 'https://@s/1', monitor_slug: m}", ["BP377"]),
        ("sentry: {data_source_name_url: 'https://k@s/1/', monitor_slug: m}", []),
        (f"healthchecks: {{ping_url: '{UUID}', create_slug: false}}", []),
        ("uptime_kuma: {push_url: k}", ["BP377"]),
        ("uptime_kuma: {push_url: 'http://k'}", []),
    ],
)
def test_what_else_is_wrong_with_a_service(text: str, expected: list[str]) -> None:
    found = codes(compilation({"c.yaml": f"{START}{text}\n"}, semantics="2.1"))
    assert [code for code in found if code.startswith("BP37")] == expected


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the library's plugins
def test_all_that_the_library_apprise_knows_is_known() -> None:
    """A newer release of the library may know more."""
    import apprise

    if version_of(apprise.__version__) > version_of(apprise_schemes.RELEASE):
        pytest.skip(f"the table is of apprise {apprise_schemes.RELEASE}")
    details = apprise.Apprise().details()["schemas"]
    known = {
        scheme
        for service in details
        for kind in ("protocols", "secure_protocols")
        for scheme in service[kind] or ()
    }
    assert known - apprise_schemes.SCHEMES == set()


def version_of(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("healthchecks.ping_url=https://hc-ping.com/x", ["BP132"]),
        ("healthchecks=https://hc-ping.com/x", ["BP132"]),
        ("ntfy.access_token=x", ["BP132"]),
        ("ntfy.topic=x", []),
    ],
)
def test_no_secret_is_taken_from_the_command_line(wish: str, code: list[str]) -> None:
    text = f"{START}ntfy: {{topic: t}}\nhealthchecks: x\n"
    found = codes(compilation({"c.yaml": text}, overrides=(wish,)))
    assert [one for one in found if one.startswith("BP13")] == code


def test_twice() -> None:
    text = f"healthchecks: x\nhooks: {{healthchecks: y}}\n{START}"
    assert "BP373" in codes(compilation({"c.yaml": text}))


def test_what_is_wrong_with_a_secret_does_not_show_it() -> None:
    found = compilation({"c.yaml": f"{START}ntfy: {{topic: t, access_token: [{TOKEN}]}}\n"})
    assert "BP371" in codes(found)
    assert not any(TOKEN in f"{item.message}{item.hint}" for item in found.diagnostics)


def test_nothing_is_told_of_actions_that_make_no_backup() -> None:
    found = compilation({"c.yaml": f"{START}healthchecks: x\n"}, actions=(Action.REPO_LIST,))
    assert found.plan
    assert messages(found.plan) == []


def test_services_of_one_repository_have_no_effect() -> None:
    text = "source_directories: [/etc]\nrepositories: [{path: /repo, healthchecks: x}]\n"
    found = compilation({"c.yaml": text}, semantics="2.1")
    assert "BP227" in codes(found)
    assert found.plan
    assert messages(found.plan) == []


def test_the_end_of_a_log_is_whole_lines_within_bytes() -> None:
    text = "\n".join(f"{'ä' * 10} {number}" for number in range(100))
    end = end_of(text, 200)
    assert end.startswith(CUT)
    assert len(end.encode()) <= 200
    assert set(end.split("\n")[1:]) <= set(text.split("\n"))
    assert end.endswith(" 99")
    assert end_of(text, 0) == text
    assert end_of("short", 5) == "short"
    assert end_of("x" * 50, 10) == "..."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Share.ALL, "https://u@h/a/b/?q=1"), (Share.BASE, "https://u@h/a/b"), (Share.QUERY, "q=1"),
        (Share.NAME, "b"), (Share.USER, "u"),
    ],
)  # fmt: skip
def test_shares_of_a_secret(share: Share, text: str) -> None:
    assert share_of("https://u@h/a/b/?q=1", share) == text
