"""What the plan of an update says: all that changes, in the user's words, and nothing else."""

from pathlib import Path
from typing import Any

from hearth.bus import Accepted, MarkResource, PlanUpdate, Source, StackRef
from hearth.store import stacks
from tests.support.house import House, house
from tests.support.virtual import run

HOT = "heat_template_version: 2018-08-31\n"
TEMPLATE = """
heat_template_version: 2018-08-31
description: first
parameters:
  word: {type: string, default: a}
  key: {type: string, default: k, hidden: true}
resources:
  net: {type: "OS::Neutron::Net"}
outputs:
  said: {value: {get_param: word}}
  closed: {value: {get_param: key}}
"""
SERVER = """
heat_template_version: 2018-08-31
resources:
  net: {type: "OS::Neutron::Net"}
  it:
    type: OS::Nova::Server
    properties:
      flavor: m1.nano
      image: cirros
      metadata: {a: b, c: d}
      networks: [{network: private}]
"""


async def planned(home: House, made: Accepted, template: str, **given: Any) -> dict[str, Any]:
    source = Source(template=template, parameters=given.pop("parameters", {}))
    ref = StackRef(made.name, made.stack_id)
    answer = await home.bus.call(PlanUpdate(**home.command(), stack=ref, source=source, **given))
    body: dict[str, Any] = answer.body
    return body


def plans(tmp_path: Path, template: str, *wishes: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the plan of each wish says of the stack itself and of its steps."""

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", template, tags=("a",))
            assert str((await home.settled(made)).state) == "CREATE_COMPLETE"
            return [await planned(home, made, text, **given) for text, given in wishes]

    return list(run(story()))


def told(document: dict[str, Any]) -> list[str]:
    return [f"{one['path']} {one['before']} {one['after']}" for one in document["itself"]]


def test_what_touches_no_resource_is_told(tmp_path: Path):
    same = {"tags": ("a",)}
    other = TEMPLATE.replace("value: {get_param: word}", "value: other, description: d")
    found = plans(
        tmp_path,
        TEMPLATE,
        (TEMPLATE, same),
        (other, same),
        (TEMPLATE, same | {"parameters": {"word": "b"}}),
        (TEMPLATE, same | {"parameters": {"key": "l"}}),
        (TEMPLATE, {"tags": ("a", "b"), "timeout_mins": 5}),
        (TEMPLATE.replace("first", "second"), same),
        (TEMPLATE + "  # a comment\n", same),
        (TEMPLATE.replace("default: a", "default: a, label: A"), same),
    )

    nothing, output, parameter, hidden, settings, words, comment, label = found
    assert {document["counts"]["unchanged"] for document in found} == {1}
    assert told(nothing) == told(comment) == []
    assert told(output) == [
        "outputs.said {'get_param': 'word'} {'value': 'other', 'description': 'd'}"
    ]
    assert told(parameter) == ["parameters.word a b"]
    assert told(hidden) == ["parameters.key ****** ******"]
    assert told(settings) == ["tags ['a'] ['a', 'b']", "timeout_mins None 5"]
    assert told(words) == ["description first second"]
    assert told(label) == ["template None None"]


def test_both_sides_are_told_as_the_user_wrote_them(tmp_path: Path):
    changed = SERVER.replace("m1.nano", "m1.tiny").replace("c: d", "c: e")
    wired = SERVER.replace("network: private", "network: private}, {network: {get_resource: net}")
    flavor, network = plans(tmp_path, SERVER, (changed, {}), (wired, {}))

    def changes(document: dict[str, Any]) -> dict[str, Any]:
        (step,) = [one for one in document["steps"] if one["resource"] == "it"]
        return {one["path"]: (one["before"], one["after"]) for one in step["changes"]}

    assert changes(flavor) == {
        "flavor": ("m1.nano", "m1.tiny"),
        "metadata": ({"a": "b", "c": "d"}, {"a": "b", "c": "e"}),
    }
    before, after = changes(network)["networks"]
    assert before[0]["network"] == "private"
    assert after[0]["network"] == "private"
    assert before[0] == after[0]


PAIR = """
heat_template_version: 2018-08-31
parameters:
  word: {type: string}
resources:
  db:
    type: OS::Nova::Server
    properties:
      flavor: m1.nano
      image: cirros
      networks: [{network: private}]
      user_data: {get_param: word}
  web:
    type: OS::Nova::Server
    properties:
      flavor: m1.nano
      image: cirros
      networks: [{network: private}]
      user_data: {get_attr: [db, first_address]}
      metadata: {db: {get_resource: db}}
  other:
    type: OS::Nova::Server
    properties:
      flavor: m1.nano
      image: cirros
      networks: [{network: private}]
      metadata: {db: {get_resource: db}}
"""


def test_a_server_that_may_be_replaced_is_not_told_as_changed_in_place(tmp_path: Path) -> None:
    async def story() -> dict[str, Any]:
        async with house(tmp_path) as home:
            made = await home.create("tale", PAIR, parameters={"word": "a"})
            assert str((await home.settled(made)).state) == "CREATE_COMPLETE"
            return await planned(home, made, PAIR, parameters={"word": "b"})

    document = run(story())

    steps = {one["resource"]: one for one in document["steps"]}
    assert {what: n for what, n in document["counts"].items() if n} == {
        "replace": 1, "perhaps": 1, "update": 1,
    }  # fmt: skip
    assert steps["web"]["maybe"]
    assert steps["web"]["reason"] == "may be REPLACED: user_data not known yet"
    assert not steps["other"]["maybe"]


INNER = """
heat_template_version: 2018-08-31
parameters: {word: {type: string}}
resources:
  one: {type: "OS::Heat::Value", properties: {value: {get_param: word}}}
"""
NESTED = """
heat_template_version: 2018-08-31
parameters: {word: {type: string, default: a}}
resources:
  first: {type: "OS::Heat::RandomString"}
  pair: {type: inner.yaml, properties: {word: {get_resource: first}}}
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: inner.yaml, properties: {word: {get_param: word}}}}
"""


def test_a_nested_stack_in_which_nothing_changes_is_unchanged(tmp_path: Path) -> None:
    async def story() -> list[dict[str, int]]:
        async with house(tmp_path) as home:
            files = {"inner.yaml": INNER}
            made = await home.create("tale", NESTED, files=files)
            assert str((await home.settled(made)).state) == "CREATE_COMPLETE"
            ref = StackRef(made.name, made.stack_id)
            found = []
            for text, given in ((INNER, {}), (INNER.replace("one:", "two:"), {}),
                                (INNER, {"word": "b"})):  # fmt: skip
                source = Source(template=NESTED, files={"inner.yaml": text}, parameters=given)
                command = PlanUpdate(**home.command(), stack=ref, source=source)
                found.append((await home.bus.call(command)).body["counts"])
            below = (await home.rows(made))["pair"].nested_id or ""
            mark: dict[str, Any] = {"resource": "one", "unhealthy": True, "reason": "it smells"}
            child = await home.store.read(stacks.find, below)
            assert child is not None
            inner = StackRef(child.name, below)
            sick = MarkResource(**home.command(), stack=inner, **mark)
            await home.bus.call(sick)
            command = PlanUpdate(
                **home.command(), stack=ref, source=Source(template=NESTED, files=files)
            )
            return [*found, (await home.bus.call(command)).body["counts"]]

    same, inside, other, marked = run(story())

    assert (same["update"], same["unchanged"]) == (0, 3)
    assert (inside["update"], inside["unchanged"]) == (2, 1)
    assert (other["update"], other["unchanged"]) == (1, 2)
    assert (marked["update"], marked["unchanged"]) == (1, 2)
