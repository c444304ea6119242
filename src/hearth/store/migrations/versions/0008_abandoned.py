"""When a stack was let go of: its users stay for whoever takes it over."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; nothing there means: it was not."""
    op.add_column("stacks", sa.Column("abandoned_at", sa.Double(), nullable=True))
