"""Play a seed again, or many.

python -m tests.simulation 142 --story
python -m tests.simulation 0-20000 --processes 2 --report bench/reports/simulation.md

The second does not end with the first failure; it may be stopped and goes on where it stood.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.simulation import report
from tests.simulation.many import REPORT_EVERY_S, Journal, Told, commit, run
from tests.simulation.scenario import scenario
from tests.simulation.seeds import Verdict, play


def main(words: Sequence[str]) -> int:
    """Play what the words say; the number of seeds that failed."""
    reads = argparse.ArgumentParser("tests.simulation", description=__doc__)
    reads.add_argument("seeds", nargs="+", help="7, or 0-300: the three hundred from 0 on")
    reads.add_argument("--story", action="store_true", help="tell all that happens")
    reads.add_argument("--far", action="store_true", help="with stacks that are made by REST")
    reads.add_argument("--processes", type=int, default=1, help="how many play at once")
    reads.add_argument("--report", type=Path, help="where to write what came of it")
    given = reads.parse_args(words)
    wanted = list(seeds(given.seeds))
    if given.report is not None:
        return long_run(wanted, given.processes, given.report)
    failed = 0
    for seed in wanted:
        verdict = play(replace(scenario(seed), far=given.far), story=given.story)
        if given.story:
            say("\n".join(verdict.story))
        say(told(verdict))
        failed += bool(verdict.problems)
    return failed


def long_run(wanted: Sequence[int], processes: int, path: Path) -> int:
    """Play them all, telling how far it has come; the number of those in the report that failed.

    The journal stands beside the report and bears the commit's name.
    """
    name = commit()
    journal = Journal(path.with_name(f"{path.stem}-{name}.jsonl"))
    known = journal.read()
    progress = Progress(len(wanted), sum(seed in known for seed in wanted))
    reported = time.monotonic()

    def tell(several: list[Told]) -> None:
        nonlocal reported
        progress.tell(several)
        if time.monotonic() - reported > REPORT_EVERY_S or any(one.problems for one in several):
            report.written(path, name, journal.read())
            reported = time.monotonic()

    try:
        run(wanted, processes, journal, tell)
    finally:
        entries = journal.read()
        report.written(path, name, entries)
    failed = sum(bool(one.problems) for one in entries.values())
    say(f"{progress.done} of {progress.wanted} played, {failed} failed; {path} tells more")
    return failed


class Progress:
    """How far it has come. wanted: how many are to be played; done: how many were before."""

    def __init__(self, wanted: int, done: int) -> None:
        self.wanted = wanted
        self.done = done
        self._began = time.monotonic()
        self._before = done
        self._failed = 0

    def tell(self, several: Iterable[Told]) -> None:
        """Say what came of some more."""
        for one in several:
            self.done += 1
            if one.problems:
                self._failed += 1
                say(report.told(one.seed, one.problems))
        each_s = (time.monotonic() - self._began) / max(1, self.done - self._before)
        left_s = each_s * (self.wanted - self.done)
        say(f"{self.done}/{self.wanted}, {self._failed} failed, {left_s / 60:.0f} minutes left")


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
    if verdict.problems:
        return f"{plan.weather}: {report.told(plan.seed, verdict.problems)}"
    return f"seed {plan.seed} ({plan.weather}, {verdict.virtual_s:.0f} s of its own time): well"


if __name__ == "__main__":
    began = time.process_time()
    code = main(sys.argv[1:])
    say(f"{code} failed; {time.process_time() - began:.1f} s of the processor's time")
    sys.exit(min(code, 1))
