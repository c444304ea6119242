"""hearth.template.bind."""

import pytest

from hearth.base import Secret, Unknown
from hearth.template import (
    Checks,
    Environment,
    Pseudo,
    bind,
    changed_immutable,
    parameter_document,
    parse,
)
from tests.unit.template.given import PSEUDO, bound, parsed


def problems(text, environment=None, **given):
    _, report = bind(parsed(text), environment or Environment(), given, PSEUDO)
    return [(one.kind, one.sentence) for one in report]


def test_the_request_goes_over_the_environment_over_its_defaults_over_the_template():
    template = parsed(
        "parameters: {a: {type: string, default: d}, b: {type: string, default: d},"
        " c: {type: string, default: d}, e: {type: string, default: d}}"
    )
    environment = Environment({"a": "env", "b": "env"}, {"b": "def", "c": "def", "other": 1})

    found, report = bind(template, environment, {"a": "req", "e": None}, PSEUDO)

    assert report.ok
    assert [found[name] for name in "abce"] == ["req", "env", "def", "d"]


def test_all_that_is_wrong_is_told_at_once():
    text = "parameters: {a: {type: number}, b: {type: json}, c: {type: boolean}}"

    assert problems(text, a="x", c="maybe", zz=1)[0] == (
        "UnknownUserParameter",
        "The Parameter (zz) was not defined in template.",
    )
    assert [kind for kind, _ in problems(text, a="x", c="maybe")] == [
        "StackValidationFailed",
        "UserParameterMissing",
        "StackValidationFailed",
    ]


def test_a_hidden_one_is_secret_masked_and_not_in_its_problem():
    text = "parameters: {a: {type: string, hidden: true, constraints: [{length: {max: 3}}]}}"

    found = bound(parsed(text), a="abc")

    assert found["a"] == Secret("abc")
    assert found.shown()["a"] == "******"
    assert "hush-hush" not in problems(text, a="hush-hush")[0][1]


def test_values_are_shown_as_texts():
    text = (
        "parameters: {n: {type: number}, b: {type: boolean}, j: {type: json}, "
        "l: {type: comma_delimited_list}}"
    )

    shown = bound(parsed(text), n="1.50", b="yes", j='{"a": [1]}', l=["x", 2]).shown()

    assert {key: shown[key] for key in "nbjl"} == {
        "n": "1.5",
        "b": "True",
        "j": '{"a": [1]}',
        "l": "x,2",
    }


def test_a_stack_is_known_to_its_template():
    hot = bound(parsed("description: x"))
    cfn = bound(parsed("AWSTemplateFormatVersion: '2010-09-09'"))

    assert hot["OS::stack_name"] == cfn["AWS::StackName"] == "web"
    assert cfn["AWS::StackId"] == f"arn:openstack:heat::{'p' * 32}:stacks/web/{PSEUDO.stack_id}"


def test_a_value_under_a_misspelt_name_is_not_also_missing():
    template = parsed("parameters: {server_name: {type: string}, image: {type: string}}")

    _, report = bind(template, Environment(), {"sever_name": "x"}, PSEUDO)

    assert [(one.code, one.path) for one in report] == [
        ("undeclared-parameter", "parameters.sever_name"),
        ("missing-parameter", "parameters.image"),
    ]


def test_where_nothing_is_required_what_is_missing_or_wrong_is_unknown():
    template = parsed("parameters: {a: {type: string}, n: {type: number}}")

    found, report = bind(template, Environment(), {"n": "x", "zz": 1}, Pseudo(), strict=False)

    assert len(report) == 0
    assert isinstance(found["a"], Unknown)
    assert isinstance(found["n"], Unknown)


def test_named_constraints_are_asked_for_what_was_given_or_else_for_defaults():
    asked = []
    template = parsed(
        "parameters: {a: {type: string, default: d,"
        " constraints: [{custom_constraint: nova.flavor}]}}"
    )
    checks = Checks(custom=lambda name, value: asked.append((name, value)))

    bind(template, Environment(), {}, PSEUDO, checks)
    bind(template, Environment(), {"a": "m1"}, PSEUDO, checks)

    assert asked == [("nova.flavor", "d"), ("nova.flavor", "m1")]


@pytest.mark.parametrize(
    ("declaration", "given", "kind"),
    [
        ("{type: string, constraints: [{length: {min: 1}}]}", 7, "HTTPBadRequest"),
        ("{type: string, constraints: [{allowed_pattern: '[0-9]+'}]}", 7, "HTTPBadRequest"),
        ("{type: string, constraints: [{length: {max: 2}}]}", ["a", "b"], ""),
        ("{type: string, constraints: [{length: {max: 2}}]}", "abc", "StackValidationFailed"),
        ("{type: string, constraints: [{allowed_values: [1, 2]}]}", 1, ""),
        ("{type: string, constraints: [{allowed_values: [1, 2]}]}", True, "StackValidationFailed"),
        ("{type: number, constraints: [{range: {min: 1}}]}", "nan", ""),
        ("{type: number, constraints: [{modulo: {step: 3, offset: 1}}]}", "4", ""),
        (
            "{type: number, constraints: [{modulo: {step: 3, offset: 1}}]}",
            "5",
            "StackValidationFailed",
        ),
        (
            "{type: comma_delimited_list, constraints: [{allowed_values: [1, 2]}]}",
            "1,2",
            "StackValidationFailed",
        ),
    ],
)
def test_a_text_is_checked_as_it_was_given(declaration, given, kind):
    template = parsed(f"parameters: {{p: {declaration}}}")

    _, report = bind(template, Environment(), {"p": given}, PSEUDO)

    assert [one.kind for one in report] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "declaration",
    [
        "{type: string, default: 7, constraints: [{length: {min: 1}}]}",
        "{type: string, default: 7, constraints: [{allowed_pattern: '[0-9]+'}]}",
        "{type: number, default: x, constraints: [{range: {min: 1}}]}",
        "{type: boolean, default: 7, constraints: [{allowed_values: [true]}]}",
        "{type: json, default: '{\"a\": 1}', constraints: [{length: {max: 2}}]}",
        "{type: comma_delimited_list, default: '', constraints: [{allowed_values: [a]}]}",
        "{type: json, constraints: [{custom_constraint: ip_addr}]}",
    ],
)
def test_a_default_that_no_constraint_can_take_is_told(declaration):
    _, report = parse(f"heat_template_version: 2018-08-31\nparameters: {{p: {declaration}}}")

    assert [one.kind for one in report] == ["InvalidSchemaError"]


def test_the_words_of_a_constraint_may_be_anything():
    cfn = parsed(
        "AWSTemplateFormatVersion: '2010-09-09'\n"
        "Parameters: {P: {Type: Number, MaxValue: 3, ConstraintDescription: {a: b}}}"
    )

    _, report = bind(cfn, Environment(), {"P": 9}, PSEUDO)

    assert [one.sentence for one in report] == ["Parameter 'P' is invalid: {'a': 'b'}"]


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("{type: strin}", "Invalid type (strin)"),
        ("{type: string, defualt: x}", "Invalid key 'defualt'"),
        ("{type: number, constraints: [{length: {min: 1}}]}", "Length constraint"),
        ("{type: string, default: a, constraints: [{length: {min: 3}}]}", "Invalid default a"),
        ("{type: number, constraints: [{modulo: {step: 0, offset: 0}}]}", "step cannot be 0"),
        ("{type: string, constraints: [{allowed_pattern: '['}]}", "no regular expression"),
    ],
)
def test_a_declaration_that_cannot_be_is_told_with_its_place(declaration, words):
    text = f"heat_template_version: 2018-08-31\nparameters:\n  p: {declaration}\n"

    _, report = parse(text, "t.yaml")

    [problem] = report
    assert words in problem.sentence
    assert problem.span is not None
    assert problem.span.line == 3


def test_a_description_is_the_words_of_its_constraint():
    text = """parameters:
      a: {type: string, constraints: [{length: {min: 2}, description: too short}]}
    """

    assert problems(text, a="b") == [
        ("StackValidationFailed", "Parameter 'a' is invalid: too short")
    ]


def test_immutable_ones_that_changed_are_named():
    template = parsed("parameters: {a: {type: number, immutable: true}, b: {type: string}}")

    changed = changed_immutable(
        bound(template, a=1, b="x"), bound(template, a=2, b="y"), template.parameters
    )
    same = changed_immutable(
        bound(template, a=1, b="x"), bound(template, a="1", b="y"), template.parameters
    )

    assert (changed, same) == (["a"], [])


def test_a_users_pattern_is_matched_by_whom_the_caller_says():
    asked = []
    text = "parameters: {a: {type: string, default: d, constraints: [{allowed_pattern: '(a+)+'}]}}"

    def matches(pattern, value):
        asked.append((pattern, value))
        return True

    bind(parsed(text), Environment(), {"a": "given"}, PSEUDO, Checks(matches=matches))

    assert asked == [("(a+)+", "d"), ("(a+)+", "given")]


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ("constraints: [{length: {min: 1}, range: {min: 1}}]", "InvalidSchemaError"),
        ("constraints: [{length: {min: 1.5}}]", "InvalidSchemaError"),
        ("constraints: [{length: {min: []}}]", "HTTPBadRequest"),
        ("tags: null", "InvalidSchemaError"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(keys, kind):
    text = f"heat_template_version: 2018-08-31\nparameters: {{p: {{type: string, {keys}}}}}"
    _template, report = parse(text)

    assert [one.kind for one in report] == [kind]


def test_of_several_constraints_in_one_entry_the_first_counts():
    keys = "constraints: [{allowed_pattern: '[a-z]+', length: {min: 2}}]"
    template = parsed(f"parameters: {{p: {{type: string, {keys}}}}}")

    [constraint] = template.parameters["p"].constraints
    assert constraint.document() == {"length": {"min": 2}}


def test_what_is_said_of_a_parameter_is_shown_as_it_is_written():
    template = parsed("parameters: {p: {type: string, description: [a], tags: [5, b]}}")

    shown = parameter_document(template.parameters["p"], given=False)

    assert (shown["Description"], shown["Tags"]) == (["a"], [5, "b"])
    assert "Value" not in shown


def test_steps_are_whole_numbers():
    keys = "constraints: [{modulo: {step: 2.5, offset: 0}}]"
    text = f"heat_template_version: 2018-08-31\nparameters: {{p: {{type: number, {keys}}}}}"

    assert [one.sentence for one in parse(text)[1]] == ["step/offset must be integer"]


def test_in_the_cfn_dialect_one_word_hides():
    head = "AWSTemplateFormatVersion: 2010-09-09\nParameters: {p: {Type: String, NoEcho: %s}}"

    texts = [head % word for word in ("true", '"True"', "abc")]
    hidden = [parsed(text).parameters["p"].hidden for text in texts]

    assert hidden == [True, True, False]


def test_small_groups_of_nothing_are_none():
    assert parsed("parameter_groups: {}").groups == ()
    assert parsed("parameters: []").parameters == {}
    _template, report = parse("heat_template_version: 2018-08-31\nparameter_groups: [abc]")
    assert [one.kind for one in report] == ["AttributeError"]
