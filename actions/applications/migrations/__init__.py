"""Alembic migrations of the applications database, run by `Store.migrate`."""
