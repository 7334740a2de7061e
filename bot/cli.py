"""`wenban`: the one command-line program. Each package brings its own commands; this joins them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from wenban import __version__
from wenban.errors import WenbanError
from wenban.jsonl import emit

if TYPE_CHECKING:
    from catalog_index.editing.diff import ItemChange
    from catalog_index.loader import Catalog
    from wenban.settings import Settings

_DESCRIPTION = """\
问办：说一句话，把政务事项办完。

Wenban finds the right government service item for what a citizen says, collects the details, submits the
application and follows it to the end. Everything runs on this machine.
"""

_EPILOG = """\
examples:
  wenban run                                   start everything, print the address (what `make run` calls)
  wenban search 我想把老婆的户口迁过来             which item is meant?
  wenban transcribe recording.amr --json       what was said?
  wenban value phone 幺三八零零零零幺二三四         a spoken detail in its canonical form
  wenban talk                                  talk to the running stack in the terminal
  wenban kiosk                                 the same by voice: microphone, spoken replies
  wenban catalog check                         is every procedure in the catalog unique?
  wenban applications list                     what has come in (for the department's clerk)

Settings come from WENBAN_… environment variables; state lives in var/. Each command explains itself: wenban
COMMAND --help.
"""


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _run(_: argparse.Namespace) -> int:
    from bot.stack.setup import Setup
    from bot.stack.supervise import home_is_private, run_stack
    from wenban.settings import load_settings

    settings = load_settings()
    home_is_private(settings.home)
    Setup(settings, _progress).run()
    return run_stack(settings, _progress)


def _setup(_: argparse.Namespace) -> int:
    from bot.stack.setup import Setup
    from bot.stack.supervise import home_is_private
    from wenban.settings import load_settings

    settings = load_settings()
    home_is_private(settings.home)
    Setup(settings, _progress).run()
    return 0


def _teach_words(catalog: Catalog, settings: Settings) -> Mapping[str, object]:
    from bot.stack.vocabulary import teach_words

    return teach_words(catalog, settings)


def _drafts_touched(changes: Sequence[ItemChange]) -> Iterable[Mapping[str, object]]:
    from actions.drafts_touched import drafts_touched
    from wenban.settings import load_settings

    return drafts_touched(changes, load_settings())


def build_parser() -> argparse.ArgumentParser:
    """The whole program's parser; imports only the light command modules."""
    import actions.applications.cli
    import actions.cli
    import actions.learning.cli
    import bot.kiosk.cli
    import bot.talk.cli
    import catalog_index.cli
    import speech.cli
    import speech.values.cli

    parser = argparse.ArgumentParser(
        prog="wenban",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"wenban {__version__}")
    sub = parser.add_subparsers(metavar="COMMAND", required=True)
    start = sub.add_parser("run", help="build what is missing, start everything, stay until Ctrl-C")
    start.set_defaults(run=_run)
    prepare = sub.add_parser("setup", help="build index, dialogue model and database; start nothing")
    prepare.set_defaults(run=_setup)
    catalog_index.cli.register(
        sub, also_build=_teach_words, drafts=_drafts_touched, more=(actions.learning.cli.register,)
    )
    for module in (
        speech.cli,
        speech.values.cli,
        bot.talk.cli,
        bot.kiosk.cli,
        actions.applications.cli,
        actions.cli,
    ):
        module.register(sub)
    _register_bench(sub)
    return parser


def _register_bench(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    import bench.cli_search
    import bench.cli_speech
    import bench.cli_turns

    bench_parser = sub.add_parser("bench", help="measurements; each writes its section of docs/benchmarks.md")
    kinds = bench_parser.add_subparsers(metavar="WHAT", required=True)
    for module in (bench.cli_search, bench.cli_speech, bench.cli_turns):
        module.register(kinds)


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; the exit code is 0 for done, 1 for a failure that is explained, 2 for wrong usage."""
    from wenban.logs import setup_logging

    args = build_parser().parse_args(argv)
    setup_logging("wenban")
    try:
        code: int = args.run(args)
    except WenbanError as error:
        if getattr(args, "json", False):
            emit({"error": error.as_dict() | {"detail": str(error)}})
        else:
            print(f"wenban: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output left (`wenban … | head`); that is its right.
        sys.stderr.close()
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
