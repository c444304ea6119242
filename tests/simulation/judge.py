"""The invariants: what must hold whatever went wrong. Each finding is a sentence."""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec

from hearth.base import masked, short_id
from hearth.bus import Accepted, Answer, Command, Done, encode
from hearth.kit.marker import marker_in, row_of
from hearth.plan import REPLACED, Do, Plan, Step, from_document
from hearth.stack import Action, IllegalChange, State, Status, changed
from hearth.store.codec import Codec
from tests.simulation.audit import Line
from tests.simulation.designs import SECRET

LATE_S = 120.0
"""So long after its deadline a run may end: its engine may have died, and the next one too."""

MAKING = (Do.CREATE, Do.REPLACE, Do.UPDATE, Do.ADOPT)


@dataclass(slots=True)
class Judge:
    """Reads the audit from the beginning and notes what must not be.

    workers: owners of leases by their process. plans: of each run, as it was carried out.
    """

    workers: Mapping[str, str]
    plans: Mapping[str, Plan]
    may_time_out: bool = False
    found: list[str] = field(default_factory=list)
    _begun: list[tuple[Callable[[Line], None], Line]] = field(default_factory=list)
    _steps: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    _rows: dict[str, Line] = field(default_factory=dict)
    _runs: dict[str, tuple[str, str]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _asked: set[tuple[str, str, str]] = field(default_factory=set)
    _stacks: set[str] = field(default_factory=set)
    _told: set[tuple[str, ...]] = field(default_factory=set)
    _by_steps: set[str] = field(default_factory=set)

    def read(self, lines: Iterable[Line]) -> list[str]:
        """What is wrong with what was written."""
        deeds = {
            "stack": self._stack,
            "stack_new": self._stack,
            "resource": self._resource,
            "resource_new": self._resource,
            "resource_gone": lambda line: self._rows.pop(line.cells[0], None),
            "lease": self._lease,
            "step": self._step,
            "step_new": self._step,
            "event": self._event,
            "heard": self._heard,
            "run": self._run,
            "run_new": self._run_new,
        }
        for _tx, written in groupby(lines, key=lambda line: line.tx):
            self._begun.clear()
            self._told.clear()
            for line in written:
                if line.kind in deeds:
                    deeds[line.kind](line)
            for check, line in self._begun:
                check(line)
        return self.found

    def _wrong(self, line: Line, words: str) -> None:
        self.found.append(f"at {line.at:.2f} s {line.who}: {words}")

    def _stack(self, line: Line) -> None:
        ident, name, *states = line.cells[:6]
        if line.kind == "stack":
            self._change(line, f"stack {name}", states)
            return
        self._stacks.add(ident)
        if SHORT.search(name):  # no user, but a resource has it made
            self._by_steps.add(ident)

    def _resource(self, line: Line) -> None:
        ident, _stack, name, *states = line.cells[:7]
        if line.kind == "resource":
            self._change(line, f"resource {name}", states)
        self._rows[ident] = line
        if states[:2] != states[2:] and states[2] != "INIT":
            self._begun.append((self._told_of, line))
        begins = states[3] == "IN_PROGRESS" and states[:2] != states[2:]
        if begins and states[2] == "CREATE":
            self._begun.append((self._needs_are_met, line))
        elif begins and states[2] == "DELETE":
            self._begun.append((self._nobody_needs, line))

    def _told_of(self, line: Line) -> None:
        """A change of a resource's state shows in an event of the same moment."""
        _ident, stack, name, *states = line.cells[:7]
        if stack in self._stacks and (stack, name, *states[2:]) not in self._told:
            self._wrong(line, f"no event tells that {name} is {'_'.join(states[2:])}")

    def _change(self, line: Line, what: str, states: Iterable[str]) -> None:
        old_action, old_status, action, status = states
        before = State(Action(old_action), Status(old_status))
        after = State(Action(action), Status(status))
        through = State(after.action, Status.IN_PROGRESS)  # perhaps in the same transaction
        try:
            changed(before, through)
            changed(through, after)
        except IllegalChange:
            self._wrong(line, f"the state of {what} went from {before} to {after}")

    def _needs_are_met(self, line: Line) -> None:
        """What a resource requires is whole when its creation begins."""
        _ident, stack, name, *_ = line.cells
        for needed in msgspec.json.decode(line.cells[8]):
            rows = [row for row in self._rows.values() if row.cells[1:3] == (stack, needed)]
            if not any(_there(row) for row in rows):
                self._wrong(line, f"{name} began before {needed}, which it requires, was there")

    def _nobody_needs(self, line: Line) -> None:
        """What still requires a resource goes first, when the whole stack goes."""
        ident, stack, name, *_ = line.cells
        going = [run for run, (of, do) in self._runs.items() if of == stack and do == "DELETE"]
        # The run before may still be clearing away what it has replaced.
        if not any(f"-{ident}" in self._steps.get(run, {}) for run in going):
            return
        for row in self._rows.values():
            other = row.cells[1] == stack and row.cells[0] != ident
            if other and name in msgspec.json.decode(row.cells[8]):
                self._wrong(line, f"{name} began to go before {row.cells[2]} was gone")

    def _heard(self, line: Line) -> None:
        """A signal that was taken stays, until all of them are forgotten."""
        resource, before, after, *kept = line.cells[:5]
        lost = set(msgspec.json.decode(kept[0])) - set(msgspec.json.decode(kept[1]))
        if after <= before or (lost and kept[1] != "{}"):
            self._wrong(line, f"signals {sorted(lost)} of {resource} are lost")

    def _lease(self, line: Line) -> None:
        run, old, new, old_fence, fence, until = line.cells[:6]
        if old == new and old is not None:
            return
        if fence <= old_fence:
            self._wrong(line, f"run {run} changed hands without a higher fence")
        if old is not None and new is not None and until is not None and until >= _epoch(line):
            self._wrong(line, f"run {run} was taken from {old} before its lease had ended")

    def _step(self, line: Line) -> None:
        run, key, _old, state, outcome, owner = line.cells[:6]
        if owner is not None and self.workers.get(owner) != line.who:
            self._wrong(line, f"step {key} of run {run} was written by one who does not hold it")
        steps = self._steps.setdefault(run, {})
        before = steps.get(key, ("WAITING", ""))[0]
        steps[key] = (state, outcome)
        if before in ("DONE", "FAILED") and state != before:
            self._wrong(line, f"step {key} of run {run} went from {before} to {state}")
        if state == "RUNNING":
            self._begun.append((self._in_order, line))

    def _in_order(self, line: Line) -> None:
        """What a step requires is done when it begins."""
        run, key = line.cells[:2]
        plan = self.plans.get(run)
        if plan is not None:
            for needed in _missing(plan, self._steps[run], key, self._rows):
                self._wrong(line, f"step {key} of run {run} began before {needed} was done")

    def _run(self, line: Line) -> None:
        run, stack, before, status, action, deadline = line.cells[:6]
        if before not in (None, "RUNNING"):
            self._wrong(line, f"run {run} went from {before} to {status}")
        if status == "RUNNING":
            self._runs[run] = (stack, action)
        else:
            self._runs.pop(run, None)
            late_s = _epoch(line) - deadline
            if late_s > LATE_S:
                self._wrong(line, f"run {run} ({action}) ended {late_s:.0f} s after its deadline")

    def _run_new(self, line: Line) -> None:
        self._run(line)
        _run, stack, _before, _status, action, _deadline, operation, parent = line.cells[:8]
        # Begun by a step, which may be begun again by a newer run's. Of a stack elsewhere too: an
        # engine that died before it knew the answer asks again, in the name of the same request.
        if parent is not None or stack in self._by_steps:
            return
        if (stack, action, operation) in self._asked:
            self._wrong(line, f"a command to {action} stack {stack} took effect twice")
        self._asked.add((stack, action, operation))

    def _event(self, line: Line) -> None:
        root, number, stack, name, action, status = line.cells[:6]
        self._told.add((stack, name, action, status))
        last = self._numbers.get(root, 0)
        if number != last + 1:
            self._wrong(line, f"event {number} of {name} came after number {last}")
        self._numbers[root] = number
        if line.cells[6] == "Timed out" and not self.may_time_out:
            self._wrong(line, f"{name} had all the time it needs, and timed out")
        if any(SECRET in str(cell) for cell in line.cells):
            self._wrong(line, f"the event {number} of {name} tells a secret")


def _there(row: Line) -> bool:
    """Whether something stands there: also what was marked, or found to be not well."""
    action, status = row.cells[5:7]
    return bool(action == "CHECK" or (status == "COMPLETE" and action != "INIT"))


def _missing(
    plan: Plan, steps: Mapping[str, tuple[str, str]], key: str, rows: Mapping[str, Line]
) -> Iterator[str]:
    """What a step requires and is not done; what is idle counts by what it requires."""
    known = {step.key: step for step in plan.steps}
    for needed in known[key].requires if key in known else ():
        if needed not in known:
            continue
        if needed in steps:
            if steps[needed][0] != "DONE":
                yield needed
            continue
        step = known[needed]
        unmet = step.only_if is not None and steps.get(step.only_if, ("", ""))[1] != REPLACED
        if not step.idle and not unmet and not _left_alone(step, rows.get(step.row)):
            yield needed
        else:
            yield from _missing(plan, steps, needed, rows)


def _left_alone(step: Step, row: Line | None) -> bool:
    """Whether there turned out to be nothing to do, which leaves no trace.

    So it is with an update that changes nothing, with whatever is done to what was never begun,
    and with a snapshot of what has failed.
    """
    if step.do in MAKING:
        return step.do is Do.UPDATE and row is not None and row.cells[6] == "COMPLETE"
    if row is None or row.cells[5] == "INIT":
        return True
    return step.do is Do.SNAPSHOT and row.cells[6] == "FAILED"


def _epoch(line: Line) -> float:
    from tests.simulation.loop import EPOCH

    return EPOCH + line.at


def counted(line: Line) -> str | None:
    """As what a line counts in the reports."""
    match line.kind, line.cells:
        case "lease", (_, _, str(), _, fence, *_) if fence > 1:
            return "runs taken up again"
        case "run_new", (_, _, _, _, action, *_):
            return f"run {action}"
        case "resource", (_, _, _, *old, action, status, _, _, _):
            return f"resource {action}_{status}" if old != [action, status] else None
        case "resource_new", (_, _, _, _, _, action, status, *_) if action != "INIT":
            return f"resource {action}_{status}"
        case "resource_gone", _:
            return "resource gone"
        case _:
            return None


def plans(database: sqlite3.Connection) -> dict[str, Plan]:
    """The plans of all runs, as they were settled."""
    codec = Codec("a key of the simulation, 32 chars")
    rows = database.execute("SELECT id, plan FROM runs").fetchall()
    return {ident: from_document(codec.value(text)) for ident, text in rows}


def answers(given: Mapping[str, list[tuple[Command[Any], Answer]]]) -> list[str]:
    """A command that comes again gets the answer that it got first."""
    found = []
    for ident, several in given.items():
        good = [one for _command, one in several if isinstance(one, Accepted | Done)]
        kinds = {encode(one) for one in good}
        if len(kinds) > 1:
            name = type(several[0][0]).__name__
            found.append(f"{name} {ident} was answered in {len(kinds)} ways: {good}")
    return found


def secrets(database: sqlite3.Connection) -> list[str]:
    """The hidden parameter's value stands nowhere in the database in plain letters."""
    found = []
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for row in database.execute(f"SELECT * FROM {table}").fetchall():
            if any(isinstance(cell, str) and SECRET in cell for cell in row):
                found.append(f"a row of {table} holds a secret in plain letters: {row[0]}")
                break
    return found


CLOUD_KINDS = {
    "OS::Neutron::Net": "network.networks",
    "OS::Neutron::Subnet": "network.subnets",
    "OS::Neutron::Port": "network.ports",
    "OS::Neutron::SecurityGroup": "network.security_groups",
    "OS::Neutron::Router": "network.routers",
    "OS::Nova::Server": "compute.servers",
    "OS::Cinder::Volume": "volume.volumes",
    "OS::Heat::WaitConditionHandle": "identity.users",
}


def objects(tables: Mapping[str, Any], database: sqlite3.Connection) -> list[str]:
    """Every row has its object, and every marked object its row. Holds when all is at rest."""
    found = []
    rows = database.execute(
        "SELECT id, type, physical_id, action, status, name, stack_id FROM resources"
    ).fetchall()
    ids = {row[0] for row in rows}
    stacks = {row[0] for row in database.execute("SELECT id FROM stacks").fetchall()}
    for ident, kind, physical, action, status, name, stack in rows:
        table = tables.get(CLOUD_KINDS.get(kind, ""))
        whole = status == "COMPLETE" and action not in ("DELETE", "INIT")
        if table is None or stack not in stacks or not whole:
            continue
        if physical is None or table.get(physical) is None:
            found.append(f"{name} ({ident}) is {action}_COMPLETE and has no object ({physical})")
    # One that is adopted bears another name; one whose making was cut short is found by its name.
    mine = {row[2] for row in rows} | {short_id(ident) for ident in ids}
    roots = "SELECT id, name FROM stacks WHERE parent_id IS NULL AND deleted_at IS NULL"
    for ident, name in database.execute(roots).fetchall():
        if SHORT.search(name) and mine.isdisjoint((ident, name.rpartition("-")[2])):
            found.append(f"the stack elsewhere {name} ({ident}) has no row that made it")
    for name, table in tables.items():
        for document in table if table.listed else ():
            mark = marker_in(document)
            if mark is not None and row_of(mark) not in ids:
                found.append(f"{name} {document['id']} has our marker {mark} and no row")
    return found


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHORT = re.compile(r"\b[a-z2-7]{12}\b")
"""What is drawn anew wherever it is made: ids, and what members and names are told apart by."""


def shape(database: sqlite3.Connection, counts: Mapping[str, int]) -> dict[str, Any]:
    """What everything came to, without ids and times: the same however it came about."""
    codec = Codec("a key of the simulation, 32 chars")
    roots = database.execute("SELECT id, name FROM stacks WHERE parent_id IS NULL").fetchall()
    names = {ident: SHORT.sub("<short id>", name) for ident, name in roots}
    stacks: dict[str, Any] = {}
    rows = database.execute(
        "SELECT id, name, parent_id, parent_resource, root_id, action, status FROM stacks"
        " WHERE deleted_at IS NULL"
    ).fetchall()
    paths = {row[0]: row for row in rows}
    for ident, name, parent, _resource, root, action, status in rows:
        # An update that is sent again brings nested stacks in line again, and those elsewhere:
        # whether CREATE or UPDATE was their last tells only how often that was.
        state = status if parent or SHORT.search(name) else f"{action}_{status}"
        stacks[ident] = (_path(paths, ident, names.get(root, "")), state)
    found: dict[str, Any] = {path: {"status": status} for path, status in stacks.values()}
    resources = database.execute(
        "SELECT stack_id, name, type, status, replaced_by, properties FROM resources"
    ).fetchall()
    known = _known_ids(database)
    for stack, name, kind, status, _replaced, properties in sorted(resources, key=lambda r: r[:3]):
        if stack in stacks:
            told = _unnamed(masked(codec.value(properties)), known)
            member = "<member>" if SHORT.fullmatch(name) else name
            found[stacks[stack][0]].setdefault(member, []).append([kind, status, told])
            found[stacks[stack][0]][member].sort(key=str)
    stopped = database.execute(
        "SELECT name FROM resources WHERE status = 'FAILED' AND action IN ('CREATE', 'UPDATE')"
        " ORDER BY name"
    ).fetchall()
    return {
        "stacks": found,
        "objects": dict(sorted(counts.items())),
        "stopped": [name for (name,) in stopped],
    }


def _path(paths: Mapping[str, Any], ident: str, root: str) -> str:
    row = paths.get(ident)
    if row is None or row[2] is None:
        return root
    return f"{_path(paths, row[2], root)}/{row[3]}"


def _known_ids(database: sqlite3.Connection) -> dict[str, str]:
    rows = database.execute("SELECT physical_id, name FROM resources").fetchall()
    return {physical: f"<{name}>" for physical, name in rows if physical}


def _unnamed(value: Any, known: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {key: _unnamed(item, known) for key, item in sorted(value.items())}
        case list() | tuple():
            return [_unnamed(item, known) for item in value]
        case str():
            return known.get(value) or SHORT.sub("<short id>", UUID.sub("<id>", value))
        case _:
            return value
