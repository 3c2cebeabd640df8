"""The hosts of an Ansible inventory, and what it says of each for borgplan."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from ...compiler.plan.actions import ALIASES, Action
from ...compiler.support.json_reader import WrongShapeError, parse
from ...compiler.support.record import TYPE_CHECKING
from .records import Member

if TYPE_CHECKING:
    from typing import Any

# Names become parts of file names and of Ansible's patterns.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
CONFIGS, ACTIONS = "borgplan_configs", "borgplan_actions"


class InventoryError(Exception):
    """Why an inventory can't be used, in words."""


def members(listing: str) -> list[Member]:
    """The hosts of what `ansible-inventory --list` printed, sorted by name. Raises InventoryError."""
    try:
        data = parse(listing).data
    except WrongShapeError as error:
        raise InventoryError(
            f"ansible-inventory printed something else than JSON: {error}"
        ) from error
    variables = _mapping(_mapping(data).get("_meta")).get("hostvars", {})
    names = {name for group in _mapping(data).values() for name in _mapping(group).get("hosts", ())}
    names.update(_mapping(variables))
    return [
        _member(name, _mapping(_mapping(variables).get(name)))
        for name in sorted(names, key=in_order)
    ]


def in_order(name: str) -> tuple[tuple[str, int], ...]:
    """By what people expect: web2 before web10."""
    parts = re.findall(r"(\D*)(\d*)", name)
    return tuple((text, int(number[:18] or 0)) for text, number in parts)


def check_name(name: str) -> str:
    """The name of a host as it is. Raises InventoryError."""
    if not _NAME.fullmatch(name):
        raise InventoryError(
            f"the host name {name!r} can't be used: it may have letters, digits, dots, dashes and underscores"
        )
    return name


def _member(name: str, variables: Mapping[str, Any]) -> Member:
    configs = _texts(name, CONFIGS, variables.get(CONFIGS, ()))
    actions = []
    for word in _texts(name, ACTIONS, variables.get(ACTIONS, ())):
        try:
            actions.append(ALIASES.get(word) or Action(word))
        except ValueError:
            raise InventoryError(f"{name}: {ACTIONS}: there is no action {word!r}") from None
    return Member(check_name(name), configs=configs, actions=tuple(actions))


def _texts(host: str, name: str, value: object) -> tuple[str, ...]:
    """A list of texts, or one with commas or spaces between them."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    if isinstance(value, Sequence) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise InventoryError(f"{host}: {name} is neither a text nor a list of texts")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


FACTS, HISTORY = ".json", ".history.json"  # how the names of files with these end


def in_folder(folder: str) -> list[Member]:
    """The hosts that a folder has facts of, sorted by name. Raises InventoryError, and OSError."""
    names = [
        entry.removesuffix(FACTS)
        for entry in os.listdir(folder)
        if entry.endswith(FACTS) and not entry.endswith(HISTORY)
    ]
    return [Member(check_name(name)) for name in sorted(names, key=in_order)]


def with_files(member: Member, folder: str) -> Member:
    """With the paths of its facts and its history, where the folder has them."""
    facts, history = (f"{folder}/{member.name}{ending}" for ending in (FACTS, HISTORY))
    return member._replace(
        facts=facts if os.path.exists(facts) else "",
        history=history if os.path.exists(history) else "",
        missing="" if os.path.exists(facts) else member.missing or f"{folder} has no facts of it",
    )
