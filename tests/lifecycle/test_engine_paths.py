"""get_attr goes as far into an attribute as its path says, wherever the attribute comes from."""

from pathlib import Path
from typing import Any

import yaml

from hearth.base import plain
from hearth.bus import PlanUpdate, Source, StackRef
from tests.support.house import house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
resources:
  kept:
    type: OS::Heat::Value
    properties: {value: {a: [{b: deep}, second], c: other}}
  net: {type: "OS::Neutron::Net"}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: net}, cidr: 10.77.0.0/24}
  port:
    type: OS::Neutron::Port
    properties:
      network: {get_resource: net}
      fixed_ips: [{subnet: {get_resource: subnet}, ip_address: 10.77.0.9}]
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: OS::Heat::Value, properties: {value: {x: [1, y]}}}}
  made: {type: inner.yaml}
"""
INNER = """
heat_template_version: 2018-08-31
resources: {none: {type: "OS::Heat::None"}}
outputs: {map: {value: {k: [v, w]}}}
"""
PATHS: dict[str, tuple[list[Any], Any]] = {
    "kept": (["kept", "value", "a", 0, "b"], "deep"),
    "kept list": (["kept", "value", "a", 1], "second"),
    "nowhere": (["kept", "value", "a", 7], None),
    "observed": (["port", "fixed_ips", 0, "ip_address"], "10.77.0.9"),
    "live": (["port", "subnets", 0, "cidr"], "10.77.0.0/24"),
    "shown": (["port", "show", "fixed_ips", 0, "ip_address"], "10.77.0.9"),
    "member": (["group", "resource.1", "value", "x", 1], "y"),
    "members": (["group", "attributes", "value", "x", 1], {"0": "y", "1": "y"}),
    "list": (["group", "value", "x", 0], ["1", "1"]),
    "nested": (["made", "outputs", "map", "k", 1], "w"),
}


def stack(**more: Any) -> dict[str, Any]:
    """The template with what asks for each path: an output, and a resource."""
    made: dict[str, Any] = yaml.load(STACK, yaml.BaseLoader)
    asking = {key: {"get_attr": path} for key, (path, _) in PATHS.items()}
    made["outputs"] = {key: {"value": call} for key, call in asking.items()}
    made["resources"]["asks"] = {"type": "OS::Heat::Value", "properties": {"value": asking}}
    made["resources"].update(more)
    return made


def test_outputs_and_properties_are_what_lies_at_the_end_of_the_path(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", stack(), files={"inner.yaml": INNER})
            created = await home.settled(made)
            return created, (await home.rows(made))["asks"]

    created, asks = run(story())

    assert str(created.state) == "CREATE_COMPLETE", created.reason
    wanted = {key: value for key, (_, value) in PATHS.items()}
    assert {one.key: plain(one.value) for one in created.outputs} == wanted
    assert plain(asks.attributes["value"]) == wanted


def test_who_asks_for_a_part_is_touched_only_when_that_part_changes(tmp_path: Path):
    def asking(value: Any) -> dict[str, Any]:
        kept = {"type": "OS::Heat::Value", "properties": {"value": value}}
        part = {
            "type": "OS::Heat::Value",
            "properties": {"value": {"get_attr": ["kept", "value", "a"]}},
        }
        return {"heat_template_version": "2018-08-31", "resources": {"kept": kept, "part": part}}

    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", asking({"a": [1], "b": 1}))
            await home.settled(made)
            seen = []
            for value in ({"a": [1], "b": 2}, {"a": [2], "b": 2}):
                before = len(await home.told(made))
                await home.update(made, asking(value))
                await home.settled(made)
                told = (await home.told(made))[before:]
                seen.append((any(one.startswith("part ") for one in told), await home.rows(made)))
            ref = StackRef(made.name, made.stack_id)
            source = Source(template=asking({"a": [2], "b": 2}))
            again = PlanUpdate(**home.command(), stack=ref, source=source)
            return seen, (await home.bus.call(again)).body["counts"]

    [(first, one), (second, two)], again = run(story())

    assert (first, second) == (False, True)
    assert {what for what, count in again.items() if count} == {"unchanged"}
    assert (one["part"].attributes["value"], two["part"].attributes["value"]) == ([1], [2])
