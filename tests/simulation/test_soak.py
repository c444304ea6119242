"""Twenty thousand seeds, and a report of what went wrong on purpose and what came of it."""

import os
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.simulation.__main__ import told
from tests.simulation.seeds import play, scenario

FIRST = int(os.environ.get("SIMULATION_FIRST", "10000"))
SEEDS = int(os.environ.get("SIMULATION_SEEDS", "20000"))
CHUNK = 50
REPORT = Path(__file__).parents[2] / "bench" / "reports" / "simulation.md"


@pytest.mark.soak
def test_twenty_thousand_seeds_hold_every_invariant():
    began = time.monotonic()
    counts: Counter[str] = Counter()
    failed: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found, wrong in pool.map(chunk, range(FIRST, FIRST + SEEDS, CHUNK)):
            counts += found
            failed += wrong

    report(counts, failed, time.monotonic() - began)
    assert not failed, "\n".join(failed)


def chunk(first: int) -> tuple[Counter[str], list[str]]:
    """What became of some seeds."""
    counts: Counter[str] = Counter()
    failed = []
    for seed in range(first, min(first + CHUNK, FIRST + SEEDS)):
        verdict = play(scenario(seed))
        counts.update(verdict.counts)
        counts["virtual seconds"] += round(verdict.virtual_s)
        counts[f"seeds in {verdict.scenario.weather} weather"] += 1
        if verdict.problems:
            failed.append(told(verdict))
    return counts, failed


def report(counts: Counter[str], failed: list[str], seconds: float) -> None:
    """Write it down, for people."""
    rows = "\n".join(f"| {name} | {count:,} |" for name, count in sorted(counts.items()))
    wrong = "\n".join(f"    {line}" for one in failed for line in one.splitlines()[:4])
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(
        f"# The simulation's long run\n\n"
        f"{SEEDS:,} seeds from {FIRST:,} on, {len(failed)} of them failed; "
        f"{seconds:,.0f} s on {os.cpu_count()} processors.\n\n"
        f"| what | how often |\n|---|---|\n{rows}\n\n"
        f"{'## What failed' if failed else 'Every invariant held in all of them.'}\n\n{wrong}\n"
    )
