"""Whatever is given for a template: no crash, no hang, no end of memory."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.support import fuzzing
from tests.support.fuzzing import carry, documents, environments, memory_mb, names, texts, values

HANG_MS = 2000
MOST_MB = 500
SHORT = settings(
    max_examples=150,
    deadline=HANG_MS,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
GIVEN = st.dictionaries(names, values, max_size=3)


@SHORT
@given(documents, environments, GIVEN, documents)
def test_any_document_is_understood_or_refused(document, environment, parameters, nested):
    carry(document, environment, parameters, nested)


@SHORT
@given(texts)
def test_any_text_is_understood_or_refused(text):
    carry(text)


@SHORT
@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_refused(data):
    carry(data)


REPORT = Path(__file__).parents[2] / "bench" / "reports" / "fuzz.md"


@pytest.mark.soak
def test_an_hour_of_chance_finds_nothing():
    """Until the time is over, each round with a seed of its own; then a report is written."""
    seconds = float(os.environ.get("HEARTH_FUZZ_S", "3600"))
    end = time.monotonic() + seconds
    tried, rounds, slowest = 0, 0, 0.0

    def timed(given_: tuple[Any, ...]) -> None:
        nonlocal tried, slowest
        began = time.process_time()
        carry(*given_)
        slowest = max(slowest, time.process_time() - began)
        tried += 1

    while time.monotonic() < end:
        rounds += 1
        long = settings(SHORT, max_examples=500, derandomize=False)
        seed(rounds)(long(given(st.tuples(documents, environments, GIVEN, documents))(timed)))()
        seed(rounds)(long(given(st.tuples(texts))(timed)))()
        assert memory_mb() < MOST_MB
    lines = (
        "# Fuzzing the template language",
        "",
        f"{tried} inputs in {seconds:.0f} s, seeds 1 to {rounds}: no crash.",
        f"The slowest took {slowest:.3f} s of CPU; {HANG_MS / 1000:.0f} s would be a hang.",
        f"The process had {memory_mb():.0f} MB at most; the limit is {MOST_MB}.",
    )
    REPORT.write_text("\n".join(lines) + "\n")
    assert fuzzing.TYPES.names()
