"""Which incarnation of a resource a signal is meant for.

While a resource is replaced several rows bear its name: the one that stands for it, and such as
are on their way out, of which a deployment may still wait for its server to undo it. A user that
was made for one of them speaks to that one. Of others nobody knows for whom they speak, unless
they say so, or only one of the rows waits to be spoken to.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hearth.base import plain
from hearth.engine.desk import Desk
from hearth.identity import Caller
from hearth.kit import IN_PROGRESS, meant
from hearth.stack import DeploymentRecord, ResourceRecord
from hearth.store import Connection, configs, deployments, hearing, resources
from hearth.store.hearing import Listener

SAYING = ("id", "deploy_signal_id")
"""Where in an answer it may say which deployment it is for."""


async def addressed(
    desk: Desk, caller: Caller, where: tuple[str, str], details: Any
) -> Listener | None:
    """The row that a signal to a stack's id and a resource's name is for, and what it has heard."""
    user_id = caller.user_id if desk.settings.heat_stack_user_role in caller.roles else None
    return await desk.store.read(_addressed, where, user_id, details)


def _addressed(
    db: Connection, where: tuple[str, str], user_id: str | None, details: Any
) -> Listener | None:
    bearers = resources.bearers(db, *where)
    if not bearers:
        return None
    if user_id is not None:
        chosen = meant(bearers, user_id)
    elif len(bearers) == 1:
        chosen = bearers[0]
    else:
        chosen = _called(db, bearers, details)
    return Listener(chosen, hearing.find(db, chosen))


def _called(db: Connection, bearers: Sequence[ResourceRecord], details: Any) -> ResourceRecord:
    """The one that the signal names; or the only one that waits; or that which stands for all."""
    known = deployments.some(db, [row.id for row in bearers])
    if isinstance(details, Mapping):
        said = [details[name] for name in SAYING if isinstance(details.get(name), str)]
        for row in bearers if said else ():
            if any(name in said for name in _names(db, row, known.get(row.id))):
                return row
    waiting = [row for row in bearers if row.id in known and known[row.id].status == IN_PROGRESS]
    return waiting[0] if len(waiting) == 1 else bearers[0]


def _names(
    db: Connection, row: ResourceRecord, deployment: DeploymentRecord | None
) -> tuple[str, ...]:
    """By what an answer may call a row: as a deployment, its config, or where it is answered."""
    if deployment is None:
        return (row.id,)
    config = configs.find(db, None, deployment.config_id)
    inputs = config.inputs if config is not None else ()
    urls = [one.get("value") for one in inputs if one["name"] == "deploy_signal_id"]
    return (row.id, deployment.config_id, *(str(plain(url)) for url in urls))
