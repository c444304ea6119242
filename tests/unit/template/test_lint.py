"""hearth.template.lint: mistakes and advice together, and putting right what can be."""

import pytest

from hearth.base import Severity
from hearth.serve.registry import registry
from hearth.template import parse
from hearth.template.lint import Surroundings, fixed, lint

AROUND = Surroundings(registry())
HEAD = "heat_template_version: 2018-08-31\ndescription: Words.\n"

FIXES = [
    (
        "a deprecated property gets its newer name",
        (
            "resources:\n  p:\n    type: OS::Neutron::Port\n    properties:\n"
            "      network_id: x  # the net\n      fixed_ips: [{subnet_id: s}]\n"
        ),
        (
            "resources:\n  p:\n    type: OS::Neutron::Port\n    properties:\n"
            "      network: x  # the net\n      fixed_ips: [{subnet: s}]\n"
        ),
    ),
    (
        "a condition that nothing needs goes",
        (
            "conditions:\n  # kept\n  a: {equals: [1, {get_param: 'OS::stack_name'}]}\n"
            "  b:\n    not: a\n  c: {not: a}\n"
            "resources:\n  v: {type: OS::Heat::None, condition: c}\n"
        ),
        (
            "conditions:\n  # kept\n  a: {equals: [1, {get_param: 'OS::stack_name'}]}\n"
            "  c: {not: a}\n"
            "resources:\n  v: {type: OS::Heat::None, condition: c}\n"
        ),
    ),
    (
        "a dependency that is implied goes, with its entry if it was the last",
        (
            "resources:\n  a: {type: OS::Heat::RandomString}\n"
            "  b: {type: OS::Heat::RandomString}\n"
            "  c:\n    type: OS::Heat::Value\n    depends_on: a\n"
            "    properties: {value: {get_attr: [a, value]}}\n"
            "  d:\n    type: OS::Heat::Value\n    depends_on: [a, b]\n"
            "    properties: {value: {get_attr: [a, value]}}\n"
            "  e:\n    type: OS::Heat::Value\n    depends_on:\n      - b  # first\n      - a\n"
            "    properties: {value: {get_attr: [a, value]}}\n"
        ),
        (
            "resources:\n  a: {type: OS::Heat::RandomString}\n"
            "  b: {type: OS::Heat::RandomString}\n"
            "  c:\n    type: OS::Heat::Value\n"
            "    properties: {value: {get_attr: [a, value]}}\n"
            "  d:\n    type: OS::Heat::Value\n    depends_on: [b]\n"
            "    properties: {value: {get_attr: [a, value]}}\n"
            "  e:\n    type: OS::Heat::Value\n    depends_on:\n      - b  # first\n"
            "    properties: {value: {get_attr: [a, value]}}\n"
        ),
    ),
    (
        "a parameter for a secret is hidden",
        (
            "parameters:\n  password:\n    type: string\n    description: x\n"
            "  api_key: {type: string, description: x}\n"
            "resources:\n  v: {type: OS::Heat::Value, properties: {value: "
            "[{get_param: password}, {get_param: api_key}]}}\n"
        ),
        (
            "parameters:\n  password:\n    hidden: true\n    type: string\n    description: x\n"
            "  api_key: {hidden: true, type: string, description: x}\n"
            "resources:\n  v: {type: OS::Heat::Value, properties: {value: "
            "[{get_param: password}, {get_param: api_key}]}}\n"
        ),
    ),
]


COMMENTED = (
    "conditions:\n  # on a\n  a: {equals: [1, 2]}\n  b: {equals: [1, 2]}  # on b\n\n"
    "  # about those below\n\n  c: {equals: [1, 2]}\n  d: {equals: [1, 2]}\n"
    "resources:\n  x: {type: OS::Heat::RandomString, condition: d}\n"
    "  y: {type: OS::Heat::RandomString}\n"
    "  v:\n    type: OS::Heat::Value\n    depends_on: x   # implied\n"
    "    properties: {value: {get_attr: [x, value]}}\n"
    "  w:\n    type: OS::Heat::Value\n    depends_on:\n      # on x\n      - x  # xx\n"
    "      - y\n      - v\n"
    "    properties: {value: [{get_attr: [x, value]}, {get_attr: [v, value]}]}\n"
    "  z:\n    type: OS::Heat::Value\n    depends_on: [\n      x,  # why\n      y\n    ]\n"
    "    properties: {value: {get_attr: [x, value]}}\n"
)


def test_what_is_explained_by_a_comment_is_left_and_said_to_be():
    after = COMMENTED.replace("  c: {equals: [1, 2]}\n", "").replace("      - v\n", "")

    assert fixed(HEAD + COMMENTED, "web.yaml", AROUND) == HEAD + after
    assert fixed(HEAD + after, "web.yaml", AROUND) == HEAD + after
    left = lint(HEAD + after, "web.yaml", AROUND).problems
    codes = [one.code for one in left if one.hint and "a comment explains it" in one.hint]
    assert codes == ["unused-condition"] * 2 + ["implied-dependency"] * 3


@pytest.mark.parametrize(("before", "after"), [one[1:] for one in FIXES], ids=[f[0] for f in FIXES])
def test_what_is_put_right_leaves_all_else_as_it_was(before, after):
    assert fixed(HEAD + before, "web.yaml", AROUND) == HEAD + after


@pytest.mark.parametrize("text", [one[2] for one in FIXES], ids=[one[0] for one in FIXES])
def test_what_was_put_right_stays(text):
    assert fixed(HEAD + text, "web.yaml", AROUND) == HEAD + text


def test_a_dependency_that_holds_only_under_a_condition_stays():
    text = HEAD + (
        "conditions: {a: {equals: [1, {get_param: 'OS::stack_name'}]}}\n"
        "resources:\n  x: {type: OS::Heat::RandomString}\n  y:\n    type: OS::Heat::Value\n"
        "    depends_on: x\n    properties: {value: {if: [a, {get_resource: x}, 1]}}\n"
    )

    assert fixed(text, "web.yaml", AROUND) == text


def test_a_json_template_stays_json():
    text = (
        '{\n "heat_template_version": "2018-08-31", "description": "x",\n "resources": {\n'
        '  "a": {"type": "OS::Neutron::Port",\n   "properties": {\n    "network_id": "x"\n  }}\n'
        " }\n}\n"
    )

    assert fixed(text, "web.json", AROUND) == text.replace("network_id", "network")


def test_mistakes_come_with_advice_in_the_order_of_the_text():
    text = HEAD + (
        "parameters:\n  idle: {type: string}\nresources:\n"
        "  a: {type: OS::Heat::RandomString, properties: {lenght: 3}}\n"
    )

    found = [(one.code, one.severity) for one in lint(text, "web.yaml", AROUND).problems]

    assert found == [
        ("unused-parameter", Severity.WARNING),
        ("undescribed-parameter", Severity.ADVICE),
        ("unknown-property", Severity.ERROR),
    ]


def test_what_a_default_can_never_be_is_told_without_a_cloud():
    text = HEAD + (
        "parameters:\n"
        "  a: {type: number, description: x, default: abc}\n"
        "  b: {type: boolean, description: x, default: abc}\n"
        '  c: {type: json, description: x, default: "{a"}\n'
        "  d: {type: string, description: x}\n"
        "  e:\n    type: string\n    description: x\n    default: 10.0.0.0/33\n"
        "    constraints:\n      - custom_constraint: net_cdir\n"
        "resources:\n  v:\n    type: OS::Heat::Value\n    properties:\n      value:\n"
        + "".join(f"        - {{get_param: {name}}}\n" for name in "abcde")
    )

    around = Surroundings(registry(), constraints=("net_cidr", "ip_addr"))
    found = [
        (one.code, one.severity.value, str(one.span), one.hint)
        for one in lint(text, "web.yaml", around).problems
    ]

    assert found == [
        ("invalid-parameter", "error", "web.yaml:4:46", None),
        ("invalid-parameter", "error", "web.yaml:5:47", None),
        ("invalid-parameter", "error", "web.yaml:6:44", None),
        ("unknown-constraint", "warning", "web.yaml:13:28", 'did you mean "net_cidr"?'),
    ]


def test_who_names_a_parameter_that_is_declared_wrongly_is_not_to_blame():
    text = HEAD + (
        "parameters:\n  p1: {type: strng, description: x}\n"
        "parameter_groups:\n  - {label: g, parameters: [p1, p2]}\n"
        "resources:\n  v: {type: OS::Heat::Value, properties: {value: {get_param: p1}}}\n"
    )

    found = [(one.code, str(one.span)) for one in lint(text, "web.yaml", AROUND).problems]

    assert found == [
        ("parameter-declaration", "web.yaml:4:14"),
        ("parameter-group", "web.yaml:6:33"),
    ]


def test_a_text_that_is_no_template_is_told_with_its_place():
    [problem] = lint("a: [b\nc: d\n", "web.yaml", AROUND).problems

    assert problem.code == "unreadable"
    assert problem.span is not None
    assert problem.span.line == 2


def test_a_template_for_a_type_is_looked_into():
    inner = HEAD + "parameters: {a: {type: string, description: x}}\nresources: {}\n"
    text = HEAD + "resources:\n  n: {type: inner.yaml, properties: {b: 1}}\n"
    assert parse(inner)[1].ok

    around = Surroundings(registry(), files={"inner.yaml": inner})
    codes = [one.code for one in lint(text, "web.yaml", around).problems]

    assert codes == ["missing-property", "unknown-property"]
