"""The loop of the simulation keeps its promises."""

import asyncio
import os
import subprocess
import sys
from random import Random

import pytest

from tests.simulation.loop import Deadlock, Process, VirtualLoop, run
from tests.simulation.scenario import scenario
from tests.simulation.seeds import once


@pytest.fixture
def loop():
    made = VirtualLoop(Random(1))
    yield made
    made.bury()
    made.close()


def test_an_hour_of_sleep_takes_no_time(loop):
    async def main():
        await asyncio.sleep(3600.0)
        return loop.time()

    assert run(loop, main(), 4000.0) == pytest.approx(3600.0)


def test_waiting_for_nothing_is_told(loop):
    async def main():
        await loop.create_future()

    with pytest.raises(Deadlock):
        loop.run_until_complete(main())


def test_a_killed_process_does_nothing_more_not_even_in_finally(loop):
    done = []
    process = Process("victim")

    async def victim():
        try:
            await asyncio.sleep(2.0)
            done.append("slept")
        finally:
            done.append("cleaned up")

    async def main():
        process.run_in(loop.create_task, victim())
        await asyncio.sleep(1.0)
        loop.kill(process)
        await asyncio.sleep(5.0)
        return list(done)

    assert run(loop, main(), 100.0) == []


def test_a_stalled_process_goes_on_where_it_stood(loop):
    seen = []
    process = Process("sleeper")

    async def sleeper():
        for _ in range(3):
            await asyncio.sleep(1.0)
            seen.append(loop.time())

    async def main():
        task = process.run_in(loop.create_task, sleeper())
        await asyncio.sleep(1.5)
        loop.stall(process)
        await asyncio.sleep(10.0)
        loop.resume(process)
        await task

    run(loop, main(), 100.0)

    assert seen == pytest.approx([1.0, 11.5, 12.5])


HISTORY = """
from tests.simulation.scenario import scenario
from tests.simulation.seeds import once
for seed in {seeds}:
    seen = once(scenario(seed))
    print(seed, seen.history, seen.virtual_s)
"""
SEEDS = [0, 13, 15, 21, 28, 34, 39, 40, 43]


def told(seeds, hashing):
    """What fresh processes say of these seeds, one after another, by seed."""
    asked = [sys.executable, "-c", HISTORY.format(seeds=seeds)]
    where = {**os.environ, "PYTHONHASHSEED": hashing}
    said = subprocess.run(asked, capture_output=True, check=True, env=where, text=True).stdout
    return sorted(said.splitlines())


def test_a_seed_has_the_same_history_whatever_ran_before_and_however_sets_are_ordered():
    assert told(SEEDS, "1") == told(SEEDS[::-1], "2")


def test_a_seed_has_the_same_history_twice_in_one_process():
    first, second = (once(scenario(seed)) for seed in (15, 15))

    assert first.history == second.history
