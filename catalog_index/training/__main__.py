"""`python -m catalog_index.training {encoder,fusion,all}`: makes the files under `catalog_index/models`."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from catalog_index.training.make import make_encoder, make_fusion
from wenban.logs import setup_logging
from wenban.threads import limit_native_threads


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m catalog_index.training",
        description="Makes the bundled encoder and the fusion weights from the catalog and other texts.",
    )
    parser.add_argument("what", choices=("encoder", "fusion", "all"))
    parser.add_argument("--texts", type=Path, help="folder with text/ and catalogs/ (see training/corpus.py)")
    arguments = parser.parse_args()
    limit_native_threads()
    setup_logging("training")
    logging.getLogger("jieba").setLevel(logging.WARNING)
    if arguments.what != "fusion":
        if arguments.texts is None:
            parser.error("the encoder needs --texts FOLDER")
        make_encoder(arguments.texts)
    if arguments.what != "encoder":
        make_fusion()
    return 0


if __name__ == "__main__":
    sys.exit(main())
