"""Run by alembic, within the caller's transaction."""

from alembic import context

from triage.app import tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=tables(), render_as_batch=False)
context.run_migrations()
