"""`python -m tests.fuzz.guided TARGET SECONDS`: inputs for one target, guided by the code they reach.

Needs atheris; `scripts/fuzz` installs it. A finding is an exception, or a case of more than two seconds;
of those with the same place in the code only the first is kept, so that one doesn't end the search.
"""

from __future__ import annotations

import importlib
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

LIMIT = 2.0  # seconds for a case
_WORK = Path(__file__).parents[2] / ".cache" / "fuzz"
_CODE = ("/compiler/", "/grammar/", "/runtime/", "/tests/fuzz/targets")


class TooSlowError(BaseException):
    """Not an Exception, so that nothing takes it for one of its own."""


class Watched:
    """A target that keeps what went wrong in `folder` and goes on."""

    def __init__(self, run: Callable[[bytes], None], folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._seen: set[str] = set()
        signal.signal(signal.SIGALRM, _too_slow)

    def __call__(self, data: bytes) -> None:
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
        try:
            self._run(data)
        except (Exception, TooSlowError) as error:  # noqa: BLE001  # whatever it is, it is a finding
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._keep(error, data)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _keep(self, error: BaseException, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if any(part in frame.filename for part in _CODE)]
        last = (own or frames)[-1]
        name = f"{type(error).__name__}-{Path(last.filename).stem}-{last.lineno}"
        if name in self._seen:
            return
        self._seen.add(name)
        (self._folder / name).write_bytes(data)
        trace = "".join(traceback.format_exception(error))
        (self._folder / f"{name}.txt").write_text(trace, errors="backslashreplace")
        print(f"FINDING {name}: {str(error)[:200]}", flush=True)


def _too_slow(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TooSlowError(f"more than {LIMIT:g} seconds")


def main() -> None:
    target, seconds = sys.argv[1:]
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["borgplan"]):
        from tests.fuzz import seeds, targets
        from tests.fuzz.changing import mutator
    inputs, findings = (_WORK / target / name for name in ("inputs", "findings"))
    for folder in (inputs, findings):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds.seeds(target)):
        (inputs / f"seed-{number}").write_bytes(data)
    atheris.Setup(
        [
            sys.argv[0], str(inputs), f"-max_total_time={seconds}", f"-max_len={seeds.largest(target)}", "-verbosity=1",
            "-handle_alrm=0", "-timeout=0", "-rss_limit_mb=4096", "-print_final_stats=1", "-len_control=0", "-reload=0",
        ],
        Watched(targets.TARGETS[target], findings),
        custom_mutator=mutator(seeds.fragments(target), list(seeds.seeds(target))),
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
