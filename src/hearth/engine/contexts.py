"""The Context that a verb is handed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hearth.cloud import Cloud
from hearth.engine.desk import Desk
from hearth.engine.work import Work
from hearth.kit import Context, InError, Observation, Phase, ResourceType, StackFacts, marker
from hearth.plan import ATTEMPTED, BELOW, MADE_OF, RELEASED
from hearth.stack import ResourceRecord, physical_name

SETTINGS = (
    "default_user_data_format",
    "default_software_config_transport",
    "default_deployment_signal_transport",
    "stack_scheduler_hints",
    "heat_metadata_server_url",
    "heat_waitcondition_server_url",
    "max_server_name_length",
)
"""The options that types may know of."""

_OURS = frozenset({ATTEMPTED, BELOW, MADE_OF, RELEASED})
"""What a row's data keeps for the engine, and is none of the types' business."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """Waiting for a verb in the midst of its work."""

    desk: Desk
    kind: ResourceType
    ctx: Context

    async def until(self, ident: str, statuses: tuple[str, ...]) -> dict[str, Any]:
        """The document once the object is in one of the states, or ready."""

        def there(seen: Observation) -> bool:
            return seen.status in statuses or seen.phase is not Phase.WORKING

        seen = await self.desk.poller.until(self.kind, self.ctx, ident, there)
        if seen.status not in statuses and seen.phase is not Phase.READY:
            raise InError(seen.status or seen.phase.value, seen.reason)
        return seen.shown

    async def gone(self, ident: str) -> None:
        """Return once it is gone."""
        await self.desk.poller.until(
            self.kind, self.ctx, ident, lambda seen: seen.phase is Phase.GONE
        )


def context(desk: Desk, work: Work, row: ResourceRecord, kind: ResourceType) -> Context:
    """What the verbs of a resource may use."""
    stack = work.stack

    async def taken(idents: Iterable[str]) -> frozenset[str]:
        return frozenset(ident for ident in idents if ident in work.ids)

    made = Context(
        cloud=work.cloud if kind.touches_nothing else Cloud(work.cloud.session.traced()),
        stack=StackFacts(
            stack.id, stack.name, stack.project_id, stack.root_id,
            stack_user_project_id=work.root.stack_user_project_id,
        ),
        name=row.name,
        row=row.id,
        physical_name=physical_name(stack.name, row.name, row.id, kind.name_limit),
        marker=marker(row.id),
        record=row,
        ids=desk.ids,
        clock=desk.clock,
        metadata=dict(row.metadata),
        data={key: value for key, value in row.data.items() if key not in _OURS},
        settings={name: getattr(desk.settings, name) for name in SETTINGS},
        nested=work.views.get(row.id),
        taken=taken,
        created_after=row.created_at,
    )  # fmt: skip
    made.waiting = Waiter(desk, kind, made)
    return made
