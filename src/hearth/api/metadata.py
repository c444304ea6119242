"""A resource's metadata as both APIs show it, and who may see it."""

from typing import Any, Protocol

from hearth.base import plain
from hearth.base.errors import Denied
from hearth.config import Settings
from hearth.identity import Caller
from hearth.kit import OCC, Registry, admits, guest_metadata, meant
from hearth.stack import ResourceRecord
from hearth.store import Store, deployments, hearing, resources


class Standing(Protocol):
    """What it takes, of all that an API stands on."""

    @property
    def store(self) -> Store:
        """The database."""
        ...

    @property
    def settings(self) -> Settings:
        """What is configured."""
        ...

    @property
    def registry(self) -> Registry:
        """The resource types."""
        ...


def allow(caller: Caller, role: str, record: ResourceRecord) -> None:
    """Refuse a stack's user, which the role tells, that was made for another resource."""
    if role in caller.roles and not admits(record, caller.user_id):
        raise Denied("You are not authorized to complete this action.")


async def incarnation(
    parts: Standing, caller: Caller, stack_id: str, name: str
) -> ResourceRecord | None:
    """What a caller means by the name of a resource.

    A stack's user means the incarnation that it was made for: the guest in a server that was
    replaced is still to hear what it is to undo.
    """
    found = await parts.store.read(resources.bearers, stack_id, name)
    if not found:
        return None
    own = parts.settings.heat_stack_user_role in caller.roles
    return meant(found, caller.user_id) if own else found[0]


async def shown_metadata(parts: Standing, record: ResourceRecord) -> dict[str, Any]:
    """A resource's metadata, with what its type adds: deployments, or what signals have told."""
    if OCC in record.data:
        configs = await parts.store.read(deployments.told, record)
        return guest_metadata(record.data[OCC], record.metadata, configs)
    kind = parts.registry.type(record.type_resolved or record.type)
    if kind is None or kind.told is None:
        return dict(plain(record.metadata))
    heard = await parts.store.read(hearing.find, record)
    return dict(plain(kind.told(record, heard.kept)))
