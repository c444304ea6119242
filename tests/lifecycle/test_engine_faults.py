"""A cloud that refuses, delays and loses replies costs time, and leaves nothing behind."""

from pathlib import Path

import pytest

from hearth.base.errors import Late
from hearth.sandbox import NoFaults, Rates, SeededFaults
from tests.lifecycle.test_engine_crash import FILES, STACK
from tests.support.house import house
from tests.support.virtual import run

RATES = Rates(refuse=0.03, delay=0.1, lose=0.08, error=0.03)


@pytest.mark.parametrize("seed", range(6))
def test_faults_leave_no_orphan_and_no_duplicate(tmp_path: Path, seed: int):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            made = await home.create("tale", STACK, files=FILES, parameters={"name": "a"})
            home.sandbox.script.beneath = SeededFaults(seed, RATES)
            created = await home.settled(made, 5000)
            held = home.objects()
            await home.clock.sleep(0.1 * seed)
            await home.delete(made)
            await home.crash()
            await home.start()
            deleted = await home.settled(made, 5000)
            if str(deleted.state) == "DELETE_FAILED":
                home.sandbox.script.beneath = NoFaults()
                await home.delete(made)
                deleted = await home.settled(made, 5000)
            return before, created, held, deleted, home.objects()

    before, created, held, deleted, after = run(story())

    if str(created.state) == "CREATE_COMPLETE":
        assert len(held["network"]["networks"]) == len(before["network"]["networks"]) + 2
        assert len(held["compute"]["servers"]) == len(before["compute"]["servers"]) + 1
    assert str(deleted.state) == "DELETE_COMPLETE", deleted.reason
    assert after == before


def test_what_was_asked_too_long_ago_takes_no_effect(tmp_path: Path):
    async def story():
        async with house(tmp_path) as home:
            before = home.objects()
            # Every look at the cloud takes longer than the one who asks is ready to wait.
            home.sandbox.script.beneath = SeededFaults(1, Rates(delay=1.0, delay_max_s=200.0))
            with pytest.raises(Late):
                await home.create("tale", STACK, files=FILES, parameters={"name": "a"})
            home.sandbox.script.beneath = NoFaults()
            await home.clock.sleep(3600.0)
            made = await home.create("tale", STACK, files=FILES, parameters={"name": "a"})
            await home.delete(made)
            await home.settled(made)
            return before, home.objects()

    before, after = run(story())

    assert after == before
