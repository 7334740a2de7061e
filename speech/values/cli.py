"""`wenban value`: one spoken or typed detail to its canonical value, or what is wrong with it."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from speech.values.model import Option

_KINDS_HELP = {
    "name": "姓名: 我叫王芳; 弓长张，伟大的伟; 阿依古丽·买买提; Mohammed Ali",
    "phone": "电话: 幺三八，四个零，幺二三四; 0579-85551234",
    "resident_id": "身份证号, 18 symbols with birth date and check digit (GB 11643)",
    "uscc": "统一社会信用代码, 18 symbols with check digit (GB 32100)",
    "date": "日期: 下周三; 大后天; 明年三月一号; 月底; 2026.3.1",
    "date_range": "起止日期: 三月一号到五号; 明天起三天; 下周",
    "plate": "车牌: 浙G12345; 浙鸡一二三四五; six symbols for new energy",
    "area": "面积 in m²: 一百二十平; 两亩半; 三米乘五米",
    "money": "金额 in yuan: 十三万五; 三千块; 两块五",
    "count": "数量: 三个; 俩; 没有",
    "address": "地址: 稠城街道工人西路八十八号三幢二单元五零一室",
    "yes_no": "是否: 对; 不用了; 不是不是，对的",
    "choice": "选项 (give --option): 第一个; 最后一个; an option's name or its sound; 都不是",
    "text": "free text, kept as it is",
}

_EPILOG = """examples:
  wenban value phone 幺三八零零零零幺二三四
  wenban value date 下周三 --today 2026-11-23 --json
  wenban value choice 市外的 --option 'in=配偶户口在市内' --option 'out=配偶户口在市外=外地=市外'
  wenban value resident_id 三三零七… --heard '三三零七…' --heard '三三零七…'
  printf '三千块\\n十三万五\\n' | wenban value money --json

Without TEXT each line of standard input is one detail. --heard gives the recognizer's further hypotheses;
with any of them, values that prove themselves may be repaired (they are then marked).
Exit status: 0 when every text gave a value, 1 when one did not."""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `value` to the program's commands."""
    kinds = "\n".join(f"  {kind:<12} {text}" for kind, text in _KINDS_HELP.items())
    parser = sub.add_parser(
        "value",
        help="turn a spoken or typed detail into its canonical value",
        description=f"Turns a detail, spoken or typed in Chinese, into a canonical value.\n\nkinds:\n{kinds}",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", metavar="KIND", nargs="?", choices=[*_KINDS_HELP], help="what is expected")
    parser.add_argument("text", metavar="TEXT", nargs="*", help="what was said; several words are one text")
    parser.add_argument("--list", action="store_true", help="list the kinds and end")
    parser.add_argument(
        "--today", type=date.fromisoformat, help="what relative dates count from (YYYY-MM-DD)"
    )
    parser.add_argument("--option", action="append", default=[], metavar="值=说法[=说法…]", help="for choice")
    parser.add_argument("--heard", action="append", default=[], metavar="TEXT", help="a further hypothesis")
    parser.add_argument("--not-before", type=date.fromisoformat, metavar="DATE", help="earliest date allowed")
    parser.add_argument("--not-after", type=date.fromisoformat, metavar="DATE", help="latest date allowed")
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    parser.set_defaults(run=run)


def _error_without_text(code: str, message: str) -> int:
    print(f"wenban value: {code}: {message}", file=sys.stderr)
    return 2


def run(args: argparse.Namespace) -> int:
    """Exit code 0: all values; 1: some text gave none; 2: wrong usage."""
    if args.list:
        for kind, text in _KINDS_HELP.items():
            print(f"{kind:<12} {text}")
        return 0
    if args.kind is None:
        return _error_without_text("usage", "KIND is missing; --list shows the kinds")
    if args.kind == "choice" and not args.option:
        return _error_without_text("usage", "choice needs at least one --option 值=说法")
    texts = [" ".join(args.text)] if args.text else (line.rstrip("\r\n") for line in sys.stdin)
    failed = False
    for text in texts:
        failed |= not _one(args, text)
    return 1 if failed else 0


def _one(args: argparse.Namespace, text: str) -> bool:
    from speech.values.model import Constraints
    from speech.values.parse import parse_value
    from wenban.errors import ValueInvalid
    from wenban.jsonl import emit

    record: dict[str, object] = {
        "kind": args.kind,
        "text": text,
        "value": None,
        "error": None,
        "read_back": None,
    }
    try:
        value = parse_value(
            args.kind,
            text,
            # The one place with a clock; the parsers have none.
            today=args.today or date.today(),
            options=_options(args.option),
            alternatives=args.heard,
            constraints=Constraints(not_before=args.not_before, not_after=args.not_after),
        )
    except ValueInvalid as error:
        record["error"] = error.as_dict()
        shown = f"✗ {error.citizen} [{error.code}]"
    else:
        record |= {
            "value": value.value,
            "display": value.display,
            "read_back": value.read_back,
            "repaired": value.repaired,
            "changed": list(value.changed),
        }
        shown = f"{value.display}" + (f"（{value.read_back}）" if value.read_back else "")
        shown += " [repaired]" if value.repaired else ""
    if args.json:
        emit(record)
    else:
        print(shown)
    return record["error"] is None


def _options(given: list[str]) -> list[Option]:
    from speech.values.model import Option

    options = []
    for one in given:
        value, *says = [part.strip() for part in one.split("=")]
        options.append(Option(value, says[0] if says else value, tuple(says[1:])))
    return options
