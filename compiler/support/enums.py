"""Enumerations, made without the standard library's work for kinds that aren't used here.

A short run defines about fifty of them, and each costs the standard library a tenth of a millisecond and more. To type
checkers they are `enum.Enum`, and they behave as such: members are single, so they are known by identity and hashed by
it, a class gives the member of a value and is iterable. Flags, aliases, `auto()` and members with another type are not
there.
"""

from __future__ import annotations

from .record import TYPE_CHECKING

if TYPE_CHECKING:
    from enum import Enum as Enum
else:

    class _Kind(type):
        """Makes members of all that is defined in the body, apart from functions, properties and names with `_`."""

        def __new__(meta, name, bases, body):
            members = {
                key: value
                for key, value in body.items()
                if key[0] != "_" and not hasattr(value, "__get__")
            }
            rest = {key: value for key, value in body.items() if key not in members}
            kind = super().__new__(meta, name, bases, rest)
            if any(getattr(base, "__members__", None) for base in bases):
                raise TypeError(f"{name} extends an enumeration that has members")
            made = {key: _member(kind, key, value) for key, value in members.items()}
            by_value = {member.value: member for member in made.values()}
            if len(by_value) != len(made):
                raise TypeError(f"{name}: two members have the same value")
            for key, member in (
                *made.items(),
                ("__members__", made),
                ("_value2member_map_", by_value),
            ):
                type.__setattr__(kind, key, member)
            return kind

        def __call__(cls, value):
            try:
                return cls._value2member_map_[value]
            except (KeyError, TypeError):
                if type(value) is cls:
                    return value
                raise ValueError(f"{value!r} is not a valid {cls.__qualname__}") from None

        def __getitem__(cls, name):
            return cls.__members__[name]

        def __iter__(cls):
            return iter(cls.__members__.values())

        def __reversed__(cls):
            return reversed(cls.__members__.values())

        def __len__(cls):
            return len(cls.__members__)

        def __contains__(cls, member):
            return type(member) is cls or cls._value2member_map_.get(member) is not None

        def __bool__(cls):
            return True

        def __setattr__(cls, name, value):
            raise AttributeError(f"cannot set {name!r} of the enumeration {cls.__name__}")

        def __repr__(cls):
            return f"<enum {cls.__name__!r}>"

    def _member(kind, name, value):
        member = object.__new__(kind)
        object.__setattr__(member, "name", name)
        object.__setattr__(member, "value", value)
        return member

    class Enum(metaclass=_Kind):
        """What enumerations are derived from."""

        __slots__ = ("name", "value")

        def __setattr__(self, name, value):
            raise AttributeError(f"cannot set {name!r} of {self}")

        def __reduce_ex__(self, protocol):
            return type(self), (self.value,)

        def __copy__(self):
            return self

        def __deepcopy__(self, memo):
            return self

        def __repr__(self):
            return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

        def __str__(self):
            return f"{type(self).__name__}.{self.name}"
