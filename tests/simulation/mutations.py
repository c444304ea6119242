"""Hearth, broken on purpose: for each invariant a mistake that the simulation must find.

A mutation puts something worse in the place of one function, or of a part that engines are made
of, while a seed is played (`worse.py`). `mutations.txt` keeps the seeds that found it.

python -m tests.simulation.mutations 0-2000
python -m tests.simulation.mutations 0-2000 "no fence" "edges forgotten"

looks for seeds anew, of all mutations or of some, and writes them down.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation import worse
from tests.simulation.invariants import broken
from tests.simulation.scenario import scenario
from tests.simulation.seeds import once, play
from tests.simulation.weather import KINDS
from tests.simulation.world import Made

SEEDS = 2000
"""Within so many seeds a mutation is found."""

SAME = "the end is the same"

KEPT = Path(__file__).parent / "mutations.txt"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mistake. breaks: the invariants that it breaks; weathers: where that may show."""

    name: str
    breaks: tuple[str, ...]
    weathers: tuple[str, ...]
    swaps: Callable[[], Iterable[worse.Swap]] = tuple
    made: Made = field(default_factory=Made)

    def broken_by(self, seed: int) -> set[str]:
        """The invariants that a seed finds broken, whichever they are."""
        plan = scenario(seed)
        if plan.weather not in self.weathers:
            return set()
        # The same in calm weather is played only where it is what shows the mistake.
        played = play if SAME in self.breaks else once
        with swapped(self.swaps()):
            return broken(played(plan, self.made).problems)

    def sought(self, seeds: Iterable[int]) -> list[int]:
        """The first seeds that find all that it breaks; too few where some stays hidden."""
        missing, found = set(self.breaks), []
        for seed in seeds:
            if not missing:
                break
            if shown := self.broken_by(seed) & missing:
                found.append(seed)
                missing -= shown
        return found if not missing else []


@contextmanager
def swapped(swaps: Iterable[worse.Swap]) -> Iterator[None]:
    """With other things in those places."""
    with ExitStack() as stack:
        for owner, name, bad in swaps:
            stack.callback(setattr, owner, name, vars(owner)[name])
            setattr(owner, name, bad)
        yield


EVERY = tuple(KINDS)
DEATHS = ("crashes", "storm", "database")
LOSSES = ("flaky", *DEATHS)

MUTATIONS = (
    Mutation("no fence", ("holders write", "runs end once"), ("stalls", "storm"),
             made=Made(store=worse.Unfenced)),
    Mutation("durable too early", ("nothing is left",), DEATHS, made=Made(store=worse.Hasty)),
    Mutation("no look before creating again", ("objects have rows", "nothing is left"), LOSSES,
             made=Made(types=worse.FORGETFUL)),
    Mutation("no look at the lease before a request", ("nothing is left",), ("stalls", "storm"),
             worse.no_guard),
    Mutation("the intent after the request", ("nothing is left",), DEATHS,
             worse.intent_after_request),
    Mutation("no marker", ("nothing is left",), LOSSES, worse.unmarked),
    Mutation("edges forgotten", ("steps in order", "needs", "ends"), EVERY, worse.no_edges),
    Mutation("what was under way taken for done", (SAME,), DEATHS,
             worse.resumed_as_done),
    Mutation("what was done begun again", ("steps end once",), DEATHS, worse.resumed_anew),
    Mutation("events lost", ("events tell of changes",), EVERY, made=Made(store=worse.Silent)),
    Mutation("events numbered from memory", ("events are numbered",), EVERY,
             worse.numbers_from_memory),
    Mutation("the same fence for the next", ("fences rise",), DEATHS, worse.same_fence),
    Mutation("leases taken that are held", ("leases last",), EVERY, worse.takes_what_is_held),
    Mutation("nobody looks for lost runs", ("all comes to an end",), DEATHS,
             worse.nobody_looks_for_lost_runs),
    Mutation("only bells", ("all comes to an end",), (*DEATHS, "messages"), worse.only_bells),
    Mutation("finding nothing not foreseen", ("no fault of ours",), LOSSES,
             worse.finding_nothing_is_not_foreseen),
    Mutation("a deadline forgotten", ("runs end in time",), EVERY, worse.no_deadline),
    Mutation("nobody hears that it is ready", ("nothing runs out of time",), EVERY,
             worse.nobody_hears_that_it_is_ready),
    Mutation("deletion without looking", ("objects have rows",), LOSSES,
             worse.deletes_without_looking),
    Mutation("deletion of what is gone a failure", ("nothing is left",), LOSSES,
             worse.deletion_of_what_is_gone_fails),
    Mutation("failures mended in place", ("rows have objects",), ("hostile", "storm"),
             worse.failures_are_mended_in_place),
    Mutation("the answer apart from the effect", ("commands take effect once",), DEATHS,
             made=Made(store=worse.Apart)),
    Mutation("answers not looked up", ("commands take effect once", "answers stay"),
             ("messages", "storm"), worse.no_answer_is_looked_up),
    Mutation("answers not kept", ("signals count once",), ("messages", "storm"),
             made=Made(store=worse.Forgetful)),
    Mutation("signals taken upon what is no more", ("signals stay",), EVERY,
             made=Made(store=worse.Deaf)),
    Mutation("stacks of others not known", ("nobody is refused",), EVERY, worse.only_own_stacks),
    Mutation("secrets in plain letters", ("no secret is stored",), EVERY, worse.plain_secrets),
    Mutation("events that tell all", ("events tell no secret",), EVERY, worse.events_tell_all),
    Mutation("newer runs overlooked", ("states",), EVERY, worse.newer_runs_are_overlooked),
    Mutation("trusts kept", ("nothing is left",), EVERY, worse.trusts_are_kept),
)  # fmt: skip


def kept() -> dict[str, list[int]]:
    """The seeds that found each mutation."""
    lines = KEPT.read_text().splitlines() if KEPT.exists() else []
    parts = [line.partition(":") for line in lines if line and not line.startswith("#")]
    return {name: [int(seed) for seed in seeds.split()] for name, _colon, seeds in parts}


def keep(found: Mapping[str, Sequence[int]]) -> None:
    """Write the seeds down."""
    head = (
        "# The seeds that find each; `python -m tests.simulation.mutations 0-2000` writes them.\n"
    )
    lines = [f"{one.name}: {' '.join(map(str, found.get(one.name, ())))}\n" for one in MUTATIONS]
    KEPT.write_text(head + "".join(lines))


def main(words: Sequence[str]) -> int:
    """Look for seeds; how many mutations stay hidden."""
    first, _, last = words[0].partition("-")
    found, hidden = kept(), 0
    for one in MUTATIONS:
        if words[1:] and one.name not in words[1:]:
            continue
        found[one.name] = one.sought(range(int(first), int(last)))
        hidden += not found[one.name]
        sys.stdout.write(f"{one.name}: {found[one.name] or 'stays hidden'}\n")
        sys.stdout.flush()
        keep(found)
    return hidden


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
