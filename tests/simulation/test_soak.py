"""Twenty thousand seeds, and a report of what went wrong on purpose and what came of it."""

import os
from pathlib import Path

import pytest

from tests.simulation.__main__ import long_run

FIRST = int(os.environ.get("SIMULATION_FIRST", "10000"))
SEEDS = int(os.environ.get("SIMULATION_SEEDS", "20000"))
REPORT = Path(__file__).parents[2] / "bench" / "reports" / "simulation.md"


@pytest.mark.soak
def test_twenty_thousand_seeds_hold_every_invariant():
    failed = long_run(range(FIRST, FIRST + SEEDS), os.cpu_count() or 1, REPORT)

    assert not failed, REPORT.read_text().partition("## What failed")[2]
