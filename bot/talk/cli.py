"""`wenban talk`, its options and its two ways to show a conversation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

_EPILOG = """
每行一句话；以 @ 开头的一行是录音文件的路径（wav、mp3、m4a、amr、ogg、flac、webm）。

例子：
  wenban talk                                     在终端里聊
  printf '我老婆户口在上海，想迁到我这里\\n' | wenban talk --json
  printf '@need.wav\\n对\\n' | wenban talk --json    先说后打
  wenban talk --url http://10.0.0.5:8080 --session S   接着另一台设备上的对话

--json 每个回答一行：
  {"heard", "alternatives", "replies", "options", "state", "item", "fields", "receipt",
   "ms": {"speech", "dialogue", "total"}}
出错的一行是 {"error": {"code", "stage", "retryable", "message"}}，对话接着进行。

退出码：0 正常结束；2 连不上问办，或者它没有准备好。
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `talk`."""
    parser = sub.add_parser(
        "talk",
        help="和正在运行的问办对话：打字，或者给它录音文件",
        description="和正在运行的问办对话。每行输入是一句话，或者 @ 加录音文件的路径。",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="每个回答输出一行 JSON")
    parser.add_argument("--url", help="问办的地址（默认取 WENBAN_PORT，即 http://127.0.0.1:8080）")
    parser.add_argument("--session", help="接着以前的对话：上一次结束时显示的会话编号")
    parser.add_argument(
        "--wait", type=float, default=60.0, metavar="SECONDS", help="最多等多少秒让各部分就绪（默认 60）"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The exit code: 0, or 2 when there is nobody to talk to."""
    from bot.talk.client import RECORD_KEYS, TalkClient
    from bot.talk.errors import DoorClosed
    from wenban.errors import WenbanError
    from wenban.jsonl import emit
    from wenban.settings import load_settings

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
