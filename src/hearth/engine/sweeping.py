"""The sweeper: what is left in Keystone of attempts that nobody heard the end of.

It takes away what is certainly ours, and nothing else: a trust that was written down before it
was asked for and never became a stack's, or that a stack has let go of; a project of a deleted
stack's users, unless that one was let go of; a user in such a project whose resource is no more,
where nothing is under way. Of what carries our marker and belongs to no row it only tells.
"""

import logging
from collections.abc import Iterable
from typing import Any

from hearth.base.errors import HearthError
from hearth.cloud import CloudError, DomainAuth, NoService, StackDomain, delete_trust, find_trust
from hearth.engine.desk import Desk
from hearth.kit import row_of
from hearth.stack import SpareTrust, StackRecord
from hearth.store import Batch, DropSpareTrust, SetStack, credentials, resources, stacks

log = logging.getLogger(__name__)

SPARE_S = 900.0
"""For so long a trust may be on its way to a stack, or used by a run that had it."""

AT_ONCE = 100
"""So many of each kind are looked after in one go."""


async def sweep(desk: Desk, spare_s: float = SPARE_S) -> None:
    """Take away what is left of trusts and of stacks' users."""
    await _trusts(desk, desk.clock.now() - spare_s)
    await _users(desk)


async def _trusts(desk: Desk, before: float) -> None:
    for spare in await desk.store.read(credentials.spare, before, AT_ONCE):
        try:
            await _take_back(desk, spare)
        except CloudError as error:
            # Its user is disabled, or Keystone is away: the next sweep tries again.
            log.warning("a trust of user %s is left over: %s", spare.user_id, error)


async def _take_back(desk: Desk, spare: SpareTrust) -> None:
    trust_id: str | None = spare.trust_id
    if not trust_id:
        trust_id = await find_trust(desk.patient, spare.user_id, spare.project_id, spare.ends_at)
    if trust_id:
        await delete_trust(desk.patient, trust_id, spare.project_id)
        log.info("a trust of user %s that no stack has is taken back", spare.user_id)
    await desk.store.write(Batch((DropSpareTrust(spare.id),)))


async def _users(desk: Desk) -> None:
    """Users and projects of stacks that are gone; a cloud without such a domain has none."""
    domain = StackDomain(desk.patient.session(DomainAuth()))
    left = await desk.store.read(stacks.projects_left, AT_ONCE)
    try:
        listed = await domain.users()
    except NoService:
        return
    known = await desk.store.read(stacks.user_projects, _projects(listed))
    for user in await _without_row(desk, listed):
        settled = known.get(str(user.get("default_project_id")))
        if settled is None:
            log.warning("user %s (%s) has our marker and no row", user["name"], user["id"])
        if not settled:
            continue
        await domain.drop_user(str(user["id"]))
        log.info("user %s, whose resource is gone, is taken away", user["name"])
    for stack in left:
        await _drop_project(desk, domain, stack)


def _projects(users: Iterable[dict[str, Any]]) -> list[str]:
    found = {str(user.get("default_project_id") or "") for user in users}
    return sorted(found - {""})


async def _without_row(desk: Desk, users: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that carry our marker, and whose row is not there."""
    marked = {row: user for user in users if (row := row_of(user.get("description")))}
    there = await desk.store.read(resources.there, list(marked))
    return [user for row, user in marked.items() if row not in there]


async def _drop_project(desk: Desk, domain: StackDomain, stack: StackRecord) -> None:
    try:
        await domain.drop_project(str(stack.stack_user_project_id))
        values = {"stack_user_project_id": None}
        await desk.store.write(Batch((SetStack(stack.id, values),)))
    except HearthError as error:
        log.warning("the project of stack %s's users is left over: %s", stack.id, error)
