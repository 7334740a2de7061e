"""The catalog's and the search's branches of the error tree."""

from __future__ import annotations

from collections.abc import Sequence

from catalog_index.faults import Fault
from wenban.errors import CatalogError, SearchError


class CatalogInvalid(CatalogError):
    """One or more files of the catalog do not fit the schema or contradict themselves.

    Args:
        faults: one each, with file and position, and how to mend it.
    """

    code = "catalog_invalid"

    def __init__(self, faults: Sequence[str | Fault]) -> None:
        self.located = [Fault(fault) if isinstance(fault, str) else fault for fault in faults]
        self.faults = [str(fault) for fault in self.located]
        super().__init__(f"{len(faults)} fault(s) in the catalog:\n" + "\n".join(self.faults))


class ItemUnknown(CatalogError):
    """No item has this id in the catalog in use."""

    code = "item_unknown"
    citizen = "没有找到这个事项，请换个说法再试。"


class IndexMissing(SearchError):
    """The search index has not been built, or was built from another catalog or encoder."""

    code = "index_missing"


class EncoderUnavailable(SearchError):
    """The embedding model that the configuration names cannot be loaded."""

    code = "encoder_unavailable"


class VectorEngineUnavailable(SearchError):
    """The configured vector engine is unknown, not installed, or does not answer."""

    code = "vector_engine_unavailable"


class QueryInvalid(SearchError):
    """The query holds nothing that can be searched, or is too long."""

    code = "query_invalid"
    retryable = False
    citizen = "没有看懂，请用一句话说说您要办什么事。"
