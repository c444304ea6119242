"""From changes to operations on rows. Pure: values in, values out.

All changes of a transaction are folded: a row that is put and then set is inserted once, one that
is set often is updated once, and rows that change alike go in one statement.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from hearth.stack import EventRecord, HeardRecord, RunRecord, RunStatus, StackRecord
from hearth.store import changes, rows, tables
from hearth.store.codec import Codec
from hearth.store.rows import Row

Key = tuple[object, ...]


@dataclass(slots=True)
class Insert:
    """A new row. With `new` it may be there already, and is left alone then."""

    table: Table
    key: Key
    row: Row
    new: bool = False


@dataclass(slots=True)
class Update:
    """Columns of a row that must be there. `version` is what is added to that column."""

    table: Table
    key: Key
    row: Row


@dataclass(slots=True)
class Replace:
    """All rows of a table with this value in this column give way to these."""

    table: Table
    column: str
    value: object
    rows: tuple[Row, ...] = ()


@dataclass(slots=True)
class Delete:
    """All rows of a table with this value in this column go, after all else is written."""

    table: Table
    column: str
    value: object


Operation = Insert | Update | Replace | Delete
Meaning = Callable[[Codec, Any], list[Operation]]


def operations(codec: Codec, change: changes.Change) -> list[Operation]:
    """What a change does to the rows."""
    return _MEANING[type(change)](codec, change)


def event_row(codec: Codec, event: EventRecord) -> Row:
    """An event as a row; its number is given in the transaction."""
    return rows.EVENT.row(codec, event)


def _put_stack(codec: Codec, record: StackRecord) -> list[Operation]:
    row = rows.STACK.row(codec, record)
    row["name_key"] = name_key(record)
    found: list[Operation] = [Insert(tables.stacks, (record.id,), row)]
    if record.parent_id is None:
        counter = {"root_id": record.id, "last": 0}
        found.append(Insert(tables.event_counters, (record.id,), counter))
    if record.tags:
        found.append(_tags(record.id, record.tags))
    return found


def _set_stack(codec: Codec, change: changes.SetStack) -> list[Operation]:
    if fixed := change.fields.keys() & _FIXED:
        raise TypeError(f"what a stack is does not change: {sorted(fixed)}")
    row = rows.STACK.columns(codec, change.fields)
    if change.fields.get("deleted_at") is not None:
        row["name_key"] = None
    row["version"] = 1
    found: list[Operation] = [Update(tables.stacks, (change.id,), row)]
    if "tags" in change.fields:
        found.append(_tags(change.id, change.fields["tags"]))
    return found


def _tags(stack_id: str, tags: Iterable[str]) -> Replace:
    unique = dict.fromkeys(tags)
    made = tuple({"stack_id": stack_id, "tag": tag} for tag in unique)
    return Replace(tables.stack_tags, "stack_id", stack_id, made)


def name_key(record: StackRecord) -> str | None:
    """What is unique about a stack: its name, while it is a root and not deleted."""
    if record.parent_id is not None or record.deleted_at is not None:
        return None
    return f"{record.project_id}/{record.name}"


def _put_run(codec: Codec, record: RunRecord) -> list[Operation]:
    lease = {
        "run_id": record.id,
        "running": record.status is RunStatus.RUNNING,
        "fence": 1 if record.owner else 0,
        "sequence": 0,
        "owner": record.owner,
        "superseded_by": record.superseded_by,
    }
    return [
        Insert(tables.runs, (record.id,), rows.RUN.row(codec, record)),
        Insert(tables.leases, (record.id,), lease),
    ]


def _set_run(codec: Codec, change: changes.SetRun) -> list[Operation]:
    own = {name: value for name, value in change.fields.items() if name != "superseded_by"}
    lease = {name: value for name, value in change.fields.items() if name == "superseded_by"}
    if "status" in own:
        lease["running"] = own["status"] is RunStatus.RUNNING
    if unknown := own.keys() & rows.LEASE_FIELDS:
        raise TypeError(f"the lease is not set by hand: {sorted(unknown)}")
    found: list[Operation] = []
    if own:
        found.append(Update(tables.runs, (change.id,), rows.RUN.columns(codec, own)))
    if lease:
        found.append(Update(tables.leases, (change.id,), lease))
    return found


def _put_steps(codec: Codec, change: changes.PutSteps) -> list[Operation]:
    return [
        Insert(tables.steps, (step.run_id, step.key), rows.STEP.row(codec, step))
        for step in change.records
    ]


def _set_step(_codec: Codec, change: changes.SetStep) -> list[Operation]:
    row = {
        "state": change.state.value,
        "outcome": change.outcome,
        "reason": change.reason,
        "attempt": change.attempt,
    }
    return [Update(tables.steps, (change.run_id, change.key), row)]


def _put_hook(codec: Codec, change: changes.PutHook) -> list[Operation]:
    record = change.record
    key = (record.resource_id, record.hook)
    return [Insert(tables.hooks, key, rows.HOOK.row(codec, record))]


def _clear_hook(_codec: Codec, change: changes.ClearHook) -> list[Operation]:
    return [Update(tables.hooks, (change.resource_id, change.hook), {"cleared": True})]


def _set_snapshot(codec: Codec, change: changes.SetSnapshot) -> list[Operation]:
    row = rows.SNAPSHOT.columns(codec, change.fields)
    return [Update(tables.snapshots, (change.id,), row)]


def _set_resource(codec: Codec, change: changes.SetResource) -> list[Operation]:
    row = rows.RESOURCE.columns(codec, change.fields)
    return [Update(tables.resources, (change.id,), row)]


def _set_deployment(codec: Codec, change: changes.SetDeployment) -> list[Operation]:
    row = rows.DEPLOYMENT.columns(codec, change.fields)
    return [Update(tables.deployments, (change.id,), row | {"version": 1})]


def _put_heard(codec: Codec, record: HeardRecord) -> list[Operation]:
    row = rows.HEARD.row(codec, record)
    if record.count == 1:
        return [Insert(tables.heard, (record.resource_id,), row)]
    changed = {name: row[name] for name in ("count", "kept")}
    if record.letters:
        changed["letters"] = row["letters"]
    return [Update(tables.heard, (record.resource_id,), changed)]


def _drop_resources(_codec: Codec, change: changes.DropResources) -> list[Operation]:
    return [
        Delete(table, "stack_id", change.stack_id) for table in (tables.resources, tables.heard)
    ]


def _put_parked(codec: Codec, change: changes.PutParked) -> list[Operation]:
    row = rows.PARKED.row(codec, change.record)
    return [Replace(tables.parked, "run_id", change.record.run_id, (row,))]


def _put_text(_codec: Codec, change: changes.PutText) -> list[Operation]:
    row = {"hash": change.hash, "text": change.text}
    return [Insert(tables.texts, (change.hash,), row, new=True)]


def _put_service(codec: Codec, change: changes.PutService) -> list[Operation]:
    row = rows.SERVICE.row(codec, change.record)
    return [Replace(tables.services, "id", change.record.id, (row,))]


def _put(table: Table, shape: rows.Shape[Any]) -> Meaning:
    """What it means to put a record that is a row as it is."""

    def meaning(codec: Codec, change: Any) -> list[Operation]:
        return [Insert(table, (change.record.id,), shape.row(codec, change.record))]

    return meaning


_FIXED = frozenset({"id", "name", "project_id", "parent_id", "root_id", "version"})
_MEANING: dict[type[changes.Change], Meaning] = {
    changes.PutStack: lambda codec, change: _put_stack(codec, change.record),
    changes.SetStack: _set_stack,
    changes.PutResource: _put(tables.resources, rows.RESOURCE),
    changes.SetResource: _set_resource,
    changes.DropResource: lambda _codec, change: [Delete(tables.resources, "id", change.id)],
    changes.DropResources: _drop_resources,
    changes.PutHeard: lambda codec, change: _put_heard(codec, change.record),
    changes.DropHeard: lambda _codec, change: [
        Delete(tables.heard, "resource_id", change.resource_id)
    ],
    changes.PutInputs: _put(tables.inputs, rows.INPUTS),
    changes.PutText: _put_text,
    changes.PutRun: lambda codec, change: _put_run(codec, change.record),
    changes.SetRun: _set_run,
    changes.PutSteps: _put_steps,
    changes.SetStep: _set_step,
    changes.PutHook: _put_hook,
    changes.ClearHook: _clear_hook,
    changes.DropHooks: lambda _codec, change: [Delete(tables.hooks, "run_id", change.run_id)],
    changes.PutSnapshot: _put(tables.snapshots, rows.SNAPSHOT),
    changes.SetSnapshot: _set_snapshot,
    changes.DropSnapshot: lambda _codec, change: [Delete(tables.snapshots, "id", change.id)],
    changes.PutCause: lambda codec, change: [
        Insert(
            tables.causes,
            (change.record.run_id, change.record.step),
            rows.CAUSE.row(codec, change.record),
        )
    ],
    changes.DropCauses: lambda _codec, change: [Delete(tables.causes, "root_id", change.root_id)],
    changes.PutCredentials: _put(tables.credentials, rows.CREDENTIALS),
    changes.DropCredentials: lambda _codec, change: [Delete(tables.credentials, "id", change.id)],
    changes.PutSpareTrust: _put(tables.spare_trusts, rows.SPARE_TRUST),
    changes.DropSpareTrust: lambda _codec, change: [Delete(tables.spare_trusts, "id", change.id)],
    changes.PutParked: _put_parked,
    changes.DropParked: lambda _codec, change: [Delete(tables.parked, "run_id", change.run_id)],
    changes.PutAnswer: _put(tables.answers, rows.ANSWER),
    changes.PutConfig: _put(tables.configs, rows.CONFIG),
    changes.DropConfig: lambda _codec, change: [Delete(tables.configs, "id", change.id)],
    changes.PutDeployment: _put(tables.deployments, rows.DEPLOYMENT),
    changes.SetDeployment: _set_deployment,
    changes.DropDeployment: lambda _codec, change: [Delete(tables.deployments, "id", change.id)],
    changes.PutService: _put_service,
}


@dataclass(slots=True)
class Folded:
    """All operations of a transaction, each row at most once."""

    inserts: dict[Table, dict[Key, Row]] = field(default_factory=dict)
    new: dict[Table, dict[Key, Row]] = field(default_factory=dict)
    updates: dict[Table, dict[Key, Row]] = field(default_factory=dict)
    replaces: dict[tuple[Table, str, object], tuple[Row, ...]] = field(default_factory=dict)
    deletes: dict[tuple[Table, str, object], None] = field(default_factory=dict)

    def add(self, operation: Operation) -> None:
        """Fold one more in."""
        # By class and not by `match`: this runs thousands of times in one transaction.
        if isinstance(operation, Update):
            self._update(operation)
        elif isinstance(operation, Insert):
            self._insert(operation)
        elif isinstance(operation, Replace):
            place = (operation.table, operation.column, operation.value)
            self.replaces[place] = operation.rows
        else:
            self.deletes[operation.table, operation.column, operation.value] = None

    def _update(self, operation: Update) -> None:
        target = self.inserts.get(operation.table, {}).get(operation.key)
        if target is None:
            target = self.updates.setdefault(operation.table, {}).setdefault(operation.key, {})
        version = target.get("version", 0) + operation.row.get("version", 0)
        target.update(operation.row)
        if "version" in operation.row:
            target["version"] = version

    def _insert(self, operation: Insert) -> None:
        every = self.new if operation.new else self.inserts
        kept = every.setdefault(operation.table, {})
        key = operation.key
        if key in kept and not operation.new:
            # Two of one id cannot both be meant; let the database say so.
            key = (*key, len(kept))
        kept[key] = dict(operation.row)


def fold(found: Iterable[Operation]) -> Folded:
    """The operations, in their order, each row at most once."""
    folded = Folded()
    for operation in found:
        folded.add(operation)
    return folded
