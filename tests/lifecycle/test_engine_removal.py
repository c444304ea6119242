"""What a failure does not keep from going when a stack is deleted, and what stays by policy."""

from pathlib import Path
from typing import Any

from hearth.base.errors import HearthError
from hearth.kit import Context
from hearth.resources.heat.test_resource import TestResource
from tests.support.house import TYPES, house
from tests.support.virtual import run


class Stubborn(TestResource):
    """A resource that will not go before it has been asked as often as its value says."""

    name = "Test::Stubborn"
    asked: dict[str, int] = {}  # noqa: RUF012 - what the world knows of it, not the type

    async def delete(self, ctx: Context, ident: str) -> None:
        self.asked[ident] = self.asked.get(ident, 0) + 1
        if self.asked[ident] < int(ctx.record.properties["value"]):
            raise HearthError("it will not go", kind="ValueError")
        await super().delete(ctx, ident)


STACK = """
heat_template_version: 2018-08-31
resources:
  below: {type: OS::Neutron::Net}
  stays: {type: Test::Stubborn, depends_on: below, properties: {value: "2"}}
  first: {type: OS::Neutron::Net}
  second: {type: OS::Heat::TestResource, depends_on: first, properties: {wait_secs: 5}}
"""


def test_what_does_not_depend_upon_a_failure_goes_all_the_same(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, types=(*TYPES, Stubborn)) as home:
            made = await home.create("tale", STACK)
            await home.settled(made)
            await home.delete(made)
            failed = await home.settled(made)
            left = await home.rows(made)
            await home.delete(made)
            return failed, left, await home.settled(made), await home.told(made)

    failed, left, gone, told = run(story())

    assert str(failed.state) == "DELETE_FAILED"
    assert failed.reason == "Resource DELETE failed: ValueError: resources.stays: it will not go"
    assert {name: str(row.state) for name, row in left.items()} == {
        "below": "CREATE_COMPLETE",
        "stays": "DELETE_FAILED",
    }
    assert told.index("stays DELETE_FAILED") < told.index("first DELETE_COMPLETE")
    assert str(gone.state) == "DELETE_COMPLETE"


NESTING = """
heat_template_version: 2018-08-31
resources:
  inside: {type: inner.yaml}
  word: {type: OS::Heat::RandomString}
"""


def test_nested_stacks_too_give_up_all_that_they_can(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, types=(*TYPES, Stubborn)) as home:
            made = await home.create("tale", NESTING, files={"inner.yaml": STACK})
            await home.settled(made)
            await home.delete(made)
            failed = await home.settled(made)
            return failed, await home.rows(made), home.objects()["network"]

    failed, left, network = run(story())

    assert failed.reason == (
        "Resource DELETE failed: ValueError: resources.inside.resources.stays: it will not go"
    )
    assert left.keys() == {"inside"}
    assert len([net for net in network["networks"] if "tale" in net["name"]]) == 1
