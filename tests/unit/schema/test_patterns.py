"""How much work a pattern can make is told by its form."""

import pytest

from hearth.schema import ENDLESS, effort


@pytest.mark.parametrize(
    "pattern",
    ["[a-z]+", "[A-Za-z][a-z0-9-]*", "[0-7]{32}", "(a|b)c", r"\d+\.\d+", "", "(?:ab){3}x?", "a*?"],
)
def test_what_people_write_is_easy(pattern):
    assert effort(pattern, 100) <= 100 * 100 * 4


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(.*)*x", "(a?){30}a{30}x" * 9, r"(a*)\1+b", "((a{1,9}){1,9}){1,9}"],
)
def test_what_can_backtrack_without_end_is_endless(pattern):
    assert effort(pattern, 100) == ENDLESS


def test_repetitions_in_a_row_multiply():
    assert effort("a*a*a*a*", 1000) == 1001**4


@pytest.mark.parametrize("pattern", ["(", "[", "a" * 5000, "(" * 900 + ")" * 900])
def test_what_is_no_pattern_or_too_long_is_endless(pattern):
    assert effort(pattern, 10) == ENDLESS
