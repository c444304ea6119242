"""What may stand as the argument of a function: as Heat takes it, and refuses it."""

import pytest

from hearth.base import Report, Secret, Severity
from hearth.template import Parameters, Scope, evaluate
from tests.unit.template.given import parsed, validated

HEAD = """parameters:
  text: {type: string, default: alpha}
  many: {type: json, default: {a: [x]}}
resources:
  r: {type: My::Thing}
  none: {type: My::None}
"""


def first(value, where="output"):
    """The first error about a value, as an output's or as a property's."""
    if where == "output":
        found = validated(f"{HEAD}outputs: {{o: {{value: {value}}}}}")
    else:
        found = validated(f"{HEAD}  z: {{type: My::None, properties: {{value: {value}}}}}")
    errors = [one for one in found if one.severity is Severity.ERROR]
    return (errors[0].kind, errors[0].sentence) if errors else ("", "")


@pytest.mark.parametrize("where", ["output", "property"])
@pytest.mark.parametrize(
    "value",
    [
        "{get_resource: [r]}",
        "{get_resource: {a: b, c: d}}",
        "{get_resource: {get_param: many}}",
        "{get_attr: [[r], address]}",
        "{get_attr: [r, 5]}",
        "{get_attr: [r, address, [a]]}",
        "{get_attr: [r, address, {get_param: many}]}",
    ],
)
def test_lists_and_maps_name_neither_resource_nor_attribute(where, value):
    kind, sentence = first(value, where)

    assert kind == "HTTPBadRequest"
    assert "by a text" in sentence


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("{get_resource: null}", "None"),
        ("{get_resource: 5}", "5"),
        ("{get_resource: {get_attr: [r, address]}}", "None"),
        ("{get_attr: [null, address]}", "None"),
        ("{get_attr: [true, address]}", "True"),
        ("{get_attr: [a, null, 3, true, {x: 1}]}", "a"),
    ],
)
def test_what_is_no_text_is_the_name_of_no_resource(value, named):
    assert first(value, "property") == (
        "InvalidTemplateReference",
        f'The specified reference "{named}" (in z.Properties.value) is incorrect.',
    )


def test_a_resource_with_a_name_of_one_letter_needs_no_list():
    assert first("{get_attr: r}") == ("", "")
    assert first("{get_attr: none}")[0] == "StackValidationFailed"


@pytest.mark.parametrize(
    "value",
    [
        "{list_join: {get_param: many}}",
        "{contains: {get_param: many}}",
        "{repeat: {for_each: {X: [a]}, template: X, permutations: 'true'}}",
        "{repeat: {for_each: {X: [a]}, template: X, permutations: {get_param: text}}}",
        "{make_url: {host: 5}}",
        "{make_url: {host: h, path: null}}",
        "{str_split: abc}",
    ],
)
def test_arguments_that_must_be_written_out_are_refused_otherwise(value):
    assert first(value)[0] == "StackValidationFailed"


def test_what_only_fails_when_it_is_carried_out_leaves_an_output_to_fail():
    assert first("{str_split: 5}") == ("", "")
    assert first("{map_replace: [{a: 1}, {keys: {a: [x]}}]}") == ("", "")
    assert first("{map_replace: [{a: 1}, {keys: {a: [x]}}]}", "property")[0] != ""


def test_a_wrong_port_is_told_with_the_parts_and_without_the_password():
    _, sentence = first("{make_url: {host: here, port: abc, password: hush}}")

    assert "here" in sentence
    assert "hush" not in sentence


@pytest.mark.parametrize(
    "value",
    [
        "{str_split: [',', abc, {get_param: key}]}",
        "{map_replace: [{a: 1, hush: 2}, {keys: {a: {get_param: key}}}]}",
        "{digest: [{get_param: key}, x]}",
        "{map_merge: [{get_param: key}]}",
    ],
)
def test_no_complaint_of_a_function_quotes_a_secret(value):
    template = parsed(f"outputs: {{o: {{value: {value}}}}}")
    report = Report()

    evaluate(
        template.outputs["o"].value,
        Scope(parameters=Parameters({"key": Secret("hush")}), report=report),
    )

    [problem] = report
    assert "hush" not in problem.sentence
    assert "secret" in problem.sentence


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{make_url: {scheme: http}}", "http://"),
        ("{make_url: {scheme: http, path: a}}", "http:///a"),
        ("{make_url: {scheme: s, path: /a, fragment: x/y}}", "s:/a#x/y"),
        ("{make_url: {host: 'fe80::1%eth0', port: '080'}}", "//[fe80::1%25eth0]:080"),
        ("{make_url: {host: '[::1'}}", "//[%5B::1]"),
        ("{map_replace: [{a: 1, b: 2}, {keys: {a: true}}]}", {"true": 1, "b": 2}),
        ("{map_replace: [{a: 1, b: 2}, {keys: {a: 5}, values: null}]}", {"5": 1, "b": 2}),
        ("{if: [{or: [true, nowhere]}, yes, no]}", True),
        ("{if: [{and: [false, nowhere]}, 1, 2]}", 2),
    ],
)
def test_values_are_made_as_heat_makes_them(text, made):
    template = parsed(f"outputs: {{o: {{value: {text}}}}}")
    report = Report()

    assert evaluate(template.outputs["o"].value, Scope(report=report)) == made
    assert report.ok


@pytest.mark.parametrize(
    "text",
    [
        "{str_replace: {template: abc, params: {'': z}}}",
        "{repeat: {for_each: {}, template: X}}",
        "{map_replace: [{a: 1}, {keys: []}]}",
    ],
)
def test_what_cannot_be_carried_out_is_told(text):
    template = parsed(f"outputs: {{o: {{value: {text}}}}}")
    report = Report()

    evaluate(template.outputs["o"].value, Scope(report=report))

    assert not report.ok


def test_a_mapping_is_not_asked_for_by_one_word():
    text = (
        "AWSTemplateFormatVersion: '2010-09-09'\nMappings: {M: {a: {b: c}}}\n"
        "Outputs: {o: {Value: {'Fn::FindInMap': M}}}\n"
    )

    [problem] = validated(text).errors

    assert "Fn::FindInMap" in problem.sentence
