"""Which hosts a command line means, with their facts: from a folder, or collected through Ansible."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from ...compiler.support.json_reader import WrongShapeError
from . import manifest
from .ansible import AnsibleError, Reach, listing
from .facts import collect
from .inventory import InventoryError, check_name, in_folder, members, with_files
from .records import Member, Request


class UsageError(Exception):
    """What is wrong with a command line, in words."""


def reach_of(namespace: argparse.Namespace) -> Reach:
    return Reach(
        tuple(namespace.inventory), namespace.limit, namespace.forks, bool(namespace.untrusted)
    )


def request_of(namespace: argparse.Namespace) -> Request:
    actions = tuple(action for found in namespace.actions for action in found)
    if namespace.root and not os.path.isdir(namespace.root):
        raise UsageError(f"--root {namespace.root} is not a directory")
    return Request(namespace.root, actions, namespace.semantics, namespace.untrusted)


@contextmanager
def members_with_facts(namespace: argparse.Namespace, keep: str = "") -> Iterator[list[Member]]:
    """The hosts, as long as their facts are there. `keep`: a folder in which collected facts stay. Raises UsageError
    and AnsibleError."""
    folder = namespace.facts_dir
    if not folder and not namespace.inventory:
        raise UsageError("name the hosts: -i INVENTORY, or --facts-dir DIR")
    if not folder and namespace.untrusted:
        raise UsageError("--untrusted connects to no host: give their facts with --facts-dir DIR")
    if not namespace.inventory and namespace.limit:
        raise UsageError("--limit needs -i INVENTORY, which says what groups there are")
    try:
        if not namespace.inventory:
            yield [with_files(member, folder) for member in _some(in_folder(folder), folder)]
            return
        reach = reach_of(namespace)
        found = _some(members(listing(reach)), " ".join(reach.inventories))
        if folder:
            yield [with_files(member, folder) for member in found]
            return
        actions = [action.value for each in namespace.actions for action in each]
        if keep:
            yield collect(reach, found, keep, actions)
            return
        with TemporaryDirectory(prefix="borgplan-facts-") as scratch:
            yield collect(reach, found, scratch, actions)
    except InventoryError as error:
        raise AnsibleError(str(error)) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error


def chosen(reach: Reach, names: Sequence[str]) -> list[str]:
    """Those of the names that the inventory has, within --limit. Raises UsageError and AnsibleError."""
    try:
        there = {member.name for member in members(listing(reach))}
    except InventoryError as error:
        raise AnsibleError(str(error)) from error
    missing = [name for name in names if name not in there]
    if missing and not reach.limit:
        raise UsageError(f"{' '.join(reach.inventories)} has no host {missing[0]}")
    return [name for name in names if name in there]


def fleet_in(folder: str) -> manifest.Manifest:
    """What `fleet plan -o` wrote into a folder. Raises UsageError."""
    try:
        plans = manifest.read(folder)
        for share in plans.hosts:
            check_name(share.name)
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: {error.strerror}") from error
    except (WrongShapeError, InventoryError) as error:
        raise UsageError(f"{folder}/{manifest.NAME}: {error}") from error
    return plans


def reach_to(namespace: argparse.Namespace, plans: manifest.Manifest) -> Reach:
    """How the hosts of a folder are reached. Raises UsageError."""
    inventories = tuple(namespace.inventory) or plans.inventories
    if not inventories:
        raise UsageError("name the inventory with -i: the plans were made without one")
    return Reach(inventories, namespace.limit, namespace.forks)


def hosts_meant(namespace: argparse.Namespace) -> tuple[Reach, list[str]]:
    """The hosts of a folder or an inventory, and how they are reached. Raises UsageError and AnsibleError."""
    if namespace.folder:
        plans = fleet_in(namespace.folder)
        reach = reach_to(namespace, plans)
        return reach, chosen(reach, [share.name for share in plans.hosts])
    if not namespace.inventory:
        raise UsageError("name the hosts: -i INVENTORY")
    reach = reach_of(namespace)
    try:
        found = members(listing(reach))
    except InventoryError as error:
        raise AnsibleError(str(error)) from error
    return reach, [member.name for member in _some(found, " ".join(reach.inventories))]


def _some(found: list[Member], where: str) -> list[Member]:
    if not found:
        raise UsageError(f"{where} has no host")
    return found
