"""The steps from texts to the committed files: language, encoder, fusion."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from catalog_index.encoder import BUNDLED, load_encoder
from catalog_index.engine import SearchEngine
from catalog_index.fusion import Fusion
from catalog_index.loader import load_catalog
from catalog_index.outside import out_of_scope
from catalog_index.text import normalise
from catalog_index.training.calibrate import best_lenience, best_sharpness, names_only, sharpened
from catalog_index.training.corpus import OUTSIDE, catalog_families, detail_pairs, outside_pairs
from catalog_index.training.encoder import Material, Recipe, Training, build_tokenizer, save
from catalog_index.training.fusion import build_channels, development_queries, examples, fit, rough_fusion
from wenban.settings import load_settings

log = logging.getLogger(__name__)
CARD = Path(__file__).with_name("model_card.md")
_CATALOG_WEIGHT = 4


def make_language(texts: Path, recipe: Recipe) -> None:
    """The first stage: language from the outside texts; kept under WENBAN_HOME, since it takes longest."""
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    sources = outside_pairs(texts, recipe.seed)
    sample = [pair.left for own in sources.values() for pair in own[::4]]
    # As often as in pairs, so that the catalog's words find a place among those of the laws.
    sample += [text for family in catalog_families(catalog) for text in family.texts] * _CATALOG_WEIGHT
    sample += [pair.right for pair in detail_pairs(catalog)]
    training = Training(build_tokenizer(catalog, sample, recipe.words), recipe)
    if sources:
        training.run(Material(sources), recipe.language)
    training.save(settings.home / "training" / "language")


def make_encoder(texts: Path, recipe: Recipe) -> None:
    """The second stage: the bundled encoder from the first."""
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    language = Training.load(settings.home / "training" / "language", recipe)
    outside = [name for name in OUTSIDE if name in recipe.catalog.shares]
    sources = outside_pairs(texts, recipe.seed, outside) | {"detail": detail_pairs(catalog)}
    families = catalog_families(catalog)
    phrases = sum(len(family.texts) for family in families)
    log.info(
        "pairs: %s; %d phrases of the catalog", {name: len(own) for name, own in sources.items()}, phrases
    )
    refused = [normalise(text) for text in out_of_scope()]
    language.run(Material(sources, families, refused), recipe.catalog)
    card = CARD.read_text(encoding="utf-8").format(
        catalog=catalog.version, items=len(catalog.items), tokens=language.tokenizer.get_vocab_size(),
        width=recipe.width, phrases=phrases, refused=len(refused),
        language_steps=recipe.language.steps, catalog_steps=recipe.catalog.steps, batch=recipe.batch,
    )  # fmt: skip
    save(language.tokenizer, language.table(), BUNDLED, card)
    log.info("encoder written to %s", BUNDLED.name)


def make_fusion(development: Path) -> None:
    """Fits the fusion weights for the encoder in use and writes them into the package.

    Args:
        development: queries to fit on (bench/queries/dev.jsonl).
    """
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    encoder = load_encoder(settings.encoder)
    engine = SearchEngine(catalog, build_channels(catalog, encoder), rough_fusion())
    made = examples(engine, development_queries(development, catalog))
    fusion, loss = fit(made)
    facts: dict[str, object] = {
        "command": f"python -m catalog_index.training fusion --queries {development.name}",
        "fitted_on": development.name,
        "catalog": catalog.version,
        "items": len(catalog.items),
        "encoder": encoder.name,
        "queries": len(made),
        "out_of_scope": sum(not example.right for example in made),
        "mean_negative_log_likelihood": round(loss, 4),
    }
    log.info("fusion fitted on %d queries, loss %.3f", len(made), loss)
    # Fitted among the likeliest candidates only; over the whole catalog the scores come out too shy.
    engine = SearchEngine(catalog, engine.channels, replace(fusion, made=facts))
    _calibrate(engine, development).save()


def make_calibration(development: Path) -> None:
    """Sets the sharpness of the scores in the package's fusion file from development queries."""
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    channels = build_channels(catalog, load_encoder(settings.encoder))
    _calibrate(SearchEngine(catalog, channels, Fusion.load()), development).save()


def _calibrate(engine: SearchEngine, development: Path) -> Fusion:
    asked = development_queries(development, engine.catalog)
    factor, softening, loss = best_sharpness(engine, asked)
    calibrated = {"on": development.name, "queries": len(asked), "factor": factor, "loss": round(loss, 4)}
    log.info("scores times %.2f, softening %.1f, loss on %s %.3f", factor, softening, development.name, loss)
    fusion = sharpened(engine.fusion, factor, softening, {"calibration": calibrated})
    # A city's own table has titles and no ways to ask; there likeness is lower for what is meant, too.
    plain = names_only(engine.catalog)
    sparse = SearchEngine(plain, build_channels(plain, engine.channels.encoder), fusion)
    lenience, loss = best_lenience(sparse, asked)
    log.info("lenience %.1f, loss in a catalog of titles alone %.3f", lenience, loss)
    return replace(fusion, lenience=lenience)
