"""What one piece of work costs: its CPU time, the memory of the process, and whether it ends."""

import faulthandler
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HANG_S = 2.0
MOST_MB = 500.0
STUCK_S = 60
"""After so long on the clock the process is ended, with a trace of where it was."""


class TooSlow(AssertionError):
    """It took too long."""


class TooLarge(AssertionError):
    """The process has grown too large."""


def peak_mb() -> float:
    """The most memory that this process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@dataclass(slots=True)
class Meter:
    """Measures each piece of work by itself, and remembers the worst.

    The process may have been large before, for other reasons: that counts for nothing.
    """

    before_mb: float = field(default_factory=peak_mb)

    tried: int = 0
    slowest_s: float = 0.0
    peak_mb: float = 0.0
    steepest_mb: float = 0.0
    """The most that a single piece of work has added to the peak."""

    def run(self, work: Callable[[], Any]) -> None:
        """Do it. Raises TooSlow or TooLarge afterwards; what does not end ends the process."""
        before_mb = peak_mb()
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
        began = time.process_time()
        try:
            work()
        finally:
            took = time.process_time() - began
            faulthandler.cancel_dump_traceback_later()
            self.tried += 1
            self.slowest_s = max(self.slowest_s, took)
            self.peak_mb = peak_mb()
            self.steepest_mb = max(self.steepest_mb, self.peak_mb - before_mb)
        if took > HANG_S:
            raise TooSlow(f"{took:.2f} s of CPU")
        if self.peak_mb - self.before_mb > MOST_MB:
            raise TooLarge(f"{self.peak_mb:.0f} MB, {self.before_mb:.0f} of them from before")
