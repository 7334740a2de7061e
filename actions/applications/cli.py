"""`wenban applications`: what the department's clerk does with submitted applications."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.applications.store import Store

_Subparsers = argparse._SubParsersAction  # what add_subparsers() returns has no public name

_STATES = (
    "收件 受理 补正 审查 决定 办结 退件 撤回 "
    "(or received accepted supplement review decided completed returned withdrawn)"
)


def register(sub: _Subparsers[argparse.ArgumentParser]) -> None:
    """Adds `applications` and its subcommands to the program."""
    parser = _add(
        sub,
        "applications",
        "list, show and advance submitted applications (办件)",
        "For the department's clerk: the applications that citizens submitted. Personal values are masked;\n"
        "--reveal shows them and writes who looked into the application's history.",
        "examples:\n"
        "  wenban applications list --state 收件\n"
        "  wenban applications show YW202611234829138\n"
        "  wenban applications advance YW202611234829138 受理 --note 材料齐全",
    )
    commands = parser.add_subparsers(dest="applications_command", required=True, metavar="COMMAND")

    listing = _add(
        commands,
        "list",
        "list applications, newest first",
        "Lists applications, newest first, one a line.",
        "examples:\n"
        "  wenban applications list --department 市公安局 --state 受理\n"
        "  wenban applications list --json | jq -r .receipt",
    )
    listing.add_argument("--state", metavar="STATE", help=f"only this state: {_STATES}")
    listing.add_argument("--department", metavar="NAME", help="only this department")
    listing.add_argument("--limit", type=_count, default=50, metavar="N", help="at most N (default 50)")
    listing.add_argument("--offset", type=_count, default=0, metavar="N", help="leave out the first N")
    _output_options(listing)
    listing.set_defaults(run=_guarded("run_list"))

    show = _add(
        commands,
        "show",
        "show one application with its history",
        "Shows one application: item, details, time limits, history, and the steps that may follow.",
        "examples:\n  wenban applications show YW202611234829138\n"
        "  wenban applications show YW202611234829138 --reveal --json",
    )
    show.add_argument(
        "receipt", metavar="RECEIPT", help="receipt number; spaces, hyphens and case do not matter"
    )
    _output_options(show)
    show.set_defaults(run=_guarded("run_show"))

    advance = _add(
        commands,
        "advance",
        "move one application to its next state",
        "Moves an application on. Illegal moves are refused, and the legal ones named.",
        f"STATE is one of {_STATES}.\n\n"
        "examples:\n"
        "  wenban applications advance YW202611234829138 受理\n"
        "  wenban applications advance YW202611234829138 supplement --note 请补交结婚证复印件",
    )
    advance.add_argument("receipt", metavar="RECEIPT", help="receipt number")
    advance.add_argument("state", metavar="STATE", help="Chinese label or code of the next state")
    advance.add_argument("--note", default="", metavar="TEXT", help="reason or request, kept encrypted")
    _output_options(advance)
    advance.set_defaults(run=_guarded("run_advance"))

    migrate = _add(
        commands,
        "migrate",
        "make or update the database's tables",
        "Brings the database (WENBAN_DATABASE_URL) to this version's tables. Safe to repeat at any time.",
        "example:\n  WENBAN_DATABASE_URL=postgresql://wenban@db/wenban wenban applications migrate",
    )
    migrate.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    migrate.set_defaults(run=_guarded("run_migrate"))


def _add(
    sub: _Subparsers[argparse.ArgumentParser], name: str, help: str, description: str, epilog: str
) -> argparse.ArgumentParser:
    return sub.add_parser(
        name,
        help=help,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    parser.add_argument(
        "--reveal",
        action="store_true",
        help="show personal values in clear; your system user name is recorded",
    )


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value


def system_user() -> str:
    """Who runs this, for the history: the process's real user, not a variable that anyone can set."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _guarded(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from actions.applications import cli_commands
        from actions.applications.store import Store
        from wenban.errors import SetupError, StorageError, WenbanError
        from wenban.jsonl import emit
        from wenban.settings import load_settings

        command: Callable[[argparse.Namespace, Store], int] = getattr(cli_commands, name)
        try:
            settings = load_settings()
            store = Store.from_settings(settings)
            store.migrate()
            try:
                return command(arguments, store)
            finally:
                store.close()
        except WenbanError as error:
            # The clerk can act on the sentence; for the operator's errors the technical message says more.
            technical = isinstance(error, SetupError | StorageError)
            print(str(error) if technical else error.citizen, file=sys.stderr)
            if arguments.json:
                emit({"error": error.as_dict() | {"detail": str(error)}})
            return 1

    return run
