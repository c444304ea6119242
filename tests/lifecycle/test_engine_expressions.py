"""What users wrote as yaql or as a pattern is evaluated where it can be stopped."""

from pathlib import Path

import pytest

from hearth.base.errors import Invalid
from tests.support.house import house
from tests.support.virtual import run

VALUE = """
heat_template_version: 2018-08-31
parameters:
  many: {type: json, default: [3, 1, 2]}
conditions:
  plenty: {yaql: {expression: "$.data.len() > 2", data: {get_param: many}}}
resources:
  first:
    type: OS::Heat::Value
    condition: plenty
    properties:
      value:
        yaql:
          expression: $.data.first
          data:
            first: {yaql: {expression: "$.data.orderBy($).first()", data: {get_param: many}}}
  second:
    type: OS::Heat::Value
    properties:
      value: {yaql: {expression: "$.data + 1", data: {get_attr: [first, value]}}}
outputs:
  it: {value: {yaql: {expression: "$.data * 10", data: {get_attr: [second, value]}}}}
"""
ONE = """
heat_template_version: 2018-08-31
resources:
  it:
    type: OS::Heat::Value
    properties:
      value: {yaql: {expression: "%s", data: 1}}
"""
PATTERN = """
heat_template_version: 2018-08-31
parameters:
  it:
    type: string
    constraints:
      - allowed_pattern: '%s'
"""


def test_expressions_work_in_conditions_properties_and_outputs(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            made = await home.create("tale", VALUE)
            return await home.settled(made)

    stack = run(story())

    assert str(stack.state) == "CREATE_COMPLETE", stack.reason
    assert [one.value for one in stack.outputs] == [20]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("$.data.", "Bad expression Parse error: unexpected end of statement"),
        ("range(100000000000).toList()", "Collection length exceeds 200 elements"),
        ("'a' * 1000000000", "Expression consumed too much memory"),
        ("pow(2, 10000000000)", "it took longer than 1.5 s"),
    ],
)
def test_an_expression_that_fails_is_a_problem_and_the_engine_lives_on(tmp_path, expression, words):
    async def story():
        async with house(tmp_path) as home:
            with pytest.raises(Invalid) as caught:
                await home.create("bad", ONE % expression)
            made = await home.create("good", ONE % "$.data + 1")
            return caught.value, await home.settled(made)

    error, good = run(story())

    assert error.sentence.endswith(words)
    assert error.problems[0].span.line == 7
    assert str(good.state) == "CREATE_COMPLETE"


def test_a_pattern_that_backtracks_without_end_is_stopped(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            wanted = {"parameters": {"it": "a" * 40 + "b"}}
            with pytest.raises(Invalid) as caught:
                await home.create("bad", PATTERN % "(a+)+$", **wanted)
            killed = home.evaluator.process.killed
            made = await home.create("good", PATTERN % "[ab]+", **wanted)
            return caught.value, killed, await home.settled(made)

    error, killed, good = run(story())

    assert killed == 1
    assert error.sentence.endswith('with the pattern "(a+)+$": it took longer than 1.5 s')
    assert str(good.state) == "CREATE_COMPLETE"


def test_an_easy_pattern_starts_no_process(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            await home.create("good", PATTERN % "[a-z][a-z0-9]*", parameters={"it": "abc1"})
            return home.evaluator.process.started

    assert run(story()) == 0
