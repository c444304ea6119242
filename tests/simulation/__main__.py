"""Play a seed again, or many: python -m tests.simulation 142 [--story] | 0-300."""

import sys
import time
from collections import Counter
from collections.abc import Iterable

from tests.simulation.seeds import Verdict, play, scenario


def main(words: list[str]) -> int:
    """Play what the words say; the number of seeds that failed."""
    story = "--story" in words
    failed = 0
    for seed in seeds(word for word in words if not word.startswith("--")):
        verdict = play(scenario(seed), story=story)
        if story:
            say("\n".join(verdict.story))
        say(told(verdict))
        failed += bool(verdict.problems)
    return failed


def say(words: str) -> None:
    """One thing to who has asked."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def seeds(words: Iterable[str]) -> Iterable[int]:
    """`7` is a seed, `0-300` the three hundred from 0 on."""
    for word in words:
        first, _, last = word.partition("-")
        yield from range(int(first), int(last or int(first) + 1))


def told(verdict: Verdict) -> str:
    """What came of a seed, and how to see it again."""
    plan = verdict.scenario
    words = f"seed {plan.seed} ({plan.weather}, {verdict.virtual_s:.0f} s of its own time): "
    if not verdict.problems:
        return words + "well"
    shown = "\n    ".join(problem[:2000] for problem in verdict.problems[:8])
    again = f"PYTHONPATH=src:. python -m tests.simulation {plan.seed} --story"
    return f"{words}{len(verdict.problems)} problems\n    {shown}\n  again: {again}"


def total(verdicts: Iterable[Verdict]) -> Counter[str]:
    """What went wrong on purpose, in all of them."""
    counts: Counter[str] = Counter()
    for verdict in verdicts:
        counts.update(verdict.counts)
    return counts


if __name__ == "__main__":
    began = time.process_time()
    code = main(sys.argv[1:])
    say(f"{code} failed; {time.process_time() - began:.1f} s of the processor's time")
    sys.exit(min(code, 1))
