"""Options of monitoring services, once, as data; loaded only for a file that names one.

Source: borgmatic 1.3.25 to 2.1.10, measured and documented (names, types, defaults, first releases).
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnlyMap

from ..source.span import Span
from ..support.enums import Enum
from ..support.record import TYPE_CHECKING, NamedTuple
from ..support.regex import lazily

if TYPE_CHECKING:
    from typing import Any

Release = tuple[int, ...]
START, LOG, FINISH, FAIL = "start", "log", "finish", "fail"
_ALWAYS: Release = (0,)
_UUID = lazily(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Kind(Enum):
    """How an option of a service is written; the words are for messages."""

    TEXT = "a text"
    INTEGER = "a whole number"
    BOOLEAN = "true or false"
    NUMBER_OR_TEXT = "a text or a number"
    WORDS = "a list of its words"
    WORD = "one of its words"
    LABELS = "a mapping of names to texts"
    TARGETS = "a list of mappings, each with `url` and `label`"


class ServiceOption(NamedTuple):
    """One option; `a.b` stands in the mapping `a`. `secret`: never shown; it may be a `{credential …}` if
    `lent`. `words`: those it takes. `since`: the first release that knows it."""

    name: str
    kind: Kind
    since: Release = _ALWAYS
    required: bool = False
    secret: bool = False
    lent: bool = False
    words: tuple[str, ...] = ()
    help: str = ""


class ServiceKind(NamedTuple):
    """What a service's options are. `since`, `until`: the first release that knows it, and the first that
    doesn't any more. `short`: the option that a text in place of the mapping stands for. `states`: those that
    are told unless the file says otherwise. `module`: of `notify/`, if it isn't called as the service is. `borgmatics`:
    what is told in place of `states` by borgmatic, and where borgplan is called as it."""

    name: str
    since: Release
    options: tuple[ServiceOption, ...]
    states: tuple[str, ...]
    until: Release = (99,)
    short: str = ""
    module: str = ""
    borgmatics: tuple[str, ...] = ()


class Service(NamedTuple):
    """A monitoring service as a file has it. `options`: by name, also `a.b`; of a mapping that is there, `a` is
    True. `is_short`: written as a text."""

    name: str
    options: ReadOnlyMap[str, Any]
    places: ReadOnlyMap[str, Span]
    span: Span
    is_short: bool = False

    @property
    def kind(self) -> ServiceKind:
        return SERVICES[self.name]

    def text(self, name: str) -> str:
        """An option's value as a text; empty if it isn't set."""
        value = self.options.get(name)
        return "" if value is None else str(value)

    def states(self) -> tuple[str, ...]:
        """Those that it is to be told of."""
        chosen: tuple[str, ...] | None = self.options.get("states")
        return self.kind.states if chosen is None else chosen

    def as_borgmatics(self) -> Service:
        """The same, told what borgmatic tells it where the file doesn't say."""
        if not self.kind.borgmatics or "states" in self.options:
            return self
        return self._replace(options={**self.options, "states": self.kind.borgmatics})

    def place(self, name: str) -> Span:
        return self.places.get(name, self.span)


def has_uuid(url: str) -> bool:
    """Whether the URL of a check names it by its UUID: such a check is there, and isn't created by a message."""
    return _UUID.search(url) is not None


MAPPINGS: Release = (1, 6, 1)  # the first release that takes a mapping where `short` is set
SEND_LOGS_OFF: Release = (2, 1, 0)  # from here on logs are sent only if asked for
_ALL = (START, FINISH, FAIL)
_EVERY = (START, FINISH, FAIL, LOG)
_VERIFY = "Whether the server's certificate has to be valid (default true)."


def _states(*words: str, since: Release = _ALWAYS) -> ServiceOption:
    return ServiceOption(
        "states", Kind.WORDS, since, words=words, help="Which states are reported to it."
    )


def _pings(name: str, since: Release, limit: Release) -> tuple[ServiceOption, ...]:
    """Of healthchecks, and of what is compatible with it."""
    return (
        ServiceOption("ping_url", Kind.TEXT, required=True, secret=True, help=f"The check's URL, or its part behind that of {name}."),
        _states(*_EVERY, since=limit),
        ServiceOption("send_logs", Kind.BOOLEAN, limit, help="Send the log of the run as body."),
        ServiceOption("ping_body_limit", Kind.INTEGER, limit, help="How many bytes of it at most; 0 for all."),
        ServiceOption("verify_tls", Kind.BOOLEAN, max(limit, (1, 7, 0)), help=_VERIFY),
        ServiceOption("create_slug", Kind.BOOLEAN, max(since, (1, 8, 11)), help="Let the server create the check of a URL with a slug."),
    )  # fmt: skip


def _messages(states: tuple[str, ...], *options: ServiceOption) -> tuple[ServiceOption, ...]:
    return tuple(o._replace(name=f"{state}.{o.name}") for state in states for o in options)


_PRIORITIES = ("min", "low", "default", "high", "max", "urgent")

SERVICES: dict[str, ServiceKind] = {
    kind.name: kind
    for kind in (
        ServiceKind("healthchecks", (1, 3, 25), _pings("healthchecks", (1, 3, 25), MAPPINGS), _EVERY, short="ping_url", module="pings"),
        ServiceKind("watchgoose", (2, 1, 7), _pings("watchgoose", (2, 1, 7), (2, 1, 7)), _EVERY, module="pings"),
        ServiceKind("cronitor", (1, 4, 3), (ServiceOption("ping_url", Kind.TEXT, required=True, secret=True, help="The monitor's URL."),), _ALL, short="ping_url"),
        ServiceKind("cronhub", (1, 4, 8), (ServiceOption("ping_url", Kind.TEXT, required=True, secret=True, help="The monitor's URL."),), _ALL, (2, 1, 7), short="ping_url"),
        ServiceKind(
            "pagerduty", (1, 5, 0),
            (
                ServiceOption("integration_key", Kind.TEXT, required=True, secret=True, lent=True, help="The key of the integration."),
                ServiceOption("send_logs", Kind.BOOLEAN, (1, 9, 14), help="Send the log of the run."),
            ),
            (FAIL, FINISH), short="integration_key",
        ),
        ServiceKind(
            "ntfy", (1, 6, 3),
            (
                ServiceOption("topic", Kind.TEXT, required=True, help="The topic that messages are published to."),
                ServiceOption("server", Kind.TEXT, help="The server (default https://ntfy.sh)."),
                ServiceOption("username", Kind.TEXT, (1, 7, 8), lent=True, help="The user, with `password`."),
                ServiceOption("password", Kind.TEXT, (1, 7, 8), secret=True, lent=True, help="The user's password."),
                ServiceOption("access_token", Kind.TEXT, (1, 8, 9), secret=True, lent=True, help="A token in place of a user."),
                *_messages(
                    _ALL,
                    ServiceOption("title", Kind.TEXT, help="The title."),
                    ServiceOption("message", Kind.TEXT, help="The text."),
                    ServiceOption("priority", Kind.WORD, words=_PRIORITIES, help="How urgent it is."),
                    ServiceOption("tags", Kind.TEXT, help="Tags, with commas between."),
                ),
                _states(*_ALL),
            ),
            (FAIL,),
        ),
        ServiceKind(
            "pushover", (1, 9, 2),
            (
                ServiceOption("token", Kind.TEXT, required=True, secret=True, lent=True, help="The application's token."),
                ServiceOption("user", Kind.TEXT, required=True, secret=True, lent=True, help="The user's or group's key."),
                *_messages(
                    _ALL,
                    ServiceOption("message", Kind.TEXT, help="The text."),
                    ServiceOption("priority", Kind.INTEGER, help="-2 to 2."),
                    ServiceOption("expire", Kind.INTEGER, help="Priority 2: for how many seconds it is repeated."),
                    ServiceOption("retry", Kind.INTEGER, help="Priority 2: after how many seconds it is repeated."),
                    ServiceOption("device", Kind.TEXT, help="The device it is for."),
                    ServiceOption("html", Kind.BOOLEAN, help="Whether the text is HTML."),
                    ServiceOption("sound", Kind.TEXT, help="The sound."),
                    ServiceOption("title", Kind.TEXT, help="The title."),
                    ServiceOption("ttl", Kind.INTEGER, help="After how many seconds it is deleted."),
                    ServiceOption("url", Kind.TEXT, help="A link."),
                    ServiceOption("url_title", Kind.TEXT, help="The text of the link."),
                ),
                _states(*_ALL),
            ),
            (FAIL,),
        ),
        ServiceKind(
            "zabbix", (1, 9, 0),
            (
                ServiceOption("server", Kind.TEXT, required=True, help="The URL of api_jsonrpc.php."),
                ServiceOption("itemid", Kind.INTEGER, help="The item, or `host` and `key`."),
                ServiceOption("host", Kind.TEXT, help="The host of the item."),
                ServiceOption("key", Kind.TEXT, help="The key of the item."),
                ServiceOption("username", Kind.TEXT, lent=True, help="The user, with `password`."),
                ServiceOption("password", Kind.TEXT, secret=True, lent=True, help="The user's password."),
                ServiceOption("api_key", Kind.TEXT, secret=True, lent=True, help="A key in place of a user."),
                *_messages(_ALL, ServiceOption("value", Kind.NUMBER_OR_TEXT, help="The value that is pushed.")),
                _states(*_ALL),
            ),
            (FAIL,),
        ),
        ServiceKind(
            "apprise", (1, 8, 4),
            (
                ServiceOption("services", Kind.TARGETS, required=True, secret=True, help="Where to."),
                ServiceOption("send_logs", Kind.BOOLEAN, (1, 8, 9), help="Send the log of the run."),
                ServiceOption("logs_size_limit", Kind.INTEGER, (1, 8, 9), help="How many bytes of it at most; 0 for all."),
                *_messages(_ALL, ServiceOption("title", Kind.TEXT, help="The title."), ServiceOption("body", Kind.TEXT, required=True, help="The text.")),
                *_messages((LOG,), ServiceOption("title", Kind.TEXT, (1, 8, 9), help="The title."), ServiceOption("body", Kind.TEXT, (1, 8, 9), required=True, help="The text.")),
                _states(*_EVERY),
            ),
            (FAIL,),
        ),
        ServiceKind(
            "loki", (1, 8, 3),
            (
                ServiceOption("url", Kind.TEXT, required=True, help="The URL of its push API."),
                ServiceOption("labels", Kind.LABELS, required=True, help="Labels of the stream."),
                ServiceOption("send_logs", Kind.BOOLEAN, (2, 1, 0), help="Send the log of the run."),
                ServiceOption("tls.cert_path", Kind.TEXT, (2, 1, 5), help="The client's certificate."),
                ServiceOption("tls.key_path", Kind.TEXT, (2, 1, 5), help="The key of the client's certificate."),
            ),
            _ALL,
        ),
        ServiceKind(
            "uptime_kuma", (1, 8, 13),
            (
                ServiceOption("push_url", Kind.TEXT, required=True, secret=True, help="The monitor's push URL."),
                _states(*_ALL),
                ServiceOption("verify_tls", Kind.BOOLEAN, (1, 9, 13), help=_VERIFY),
            ),
            (FINISH, FAIL), borgmatics=_ALL,
        ),
        ServiceKind(
            "sentry", (1, 9, 7),
            (
                ServiceOption("data_source_name_url", Kind.TEXT, required=True, secret=True, help="The DSN."),
                ServiceOption("monitor_slug", Kind.TEXT, required=True, help="The slug of the cron monitor."),
                ServiceOption("environment", Kind.TEXT, (2, 0, 11), help="The environment of check-ins."),
                _states(*_ALL),
            ),
            _ALL,
        ),
    )
}  # fmt: skip
