"""What the transitions of a thousand resources cost on PostgreSQL and MariaDB of `make services`.

Each resource begins and is done: two thousand transitions with their events, queued at once. The
reference of the same run is the same work with a statement for each row. Told are seconds of the
processor, of this process and of the database's, for a busy machine changes those least.

Usage: bench_databases.py [repeats]
"""

import asyncio
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

# ruff: noqa: E402 (what is measured is found beside this file)
from sqlalchemy import create_engine, make_url

from bench.measuring import processor_s, report
from hearth.stack import StepState
from hearth.store import Batch, SetResource, SetStep, Store, statements
from tests.support import services
from tests.unit.store.made import CREATED, CREATING, KEY, Held, Maker, held

RESOURCES = 1000
NAMES = ("postgresql", "mariadb")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds: of the wall's clock, of this process's processor time, and of the database's."""

    wall: float
    ours: float
    theirs: float


def database_s(name: str) -> float:
    """Seconds of the processor that a database's processes have used, and no other instance's."""
    port = make_url(services.url(name) or "").port
    told = {"postgresql": f"\0-p\0{port}", "mariadb": f"--port={port}"}[name]
    main = [path for path in Path("/proc").glob("[0-9]*") if told in _read(path / "cmdline")]
    parents = {path.name for path in main}
    below = [path for path in Path("/proc").glob("[0-9]*") if _parent(path) in parents]
    return sum(processor_s(int(path.name)) for path in {*main, *below})


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # it has ended


def _parent(path: Path) -> str:
    fields = _read(path / "stat").rpartition(")")[2].split()
    return fields[1] if len(fields) > 1 else ""


def transitions(mine: Held, maker: Maker) -> list[Batch]:
    """Each resource begins, then each is done."""
    return [
        Batch(
            (
                SetStep(mine.run.id, row.name, step),
                SetResource(row.id, {
                    "state": state, "reason": "state changed", "attributes": {"value": "x" * 32},
                }),
            ),
            (maker.event(mine.stack, row.name),),
            mine.fence,
            sequence,
        )
        for sequence, (step, state, row) in enumerate(
            (
                (step, state, row)
                for step, state in ((StepState.RUNNING, CREATING), (StepState.DONE, CREATED))
                for row in mine.resources
            ),
            start=1,
        )
    ]  # fmt: skip


async def once(name: str, url: str) -> Cost:
    """What it costs once, on a database of its own."""
    maker = Maker()
    async with Store(url, KEY) as store:
        mine = await held(store, maker, RESOURCES)
        batches = transitions(mine, maker)
        theirs, ours, wall = database_s(name), time.process_time(), time.perf_counter()
        await asyncio.gather(*map(store.write, batches))
        wall, ours = time.perf_counter() - wall, time.process_time() - ours
        return Cost(wall, ours, database_s(name) - theirs)


def measured(name: str, repeats: int, many: int) -> list[Cost]:
    """Several times; many: from so many rows on one statement takes them all."""
    server = create_engine(services.url(name) or "", isolation_level="AUTOCOMMIT")
    before, statements.MANY = statements.MANY, many
    costs = []
    for _ in range(repeats):
        database = f"bench_{uuid4().hex}"
        with server.connect() as sql:
            sql.exec_driver_sql(f"CREATE DATABASE {database}")
        url = server.url.set(database=database).render_as_string(hide_password=False)
        costs.append(asyncio.run(once(name, url)))
        forcibly = " WITH (FORCE)" if make_url(url).get_backend_name() == "postgresql" else ""
        with server.connect() as sql:
            sql.exec_driver_sql(f"DROP DATABASE {database}{forcibly}")
    statements.MANY = before
    server.dispose()
    return costs


def main() -> None:
    """Measure, print, and leave a report."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    lines = [
        f"# {2 * RESOURCES} transitions of {RESOURCES} resources, with their events",
        "",
        f"Medians of {repeats}; {os.cpu_count()} cores; seconds.",
        "",
        "| database | statements | wall | processor, here | processor, database |",
        "|---|---|---|---|---|",
    ]
    for name in NAMES:
        if not services.answers(name):
            lines.append(f"| {name} | does not answer: `make services` starts it | | | |")
            continue
        for how, many in (("a row each", 10**9), ("many rows each", statements.MANY)):
            costs = measured(name, repeats, many)
            middle = [
                statistics.median(getattr(one, part) for one in costs) for part in Cost.__slots__
            ]
            told = " | ".join(f"{one:.3f}" for one in middle)
            lines.append(f"| {name} | {how} | {told} |")
    report("databases", lines)


if __name__ == "__main__":
    main()
