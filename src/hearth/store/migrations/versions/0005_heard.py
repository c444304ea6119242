"""What signals have told resources."""

import sqlalchemy as sa
from alembic import op

from hearth.store.dialects import LongText

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "heard",
        sa.Column("resource_id", sa.String(length=36), nullable=False),
        sa.Column("stack_id", sa.String(length=36), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("kept", LongText(), nullable=False),
        sa.Column("letters", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", name="pk_heard"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_heard_stack_id", "heard", ["stack_id"], unique=False)
