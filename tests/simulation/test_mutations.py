"""The simulation must be able to fail: each mistake is found by the seeds that are kept of it."""

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.simulation.invariants import INVARIANTS, broken
from tests.simulation.mutations import MUTATIONS, SEEDS, Mutation, kept, swapped
from tests.simulation.scenario import scenario
from tests.simulation.seeds import play
from tests.simulation.world import Made

HERE = Path(__file__).parent
FIRST = int(os.environ.get("SIMULATION_FIRST", "10000"))
KEPT = kept()
OTHERS = 100
"""So many seeds are tried where those that are kept find a mutation no more."""


def named(one: Mutation) -> str:
    return one.name


def test_each_invariant_has_a_mutation_that_breaks_it():
    assert {name for one in MUTATIONS for name in one.breaks} == set(INVARIANTS)


def test_each_mutation_has_seeds_that_find_it():
    assert {name for name, seeds in KEPT.items() if seeds} == {one.name for one in MUTATIONS}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_a_mutation_is_found_by_the_seeds_that_found_it(mutation: Mutation):
    """What a seed comes to changes with hearth: then some others may find it."""
    assert mutation.sought((*KEPT[mutation.name], *range(OTHERS)))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_a_mutation_is_taken_back_when_its_seed_is_over(mutation: Mutation):
    swaps = list(mutation.swaps())
    before = [vars(owner)[name] for owner, name, _bad in swaps]

    with swapped(swaps):
        during = [vars(owner)[name] for owner, name, _bad in swaps]

    assert [vars(owner)[name] for owner, name, _bad in swaps] == before
    assert all(one is not other for one, other in zip(before, during, strict=True))
    assert swaps or mutation.made != Made()


def test_without_a_mutation_such_seeds_hold():
    seeds = sorted({seeds[-1] for seeds in KEPT.values()})[-5:]

    assert [seed for seed in seeds if play(scenario(seed)).problems] == []


def test_whatever_the_simulation_may_find_is_about_one_invariant():
    said = [words for path in sorted(HERE.glob("*.py")) for words in findings(path)]
    about = [broken([words]) for words in said]

    assert [words for words, names in zip(said, about, strict=True) if len(names) != 1] == []
    # What a seed ended with before its time is told by the kind of the error.
    assert set().union(*about) == set(INVARIANTS) - {"all comes to an end"}


def findings(path: Path) -> Iterator[str]:
    """The sentences in which a module tells what is wrong, with 1 for what each fills in."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(ast.Attribute(attr="_wrong"), [_, ast.JoinedStr(parts)]):
                yield f"at 1.00 s engine-1.1: {filled(parts)}"
            case ast.Call(
                ast.Attribute(
                    ast.Name("found" | "problems") | ast.Attribute(attr="problems" | "faults"),
                    "append",
                ),
                [ast.JoinedStr(parts)],
            ):
                yield filled(parts)


def filled(parts: Iterable[ast.expr]) -> str:
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "1" for one in parts)


@pytest.mark.soak
@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_a_mutation_is_found_by_seeds_that_nobody_knew(mutation: Mutation):
    assert mutation.sought(range(FIRST, FIRST + SEEDS))
