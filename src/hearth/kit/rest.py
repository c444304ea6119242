"""Where a type's objects live, how their status reads, and what carries our marker. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Marker(Enum):
    """What in a creating request carries the marker."""

    METADATA = "metadata"
    TAGS = "tags"
    DESCRIPTION = "description"
    NAME = "name"
    CLIENT_ID = "id"
    CONTENT = "content"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rest:
    """Where a type's objects live.

    wraps: the key that a single document is wrapped in, "" for none. plural: that of a list
    (`wraps` + "s" by default). updates: the method of an update. marker: what carries ours.
    detail: suffix of the list path that gives whole documents. batched: whether those who wait
    may be answered by one list. ident: the field that is the id. named: whether a name is sent.
    """

    service: str
    path: str
    wraps: str
    plural: str = ""
    updates: str = "PUT"
    marker: Marker = Marker.NAME
    detail: str = ""
    batched: bool = True
    ident: str = "id"
    named: bool = True

    @property
    def many(self) -> str:
        """The key that a list is wrapped in."""
        return self.plural or f"{self.wraps}s"


class Phase(Enum):
    """Where an object stands, whatever its service calls it."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of an object, without touching it.

    again_at: for a type that hears, when it is to be looked at again, signal or none.
    """

    phase: Phase
    shown: dict[str, Any] = field(default_factory=dict)
    status: str = ""
    reason: str = ""
    again_at: float | None = None


@dataclass(frozen=True, slots=True)
class Phases:
    """How an object's status reads. Without a field, what exists is ready.

    working: what means "not yet"; empty: whatever is neither ready nor failed nor gone.
    A status that is in none of the sets, where `working` lists some, counts as failed.
    resting: of what is "not yet" that in which somebody has left it, and in which an update may
    leave it as well. task: the field that says what is under way with an object, which is not done
    then whatever its status. reason: the field that says why it failed. stuck: what says that it
    could not be deleted, even when that was tried before; by default whatever has failed since.
    """

    field: str = ""
    ready: tuple[str, ...] = ()
    failed: tuple[str, ...] = ("ERROR",)
    working: tuple[str, ...] = ()
    resting: tuple[str, ...] = ()
    task: str = ""
    gone: tuple[str, ...] = ("DELETED",)
    reason: str = ""
    stuck: tuple[str, ...] = ()

    def of(self, shown: Mapping[str, Any]) -> Phase:
        """Where the object with this document stands."""
        if not self.field:
            return Phase.READY
        status = self.status(shown)
        if status in self.ready:
            return Phase.WORKING if self.busy(shown) else Phase.READY
        if status in self.gone:
            return Phase.GONE
        if status in self.failed:
            return Phase.FAILED
        return Phase.FAILED if self.working and status not in self.working else Phase.WORKING

    def busy(self, shown: Mapping[str, Any]) -> bool:
        """Whether something is under way with the object, as of suspending an active server."""
        return bool(self.task and shown.get(self.task))

    def rests(self, shown: Mapping[str, Any]) -> bool:
        """Whether somebody has left the object where it is, and nothing is under way with it."""
        return self.status(shown) in self.resting and not self.busy(shown)

    def status(self, shown: Mapping[str, Any]) -> str:
        """What the service calls where it stands."""
        return str(shown.get(self.field, "")) if self.field else ""

    def why(self, shown: Mapping[str, Any]) -> str:
        """What the service says of a failure."""
        said = shown.get(self.reason) if self.reason else None
        if isinstance(said, Mapping):
            said = said.get("message")
        return str(said or "")
