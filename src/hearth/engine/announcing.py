"""A line in the log for each change of a stack, said when it is durable and not before."""

import logging
from collections.abc import Iterable

from hearth.engine.telling import STACK_TYPE
from hearth.stack import EventRecord
from hearth.store import Batch, Store

log = logging.getLogger(__name__)


async def durable(store: Store, batch: Batch) -> None:
    """Write a batch; then say which stacks it has changed."""
    await store.write(batch)
    announce(batch.events)


def announce(events: Iterable[EventRecord]) -> None:
    """Say what became of stacks. Reasons are left out: they quote what users wrote."""
    for event in events:
        # A nested stack is a resource of that type as well; the stack itself is told of by itself.
        if event.resource_type == STACK_TYPE and event.physical_id == event.stack_id:
            log.info(
                "stack %s (%s) %s %s", event.resource_name, event.stack_id, event.state,
                event.operation_id,
            )  # fmt: skip
