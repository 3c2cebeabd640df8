"""Records: `typing.NamedTuple`, made without compiling anything, and `Protocol` without `typing`.

A short run defines about a hundred of them. The standard library compiles the constructor of each from text, and that
would be a sixth of such a run; here it is one of CONSTRUCTORS under the record's names, which costs a tenth, and for
the few records with more fields one that takes longer to call. To type checkers they are named tuples, and they behave
as such. An interpreter in which that doesn't work has the standard library's.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which need not be loaded for it

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
    from typing import Protocol as Protocol
else:
    from operator import itemgetter
    from types import FunctionType

    try:
        from _collections import _tuplegetter as getter
    except ImportError:  # as in `collections`

        def getter(place, doc):
            return property(itemgetter(place), doc=doc)

    Protocol = object

    new = tuple.__new__
    _GETTERS = [getter(place, f"Field {place}") for place in range(80)]

    # By the number of fields.
    # fmt: off
    CONSTRUCTORS = (
        lambda cls: new(cls, ()),
        lambda cls, a: new(cls, (a,)),
        lambda cls, a, b: new(cls, (a, b)),
        lambda cls, a, b, c: new(cls, (a, b, c)),
        lambda cls, a, b, c, d: new(cls, (a, b, c, d)),
        lambda cls, a, b, c, d, e: new(cls, (a, b, c, d, e)),
        lambda cls, a, b, c, d, e, f: new(cls, (a, b, c, d, e, f)),
        lambda cls, a, b, c, d, e, f, g: new(cls, (a, b, c, d, e, f, g)),
        lambda cls, a, b, c, d, e, f, g, h: new(cls, (a, b, c, d, e, f, g, h)),
        lambda cls, a, b, c, d, e, f, g, h, i: new(cls, (a, b, c, d, e, f, g, h, i)),
        lambda cls, a, b, c, d, e, f, g, h, i, j: new(cls, (a, b, c, d, e, f, g, h, i, j)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k: new(cls, (a, b, c, d, e, f, g, h, i, j, k)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m: new(cls, (a, b, c, d, e, f, g, h, i, j, k, m)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n: new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o: new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb)),
        lambda cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc:
            new(cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc)),
    )
    # fmt: on

    @classmethod
    def _make(cls, values):
        made = new(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **changes):
        made = new(self.__class__, map(changes.pop, self._fields, self))
        if changes:
            raise ValueError(f"Got unexpected field names: {list(changes)!r}")
        return made

    def _asdict(self):
        return dict(zip(self._fields, self, strict=True))

    def __getnewargs__(self):  # noqa: N807
        return tuple(self)

    def __repr__(self):  # noqa: N807
        fields = zip(self._fields, self, strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"

    _COMMON = {
        "__slots__": (),
        "_make": _make,
        "_replace": _replace,
        "_asdict": _asdict,
        "__getnewargs__": __getnewargs__,
        "__repr__": __repr__,
    }

    class _Meta(type):
        """Makes a class whose only base is `tuple` of what is written as a subclass of NamedTuple."""

        def __new__(meta, name, bases, body):
            if not bases:
                return super().__new__(meta, name, bases, body)
            # From Python 3.14 on, annotations are only there as texts, by `from __future__`.
            if "__annotations__" not in body and "__annotate_func__" in body:
                raise TypeError(f"{name}: its module lacks `from __future__ import annotations`")
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            if fields[len(fields) - len(defaults) :] != tuple(defaults):
                raise TypeError(f"{name}: a field without a default follows one with a default")
            while len(_GETTERS) < len(fields):
                _GETTERS.append(getter(len(_GETTERS), f"Field {len(_GETTERS)}"))
            made = {
                "__doc__": f"{name}({', '.join(fields)})",
                **_COMMON,
                "_fields": fields,
                "_field_defaults": defaults,
                "__match_args__": fields,
                "__new__": _constructor(name, fields, defaults),
                **dict(zip(fields, _GETTERS, strict=False)),
                **body,
            }
            return type.__new__(type, name, (tuple,), made)

    def _constructor(name, fields, defaults):
        if len(fields) >= len(CONSTRUCTORS):
            return _of_many(name, fields, defaults)
        code = CONSTRUCTORS[len(fields)].__code__.replace(
            co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{name}.__new__"
        )
        made = FunctionType(code, globals())
        made.__defaults__ = tuple(defaults.values()) or None
        return made

    def _of_many(name, fields, defaults):
        """The constructor of a record with more fields than any of CONSTRUCTORS has."""

        known = set(fields)

        def construct(_cls, /, *values, **named):
            given = {**defaults, **dict(zip(fields, values, strict=False)), **named}
            if given.keys() != known or len(values) > len(fields):
                wrong = [*(given.keys() ^ known), *values[len(fields) :]]
                raise TypeError(f"{name}: missing or unexpected arguments: {wrong!r}")
            if twice := named.keys() & fields[: len(values)]:
                raise TypeError(f"{name}: multiple values for {twice!r}")
            return new(_cls, [given[field] for field in fields])

        return construct

    class NamedTuple(metaclass=_Meta):
        """What records are derived from."""

    def _works():
        """Whether this interpreter makes of a record what it should."""
        try:

            class Probe(NamedTuple):
                first: int
                second: int = 2

            one = Probe(1)
            return (one.first, one.second, *one) == (1, 2, 1, 2) and one._replace(first=3) == (3, 2)
        except Exception:  # noqa: BLE001  # whatever it meets: the standard library's work all the same
            return False

    if not _works():
        from typing import NamedTuple as NamedTuple
