"""Brings the catalog's words to the recognizer; neither side knows of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_index.loader import Catalog
    from wenban.settings import Settings


def knows_words(catalog: Catalog, settings: Settings) -> bool:
    """Whether the recognizer's language model was made from this catalog, or cannot be made at all.

    Raises:
        SetupError: there is no speech model.
    """
    from catalog_index.documents import spoken_texts
    from speech.language_model.adapt import can_adapt, is_current
    from speech.models import adapted_folder, base_model

    model = base_model(settings)
    return not can_adapt(model) or is_current(model, adapted_folder(settings), spoken_texts(catalog))


def teach_words(catalog: Catalog, settings: Settings) -> dict[str, object]:
    """Makes the recognizer's language model from the catalog; used from the next start of the stack on.

    Returns:
        What is to be told: the model directory, or why there is none.

    Raises:
        SetupError: there is no speech model.
    """
    from catalog_index.documents import spoken_texts
    from speech.language_model.adapt import adapt, can_adapt
    from speech.models import adapted_folder, base_model

    model = base_model(settings)
    if not can_adapt(model):
        # A model whose words are built into its graph: it hears what it always heard.
        return {"speech_model": f"{model.name} (keeps its own words)"}
    made = adapt(
        model, adapted_folder(settings), spoken_texts(catalog), f"the words of catalog {catalog.version}"
    )
    return {"speech_model": str(made.directory)}
