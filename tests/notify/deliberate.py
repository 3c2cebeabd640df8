"""Recorded runs that borgplan deliberately differs from, each with the reason."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from tests.conformance.scenario import Scenario

_PROBES = "borgplan asks Borg nothing in the course of a run"
_REFUSED = "a service that can't be reached is a warning, and stops no backup"
_EVERYTHING = "a failure around everything is told, too"
_UNUSABLE = "a file that can't be run is a failure for its services"
_STAYS = "a failure stays one, whatever ends softly after it, and FAIL is told"
_ON_ERROR = "FAIL is told although the error hook failed"
_SIGNAL = "after a signal FAIL is told, and cleanups and error hooks run"
_PAGERDUTY = "incidents have a key, and are resolved by the next success"
_LOKI = "lines don't name the file, and none is told of its own server"
_LEVEL = "at this verbosity only failures are told, whatever Borg calls a warning"
_URLS = "queries and slashes of URLs are joined properly"
_KUMA = "Uptime Kuma isn't told `up` at the start unless asked"
_MISTAKE = "a mistake in the options is a warning of lint, and stops no backup"
_BLANK = "Pushover refuses an empty message, so the state's name is sent"
_NOTHING = "a run in which nothing was done says so"
_LIBRARY = "what the library makes of it is no part of the plan"
_RECORDING = "the recording leaves one of Borg's commands out, as a probe"


class By(Enum):
    """How a recorded run is repeated."""

    SIMULATION = "simulation"
    PROCESSES = "processes"


class Rule(NamedTuple):
    """`names`: a pattern for the whole name of a recording; `versions`: of the release; `by`: how it is repeated
    where it differs."""

    names: str
    versions: str
    reason: str
    by: tuple[By, ...] = tuple(By)


# What differs is no part of what arrives at a server.
_SIMULATED = (By.SIMULATION,)

RULES = (
    Rule("fail-borg-version-2|local-path-missing", "1[.][5-9].*|2.*", _PROBES),
    Rule("(healthchecks|cronitor|cronhub)-refused", "1[.]3.*|1[.]5.*", _REFUSED),
    Rule("fail-before.everything-1.*|two-files-before-everything-second-fails", ".*", _EVERYTHING),
    Rule("fail-after.everything-1", ".*", _EVERYTHING),
    Rule("fail-(before|after).everything-75", "1[.]3.*", _EVERYTHING),
    Rule("fail-on_error-(1|75)", "1.*", _ON_ERROR),
    Rule("healthchecks-dry-run", "1[.]3.*", "nothing is sent in a dry run"),
    Rule(".*-dry-run-create-fails", "2.*", _RECORDING),
    Rule("fail-borg-extract-2", "2.*", _RECORDING),
    Rule("action-extract", ".*", _RECORDING),
    Rule("two-files-(first-not-yaml|second-invalid)", "1[.]3.*", "a file that can't be read is a failure"),
    Rule("two-files-second-invalid|one-file-invalid|cronhub-removed", "2.*", _UNUSABLE, (By.PROCESSES,)),
    Rule("healthchecks-mapping", "1[.]5.*", _UNUSABLE, (By.PROCESSES,)),
    Rule("signal-(TERM|INT).*", ".*", _SIGNAL),
    Rule("signal-HUP-in-create", "2.*", "SIGHUP ends the run as the other signals do"),
    Rule("signal-KILL-in-create", "2.*", "nothing is simulated after SIGKILL", _SIMULATED),
    Rule("retries-recovers", "1[.]5.*", "the run has failed, as its exit code says"),
    Rule("fail-borg-create-75", "1[.][6-9].*|2.*", "Borg's own exit code 75 is a failure"),
    Rule("fail-borg-create-after-(action|repository|configuration)-75", "2.*", _STAYS),
    Rule("before-and-after-configuration-75", "2.*", _STAYS),
    Rule("fail-(before|after)-(action|repository)-1|fail-borg-(check|compact|create|prune)-2|two-(files|repositories)-(r1|r2|both)-fails?|retries-exhausted|.*-create-fails", "2[.]0[.]2", "2.0.2 told failures as FINISH"),
    Rule("order-all-services(-reversed)?|several-services-first-fails", ".*", _PAGERDUTY),
    Rule("(.*-)?pagerduty(?!-(dry-run|list|-2)$)(-.*)?|credentials", "1.*|2.*", _PAGERDUTY),
    Rule("loki-(ok|logs|create-fails)", "1[.]8.*", _LOKI),
    Rule("loki-refused", "1[.][89].*|2[.]0.*", _LOKI, _SIMULATED),
    Rule("huge-log-loki", "2[.]1.*", _LEVEL),
    Rule("raises-.*|pushover-priority-1-expire|loki-tls-missing", "2.*", _MISTAKE),
    Rule("pushover-empty-message", "2.*", _BLANK),
    Rule("url-(cronitor-)?(query|slash)", "1.*|2.*", _URLS),
    Rule("uptime_kuma-url-(query|slash)", "2.*", _URLS),
    Rule("uptime_kuma-(tls-false|default-states-.*)", "1.*|2.*", _KUMA),
    Rule("uptime_kuma-tls-true", "1.*|2.*", _KUMA, _SIMULATED),
    Rule("zabbix-both-auth", "2.*", "nobody logs out who hasn't logged in"),
    Rule("checks-disabled|no-repositories|skip-actions-(all-but-list|create-asked)", "2[.]1.*", _NOTHING),
    Rule("fail-before[-_](action|actions|backup|configuration|repository)-75", "2[.]1.*", _NOTHING),
    Rule("apprise-not-installed", "2.*", _LIBRARY),
    Rule("apprise-unknown-scheme", "2.*", _LIBRARY, _SIMULATED),
    Rule("disable-by-flag", "2.*", "everybody can read command lines: no secret is taken from one"),
    Rule("redirect", "1.*|2.*", "redirects are followed where requests are sent, not in the plan", _SIMULATED),
)  # fmt: skip


def deliberate(scenario: Scenario, by: By) -> str:
    """Why this one is different; empty if it is to be the same."""
    for rule in RULES:
        if (
            by in rule.by
            and re.fullmatch(rule.names, scenario.name)
            and re.fullmatch(rule.versions, scenario.version)
        ):
            return rule.reason
    return ""
