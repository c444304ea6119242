"""What the benches share: steps timed by the wall's clock and by the processor's, and reports.

Beside each figure stands what the server's process took of the processor: on a machine with other
work to do the wall's clock says little, and on an idle one the two are nearly the same.
"""

import http.client
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.running import Rest, Running, running

WELL = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"}
POLL_S = 0.02
REPORTS = Path(__file__).parent / "reports"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Server:
    """`hearth up` and a user of it, over one connection that stays open."""

    hearth: Running
    rest: Rest
    wire: http.client.HTTPConnection
    ids: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        """(status, document) of a request below /v1/<project>; redirects are followed."""
        headers = {"X-Auth-Token": self.rest.token, "Content-Type": "application/json"}
        where = f"/v1/{self.rest.project_id}{path}"
        for _ in range(2):
            self.wire.request(method, where, body, headers)
            reply = self.wire.getresponse()
            content = reply.read()
            if reply.status != 302:
                break
            parts = urlsplit(reply.headers["Location"])
            where = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return reply.status, json.loads(content) if content else {}

    def status(self, name: str) -> str:
        """A stack's status; DELETE_COMPLETE when it is gone."""
        where = f"/stacks/{name}/{self.ids[name]}?resolve_outputs=false"
        code, document = self.call("GET", where)
        return "DELETE_COMPLETE" if code == 404 else str(document["stack"]["stack_status"])

    def timed(self, method: str, path: str, body: Any, name: str) -> "Took":
        """From the request sent to the end of the work answered."""
        content = None if body is None else json.dumps(body).encode()
        begun, used = time.monotonic(), processor_s(self.hearth.process.pid)
        code, document = self.call(method, path, content)
        assert code < 300, f"{method} {path}: {code} {document}"
        self.ids.setdefault(name, document.get("stack", {}).get("id", ""))
        while (status := self.status(name)).endswith("IN_PROGRESS"):
            time.sleep(POLL_S)
        assert status in WELL, status
        return Took(time.monotonic() - begun, processor_s(self.hearth.process.pid) - used)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of the wall's clock, and of the processor's."""

    wall_s: float
    processor_s: float


@contextmanager
def server(*arguments: str, settings: str = "") -> Iterator[Server]:
    """A fresh `hearth up` with what a heat.conf sets."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "heat.conf").write_text(f"[DEFAULT]\n{settings}\n")
        with running(folder, *arguments) as hearth, connected(hearth) as made:
            yield made


@contextmanager
def connected(hearth: Running) -> Iterator[Server]:
    """A user of it."""
    parts = urlsplit(hearth.heat_url)
    wire = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=600)
    yield Server(hearth, Rest(hearth).login(), wire)
    wire.close()


def processor_s(pid: int) -> float:
    """Seconds of the processor that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mb(pid: int) -> float:
    """Resident memory of a process, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def reference_s(count: int = 1000) -> float:
    """Seconds of the processor for so many rows committed one by one with sqlite3."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(f"{folder}/reference.db", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
        begun = time.process_time()
        for at in range(count):
            database.execute("INSERT INTO rows VALUES (?, ?)", (at, "x" * 300))
        database.close()
        return time.process_time() - begun


@dataclass(slots=True)
class Table:
    """Steps, each measured several times, beside what was asked for."""

    base_s: float
    rows: dict[str, list[Took]] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)

    def add(self, step: str, took: Took, limit_s: float = 0.0) -> None:
        """Note a measurement."""
        self.rows.setdefault(step, []).append(took)
        self.limits[step] = limit_s
        print(f"{step}: {took.wall_s:.2f} s, {took.processor_s:.2f} s of the processor", flush=True)

    def lines(self) -> list[str]:
        """The table, as medians."""
        head = (
            "| what | s | s of the processor | at most | of the reference |",
            "|---|---|---|---|---|",
        )
        return [*head, *(self._line(step, measured) for step, measured in self.rows.items())]

    def _line(self, step: str, measured: Sequence[Took]) -> str:
        wall = statistics.median(one.wall_s for one in measured)
        used = statistics.median(one.processor_s for one in measured)
        limit = f"{self.limits[step]:g}" if self.limits[step] else ""
        return f"| {step} | {wall:.2f} | {used:.2f} | {limit} | {used / self.base_s:.1f} |"


def report(name: str, lines: Iterable[str]) -> None:
    """Print, and leave it under bench/reports."""
    text = "\n".join(lines)
    print(text)
    REPORTS.mkdir(exist_ok=True)
    (REPORTS / f"{name}.md").write_text(f"{text}\n")
