"""The folder that `fleet plan -o` writes: saved plans by digest, and whom they are for.

    DIR/fleet.json            the hosts, in their order, with the digest of each one's plan and what it uses
    DIR/plans/HOST.plan       as `borgplan plan -o` writes it
    DIR/facts/HOST.json       what it was made from; HOST.history.json: how the host stood

It holds no secret, as none of these do. The digest detects damage; it is not a signature.
"""

from __future__ import annotations

import json
import os

from ...compiler.support.codec import Codec, Data, codec
from ...compiler.support.digest import sha256
from ...compiler.support.json_reader import Value, WrongShapeError, parse
from ...compiler.support.record import NamedTuple
from ..system.files import replace
from .records import Use
from .schedule import Limits

FORMAT = "borgplan-fleet-plan"
VERSION = 1
NAME = "fleet.json"
_HEAD = ("format", "version")


class Share(NamedTuple):
    """What one host is to run. `sha256`: of its saved plan. `seconds`: how long its runs take, 0 for unknown."""

    name: str
    sha256: str
    uses: tuple[Use, ...] = ()
    seconds: int = 0


class Manifest(NamedTuple):
    """`id`: tells this folder from every other one. `inventories`: absolute paths. `limits`, `window`: within which the
    plans run, as `fleet plan` showed it; an empty window is always open."""

    id: str
    inventories: tuple[str, ...]
    hosts: tuple[Share, ...]
    made_by: str
    limits: Limits = Limits()
    window: str = ""


def plan_path(folder: str, host: str) -> str:
    return os.path.join(folder, "plans", f"{host}.plan")


def digest_of_plan(folder: str, host: str) -> str:
    """The SHA-256 of a host's saved plan. Raises OSError."""
    with open(plan_path(folder, host), "rb") as file:
        return sha256(file.read()).hexdigest()


def facts_folder(folder: str) -> str:
    return os.path.join(folder, "facts")


def may_be_written(folder: str) -> str:
    """Why nothing may be written into a folder, or empty: only what was written by `fleet plan` is replaced."""
    if not os.path.lexists(folder):
        return ""
    if not os.path.isdir(folder):
        return "is not a directory"
    if os.listdir(folder) and not os.path.isfile(os.path.join(folder, NAME)):
        return f"is not empty, and has no {NAME}"
    return ""


def write(folder: str, manifest: Manifest) -> None:
    """Raises OSError."""
    data: Data = {"format": FORMAT, "version": VERSION, **_codec().encode(manifest)}
    data["sha256"] = _digest(data)
    text = json.dumps(data, indent=2, sort_keys=True) + "\n"
    replace(os.path.join(folder, NAME), text.encode())


def read(folder: str) -> Manifest:
    """What `write` wrote. Raises OSError, and WrongShapeError for anything else."""
    with open(os.path.join(folder, NAME), encoding="utf-8") as file:
        data: Data = {key: value.data for key, value in parse(file.read()).members().items()}
    if (data.get("format"), data.get("version")) != (FORMAT, VERSION):
        raise WrongShapeError("it is not a fleet.json of this version of borgplan")
    if data.pop("sha256", None) != _digest(data):
        raise WrongShapeError("it was changed since `fleet plan` wrote it")
    found: Manifest = _codec().decode(Value({k: v for k, v in data.items() if k not in _HEAD}))
    return found


def _codec() -> Codec:
    return codec(Manifest, {})


def _digest(data: Data) -> str:
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
