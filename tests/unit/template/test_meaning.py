"""hearth.template.meaning: what people meant, by the mistakes that they make."""

import pytest

from hearth.template import parse
from tests.unit.template.given import HEAD, validated

AMAZON = "AWSTemplateFormatVersion: '2010-09-09'\n"


def hint(value: str, head: str = HEAD) -> str | None:
    text = f"resources: {{a: {{type: 'My::Thing', {value}}}}}"
    if head == AMAZON:
        text = f"Resources: {{a: {{Type: 'My::Thing', {value}}}}}"
    return validated(head + text).errors[0].hint


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("{get_parm: p}", 'did you mean "get_param"?'),
        ("{get_param p}", 'a colon and a space belong after "get_param"'),
        ("{get_param: p, default: y}", '"get_param" is a call only where it stands alone'),
        ("{Ref: p}", "in HOT it is get_param or get_resource"),
        ("{'Fn::Sub': p}", "in HOT it is str_replace"),
        ("{equals: [1, 1]}", 'choose with "if"'),
        ("{colour: red}", None),
    ],
)
def test_a_map_where_a_text_is_due_is_explained(name, words):
    found = hint(f"properties: {{name: {name}}}")

    assert words == found if words is None or found is None else words in found


def test_a_function_of_a_later_version_is_told_with_the_version():
    found = hint("properties: {size: {if: [true, 1, 2]}}", "heat_template_version: 2015-10-15\n")

    assert found == '"if" is a function from version 2016-10-14 on; this template is 2015-10-15'


def test_a_function_of_hot_is_told_in_a_template_of_amazon():
    found = hint("Properties: {name: {get_param: p}}", AMAZON)

    assert found == 'in this dialect it is "Ref"'


def test_one_entry_where_a_list_is_due_wants_a_dash():
    assert hint("properties: {items: {a: b}}") == 'each entry of a list begins with a dash: "- "'


def test_what_is_known_only_later_is_quoted_as_that():
    text = (
        "resources:\n  a: {type: 'My::Thing', properties: {labels: [{get_resource: b}]}}\n"
        "  b: {type: 'My::Thing'}"
    )

    [problem] = validated(text).errors

    assert "(known after apply)" in problem.sentence
    assert "Unknown" not in problem.sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("resources:\n\ta: {}", "spaces"),
        ("resources:\n  a:\n     type: x\n    properties:\n", "neighbours"),
        ("resources: {a: [1, 2}", "bracket"),
        ("outputs: {a: {value: 'x}}", "quotation mark"),
        ("resources:\n  a: x: y", "quotes"),
        ("outputs: {a: {value: *x}}", "begins with *"),
        ("outputs: {a: {value: !Ref x}}", "!Ref"),
        ("outputs: {a: {value: @x}}", "quotes"),
    ],
)
def test_what_is_no_yaml_is_explained(text, words):
    template, report = parse(HEAD + text)

    assert template is None
    assert words in (report.errors[0].hint or "")


def test_a_missing_name_in_a_list_of_dependencies_is_shown_where_it_stands():
    text = "resources:\n  a: {type: 'My::Thing'}\n  b: {type: 'My::Thing', depends_on: [a, c]}"

    [problem] = validated(text).errors

    assert str(problem.span) == "t:4:42"
