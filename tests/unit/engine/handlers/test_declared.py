"""What validation answers of declared parameters."""

from hearth.engine.handlers.declared import environment_of, nested_parameters_of, parameters_of
from hearth.template import Environment, Registry, Scope, Template, parse

INNER = """
heat_template_version: 2021-04-16
description: The inner one
parameters: {size: {type: number, default: 1}}
"""
OUTER = """
heat_template_version: 2021-04-16
parameters: {word: {type: string, hidden: true}, count: {type: number}}
resources:
  a: {type: inner.yaml, properties: {size: {get_param: count}}}
  b: {type: My::Type}
  c: {type: OS::Heat::None}
"""
REGISTRY = Registry({"My::Type": "middle.yaml"})
MIDDLE = "heat_template_version: 2021-04-16\nresources: {d: {type: inner.yaml}}\n"
FILES = {"inner.yaml": INNER, "middle.yaml": MIDDLE}


def outer() -> Template:
    template, report = parse(OUTER)
    assert template is not None, list(report)
    return template


def test_parameters_show_what_was_given_as_it_was_given():
    shown = parameters_of(outer(), {"word": "hush", "count": "three"})

    assert shown["word"]["Value"] == "******"
    assert shown["count"]["Value"] == "three"


def test_templates_inside_tell_of_their_parameters_at_every_level():
    environment = Environment(registry=REGISTRY)
    scope = Scope(parameters={"count": 7}, files=FILES)

    found = nested_parameters_of(outer(), environment, scope)

    assert found.keys() == {"a", "b"}
    assert found["a"]["Type"] == "inner.yaml"
    assert found["a"]["Description"] == "The inner one"
    assert found["a"]["Parameters"]["size"]["Default"] == 1
    assert found["b"]["Type"] == "My::Type"
    assert found["a"]["Parameters"]["size"]["Value"] == 7
    assert found["b"]["NestedParameters"]["d"]["Parameters"]["size"]["Default"] == 1


def test_a_type_that_names_a_template_stands_for_itself_in_the_environment():
    document = environment_of(outer(), Environment(registry=REGISTRY), {"size": 7})

    types = {"inner.yaml": "inner.yaml", "My::Type": "middle.yaml"}
    assert document["resource_registry"] == {**types, "resources": {}}
    assert document["parameters"] == {"size": 7}
    assert "encrypted_param_names" not in document
