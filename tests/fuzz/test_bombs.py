"""What is small and would grow is stopped, in work that is counted, with a sentence about it."""

import json
import sys
import tracemalloc
from typing import Any

import pytest

from hearth.serve.registry import registry
from hearth.template import (
    Around,
    Literal,
    Pseudo,
    Scope,
    bind,
    evaluate,
    parse,
    parse_document,
    parse_environment,
    validate,
)
from tests.support.counting import at_most

CALLS = 20_000_000
"""A few seconds of a slow machine."""
HOT = "heat_template_version: 2018-08-31\n"
TYPES = registry()


def said(template: Any, environment: Any = None, given: Any = None, files: Any = None) -> list[str]:
    """Everything that is said of a template, its outputs evaluated, in bounded work."""
    with at_most(CALLS):
        text = isinstance(template, str)
        parsed, found = parse(template) if text else parse_document(template)
        if parsed is None:
            return [one.sentence for one in found]
        env, more = parse_environment(environment)
        found.extend(more)
        parameters, more = bind(parsed, env, given or {}, Pseudo())
        found.extend(more)
        around = Around(files=files or {}, max_resources=1000)
        found.extend(validate(parsed, env, parameters, TYPES, around))
        scope = Scope(parameters=parameters, report=found)
        for output in parsed.outputs.values():
            evaluate(output.value, scope)
    return [one.sentence for one in found]


def output(value: str) -> str:
    return f"{HOT}outputs: {{a: {{value: {value}}}}}"


def lines(count: int, line: str) -> str:
    return "".join(line.format(n, n + 1) for n in range(count))


def nested(depth: int, value: Any = "x") -> Any:
    for _ in range(depth):
        value = [value]
    return value


ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
MANY = "{" + ", ".join(f"'%{c}%': [a,b,c,d,e,f,g,h,i,j]" for c in "abcdefghij") + "}"
GROUP = "{type: OS::Heat::ResourceGroup, properties: {count: %s, resource_def: %s}}"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (ALIASES, "aliases included"),
        ("a: &a {b: 1}\nc: {<<: [" + ", ".join(["*a"] * 600_000) + "]}", "aliases included"),
        (output("[" * 5000 + "]" * 5000), "nested more than 120 levels deep"),
        (json.loads(json.dumps({"outputs": nested(500)})), "nested more than 120 levels deep"),
        (output(f"{{repeat: {{for_each: {MANY}, template: '%a%'}}}}"), "at most 100000 entries"),
        (
            output(
                "{repeat: {for_each: {x: [" + "a," * 200 + f"]}}, template: '{'y' * 99_000}'}}}}"
            ),
            "the result of repeat would exceed",
        ),
        (
            output(
                f"{{str_replace: {{template: '{'x' * 90_000}', params: {{x: '{'y' * 90_000}'}}}}}}"
            ),
            "the result of str_replace would exceed",
        ),
        (
            output(
                f"{{str_replace: {{template: '{'x' * 100_000}', "
                f"params: {{{lines(20_000, 'x{0}: y, ')}}}}}}}"
            ),
            "nothing is left for",
        ),
        (
            f"{HOT}conditions:\n{lines(3000, '  c{0}: {{not: c{1}}}' + chr(10))}  c3000: true",
            "Conditions build on one another more than",
        ),
        (f"{HOT}resources: {{g: {GROUP % (10**9, '{type: OS::Heat::None}')}}}", "exceeded, 1000"),
        (
            f"{HOT}resources: {{g: {GROUP % (900, GROUP % (900, '{type: OS::Heat::None}'))}}}",
            "Maximum resources per stack exceeded, 1000",
        ),
    ],
    ids=lambda one: one[:24] if isinstance(one, str) else "document",
)  # fmt: skip
def test_what_would_grow_is_stopped(template, words):
    assert any(words in one for one in said(template))


def grown(depth: int) -> str:
    """A text of ten to the power of the depth, from a template of some hundred characters."""
    inner = "a"
    for _ in range(depth):
        inner = f"{{str_replace: {{template: {inner}, params: {{a: aaaaaaaaaa}}}}}}"
    return inner


def test_texts_put_into_one_another_are_stopped_before_they_take_memory():
    tracemalloc.start()
    try:
        found = said(output(grown(8)))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert "the result of str_replace would exceed" in found[0]
    assert most < 100 * 1024 * 1024


OUTPUTS = f"{HOT}outputs:\n" + lines(40, f"  o{{0}}: {{{{value: {grown(6)}}}}}\n".replace(
    grown(6), grown(6).replace("{", "{{").replace("}", "}}")
))  # fmt: skip


def test_what_is_bounded_each_is_bounded_together_and_told_once():
    parsed, _report = parse(OUTPUTS)
    assert parsed is not None
    environment, _report = parse_environment(None)
    parameters, _report = bind(parsed, environment, {}, Pseudo())

    found = validate(parsed, environment, parameters, TYPES, Around())

    [problem] = found.errors
    assert problem.code == "too-much-work"
    assert problem.path.startswith("outputs.o")
    assert problem.span is not None
    assert "have more to do together" in problem.sentence


def test_many_small_maps_in_one_text_cost_what_it_takes_to_write_each():
    joined = (
        f"{HOT}parameters: {{p: {{type: json, default: '[{'{},' * 40_000}{{}}]'}}}}\noutputs:\n"
    )
    one = "  o{0}: {{value: {{list_join: [',', {{get_param: p}}]}}}}\n"

    found = said(joined + lines(40, one))

    assert any("nothing is left for" in sentence for sentence in found)


def test_a_tree_of_templates_that_multiplies_is_stopped():
    many = HOT + "resources:\n" + lines(100, "  r{0}: {{type: it}}\n")
    files = {
        "b.yaml": many.replace("it}", "c.yaml}"),
        "c.yaml": many.replace("it}", "OS::Heat::None}"),
    }

    found = said(many.replace("it}", "b.yaml}"), files=files)

    assert "Request limit exceeded: Maximum resources per stack exceeded, 1000." in found


def test_a_template_inside_itself_is_stopped():
    itself = f"{HOT}resources: {{a: {{type: t.yaml}}}}"

    assert said(itself, files={"t.yaml": itself}) == [
        "Request limit exceeded: Recursion depth exceeds 5."
    ]


def test_a_large_template_used_many_times_is_looked_at_a_bounded_number_of_times():
    large = f"{HOT}outputs: {{o: {{value: x}}}}\n" + "# a long comment\n" * 25_000
    uses = HOT + "resources:\n" + lines(900, "  r{0}: {{type: t.yaml}}\n")

    found = said(uses, files={"t.yaml": large})

    assert found == [
        "Request limit exceeded: the nested templates have more than 33554432 characters together."
    ]


@pytest.mark.parametrize(
    "number", ["1" + ":59" * 160_000, "1" + ":59" * 9000 + ".5", "0b" + "1" * 90_000, "9" * 9_000]
)
def test_a_number_longer_than_any_is_a_text(number):
    parsed, _report = parse(output(number))

    assert parsed is not None
    assert parsed.outputs["a"].value == Literal(number, parsed.outputs["a"].value.place)


def test_texts_of_huge_numbers_are_refused_where_they_matter():
    modulo = "constraints: [{modulo: {step: 7, offset: 0}}]"
    typed = f"{HOT}parameters: {{p: {{type: number, {modulo}}}}}"

    [found] = said(typed, given={"p": "9" * 4000 + ".5"})

    assert "is not a multiple of 7" in found


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("  r{0}ab: {{type: A, properties: {{value: {{get_resource: q{0}}}}}}}\n", 3000),
        ("  r{0}abcdef: {{type: OS::Heat::None, depends_on: r{0}abcdeg}}\n", 4000),
        ("  r{0}: {{type: OS::Nova::Serverr{0}}}\n", 2000),
    ],
)
def test_thousands_of_mistakes_take_no_longer_than_their_number(line, count):
    assert len(said(f"{HOT}resources:\n{lines(count, line)}")) >= count


@pytest.mark.parametrize(
    "call",
    [
        "{{list_concat_unique: [[{0}]]}}",
        "{{filter: [[{0}], [{0}]]}}",
        "{{contains: [zzz, [{0}]]}}",
    ],
)
def test_long_lists_take_work_in_proportion(call):
    assert said(output(call.format(lines(6_000, "[{0}], ")))) == []


def test_a_list_is_held_against_many_allowed_values_in_proportion():
    names = lines(30_000, "a{0}, ")
    allowed = f"constraints: [{{allowed_values: [{names}]}}]"
    text = f"{HOT}parameters: {{p: {{type: comma_delimited_list, {allowed}}}}}"

    assert said(text, given={"p": [f"a{n}" for n in range(30_000)]}) == []


def test_globs_with_many_stars_take_no_longer_than_others():
    resources = lines(200, "a" * 200 + "{0}: {{type: OS::Heat::None}}\n  ")
    globs = {"*a" * 60 + f"b{n}": {"X": "Y"} for n in range(100)}

    environment = {"resource_registry": {"resources": globs}}

    assert said(f"{HOT}resources:\n  {resources}", environment) == []


@pytest.mark.parametrize(
    "given", ["[" * 100_000, "[" * 900 + "]" * 900, nested(500)], ids=["open", "text", "list"]
)
def test_a_parameter_that_is_nested_too_deep_is_told_of(given):
    [found] = said(f"{HOT}parameters: {{p: {{type: json}}}}", given={"p": given})

    assert found.startswith("Parameter 'p' is invalid: Value must be valid JSON: ")


def test_an_environment_that_is_nested_too_deep_is_told_of():
    [found] = said(HOT, {"parameters": {"p": nested(500)}})

    assert found == "Environment not in valid format: it is nested more than 120 levels deep"


def test_memory_stays_below_a_bound_while_a_bomb_is_defused():
    assert sys.getrecursionlimit() == 1000
    tracemalloc.start()
    try:
        parse(ALIASES)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 100 * 1024 * 1024
