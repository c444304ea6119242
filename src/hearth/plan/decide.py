"""Whether a resource stays, changes in place or is replaced. Pure.

The plan asks when it is made, and the machine's shell asks again when a value has become known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol

from hearth.base import Secret, Unknown, Value, masked, plain, unknown_in
from hearth.plan.values import Change
from hearth.schema import Kind as Shape
from hearth.schema import Record
from hearth.stack import Action, ResourceRecord, State, Status

ATTEMPTED = "hearth:attempted"
"""Where a row's data keeps the properties that an update is about to apply, until it has."""

BEGAN = "hearth:began"
"""Where a row's data keeps when an update began, until it has ended."""

MADE_OF = "hearth:made_of"
"""Where a row's data keeps a digest of its definition beside the properties' values."""

BELOW = "hearth:below"
"""Where a nesting row's data notes that it is what stands below it that a check found broken."""

SCALING = "hearth:scaling"
"""Where a group's row keeps what the signal asked for by which it was scaled last."""

LINGERS = "hearth:lingers"
"""Where a row's data notes that its object was to go, did not, and is taken up again."""

DRIFT = "hearth:drift"
"""Where a row's data notes what the cloud was seen to show otherwise: values, by property."""

GONE = "hearth:gone"
"""What stands there alone for an object that is not there any more."""

RELEASED = "hearth:released"
"""Where a row's data keeps what its object held, from before a replacement takes it over."""


class Kind(Protocol):
    """What a decision needs to know of a resource type (a part of kit's ResourceType)."""

    @property
    def Properties(self) -> type[Record]:  # noqa: N802 - as the types call it
        """Its properties."""
        ...

    @property
    def anything_goes(self) -> bool:
        """Whether it takes any property."""
        ...

    @property
    def substitutes(self) -> tuple[str, ...]:
        """Other names under which the same objects are kept."""
        ...

    @property
    def nests(self) -> bool:
        """Whether it is a stack of its own."""
        ...

    @property
    def own_metadata(self) -> frozenset[str]:
        """Keys of the metadata that the type itself keeps there."""
        ...

    @property
    def mends(self) -> bool:
        """Whether an update that failed can be repeated on the same object."""
        ...

    @property
    def revisited(self) -> bool:
        """Whether every update looks at it."""
        ...

    @property
    def renewed(self) -> bool:
        """Whether every update replaces it."""
        ...

    def replaces(self, before: Any, after: Any, changed: frozenset[str]) -> bool:
        """Whether the change needs a new object."""
        ...


class Verdict(Enum):
    """What is to be done with what is recorded."""

    NONE = "none"
    UPDATE = "update"
    REPLACE = "replace"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, the properties that differ, and why; either: unknown values may still tip it.

    perhaps: what is unknown is such that it would be replaced, so people must be told.
    forbidden: it is refused because the environment restricts it, and nothing is touched.
    quiet: nothing of the resource itself differs.
    """

    verdict: Verdict
    changed: frozenset[str] = frozenset()
    either: bool = False
    perhaps: bool = False
    reason: str = ""
    forbidden: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource as its template wants it, evaluated as far as values are known.

    shown: the properties that the template names, in its own words: what people read.
    """

    name: str
    type: str
    resolved: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    metadata: Mapping[str, Value] = field(default_factory=dict)
    update_policy: Mapping[str, Value] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    deletion_policy: str = "Delete"
    external_id: Value = None
    description: str = ""
    where: str = ""
    shown: Mapping[str, Value] = field(default_factory=dict)
    made_of: str = ""
    restricted: frozenset[str] = frozenset()


_RESTRICTABLE = {Verdict.UPDATE: "update", Verdict.REPLACE: "replace"}
_STAND_INS: Mapping[Shape, Value] = {Shape.STRING: "?", Shape.INTEGER: 0, Shape.NUMBER: 0}
_AGAIN = frozenset({Action.CREATE, Action.CHECK, Action.DELETE, Action.ADOPT})


def decide(kind: Kind, recorded: ResourceRecord, wanted: Wanted) -> Decision:
    """What becomes of a recorded resource that its template wants to be so."""
    decision = _decided(kind, recorded, wanted)
    word = _RESTRICTABLE.get(decision.verdict)
    if word not in wanted.restricted:
        return decision
    return Decision(
        Verdict.REFUSE,
        decision.changed,
        reason=f"{word} is restricted for resource.",
        forbidden=True,
    )


def _decided(kind: Kind, recorded: ResourceRecord, wanted: Wanted) -> Decision:
    if wanted.resolved != recorded.type_resolved and recorded.type_resolved not in kind.substitutes:
        return Decision(Verdict.REPLACE, reason=f"its type was {recorded.type}")
    if wanted.external_id is not None or recorded.external:
        return _external(recorded, wanted)
    if kind.nests and recorded.nested_id is not None:
        return _nesting(kind, recorded, wanted)
    left = lingers(kind, recorded)
    failed = recorded.state.status is not Status.COMPLETE and not left
    again = _AGAIN - {Action.CREATE} if kind.revisited and recorded.physical_id else _AGAIN
    if failed and (recorded.state.action in again or not kind.mends):
        return Decision(Verdict.REPLACE, reason=f"it is {recorded.state}: {recorded.reason}")
    if recorded.state.action is Action.INIT:
        return Decision(Verdict.REPLACE, reason="it was never created")
    if GONE in recorded.data.get(DRIFT, {}):
        return Decision(Verdict.REPLACE, reason="it is not there any more")
    if kind.renewed:
        return Decision(Verdict.REPLACE, reason="every update makes it anew")
    if kind.anything_goes:
        return Decision(Verdict.NONE)
    differing = _differing(recorded, wanted)
    if not differing and not left:
        beside = _beside(kind, recorded, wanted)
        if beside.verdict is Verdict.NONE and kind.revisited:
            return Decision(Verdict.UPDATE, quiet=True, reason="every update looks at it")
        return beside
    decision = _of_changes(kind, recorded, wanted, differing)
    if left and decision.verdict is Verdict.UPDATE:
        # Only a look at it tells whether it is as it was.
        words = "it was to be deleted, and is still there"
        return replace(decision, either=True, perhaps=True, reason=words)
    return decision


def lingers(kind: Kind, recorded: ResourceRecord) -> bool:
    """Whether its deletion has failed: what stood in the way of that may have kept it whole.

    It may until an update has looked at it and found it so; one that failed before is no answer.
    What was never known by an id was never whole.
    """
    known = recorded.physical_id is not None and kind.mends
    unseen = LINGERS in recorded.data and recorded.state == State(Action.UPDATE, Status.FAILED)
    return known and (unseen or recorded.state == State(Action.DELETE, Status.FAILED))


def _nesting(kind: Kind, recorded: ResourceRecord, wanted: Wanted) -> Decision:
    """A nested stack is not replaced for being in a bad state: it is brought in line.

    So it is even where nothing differs: what is inside may have gone bad. It is replaced when
    somebody has marked it unhealthy as a whole.
    """
    marked = recorded.state == State(Action.CHECK, Status.FAILED) and BELOW not in recorded.data
    if marked:
        return Decision(Verdict.REPLACE, reason=f"it is {recorded.state}: {recorded.reason}")
    differing = _differing(recorded, wanted)
    if differing:
        return _of_changes(kind, recorded, wanted, differing)
    if recorded.state.status is not Status.COMPLETE:
        return Decision(Verdict.UPDATE, reason=f"it is {recorded.state}")
    beside = _beside(kind, recorded, wanted)
    if beside.verdict is not Verdict.NONE:
        return beside
    return Decision(Verdict.UPDATE, quiet=True, reason="what is inside it is looked at")


def _differing(recorded: ResourceRecord, wanted: Wanted) -> frozenset[str]:
    """What differs from what is in force; an update that failed may have come half way."""
    differing = differences(recorded.properties, wanted.properties)
    attempted = recorded.data.get(ATTEMPTED)
    if attempted is not None:
        differing |= differences(attempted, wanted.properties)
    return differing | frozenset(recorded.data.get(DRIFT, ()))


def in_force(recorded: ResourceRecord) -> dict[str, Value]:
    """The properties that are in force, as far as is known."""
    drift = {key: value for key, value in recorded.data.get(DRIFT, {}).items() if key != GONE}
    return recorded.properties | drift


def differences(before: Mapping[str, Value], after: Mapping[str, Value]) -> frozenset[str]:
    """Names whose values differ; what is not known yet differs from everything."""
    names = before.keys() | after.keys()
    return frozenset(n for n in names if not _same(before.get(n), after.get(n)))


def changes(kind: Kind, before: Mapping[str, Value], wanted: Wanted) -> tuple[Change, ...]:
    """The differences as people read them, masked."""
    fields = kind.Properties.fields
    return tuple(
        Change(
            name,
            masked(before.get(name)),
            masked(wanted.shown.get(name, wanted.properties.get(name))),
            name in fields and not fields[name].update,
        )
        for name in sorted(differences(before, wanted.properties))
    )


def _same(before: Value, after: Value) -> bool:
    if isinstance(after, Secret | dict | list) or isinstance(before, Secret):
        return not unknown_in(after) and bool(plain(before) == plain(after))
    return not isinstance(after, Unknown) and bool(before == after)


def _external(recorded: ResourceRecord, wanted: Wanted) -> Decision:
    if not recorded.external or plain(wanted.external_id) != recorded.physical_id:
        return Decision(Verdict.REFUSE, reason="Can not update external_id after creation")
    return Decision(Verdict.NONE)


def _beside(kind: Kind, recorded: ResourceRecord, wanted: Wanted) -> Decision:
    """The properties are as they were; what else there is may still differ."""
    if RELEASED in recorded.data:
        return Decision(Verdict.UPDATE, reason="what it held went to a replacement")
    given = {k: v for k, v in recorded.metadata.items() if k not in kind.own_metadata}
    if not _same(given, dict(wanted.metadata)):
        return Decision(Verdict.UPDATE, reason="its metadata differs")
    if not _same(recorded.update_policy, dict(wanted.update_policy)):
        return Decision(Verdict.UPDATE, reason="its update policy differs")
    if recorded.data.get(MADE_OF, "") != wanted.made_of:
        return Decision(Verdict.UPDATE, reason="its definition differs")
    return Decision(Verdict.NONE)


def _of_changes(
    kind: Kind, recorded: ResourceRecord, wanted: Wanted, differing: frozenset[str]
) -> Decision:
    fields = kind.Properties.fields
    fixed = sorted(n for n in differing if n in fields and fields[n].immutable)
    unknown = frozenset(n for n in differing if unknown_in(wanted.properties.get(n)))
    if fixed and not unknown.issuperset(fixed):
        words = f"Update to properties {', '.join(fixed)} of {wanted.name} ({wanted.type}) are not"
        return Decision(Verdict.REFUSE, differing, reason=f"{words} allowed")
    known = differing - unknown
    if known and _replaces(kind, recorded, wanted, known):
        return Decision(Verdict.REPLACE, differing, reason=_why(kind, known))
    tipping = [one for one in sorted(unknown) if _may_tip(kind, recorded, wanted, known, one)]
    return Decision(
        Verdict.UPDATE,
        differing,
        either=bool(unknown),
        perhaps=bool(tipping),
        reason=f"may be REPLACED: {', '.join(tipping)} not known yet" if tipping else "",
    )


def _may_tip(
    kind: Kind, recorded: ResourceRecord, wanted: Wanted, known: frozenset[str], name: str
) -> bool:
    """Whether a value that is not known yet may call for a new object, by what the type says.

    The type is asked as if the value had changed into what it was, and into something else.
    """
    declared = kind.Properties.fields.get(name)
    other = _presumed(wanted.properties.get(name), declared.kind if declared else Shape.ANY)
    instead = replace(wanted, properties={**wanted.properties, name: other})
    changed = known | {name}
    return any(_replaces(kind, recorded, one, changed) for one in (wanted, instead))


def _presumed(value: Value, shape: Shape = Shape.STRING) -> Value:
    """The value with something in the place of what is not known, where that can be made up."""
    match value:
        case Unknown():
            return _STAND_INS.get(shape, value)
        case Secret():
            return _presumed(value.value, shape)
        case dict():
            return {key: _presumed(item) for key, item in value.items()}
        case list() | tuple():
            return [_presumed(item) for item in value]
        case _:
            return value


def _replaces(kind: Kind, recorded: ResourceRecord, wanted: Wanted, known: frozenset[str]) -> bool:
    """What the type says of the changes that are known; unknown values are left as they were."""
    settled = {name: value for name, value in wanted.properties.items() if not unknown_in(value)}
    before = {n: v for n, v in recorded.properties.items() if n in kind.Properties.fields}
    after = {**before, **settled}
    for name in before.keys() - wanted.properties.keys():
        after.pop(name)
    return kind.replaces(kind.Properties.of(plain(before)), kind.Properties.of(plain(after)), known)


def _why(kind: Kind, known: frozenset[str]) -> str:
    fields = kind.Properties.fields
    fixed = sorted(n for n in known if n in fields and not fields[n].update)
    if not fixed:
        return f"{', '.join(sorted(known))} cannot be changed so in place"
    return f"{', '.join(fixed)} cannot change in place"
