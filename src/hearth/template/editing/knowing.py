"""What may stand at a place of a template, with what is to be said of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hearth.schema import GENERIC, Field, TypeSchema, TypeSource
from hearth.schema.types import SHOW
from hearth.template.dialects import accepted
from hearth.template.editing.cursor import Cursor, Step
from hearth.template.editing.notes import (
    CONSTRAINT_KEYS,
    GROUP_KEYS,
    OUTPUT_KEYS,
    PARAMETER_KEYS,
    RESOURCE_KEYS,
    SECTIONS,
    Note,
    attribute_note,
    field_note,
    function_note,
    type_note,
)
from hearth.template.editing.outline import Outline
from hearth.template.facade import is_template
from hearth.template.functions import usable

PARAMETER_CALLS = frozenset({"get_param", "Ref"})
RESOURCE_CALLS = frozenset({"get_resource", "Ref"})
ATTRIBUTE_CALLS = frozenset({"get_attr", "Fn::GetAtt"})
CHOICES = frozenset({"if", "Fn::If"})
JOINERS = frozenset({"and", "or", "not", "Fn::And", "Fn::Or", "Fn::Not"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the text: types, constraints' names, and files beside the template."""

    outline: Outline
    types: TypeSource
    constraints: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    mapped: Mapping[str, TypeSchema] = field(default_factory=dict)

    def type(self, name: str) -> TypeSchema | None:
        """A type by its name, a template's file name included."""
        return self.mapped.get(name) or self.types.find(name)

    def type_of(self, resource: str) -> TypeSchema | None:
        """The type of a resource."""
        declared = self.outline.of("resources").get(resource)
        return self.type(declared.type) if declared else None


@dataclass(frozen=True, slots=True)
class Expected:
    """One kind of thing that may stand at a place, by name."""

    kind: str
    notes: Mapping[str, Note]


def expected(cursor: Cursor, known: Known) -> Iterator[Expected]:
    """All that may stand at a place, the likeliest first."""
    path = cursor.path
    if not path:
        yield Expected("section", _sections(known))
        return
    if not isinstance(path[0], str):
        return  # a list is no template
    first = path[0]
    if first == known.outline.dialect.key:
        yield Expected("value", {one: Note("version") for one in accepted(first)})
        return
    names = {word: name for name, word in known.outline.dialect.sections.items()}
    section = names.get(first, "")
    if cursor.writing == "key" and len(path) == 1:
        yield from _named(section, known)
        return
    called = _called(cursor, known)
    if called is not None:
        yield from called
        return
    look = _LOOKS.get(section)
    if look is not None and len(path) > 1:
        yield from look(cursor, known)


def _sections(known: Known) -> dict[str, Note]:
    """The sections, first those that are not there yet."""
    dialect, there = known.outline.dialect, known.outline.sections
    notes = {dialect.key: Note("version", "The language's version.")}
    notes |= {word: SECTIONS[name] for name, word in dialect.sections.items()}
    names = {word: name for name, word in dialect.sections.items()}
    return dict(sorted(notes.items(), key=lambda one: names.get(one[0], one[0]) in there))


def _named(section: str, known: Known) -> Iterator[Expected]:
    """The names that a section declares, for what is said of them."""
    kind = section.rstrip("s")
    yield Expected(kind, declared_notes(section, known))


def declared_notes(section: str, known: Known) -> dict[str, Note]:
    """What a section declares."""
    return {
        name: Note(one.type or section.rstrip("s"), one.description)
        for name, one in known.outline.of(section).items()
    }


# -- inside a call --------------------------------------------------------------------------


def _called(cursor: Cursor, known: Known) -> list[Expected] | None:
    """What a call's argument names; None where it is no name."""
    if cursor.writing == "key":
        return None
    steps = [step for step in cursor.path if isinstance(step, str)]
    index = cursor.path[-1] if isinstance(cursor.path[-1], int) else 0
    name = steps[-1]
    within = len(cursor.path) - 1 - _last(cursor.path, name) <= 1
    if not within:
        return None
    if name in ATTRIBUTE_CALLS:
        return _attribute(cursor, known, index)
    if name in PARAMETER_CALLS | RESOURCE_CALLS and index == 0:
        return [
            *([_parameters(known)] if name in PARAMETER_CALLS else []),
            *([_resources(known)] if name in RESOURCE_CALLS else []),
        ]
    if (name in CHOICES and index == 0) or name in JOINERS or name.lower() == "condition":
        return [Expected("condition", declared_notes("conditions", known))]
    if name in {"depends_on", "DependsOn"}:
        return [_resources(known)]
    if name == "get_file":
        return [Expected("file", {one: Note("file") for one in known.files})]
    return None


def _last(path: tuple[Step, ...], name: str) -> int:
    return len(path) - 1 - path[::-1].index(name)


def _parameters(known: Known) -> Expected:
    pseudo = known.outline.dialect.pseudo.values()
    notes = {name: Note("pseudo parameter") for name in pseudo}
    return Expected("parameter", declared_notes("parameters", known) | notes)


def _resources(known: Known) -> Expected:
    return Expected("resource", declared_notes("resources", known))


def _attribute(cursor: Cursor, known: Known, index: int) -> list[Expected]:
    if index == 0:
        return [_resources(known)]
    schema = known.type_of(cursor.items[0]) if cursor.items else None
    if index != 1 or schema is None:
        return []
    fields = {**schema.attributes, "show": SHOW}
    notes = {key: attribute_note(one) for key, one in fields.items()}
    return [Expected("attribute", notes)]


def functions(known: Known, *, conditions: bool = False) -> Expected:
    """The functions of the dialect."""
    table = known.outline.dialect.functions
    called = table.conditions if conditions else table.values
    return Expected("function", {name: function_note(one) for name, one in usable(called).items()})


# -- sections -------------------------------------------------------------------------------


def _parameter(cursor: Cursor, known: Known) -> Iterator[Expected]:
    inside = cursor.path[2:]
    if inside == ():
        yield Expected("key", PARAMETER_KEYS)
    elif inside in {("type",), ("Type",)}:
        kinds = known.outline.dialect.parameter_types
        yield Expected("value", {name: Note("type") for name in kinds})
    elif inside in {("hidden",), ("immutable",), ("NoEcho",)}:
        yield Expected("value", {"true": Note(), "false": Note()})
    elif inside[:1] == ("constraints",) and len(inside) == 2:
        yield Expected("key", CONSTRAINT_KEYS)
    elif inside[-1:] == ("custom_constraint",):
        names = sorted({*known.constraints, *GENERIC})
        yield Expected("value", {name: Note("constraint") for name in names})


def _resource(cursor: Cursor, known: Known) -> Iterator[Expected]:
    dialect = known.outline.dialect
    words = dialect.resource_keys
    name, inside = str(cursor.path[1]), cursor.path[2:]
    schema = known.type_of(name)
    if inside == ():
        keys = {word: RESOURCE_KEYS[key] for word, key in words.items()}
        yield Expected("key", keys)
        return
    key = words.get(str(inside[0]), "")
    if key == "type":
        yield Expected("type", _types(known))
    elif key == "deletion_policy":
        yield Expected("value", {one: Note("policy") for one in dialect.deletion_policies})
    elif key in {"properties", "update_policy"} and schema is not None:
        fields = schema.properties if key == "properties" else schema.update_policy
        yield from _fields(cursor, fields, inside[1:])
        yield functions(known)
    elif key:
        yield functions(known)


def _types(known: Known) -> dict[str, Note]:
    found = {name: known.types.find(name) for name in known.types.names()}
    notes = {name: type_note(schema) for name, schema in found.items() if schema is not None}
    files = {name: Note("template") for name in known.files if is_template(name)}
    return notes | {name: type_note(one) for name, one in known.mapped.items()} | files


def _fields(
    cursor: Cursor, fields: Mapping[str, Field], path: tuple[Step, ...]
) -> Iterator[Expected]:
    """Properties that may be given, or the values that one may have."""
    declared, below = declared_at(fields, path)
    if cursor.writing in {"key", "item"} and below:
        notes = {key: field_note(one) for key, one in below.items()}
        yield Expected("property", notes)
    if cursor.writing in {"value", "item"} and declared is not None:
        values = {text: Note("value", declared.doc) for text in _values(declared)}
        if values:
            yield Expected("value", values)


def declared_at(
    fields: Mapping[str, Field], path: tuple[Step, ...]
) -> tuple[Field | None, Mapping[str, Field]]:
    """The property at a path, and those inside it; an `if` is what it chooses."""
    declared: Field | None = None
    below = fields
    for at, step in enumerate(path):
        before = path[at - 1] if at else None
        if step in CHOICES or (isinstance(step, int) and before in CHOICES):
            continue
        if isinstance(step, int):
            declared = declared.item if declared else None
        else:
            declared = below.get(step)
        below = declared.fields if declared else {}
    return declared, below


def _values(declared: Field) -> Iterator[str]:
    for one in declared.constraints:
        document = one.document()
        yield from map(str, document.get("allowed_values", ()))
    if declared.kind.value == "Boolean":
        yield from ("true", "false")


def _output(cursor: Cursor, known: Known) -> Iterator[Expected]:
    if len(cursor.path) == 2:
        words = known.outline.dialect.output
        yield Expected("key", {word: OUTPUT_KEYS[key] for key, word in words.items()})
    else:
        yield functions(known)


def _condition(_cursor: Cursor, known: Known) -> Iterator[Expected]:
    yield functions(known, conditions=True)


def _group(cursor: Cursor, known: Known) -> Iterator[Expected]:
    if "parameters" in cursor.path:
        yield Expected("parameter", declared_notes("parameters", known))
    else:
        yield Expected("key", GROUP_KEYS)


_LOOKS = {
    "parameters": _parameter,
    "resources": _resource,
    "outputs": _output,
    "conditions": _condition,
    "parameter_groups": _group,
}
