"""How a property or an attribute is declared: an annotation and a sentence.

    class Properties(Record):
        name: str | None = prop("What it is called.", update=True)

The annotation is the kind; without `None` and without a default it is required. A nested Record,
or a list of them, declares what a map or a list's entries hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import NoneType, UnionType
from typing import (
    Any,
    ClassVar,
    Self,
    TypedDict,
    Union,
    Unpack,
    get_args,
    get_origin,
    get_type_hints,
)

from hearth.base import Value
from hearth.schema.constraints import (
    Allowed,
    Constraint,
    Custom,
    Length,
    Modulo,
    Pattern,
    Range,
)
from hearth.schema.kinds import Kind
from hearth.schema.support import Support
from hearth.schema.support import since as supported_since

MISSING: Any = object()
"""No default: not even None."""


@dataclass(frozen=True, slots=True)
class Field:
    """One declared value: what it means, what it may be, what changing it costs.

    name: its identifier in Python; key: its name in templates.
    item: what a list's entries are; fields: what a map holds; record: the class of either.
    ref: a custom constraint that also turns a name into an id. wire: the name in the service's
    document, None if it is not part of it. becomes: the newer name of the property, to which
    a value given under this one moves.
    settled: what is known once of it, because it never changes.
    """

    doc: str = ""
    default: Any = MISSING
    update: bool = False
    immutable: bool = False
    ref: str | None = None
    wire: str | None = ""
    constraints: tuple[Constraint, ...] = ()
    support: Support = field(default_factory=Support)
    key: str = ""
    implemented: bool = True
    name: str = ""
    kind: Kind = Kind.ANY
    required: bool = False
    item: Field | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    record: type[Record] | None = None
    cached: bool = True
    secret: bool = False
    live: bool = False
    lenient: bool = False
    becomes: str | None = None
    settled: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def defaulted(self) -> bool:
        """Whether there is a default."""
        return self.default is not MISSING


class PropertyFlags(TypedDict, total=False):
    """The flags of a property.

    update: may be changed in place, else by replacement. immutable: may not be changed at all.
    ref: a custom constraint by name that also turns a name into an id; check: constraints only.
    resolve: as `ref`, but what is not found is told by who uses it, not by a constraint.
    becomes: the newer name of the property, to which a value given under this one moves.
    wire: the name in the service's document, None if it is not part of it. key: the name in
    templates, where it is no identifier. item: a `prop` for a list's entries, where they have
    constraints of their own.
    """

    default: Any
    update: bool
    immutable: bool
    ref: str | None
    resolve: str | None
    becomes: str | None
    check: str | tuple[str, ...]
    wire: str | None
    allowed: Iterable[Value]
    range: tuple[float | None, float | None] | None
    length: tuple[float | None, float | None] | None
    pattern: str | None
    modulo: tuple[float, float] | None
    since: str | None
    support: Support | None
    key: str | None
    implemented: bool
    item: Any


class AttributeFlags(TypedDict, total=False):
    """The flags of an attribute. live: asked from the service each time it is read."""

    since: str | None
    support: Support | None
    key: str | None
    cached: bool
    secret: bool
    live: bool


def prop(doc: str, **flags: Unpack[PropertyFlags]) -> Any:
    """Declare a property."""
    return Field(
        doc=doc,
        default=flags.get("default", MISSING),
        update=flags.get("update", False),
        immutable=flags.get("immutable", False),
        ref=flags.get("ref") or flags.get("resolve"),
        wire=flags.get("wire", ""),
        constraints=tuple(_constraints(flags)),
        support=_support(flags.get("since"), flags.get("support")),
        key=flags.get("key") or "",
        implemented=flags.get("implemented", True),
        item=flags.get("item"),
        becomes=flags.get("becomes"),
    )


def attr(doc: str, **flags: Unpack[AttributeFlags]) -> Any:
    """Declare an attribute."""
    return Field(
        doc=doc,
        support=_support(flags.get("since"), flags.get("support")),
        key=flags.get("key") or "",
        cached=flags.get("cached", True),
        secret=flags.get("secret", False),
        live=flags.get("live", False),
    )


def _constraints(flags: PropertyFlags) -> Iterator[Constraint]:
    """The constraints that the flags say, names first."""
    check = flags.get("check", ())
    names = (check,) if isinstance(check, str) else check
    ref = flags.get("ref")
    yield from (Custom(name) for name in ((ref, *names) if ref else names))
    allowed = tuple(flags.get("allowed", ()))
    if allowed:
        yield Allowed(allowed)
    bounds = flags.get("range")
    if bounds is not None:
        yield Range(*bounds)
    sizes = flags.get("length")
    if sizes is not None:
        yield Length(*sizes)
    pattern = flags.get("pattern")
    if pattern is not None:
        yield Pattern(pattern)
    modulo = flags.get("modulo")
    if modulo is not None:
        yield Modulo(*modulo)


class Record:
    """A frozen value with declared fields; subclass it and annotate.

    fields: by name in templates, in the order of declaration. given: those that the template
    named, by that name.
    """

    fields: ClassVar[Mapping[str, Field]] = {}
    given: frozenset[str]

    def __init_subclass__(cls) -> None:
        hints = get_type_hints(cls)
        own = [
            finished(declared, name, hints[name])
            for name, declared in vars(cls).items()
            if isinstance(declared, Field)
        ]
        cls.fields = {**cls.fields, **{one.key: one for one in own}}

    @classmethod
    def of(cls, values: Mapping[str, Value]) -> Self:
        """A record of values that are coerced already, by their names in templates."""
        unknown = [key for key in values if key not in cls.fields]
        if unknown:
            raise TypeError(f"{cls.__qualname__} has no {', '.join(sorted(unknown))}")
        made = cls.__new__(cls)
        for key, declared in cls.fields.items():
            value = values.get(key)
            if value is None and declared.defaulted:
                value = declared.default
            object.__setattr__(made, declared.name, _nested(declared, value))
        given = frozenset(key for key, value in values.items() if value is not None)
        object.__setattr__(made, "given", given)
        return made

    def wire(self, only: Iterable[str] | None = None) -> dict[str, Any]:
        """What the service is sent: renamed, without the absent and the withheld.

        With `only` (names in templates), those fields even where they are absent, as null: a
        property that was taken away must be told, too.
        """
        wanted = None if only is None else frozenset(only)
        sent: dict[str, Any] = {}
        for key, declared in self.fields.items():
            value = getattr(self, declared.name)
            absent = value is None if wanted is None else key not in wanted
            if declared.wire is not None and not absent:
                sent[declared.wire or key] = _wired(value)
        return sent

    def values(self) -> dict[str, Value]:
        """All values as plain maps and lists, by their names in templates."""
        return {key: _valued(getattr(self, one.name)) for key, one in self.fields.items()}

    @classmethod
    def schema(cls) -> dict[str, Field]:
        """The declared fields, by their names in templates."""
        return dict(cls.fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__qualname__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.values() == other.values()

    def __hash__(self) -> int:
        return hash((type(self), repr(self.values())))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({self.values()!r})"


def finished(declared: Field, name: str, hint: Any) -> Field:
    """The field with what its annotation says filled in."""
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kept = [one for one in options if one is not NoneType]
    shape = _shape(kept[0] if len(kept) == 1 else Any, declared.item)
    optional = NoneType in options or declared.defaulted
    known = replace(
        declared, name=name, key=declared.key or name, required=not optional, kind=shape.kind
    )
    return replace(known, item=shape.item, fields=shape.fields, record=shape.record)


def _shape(hint: Any, item: Field | None) -> Field:
    """The kind of an annotation, and what is inside."""
    origin = get_origin(hint) or hint
    if isinstance(origin, type) and issubclass(origin, Record):
        return Field(kind=Kind.MAP, fields=origin.fields, record=origin)
    if origin is not list:
        return Field(kind=_KINDS.get(origin, Kind.ANY))
    of = (*get_args(hint), Any)[0]
    if of is Any and item is None:
        return Field(kind=Kind.LIST)
    inner = finished(item or Field(), "", of | None)
    return Field(kind=Kind.LIST, item=inner, record=inner.record)


_KINDS: Mapping[Any, Kind] = {
    str: Kind.STRING,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    bool: Kind.BOOLEAN,
    dict: Kind.MAP,
    list: Kind.LIST,
}


def _support(since: str | None, support: Support | None) -> Support:
    return support or (supported_since(since) if since else Support())


def _nested(declared: Field, value: Value) -> Any:
    """The value with its maps made records, where they are declared."""
    record = declared.record
    if record is None:
        return value
    if isinstance(value, dict):
        return record.of(value)
    if isinstance(value, list):
        return [record.of(one) if isinstance(one, dict) else one for one in value]
    return value


def _wired(value: Any) -> Any:
    if isinstance(value, Record):
        return value.wire()
    if isinstance(value, list):
        return [_wired(one) for one in value]
    return value


def _valued(value: Any) -> Any:
    if isinstance(value, Record):
        return value.values()
    if isinstance(value, list):
        return [_valued(one) for one in value]
    return value
