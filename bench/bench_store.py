"""How many transitions a second the store makes durable, against hand-written SQL in the same run.

A transition is a step's outcome, its resource's state and an event, under a fence. SQLite with
synchronous=FULL. Usage: python bench/bench_store.py
"""

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

# ruff: noqa: E402 (what is measured is found beside this file)
from hearth.stack import StepState
from hearth.store import Batch, SetResource, SetStep, Store
from tests.unit.store.made import CREATED, CREATING, KEY, Held, Maker, held

ALONE, TOGETHER, WAITING, ROUNDS = 400, 6400, 64, 3
EVENT = ("T", "CREATE", "COMPLETE", "", 1.0, "", None, "state changed", "{}")
ATTRIBUTES = {"value": "x" * 32}


def transitions(mine: Held, maker: Maker, first: int = 1) -> Iterator[Batch]:
    """Each resource begins, then each is done, and so on for ever."""
    sequence = first
    while True:
        for step, state in ((StepState.RUNNING, CREATING), (StepState.DONE, CREATED)):
            for row in mine.resources:
                fields = {"state": state, "reason": "state changed", "attributes": ATTRIBUTES}
                yield Batch(
                    (SetStep(mine.run.id, row.name, step), SetResource(row.id, fields)),
                    (maker.event(mine.stack, row.name),),
                    mine.fence,
                    sequence,
                )
                sequence += 1


async def ours(folder: Path) -> dict[str, float]:
    """Transitions a second, by how many wait."""
    maker = Maker()
    async with Store(f"sqlite:///{folder}/ours.db", KEY) as store:
        mine = await held(store, maker, 1000)
        endless = transitions(mine, maker)

        batches = [next(endless) for _ in range(ALONE)]
        begun = time.perf_counter()
        for batch in batches:
            await store.write(batch)
        alone = ALONE / (time.perf_counter() - begun)

        batches = [next(endless) for _ in range(TOGETHER)]
        begun = time.perf_counter()
        for start in range(0, TOGETHER, WAITING):
            await asyncio.gather(*map(store.write, batches[start : start + WAITING]))
        together = TOGETHER / (time.perf_counter() - begun)

        batches = [next(endless) for _ in range(2000)]
        begun = time.perf_counter()
        await asyncio.gather(*map(store.write, batches))
        burst = 2000 / (time.perf_counter() - begun)
    return {"alone": alone, "64 waiting": together, "2000 at once": burst}


class ByHand:
    """The same rows, written with sqlite3 and nothing else."""

    def __init__(self, path: Path, mine: Held) -> None:
        self.sql = sqlite3.connect(path, isolation_level=None)
        self.sql.execute("PRAGMA synchronous=FULL")
        self.mine = mine
        self.maker = Maker(1)
        self.sequence = self.sql.execute("SELECT sequence FROM leases").fetchone()[0]

    def transact(self, count: int) -> None:
        """So many transitions in one transaction."""
        mine, sql = self.mine, self.sql
        rows = [mine.resources[(self.sequence + n) % len(mine.resources)] for n in range(count)]
        sql.execute("BEGIN IMMEDIATE")
        sql.execute("SELECT fence, sequence FROM leases WHERE run_id=?", (mine.run.id,)).fetchone()
        sql.executemany(
            "UPDATE steps SET state=?, outcome=?, reason=?, attempt=? WHERE run_id=? AND key=?",
            [("DONE", "", "", 0, mine.run.id, row.name) for row in rows],
        )
        sql.executemany(
            "UPDATE resources SET action=?, status=?, reason=?, attributes=? WHERE id=?",
            [("CREATE", "COMPLETE", "x", '{"value":"%s"}' % ("x" * 32), row.id) for row in rows],
        )
        root = mine.stack.id
        sql.execute("UPDATE event_counters SET last=last+? WHERE root_id=?", (count, root))
        query = "SELECT last FROM event_counters WHERE root_id=?"
        (last,) = sql.execute(query, (root,)).fetchone()
        sql.executemany(
            "INSERT INTO events (root_id, number, id, stack_id, resource_name, resource_type,"
            " action, status, status_text, at, operation_id, physical_id, reason, properties)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [
                (root, last - count + n, self.maker.id(), root, row.name, *EVENT)
                for n, row in enumerate(rows, 1)
            ],
        )
        self.sequence += count
        sql.execute("UPDATE leases SET sequence=? WHERE run_id=?", (self.sequence, mine.run.id))
        sql.execute("COMMIT")

    def rate(self, total: int, at_once: int) -> float:
        """Transitions a second."""
        begun = time.perf_counter()
        for _ in range(total // at_once):
            self.transact(at_once)
        return total / (time.perf_counter() - begun)


async def by_hand(folder: Path) -> dict[str, float]:
    """The same for the reference, on a file that the store has made."""
    path = folder / "hand.db"
    async with Store(f"sqlite:///{path}", KEY) as store:
        mine = await held(store, Maker(), 1000)
    hand = ByHand(path, mine)
    found = {
        "alone": hand.rate(ALONE, 1),
        "64 waiting": hand.rate(TOGETHER, WAITING),
        "2000 at once": hand.rate(2000, 2000),
    }
    hand.sql.close()
    return found


def main() -> None:
    """Print both, and the ratio, as medians of a few rounds."""
    rounds = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            rounds.append((asyncio.run(by_hand(folder)), asyncio.run(ours(folder))))
    print(f"{'transitions/s':>14} {'by hand':>10} {'store':>10} {'ratio':>6}")
    for case in rounds[0][0]:
        hand, mine = (statistics.median(one[side][case] for one in rounds) for side in (0, 1))
        print(f"{case:>14} {hand:>10,.0f} {mine:>10,.0f} {mine / hand:>6.2f}")


if __name__ == "__main__":
    main()
