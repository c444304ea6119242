"""Workers of a service: forked after import, so that they share its memory; kept in number.

The parent only watches. One that dies is replaced, after a pause that grows while they die young.
SIGTERM and SIGINT stop all, a second one at once; SIGHUP replaces all, one configuration by the
next. A parent that is killed takes its workers with it: nothing is left that holds the port.
"""

import ctypes
import gc
import logging
import os
import signal
import time
from collections.abc import Callable

from hearth.base.errors import HearthError

log = logging.getLogger("hearth")

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
YOUNG_S = 10.0
PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
FAULT = 70
_PR_SET_PDEATHSIG = 1

Work = Callable[[int], int]
"""What a worker does, given its place (from 0); its exit code."""


class Workers:
    """So many processes that do the same work. make: reads the configuration, gives the work."""

    def __init__(self, make: Callable[[], tuple[int, Work]]) -> None:
        self._make = make
        self._count, self._work = make()
        self._places: dict[int, int] = {}
        self._born: dict[int, float] = {}
        self._due: dict[int, float] = {}
        self._retired: set[int] = set()
        self._died_young = 0
        self._stopping = False

    def run(self) -> int:
        """Keep the workers until told to stop; the exit code."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        gc.collect()
        gc.freeze()
        self._due = dict.fromkeys(range(self._count), time.monotonic())
        while self._places or self._due:
            self._begin_due()
            told = signal.sigtimedwait(SIGNALS, self._patience())
            if told is not None:
                self._obey(signal.Signals(told.si_signo))
            self._bury()
        return 0

    def _patience(self) -> float:
        now = time.monotonic()
        return max(0.0, min((due - now for due in self._due.values()), default=3600.0))

    def _begin_due(self) -> None:
        now = time.monotonic()
        for place in [place for place, due in self._due.items() if due <= now]:
            del self._due[place]
            pid = _forked(self._work, place)
            self._places[pid], self._born[pid] = place, now

    def _obey(self, told: signal.Signals) -> None:
        if told in {signal.SIGTERM, signal.SIGINT}:
            self._tell_all(signal.SIGKILL if self._stopping else signal.SIGTERM)
            self._stopping = True
            self._due.clear()
        elif told is signal.SIGHUP and not self._stopping:
            self._replace_all()

    def _replace_all(self) -> None:
        try:
            self._count, self._work = self._make()
        except HearthError as error:
            told = error.sentence.replace("\n", "; ")
            log.error("the old configuration stays: %s", told)  # noqa: TRY400
            return
        log.info("the configuration was read again; all workers are replaced")
        self._retired = set(self._places)
        self._tell_all(signal.SIGTERM)
        taken = {*self._places.values(), *self._due}
        now = time.monotonic()
        self._due = {place: due for place, due in self._due.items() if place < self._count}
        self._due |= {place: now for place in range(self._count) if place not in taken}

    def _tell_all(self, number: signal.Signals) -> None:
        for pid in self._places:
            os.kill(pid, number)

    def _bury(self) -> None:
        """Take note of all that have ended, and have others take their places."""
        while self._places:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            place, lived_s = self._places.pop(pid), time.monotonic() - self._born.pop(pid)
            if self._stopping:
                continue
            if pid in self._retired:
                self._retired.discard(pid)
                pause_s = 0.0
            else:
                code = os.waitstatus_to_exitcode(status)
                pause_s = self._pause(lived_s)
                log.error("worker %d ended with %d; the next in %.1f s", pid, code, pause_s)
            if place < self._count:
                self._due[place] = time.monotonic() + pause_s

    def _pause(self, lived_s: float) -> float:
        self._died_young = self._died_young + 1 if lived_s < YOUNG_S else 0
        return min(LONGEST_PAUSE_S, PAUSE_S * 2**self._died_young) if self._died_young else 0.0


def _forked(work: Work, place: int) -> int:
    """A child that does the work and ends with it."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = FAULT
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            code = work(place)
    except Exception:  # the top of a process
        log.exception("a worker came to an unexpected end")
    finally:
        # Not `sys.exit`: what the parent had open is the parent's to close.
        logging.shutdown()
        os._exit(code)
