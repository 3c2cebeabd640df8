"""Enumerations whose members are known by identity."""

from enum import Enum as _Enum


class Enum(_Enum):
    """Members are single, so they can be known by identity; by name, hashing costs more than what it
    is for."""

    __hash__ = object.__hash__
