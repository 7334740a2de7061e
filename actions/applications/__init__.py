"""Drafts, applications and what a conversation must remember: kept once and encrypted.

The way in is `Store`; everything personal passes through its `Cipher` before it reaches the database.

Example:
    >>> from actions.applications.crypto import Cipher
    >>> from actions.applications.store import Store
    >>> from wenban.settings import load_settings
    >>> settings = load_settings()
    >>> store = Store(settings.database_url, Cipher.from_settings(settings))  # doctest: +SKIP
    >>> store.migrate()  # doctest: +SKIP
"""
