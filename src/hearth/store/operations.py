"""From changes to operations on rows. Pure: values in, values out.

All changes of a transaction are folded: a row that is put and then set is inserted once, one that
is set often is updated once, and rows that change alike go in one statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Table

from hearth.stack import EventRecord, RunRecord, RunStatus, StackRecord
from hearth.store import changes, rows, tables
from hearth.store.codec import Codec
from hearth.store.rows import Row

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row. With `new` it may be there already, and is left alone then."""

    table: Table
    key: Key
    row: Row
    new: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """Columns of a row that must be there. `version` is what is added to that column."""

    table: Table
    key: Key
    row: Row


@dataclass(frozen=True, slots=True)
class Replace:
    """All rows of a table with this value in this column give way to these."""

    table: Table
    column: str
    value: object
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """All rows of a table with this value in this column go, after all else is written."""

    table: Table
    column: str
    value: object


Operation = Insert | Update | Replace | Delete


def operations(codec: Codec, change: changes.Change) -> list[Operation]:
    """What a change does to the rows."""
    match change:
        case changes.PutStack(record):
            return _put_stack(codec, record)
        case changes.SetStack():
            return _set_stack(codec, change)
        case changes.PutRun(record):
            return _put_run(codec, record)
        case changes.SetRun():
            return _set_run(codec, change)
        case changes.PutSteps(records):
            return [
                Insert(tables.steps, (step.run_id, step.key), rows.STEP.row(codec, step))
                for step in records
            ]
        case changes.SetStep(run_id, key):
            names = ("state", "outcome", "reason", "attempt")
            row = rows.STEP.columns(codec, {name: getattr(change, name) for name in names})
            return [Update(tables.steps, (run_id, key), row)]
        case changes.PutText(hash_, text):
            return [Insert(tables.texts, (hash_,), {"hash": hash_, "text": text}, new=True)]
        case _:
            return _simple(codec, change)


def event_row(codec: Codec, event: EventRecord) -> Row:
    """An event as a row; its number is given in the transaction."""
    return rows.EVENT.row(codec, event)


def _simple(codec: Codec, change: changes.Change) -> list[Operation]:
    match change:
        case changes.PutResource(record):
            return [Insert(tables.resources, (record.id,), rows.RESOURCE.row(codec, record))]
        case changes.SetResource(id_, fields):
            return [Update(tables.resources, (id_,), rows.RESOURCE.columns(codec, fields))]
        case changes.DropResource(id_):
            return [Delete(tables.resources, "id", id_)]
        case changes.DropResources(stack_id):
            return [Delete(tables.resources, "stack_id", stack_id)]
        case changes.PutInputs(record):
            return [Insert(tables.inputs, (record.id,), rows.INPUTS.row(codec, record))]
        case changes.PutCredentials(record):
            return [Insert(tables.credentials, (record.id,), rows.CREDENTIALS.row(codec, record))]
        case changes.DropCredentials(id_):
            return [Delete(tables.credentials, "id", id_)]
        case changes.PutAnswer(record):
            return [Insert(tables.answers, (record.id,), rows.ANSWER.row(codec, record))]
        case changes.PutConfig(record):
            return [Insert(tables.configs, (record.id,), rows.CONFIG.row(codec, record))]
        case changes.DropConfig(id_):
            return [Delete(tables.configs, "id", id_)]
        case changes.PutService(record):
            row = rows.SERVICE.row(codec, record)
            return [Replace(tables.services, "id", record.id, (row,))]
        case _:
            raise TypeError(f"{change!r} is no change")


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
        match operation:
            case Insert(table, key, row, new):
                kept = self.new if new else self.inserts
                kept = kept.setdefault(table, {})
                if key in kept and not new:
                    # Two of one id cannot both be meant; let the database say so.
                    key = (*key, len(kept))
                kept[key] = dict(row)
            case Update(table, key, row):
                target = self.inserts.get(table, {}).get(key)
                if target is None:
                    target = self.updates.setdefault(table, {}).setdefault(key, {})
                _merge(target, row)
            case Replace(table, column, value, made):
                self.replaces[table, column, value] = made
            case Delete(table, column, value):
                self.deletes[table, column, value] = None


def fold(found: Iterable[Operation]) -> Folded:
    """The operations, in their order, each row at most once."""
    folded = Folded()
    for operation in found:
        folded.add(operation)
    return folded


def _merge(target: Row, row: Row) -> None:
    version = target.get("version", 0) + row.get("version", 0)
    target.update(row)
    if "version" in row:
        target["version"] = version
