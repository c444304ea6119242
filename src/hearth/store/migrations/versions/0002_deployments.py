"""Deployments of software configs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from hearth.store.dialects import LongText

revision = "0002"
down_revision = "0001"

_NAME = "software_deployments"
_INDEXES = (
    ("config_id",),
    ("server_id",),
    ("project_id", "created_at"),
    ("stack_user_project_id", "created_at"),
)
_LETTERS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        _NAME,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("stack_user_project_id", sa.String(length=64), nullable=True),
        sa.Column("server_id", sa.String(length=255), nullable=False),
        sa.Column("config_id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", LongText(), nullable=True),
        sa.Column("input_values", LongText(), nullable=False),
        sa.Column("output_values", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_NAME}"),
        **_LETTERS,
    )
    for columns in _INDEXES:
        name = f"ix_{_NAME}_{'_'.join(columns)}"
        op.create_index(name, _NAME, list(columns), unique=False)
