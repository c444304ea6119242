"""The worker process: reads a request, answers it, reads the next. Imports nothing of ours.

Requests and answers are JSON behind their length in four bytes. It is started with its parent's
process id and the bounds that it puts on itself: bytes of memory, and seconds for one request,
which end it even when nobody is left to kill it. A request says how many seconds of computing it
may take; the system counts those alone, so that a busy machine changes nothing.
"""

import collections.abc  # noqa: F401 - yaql takes for granted that somebody has imported it
import ctypes
import json
import os
import re
import resource
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import Any, BinaryIO

LENGTH = struct.Struct("!I")
PR_SET_PDEATHSIG = 1
NO_MEMORY = "it needs more memory than it may have"
DEEPEST = 120
LARGEST = 16 * 1024 * 1024
"""Bytes of one answer."""


def main() -> None:
    """Answer until the input ends."""
    parent, memory, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    bind_to(parent)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (request := read(source)) is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        signal.setitimer(signal.ITIMER_PROF, request["seconds"])
        began = time.process_time()
        try:
            value = ANSWERS[request["what"]](request)
            answer = encoded({"value": value, "used": time.process_time() - began})
        except MemoryError:
            write(sink, encoded({"failed": NO_MEMORY, "ended": True}))
            return  # what is left of the memory is in pieces; the next process has all of it
        except Exception as wrong:
            answer = encoded({"failed": str(wrong) or type(wrong).__name__})
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        write(sink, answer)


def bind_to(parent: int) -> None:
    """Die with the parent, where the system offers it; elsewhere the input's end is the sign."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


def read(source: BinaryIO) -> dict[str, Any] | None:
    """The next request; None at the end."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    found: dict[str, Any] = json.loads(source.read(LENGTH.unpack(head)[0]))
    return found


def write(sink: BinaryIO, answer: bytes) -> None:
    """One answer."""
    sink.write(LENGTH.pack(len(answer)) + answer)
    sink.flush()


def encoded(answer: dict[str, Any]) -> bytes:
    """An answer as JSON, if that is possible and it is neither too large nor too deep."""
    if deep(answer, DEEPEST):
        raise ValueError(f"the result is nested more than {DEEPEST} levels deep")
    text = json.dumps(answer, default=listed).encode()
    if len(text) > LARGEST:
        raise ValueError(f"the result exceeds {LARGEST} bytes")
    return text


def listed(value: Any) -> list[Any]:
    """A set as a list; nothing else that JSON does not have is a result."""
    if isinstance(value, set | frozenset):
        return list(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def deep(value: Any, levels: int) -> bool:
    """Whether maps and lists are nested deeper than so many levels."""
    inside = list(value.values() if isinstance(value, dict) else value)
    if not levels:
        return True
    return any(deep(one, levels - 1) for one in inside if isinstance(one, dict | list | tuple))


class Yaql:
    """The language, loaded when it is first needed."""

    def __init__(self) -> None:
        self.engines: dict[tuple[int, int], Any] = {}
        self.context: Any = None

    def load(self, _request: dict[str, Any]) -> Any:
        """Import it, which takes longer than one expression may."""
        import yaql

        if self.context is None:
            self.context = yaql.create_context()

    def parsed(self, request: dict[str, Any]) -> Any:
        """An expression, ready to be evaluated."""
        import yaql

        limits = request["iterators"], request["memory"]
        if limits not in self.engines:
            options = {"yaql.limitIterators": limits[0], "yaql.memoryQuota": limits[1]}
            self.engines[limits] = yaql.YaqlFactory().create(options)
        return self.engines[limits](request["source"])

    def syntax(self, request: dict[str, Any]) -> Any:
        """What is wrong with an expression as it is written, or None."""
        try:
            self.parsed(request)
        except Exception as wrong:
            return str(wrong)
        return None

    def evaluate(self, request: dict[str, Any]) -> Any:
        """The value of an expression."""
        expression = self.parsed(request)
        given = {"data": request["data"]}
        return expression.evaluate(data=given, context=self.context.create_child_context())


def match(request: dict[str, Any]) -> bool:
    """Whether a pattern, matched from the start, consumes the whole text."""
    text = request["data"]
    found = re.match(request["source"], text)
    return found is not None and found.end() == len(text)


_YAQL = Yaql()
ANSWERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "load": _YAQL.load,
    "match": match,
    "syntax": _YAQL.syntax,
    "yaql": _YAQL.evaluate,
}


if __name__ == "__main__":
    main()
