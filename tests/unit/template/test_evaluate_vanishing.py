"""An `if` that leaves nothing, at each place inside each function's arguments."""

from collections.abc import Iterator
from typing import Any

import pytest

from hearth.base import Report
from hearth.template import Environment, Pseudo, Scope, bind, evaluate, parse_document, validate
from hearth.template.functions import HOT_VERSIONS, hot_functions
from tests.support.fuzzing import TYPES

FULL: dict[str, Any] = {
    "get_param": ["p", "a"],
    "get_resource": "r",
    "get_attr": ["r", "value", "s"],
    "get_file": "f",
    "resource_facade": "metadata",
    "list_join": [",", ["a", "b"], ["c"]],
    "str_split": [",", "a,b", 0],
    "str_replace": {"template": "ab", "params": {"a": "x"}},
    "str_replace_strict": {"template": "ab", "params": {"a": "x"}},
    "str_replace_vstrict": {"template": "ab", "params": {"a": "x"}},
    "repeat": {"for_each": {"A": ["a"]}, "template": "A", "permutations": True},
    "digest": ["md5", "x"],
    "map_merge": [{"a": 1}, {"b": 1}],
    "map_replace": [{"a": "b"}, {"keys": {"a": "c"}, "values": {"b": "d"}}],
    "list_concat": [["a"], ["b"]],
    "list_concat_unique": [["a"], ["b"]],
    "filter": [["a"], ["a", "b"]],
    "contains": ["a", ["a"]],
    "yaql": {"expression": "$.data", "data": 1},
    "make_url": {"scheme": "http", "host": "h", "path": "/a", "query": {"a": "b"}, "port": 80},
    "if": [{"equals": [1, 2]}, "a", "b"],
}
LAST = HOT_VERSIONS[-1]


def without(argument: Any) -> Iterator[Any]:
    """The argument with each of its parts in turn, at every depth, as what vanishes."""
    yield {"if": ["no", argument]}
    if isinstance(argument, dict | list):
        parts = argument.items() if isinstance(argument, dict) else enumerate(argument)
        for key, part in parts:
            for other in without(part):
                changed: Any = argument.copy()
                changed[key] = other
                yield changed


def come_of(value: Any) -> tuple[Any, Report]:
    """What an output of that value comes to, and all that is said of it."""
    template, report = parse_document(
        {
            "heat_template_version": LAST,
            "parameters": {"p": {"type": "json", "default": {"a": 1}}},
            "conditions": {"no": {"equals": [1, 2]}},
            "resources": {"r": {"type": "OS::Heat::Value", "properties": {"value": value}}},
            "outputs": {"o": {"value": value}},
        }
    )
    assert template is not None
    bound, _report = bind(template, Environment(), {}, Pseudo())
    report.extend(validate(template, Environment(), bound, TYPES))
    scope = Scope(parameters=bound, conditions={"no": False}, report=report)
    scope.expressions = lambda _expression, data: data
    return evaluate(template.outputs["o"].value, scope), report


CASES = [(name, one) for name, full in FULL.items() for one in without(full)]


def test_every_function_is_among_them():
    refused = {name for name in hot_functions(LAST).values if name.startswith(("Fn::", "Ref"))}

    assert set(FULL) == set(hot_functions(LAST).values) - refused


@pytest.mark.parametrize(("name", "argument"), CASES, ids=str)
def test_what_vanishes_leaves_a_result_or_a_sentence(name, argument):
    found, report = come_of({name: argument})

    assert not callable(found)
    assert all(one.sentence and one.span is not None for one in report.errors)


NO = {"if": ["no", ["a"]]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"filter": [NO, ["a", "b"]]}, ["a", "b"]),
        ({"filter": [["a"], NO]}, None),
        ({"list_join": [",", NO]}, ""),
        ({"list_join": [",", ["a", {"if": ["no", "b"]}]]}, "a"),
        ({"contains": [NO, ["a"]]}, False),
        ({"yaql": {"expression": "$.data", "data": NO}}, None),
        ({"list_concat": [["a"], NO]}, ["a"]),
        ([NO, {"a": NO}], [{}]),
    ],
    ids=str,
)
def test_an_argument_that_vanishes_is_null_and_an_entry_is_left_out(value, expected):
    assert come_of(value)[0] == expected


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"str_replace": {"template": NO, "params": {"a": "x"}}}, "template must be a string"),
        ({"str_replace": {"template": "a", "params": NO}}, "params must be a map"),
        ({"repeat": {"for_each": NO, "template": "A"}}, "must contain a map"),
        ({"contains": ["a", NO]}, "should be a sequence"),
    ],
    ids=str,
)
def test_an_argument_that_must_be_there_is_told_of(value, sentence):
    _found, report = come_of(value)

    assert any(sentence in one.sentence for one in report.errors)
