"""Work shared out to processes that are forked for it, each with a pipe in both directions."""

from __future__ import annotations

import os
import sys

from ...compiler.support.record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from typing import IO, Any, NoReturn, TypeVar

    Part = TypeVar("Part")
    Work = Callable[[Part], Generator[Any, Any, None]]


class WorkerError(Exception):
    """A process ended before its work was done; the message says how."""


def usable_cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def shares(items: Sequence[Part], jobs: int, least: int) -> list[Sequence[Part]]:
    """`items` in at most `jobs` parts of at least `least`; one part if there are too few."""
    number = max(1, min(jobs, len(items) // least))
    return [items[start::number] for start in range(number)]


def share_out(
    parts: Sequence[Part], work: Work[Part], decide: Callable[[list[Any]], Any]
) -> list[Any]:
    """The result of `work` for each of `parts`.

    The work on a part yields something, is sent what `decide` makes of all of that, and yields its
    result. One part is worked on in this process, several each in one of its own. Raises WorkerError
    if one of those ends early; no process is left behind in any case.
    """
    if len(parts) == 1:
        going = work(parts[0])
        return [going.send(decide([next(going)]))]
    workers: list[_Worker] = []
    try:
        for part in parts:
            workers.append(_fork(part, work, workers))  # each is told of those before
        decision = decide([worker.receive() for worker in workers])
        for worker in workers:
            worker.send(decision)
        return [worker.receive() for worker in workers]
    finally:
        for worker in workers:
            worker.end()


class _Worker(NamedTuple):
    """The parent's ends of the pipes to and from a worker."""

    pid: int
    questions: IO[bytes]
    answers: IO[bytes]

    def send(self, message: Any) -> None:
        import pickle

        try:
            self.questions.write(pickle.dumps(message))
        except BrokenPipeError:
            raise WorkerError(_ending(self.pid)) from None

    def receive(self) -> Any:
        import pickle

        try:
            return pickle.load(self.answers)  # noqa: S301  # our own process wrote it
        except (EOFError, pickle.UnpicklingError):  # the latter in the middle of a message
            raise WorkerError(_ending(self.pid)) from None

    def end(self) -> None:
        from signal import SIGKILL

        self.questions.close()
        self.answers.close()
        try:
            os.kill(self.pid, SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            return  # one that `_ending` has seen


def _ending(pid: int) -> str:
    """Waits for a worker that has closed its pipe, and says how it ended."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return f"ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


def _fork(part: Part, work: Work[Part], others: Sequence[_Worker]) -> _Worker:
    from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask

    to_worker, questions = os.pipe()
    answers, from_worker = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    # An interrupt before the worker is ready to end must not let it go on as if it were its parent.
    before = pthread_sigmask(SIG_BLOCK, {SIGINT})
    pid = os.fork()
    if pid == 0:
        try:
            pthread_sigmask(SIG_SETMASK, before)
            # A worker notices that its parent is gone by the end of its pipe: nobody else may hold it.
            inherited = [end.fileno() for other in others for end in other[1:]]
            for descriptor in (questions, answers, *inherited):
                os.close(descriptor)
            _work(part, work, open(to_worker, "rb"), open(from_worker, "wb"))  # noqa: SIM115
        finally:
            os._exit(1)
    pthread_sigmask(SIG_SETMASK, before)
    os.close(to_worker)
    os.close(from_worker)
    return _Worker(pid, open(questions, "wb", buffering=0), open(answers, "rb"))


def _work(part: Part, work: Work[Part], questions: IO[bytes], answers: IO[bytes]) -> NoReturn:
    """The life of a worker; what was unforeseen is reported here, where it happened."""
    import pickle

    code = 1
    try:
        going = work(part)
        pickle.dump(next(going), answers)
        answers.flush()
        pickle.dump(going.send(pickle.load(questions)), answers)  # noqa: S301  # from our parent
        answers.flush()
        code = 0
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the parent is gone, or about to end
    except Exception as error:  # noqa: BLE001  # as in `cli.main`
        from .bug_report import report_bug

        code = report_bug(error)
        sys.stderr.flush()
    finally:
        os._exit(code)
