"""A line of borgmatic's to `Arguments`, as borgplan's own parser makes them."""

from __future__ import annotations

from ....compiler.borg.action_options import ActionOptions
from ....compiler.plan.actions import NOT_IMPLEMENTED
from ....compiler.support.record import TYPE_CHECKING, NamedTuple
from ..arguments import ApplyArguments, Arguments, LintArguments, PlanArguments
from .counterparts import REPOSITORY, action_of, counterpart
from .flags import RELEASE, Action
from .words import Given, Line, UsageError

if TYPE_CHECKING:
    from ....compiler.plan import actions as plan_actions

    Fields = dict[str, str | int | bool | tuple[str, ...]]

NAME = "borgmatic"  # of the command, and the first of the words that the journal keeps
_HIDDEN = "..."


class _Overrides(NamedTuple):
    """Options of configuration files, as OPTION=VALUE; those with a secret apart."""

    plain: tuple[str, ...]
    secret: tuple[str, ...]


def arguments_of(line: Line, words: tuple[str, ...], default: tuple[Action, ...]) -> Arguments:
    """What to run. `words`: those of the line. `default`: the actions of a line without any.
    Raises UsageError for what borgplan doesn't do."""
    fields: Fields = {}
    overrides = [f"{option}={value}" if value else f"{option}!" for option, value in line.options]
    overrides += [given.value or "" for given in line.common if given.flag == "--override"]
    overrides += _common_options(line)
    running: list[plan_actions.Action] = []
    for action in line.actions:
        own = action_of(action.name)
        if own is None:
            raise UsageError(_not_here(action.name))
        running.append(own)
    for given in line.flags:
        overrides += _taken(given, line.actions or default, fields)
    sorted_out = _sorted(overrides)
    if line.borg:
        fields["words"] = line.borg
    shows = line.has("--differences")
    return Arguments(
        command="plan" if shows else "apply",
        words=_told(words, sorted_out.secret),
        configs=tuple(g.value or "" for g in line.common if g.flag == "--config"),
        actions=tuple(running),
        repository=line.value(REPOSITORY),
        format="text",
        color="auto",
        semantics="",
        overrides=sorted_out.plain,
        secret_overrides=sorted_out.secret,
        stands_for=RELEASE,
        interpolates=not line.has("--no-environment-interpolation"),
        project="",
        policies=(),
        offline=False,
        options=ActionOptions(**fields),  # type: ignore[arg-type]
        plan=PlanArguments(differences=shows),
        apply=ApplyArguments(dry_run=line.has("--dry-run"), plain=True, yes=line.has("--yes")),
        lint=LintArguments(),
    )


def _not_here(name: str) -> str:
    """Of an action that is none here: what does the same."""
    instead = NOT_IMPLEMENTED.get(name, "")
    return f"the action `{name}` is not implemented yet{f': {instead}' if instead else ''}"


def _common_options(line: Line) -> list[str]:
    """Flags of the command that are options of the configuration by another name."""
    found = [f"verbosity={g.value}" for g in line.common if g.flag == "--verbosity"]
    return [*found, *(["color=false"] if line.has("--no-color") else [])]


def _taken(given: Given, running: tuple[Action, ...], fields: Fields) -> list[str]:
    """Put a flag into `fields`, for the actions that have it; or else the overrides that stand for it."""
    if given.flag == REPOSITORY:
        return []
    overrides, missing, found = [], [], False
    for action in running:
        flag = action.flag(given.flag)
        if flag is None:
            continue
        meant = counterpart(action, flag)
        if meant.field and not found:
            _put(fields, meant.field, given, joins=flag.several)
            found = True
        elif meant.option:
            is_whole = "=" in meant.option
            overrides.append(meant.option if is_whole else f"{meant.option}={given.value}")
        elif not meant.field:
            missing.append(action.name)
    if missing:
        raise UsageError(f"borgplan does not have {given.flag} for {' and '.join(missing)} yet")
    return list(dict.fromkeys(overrides))


def _put(fields: Fields, field: str, given: Given, *, joins: bool) -> None:
    """`joins`: several values make one text."""
    default = ActionOptions._field_defaults[field]
    old = fields.get(field, default)
    if isinstance(default, bool):
        fields[field] = True
    elif isinstance(default, tuple):
        fields[field] = (*(old if isinstance(old, tuple) else ()), given.value or "")
    elif isinstance(default, int):
        fields[field] = _number(given) if given.value is not None else int(str(old)) + 1
    elif joins and old:
        fields[field] = f"{old},{given.value}"
    else:
        fields[field] = given.value or ""


def _number(given: Given) -> int:
    text = given.value or ""
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise UsageError(f"{given.flag} takes a number, not `{text}`")
    return int(text)


def _sorted(overrides: list[str]) -> _Overrides:
    if not overrides:
        return _Overrides((), ())
    from ....compiler.config.overrides import tells_secret

    secret = tuple(each for each in overrides if tells_secret(each))
    return _Overrides(tuple(each for each in overrides if each not in secret), secret)


def _told(words: tuple[str, ...], secret: tuple[str, ...]) -> tuple[str, ...]:
    """The words as the journal may keep them."""
    values = [each.partition("=")[2] for each in secret]
    hidden = list(words)
    for value in filter(None, values):
        hidden = [word.replace(value, _HIDDEN) for word in hidden]
    return (NAME, *hidden)
