"""What signals tell resources in nested stacks, and the outputs above them."""

from pathlib import Path

from hearth.bus import Accepted, RefreshOutputs, StackRef
from hearth.store import hearing, stacks
from tests.lifecycle.test_engine_wait_conditions import ONE, data, signal
from tests.support.house import house
from tests.support.virtual import run

NESTED = """
heat_template_version: 2018-08-31
resources:
  inner:
    type: one.yaml
outputs:
  data:
    value: { get_attr: [inner, data] }
"""


def test_a_signal_below_is_seen_in_the_outputs_above(tmp_path: Path):
    async def life():
        async with house(tmp_path) as home:
            quick = ONE.replace("default: 2", "default: 1")
            made = await home.create("demo", NESTED, files={"one.yaml": quick})
            await home.clock.sleep(30.0)
            inner = (await home.rows(made))["inner"].nested_id or ""
            child = await home.store.read(stacks.find, inner)
            assert child is not None
            below = Accepted(child.id, child.name)
            await signal(home, below, {"data": "early"})
            stack = await home.settled(made)
            fresh = await home.store.read(hearing.total, stack) == stack.outputs_heard
            before = await data(home, made)
            await signal(home, below, {"data": "late"})
            stack = await home.stack(made)
            stale = await home.store.read(hearing.total, stack) != stack.outputs_heard
            ref = StackRef(made.name, made.stack_id)
            await home.bus.call(RefreshOutputs(**home.command(), stack=ref))
            stack = await home.stack(made)
            again = await home.store.read(hearing.total, stack) == stack.outputs_heard
            return fresh, before, stale, await data(home, made), again

    assert run(life()) == (True, {"1": "early"}, True, {"1": "early", "2": "late"}, True)
