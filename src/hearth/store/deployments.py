"""Queries about deployments of software configs, and what a server is to know of them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select

from hearth.stack import ConfigRecord, DeploymentRecord, ResourceRecord
from hearth.store import rows, tables
from hearth.store.database import Connection

_deployment = tables.deployments.c
_config = tables.configs.c
_resource = tables.resources.c


def find(db: Connection, project_id: str | None, ident: str) -> DeploymentRecord | None:
    """A deployment by its id, as a project may see it; of any project if None is given."""
    row = db.one(_visible(select(tables.deployments), project_id).where(_deployment.id == ident))
    return None if row is None else rows.DEPLOYMENT.read(db.codec, row)


def listed(
    db: Connection, project_id: str | None, server_id: str | None = None
) -> list[DeploymentRecord]:
    """A project's deployments, the oldest first; of all projects if None, to one server if said."""
    found = _visible(select(tables.deployments), project_id)
    if server_id is not None:
        found = found.where(_deployment.server_id == server_id)
    found = found.order_by(_deployment.created_at, _deployment.id)
    return [rows.DEPLOYMENT.read(db.codec, row) for row in db.all(found)]


def metadata(db: Connection, project_id: str | None, server_id: str) -> list[ConfigRecord]:
    """What is deployed to a server: the derived configs, by name; the order is the guest's, too."""
    found = _visible(
        select(*tables.configs.columns).join(
            tables.deployments, _deployment.config_id == _config.id
        ),
        project_id,
    ).where(_deployment.server_id == server_id)
    found = found.order_by(_config.name, _deployment.created_at, _deployment.id)
    return [rows.CONFIG.read(db.codec, row) for row in db.all(found)]


def told(db: Connection, server: ResourceRecord) -> list[ConfigRecord]:
    """What is deployed to the server that a resource is, by who may: its own project."""
    project = select(tables.stacks.c.project_id).where(tables.stacks.c.id == server.stack_id)
    owner = db.sql.execute(project).scalar()
    if owner is None or server.physical_id is None:
        return []
    return metadata(db, owner, server.physical_id)


def server(
    db: Connection, project_id: str, server_id: str, root_id: str = ""
) -> ResourceRecord | None:
    """The resource of a project that is a server: looked for first in one tree of stacks.

    One that was replaced is a server for as long as it stands, and has to undo what it was told.
    """
    stack = tables.stacks.c
    everywhere = [stack.project_id == project_id]
    for within in [stack.root_id == root_id, *everywhere] if root_id else everywhere:
        found = (
            select(*tables.resources.columns)
            .join(tables.stacks, _resource.stack_id == stack.id)
            .where(within, stack.deleted_at.is_(None), _resource.physical_id == server_id)
            .where(stack.project_id == project_id)
            .order_by(_resource.replaced_by.is_not(None), _resource.created_at.desc())
        )
        if (row := db.one(found.limit(1))) is not None:
            return rows.RESOURCE.read(db.codec, row)
    return None


def some(db: Connection, idents: Iterable[str]) -> dict[str, DeploymentRecord]:
    """Several, by their ids: one look for all who wait."""
    wanted = list(idents)
    found: dict[str, DeploymentRecord] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        for row in db.all(select(tables.deployments).where(_deployment.id.in_(part))):
            record = rows.DEPLOYMENT.read(db.codec, row)
            found[record.id] = record
    return found


def counted(db: Connection, project_id: str) -> int:
    """How many a project has: what `max_software_deployments_per_tenant` limits."""
    own = _deployment.project_id == project_id
    count = select(func.count()).select_from(tables.deployments).where(own)
    return int(db.sql.execute(count).scalar_one())


def uses(db: Connection, config_id: str) -> bool:
    """Whether any deployment points to a config."""
    found = select(_deployment.id).where(_deployment.config_id == config_id).limit(1)
    return db.sql.execute(found).first() is not None


def _visible(found: Select[Any], project_id: str | None) -> Select[Any]:
    if project_id is None:
        return found
    return found.where(
        or_(
            _deployment.project_id == project_id,
            _deployment.stack_user_project_id == project_id,
        )
    )


_AT_ONCE = 500
