"""The client of the worker process: starts it, asks it, kills it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from threading import Event, Timer
from typing import IO, Any

from hearth.engine import Ask, Outcome
from hearth.serve.expressions.program import LENGTH, NO_MEMORY

PROGRAM = Path(__file__).with_name("program.py")
LATE = "it took longer than {} s"
WAITED = "the machine was too busy to evaluate it within {} s"
GONE = "the process that evaluates expressions could not be kept running"
STARTING_S = 20.0
"""Loading the language takes half a second of CPU; a busy machine is given time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one expression may use.

    seconds: of computing, until it is killed. waiting: seconds that anybody waits for it, busy as
    the machine may be. memory: bytes of the worker process, which needs about a hundred
    million itself. iterators, quota: the language's own limits, yaql.limit_iterators and
    yaql.memory_quota.
    """

    seconds: float = 1.5
    waiting: float = STARTING_S
    memory: int = 512 * 1024 * 1024
    iterators: int = 200
    quota: int = 10_000


class Process:
    """One worker process, started when it is first asked; one request at a time."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.started = 0
        self.killed = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._loaded = False

    @property
    def pid(self) -> int | None:
        """The worker's process id, while there is one."""
        return self._process.pid if self._process is not None else None

    def answer(self, ask: Ask) -> Outcome:
        """What comes of it, in bounded time."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None and not self._start():
            return Outcome(failed=GONE, passing=True)
        if ask.what != "match" and not self._load():
            return Outcome(failed=GONE, passing=True)
        request = {
            "what": ask.what,
            "source": ask.source,
            "data": ask.data,
            "iterators": self.limits.iterators,
            "memory": self.limits.quota,
        }
        told, end = self._exchange(request, self.limits.seconds)
        if end is _End.COMPUTED:
            return Outcome(failed=LATE.format(self.limits.seconds), used=self.limits.seconds)
        if end is _End.WAITED:
            return Outcome(failed=WAITED.format(self.limits.waiting), passing=True)
        if told is None:
            return Outcome(failed=NO_MEMORY)
        return Outcome(told.get("value"), told.get("failed"), used=told.get("used", 0.0))

    def close(self) -> None:
        """End the worker."""
        process, self._process, self._loaded = self._process, None, False
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()

    def _load(self) -> bool:
        if not self._loaded:
            told, _end = self._exchange({"what": "load"}, STARTING_S)
            self._loaded = told is not None and told.get("failed") is None
        return self._loaded

    def _start(self) -> bool:
        bounds = [str(os.getpid()), str(self.limits.memory), str(STARTING_S)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-I", str(PROGRAM), *bounds],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
            )
        except OSError:
            return False
        self.started += 1
        return True

    def _exchange(
        self, request: dict[str, Any], seconds: float
    ) -> tuple[dict[str, Any] | None, "_End | None"]:
        """The answer, or None and what ended the process instead."""
        process = self._process
        assert process is not None, "it is started before it is asked"
        waited = Event()

        def kill() -> None:
            waited.set()
            process.kill()

        timer = Timer(self.limits.waiting, kill)
        timer.start()
        try:
            told = _conversed(process, json.dumps({**request, "seconds": seconds}).encode())
        finally:
            timer.cancel()
        end = None
        if told is None:
            computed = process.wait() == -signal.SIGPROF
            end = _End.COMPUTED if computed else _End.WAITED if waited.is_set() else None
        if told is None or waited.is_set() or told.get("ended"):
            self.killed += end is not None
            self.close()
        return told, end


class _End(Enum):
    """Which bound of time ended a process."""

    COMPUTED = "it computed for too long"
    WAITED = "it was waited for too long"


def _conversed(process: subprocess.Popen[bytes], text: bytes) -> dict[str, Any] | None:
    """Send a request and read its answer; None if the process goes away meanwhile."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(LENGTH.pack(len(text)) + text)
        process.stdin.flush()
    except OSError:
        return None
    head = _read(process.stdout, LENGTH.size)
    body = _read(process.stdout, LENGTH.unpack(head)[0]) if head is not None else None
    if body is None:
        return None
    found: dict[str, Any] = json.loads(body)
    return found


def _read(source: IO[bytes], size: int) -> bytes | None:
    found = source.read(size)
    return found if len(found) == size else None


class OwnThread:
    """A process that is asked from a thread of its own, so that a loop need not wait."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._process = Process(limits)
        # The system ends the worker with the thread that started it, so there is exactly one.
        self._pool = ThreadPoolExecutor(1, "expressions")

    async def answer(self, ask: Ask) -> Outcome:
        """What comes of it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._process.answer, ask)

    async def close(self) -> None:
        """End the worker and the thread."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._pool, self._process.close)
        self._pool.shutdown()
