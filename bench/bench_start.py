"""How long until `hearth up` answers its first request, and what starting `heat` costs.

Medians of 5. The reference of the same run is the start of a bare Python.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.running import start

REPORT = Path(__file__).parent / "reports" / "start.md"
REPEATS = 5


def median(measure: Callable[[], float]) -> float:
    """The median of several measurements, in seconds."""
    return statistics.median(measure() for _ in range(REPEATS))


def up() -> float:
    """From nothing to the first answer, on an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        hearth = start(Path(folder))
        took = time.monotonic() - begun
        hearth.stop()
        return took


def program(*arguments: str) -> Callable[[], float]:
    """A Python program from start to end."""

    def measure() -> float:
        begun = time.monotonic()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        return time.monotonic() - begun

    return measure


def main() -> None:
    """Measure, print, and leave a report."""
    bare = median(program("-c", "pass"))
    rows = {
        "`hearth up` to its first answer": median(up),
        "`heat --version`": median(program("-m", "hearth.cli.heat", "--version")),
        "`heat --help`": median(program("-m", "hearth.cli.heat", "--help")),
    }
    lines = [
        "# Start",
        "",
        f"Medians of {REPEATS}. Reference: a bare Python, {bare:.3f} s.",
        "",
        "| what | seconds | of the reference |",
        "|---|---|---|",
        *(f"| {what} | {took:.2f} | {took / bare:.0f} |" for what, took in rows.items()),
    ]
    print("\n".join(lines))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
