"""What a conversation works with: the catalog, the search over it, the store."""

from __future__ import annotations

from dataclasses import dataclass

from actions.applications.store import Store
from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog


@dataclass(frozen=True)
class Service:
    """One for a process; shared by all conversations.

    Attributes:
        learns: whether what became of a need is kept, for an editor to learn from.
    """

    catalog: Catalog
    engine: SearchEngine
    store: Store
    learns: bool = True
