"""`wenban catalog learn`: phrases that citizens confirmed, for an editor to accept."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.applications.store import Store
    from actions.learning.propose import Proposal

_EPILOG = """examples:
  wenban catalog learn                       proposals, numbered, and needs that nothing met
  wenban catalog learn --min 5 --json
  wenban catalog learn --accept 3            writes proposal 3 into the catalog's file
  wenban catalog learn --accept 3 --as 换车牌  the same in better words
  wenban catalog learn --dismiss 4           forgets what proposal 4 was made from

Numbers belong to the list as it is shown now: look, then accept, one at a time.
"""


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to `wenban catalog`."""
    learn = actions.add_parser(
        "learn", help="phrases that citizens confirmed, to accept", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Shows what citizens said and then confirmed, grouped and counted, as proposals for the\n"
        "catalog's everyday phrases; and what found nothing. Words are kept without numbers, names and\n"
        "addresses, sealed, and without who said them or when. Nothing is applied by itself.",
    )  # fmt: skip
    learn.add_argument(
        "--min", type=_positive, default=2, metavar="N", help="said at least so often (default 2)"
    )
    choice = learn.add_mutually_exclusive_group()
    choice.add_argument("--accept", type=_positive, metavar="N", help="write proposal N into its YAML file")
    choice.add_argument("--dismiss", type=_positive, metavar="N", help="forget what proposal N was made from")
    learn.add_argument("--as", dest="words", metavar="TEXT", help="with --accept: in these words instead")
    learn.add_argument("--json", action="store_true", help="JSON Lines")
    learn.set_defaults(run=run_learn)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def run_learn(args: argparse.Namespace) -> int:
    """Shows, accepts or dismisses; 2 where there is no proposal of that number."""
    from actions.applications.store import Store
    from wenban.settings import load_settings

    store = Store.from_settings(load_settings())
    store.migrate()
    try:
        return _learn(args, store)
    finally:
        store.close()


def _learn(args: argparse.Namespace, store: Store) -> int:
    import sys

    from actions.learning.propose import proposals, unmet
    from catalog_index.loader import load_catalog
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    folder = load_settings().catalog_dir
    outcomes = store.outcomes()
    found = proposals(outcomes, load_catalog(folder), args.min)
    number = args.accept or args.dismiss
    if number is not None:
        if number > len(found):
            print(f"no proposal {number}; there are {len(found)}", file=sys.stderr)
            return 2
        return _settle(args, store, found[number - 1])
    lacking = unmet(outcomes, args.min)
    for place, one in enumerate(found, 1):
        if args.json:
            emit({"proposal": place, "phrase": one.phrase, one.target: one.id, "title": one.title,
                  "count": one.count, "against": one.against, "others": list(one.others)})  # fmt: skip
        else:
            counts = f"{one.count} 次确认" + (f"，{one.against} 次被否" if one.against else "")
            print(f"{place:>3}. “{one.phrase}” → {one.title}（{one.target} {one.id}）：{counts}")
    for need in lacking:
        if args.json:
            emit({"unmet": need.phrase, "count": need.count, "kinds": need.kinds})
        else:
            words = {"not_found": "没有找到", "none_fit": "都不是", "rejected": "不是这一项"}
            kinds = "，".join(f"{words[kind]} {count}" for kind, count in need.kinds.items())
            print(f"     “{need.phrase}”：{kinds}")
    if args.json:
        emit({"proposals": len(found), "unmet": len(lacking), "outcomes": len(outcomes)})
    else:
        print(f"{len(found)} 条可采纳，{len(lacking)} 种需求没有对上，共 {len(outcomes)} 条记录")
    return 0


def _settle(args: argparse.Namespace, store: Store, chosen: Proposal) -> int:
    from catalog_index.editing.phrases import add_phrase
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    if args.dismiss:
        gone = store.delete_outcomes(chosen.outcomes)
        emit({"dismissed": chosen.phrase, "outcomes": gone}) if args.json else print(
            f"已删除 {gone} 条记录。"
        )
        return 0
    phrase = args.words or chosen.phrase
    where = {"item": chosen.id} if chosen.target == "item" else {"subject": chosen.id}
    place = add_phrase(load_settings().catalog_dir, phrase, **where)
    store.delete_outcomes(chosen.outcomes)
    if args.json:
        emit({"accepted": phrase, "place": place})
    else:
        print(f"{place}：写入“{phrase}”。请再运行 wenban catalog check 和 wenban catalog build。")
    return 0
