"""hearth.template.evaluate, with functions of all kinds."""

from dataclasses import replace

import pytest

from hearth.base import Report, Secret, Unknown
from hearth.template import Scope, evaluate, walked
from tests.unit.template.given import parsed, scope_of

HEAD = """parameters:
  key: {type: string, default: hush, hidden: true}
  plain: {type: string, default: open}
  many: {type: json, default: {a: [1, {b: c}]}}
conditions:
  never: false
"""


def value(text, **more):
    template = parsed(f"{HEAD}outputs:\n  v:\n    value: {text}\n")
    report = Report()
    scope = replace(scope_of(template), report=report, conditions={"never": False}, **more)
    return evaluate(template.outputs["v"].value, scope), report


@pytest.mark.parametrize(
    "text",
    [
        "{get_param: key}",
        "{list_join: ['', [{get_param: key}, x]]}",
        "{str_replace: {template: a b, params: {a: {get_param: key}}}}",
        "{repeat: {for_each: {X: [{get_param: key}]}, template: v-X}}",
        "{digest: [md5, {get_param: key}]}",
        "{map_merge: [{a: {get_param: key}}, {b: 1}]}",
        "{make_url: {scheme: http, host: h, password: {get_param: key}}}",
        "{if: [true, {get_param: key}, x]}",
    ],
)
def test_what_is_made_of_a_secret_is_secret(text):
    found, report = value(text)

    assert isinstance(found, Secret)
    assert report.ok


def test_a_secret_stays_where_it_is_in_maps_and_lists():
    found, _ = value("{a: {get_param: key}, b: [{get_param: plain}]}")

    assert found == {"a": Secret("hush"), "b": ["open"]}


@pytest.mark.parametrize(
    "text",
    [
        "{get_resource: r}",
        "{get_attr: [r, a, b]}",
        "{list_join: ['', [x, {get_resource: r}]]}",
        "{str_split: [',', {get_attr: [r, a]}, 0]}",
        "{repeat: {for_each: {X: {get_attr: [r, list]}}, template: X}}",
        "{yaql: {expression: $.data, data: {get_attr: [r, a]}}}",
    ],
)
def test_what_is_not_known_yet_makes_the_result_unknown(text):
    found, report = value(text)

    assert isinstance(found, Unknown)
    assert report.ok


def test_an_entry_that_is_not_known_leaves_the_others_known():
    found, _ = value("{repeat: {for_each: {X: [a]}, template: {k: X, r: {get_resource: r}}}}")

    assert found == [{"k": "a", "r": Unknown("r")}]


def test_one_mistake_is_one_problem_where_it_stands_however_deep():
    found, report = value("{list_join: ['', [{str_split: [',', {get_param: none}]}]]}")

    [problem] = report
    assert isinstance(found, Unknown)
    assert problem.code == "unknown-parameter"
    assert problem.span is not None
    assert problem.span.line == 10


def test_the_branch_not_taken_is_not_looked_at():
    found, report = value("{if: [never, {get_param: none}, fine]}")

    assert (found, len(report)) == ("fine", 0)


def test_a_third_that_is_left_out_takes_the_entry_away():
    found, _ = value("{a: {if: [never, x]}, b: [1, {if: [never, 2]}, 3]}")

    assert found == {"b": [1, 3]}


def test_a_condition_not_known_makes_a_choice_unknown():
    template = parsed("outputs:\n  v: {value: {if: [c, 1, 2]}}\n")
    scope = Scope(conditions={"c": Unknown("parameters.p")})

    assert isinstance(evaluate(template.outputs["v"].value, scope), Unknown)


def test_attributes_are_walked_by_keys_and_indexes_and_end_in_null():
    data = {"a": [1, {"b": "c"}], "s": Secret({"k": [5]}), "u": Unknown("x")}

    assert walked(data, ("a", 1, "b")) == "c"
    assert walked(data, ("a", "1")) is None
    assert walked(data, ("a", 7)) is None
    assert walked(data, ("s", "k", 0)) == Secret(5)
    assert walked(data, ("u", "k")) == Unknown("x.k")


def test_what_was_put_in_is_not_replaced_again_and_longer_names_go_first():
    found, _ = value("{str_replace: {template: A AB B, params: {A: B, AB: A, B: C}}}")

    assert found == "B A C"


def test_each_version_has_its_own_functions():
    old = parsed("heat_template_version: 2013-05-23\noutputs: {v: {value: {str_split: [a, b]}}}")

    assert evaluate(old.outputs["v"].value, Scope()) == {"str_split": ["a", "b"]}


@pytest.mark.parametrize(
    "text",
    [
        "{str_replace: {template: WIDE, params: {x: WIDE}}}",
        "{list_join: [WIDE, {str_split: [x, WIDE]}]}",
        "{repeat: {for_each: {x: [WIDE]}, template: WIDE}}",
        "{repeat: {for_each: {A: {str_split: [x, WIDE]}}, template: WIDE}}",
    ],
)
def test_a_small_template_does_not_make_a_huge_text(text):
    text = text.replace("WIDE", "{get_param: wide}")
    template = parsed(f"parameters: {{wide: {{type: string}}}}\noutputs: {{v: {{value: {text}}}}}")
    report = Report()
    scope = replace(scope_of(template, wide="x" * 50_000), report=report)

    found = evaluate(template.outputs["v"].value, scope)

    assert isinstance(found, Unknown)
    assert [one.code for one in report] == ["too-large"]
