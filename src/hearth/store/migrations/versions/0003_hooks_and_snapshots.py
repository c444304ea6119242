"""Hooks and snapshots; and what a stack last came to be is noted when it comes to be so."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from hearth.store.dialects import LongText

revision = "0003"
down_revision = "0002"

_LETTERS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}


def upgrade() -> None:
    """Make them."""
    _hooks()
    _snapshots()
    _what_held()


def _hooks() -> None:
    op.create_table(
        "hooks",
        sa.Column("resource_id", sa.String(length=36), nullable=False),
        sa.Column("hook", sa.String(length=16), nullable=False),
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "hook", name="pk_hooks"),
        sqlite_with_rowid=False,
        **_LETTERS,
    )
    op.create_index("ix_hooks_run_id", "hooks", ["run_id"], unique=False)


def _snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("inputs_id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", LongText(), nullable=False),
        sa.Column("data", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_snapshots"),
        **_LETTERS,
    )
    op.create_index("ix_snapshots_stack_id", "snapshots", ["stack_id"], unique=False)


def _what_held() -> None:
    """Until now it was noted when an update began, so what rests and is whole has no note."""
    op.execute(
        "UPDATE stacks SET previous_inputs_id = inputs_id WHERE previous_inputs_id IS NULL AND"
        " ((action IN ('CREATE', 'UPDATE') AND status = 'COMPLETE')"
        " OR action IN ('CHECK', 'SUSPEND', 'RESUME'))"
    )
