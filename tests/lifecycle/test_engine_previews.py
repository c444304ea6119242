"""What an update would touch is told as resources are told elsewhere: who, where and when."""

from pathlib import Path

from hearth.bus import PreviewUpdate, Source, StackRef
from tests.support.house import house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
resources:
  a: {type: OS::Heat::TestResource, properties: {value: one}}
  b: {type: OS::Heat::TestResource, properties: {value: {get_attr: [a, output]}}}
"""
MORE = STACK + "  c: {type: OS::Heat::Value, properties: {value: {get_resource: a}}}\n"


def test_each_resource_is_told_with_where_it_is_when_it_came_and_who_needs_it(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with house(tmp_path) as home:
            made = await home.create("stack", STACK)
            await home.settled(made)
            ref = StackRef(made.name, made.stack_id)
            source = Source(template=MORE)

            shown = await home.bus.call(PreviewUpdate(**home.command(), stack=ref, source=source))

            known = {one["resource_name"]: one for group in shown.body.values() for one in group}
            stack = {
                "tenant": home.caller.project_id,
                "stack_name": "stack",
                "stack_id": made.stack_id,
            }
            assert {name: one["resource_identity"] for name, one in known.items()} == {
                name: {**stack, "path": f"/resources/{name}"} for name in "abc"
            }
            assert known["c"]["stack_identity"] == {**stack, "path": ""}
            assert known["a"]["required_by"] == ["b", "c"]
            assert known["a"]["creation_time"] == known["a"]["updated_time"]
            assert known["a"]["creation_time"].endswith("Z")
            assert known["c"]["creation_time"] is None

    run(story())
