"""What of a file's monitoring services its generation knows (BP374), and what is wrong with them (BP375 to BP379).

Options that borgmatic finds wrong only while it runs, some by ending the run, are found before.
"""

from __future__ import annotations

from ..config.model import Configuration
from ..config.services import MAPPINGS, SERVICES, Release, Service, has_uuid
from ..source.diagnostic import Diagnostics, did_you_mean
from ..source.span import Span, Text
from . import PROFILES
from .profile import Profile

_LATEST: Release = (99,)
_SILENT = -2
_LOWEST, _HIGHEST = -2, 2  # priorities of pushover


def check_services(
    configuration: Configuration, profile: Profile, diagnostics: Diagnostics
) -> None:
    """Record what the generation of a file doesn't know of its services, or what can't work."""
    for service in configuration.services:
        _known(service, profile, diagnostics)
        check_service(service, diagnostics)
    verbosity = configuration.settings.by_key.get("monitoring_verbosity")
    if configuration.services and verbosity is not None and verbosity.value == _SILENT:
        diagnostics.warning(
            "BP378", "`monitoring_verbosity: -2` reports nothing to any service, not even failures",
            verbosity.span, "-1 reports failures, with errors as the only log",
        )  # fmt: skip


def check_service(service: Service, diagnostics: Diagnostics) -> None:
    """Record what can't work of a service's options, in whichever generation."""
    if service.name in _CHECKS:
        _CHECKS[service.name](service, diagnostics)


def _known(service: Service, profile: Profile, diagnostics: Diagnostics) -> None:
    kind = SERVICES[service.name]
    behind = _behind(profile)
    if kind.since >= behind or kind.until <= profile.first:
        when = f"came with borgmatic {_text(kind.since)}"
        if kind.until <= profile.first:
            when = f"went with borgmatic {_text(kind.until)}"
        _refuse(f"`{service.name}`", when, profile, service.span, diagnostics)
        return
    if kind.short and behind <= MAPPINGS and not service.is_short:
        _refuse(
            f"`{service.name}` as a mapping", f"came with borgmatic {_text(MAPPINGS)}", profile,
            service.span, diagnostics,
        )  # fmt: skip
    for option in kind.options:
        if option.name in service.places and option.since >= behind:
            what = f"`{option.name}` of `{service.name}`"
            when = f"came with borgmatic {_text(option.since)}"
            _refuse(what, when, profile, service.place(option.name), diagnostics)


def _behind(profile: Profile) -> Release:
    """The first release that is of a later generation."""
    return min((p.first for p in PROFILES if p.first > profile.first), default=_LATEST)


def _text(release: Release) -> str:
    return ".".join(map(str, release))


def _refuse(what: str, when: str, profile: Profile, span: Span, diagnostics: Diagnostics) -> None:
    message = f"{what} doesn't exist in {profile.releases}"
    diagnostics.error("BP374", message, span, f"it {when}")


def _pushover(service: Service, diagnostics: Diagnostics) -> None:
    for state in service.states():
        priority = service.options.get(f"{state}.priority")
        if priority is not None and not _LOWEST <= priority <= _HIGHEST:
            diagnostics.warning(
                "BP375", f"`priority` of pushover is a number from {_LOWEST} to {_HIGHEST}",
                service.place(f"{state}.priority"), "the server refuses the message",
            )  # fmt: skip
        for name in ("expire", "retry"):
            option = f"{state}.{name}"
            if option in service.options and priority != 2:
                diagnostics.warning(
                    "BP375", f"`{name}` of pushover is for priority 2 only, and is not sent",
                    service.place(option), "borgmatic ends the run at that point, and reports nothing",
                )  # fmt: skip


def _pair(service: Service, one: str, other: str, diagnostics: Diagnostics) -> None:
    """Options of which one alone is of no use."""
    for here, there in ((one, other), (other, one)):
        if here in service.options and there not in service.options:
            diagnostics.warning(
                "BP376", f"`{here}` of `{service.name}` needs `{there}`", service.place(here)
            )


def _ntfy(service: Service, diagnostics: Diagnostics) -> None:
    _is_url("server", service, diagnostics)
    if "access_token" not in service.options:
        _pair(service, "username", "password", diagnostics)


def _zabbix(service: Service, diagnostics: Diagnostics) -> None:
    _is_url("server", service, diagnostics)
    given = service.options
    if "api_key" not in given:
        _pair(service, "username", "password", diagnostics)
        if "username" not in given and "password" not in given:
            message = "`zabbix` has neither `api_key` nor `username` and `password`"
            diagnostics.warning("BP376", f"{message}: nothing is sent", service.span)
    if "itemid" not in given:
        _pair(service, "host", "key", diagnostics)
        if "host" not in given and "key" not in given:
            message = "`zabbix` has neither `itemid` nor `host` and `key`: nothing is sent"
            diagnostics.warning("BP376", message, service.span)


def _sentry(service: Service, diagnostics: Diagnostics) -> None:
    _scheme, mark, rest = service.text("data_source_name_url").partition("://")
    key, at, place = rest.partition("@")
    project = place.rstrip("/").partition("/")[2]
    if not (mark and at and key and project):
        diagnostics.warning(
            "BP377", "the DSN of `sentry` needs a key and a project: nothing is sent",
            service.place("data_source_name_url"), "https://KEY@HOST/PROJECT",
        )  # fmt: skip


def _apprise(service: Service, diagnostics: Diagnostics) -> None:
    if not service.options["services"]:
        message = "`apprise` has no `services`: nothing is sent"
        diagnostics.warning("BP376", message, service.place("services"))
    for url, _ in service.options["services"]:
        _is_for_apprise(url, diagnostics)


def _is_for_apprise(url: Text, diagnostics: Diagnostics) -> None:
    """Addresses of the web are left to the library: it knows some services by theirs."""
    from .apprise_schemes import RELEASE, SCHEMES

    scheme, mark, _ = url.text.partition("://")
    if not mark:
        message = "a `url` of `apprise` has no `://`: nothing can be sent"
        diagnostics.warning("BP377", message, url.span)
    elif scheme.lower() not in SCHEMES:
        diagnostics.warning(
            "BP377", f"apprise {RELEASE} knows no service with `{scheme}://`: nothing is sent", url.span,
            did_you_mean(scheme.lower(), SCHEMES),
        )  # fmt: skip


def _loki(service: Service, diagnostics: Diagnostics) -> None:
    _is_url("url", service, diagnostics)
    _pair(service, "tls.cert_path", "tls.key_path", diagnostics)


def _is_url(name: str, service: Service, diagnostics: Diagnostics) -> None:
    given = service.text(name)
    if given and not given.startswith(("http://", "https://")):
        message = f"`{name}` of `{service.name}` is no URL: nothing can be sent"
        diagnostics.warning("BP377", message, service.place(name))


def _pinged(service: Service, diagnostics: Diagnostics) -> None:
    _is_url("ping_url", service, diagnostics)


def _cronhub(service: Service, diagnostics: Diagnostics) -> None:
    _is_url("ping_url", service, diagnostics)
    if not any(part in service.text("ping_url") for part in ("/start/", "/ping/")):
        diagnostics.warning(
            "BP377", "`ping_url` of `cronhub` has neither `/start/` nor `/ping/`: a failure looks like a success",
            service.place("ping_url"), "https://cronhub.io/ping/KEY",
        )  # fmt: skip


def _slugged(service: Service, diagnostics: Diagnostics) -> None:
    if service.options.get("create_slug") is True and has_uuid(service.text("ping_url")):
        diagnostics.warning(
            "BP379", f"`create_slug` of `{service.name}` has no effect: the URL names its check by a UUID",
            service.place("create_slug"), "a URL with a slug: KEY/SLUG in place of the UUID",
        )  # fmt: skip


def _pushed(service: Service, diagnostics: Diagnostics) -> None:
    _is_url("push_url", service, diagnostics)


_CHECKS = {
    "apprise": _apprise,
    "pushover": _pushover,
    "ntfy": _ntfy,
    "zabbix": _zabbix,
    "sentry": _sentry,
    "loki": _loki,
    "healthchecks": _slugged,
    "watchgoose": _slugged,
    "cronitor": _pinged,
    "cronhub": _cronhub,
    "uptime_kuma": _pushed,
}
