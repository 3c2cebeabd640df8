"""Records to JSON, back, and the JSON Schema of that, all from the records' annotations.

A record becomes an object with its fields; as an alternative of a union also with its `kind`. A tuple
becomes a list; one of pairs whose first is a text becomes an object, with its keys sorted. An enumeration
is written as its value. Texts, numbers, flags and None are themselves; a whole number is not negative.

What annotations can't say is a `Form`, by record and field: `codec(Plan, {(Step, "timeout"): AT_LEAST_ONE})`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import GenericAlias, UnionType

from .enums import Enum
from .json_reader import LARGEST, Value
from .record import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

Data = dict[str, object]
Schema = dict[str, object]


class Form(NamedTuple):
    """How values of one type are written (`encode`; None: as they are), read, and described."""

    encode: Callable[[Any], object] | None
    decode: Callable[[Value], Any]
    schema: Schema


Forms = Mapping[tuple[type, str] | type, Form]  # of a field of a record, or of a type


class Codec(NamedTuple):
    """`encode` gives plain lists and dictionaries, `decode` raises WrongShapeError for all that `encode`
    can't have given. `schema`: of the record; `definitions`: of those in it, by name."""

    encode: Callable[[Any], Any]
    decode: Callable[[Value], Any]
    schema: Schema
    definitions: dict[str, Schema]


def number(least: int = 0) -> Form:
    """A whole number of at least `least`."""
    return Form(None, lambda value: value.number(least), {"type": "integer", "minimum": least})


TEXT = Form(None, Value.text, {"type": "string"})
FLAG = Form(None, Value.flag, {"type": "boolean"})
ANY_NUMBER = Form(None, lambda value: value.number(-LARGEST), {"type": "integer"})


def optional(form: Form) -> Form:
    """The same or null."""
    encode, decode = form.encode, form.decode
    return Form(
        encode and (lambda found: None if found is None else encode(found)),
        lambda value: None if value.data is None else decode(value),
        {"oneOf": [{"type": "null"}, form.schema]},
    )


def list_of(form: Form, least: int = 0) -> Form:
    """A list of values of one form, at least `least` of them."""
    encode = form.encode

    def decode(value: Value) -> tuple[Any, ...]:
        items = value.each(form.decode)
        if len(items) < least:
            value.wrong(f"at least {least} {'item is' if least == 1 else 'items are'} expected")
        return items

    schema: Schema = {"type": "array", "items": form.schema}
    return Form(
        list if encode is None else lambda found: [encode(item) for item in found],
        decode if least else lambda value: value.each(form.decode),
        {**schema, "minItems": least} if least else schema,
    )


def codec(record: type, forms: Forms | None = None) -> Codec:
    """For a record whose annotations say all but what is in `forms`."""
    builder = _Builder(forms or {})
    form = builder.record(record)
    assert form.encode is not None  # noqa: S101  # a record is an object
    return Codec(
        form.encode, form.decode, builder.definitions[record.__name__], builder.definitions
    )


def form_of(annotation: Any) -> Form:
    """For what a field with this annotation would hold."""
    return _Builder({}).form(annotation)


def kind_of(record: type) -> str:
    """The name of a record among the alternatives of a union: `SecretFile` is `secret-file`."""
    name = record.__name__
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).removeprefix("-")


class _Builder:
    """Makes a form for each type once; `definitions` are the schemas of records."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._made: dict[object, Form] = {}
        self.definitions: dict[str, Schema] = {}

    def form(self, type_: Any) -> Form:
        """For an annotation."""
        made = self._made.get(type_) or self._forms.get(type_)
        if made is None:
            made = self._made[type_] = self._new(type_)
        return made

    def _new(self, type_: Any) -> Form:
        if type_ is str:
            return TEXT
        if type_ is bool:
            return FLAG
        if type_ is int:
            return number()
        if isinstance(type_, UnionType):
            return self._union(type_.__args__)
        if isinstance(type_, GenericAlias) and type_.__origin__ is tuple:
            return self._tuple(type_.__args__)
        if isinstance(type_, type) and issubclass(type_, Enum):
            return _member_of(type_)
        if isinstance(type_, type) and hasattr(type_, "_fields"):
            return self.record(type_)
        raise TypeError(type_)

    def _tuple(self, items: tuple[Any, ...]) -> Form:
        if len(items) != 2 or items[1] is not Ellipsis:
            return self._fixed([self.form(item) for item in items])
        item = items[0]
        if isinstance(item, GenericAlias) and len(item.__args__) == 2 and item.__args__[0] is str:
            return _object_of(self.form(item.__args__[1]))
        return list_of(self.form(item))

    def _fixed(self, forms: list[Form]) -> Form:
        """A tuple of a given length."""

        def decode(value: Value) -> tuple[Any, ...]:
            items = value.each(lambda item: item)
            if len(items) != len(forms):
                value.wrong(f"a list of {len(forms)} is expected")
            return tuple(form.decode(item) for form, item in zip(forms, items, strict=True))

        schema: Schema = {
            "type": "array",
            "prefixItems": [form.schema for form in forms],
            "minItems": len(forms),
            "maxItems": len(forms),
        }
        return Form(
            lambda found: [
                form.encode(item) if form.encode else item
                for form, item in zip(forms, found, strict=True)
            ],
            decode,
            schema,
        )

    def _union(self, members: tuple[Any, ...]) -> Form:
        """Records are told apart by their `kind`; beside them a text may stand for itself, or null."""
        records = [m for m in members if m not in (str, type(None))]
        if len(records) < 2 and str not in members:
            return optional(self.form(records[0]))
        if not records:
            return optional(TEXT)
        if isinstance(records[0], GenericAlias):
            listed = self._text_or_list(self.form(records[0]))
            return optional(listed) if type(None) in members else listed
        tagged = [self._tagged(record) for record in records]
        by_type = {record: form.encode for record, form in zip(records, tagged, strict=True)}
        by_kind = {
            kind_of(record): form.decode for record, form in zip(records, tagged, strict=True)
        }
        alternatives = [form.schema for form in tagged]
        if str in members:
            alternatives.insert(0, TEXT.schema)

        def encode(found: Any) -> object:
            of_type = by_type.get(type(found))
            return found if of_type is None else of_type(found)

        def decode(value: Value) -> Any:
            if str in members and isinstance(value.data, str):
                return value.data
            kind = value.members().get("kind")
            if kind is None:
                value.wrong("`kind` is missing")
            found = by_kind.get(kind.text())
            if found is None:
                kind.wrong(f"`{kind.data}` is not one of {', '.join(by_kind)}")
            return found(value)

        form = Form(encode, decode, {"oneOf": alternatives})
        return optional(form) if type(None) in members else form

    def _text_or_list(self, items: Form) -> Form:
        def decode(value: Value) -> Any:
            return value.data if isinstance(value.data, str) else items.decode(value)

        encode = items.encode
        return Form(
            lambda found: found if isinstance(found, str) else encode(found) if encode else found,
            decode,
            {"oneOf": [TEXT.schema, items.schema]},
        )

    def _tagged(self, record: Any) -> Form:
        return self.record(record, kind_of(record))

    def record(self, record: Any, kind: str = "") -> Form:
        """An object with the record's fields; `kind`: what tells it from other alternatives."""
        key = (record, kind)
        if key in self._made:
            return self._made[key]
        annotations = _annotations(record)
        fields = [
            (name, self._forms.get((record, name)) or self.form(annotations[name]))
            for name in record._fields
        ]
        self.definitions[record.__name__] = _object_schema(fields, kind)
        made = self._made[key] = Form(
            _encoder(fields, kind),
            _decoder(record, fields, kind),
            {"$ref": f"#/$defs/{record.__name__}"},
        )
        return made


def _annotations(record: type) -> Mapping[str, object]:
    """The types of a record's fields, also where its module postpones them."""
    found = record.__annotations__
    if any(isinstance(annotation, str) for annotation in found.values()):
        names = vars(sys.modules[record.__module__])
        # The text is that of our own source.
        return {name: eval(str(text), names) for name, text in found.items()}  # noqa: S307
    return found


def _encoder(fields: list[tuple[str, Form]], kind: str) -> Callable[[Any], Data]:
    names = [name for name, _ in fields]
    changed = [
        (place, name, form.encode) for place, (name, form) in enumerate(fields) if form.encode
    ]

    def encode(found: Any) -> Data:
        data = dict(zip(names, found, strict=True))
        for place, name, of_field in changed:
            data[name] = of_field(found[place])
        if kind:
            data["kind"] = kind
        return data

    return encode


def _decoder(record: Any, fields: list[tuple[str, Form]], kind: str) -> Callable[[Value], Any]:
    keys = [name for name, _ in fields] + (["kind"] if kind else [])

    def decode(value: Value) -> Any:
        found = value.object(*keys)
        return record(*[form.decode(found[name]) for name, form in fields])

    return decode


def _object_schema(fields: list[tuple[str, Form]], kind: str) -> Schema:
    properties = {name: form.schema for name, form in fields}
    if kind:
        properties = {"kind": {"const": kind}, **properties}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _object_of(form: Form) -> Form:
    """Pairs of a name and a value, each name once, sorted by name."""
    encode = form.encode

    def decode(value: Value) -> tuple[tuple[str, Any], ...]:
        members = value.members()
        return tuple((name, form.decode(members[name])) for name in sorted(members))

    return Form(
        dict if encode is None else lambda found: {name: encode(item) for name, item in found},
        decode,
        {"type": "object", "additionalProperties": form.schema},
    )


def _member_of(choices: type[Enum]) -> Form:
    values = [member.value for member in choices]
    return Form(lambda member: member.value, lambda value: value.one_of(choices), {"enum": values})
