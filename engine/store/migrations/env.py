"""Alembic's entry: runs the migrations on the connection that `engine.store.database.migrate` hands over."""

from alembic import context

from engine.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,  # true of SQLite as well, because we begin its transactions ourselves
    compare_type=True,
)

with context.begin_transaction():
    context.run_migrations()
