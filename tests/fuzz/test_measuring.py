"""tests.support.measuring: what the fuzzing believes."""

import time

import pytest

from tests.support import measuring
from tests.support.measuring import Meter, TooLarge, TooSlow, peak_mb


def busy(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def grow():
    """Beyond all that the process has ever had."""
    len(b"x" * (int(peak_mb()) + 100 << 20))


def test_the_cpu_time_of_each_piece_of_work_counts_alone(monkeypatch):
    monkeypatch.setattr(measuring, "HANG_S", 0.2)
    meter = Meter()

    for _ in range(3):
        meter.run(lambda: busy(0.1))

    assert 0.1 <= meter.slowest_s < 0.2
    with pytest.raises(TooSlow):
        meter.run(lambda: busy(0.25))
    assert meter.tried == 4


def test_growing_beyond_the_bound_is_noticed(monkeypatch):
    meter = Meter()
    meter.run(lambda: None)
    monkeypatch.setattr(measuring, "MOST_MB", 20)

    with pytest.raises(TooLarge):
        meter.run(grow)
    assert meter.steepest_mb > 20


def test_what_the_process_has_had_before_is_not_counted(monkeypatch):
    monkeypatch.setattr(measuring, "MOST_MB", 20)
    grow()

    meter = Meter()
    meter.run(lambda: None)

    assert meter.peak_mb > 100
