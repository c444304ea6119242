"""How many signals a stack's resources had taken when its outputs were evaluated."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; nothing there means: none."""
    op.add_column("stacks", sa.Column("outputs_heard", sa.BigInteger(), nullable=True))
