"""The steps from texts to the committed files: language, encoder, the folds' encoders, fusion."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from catalog_index.encoder import BUNDLED, StaticEncoder, load_encoder
from catalog_index.engine import SearchEngine
from catalog_index.errors import IndexMissing
from catalog_index.fusion import Fusion
from catalog_index.loader import Catalog, load_catalog
from catalog_index.training.calibrate import best_factor, read_known, sharpened
from catalog_index.training.corpus import catalog_pairs, outside_pairs
from catalog_index.training.encoder import Recipe, Training, build_tokenizer, save
from catalog_index.training.fusion import (
    FOLDS,
    Example,
    build_channels,
    collect,
    collect_development,
    fit,
    held_out,
    in_fold,
)
from wenban.settings import Settings, load_settings

log = logging.getLogger(__name__)
CARD = Path(__file__).with_name("model_card.md")


def _fold_folder(settings: Settings, fold: int) -> Path:
    return settings.home / "training" / f"fold-{fold}"


def make_language(texts: Path, recipe: Recipe) -> None:
    """The first stage: language from the outside texts; kept under WENBAN_HOME, since it takes longest."""
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    sources = outside_pairs(texts, recipe.seed)
    sample = [pair.left for own in sources.values() for pair in own[::4]]
    sample += [pair.left for pair in catalog_pairs(catalog)]
    training = Training(build_tokenizer(catalog, sample, recipe.words), recipe)
    if sources:
        training.run(sources, recipe.language)
    training.save(settings.home / "training" / "language")


def make_encoder(texts: Path, recipe: Recipe) -> None:
    """The second stage: the bundled encoder from the first, and the folds' encoders for `make_fusion`."""
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    language = Training.load(settings.home / "training" / "language", recipe)
    sources, pairs = outside_pairs(texts, recipe.seed), catalog_pairs(catalog)
    log.info("pairs: %s", {**{name: len(own) for name, own in sources.items()}, "catalog": len(pairs)})
    for fold in range(FOLDS):
        training = language.copy()
        training.run({**sources, "catalog": catalog_pairs(catalog, held_out(catalog, fold))}, recipe.catalog)
        save(language.tokenizer, training.table(), _fold_folder(settings, fold), "")
    language.run({**sources, "catalog": pairs}, recipe.catalog)
    card = CARD.read_text(encoding="utf-8").format(
        catalog=catalog.version, items=len(catalog.items), tokens=language.tokenizer.get_vocab_size(),
        width=recipe.width, pairs=sum(map(len, sources.values())), catalog_pairs=len(pairs),
        language_steps=recipe.language.steps, catalog_steps=recipe.catalog.steps, batch=recipe.batch,
    )  # fmt: skip
    save(language.tokenizer, language.table(), BUNDLED, card)
    log.info("encoder written to %s", BUNDLED.name)


def _examples(catalog: Catalog, settings: Settings) -> tuple[list[Example], str]:
    """With the bundled encoder: by its folds. With another: by itself, since it has not seen the catalog."""
    if settings.encoder:
        encoder = load_encoder(settings.encoder)
        return collect(catalog, encoder, lambda _: True, 1), encoder.name
    made: list[Example] = []
    for fold in range(FOLDS):
        folder = _fold_folder(settings, fold)
        if not folder.exists():
            raise IndexMissing(
                f"{folder} is missing; run `python -m catalog_index.training all --texts FOLDER`"
            )
        made += collect(catalog, StaticEncoder(folder), partial(in_fold, fold=fold), fold)
    return made, load_encoder(None).name


def make_fusion(development: Path | None = None) -> None:
    """Fits the fusion weights for the encoder in use and writes them into the package.

    Args:
        development: queries (bench/queries/dev.jsonl) to fit on; None: the catalog's own phrases, which are
            harder than what people ask, and need `make_calibration` afterwards.
    """
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    if development is None:
        made, encoder = _examples(catalog, settings)
    else:
        used = load_encoder(settings.encoder)
        made, encoder = collect_development(catalog, used, development), used.name
    weights, none, loss = fit(made)
    facts: dict[str, object] = {
        "command": "python -m catalog_index.training fusion",
        "fitted_on": development.name if development else "the catalog's phrases",
        "catalog": catalog.version,
        "items": len(catalog.items),
        "encoder": encoder,
        "queries": len(made),
        "out_of_scope": sum(not example.right for example in made),
        "mean_negative_log_likelihood": round(loss, 4),
    }
    Fusion(weights, none, facts).save()
    log.info("fusion fitted on %d queries, loss %.3f", len(made), loss)
    if development is not None:
        # Fitted among the likeliest candidates only; over the whole catalog the scores come out too shy.
        make_calibration(development)


def make_calibration(development: Path) -> None:
    """Sets the sharpness of the scores in the package's fusion file from development queries."""
    settings = load_settings()
    catalog, fusion = load_catalog(settings.catalog_dir), Fusion.load()
    engine = SearchEngine(catalog, build_channels(catalog, load_encoder(settings.encoder)), fusion)
    known = read_known(development, engine)
    factor, loss = best_factor(engine, known)
    calibrated = {"on": development.name, "queries": len(known), "factor": factor, "loss": round(loss, 4)}
    sharpened(fusion, factor, {"calibration": calibrated}).save()
    log.info("scores multiplied by %.2f, loss on %s %.3f", factor, development.name, loss)
