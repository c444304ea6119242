"""A small world for the tests of templates: two types, and short ways to say things."""

from typing import Any

from hearth.base import Report
from hearth.schema import Record, TypeSchema, attr, prop, type_schema
from hearth.template import (
    Around,
    Environment,
    Parameters,
    Pseudo,
    Scope,
    Template,
    bind,
    parse,
    validate,
)

PSEUDO = Pseudo("web", "11111111-1111-4111-8111-111111111111", "p" * 32)
HEAD = "heat_template_version: 2021-04-16\n"


class Thing(Record):
    """What a thing takes."""

    size: int = prop("How large.", default=1, range=(1, 9), update=True)
    name: str | None = prop("Its name.", update=True)
    labels: dict[str, Any] | None = prop("Its labels.")
    items: list[Any] | None = prop("Its items.")


class Shown(Record):
    """What a thing shows."""

    address: str = attr("Where it is.")


class Types:
    """A source of two types."""

    def find(self, name: str) -> TypeSchema | None:
        """The type of that name."""
        if name == "My::Thing":
            return type_schema(name, Thing, Shown)
        return TypeSchema(name, anything_goes=True) if name == "My::None" else None

    def names(self) -> list[str]:
        """Their names."""
        return ["My::Thing", "My::None"]


def parsed(text: str) -> Template:
    """The template of a text without its first line; it must be right."""
    template, report = parse(text if text.startswith(("heat", "AWS", "{")) else HEAD + text, "t")
    assert template is not None
    assert report.ok, list(report)
    return template


def bound(template: Template, **given: Any) -> Parameters:
    """The parameters, which must be right."""
    parameters, report = bind(template, Environment(), given, PSEUDO)
    assert report.ok, list(report)
    return parameters


def validated(text: str, *, environment: Environment | None = None, **around: Any) -> Report:
    """All that validation finds, the form included."""
    template, report = parse(text if text.startswith(("heat", "AWS")) else HEAD + text, "t")
    assert template is not None
    known = environment or Environment()
    parameters, more = bind(template, known, {}, PSEUDO)
    found = validate(template, known, parameters, Types(), Around(**around))
    return Report([*report, *more, *found])


def scope_of(template: Template, **given: Any) -> Scope:
    """A scope with the template's parameters bound."""
    return Scope(parameters=bound(template, **given))
