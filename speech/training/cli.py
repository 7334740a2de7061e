"""`python -m speech.training`: the acoustic model's recipe from the command line."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from wenban.errors import WenbanError

DEFAULT_MODEL = Path("speech/models/wenban-small")
_EPILOG = """
examples:
  python -m speech.training all --corpora ~/speech-corpora      corpora to model directory (about 90 minutes)
  python -m speech.training all --model var/mine                from synthetic speech alone
  python -m speech.training all --corpora DIR --start speech/models/wenban-small --model var/mine
                                                                go on from a model that is there
  python -m speech.training run --corpora DIR align warm        only these stages
  python -m speech.training graph --text sentences.txt          new words and phrases, same acoustic model
  python -m speech.training evaluate --work var/speech          figures of the model card
"""


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", type=Path, default=DEFAULT_MODEL, help="Vosk model directory (default %(default)s)"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("var/speech"), help="working folder (default %(default)s)"
    )


def _recipe(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--corpora", type=Path, help="folder with manifest.tsv and the corpora's tar files")
    parser.add_argument(
        "--utterances", type=int, default=6000, help="synthetic utterances (default %(default)s)"
    )
    parser.add_argument("--width", type=int, default=448, help="units a block (default %(default)s)")
    parser.add_argument(
        "--narrow", type=int, default=128, help="units of its bottleneck (default %(default)s)"
    )
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="of the last training (default %(default)s)"
    )
    parser.add_argument(
        "--without", nargs="*", default=(), metavar="CORPUS", help="keep these out of training, to measure on"
    )
    parser.add_argument(
        "--start", type=Path, metavar="MODEL", help="model directory of this recipe to go on from"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes (default %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of training (default %(default)s)")


def parser() -> argparse.ArgumentParser:
    from speech.training.stages import NAMES

    top = argparse.ArgumentParser(
        prog="python -m speech.training",
        description="Make a Vosk model for Mandarin from recorded and synthetic speech.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub = top.add_subparsers(required=True)
    everything = sub.add_parser("all", help="all stages, resuming where the last run ended")
    _recipe(everything)
    everything.set_defaults(run=run_stages, stages=list(NAMES))
    some = sub.add_parser("run", help="only the named stages")
    _recipe(some)
    some.add_argument("stages", nargs="+", choices=NAMES)
    some.set_defaults(run=run_stages)
    graph = sub.add_parser("graph", help="rebuild the graph from text")
    _common(graph)
    graph.add_argument(
        "--text", type=Path, help="sentences, one a line (default: none; - reads standard input)"
    )
    graph.add_argument("--words", type=Path, help="words to keep whole, one a line")
    graph.set_defaults(run=run_graph)
    measure = sub.add_parser("evaluate", help="measure a model on held-out voices and the evaluation corpus")
    _common(measure)
    measure.add_argument("--network", type=Path, help="trained network (default WORK/final.pt)")
    measure.set_defaults(run=run_evaluate)
    return top


def run_stages(args: argparse.Namespace) -> int:
    from speech.training.stages import Recipe, run

    recipe = Recipe(
        work=args.work, corpora=args.corpora, model_dir=args.model, utterances=args.utterances,
        width=args.width, narrow=args.narrow, train_s=args.minutes * 60, without=tuple(args.without),
        start=args.start, jobs=args.jobs, threads=args.threads,
    )  # fmt: skip
    run(recipe, args.stages)
    return 0


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    return text.splitlines()


def run_graph(args: argparse.Namespace) -> int:
    from speech.training.graph import build_graph

    print(json.dumps(build_graph(args.model, _lines(args.text), _lines(args.words))))
    return 0


def run_evaluate(args: argparse.Namespace) -> int:
    from speech.training.figures import figures

    for row in figures(args.work, args.network or args.work / "final.pt", args.model):
        print(json.dumps(row, ensure_ascii=False))
    return 0


def main(argv: list[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    args = parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except WenbanError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 2
    return code
