"""How Alembic runs here: always over the connection and inside the transaction that the caller opened."""

from __future__ import annotations

from alembic import context

from actions.applications.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite rolls DDL back as well, since the driver no longer commits on its own.
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
