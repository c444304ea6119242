"""A long run goes on where it was stopped, and tells what failed."""

import pytest

from tests.simulation import report
from tests.simulation.many import Journal, Told, run


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal.jsonl")


def entry(seed, *problems):
    return Told(seed, "calm", 0.5, 3600.0, {"told CREATE_COMPLETE": 1, "crash": 2}, list(problems))


def test_what_was_played_before_is_not_played_again(journal):
    journal.add([entry(0)])
    seen: list[Told] = []

    run([0, 1], 1, journal, seen.extend)

    assert [one.seed for one in seen] == [1]
    assert sorted(journal.read()) == [0, 1]


def test_a_line_that_was_cut_short_is_played_again(journal):
    journal.add([entry(0), entry(1)])
    journal.path.write_bytes(journal.path.read_bytes()[:-20])

    assert sorted(journal.read()) == [0]


def test_the_report_counts_by_kind_and_names_what_failed(journal):
    journal.add([entry(0), entry(1), entry(7, "stack0 was lost")])

    said = report.report("abc", journal.read())

    assert "3 seeds (0-1, 7), 1 of them failed" in said
    assert "| CREATE_COMPLETE | 3 |" in said
    assert "| crash | 6 |" in said
    assert "seed 7: 1 problems" in said
    assert "stack0 was lost" in said
