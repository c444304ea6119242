"""What Alembic runs: the migrations, on the connection that `hearth.store.migrate` gives it."""

from alembic import context

from hearth.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
