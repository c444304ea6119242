"""The first half of the seeds, and those that have ever failed."""

from pathlib import Path

import pytest

from tests.simulation.__main__ import told
from tests.simulation.scenario import scenario
from tests.simulation.seeds import play

KEPT = [
    int(line.split()[0])
    for line in (Path(__file__).parent / "seeds.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("seed", KEPT)
def test_a_seed_that_has_failed_does_so_no_more(seed):
    verdict = play(scenario(seed))

    assert not verdict.problems, told(verdict)


@pytest.mark.parametrize("first", range(1000, 1150, 10))
def test_every_invariant_holds_whatever_goes_wrong(first):
    verdicts = [play(scenario(seed)) for seed in range(first, first + 10)]

    failed = [told(verdict) for verdict in verdicts if verdict.problems]
    assert not failed, "\n".join(failed)
