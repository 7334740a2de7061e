"""`wenban handovers`: citizens who asked for a person, for the staff who take over."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.applications.store import Store

_EPILOG = """\
examples:
  wenban handovers list                 who is waiting
  wenban handovers show ID              the transcript, the item and the fields
  wenban handovers close ID             taken care of
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    parser = sub.add_parser(
        "handovers",
        help="citizens who said 转人工: list, show, close",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    listing = kinds.add_parser("list", help="those waiting, longest first")
    listing.add_argument("--all", action="store_true", help="closed ones too")
    listing.add_argument("--json", action="store_true", help="JSON Lines")
    listing.set_defaults(run=_list)
    show = kinds.add_parser("show", help="transcript, item and fields of one")
    show.add_argument("id")
    show.add_argument("--json", action="store_true", help="JSON Lines")
    show.set_defaults(run=_show)
    close = kinds.add_parser("close", help="mark one as taken care of")
    close.add_argument("id")
    close.set_defaults(run=_close)


def _list(args: argparse.Namespace) -> int:
    from wenban.jsonl import emit

    handovers = _store().handovers(waiting=not args.all)
    for one in handovers:
        if args.json:
            emit({"id": one.id, "item": one.item_id, "department": one.department,
                  "opened_at": one.opened_at.isoformat(), "closed": one.closed_at is not None})  # fmt: skip
        else:
            print(f"{one.id}  {one.opened_at:%m-%d %H:%M}  {one.department or '—'}  {one.item_id or '—'}")
    if not handovers and not args.json:
        print("没有人在等。")
    return 0


def _show(args: argparse.Namespace) -> int:
    import logging

    from wenban.jsonl import emit
    from wenban.logs import facts

    one = _store().handover(args.id)
    logging.getLogger(__name__).info("handover opened", extra=facts(id=one.id, by=getpass.getuser()))
    if args.json:
        emit({"id": one.id, "item": one.item_id, "department": one.department, "phone": one.phone,
              "fields": one.fields, "transcript": one.transcript})  # fmt: skip
        return 0
    print(f"事项：{one.item_id or '未确定'}  部门：{one.department or '—'}  电话：{one.phone or '—'}")
    for name, display in one.fields.items():
        print(f"  {name}：{display}")
    for who, text in one.transcript:
        print(f"{'群众' if who == 'citizen' else '问办'}：{text}")
    return 0


def _close(args: argparse.Namespace) -> int:
    from actions.applications.base import shanghai_now

    _store().close_handover(args.id, shanghai_now())
    print("已处理。")
    return 0


def _store() -> Store:
    from actions.applications.store import Store
    from wenban.settings import load_settings

    settings = load_settings()
    store = Store.from_settings(settings)
    store.migrate()
    return store
