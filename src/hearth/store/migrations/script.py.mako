"""${message}."""

import sqlalchemy as sa
from alembic import op

from hearth.store.dialects import LongBinary, LongText

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Change the tables."""
    ${upgrades if upgrades else "pass"}
