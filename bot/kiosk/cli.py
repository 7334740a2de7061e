"""`wenban kiosk`: its options."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.kiosk.kiosk import Kiosk
    from bot.talk.client import TalkClient
    from speech.microphone.barge_in import BargeInRules

_DESCRIPTION = """\
A conversation with the running stack (make run) through this machine's microphone and loudspeaker.

Press Enter or space to speak, again when you have finished; with --listen just speak. The reply is spoken and
shown; a key, or with --listen your voice, interrupts it. A visit ends with “停止”, “再见”, the key n, or
after some silence: the next citizen begins a new conversation and sees nothing of the last.
"""

_EPILOG = """\
examples:
  wenban kiosk --list-devices
  wenban kiosk                                              push to talk
  wenban kiosk --listen --device USB --patience 1.5         always listening, for people who pause
  wenban kiosk --listen --barge-in off                      a loudspeaker right beside the microphone
  wenban kiosk --speak './say.sh --slow'                    any program that reads text and speaks it
  wenban kiosk --microphone need.wav,yes.m4a --json --fast --speak none      no sound hardware at all

--microphone plays recordings of any format as the citizen: one utterance each, the next when the reply to the
one before is over; then the program ends. --json gives a line for each turn, as `wenban talk --json` does:
  {"heard", "alternatives", "replies", "options", "state", "item", "fields", "receipt", "ms"}
or {"error": {"code", "stage", "retryable", "message"}}, and the conversation goes on.

The program of --speak reads the text on standard input and ends when it is said; it is killed when the
citizen interrupts. Numbers come to it as words, without brackets and web addresses.

On Linux the microphone needs PortAudio: apt install libportaudio2 (and espeak-ng for the voice).

exit codes: 0 done; 1 no microphone or no voice; 2 no gateway there, or parts of the stack are down
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `kiosk`."""
    parser = sub.add_parser(
        "kiosk",
        help="talk to the running stack by voice: microphone, spoken replies",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--listen", action="store_true", help="listen always, instead of push to talk")
    parser.add_argument("--device", metavar="WHICH", help="a number or a part of a name (--list-devices)")
    parser.add_argument("--list-devices", action="store_true", help="show the microphones and stop")
    parser.add_argument(
        "--microphone", type=_files, metavar="FILE[,FILE…]", help="recordings that play the microphone"
    )
    parser.add_argument(
        "--fast",
        action="store_true",
        help="with --microphone: faster than people speak, as the gateway allows",
    )
    parser.add_argument(
        "--speak",
        metavar="PROGRAM",
        help="espeak-ng, none, or a program that reads text (default: espeak-ng)",
    )
    parser.add_argument(
        "--patience", type=_seconds, default=1.0, metavar="SECONDS",
        help="of quiet that end an utterance (default: 1.0)",
    )  # fmt: skip
    parser.add_argument(
        "--idle", type=_seconds, default=90.0, metavar="SECONDS",
        help="of silence that end a visit (default: 90)",
    )  # fmt: skip
    parser.add_argument(
        "--barge-in", type=_barge_in, default=7.0, metavar="DB",
        help="with --listen: how much louder than the reply's echo a voice interrupts it; off (default: 7)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="a JSON line for each turn, no level meter")
    parser.add_argument("--url", help="of the gateway (default: this machine's, by WENBAN_PORT)")
    parser.add_argument(
        "--wait", type=float, default=60.0, metavar="SECONDS",
        help="for a gateway and parts that are still starting (default: 60)",
    )  # fmt: skip
    parser.set_defaults(run=run)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 86_400:
        raise argparse.ArgumentTypeError("must be between 0.1 and 86400 seconds")
    return value


def _barge_in(text: str) -> float | None:
    if text == "off":
        return None
    value = float(text)
    if not 0 <= value <= 60:
        raise argparse.ArgumentTypeError("must be off, or 0 to 60 decibels")
    return value


def _files(text: str) -> list[Path]:
    return [Path(name).expanduser() for name in text.split(",") if name]


def run(args: argparse.Namespace) -> int:
    """The exit code: 0, or 2 when there is nobody to talk to."""
    import asyncio

    from bot.talk.client import TalkClient
    from bot.talk.errors import DoorClosed
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    if args.list_devices:
        return _list_devices(as_json=args.json)
    with TalkClient(args.url or load_settings().gateway_url, channel="kiosk") as talk:
        try:
            return asyncio.run(_run(args, talk))
        except DoorClosed as error:
            if args.json:
                emit({"error": error.as_dict()})
            print(error.citizen, file=sys.stderr)
            return 2


async def _run(args: argparse.Namespace, talk: TalkClient) -> int:
    import asyncio
    import signal
    from contextlib import ExitStack

    from bot.kiosk.keys import keys

    # Whatever is missing on this machine is told before anything is waited for.
    kiosk = await _kiosk(args, talk)
    await _wait_for_gateway(talk, args.wait)
    with ExitStack() as stack:
        by_hand = not args.microphone and not args.listen
        if by_hand or (sys.stdin.isatty() and not args.microphone):
            stack.enter_context(keys(kiosk.press, kiosk.next_visit, kiosk.leave))
        running = asyncio.ensure_future(kiosk.run())
        # A service manager's stop: nothing goes on speaking, and the terminal is as it was.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        try:
            await running
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # Ctrl-C
                raise
    return 0


async def _kiosk(args: argparse.Namespace, talk: TalkClient) -> Kiosk:
    from rich.console import Console

    from bot.kiosk.conversation import Conversation
    from bot.kiosk.floor import Floor
    from bot.kiosk.kiosk import Kiosk
    from bot.kiosk.screen import JsonScreen, Screen, TerminalScreen
    from bot.kiosk.visit import Visit
    from speech.endpoint import EndpointRules
    from speech.microphone.source import Microphone
    from speech.voice.command import find_voice

    listening = args.listen or bool(args.microphone)
    microphone: Microphone
    if args.microphone:
        from speech.microphone.files import FileMicrophone, read_recordings

        recordings = await read_recordings(args.microphone)
        microphone = FileMicrophone(recordings, after_s=args.patience + 1.0, paced=not args.fast)
    else:
        from speech.microphone.device import DeviceMicrophone, load_sound

        device = int(args.device) if args.device and args.device.isdecimal() else args.device
        microphone = DeviceMicrophone(device, load_sound())
    screen: Screen
    if args.json:
        screen = JsonScreen()
    else:
        console = Console(highlight=False, soft_wrap=True)
        screen = TerminalScreen(console, push=not listening, moving=console.is_terminal)
    return Kiosk(
        microphone=microphone,
        conversation=Conversation(talk),
        voice=find_voice(args.speak),
        floor=Floor(
            listening=listening,
            rules=EndpointRules(patience_s=args.patience),
            barge_in=_rules(args.barge_in),
        ),
        visit=Visit(args.idle),
        screen=screen,
        listening=listening,
    )


def _rules(margin_db: float | None) -> BargeInRules | None:
    from speech.microphone.barge_in import BargeInRules

    return None if margin_db is None else BargeInRules(margin_db=margin_db)


async def _wait_for_gateway(talk: TalkClient, within_s: float) -> None:
    """A kiosk may start before its gateway does: unlike in a chat, nobody sits there to try again.

    Raises:
        DoorClosed: not all there in time.
    """
    import asyncio

    from bot.kiosk.conversation import pauses
    from bot.talk.errors import DoorClosed

    clock = asyncio.get_running_loop().time
    deadline = clock() + within_s
    for pause in pauses():
        try:
            await asyncio.to_thread(talk.wait_until_ready, max(0.0, deadline - clock()))
        except DoorClosed as error:
            if clock() + pause >= deadline:
                raise
            print(error.citizen, file=sys.stderr)
        else:
            return
        await asyncio.sleep(pause)


def _list_devices(*, as_json: bool) -> int:
    from dataclasses import asdict

    from speech.microphone.device import list_devices, load_sound
    from wenban.jsonl import emit

    devices = list_devices(load_sound())
    for one in devices:
        if as_json:
            emit(asdict(one))
        else:
            print(f"{'*' if one.default else ' '} {one.number:>3}  {one.name}  ({one.rate} Hz)")
    if not devices:
        print(
            "no microphone found; is it plugged in, and may this user use it (group audio)?", file=sys.stderr
        )
        return 1
    return 0
