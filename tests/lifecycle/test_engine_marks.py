"""A resource that somebody marks unhealthy is replaced by the next update."""

from pathlib import Path
from typing import Any

from hearth.bus import Accepted, MarkResource, StackRef
from hearth.resources.heat.test_resource import TestResource
from tests.support.house import TYPES, House, house
from tests.support.virtual import run

STACK = """
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
  group:
    type: OS::Heat::ResourceGroup
    properties: {count: 2, resource_def: {type: Test::Sick}}
"""


class Sick(TestResource):
    """A resource that a check finds broken, as long as its name is in the list."""

    name = "Test::Sick"
    broken: list[str] = []  # noqa: RUF012 - what the world knows of it, not the type

    async def observe(self, ctx: Any, ident: str) -> Any:
        if ctx.name in self.broken:
            return self.seen({"status": "ERROR"})
        return await super().observe(ctx, ident)


async def mark(
    home: House, made: Accepted, name: str, reason: str | None = None, *, sick: bool = True
) -> None:
    ref = StackRef(made.name, made.stack_id)
    command = MarkResource(
        **home.command(), stack=ref, resource=name, unhealthy=sick, reason=reason
    )
    await home.bus.call(command)


def test_a_mark_may_be_given_again_for_another_reason_and_taken_away(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, types=(*TYPES, Sick)) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            for reason in ("it smells", "it smokes"):
                await mark(home, made, "net", reason)
            marked = (await home.rows(made))["net"]
            await mark(home, made, "net", sick=False)
            await mark(home, made, "net", sick=False)
            return marked, (await home.rows(made))["net"], await home.told(made)

    marked, well, told = run(story())

    assert (str(marked.state), marked.reason) == ("CHECK_FAILED", "it smokes")
    assert str(well.state) == "CHECK_COMPLETE"
    assert told[-3:] == ["net CHECK_FAILED", "net CHECK_FAILED", "net CHECK_COMPLETE"]


def test_a_marked_resource_is_replaced_and_a_marked_stack_as_a_whole(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, types=(*TYPES, Sick)) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            first = await home.rows(made)
            for name in ("net", "group"):
                await mark(home, made, name)
            await home.update(made, STACK)
            return await home.settled(made), first, await home.rows(made)

    stack, first, last = run(story())

    assert str(stack.state) == "UPDATE_COMPLETE", stack.reason
    assert last["net"].physical_id != first["net"].physical_id
    assert last["group"].nested_id != first["group"].nested_id


def test_what_a_check_finds_broken_inside_a_stack_is_replaced_alone(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, types=(*TYPES, Sick)) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            first = await home.rows(made)
            inside = Accepted(first["group"].nested_id or "", "")
            before = await home.rows(inside)
            Sick.broken.append("1")
            await home.act(made, "check")
            checked = await home.settled(made)
            Sick.broken.clear()
            await home.update(made, STACK)
            updated = await home.settled(made)
            return checked, updated, before, await home.rows(inside)

    checked, updated, before, after = run(story())

    assert str(checked.state) == "CHECK_FAILED"
    assert "resources.group.resources.1: Went to status ERROR" in checked.reason
    assert str(updated.state) == "UPDATE_COMPLETE", updated.reason
    assert before["0"].id == after["0"].id
    assert before["1"].id != after["1"].id
