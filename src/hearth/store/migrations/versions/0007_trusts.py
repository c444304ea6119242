"""Trusts without a stack, runs that wait for their credentials, and what is done now and then."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from hearth.store.dialects import LongText

revision = "0007"
down_revision = "0006"

_LETTERS: dict[str, Any] = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "spare_trusts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("ends_at", sa.Double(), nullable=False),
        sa.Column("trust_id", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spare_trusts"),
        **_LETTERS,
    )
    op.create_index("ix_spare_trusts_at", "spare_trusts", ["at"], unique=False)
    op.create_table(
        "parked",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_parked"),
        sqlite_with_rowid=False,
        **_LETTERS,
    )
    op.create_index("ix_parked_root_id", "parked", ["root_id"], unique=False)
    op.create_table(
        "chores",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("held_until", sa.Double(), nullable=True),
        sa.Column("done_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
        sqlite_with_rowid=False,
        **_LETTERS,
    )
