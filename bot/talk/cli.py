"""`wenban talk`, its options and its two ways to show a conversation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

_EPILOG = """
Each line of input is a text, or @ and the path of a recording (wav, mp3, m4a, amr, ogg, flac, webm).
In the chat a number picks the option under it; 转人工 and 重新开始 work at any time.

examples:
  wenban talk                                               chat in the terminal
  printf '我老婆户口在上海，想迁到我这里\\n' | wenban talk --json
  printf '@need.wav\\n对\\n' | wenban talk --json              speak first, type then
  wenban talk --url http://10.0.0.5:8080 --session TOKEN    go on with a conversation

--json gives a line for each reply:
  {"heard", "alternatives", "replies", "options", "state", "item", "fields", "receipt",
   "ms": {"speech", "dialogue", "total"}}
or {"error": {"code", "stage", "retryable", "message"}}, and the conversation goes on.

exit codes: 0 done; 2 no gateway there, or parts of the stack are down
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `talk`."""
    parser = sub.add_parser(
        "talk",
        help="talk to the running stack, in the terminal or through a pipe",
        description="A conversation with the running stack (make run), typed or from recordings.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="a JSON line for each reply")
    parser.add_argument("--url", help="of the gateway (default: this machine's, by WENBAN_PORT)")
    parser.add_argument("--session", help="go on with the conversation of this token")
    parser.add_argument(
        "--wait",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="for parts still starting (default: 60)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The exit code: 0, or 2 when there is nobody to talk to."""
    import logging

    from bot.talk.client import RECORD_KEYS, TalkClient
    from bot.talk.errors import DoorClosed
    from wenban.errors import WenbanError
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request otherwise
    with TalkClient(args.url or load_settings().gateway_url, args.session) as talk:
        try:
            talk.wait_until_ready(args.wait)
        except DoorClosed as error:
            if args.json:
                emit({"error": error.as_dict()})
            print(error.citizen, file=sys.stderr)
            return 2
        if not args.json:
            from bot.talk.terminal import chat

            return chat(talk, interactive=sys.stdin.isatty())
        for line in _lines():
            try:
                record = talk.send(line)
            except WenbanError as error:
                emit({"error": error.as_dict()})
            else:
                emit({key: record[key] for key in RECORD_KEYS})
    return 0


def _lines() -> Iterator[str]:
    """Lines of standard input as they come; an empty line says nothing and is passed over."""
    for raw in sys.stdin:
        line = raw.strip()
        if line:
            yield line
