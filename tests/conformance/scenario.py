"""Recorded scenarios, and what borgplan is to make of them."""

from __future__ import annotations

import gzip
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from borgplan.compiler.plan.actions import ALIASES, NOT_IMPLEMENTED, Action

TRACES = Path(__file__).parent / "traces"
_BOOLEANS = {"one-file-system"}
KNOWN = {*ALIASES, *NOT_IMPLEMENTED, *(action.value for action in Action)}


@dataclass(frozen=True)
class Scenario:
    version: str
    name: str
    data: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.version}/{self.name}"

    @property
    def semantics(self) -> str:
        return self.version

    @property
    def group(self) -> str:
        return str(self.data["group"])

    @property
    def files(self) -> dict[str, str]:
        return dict(self.data.get("files", {}))

    def faults(self, tmp: str) -> list[dict[str, Any]]:
        text = json.dumps(self.data.get("faults", []))
        return list(json.loads(text.replace("$TMP", tmp)))

    def arguments(self, tmp: str) -> list[str] | str:
        """borgplan's words for the recorded arguments, or the name of what isn't implemented."""
        actions: list[str] = []
        configs: list[str] = []
        extra: list[str] = []
        borg: list[str] = []
        words = [word.replace("$TMP", tmp) for word in self.data.get("args", [])]
        taking_configs = False
        while words:
            word = words.pop(0)
            if word == "--config":
                taking_configs = True
            elif word.startswith("/") and taking_configs:
                configs.append(word)
            elif word in ("--dry-run", "--progress"):
                extra.append(word)
            elif word == "--verbosity":
                words.pop(0)
            elif word.startswith("--verbosity="):
                continue
            elif word in ("--repository", "--log-file", "--archive"):
                extra += [word, words.pop(0)]
            elif word == "--path" and "key" in actions:
                extra += ["--destination", words.pop(0)]
            elif word == "export" and "key" in actions:
                continue
            elif word == "borg":
                actions.append(word)
                borg, words = ["--", *words], []
            elif word == "--no-environment-interpolation":
                extra.append(word)
            elif word == "--override":
                extra += ["--set", words.pop(0)]
            elif word.startswith("--") and word.lstrip("-") not in KNOWN:
                extra += ["--set", _option(word, words)]
            elif word.lstrip("-") in NOT_IMPLEMENTED:
                return str(word)
            else:
                actions.append(word.lstrip("-"))
        flags = ["--actions", ",".join(actions)] if actions else []
        return [*extra, *flags, "--semantics", self.semantics, *configs, *borg]

    @property
    def failed(self) -> bool:
        return bool(self.data.get("exit_code", 0) != 0)


@cache
def scenarios(version: str) -> list[Scenario]:
    data = json.loads(gzip.decompress((TRACES / f"{version}.json.gz").read_bytes()))
    return [Scenario(version, name, scenario) for name, scenario in data.items()]


def all_scenarios() -> Iterator[Scenario]:
    for path in sorted(TRACES.glob("*.json.gz")):
        yield from scenarios(path.name.removesuffix(".json.gz"))


def told_failures(scenario: Scenario) -> bool:
    """Whether hooks are told errors or output in words, which are not what is to be reproduced."""
    return any("{error}" in text or "{output}" in text for text in scenario.files.values())


def comparable(trace: list[list[str]], tmp: str, *, only_names: bool) -> list[list[str]]:
    """A trace without the wording of errors, and without how many words a value became.

    Releases of that time inserted values as raw text: an empty one is no word, one with blanks
    several. borgplan makes exactly one word of each (docs/divergences.md).
    """
    found = []
    for event in trace:
        words = [word.replace(tmp, "$TMP") for word in event]
        if event[0] == "hook":
            arguments = " ".join(words[2:]).split()
            words = [*words[:2], *(_without_failures(arguments) if only_names else arguments)]
        found.append(words)
    return found


def _option(flag: str, words: list[str]) -> str:
    """An option of the configuration as a flag, as releases from 2.0.8 on take it, for `--set`."""
    name, _, value = flag.removeprefix("--").partition("=")
    if not value:
        value = "true" if name in _BOOLEANS else words.pop(0)
    return f"{name.replace('-', '_')}={value}"


def _without_failures(arguments: list[str]) -> list[str]:
    """The arguments up to those that tell of a failure: `error=…`, `output=…`, else only the name."""
    told = next((n for n, word in enumerate(arguments) if word.startswith("error=")), 1)
    return arguments[:told]


def simple_hook(script: str) -> list[str] | None:
    """The arguments of a script that is one `hook` command and no more; None for other scripts."""
    if any(character in script for character in "\n;&|<>`[*~$#"):
        return None
    try:
        words = shlex.split(script, comments=False)
    except ValueError:
        return None
    return words[1:] if words[:1] == ["hook"] else None
