"""Configs and deployments as one step sees and changes them.

Changes gather until the step's next write and become durable with it. What a run has made and
not yet written, its next steps see all the same: a chunk of them is written at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hearth.base import Value, closed, hidden_in
from hearth.base.errors import OverLimit
from hearth.config import Settings
from hearth.kit import OCC, Seen
from hearth.stack import Action, ConfigRecord, DeploymentRecord
from hearth.store import (
    Change,
    Connection,
    DropConfig,
    DropDeployment,
    PutConfig,
    PutDeployment,
    SetDeployment,
    Store,
    configs,
    deployments,
)


@dataclass(slots=True)
class Room:
    """What one run has made and not yet written, and how many more its project may have."""

    made: dict[str, ConfigRecord] = field(default_factory=dict)
    left: dict[type, float] = field(default_factory=dict)


@dataclass(slots=True)
class Shelf:
    """The configs and deployments of one step.

    properties: the step's, with marks: what tells of something hidden in them is closed again.
    """

    store: Store
    settings: Settings
    project_id: str
    root_id: str
    room: Room
    properties: Mapping[str, Value] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    async def config(self, ident: str) -> ConfigRecord | None:
        """A config of the stack's project, by its id."""
        made = self.room.made.get(ident)
        return made or await self.store.read(configs.find, self.project_id, ident)

    async def deployment(self, ident: str) -> DeploymentRecord | None:
        """A deployment of the stack's project, by its id."""
        return await self.store.read(deployments.find, self.project_id, ident)

    async def server(self, ident: str) -> Seen | None:
        """The resource of the project that is the server of this id."""
        return await self.store.read(_seen, self.project_id, self.root_id, ident)

    async def put(self, record: ConfigRecord | DeploymentRecord) -> None:
        """A new one; a project has so many and no more."""
        await self._take_room(type(record))
        hidden = hidden_in(dict(self.properties))
        if isinstance(record, ConfigRecord):
            inputs = tuple(closed(one, hidden) for one in record.inputs)
            kept = replace(record, config=closed(record.config, hidden), inputs=inputs)
            self.room.made[record.id] = kept
            self.changes.append(PutConfig(kept))
        else:
            values = closed(record.input_values, hidden)
            self.changes.append(PutDeployment(replace(record, input_values=values)))

    def change(self, ident: str, fields: Mapping[str, Any], version: int | None = None) -> None:
        """Change a deployment; with a version, if it is still as it was read."""
        hidden = hidden_in(dict(self.properties))
        shut = {name: closed(value, hidden) for name, value in fields.items()}
        self.changes.append(SetDeployment(ident, shut, version))

    def forget_config(self, ident: str) -> None:
        """A config that goes."""
        self.room.made.pop(ident, None)
        self.changes.append(DropConfig(ident))

    def forget_deployment(self, ident: str) -> None:
        """A deployment that goes."""
        self.changes.append(DropDeployment(ident))

    def taken(self) -> list[Change]:
        """What is to be written now."""
        found = list(self.changes)
        self.changes.clear()
        return found

    async def _take_room(self, kind: type) -> None:
        if kind not in self.room.left:
            limit, count = _LIMITS[kind](self.settings)
            self.room.left[kind] = (
                float("inf")
                if limit == -1
                else limit - await self.store.read(count, self.project_id)
            )
        self.room.left[kind] -= 1
        if self.room.left[kind] < 0:
            words = _WORDS[kind]
            raise OverLimit(
                f"Request limit exceeded: You have reached the maximum {words} per tenant."
                f" Please delete some {words}."
            )


def _seen(db: Connection, project_id: str, root_id: str, ident: str) -> Seen | None:
    record = deployments.server(db, project_id, ident, root_id)
    if record is None or OCC not in record.data or record.state.action is Action.DELETE:
        return None
    return Seen(record, tuple(deployments.told(db, record)))


_WORDS: Mapping[type, str] = {
    ConfigRecord: "software configs",
    DeploymentRecord: "software deployments",
}
_LIMITS: Mapping[type, Callable[[Settings], tuple[int, Any]]] = {
    ConfigRecord: lambda settings: (settings.max_software_configs_per_tenant, configs.counted),
    DeploymentRecord: lambda settings: (
        settings.max_software_deployments_per_tenant,
        deployments.counted,
    ),
}
