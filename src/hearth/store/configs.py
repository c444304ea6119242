"""Queries about software configs."""

from typing import Any

from sqlalchemy import Select, func, select

from hearth.stack import ConfigRecord
from hearth.store import paging, rows, tables
from hearth.store.database import Connection

_config = tables.configs.c
_LISTED = [_config.id, _config.project_id, _config.name, _config.group, _config.created_at]


def find(db: Connection, project_id: str | None, config_id: str) -> ConfigRecord | None:
    """A config by its id; of any project if None is given."""
    found = select(tables.configs).where(_config.id == config_id)
    if project_id is not None:
        found = found.where(_config.project_id == project_id)
    row = db.one(found)
    return None if row is None else rows.CONFIG.read(db.codec, row)


def listed(
    db: Connection, project_id: str | None, limit: int | None = None, marker: str | None = None
) -> list[ConfigRecord]:
    """A page of configs, the oldest first, without what is in them; of all projects if None."""
    found: Select[Any] = select(*_LISTED)
    if project_id is not None:
        found = found.where(_config.project_id == project_id)
    seen = _config.id == marker if marker else None
    order = [_config.created_at, _config.id]
    found = paging.paged(db, found, order, descending=False, marker=seen)
    if limit is not None:
        found = found.limit(limit)
    return [rows.CONFIG.read(db.codec, row) for row in db.all(found)]


def counted(db: Connection, project_id: str) -> int:
    """How many configs a project has: what `max_software_configs_per_tenant` limits."""
    own = _config.project_id == project_id
    count = select(func.count()).select_from(tables.configs).where(own)
    return int(db.sql.execute(count).scalar_one())
