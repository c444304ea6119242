"""What stacks of OS::Heat::RandomString cost: flat ones, a chain, a group of nested ones.

From POST sent to COMPLETE answered, polled every 20 ms, by one process on SQLite with
synchronous=FULL. The reference of the same run is a loop that commits a thousand rows one by one
with sqlite3.

Usage: bench_stacks.py [repeats] [only one of: flat chain group large]
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.measuring import Server, Table, reference_s, report, resident_mb, server

HEAD = "heat_template_version: 2018-08-31\n"
ONE = "OS::Heat::RandomString"
LARGE_MB = 500


def flat(count: int, first: str = "") -> str:
    """Resources that have nothing to do with one another; `first` is said of the first."""
    lines = [f"  r{at}: {{type: {ONE}{first if at == 0 else ''}}}" for at in range(count)]
    return "\n".join([f"{HEAD}resources:", *lines])


def chain(count: int) -> str:
    """Each resource waits for the one before."""
    lines = [f"  r0: {{type: {ONE}}}"]
    lines += [f"  r{at}: {{type: {ONE}, depends_on: r{at - 1}}}" for at in range(1, count)]
    return "\n".join([f"{HEAD}resources:", *lines])


def group(count: int) -> str:
    """So many nested stacks."""
    return (
        f"{HEAD}resources:\n  group:\n    type: OS::Heat::ResourceGroup\n"
        f"    properties: {{count: {count}, resource_def: {{type: ten.yaml}}}}\n"
    )


def measure_flat(hearth: Server, table: Table, at: int) -> None:
    """A thousand resources: made, looked at again, one of them changed, deleted."""
    name, path = f"flat{at}", f"/stacks/flat{at}"
    body, other = {"template": flat(1000)}, {"template": flat(1000, ", properties: {length: 9}")}
    made = hearth.timed("POST", "/stacks", {**body, "stack_name": name}, name)
    table.add("1,000 flat: create", made, 1.5)
    table.add("1,000 flat: update without a change", hearth.timed("PUT", path, body, name), 0.5)
    table.add("1,000 flat: update of one", hearth.timed("PUT", path, other, name), 0.5)
    table.add("1,000 flat: delete", hearth.timed("DELETE", path, None, name), 1.0)


def measure_chain(hearth: Server, table: Table, at: int) -> None:
    """A hundred resources, one after the other."""
    name = f"chain{at}"
    body = {"template": chain(100), "stack_name": name}
    table.add("a chain of 100: create", hearth.timed("POST", "/stacks", body, name), 0.5)
    table.add("a chain of 100: delete", hearth.timed("DELETE", f"/stacks/{name}", None, name))


def measure_group(hearth: Server, table: Table, at: int) -> None:
    """A hundred nested stacks of ten."""
    name = f"group{at}"
    body = {"template": group(100), "files": {"ten.yaml": flat(10)}, "stack_name": name}
    table.add(
        "a group of 100 stacks of 10: create", hearth.timed("POST", "/stacks", body, name), 3.0
    )
    table.add("a group of 100 stacks of 10: delete",
              hearth.timed("DELETE", f"/stacks/{name}", None, name))  # fmt: skip


def measure_large(hearth: Server, table: Table, at: int) -> None:
    """Ten thousand resources."""
    name = f"large{at}"
    body = {"template": flat(10_000), "stack_name": name}
    table.add("10,000 flat: create", hearth.timed("POST", "/stacks", body, name), 15.0)
    table.add("10,000 flat: delete", hearth.timed("DELETE", f"/stacks/{name}", None, name))


MEASURES = {
    "flat": measure_flat, "chain": measure_chain, "group": measure_group, "large": measure_large,
}  # fmt: skip


def main() -> None:
    """Measure, print, and leave a report."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    chosen = sys.argv[2:] or list(MEASURES)
    table = Table(reference_s())
    memory = {}
    for word in chosen:
        with server(settings="max_resources_per_stack = -1") as hearth:
            for at in range(repeats):
                MEASURES[word](hearth, table, at)
            memory[word] = resident_mb(hearth.hearth.process.pid)
    told = ", ".join(f"{word} {used:.0f} MiB" for word, used in memory.items())
    lines = [
        "# Stacks of OS::Heat::RandomString",
        "",
        f"Medians of {repeats}; {os.cpu_count()} cores. Reference: a thousand rows committed",
        f"one by one with sqlite3, {table.base_s:.2f} s of the processor.",
        "",
        *table.lines(),
        "",
        f"Resident memory of the whole process after it all: {told};",
        f"for large, at most {LARGE_MB}.",
    ]
    if not sys.argv[2:]:
        report("stacks", lines)
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
