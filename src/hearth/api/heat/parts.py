"""What the responders stand on, and the few things that nearly all of them do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from hearth.api.heat.asking import Ask
from hearth.base import Clock, Ids
from hearth.base.errors import Missing
from hearth.bus import Answer, Bus, Command, StackRef
from hearth.config import Settings
from hearth.kit import Registry
from hearth.policy import Policy
from hearth.stack import StackRecord
from hearth.store import Store, stacks

A = TypeVar("A", bound=Answer)


class Language(Protocol):
    """What the template package tells of template versions and functions."""

    def versions(self) -> list[dict[str, Any]]:
        """Documents {version, type, aliases}, the oldest first."""
        ...

    def functions(self, version: str, *, conditions: bool) -> list[dict[str, str]] | None:
        """Documents {functions, description} of a version, None for an unknown one."""
        ...


class Offering(Protocol):
    """Knows which services the cloud offers a project."""

    async def of(self, parts: "Parts", ask: Ask) -> frozenset[str]:
        """Their names, as `compute` and `network`."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything from outside that a request may need."""

    bus: Bus
    store: Store
    policy: Policy
    registry: Registry
    language: Language
    clock: Clock
    ids: Ids
    settings: Settings
    offers: Offering

    def to_engine(self, ask: Ask) -> dict[str, Any]:
        """The fields that every command begins with."""
        return {
            "id": self.ids.uuid(),
            "deadline": self.clock.now() + self.settings.rpc_response_timeout,
            "caller": ask.caller,
        }

    async def call(self, command: Command[A]) -> A:
        """Have an engine do it."""
        return await self.bus.call(command)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a responder answers. Without a body, `null` is sent with 200, nothing otherwise."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] | None = None


def no_such_stack(name: str) -> Missing:
    """The refusal for a stack that is not there, or not for this caller."""
    return Missing(f"The Stack ({name}) could not be found.")


def visible(ask: Ask, stack: StackRecord) -> bool:
    """Whether the stack is the caller's to see: its project's, its users', an administrator's."""
    return ask.caller.is_admin or ask.caller.project_id in {
        stack.project_id,
        stack.stack_user_project_id,
    }


async def stack_at(parts: Parts, ask: Ask) -> StackRecord:
    """The stack that the path names: name and id must both be right."""
    name, stack_id = ask.path["name"], ask.path["stack_id"]
    found = await parts.store.read(stacks.find, stack_id)
    if found is None or found.name != name or not visible(ask, found):
        raise no_such_stack(name)
    return found


def ref(ask: Ask) -> StackRef:
    """The stack that the path names, for a command: an engine looks it up itself."""
    return StackRef(ask.path["name"], ask.path["stack_id"])
