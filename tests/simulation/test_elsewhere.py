"""Stacks that hold others which are made by REST: the same invariants, in all weathers."""

from dataclasses import replace

import pytest

from tests.simulation.__main__ import told
from tests.simulation.scenario import scenario
from tests.simulation.seeds import play

KEPT = {
    33: "a stack elsewhere was left with a trust that had gone with the one it was made with",
    10: "a stack elsewhere came to be after the last look for it",
}


def failed(*seeds: int) -> list[str]:
    verdicts = [play(replace(scenario(seed), far=True)) for seed in seeds]
    return [told(verdict) for verdict in verdicts if verdict.problems]


@pytest.mark.parametrize("seed", KEPT)
def test_a_seed_that_has_failed_does_so_no_more(seed: int) -> None:
    assert not failed(seed)


@pytest.mark.parametrize("first", range(0, 30, 10))
def test_every_invariant_holds_with_stacks_elsewhere(first: int) -> None:
    found = failed(*range(first, first + 10))

    assert not found, "\n".join(found)
