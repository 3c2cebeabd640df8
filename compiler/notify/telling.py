"""What a service's module is given, and the parts of which it makes requests."""

from __future__ import annotations

import json

from ..config.services import Service
from ..plan.exits import ExitCodes
from ..plan.words import (
    Escape,
    Known,
    Part,
    Secret,
    SecretOption,
    SecretUse,
    Share,
    Use,
    Word,
    joined,
)
from ..plan.work import Check, Request
from ..semantics.monitoring import Monitoring, State
from ..support.record import NamedTuple

# Whatever becomes of a message, it fails nothing.
WARNED = ExitCodes(warning=((1, 2),))
_ENDING = 4  # characters of a secret that are shown, so that two can be told apart
_SHORTEST = 12  # characters from which on a secret's end may be shown


class Said(NamedTuple):
    """What a message of the project file says, where the service's options say nothing else. `about`: which steps it
    is about, by which their incidents are known; `title`, `text`: parts of texts."""

    about: str
    title: tuple[Part, ...]
    text: tuple[Part, ...]


class Telling(NamedTuple):
    """A service that is to be told a state. `file`: where it is configured, `within`: and in what. `lent`: options
    whose value is kept elsewhere, and where. `verbosity`: how much of the log is sent. `said`: None for what a
    configuration file is told."""

    service: Service
    state: State
    file: str
    monitoring: Monitoring
    lent: dict[str, Secret]
    verbosity: int
    within: str = ""
    said: Said | None = None

    def is_set(self, option: str) -> bool:
        return option in self.service.options

    def text(self, option: str) -> str:
        return self.service.text(option)

    def of_state(self, option: str) -> object:
        """An option of this state's mapping; None if it isn't set."""
        return self.service.options.get(f"{self.state.value}.{option}")

    def usual(self, own: str, limit: int = 0) -> tuple[Word, Word]:
        """The title and the text where its options say nothing. `own`: both, of a configuration file. `limit`: bytes of
        what came of the run."""
        if self.said is not None:
            return self.said.title, joined(self.said.text, self.came(limit))
        return own, joined(own, self.nothing())

    def came(self, limit: int = 0) -> Word:
        """What came of the run in each repository, a line for each behind a line end, for a message of the project
        file."""
        return (Use(Known.SUMMARY, otherwise="", limit=limit),)

    def nothing(self) -> Word:
        """At the end of a run that didn't fail: a line that nothing was done, if so; nothing in other states."""
        if self.said is not None or self.state is not State.FINISH:
            return ""
        return (Use(Known.NOTHING, otherwise=""),)

    def place(self, option: str) -> SecretOption:
        """Where a secret option is configured."""
        return SecretOption(self.file, f"{self.within}{self.service.name}.{option}")

    @property
    def summary(self) -> str:
        return f"{self.state.value} to {self.service.name}"

    def secret(
        self,
        option: str,
        shown: str = "",
        share: Share = Share.ALL,
        escape: Escape = Escape.NONE,
    ) -> SecretUse:
        """A secret option, or a share of it, by where it is configured."""
        place = self.lent.get(option) or self.place(option)
        return SecretUse(place, shown or shortened(self.text(option)), escape, share)

    def address(self, option: str, behind: str = "", query: str = "") -> Word:
        """A secret URL with something behind its path and in its query; nobody sees but where it leads."""
        text = self.text(option)
        base, _, own = text.partition("?")
        if not behind and not query:
            return (self.secret(option, masked(text)),)
        parts: list[Part] = [self.secret(option, masked(base), Share.BASE)]
        if behind:
            parts.append(behind)
        mark = "?"
        if query:
            parts.append(f"?{query}")
            mark = "&"
        if own:
            parts += [mark, self.secret(option, "…", Share.QUERY)]
        return tuple(parts)

    @property
    def streams(self) -> bool:
        """Whether a service that takes lines gets those of the run as they come."""
        asked = self.service.options.get("send_logs", self.monitoring.sends)
        return self.said is None and self.monitoring.logs and asked is True

    def logs(self, limit: int, escape: Escape = Escape.NONE) -> Word | None:
        """The end of what the run has told; None where that isn't sent."""
        asked = self.service.options.get("send_logs", self.monitoring.sends)
        if not asked or not self.monitoring.logs:
            return None
        known = Known.LOG if self.verbosity > 0 else Known.WARNINGS
        known = Known.ERRORS if self.verbosity < 0 else known
        return (Use(known, escape, "", limit),)


def shortened(secret: str) -> str:
    """What is shown for a secret: its end, if that gives little away."""
    return f"…{secret[-_ENDING:]}" if len(secret) >= _SHORTEST else "…"


def masked(url: str) -> str:
    """A URL as people see it: whom it is sent to, and the end of the rest."""
    scheme, mark, rest = url.partition("://")
    host, _, path = rest.partition("/")
    if not mark:
        return shortened(url)
    place = host.rpartition("@")[2]
    return f"{scheme}://{place}/{shortened(path)}" if path else f"{scheme}://{place}"


def get(telling: Telling, url: Word, *, verify: bool = True) -> Request:
    """A request whose URL says everything."""
    return Request("GET", url, WARNED, verify=verify, summary=telling.summary)


def post(telling: Telling, url: Word, body: Word = "", *, verify: bool = True) -> Request:
    return Request("POST", url, WARNED, body=body, verify=verify, summary=telling.summary)


def post_json(
    telling: Telling,
    url: Word,
    body: object,
    headers: tuple[tuple[str, Word], ...] = (),
    kind: str = "application/json",
    check: Check = Check.STATUS,
) -> Request:
    """A request with JSON as its body. `body`: lists, mappings and texts; a `Use` or `SecretUse` in it, alone or
    in a tuple of parts, becomes a text."""
    headers = (("Content-Type", kind), *headers)
    return Request(
        "POST", url, WARNED, headers, as_json(body), check=check, summary=telling.summary
    )


def as_json(value: object) -> Word:
    """A value as JSON, in which late values and secrets are escaped when they are known."""
    if isinstance(value, (Use, SecretUse)):
        return _text((value,))
    if isinstance(value, tuple):
        return _text(value)
    if isinstance(value, dict):
        members = [
            joined(f"{json.dumps(name)}: ", as_json(member)) for name, member in value.items()
        ]
        return joined("{", *_with_commas(members), "}")
    if isinstance(value, list):
        return joined("[", *_with_commas([as_json(item) for item in value]), "]")
    return json.dumps(value)


def _text(parts: tuple[Part, ...]) -> Word:
    escaped: list[Part] = ['"']
    for part in parts:
        if isinstance(part, str):
            escaped.append(json.dumps(part)[1:-1])
        elif isinstance(part, (Use, SecretUse)):
            escaped.append(part._replace(escape=Escape.JSON))
        else:
            escaped.append(part)
    return joined((*escaped, '"'))


def _with_commas(words: list[Word]) -> list[Word]:
    found: list[Word] = []
    for word in words:
        found += [", ", word] if found else [word]
    return found
