"""hearth.template.validate, conditions and dependencies with it."""

import json

import pytest

from hearth.base import Severity
from hearth.schema import coerce
from hearth.template import (
    Environment,
    explain,
    nested_parameters,
    parse_environment,
    template_schema,
)
from hearth.template.notation import written
from tests.unit.template.given import HEAD, bound, parsed, validated

FIVE = """parameters:
  size: {type: nummer}
resources:
  one:
    type: My::Thing
    properties:
      nmae: x
      size: {get_param: sice}
  two:
    type: My::Thign
  three:
    type: My::Thing
    depends_on: for
    properties:
      name: {get_attr: [one, adress]}
"""


def told(text, **more):
    return [
        (one.code, one.span.line if one.span else 0, one.hint)
        for one in validated(text, **more).errors
    ]


def test_five_mistakes_get_five_messages_with_their_places():
    assert sorted(told(FIVE), key=lambda one: one[1]) == [
        ("parameter-declaration", 3, 'did you mean "number"?'),
        ("unknown-property", 8, 'did you mean "name"?'),
        ("unknown-parameter", 9, 'did you mean "size"?'),
        ("unknown-type", 11, 'did you mean "My::Thing"?'),
        ("unknown-reference", 14, None),
        ("unknown-attribute", 16, 'did you mean "address"?'),
    ]


def test_a_cycle_is_told_with_its_path():
    text = """resources:
  a: {type: My::Thing, properties: {name: {get_attr: [b, address]}}}
  b: {type: My::Thing, depends_on: c}
  c: {type: My::Thing, properties: {name: {list_join: ['', [{get_resource: a}]]}}}
"""

    [problem] = validated(text).errors

    assert problem.kind == "CircularDependencyException"
    assert "a → b → c → a" in problem.sentence


def test_an_edge_of_the_caller_counts():
    text = "resources:\n  a: {type: My::Thing, depends_on: b}\n  b: {type: My::Thing}\n"

    [problem] = validated(text, implicit=lambda _: {"b": ["a"]}).errors

    assert problem.code == "cycle"


def test_what_a_condition_switches_off_is_neither_looked_at_nor_referred_to():
    text = """conditions: {never: false}
resources:
  gone: {type: My::Wrong, condition: never}
  kept:
    type: My::Thing
    depends_on: gone
    properties: {name: {if: [never, {get_resource: gone}, x]}}
  bad: {type: My::Thing, properties: {name: {get_resource: gone}}}
"""

    assert [code for code, *_ in told(text)] == ["unknown-reference"]


def test_conditions_that_need_one_another_are_a_circle():
    text = (
        "conditions:\n  a: {not: b}\n  b: {and: [c, true]}\n  c: {or: [a, false]}\n"
        "outputs: {o: {value: x, condition: a}}\n"
    )

    [problem] = validated(text).errors

    assert problem.hint == "a → b → c → a"


def test_a_nested_template_is_validated_with_its_own_places():
    text = "resources:\n  n: {type: inner.yaml, properties: {size: 5}}\n"
    inner = HEAD + "parameters: {size: {type: number}}\nresources:\n  x: {type: My::Nope}\n"

    [problem] = validated(text, files={"inner.yaml": inner}).errors

    assert problem.path == "resources.n<inner.yaml>.resources.x"
    assert str(problem.span) == "inner.yaml:4:13"


def test_what_a_nested_template_lacks_is_told_with_the_path_that_leads_there():
    files = {
        "outer.yaml": HEAD + "resources: {b: {type: inner.yaml}}",
        "inner.yaml": HEAD + "resources: {i: {type: My::Thing, properties: {wibble: 1}}}",
    }

    [problem] = validated("resources: {a: {type: outer.yaml}}", files=files).errors

    where = "resources.a<outer.yaml>.resources.b<inner.yaml>.resources.i.properties"
    assert problem.upstream == f"Property error: : {where}: : Unknown Property wibble"
    assert problem.path == f"{where}.wibble"


@pytest.mark.parametrize(
    ("kind", "default", "empty"),
    [
        ("string", "d", ""),
        ("number", 5, 0),
        ("boolean", True, False),
        ("comma_delimited_list", "a,b", []),
        ("json", {"k": 1}, {}),
    ],
)
def test_null_given_to_a_template_is_an_empty_value_and_not_the_default(kind, default, empty):
    inner = parsed(f"parameters: {{p: {{type: {kind}, default: {json.dumps(default)}}}}}")

    given, report = coerce(template_schema(inner).properties, {"p": None})
    found = bound(inner, **nested_parameters(given))

    assert report.ok
    assert found["p"] == empty


def test_what_the_environment_gives_at_every_level_need_not_be_given_to_a_template():
    environment, _ = parse_environment("parameter_defaults: {p: x}")
    files = {"inner.yaml": HEAD + "parameters: {p: {type: string}}"}
    text = "resources: {a: {type: inner.yaml}}"

    assert validated(text, files=files, environment=environment).ok
    assert [one.code for one in validated(text, files=files).errors] == ["missing-property"]


def test_a_condition_and_a_version_in_a_nested_template_are_told_with_the_path():
    text = "resources: {a: {type: inner.yaml}}"

    [condition] = validated(text, files={"inner.yaml": HEAD + "conditions: {c: zz}"}).errors
    [version] = validated(text, files={"inner.yaml": "heat_template_version: 2000-01-01"}).errors

    assert (condition.upstream or "").startswith(
        "Condition validation error: : resources.a<inner.yaml>: : "
    )
    assert version.kind == "InvalidTemplateVersion"
    assert version.path == "resources.a<inner.yaml>"


def test_null_in_a_list_given_to_a_template_is_nothing():
    inner = parsed("parameters: {p: {type: comma_delimited_list}}")

    given, _ = coerce(template_schema(inner).properties, {"p": ["a", None]})

    assert bound(inner, **nested_parameters(given))["p"] == ["a", ""]


def test_a_ring_in_a_nested_template_is_told_in_the_words_that_clients_know():
    inner = HEAD + (
        "resources: {x: {type: My::None, depends_on: y}, y: {type: inner2.yaml, depends_on: x}}"
    )
    files = {"inner.yaml": inner, "inner2.yaml": HEAD}

    [problem] = validated("resources: {a: {type: inner.yaml}}", files=files).errors

    assert problem.upstream == (
        "CircularDependencyException: : resources.a<inner.yaml>: : Circular Dependency Found: "
        '{None "x": {TemplateResource "y"}, TemplateResource "y": {None "x"}}'
    )


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("OS::Heat::None", "NoneResource"),
        ("OS::Heat::RandomString", "RandomString"),
        ("OS::Cinder::Volume", "CinderVolume"),
        ("OS::Cinder::QoSSpecs", "QoSSpecs"),
        ("AWS::EC2::Volume", "Volume"),
    ],
)
def test_a_resource_is_written_as_clients_know_it(kind, word):
    assert written(kind, "x") == f'{word} "x"'


def test_a_nested_template_takes_its_parameters_as_properties():
    text = "resources:\n  n: {type: inner.yaml, properties: {colour: 5}}\n"
    inner = HEAD + "parameters: {size: {type: number}}\n"

    found = told(text, files={"inner.yaml": inner})

    assert [code for code, *_ in found] == ["unknown-property", "missing-property"]


def test_templates_inside_themselves_end_at_the_limit():
    text = "resources:\n  n: {type: self.yaml}\n"
    files = {"self.yaml": HEAD + "resources:\n  n: {type: self.yaml}\n"}

    [problem] = validated(text, files=files).errors

    assert problem.code == "too-deep"
    assert problem.path.count("<self.yaml>") == 6


def test_a_template_that_stands_for_a_type_must_fit_it():
    environment, _ = parse_environment("resource_registry: {'My::Thing': my.yaml}")
    files = {"my.yaml": HEAD + "parameters: {size: {type: string}, more: {type: string}}\n"}

    found = validated(
        "resources:\n  n: {type: 'My::Thing', properties: {more: x, size: y}}\n",
        environment=environment,
        files=files,
    )

    assert [one.code for one in found.errors] == ["facade", "facade", "facade"]


def test_an_output_that_may_fail_is_a_warning_and_one_that_never_works_an_error():
    report = validated(
        "outputs:\n  a: {value: {get_param: none}}\n  b: {value: {list_join: [x]}}\n"
        "  c: {value: {get_attr: [none, x]}}\n"
    )

    assert [one.severity for one in report] == [Severity.WARNING, Severity.ERROR, Severity.ERROR]


def test_where_a_template_is_validated_alone_wrong_values_are_warnings():
    text = "resources:\n  a: {type: My::Thing, properties: {size: 99, nmae: x}}\n"

    report = validated(text, strict=False)

    assert [(one.code, one.severity) for one in report] == [
        ("unknown-property", Severity.ERROR),
        ("constraint", Severity.WARNING),
    ]


def test_a_problem_is_explained_with_its_line():
    text = HEAD + "resources:\n  a:\n    type: My::Thing\n    properties:\n      nmae: x\n"
    [problem] = validated(text, environment=Environment()).errors

    assert explain(problem, text).splitlines() == [
        'error[unknown-property]: My::Thing has no property "nmae"',
        " --> t:6:7",
        "  |",
        "6 |       nmae: x",
        '  |       ^^^^ did you mean "name"?',
        "  |",
    ]


@pytest.mark.parametrize(
    "written", ["{not: abc}", "{get_param: lost}", "{and: [true, 5]}", "{not: c}"]
)
def test_a_condition_that_nothing_uses_is_warned_of_and_one_in_use_is_an_error(written):
    text = f"conditions:\n  c: {written}\n"

    unused = validated(text)
    used = validated(text + "resources: {r: {type: My::None, condition: c}}\n")

    assert unused.ok
    assert [one.severity.value for one in unused] == ["warning"]
    assert not used.ok


@pytest.mark.parametrize("written", ["{not: [c]}", "{and: [true, nowhere]}", "{get_param: lost}"])
def test_what_is_wrong_inside_the_condition_of_a_choice_is_told(written):
    [problem] = validated(f"outputs: {{o: {{value: {{if: [{written}, x, y]}}}}}}").errors

    assert problem.path == "outputs.o.value.if"


@pytest.mark.parametrize(
    "part", ["deletion_policy: null", "description: {get_param: OS::stack_name}"]
)
def test_what_must_be_a_text_is_one(part):
    [problem] = validated(f"resources: {{r: {{type: My::None, {part}}}}}").errors

    assert problem.sentence.endswith("type must be string")


def test_a_resource_has_no_name_of_a_pseudo_parameter():
    [problem] = validated("resources: {OS::stack_name: {type: My::None}}").errors

    assert "Duplicate names OS::stack_name" in problem.sentence


@pytest.mark.parametrize(
    "text",
    [
        "parameters:\n  5: {type: string, default: x}",
        "outputs:\n  5: {value: x}",
        "conditions:\n  5: {equals: [1, 1]}",
        "resources:\n  5: {type: My::None}",
    ],
)
def test_a_name_that_is_no_text_is_told_with_its_line(text):
    [problem] = validated(text).errors

    assert "must be a string, not 5" in problem.sentence
    assert problem.span is not None
    assert problem.span.line == 3


def test_a_tree_that_is_too_large_is_told_with_the_path_that_leads_there_once():
    files = {"many.yaml": HEAD + "resources:\n  a: {type: My::Thing}\n  b: {type: My::Thing}\n"}
    text = "resources:\n  x: {type: many.yaml}\n"

    (problem,) = validated(text, files=files, max_resources=2).errors

    assert problem.upstream == (
        "RequestLimitExceeded: : resources.x<many.yaml>: : "
        "Request limit exceeded: Maximum resources per stack exceeded, 2."
    )


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        ("{get_param: nope}", "UserParameterMissing"),
        ("{get_file: nope}", "StackValidationFailed"),
        ("{list_join: ['', [Ret, 7]]}", "StackValidationFailed"),
    ],
)
def test_a_deletion_policy_that_cannot_be_worked_out_is_told_once(policy, kind):
    text = f"resources:\n  a: {{type: My::None, deletion_policy: {policy}}}"

    [problem] = validated(text).errors

    assert (problem.kind, problem.path) == (kind, "resources.a.deletion_policy")
