"""The worker process: one Vosk model, one utterance at a time; requests on standard input, replies on output.

Started by the pool as `python -m speech.worker MODEL_DIR`. It ends when its input ends, so it never outlives
the pool. Any failure of Vosk ends the process: the pool replaces it, which is the only recovery that native
code can be trusted with.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from speech import frames
from speech.endpoint import EndpointRules
from speech.expectation import Expectation
from speech.limits import SAMPLE_RATE
from speech.narrow import NarrowRecognizer
from speech.utterance import Decoder, Utterance
from wenban.threads import limit_native_threads

Narrow = Callable[[Expectation], Decoder | None]
"""Makes a decoder that knows an expected answer's words alone; None where there is nothing to narrow to."""


def serve(requests: BinaryIO, replies: BinaryIO, decoder: Decoder, narrow: Narrow) -> None:
    """Answers frames until the input ends."""
    utterance: Utterance | None = None
    expected: Expectation | None = None
    cpu = 0.0
    while (frame := frames.read(requests)) is not None:
        started = time.process_time()
        answer: dict[str, object] = {}
        if frame.kind == frames.BEGIN:
            asked = json.loads(frame.payload)
            rules = EndpointRules(**asked["rules"]) if asked["rules"] else None
            expected = None
            if asked.get("expect"):
                kind, options = asked["expect"]
                expected = Expectation(kind, tuple(options))
            second = narrow(expected) if expected is not None else None
            utterance = Utterance(decoder, rules, asked["max_alternatives"], second)
            cpu = 0.0
        elif utterance is None:
            raise frames.BrokenFrame("audio before the beginning of an utterance")
        elif frame.kind == frames.AUDIO:
            heard = utterance.feed(frame.payload[1:], want_partial=frame.payload[0] == 1)
            answer = {"partial": heard.partial, "speech": heard.speech, "ended": heard.ended}
        elif frame.kind == frames.FINISH:
            answer = {
                "alternatives": [[found.text, found.confidence] for found in utterance.finish()],
                "narrowed": expected.answers(utterance.narrowed()) if expected is not None else [],
            }
        else:
            raise frames.BrokenFrame(f"a worker does not take {frame.kind!r}")
        cpu += time.process_time() - started
        answer["cpu_s"] = cpu
        replies.write(frames.pack(frames.DONE, frame.request, json.dumps(answer).encode()))
        replies.flush()


def main() -> None:
    """Loads the model named on the command line, says so, and serves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the pool ends us in order
    # Whatever native code prints must not land between frames.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    limit_native_threads()
    from vosk import KaldiRecognizer, Model, SetLogLevel

    SetLogLevel(-1)
    started = time.monotonic()
    directory = Path(sys.argv[1])
    model = Model(str(directory))
    decoder: Decoder = KaldiRecognizer(model, SAMPLE_RATE)
    narrow = NarrowRecognizer(directory, model)
    ready = {
        "load_ms": round((time.monotonic() - started) * 1000, 1),
        "models": 1 if narrow.shares else 2,
    }
    replies.write(frames.pack(frames.READY, 0, json.dumps(ready).encode()))
    replies.flush()

    serve(sys.stdin.buffer, replies, decoder, narrow.decoder)


if __name__ == "__main__":
    main()
