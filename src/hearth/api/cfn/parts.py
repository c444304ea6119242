"""What the responders of the CloudFormation API stand on, and a request as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hearth.api.ec2 import Signatures
from hearth.base import Clock, Ids
from hearth.bus import Answer, Bus, Command
from hearth.config import Settings
from hearth.identity import Caller
from hearth.kit import Registry
from hearth.policy import Policy
from hearth.store import Store

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything from outside that a request may need."""

    bus: Bus
    store: Store
    policy: Policy
    registry: Registry
    clock: Clock
    ids: Ids
    settings: Settings
    signatures: Signatures

    def to_engine(self, caller: Caller) -> dict[str, Any]:
        """The fields that every command begins with."""
        return {
            "id": self.ids.uuid(),
            "deadline": self.clock.now() + self.settings.rpc_response_timeout,
            "caller": caller,
        }

    async def call(self, command: Command[A]) -> A:
        """Have an engine do it."""
        return await self.bus.call(command)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: who asks, and with what parameters of query and form."""

    caller: Caller
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
