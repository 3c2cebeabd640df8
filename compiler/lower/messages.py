"""What monitoring services are told of a file, as steps: loaded only for a file that names one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..config.credentials import Reference, reference, secret
from ..config.model import Configuration
from ..config.services import Service
from ..config.settings import Settings
from ..notify.services import requests
from ..notify.telling import Telling
from ..notify.zabbix import TOKEN
from ..plan.ids import ROOT, Names
from ..plan.model import Effect, Phase, Resume, Role, ScopeId, Status, Step, StepId, Trigger
from ..plan.words import Part, Secret, SecretFile, Use, Word
from ..plan.work import Request, kept_name
from ..semantics.monitoring import Monitoring, State, monitoring_of
from ..semantics.profile import Profile
from ..source.diagnostic import Diagnostics
from ..source.host import Host
from ..support.record import NamedTuple

SILENT = -2  # the verbosity at which nothing is sent
_GO_ON = Effect(
    Status.FAILED, Resume.NEXT
)  # no outcome of a message is a failure; if one were, it would count

_FILES = ("tls.cert_path", "tls.key_path")

_WHEN = {
    State.START: "before anything of this file",
    State.LOG: "at the end of this file",
    State.FINISH: "at the end of this file, if nothing failed",
    State.FAIL: "at the end of this file, if any step failed",
}


class Message(NamedTuple):
    """Requests of one service for one state. `after_hooks`: of those that belong to the same phase."""

    phase: Phase
    after_hooks: bool
    trigger: Trigger
    service: Service
    state: State
    requests: tuple[Request, ...]

    def steps(self, names: Names, scope: ScopeId, why: str = "") -> Iterator[Step]:
        """The steps that send them, in a scope."""
        label = f"{self.state.value}-{self.service.name}"
        return bound_steps(
            self.requests,
            lambda work: Step(
                names.named(scope, self.phase, label), scope, self.phase, self.trigger, work, _GO_ON, _GO_ON,
                why or _WHEN[self.state], self.service.span, self.service.name,
                title=f"{self.service.name} {self.state.value}", role=Role.NOTIFY,
            ),
        )  # fmt: skip


def bound_steps(found: tuple[Request, ...], step_of: Callable[[Request], Step]) -> Iterator[Step]:
    """A step for each of the requests of one message; values of answers are those of the steps before."""
    producers: dict[str, StepId] = {}
    for request in found:
        step = step_of(_bound(request, producers))
        kept = kept_name(request)
        if kept is not None:
            producers[kept] = step.id
        yield step


def messages(
    configuration: Configuration,
    profile: Profile,
    requested: frozenset[str],
    host: Host,
    diagnostics: Diagnostics,
    *,
    presence: bool = False,
) -> tuple[Message, ...]:
    """What services are told of a file from which these actions are wanted, in the order in which it is. `presence`:
    whether to tell of files that aren't there."""
    monitoring = monitoring_of(profile)
    verbosity = configuration.settings.integer("monitoring_verbosity")
    if not requested & monitoring.actions or verbosity == SILENT:
        return ()
    level = monitoring.level if verbosity is None else verbosity
    services = {service.name: service for service in configuration.services}
    lent = {
        name: lent_options(found, configuration.settings, host, diagnostics)
        for name, found in services.items()
    }
    for name, service in services.items() if presence else ():
        _check_files(service, lent[name], host, diagnostics)
    found: list[Message] = []
    for state in State:
        found += sorted(
            (
                message
                for name in monitoring.ordered(tuple(services))
                if _hears(services[name], state, monitoring)
                for message in _messages(
                    Telling(services[name], state, configuration.path, monitoring, lent[name], level)
                )
            ),
            key=_ends_stream,
        )  # fmt: skip
    return tuple(found)


def _ends_stream(message: Message) -> bool:
    """The end of a stream comes last: it takes along what is told of the other services."""
    return any(work.stream is not None and work.stream.ends for work in message.requests)


def _check_files(
    service: Service, lent: dict[str, Secret], host: Host, diagnostics: Diagnostics
) -> None:
    """Tell of certificates, keys and files with secrets that aren't there (BP426)."""
    paths = {option: service.text(option) for option in _FILES if service.text(option)}
    paths |= {name: place.path for name, place in lent.items() if isinstance(place, SecretFile)}
    for option, path in paths.items():
        if host.is_there(path) is False:
            message = f"`{option}` of `{service.name}` needs {path}, which does not exist"
            diagnostics.warning("BP426", message, service.place(option))


def around_everything(found: tuple[Message, ...]) -> Iterator[Message]:
    """What is told of a failure outside of all files: FAIL, as every one of them is concerned."""
    for message in found:
        if message.state is State.FAIL:
            yield message._replace(trigger=Trigger.OWN)


def failures(
    configuration: Configuration, profile: Profile, requested: frozenset[str], host: Host
) -> tuple[Step, ...]:
    """What is told where nothing of a file runs: FAIL, in a plan of its own."""
    found = messages(configuration, profile, requested, host, Diagnostics())
    names = Names()
    run = names.scope(None, ROOT)
    every = (message.steps(names, run, AROUND_EVERYTHING) for message in around_everything(found))
    return tuple(step for steps in every for step in steps)


AROUND_EVERYTHING = "if a hook around everything fails, or apply refuses the run"


def _hears(service: Service, state: State, monitoring: Monitoring) -> bool:
    if state is State.LOG and not monitoring.log_state:
        return False
    return state.value in service.states()


def _messages(telling: Telling) -> Iterator[Message]:
    """One for each occasion on which the state is told."""
    state, monitoring = telling.state, telling.monitoring
    found = requests(telling)
    triggers = monitoring.final(state)
    if not triggers:
        after = monitoring.start_last
        yield Message(Phase.ENTER, after, Trigger.SUCCESS, telling.service, state, found)
    after = monitoring.log_last if state is State.LOG else monitoring.fail_last
    for trigger in triggers:
        yield Message(Phase.RECOVER, after, trigger, telling.service, state, found)


def lent_options(
    service: Service, settings: Settings, host: Host, diagnostics: Diagnostics
) -> dict[str, Secret]:
    """Options whose value is kept elsewhere, and where (BP230)."""
    places: dict[str, Secret] = {}
    for option in service.kind.options:
        value = service.options.get(option.name)
        if not option.lent or not isinstance(value, str) or not value.startswith("{credential"):
            continue
        found = reference(value)
        if isinstance(found, Reference):
            places[option.name] = secret(found, settings, host)
        else:
            diagnostics.error(
                "BP230", f"`{option.name}` holds a reference that can't be followed",
                service.place(option.name), found or "",
            )  # fmt: skip
    return places


def _bound(request: Request, producers: dict[str, StepId]) -> Request:
    """With each value of an answer bound to the step before it that keeps it."""

    def bound(word: Word) -> Word:
        return word if isinstance(word, str) else tuple(map(of_step, word))

    def of_step(part: Part) -> Part:
        if isinstance(part, Use) and part.value == TOKEN:
            return part._replace(value=part.value._replace(producer=producers[TOKEN.name]))
        return part

    return request._replace(headers=tuple((name, bound(word)) for name, word in request.headers))
