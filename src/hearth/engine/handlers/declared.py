"""What validation answers of the parameters that templates declare, also of those inside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hearth.base import Report, Value, masked, plain, unknown_in
from hearth.engine.sources import read_template
from hearth.template import (
    Definition,
    Environment,
    Pseudo,
    Scope,
    Template,
    bind,
    evaluate,
    is_template,
    parameter_document,
)

NO_DESCRIPTION = "No description"
PSEUDO = ("OS::", "AWS::")
"""What the names of pseudo parameters begin with; they are not told of."""
DEPTH = 10
"""So deep are the parameters of templates inside templates told of."""


def parameters_of(
    template: Template, named: Mapping[str, Value], defaults: Mapping[str, Value] | None = None
) -> dict[str, Any]:
    """The declared parameters, with what was given for them as it was given.

    defaults: the environment's, which go before the template's own.
    """
    others = defaults or {}
    return {
        name: parameter_document(
            replace(one, default=plain(others.get(name, one.default))), plain(named.get(name))
        )
        for name, one in template.parameters.items()
        if not name.startswith(PSEUDO)
    }


def nested_parameters_of(
    template: Template,
    environment: Environment,
    scope: Scope,
    depth: int = 0,
) -> dict[str, Any]:
    """The same of every resource that is a template, as deep as there are any."""
    found: dict[str, Any] = {}
    for name, definition in template.resources.items():
        file = environment.registry.resolve(definition.type, name)
        if not is_template(file) or file not in scope.files or depth >= DEPTH:
            continue
        inner, _report = read_template(scope.files[file], file)
        if inner is None:
            continue
        given = _given(definition, scope)
        document: dict[str, Any] = {
            "Type": definition.type,
            "Description": inner.description or NO_DESCRIPTION,
            "Parameters": parameters_of(inner, given),
        }
        if inner.groups:
            document["ParameterGroups"] = [dict(group) for group in inner.groups]
        below = environment.child(name, definition.type)
        parameters, _report = bind(inner, below, given, Pseudo(), strict=False)
        own = replace(scope, parameters=parameters, report=Report())
        inside = nested_parameters_of(inner, below, own, depth + 1)
        found[name] = document | ({"NestedParameters": inside} if inside else {})
    return found


def _given(definition: Definition, scope: Scope) -> dict[str, Value]:
    """The properties of a resource that are known before anything is made."""
    given = evaluate(definition.properties, replace(scope, report=Report()))
    properties = given if isinstance(given, dict) else {}
    return {key: value for key, value in properties.items() if not unknown_in(value)}


def environment_of(
    template: Template, environment: Environment, given: Mapping[str, Value]
) -> dict[str, Any]:
    """The environment as validation shows it, with the parameters of the request.

    Types that name a template stand for themselves.
    """
    registry = environment.registry
    own = {one.type: one.type for one in template.resources.values() if is_template(one.type)}
    shown = replace(
        environment,
        parameters={**environment.parameters, **given},
        registry=replace(registry, types={**own, **registry.types}),
    )
    document: dict[str, Any] = masked(shown.to_document())
    del document["encrypted_param_names"]
    return document
