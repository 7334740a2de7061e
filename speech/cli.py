"""`wenban transcribe` and `wenban models`: speech from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from speech.decode import AudioDecoder
    from speech.pool import RecognizerPool
    from wenban.settings import Settings

_TRANSCRIBE_EPILOG = """\
examples:
  wenban transcribe question.wav
  wenban transcribe --json --alternatives 3 *.amr
  curl -s https://example.org/voice.ogg | wenban transcribe --json -

Each file gives one record, in the order given:
  {"file", "text", "alternatives": [{"text", "confidence"}], "audio_s", "ms", "model"}
`ms` is recognition alone. A file that cannot be used gives {"file", "error": {"code", "message", …}}; the
others are still done, and the exit code is 1.
"""

_MODELS_EPILOG = """\
examples:
  wenban models list
  wenban models fetch
  WENBAN_VOSK_MODEL=var/models/vosk-model-small-cn-0.22 wenban transcribe question.wav
"""

_FETCH_DESCRIPTION = """\
Downloads a Vosk model into WENBAN_HOME/models; an interrupted download is resumed.

  vosk-model-small-cn-0.22   general Mandarin for kiosks and phones (the default)
  vosk-model-cn-0.22         general Mandarin for servers; large, needs several GB of memory a worker

No checksum is published beside these models: the first download is trusted and its SHA-256 recorded, and
every later one must match it. Give --sha256 where you know the right one.
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `transcribe` and `models`."""
    raw = argparse.RawDescriptionHelpFormatter
    transcribe = sub.add_parser(
        "transcribe",
        help="recordings to text",
        description="Recognizes recordings: wav, mp3, flac, ogg/opus, webm, amr, m4a, up to 60 seconds each.",
        epilog=_TRANSCRIBE_EPILOG,
        formatter_class=raw,
    )
    transcribe.add_argument("files", nargs="+", metavar="FILE", help="a recording; - is standard input")
    transcribe.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    transcribe.add_argument(
        "--alternatives", type=_count, default=8, metavar="N", help="length of the n-best list (default 8)"
    )
    transcribe.add_argument(
        "--expect",
        type=_kind,
        metavar="KIND",
        help="also listen for one kind of value alone, as the form does: phone, date …",
    )
    transcribe.set_defaults(run=run_transcribe)

    models = sub.add_parser(
        "models",
        help="speech models: which is used, download another",
        description="Wenban brings its own small speech model; any Vosk model can take its place.",
        epilog=_MODELS_EPILOG,
        formatter_class=raw,
    )
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="models on this machine, and which is in use")
    listing.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    listing.set_defaults(run=run_list)
    fetching = actions.add_parser(
        "fetch",
        help="download a model from alphacephei.com",
        description=_FETCH_DESCRIPTION,
        formatter_class=raw,
    )
    fetching.add_argument(
        "name", nargs="?", default=None, metavar="NAME", help="default: vosk-model-small-cn-0.22"
    )
    fetching.add_argument("--sha256", metavar="HEX", help="what the archive must hash to, if you know it")
    fetching.add_argument("--base-url", metavar="URL", help="a mirror that has NAME.zip")
    fetching.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    fetching.set_defaults(run=run_fetch)


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 50:
        raise argparse.ArgumentTypeError("must be 1 to 50")
    return value


def _kind(text: str) -> str:
    from speech.expectation import KINDS

    if text not in KINDS:
        raise argparse.ArgumentTypeError(f"no kind to listen for; there are {', '.join(KINDS)}")
    return text


def run_transcribe(args: argparse.Namespace) -> int:
    """Recognizes each file; 1 when any could not be."""
    import asyncio

    from wenban.errors import WenbanError
    from wenban.settings import load_settings

    try:
        return asyncio.run(_transcribe(args, load_settings()))
    except WenbanError as error:
        print(f"wenban transcribe: {error}", file=sys.stderr)
        return 2


async def _transcribe(args: argparse.Namespace, settings: Settings) -> int:
    import asyncio

    from speech.decode import AudioDecoder
    from speech.models import resolve_model
    from speech.pool import RecognizerPool

    workers = min(settings.speech_workers, len(args.files))
    pool = RecognizerPool(resolve_model(settings), workers)
    gate = asyncio.Semaphore(workers)
    failed = False
    async with AudioDecoder(spare=workers) as decoder:
        await pool.start()
        try:
            tasks = [asyncio.create_task(_record(name, args, pool, decoder, gate)) for name in args.files]
            for task in tasks:
                record = await task
                failed = failed or "error" in record
                _show(record, as_json=args.json)
        finally:
            await pool.close()
    return 1 if failed else 0


async def _record(
    name: str, args: argparse.Namespace, pool: RecognizerPool, decoder: AudioDecoder, gate: object
) -> dict[str, object]:
    import asyncio
    from dataclasses import asdict

    from speech.expectation import Expectation
    from wenban.errors import AudioError, SpeechError

    assert isinstance(gate, asyncio.Semaphore)
    async with gate:
        try:
            pcm = await decoder.decode(await asyncio.to_thread(_read, name, decoder.limits.max_bytes))
            expect = Expectation(args.expect) if args.expect else None
            heard = await pool.transcribe(pcm, max_alternatives=args.alternatives, expect=expect)
            record = asdict(heard.heard())
        except (AudioError, SpeechError) as error:
            return {"file": name, "error": error.as_dict() | {"detail": str(error)}}
    if expect is None:
        del record["narrowed"]
    return {"file": name} | record


def _read(name: str, max_bytes: int) -> bytes:
    """A file's bytes, one more than allowed at most: enough to be refused as too large."""
    from speech.errors import AudioUnreadable

    try:
        if name == "-":
            return sys.stdin.buffer.read(max_bytes + 1)
        with Path(name).open("rb") as stream:
            return stream.read(max_bytes + 1)
    except OSError as error:
        raise AudioUnreadable(f"{error.strerror}: {name}") from error


def _show(record: dict[str, object], *, as_json: bool) -> None:
    from wenban.jsonl import emit

    if as_json:
        emit(record)
    elif "error" in record:
        error = record["error"]
        assert isinstance(error, dict)
        print(f"{record['file']}: {error['message']} ({error['code']}: {error['detail']})", file=sys.stderr)
    else:
        print(f"{record['file']}\t{record['text']}")


def run_list(args: argparse.Namespace) -> int:
    """Lists models; 1 when the one that should be used is missing."""
    from speech.language_model.adapt import find_adapted
    from speech.models import BUNDLED_MODEL, adapted_folder, base_model, downloaded_models, is_model
    from wenban.errors import SetupError
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    settings = load_settings()
    problem = ""
    used: Path | None = None
    try:
        used = base_model(settings)
    except SetupError as error:
        problem = str(error)
    made = find_adapted(used, adapted_folder(settings)) if used is not None else None
    places = {BUNDLED_MODEL: "bundled"} if is_model(BUNDLED_MODEL) else {}
    places |= dict.fromkeys(downloaded_models(settings), "fetched")
    if used is not None and used not in places:
        places[used] = "WENBAN_VOSK_MODEL"
    for path, source in places.items():
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        record = {
            "name": path.name,
            "source": source,
            "in_use": path == used,
            "language_model": made.source if path == used and made is not None else None,
            "mb": round(size / 1e6, 1),
            "path": str(path),
        }
        if args.json:
            emit(record)
        else:
            words = f"\twith {record['language_model']}" if record["language_model"] else ""
            print(f"{'*' if path == used else ' '} {path.name}\t{source}\t{size / 1e6:.1f} MB\t{path}{words}")
    if problem:
        print(f"wenban models: {problem}", file=sys.stderr)
        return 1
    return 0


def run_fetch(args: argparse.Namespace) -> int:
    """Downloads one model."""
    from tqdm import tqdm

    from speech.fetch import BASE_URL, DEFAULT_NAME, fetch_model
    from speech.models import models_folder
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    name = args.name or DEFAULT_NAME
    bar: tqdm[NoReturn] | None = None

    def show(done: int, total: int | None) -> None:
        nonlocal bar
        bar = bar or tqdm(desc=name, unit="B", unit_scale=True, unit_divisor=1024, file=sys.stderr)
        bar.total = total
        bar.update(done - bar.n)

    try:
        path = fetch_model(
            name,
            models_folder(load_settings()),
            base_url=args.base_url or BASE_URL,
            sha256=args.sha256,
            progress=show,
        )
    finally:
        if bar is not None:
            bar.close()
    if args.json:
        emit({"name": name, "path": str(path)})
    else:
        print(f"{path}\nuse it with: WENBAN_VOSK_MODEL={path}")
    return 0
