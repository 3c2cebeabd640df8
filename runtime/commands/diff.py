"""`borgplan diff OLD NEW`: what differs between two plans, wherever they come from."""

from __future__ import annotations

import argparse
import os
import sys

from ...compiler.diff.plans import changes
from ...compiler.diff.seen import seen_by_both
from ...compiler.plan.model import Plan
from ...compiler.source.diagnostic import Diagnostics
from ..cli.arguments import Arguments, request_of
from ..cli.options.action import add_to, foreign_options, options
from ..cli.options.common import actions_in, add_looking, add_shaping, shaped_by
from ..journal.kept_plans import path_of
from ..journal.saved_plans import is_plan, is_saved, load, load_plan
from ..render.diff import as_data, as_markdown, render
from ..run.session import Session, compile_all, left_out, say, session_of, write, write_json
from ..system.host import RealHost

LAST = "last"


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("old", metavar="OLD", help="a configuration, a saved plan, REV:PATH for a configuration "
        "in a git revision, or `last` for the plan of NEW's last run")  # fmt: skip
    add(
        "new",
        metavar="NEW",
        nargs="*",
        help="like OLD; several are allowed if they are configurations",
    )
    add("--format", choices=("text", "json", "markdown"), default="text",
        help="format of the result; markdown is for pull requests (default: text)")  # fmt: skip
    add(
        "--exit-code",
        action="store_true",
        help="exit with 0 for no change, 1 for an error, 2 for changes",
    )
    add("--against-semantics", default="", metavar="NAME",
        help="borgmatic release for NEW, which defaults to OLD")  # fmt: skip
    add("--against-actions", action="extend", default=[], type=actions_in, metavar="LIST",
        help="actions for NEW, which defaults to OLD")  # fmt: skip
    add_shaping(parser)
    add_looking(parser)
    add_to(parser)


def run(namespace: argparse.Namespace) -> int:
    """0; 2 if a side can't be used. With --exit-code 0 for no change, 1 for an error, 2 for changes."""
    shaping = shaped_by(namespace, "diff", tuple(namespace.new), options(namespace, ()))
    failed = 1 if namespace.exit_code else 2
    news = tuple(namespace.new)
    if news == (LAST,):
        say("borgplan diff: `last` can only be OLD")
        return failed
    against = shaping._replace(
        semantics=namespace.against_semantics or shaping.semantics,
        actions=tuple(namespace.against_actions) or shaping.actions,
    )
    wrong = foreign_options(shaping.options, shaping.actions, against.actions)
    if wrong:
        say(f"borgplan diff: {wrong}")
        return failed
    if against != shaping and not news:
        news = (namespace.old,)
    if shaping.untrusted and not news:
        say("borgplan diff: --untrusted needs OLD and NEW")
        return failed
    if shaping.elsewhere and namespace.old == LAST:
        say(f"borgplan diff: OLD can't be `last` with {shaping.elsewhere}")
        return failed
    left: dict[str, None] = {}
    old = _side((namespace.old,), shaping, news, left)
    new = _side(news, against, news, left)
    for line in left:
        say(line)
    if old is None or new is None:
        return failed
    found = seen_by_both(changes(old, new))
    names = namespace.old, " ".join(news) or "the files in the default places"
    if namespace.old == LAST:
        names = "the last run", names[1]
    if namespace.against_semantics:
        names = names[0], f"{names[1]} with borgmatic {against.semantics}"
    if namespace.against_actions:
        names = names[0], f"{names[1]} with {', '.join(a.value for a in against.actions)}"
    match namespace.format:
        case "json":
            write_json(as_data(names, found))
        case "markdown":
            write(as_markdown(names, found, [*left]))
        case _:
            session = Session(shaping, RealHost())
            write(render(names, found, session.style(sys.stdout)))
    return 2 if namespace.exit_code and found else 0


def _side(
    paths: tuple[str, ...], shaping: Arguments, news: tuple[str, ...], left: dict[str, None]
) -> Plan | None:
    """The plan of a side; None after saying why there is none. `left`: gets what was left out of account."""
    path = paths[0] if len(paths) == 1 else ""
    if path == LAST:
        return _last(shaping._replace(configs=news), news)
    if _names_a_revision(path):
        session = _at_revision(path, shaping)
        if session is None:
            return None
    elif is_plan(path):
        return _saved(path, session_of(shaping._replace(configs=paths)))
    else:
        session = session_of(shaping._replace(configs=paths, words=paths))
    compilation = compile_all(session, to_run=True)
    left.update(dict.fromkeys(left_out(session)))
    said = (*compilation.errors, *compilation.left_out)
    session.show(compilation._replace(diagnostics=said), sys.stderr)
    return None if compilation.errors else compilation.plan


def _names_a_revision(path: str) -> bool:
    """Whether it is REV:PATH. What is there doesn't count: a branch could bring a file of that name along."""
    return ":" in path and not path.startswith(("/", "./", "../", "~"))


def _at_revision(path: str, shaping: Arguments) -> Session | None:
    """The session for REV:PATH; None after saying why there is none."""
    from ..system.git import GitError
    from ..system.git_host import RevisionHost

    revision, _, inside = path.partition(":")
    below = shaping.root.rstrip("/") + inside if shaping.root and inside[:1] == "/" else inside
    try:
        host = RevisionHost(revision, below)
    except GitError as error:
        say(f"borgplan diff: {path}: {error}")
        if os.path.lexists(path):
            say(f"for the file of that name, write ./{path}")
        return None
    return session_of(shaping._replace(configs=(inside,), words=(path,)), host)


def _last(arguments: Arguments, news: tuple[str, ...]) -> Plan | None:
    """The plan of the last run. A saved plan brings its files and actions along."""
    session, request = Session(arguments, RealHost()), request_of(arguments)
    if len(news) == 1 and is_saved(news[0]):
        found = Diagnostics()
        saved = load(news[0], session.host, found)
        session.complain(found)
        if saved is None:
            return None
        request = saved.request
    path = path_of(request, session.host)
    if not os.path.lexists(path):
        say("borgplan diff: no run of these files with these actions is recorded")
        return None
    return _saved(path, session)


def _saved(path: str, session: Session) -> Plan | None:
    found = Diagnostics()
    plan = load_plan(path, session.host, found)
    session.complain(found)
    return plan
