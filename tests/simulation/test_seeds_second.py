"""The second half of the seeds: in a file of its own, so that two processes share the work."""

import pytest

from tests.simulation.__main__ import told
from tests.simulation.scenario import scenario
from tests.simulation.seeds import play


@pytest.mark.parametrize("first", range(1150, 1300, 10))
def test_every_invariant_holds_whatever_goes_wrong(first):
    verdicts = [play(scenario(seed)) for seed in range(first, first + 10)]

    failed = [told(verdict) for verdict in verdicts if verdict.problems]
    assert not failed, "\n".join(failed)
