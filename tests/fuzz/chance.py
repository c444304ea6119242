"""Hypothesis, round after round, each with a seed of its own: `python -m tests.fuzz.chance 60 f`.

What it has measured is written to the file; what it finds ends it.
"""

import json
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support.fuzzing import carry, documents, environments, names, texts, values
from tests.support.measuring import Meter

LONG = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=False,
    phases=(Phase.generate, Phase.target, Phase.shrink),
    print_blob=True,
)
GIVEN = st.dictionaries(names, values, max_size=3)


def main() -> None:
    """Until the time is over."""
    seconds, report = float(sys.argv[1]), Path(sys.argv[2])
    first = random.SystemRandom().randrange(1 << 31)
    meter, end, number = Meter(), time.monotonic() + seconds, first

    def timed(given_: tuple[Any, ...]) -> None:
        meter.run(lambda: carry(*given_))

    while time.monotonic() < end:
        seed(number)(LONG(given(st.tuples(documents, environments, GIVEN, documents))(timed)))()
        seed(number)(LONG(given(st.tuples(texts))(timed)))()
        seed(number)(LONG(given(st.tuples(st.binary(max_size=500)))(timed)))()
        number += 1
        report.write_text(json.dumps({**asdict(meter), "seeds": [first, number - 1]}))


if __name__ == "__main__":
    main()
