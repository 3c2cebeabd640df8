"""From a service to the module that makes its requests; only those of services that a file names are loaded."""

from __future__ import annotations

from importlib import import_module

from ..plan.work import Request
from .telling import Telling


def requests(telling: Telling) -> tuple[Request, ...]:
    """What a service is sent for one state."""
    module = import_module(f".{telling.service.kind.module or telling.service.name}", __package__)
    made: tuple[Request, ...] = module.requests(telling)
    return made
