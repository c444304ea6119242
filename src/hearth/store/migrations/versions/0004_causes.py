"""Why something failed is kept as data."""

import sqlalchemy as sa
from alembic import op

from hearth.store.dialects import LongText

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "causes",
        sa.Column("run_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=320), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("operation_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("error", sa.String(length=255), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("type", LongText(), nullable=False),
        sa.Column("call", LongText(), nullable=True),
        sa.Column("message", LongText(), nullable=False),
        sa.Column("hint", LongText(), nullable=False),
        sa.Column("path", LongText(), nullable=False),
        sa.Column("where", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "step", name="pk_causes"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_causes_root_id", "causes", ["root_id"], unique=False)
