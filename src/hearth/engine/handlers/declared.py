"""What validation answers of the parameters that templates declare, also of those inside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hearth.base import Value, masked, plain
from hearth.engine.sources import read_template
from hearth.template import (
    Environment,
    Registry,
    Template,
    is_template,
    parameter_document,
)

NO_DESCRIPTION = "No description"
DEPTH = 10
"""So deep are the parameters of templates inside templates told of."""


def parameters_of(template: Template, named: Mapping[str, Value]) -> dict[str, Any]:
    """The declared parameters, with what was given for them as it was given."""
    return {
        name: parameter_document(one, plain(named.get(name)))
        for name, one in template.parameters.items()
    }


def nested_parameters_of(
    template: Template, registry: Registry, files: Mapping[str, str], depth: int = 0
) -> dict[str, Any]:
    """The same of every resource that is a template, as deep as there are any."""
    found: dict[str, Any] = {}
    for name, definition in template.resources.items():
        file = registry.resolve(definition.type, name)
        if not is_template(file) or file not in files or depth >= DEPTH:
            continue
        inner, _report = read_template(files[file], file)
        if inner is None:
            continue
        document: dict[str, Any] = {
            "Type": definition.type,
            "Description": inner.description or NO_DESCRIPTION,
            "Parameters": parameters_of(inner, {}),
        }
        if inner.groups:
            document["ParameterGroups"] = [dict(group) for group in inner.groups]
        below = registry.child(name).without(definition.type)
        inside = nested_parameters_of(inner, below, files, depth + 1)
        found[name] = document | ({"NestedParameters": inside} if inside else {})
    return found


def environment_of(template: Template, environment: Environment) -> dict[str, Any]:
    """The environment as validation shows it: types that name a template stand for themselves."""
    registry = environment.registry
    own = {one.type: one.type for one in template.resources.values() if is_template(one.type)}
    shown = replace(environment, registry=replace(registry, types={**own, **registry.types}))
    document: dict[str, Any] = masked(shown.to_document())
    del document["encrypted_param_names"]
    return document
