"""A template as a resource type: its parameters are properties, its outputs attributes."""

from collections.abc import Container, Mapping

from hearth.base import Problem, Span, Value
from hearth.schema import Field, Kind, TypeSchema
from hearth.template.model import ParameterDef, Template


def template_schema(
    template: Template, name: str = "", defaults: Container[str] = ()
) -> TypeSchema:
    """The schema of the type that a template is.

    defaults: parameters to which the environment gives a value at every level; none of them is
    required.
    """
    return TypeSchema(
        name=name or template.name,
        properties={
            key: _property(definition, required=definition.required and key not in defaults)
            for key, definition in template.parameters.items()
        },
        attributes={
            key: Field(doc=output.description, name=key, key=key)
            for key, output in template.outputs.items()
        },
        description=str(template.description),
        nesting=True,
    )


def _property(definition: ParameterDef, *, required: bool) -> Field:
    return Field(
        doc=definition.description,
        name=definition.name,
        key=definition.name,
        kind=definition.kind,
        required=required,
        update=True,
        constraints=definition.constraints,
        lenient=True,
    )


def is_template(name: str) -> bool:
    """Whether a type names a template: by its ending, or as a URL."""
    return name.endswith((".yaml", ".template")) or name.startswith(("http://", "https://"))


def nested_parameters(properties: Mapping[str, Value]) -> dict[str, Value]:
    """The properties of a template resource as its child's parameters."""
    return {key: _passed(value) for key, value in properties.items() if value is not None}


def _passed(value: Value) -> Value:
    """A list of maps becomes `.member.N.key=value` items; all else passes as it is.

    A list is given as a text with commas, in which null is nothing.
    """
    if not isinstance(value, list):
        return value
    if not value or not all(isinstance(v, dict) for v in value):
        return ["" if item is None else item for item in value]
    return [
        f".member.{index}.{key}={item}"
        for index, entry in enumerate(value)
        for key, item in entry.items()
    ]


def facade_problems(facade: TypeSchema, real: TypeSchema, span: Span, path: str) -> list[Problem]:
    """Why a template cannot stand for a type of the same name."""
    found: list[str] = []
    for key, wanted in real.properties.items():
        given = facade.properties.get(key)
        if given is None:
            if wanted.required:
                found.append(f"Required property {key} for facade {real.name} missing in provider")
        elif not _fits(given.kind, wanted.kind):
            found.append(
                f"Property {key} type mismatch between facade {real.name} ({wanted.kind.value}) "
                f"and provider ({given.kind.value})"
            )
    for key, given in facade.properties.items():
        if given.required and key not in real.properties:
            found.append(f"Provider requires property {key} unknown in facade {real.name}")
    found.extend(
        f"Attribute {key} for facade {real.name} missing in provider"
        for key in real.attributes
        if key not in facade.attributes
    )
    return [Problem(code="facade", sentence=sentence, span=span, path=path) for sentence in found]


def _fits(given: Kind, wanted: Kind) -> bool:
    numbers = (Kind.INTEGER, Kind.NUMBER)
    return given is wanted or wanted is Kind.ANY or (given in numbers and wanted in numbers)
