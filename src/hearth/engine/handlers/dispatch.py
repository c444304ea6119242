"""From a command to its handler."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hearth.base.errors import Late, Refused
from hearth.bus import (
    AbandonStack,
    Answer,
    Command,
    CreateConfig,
    CreateDeployment,
    CreateStack,
    DeleteConfig,
    DeleteDeployment,
    DeleteSnapshot,
    DeleteStack,
    FetchAnswer,
    MarkResource,
    PlanNew,
    PlanUpdate,
    PreviewStack,
    PreviewUpdate,
    RefreshOutputs,
    RestoreSnapshot,
    ServicesOffered,
    ShowAttributes,
    SignalResource,
    SnapshotStack,
    StackAction,
    UpdateDeployment,
    UpdateStack,
    ValidateTemplate,
    decode_answer,
)
from hearth.engine.desk import Desk
from hearth.engine.handlers.abandon import abandon
from hearth.engine.handlers.actions import act
from hearth.engine.handlers.brought import bring
from hearth.engine.handlers.configs import create_config, delete_config
from hearth.engine.handlers.create import create
from hearth.engine.handlers.delete import delete
from hearth.engine.handlers.deployments import (
    create_deployment,
    delete_deployment,
    fetch_answer,
    update_deployment,
)
from hearth.engine.handlers.previews import (
    plan_new,
    plan_update,
    preview,
    validate_template,
)
from hearth.engine.handlers.refreshing import refresh_outputs
from hearth.engine.handlers.resources import (
    mark,
    services_offered,
    show_attributes,
)
from hearth.engine.handlers.signals import signal
from hearth.engine.handlers.snapshots import delete_snapshot, restore, snapshot
from hearth.engine.handlers.touched import preview_update
from hearth.engine.handlers.update import update
from hearth.store import Moved, commands

TRIES = 5
"""So often a command looks anew at a stack that has changed under its hands."""


async def dispatch(desk: Desk, command: Command[Any]) -> Answer:
    """Do what is asked, once."""
    if command.deadline < desk.clock.now():
        raise Late(f"The command {command.id} came too late.")
    known = await desk.store.read(commands.answer, command.id)
    if known is not None:
        await _afterwards(desk, command)
        return decode_answer(known.answer)
    for left in reversed(range(TRIES)):
        try:
            return await _handled(desk, command)
        except Refused as refused:
            # Perhaps by what this very command, delivered twice, has brought about.
            known = await desk.store.read(commands.answer, command.id)
            if known is not None:
                return decode_answer(known.answer)
            if not isinstance(refused, Moved) or not left:
                raise
    raise AssertionError("the last try returns or raises")


async def _handled(desk: Desk, command: Command[Any]) -> Answer:
    handler = HANDLERS.get(type(command))
    if handler is None:
        raise Refused(f"{type(command).__name__} is not available yet.", kind="NotSupported")
    answer = await handler(desk, command)
    await _afterwards(desk, command)
    return answer


async def _afterwards(desk: Desk, command: Command[Any]) -> None:
    """What is to follow, even if the answer has been stored by an engine that died then."""
    follow = AFTERWARDS.get(type(command))
    if follow is not None:
        await follow(desk, command)


HANDLERS: Mapping[type, Callable[[Desk, Any], Awaitable[Answer]]] = {
    CreateStack: create,
    UpdateStack: update,
    DeleteStack: delete,
    StackAction: act,
    AbandonStack: abandon,
    SnapshotStack: snapshot,
    DeleteSnapshot: delete_snapshot,
    RestoreSnapshot: restore,
    ValidateTemplate: validate_template,
    PreviewStack: preview,
    PreviewUpdate: preview_update,
    PlanNew: plan_new,
    PlanUpdate: plan_update,
    SignalResource: signal,
    MarkResource: mark,
    ShowAttributes: show_attributes,
    RefreshOutputs: refresh_outputs,
    ServicesOffered: services_offered,
    CreateConfig: create_config,
    DeleteConfig: delete_config,
    CreateDeployment: create_deployment,
    UpdateDeployment: update_deployment,
    DeleteDeployment: delete_deployment,
    FetchAnswer: fetch_answer,
}
"""Who does what."""

AFTERWARDS: Mapping[type, Callable[[Desk, Any], Awaitable[None]]] = {
    CreateDeployment: bring,
    UpdateDeployment: bring,
    DeleteDeployment: bring,
}
"""What follows, as often as a command comes."""
