"""How the tables came to be what they are, for Alembic, which finds all of this by path."""
