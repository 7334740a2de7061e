"""`python -m catalog_index.training {language,encoder,fusion,calibrate,all}`: makes `catalog_index/models`.

`language` takes minutes and is kept; `encoder` goes on from it and is run again when the catalog has grown.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from catalog_index.training.encoder import Recipe
from catalog_index.training.make import make_calibration, make_encoder, make_fusion, make_language
from wenban.logs import setup_logging
from wenban.threads import limit_native_threads


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m catalog_index.training",
        description="Makes the bundled encoder and the fusion weights from the catalog and other texts.",
    )
    parser.add_argument("what", choices=("language", "encoder", "fusion", "calibrate", "all"))
    parser.add_argument("--texts", type=Path, help="folder with text/ and catalogs/ (see training/corpus.py)")
    parser.add_argument(
        "--queries", type=Path, help="development queries to fit the fusion and its sharpness on"
    )
    arguments = parser.parse_args()
    limit_native_threads()
    setup_logging("training")
    if arguments.what in ("language", "encoder", "all") and arguments.texts is None:
        parser.error(f"{arguments.what} needs --texts FOLDER")
    if arguments.what in ("fusion", "calibrate", "all") and arguments.queries is None:
        parser.error(f"{arguments.what} needs --queries FILE")
    recipe = Recipe()
    if arguments.what in ("language", "all"):
        make_language(arguments.texts, recipe)
    if arguments.what in ("encoder", "all"):
        make_encoder(arguments.texts, recipe)
    if arguments.what in ("fusion", "all"):
        make_fusion(arguments.queries)
    if arguments.what == "calibrate":
        make_calibration(arguments.queries)
    return 0


if __name__ == "__main__":
    sys.exit(main())
