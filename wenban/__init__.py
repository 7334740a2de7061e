"""The ground every other package stands on: errors, settings, logging, JSON Lines.

Nothing here knows of speech, the catalog, Rasa or the web, so `speech` and `catalog_index` can both use it
and still know nothing of each other.
"""

__version__ = "0.1.0"
