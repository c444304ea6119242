"""What a long run came to, in words for people."""

import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from tests.simulation.many import Told
from tests.simulation.weather import Rates

PROCESSES = ("crash", "api crash", "stall", "outage", "runs taken up again", "redelivered")
FAULTS = tuple(one.name for one in fields(Rates))
SHOWN = 2000


def written(path: Path, commit: str, entries: Mapping[int, Told]) -> None:
    """Write the report, at once and whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(report(commit, entries))
    fresh.replace(path)


def report(commit: str, entries: Mapping[int, Told]) -> str:
    """The report of all that is in a journal."""
    failed = [entries[seed] for seed in sorted(entries) if entries[seed].problems]
    cpu_s = sum(one.cpu_s for one in entries.values())
    virtual_s = sum(one.virtual_s for one in entries.values())
    counts: Counter[str] = Counter()
    for one in entries.values():
        counts.update(one.counts)
        counts[f"weather {one.weather}"] += 1
    head = (
        "# The simulation's long run\n\n"
        f"Commit {commit}, Python {platform.python_version()}.\n\n"
        f"{len(entries):,} seeds ({spans(entries)}), {len(failed):,} of them failed.\n"
        f"{cpu_s:,.0f} s of the processor's time, {virtual_s / 3600:,.0f} hours of their own.\n"
    )
    return "\n".join((head, *tables(counts), failures(failed)))


def spans(seeds: Iterable[int]) -> str:
    """Seeds as ranges: `0-299, 500`."""
    found: list[list[int]] = []
    for seed in sorted(seeds):
        if found and found[-1][1] == seed - 1:
            found[-1][1] = seed
        else:
            found.append([seed, seed])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in found]
    return ", ".join(shown[:20]) + (" …" if len(shown) > 20 else "")


def tables(counts: Counter[str]) -> list[str]:
    """What was done and what went wrong, by kind."""
    kinds = {
        "What users asked for": "asked ",
        "What runs did": "run ",
        "What steps did to resources": "resource ",
        "What users were told": "told ",
        "The weather of seeds": "weather ",
    }
    left = dict(counts)
    found = []
    for title, prefix in kinds.items():
        rows = {n.removeprefix(prefix): left.pop(n) for n in list(left) if n.startswith(prefix)}
        found.append(table(title, rows))
    faults = {name: left.pop(name) for name in FAULTS if name in left}
    found.append(table("Faults of the cloud, the bus and the database", faults))
    befell = {name: left.pop(name) for name in PROCESSES if name in left}
    return [*found, table("What befell processes", befell), table("Besides", left)]


def table(title: str, rows: Mapping[str, int]) -> str:
    """One table."""
    lines = "\n".join(f"| {name} | {rows[name]:,} |" for name in sorted(rows))
    return f"## {title}\n\n| what | how often |\n|---|---|\n{lines}\n"


def failures(failed: Iterable[Told]) -> str:
    """Those that failed, each with what was found and how to see it again."""
    listed = [told(one.seed, one.problems) for one in failed]
    if not listed:
        return "Every invariant held in all of them.\n"
    return "## What failed\n\n" + "\n\n".join(
        "\n".join(f"    {line}" for line in one.splitlines()) for one in listed
    )


def told(seed: int, problems: Iterable[str]) -> str:
    """What was wrong with a seed."""
    several = list(problems)
    shown = "\n    ".join(problem[:SHOWN] for problem in several[:8])
    again = f"PYTHONPATH=src:. python -m tests.simulation {seed} --story"
    return f"seed {seed}: {len(several)} problems\n    {shown}\n  again: {again}"
