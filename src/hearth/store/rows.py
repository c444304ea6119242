"""Records to rows and back: for each noun, which of its fields are not simply a column."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any, Generic, TypeVar

from hearth.stack import (
    Action,
    Call,
    Cause,
    CommandRecord,
    ConfigRecord,
    Credentials,
    DeploymentRecord,
    EventRecord,
    HeardRecord,
    HookRecord,
    Inputs,
    Intent,
    Output,
    ParkedRun,
    ResourceRecord,
    RunRecord,
    RunStatus,
    SnapshotRecord,
    SpareTrust,
    StackRecord,
    State,
    Status,
    StepRecord,
    StepState,
)
from hearth.store.codec import Codec
from hearth.store.nouns import ServiceRecord

Row = dict[str, Any]
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Kind:
    """How a field is written to its column, and read back."""

    write: Callable[[Codec, Any], Any]
    read: Callable[[Codec, Any], Any]


class Shape(Generic[Record]):
    """A record's class, its table, and the fields that are more than a column.

    A field of kind `STATE` is two columns, `action` and `status`. `elsewhere` names fields that
    stand in another table.
    """

    __slots__ = ("_has_state", "_kinds", "_names", "_others", "_own", "_plain", "_record")

    def __init__(
        self, record: type[Record], kinds: Mapping[str, Kind], elsewhere: Iterable[str] = ()
    ) -> None:
        self._record = record
        self._kinds = dict(kinds)
        self._names = tuple(each.name for each in fields(record))  # type: ignore[arg-type]
        self._plain = tuple(name for name in self._names if name not in self._kinds)
        self._others = tuple(item for item in self._kinds.items() if item[1] is not STATE)
        self._has_state = STATE in self._kinds.values()
        self._own = tuple(name for name in self._names if name not in elsewhere)

    def row(self, codec: Codec, record: Record) -> Row:
        """The record as a row of its table."""
        return self.columns(codec, {name: getattr(record, name) for name in self._own})

    def columns(self, codec: Codec, values: Mapping[str, Any]) -> Row:
        """Some of a record's fields as columns."""
        row: Row = {}
        kinds = self._kinds
        for name, value in values.items():
            kind = kinds.get(name)
            if kind is None:
                row[name] = value
            elif kind is STATE:
                row["action"] = None if value is None else value.action.value
                row["status"] = None if value is None else value.status.value
            else:
                row[name] = kind.write(codec, value)
        return row

    def read(self, codec: Codec, found: Mapping[Any, Any]) -> Record:
        """The record that a row holds; fields whose columns were not asked for get defaults."""
        row = found if isinstance(found, dict) else dict(found)
        values = {name: row[name] for name in self._plain if name in row}
        for name, kind in self._others:
            if name in row:
                values[name] = kind.read(codec, row[name])
        if self._has_state:
            values["state"] = _STATES[row["action"], row["status"]]
        return self._record(**values)


_STATES: dict[tuple[str | None, str | None], State | None] = {
    (action.value, status.value): State(action, status) for action in Action for status in Status
} | {(None, None): None}


def _enum(enum: type[Enum]) -> Kind:
    return Kind(lambda _codec, value: value.value, lambda _codec, text: enum(text))


def _intent_text(codec: Codec, intent: Intent | None) -> str | None:
    return None if intent is None else codec.text(asdict(intent))


def _intent(codec: Codec, text: str | None) -> Intent | None:
    return None if text is None else Intent(**codec.value(text))


def _call_text(codec: Codec, call: Call | None) -> str | None:
    return None if call is None else codec.text(asdict(call))


def _call(codec: Codec, text: str | None) -> Call | None:
    return None if text is None else Call(**codec.value(text))


def _outputs_text(codec: Codec, outputs: tuple[Output, ...]) -> str:
    return codec.text([[one.key, one.value, one.description, one.error] for one in outputs])


def _outputs(codec: Codec, text: str) -> tuple[Output, ...]:
    return tuple(Output(*one) for one in codec.value(text))


STATE = Kind(lambda _codec, value: value, lambda _codec, value: value)
JSON = Kind(lambda codec, value: codec.text(value), lambda codec, text: codec.value(text))
NAMES = Kind(lambda codec, value: codec.text(value), lambda codec, text: tuple(codec.value(text)))
SEALED = Kind(lambda codec, value: codec.seal(value), lambda codec, token: codec.open(token))
OUTPUTS = Kind(_outputs_text, _outputs)
INTENT = Kind(_intent_text, _intent)
CALL = Kind(_call_text, _call)

STACK = Shape(
    StackRecord,
    {"state": STATE, "shown_parameters": JSON, "outputs": OUTPUTS, "tags": NAMES},
)
RESOURCE = Shape(
    ResourceRecord,
    {
        "state": STATE,
        "reference": JSON,
        "required_by": NAMES,
        "requires": NAMES,
        "update_policy": JSON,
        "data": JSON,
        "metadata": JSON,
        "properties": JSON,
        "attributes": JSON,
        "intent": INTENT,
    },
)
HEARD = Shape(HeardRecord, {"kept": JSON, "letters": NAMES})
EVENT = Shape(EventRecord, {"state": STATE, "properties": JSON})
INPUTS = Shape(Inputs, {"tags": NAMES, "environment": JSON, "parameters": JSON})
LEASE_FIELDS = frozenset({"superseded_by", "fence", "owner"})
RUN = Shape(
    RunRecord,
    {"action": _enum(Action), "status": _enum(RunStatus), "plan": JSON},
    elsewhere=LEASE_FIELDS,
)
STEP = Shape(StepRecord, {"state": _enum(StepState)})
HOOK = Shape(HookRecord, {})
SNAPSHOT = Shape(SnapshotRecord, {"action": _enum(Action), "status": _enum(Status), "data": JSON})
CAUSE = Shape(Cause, {"action": _enum(Action), "path": NAMES, "where": NAMES, "call": CALL})
CREDENTIALS = Shape(Credentials, {"trust_id": SEALED, "roles": NAMES})
SPARE_TRUST = Shape(SpareTrust, {"trust_id": SEALED})
PARKED = Shape(ParkedRun, {})
ANSWER = Shape(CommandRecord, {})
CONFIG = Shape(
    ConfigRecord,
    {"config": JSON, "inputs": NAMES, "outputs": NAMES, "options": JSON},
)
DEPLOYMENT = Shape(DeploymentRecord, {"input_values": JSON, "output_values": JSON})
SERVICE = Shape(ServiceRecord, {})
