"""A hidden parameter's value is in no answer, whatever is wrong with it, wherever it is found."""

import json
from pathlib import Path
from typing import Any

import pytest

from hearth.base.errors import HearthError
from hearth.bus import (
    Command,
    CreateStack,
    PlanNew,
    PlanUpdate,
    PreviewStack,
    PreviewUpdate,
    Source,
    StackRef,
    UpdateStack,
    ValidateTemplate,
)
from tests.support.house import house
from tests.support.virtual import run

SECRET = "Zq9sEcReT99"
PARAMETERS: dict[str, Any] = {
    "string": SECRET,
    "number": 918273645,
    "json": {SECRET: SECRET},
    "comma_delimited_list": f"{SECRET},other {SECRET}",
    "boolean": SECRET,
}
WRONG: dict[str, dict[str, Any]] = {
    "value is a number": {"type": "OS::Heat::Value", "properties": {"type": "number"}},
    "value is json": {"type": "OS::Heat::Value", "properties": {"type": "json"}},
    "value is a list": {"type": "OS::Heat::Value", "properties": {"type": "comma_delimited_list"}},
    "value is boolean": {"type": "OS::Heat::Value", "properties": {"type": "boolean"}},
    "value is text": {"type": "OS::Heat::Value", "properties": {"type": "string"}},
    "a kind": {"type": "OS::Heat::Value", "at": "type"},
    "an integer": {"type": "OS::Heat::RandomString", "at": "length"},
    "a range": {"type": "OS::Heat::RandomString", "at": "length", "many": 918273645},
    "a map": {"type": "OS::Heat::TestResource", "at": "attr_wait_secs"},
    "a bool": {"type": "OS::Heat::TestResource", "at": "fail"},
    "a nested map": {"type": "OS::Nova::Server", "at": "networks"},
    "a pattern": {"type": "OS::Neutron::Subnet", "at": "cidr"},
    "a name": {"type": "OS::Nova::Server", "at": "flavor"},
    "a pause": {"type": "OS::Heat::WaitCondition", "at": "timeout"},
}
CONSTRAINTS: dict[str, Any] = {
    "none": None,
    "length": {"length": {"max": 1}},
    "range": {"range": {"max": 1}},
    "allowed_values": {"allowed_values": ["one"]},
    "allowed_pattern": {"allowed_pattern": "x"},
    "custom": {"custom_constraint": "nova.flavor"},
}


def template(kind: str, resource: dict[str, Any], constraint: Any) -> dict[str, Any]:
    asked = {resource.get("at", "value"): {"get_param": "n"}}
    made = {"type": resource["type"], "properties": resource.get("properties", {}) | asked}
    n: dict[str, Any] = {"type": kind, "hidden": True}
    if constraint is not None:
        n["constraints"] = [constraint]
    return {"heat_template_version": "2018-08-31", "parameters": {"n": n}, "resources": {"w": made}}


def tells(said: Any) -> bool:
    words = json.dumps(said, default=repr).lower()
    return SECRET.lower() in words or "918273645" in words


def sayings(error: HearthError) -> list[Any]:
    """All that an answer may be made of."""
    problems = getattr(error, "problems", ())
    return [str(error), error.sentence, *(repr(one) for one in problems)]


@pytest.mark.parametrize("kind", PARAMETERS)
def test_no_answer_tells_a_hidden_value(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
):
    async def story():
        refused: list[tuple[str, list[Any]]] = []
        async with house(tmp_path) as home:
            good = template("string", WRONG["value is text"], None)
            made = await home.create("good", good, parameters={"n": "x"})
            await home.settled(made)
            stack = StackRef(made.name, made.stack_id)
            mistakes = [(what, resource, "none") for what, resource in WRONG.items()]
            mistakes += [(name, WRONG["value is text"], name) for name in CONSTRAINTS]
            for what, resource, name in mistakes:
                text = template(kind, resource, CONSTRAINTS[name])
                source = Source(template=text, parameters={"n": PARAMETERS[kind]})
                named = "new-" + what.replace(" ", "-")
                asked: tuple[Command[Any], ...] = (
                    PreviewStack(**home.command(), name="new", source=source),
                    PlanNew(**home.command(), name="new", source=source),
                    ValidateTemplate(**home.command(), source=source),
                    PlanUpdate(**home.command(), stack=stack, source=source),
                    PreviewUpdate(**home.command(), stack=stack, source=source),
                    CreateStack(**home.command(), name=named, source=source),
                    UpdateStack(**home.command(), stack=stack, source=source),
                )
                for command in asked:
                    try:
                        await home.bus.call(command)
                    except HearthError as error:
                        refused.append((what, sayings(error)))
                    else:
                        if isinstance(command, UpdateStack):
                            await home.settled(made)
            told = [(one.reason, one.properties) for one in await home.events(made)]
            return refused, told, (await home.stack(made)).reason

    refused, told, reason = run(story())

    assert [one for one in refused if tells(one)] == []
    assert not tells([words for words, _properties in told])
    assert not tells(reason)
    assert not tells(caplog.text)
    assert len({what for what, _said in refused}) > 4
