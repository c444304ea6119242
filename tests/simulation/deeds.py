"""What users do to a stack beyond creating, changing and deleting it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from tests.simulation.users import User


async def suspended(user: "User") -> None:
    """Put it to sleep, and wake it up."""
    for action in ("suspend", "resume"):
        await user.client.insist("POST", f"{user.path}/actions", {action: None})
        await user.pause()


async def checked(user: "User") -> None:
    """Have it looked at."""
    await user.client.insist("POST", f"{user.path}/actions", {"check": None})
    await user.pause()


async def patched(user: "User") -> None:
    """Have it be as it is."""
    await user.client.insist("PATCH", user.path, {"parameters": {}})
    await user.pause()


async def kept(user: "User") -> None:
    """Keep a snapshot of it, change it perhaps, and perhaps go back."""
    ident = await user.client.keep(user.path, f"snapshot{user.design.number}")
    design = user.design
    snapshot = f"{user.path}/snapshots/{ident}"
    await user.client.done(snapshot)
    if user.whim.random() < 0.5:
        user.design = user.draftsman.changed(user.design)
        await user.change()
    if user.whim.random() < 0.6:
        await user.client.insist("POST", f"{snapshot}/restore")
        user.design = design
        await user.pause()
    if user.whim.random() < 0.5:
        await user.client.insist("DELETE", snapshot)


async def left(user: "User") -> None:
    """Let go of it, and have another stack take over what it was."""
    status = await user.client.settled(user.name)
    if not status.endswith("_COMPLETE"):
        return
    document = await user.client.leave(user.name, user.path)
    user.ident = await user.client.create(
        user.name,
        {
            "adopt_stack_data": msgspec.json.encode(document).decode(),
            # Who goes back lets go of all again, as is written; then nobody sees to it any more.
            "disable_rollback": True,
            "timeout_mins": 60,
        },
    )
    await user.pause()


async def marked(user: "User") -> None:
    """Say that one of its resources is not well."""
    name = user.whim.choice(sorted(user.design.parts))
    body = {"mark_unhealthy": True, "resource_status_reason": "as it pleased"}
    await user.client.insist("PATCH", f"{user.path}/resources/{name}", body)


async def scaled(user: "User") -> None:
    """Signal its policies."""
    for name, part in sorted(user.design.parts.items()):
        if part.kind == "policy":
            await user.client.insist("POST", f"{user.path}/resources/{name}/signal", {})
            if user.plan.patient:
                await user.client.group_settled(user.ident)


DEEDS: tuple[Callable[["User"], Awaitable[None]], ...] = (
    suspended, checked, patched, kept, left, marked, scaled, scaled,
)  # fmt: skip
