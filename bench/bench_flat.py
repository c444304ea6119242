"""Many OS::Heat::RandomString in one stack: seconds to create and delete, memory of the process.

From POST sent to COMPLETE answered, polled every 20 ms; SQLite with synchronous=FULL. The
reference of the same run is a loop that commits as many rows one by one with sqlite3.

Usage: bench_flat.py [resources] [repeats]
"""

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.running import Rest, running

POLL_S = 0.02
REPORT = Path(__file__).parent / "reports" / "flat.md"


def template(count: int) -> str:
    """A flat stack."""
    head = "heat_template_version: 2018-08-31\nresources:\n"
    return head + "".join(f"  r{at}: {{type: OS::Heat::RandomString}}\n" for at in range(count))


def wait(rest: Rest, name: str) -> str:
    """The status in which a stack comes to rest."""
    while True:
        code, document = rest.call("GET", f"/stacks/{name}?resolve_outputs=false")
        if code == 404:
            return "DELETE_COMPLETE"
        status: str = document["stack"]["stack_status"]
        if not status.endswith("IN_PROGRESS"):
            return status
        time.sleep(POLL_S)


def timed(rest: Rest, method: str, path: str, body: object, name: str) -> float:
    """Seconds from the request to the end of the work."""
    begun = time.monotonic()
    rest.ok(method, path, body)
    status = wait(rest, name)
    assert status.endswith("COMPLETE"), status
    return time.monotonic() - begun


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def reference(count: int, folder: Path) -> float:
    """Seconds to commit `count` rows one by one."""
    database = sqlite3.connect(folder / "reference.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
    begun = time.monotonic()
    for at in range(count):
        database.execute("INSERT INTO rows VALUES (?, ?)", (at, "x" * 300))
    return time.monotonic() - begun


def main() -> None:
    """Measure, print, and leave a report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as hearth:
        rest = Rest(hearth).login()
        rows: dict[str, list[float]] = {"create": [], "no change": [], "delete": []}
        body = {"template": template(count)}
        for at in range(repeats):
            name = f"flat{at}"
            created = timed(rest, "POST", "/stacks", {**body, "stack_name": name}, name)
            rows["create"].append(created)
            rows["no change"].append(timed(rest, "PUT", f"/stacks/{name}", body, name))
            rows["delete"].append(timed(rest, "DELETE", f"/stacks/{name}", None, name))
        memory = resident_mb(hearth.process.pid)
        base = reference(count, Path(folder))
    lines = [
        f"# {count} OS::Heat::RandomString in one stack",
        "",
        f"Medians of {repeats}; {os.cpu_count()} cores. Reference: as many rows committed one by",
        f"one with sqlite3, {base:.2f} s.",
        "",
        "| step | seconds | of the reference |",
        "|---|---|---|",
        *(
            f"| {step} | {statistics.median(times):.2f} | {statistics.median(times) / base:.2f} |"
            for step, times in rows.items()
        ),
        "",
        f"Resident memory of the whole process after it all: {memory:.0f} MiB.",
    ]
    print("\n".join(lines))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
