"""Vosk alone, as its own examples use it: the yardstick that `throughput` measures the worker pool with.

Run as a process of its own. The command line gives a model directory, a file of utterances (numpy .npz,
16 kHz int16) and the length of the n-best list; each line on standard input is answered by one pass over the
utterances: a JSON line with the wall and processor seconds it took.
"""

from __future__ import annotations

import json
import sys
import time

from wenban.threads import limit_native_threads


def main() -> None:
    """Serves passes until the input ends."""
    limit_native_threads()
    import numpy as np
    from vosk import KaldiRecognizer, Model, SetLogLevel

    SetLogLevel(-1)
    model_dir, utterances, alternatives = sys.argv[1:4]
    recognizer = KaldiRecognizer(Model(model_dir), 16_000)
    recognizer.SetMaxAlternatives(int(alternatives))
    with np.load(utterances) as archive:
        pieces = [archive[name].astype("<i2").tobytes() for name in archive.files]
    for _ in sys.stdin:
        started, cpu = time.perf_counter(), time.process_time()
        for piece in pieces:
            recognizer.AcceptWaveform(piece)
            recognizer.FinalResult()
        took = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
        sys.stdout.write(json.dumps(took) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
