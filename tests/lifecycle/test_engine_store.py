"""What the database cannot keep, or not at the moment, ends one run at most, and no engine."""

from pathlib import Path
from typing import Any

from hearth.kit import Context
from hearth.resources.heat.test_resource import TestResource
from hearth.store import Away
from tests.support.house import TYPES, house
from tests.support.virtual import run

HOT = "heat_template_version: 2018-08-31\n"
WELL = HOT + "resources: {word: {type: OS::Heat::RandomString}}"


class Unspeakable(TestResource):
    """A resource whose id is no text that a database holds."""

    name = "Test::Unspeakable"

    async def create(self, ctx: Context, props: Any) -> str:
        await super().create(ctx, props)
        return "\ud800"


def test_a_run_whose_outcome_cannot_be_kept_fails_and_the_others_go_on(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path, types=(*TYPES, Unspeakable)) as home:
            made = await home.create("tale", HOT + "resources: {a: {type: Test::Unspeakable}}")
            failed = await home.settled(made)
            other = await home.create("other", WELL)
            return failed, await home.settled(other)

    failed, other = run(story())

    assert str(failed.state) == "CREATE_FAILED"
    assert failed.reason == "The database cannot keep what became of the stack."
    assert str(other.state) == "CREATE_COMPLETE"


def test_a_database_that_is_away_for_a_while_costs_time_and_no_engine(tmp_path: Path):
    async def story() -> Any:
        async with house(tmp_path) as home:
            made = await home.create("tale", HOT + "resources: {net: {type: OS::Neutron::Net}}")
            transact, read, write = home.store.transact, home.store.read, home.store.write

            async def away(*_args: Any, **_more: Any) -> Any:
                raise Away("The database does not answer.")

            for name in ("transact", "read", "write"):
                setattr(home.store, name, away)
            await home.clock.sleep(30)
            for name, real in (("transact", transact), ("read", read), ("write", write)):
                setattr(home.store, name, real)
            return await home.settled(made), home.objects()

    created, held = run(story())

    assert str(created.state) == "CREATE_COMPLETE"
    assert len([net for net in held["network"]["networks"] if "tale-net" in str(net)]) == 1
