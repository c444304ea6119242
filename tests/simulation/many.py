"""Many seeds on several processes; what came of each is written down as it comes.

The journal has a line for each seed, so a run that was stopped goes on where it stood, and two
runs of the same commit may share one. A seed that fails stops nothing.
"""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec

from tests.simulation.scenario import scenario
from tests.simulation.seeds import play

CHUNK = 10
LONGEST_S = 600
"""A seed that takes longer by the wall clock than this is given up, and has failed."""

REPORT_EVERY_S = 60.0


class Told(msgspec.Struct, frozen=True):
    """What came of a seed. cpu_s: what it cost; shape: whether it was compared with calm."""

    seed: int
    weather: str
    cpu_s: float
    virtual_s: float
    counts: dict[str, int]
    problems: list[str]


class TooLong(SystemExit):
    """A seed takes too long; of a kind that the loop lets through."""


class Journal:
    """The file of what was told: one line for each seed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def read(self) -> dict[int, Told]:
        """What has been written so far; a line that was cut short is left out."""
        found: dict[int, Told] = {}
        if not self.path.exists():
            return found
        for line in self.path.read_bytes().splitlines():
            try:
                one = msgspec.json.decode(line, type=Told)
            except msgspec.DecodeError:
                continue
            found[one.seed] = one
        return found

    def add(self, several: Iterable[Told]) -> None:
        """Write some down; whole lines, so that others may write to the same file."""
        lines = b"".join(msgspec.json.encode(one) + b"\n" for one in several)
        with self.path.open("ab", buffering=0) as file:
            file.write(lines)


def run(
    seeds: Sequence[int], processes: int, journal: Journal, tell: Callable[[list[Told]], None]
) -> None:
    """Play those that have not been played; `tell` is called with each few that are done.

    Comes back when all are done, or early when it is told to stop by SIGINT or SIGTERM.
    """
    done = journal.read()
    left = iter([seed for seed in seeds if seed not in done])
    context = multiprocessing.get_context("spawn")
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    pool = ProcessPoolExecutor(processes, context, initializer=_begin)
    try:
        for several in _played(pool, left, processes):
            journal.add(several)
            tell(several)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on from here\n")
    finally:
        pool.shutdown(cancel_futures=True)
        signal.signal(signal.SIGTERM, before)


def _played(pool: ProcessPoolExecutor, left: Iterator[int], processes: int) -> Iterator[list[Told]]:
    """What each few came to; no more is begun ahead than keeps all processes busy."""
    under_way: dict[Future[list[Told]], list[int]] = {}
    while True:
        while len(under_way) < processes + 1 and (few := list(islice(left, CHUNK))):
            under_way[pool.submit(several_played, few)] = few
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            few = under_way.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool as error:
                raise SystemExit(f"a process died while it played one of {few}") from error


def _begin() -> None:
    """The beginning of a process that plays: it ends with the one that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _give_up)
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a child plays"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


SELDOM = (50_000, 20, 20)
"""How often garbage is looked for: a seed makes little of it, and it took a tenth of its time."""


def _give_up(_signal: int, _frame: object) -> None:
    raise TooLong(f"it took longer than {LONGEST_S} s")


def several_played(seeds: Iterable[int]) -> list[Told]:
    """What became of some seeds."""
    told = [one_played(seed) for seed in seeds]
    _settle()
    return told


@cache
def _settle() -> None:
    """Once: what is there by now stays, modules, statements, templates; do not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def one_played(seed: int) -> Told:
    """What became of a seed, whatever happens."""
    began = time.process_time()
    plan = scenario(seed)
    signal.alarm(LONGEST_S)
    try:
        verdict = play(plan)
    except (Exception, TooLong):  # the top of a seed
        problems = [traceback.format_exc()]
        return Told(seed, plan.weather, time.process_time() - began, 0.0, {}, problems)
    finally:
        signal.alarm(0)
    return Told(
        seed,
        plan.weather,
        time.process_time() - began,
        verdict.virtual_s,
        {name: count for name, count in verdict.counts.items() if count},
        verdict.problems,
    )


def commit() -> str:
    """What is being played, as git calls it; `+` when files differ from what was committed."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+", "--abbrev=10", "--match="],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "unknown"
