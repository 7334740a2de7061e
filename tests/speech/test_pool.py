"""The pool with real Vosk processes: what it hears, and what happens when they are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from prometheus_client import REGISTRY, generate_latest

from speech.decoder import decode
from speech.endpoint import EndpointRules
from speech.errors import AudioEmpty, AudioTooLarge, AudioTooLong, RecognizerBusy, WorkerCrashed
from speech.expectation import Expectation
from speech.holding import is_held
from speech.limits import SAMPLE_RATE, SpeechLimits
from speech.narrow import narrower
from speech.pool import Progress, RecognizerPool
from speech.remote import child_environment
from wenban.errors import SetupError

Samples = NDArray[np.int16]

CHUNK = 3200  # 100 ms, as a browser sends


@pytest.fixture
async def pool(model_dir: Path) -> AsyncIterator[RecognizerPool]:
    running = RecognizerPool(model_dir, 2)
    await running.start()
    yield running
    await running.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


def chunks(pcm: Samples) -> list[bytes]:
    data = pcm.astype("<i2").tobytes()
    return [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]


def with_silence(pcm: Samples, seconds: float = 2.0) -> Samples:
    return np.concatenate((pcm, np.zeros(int(seconds * SAMPLE_RATE), np.int16)))


async def test_a_whole_utterance_is_heard(
    pool: RecognizerPool, short_pcm: Samples, transcripts: dict[str, str]
) -> None:
    transcript = await pool.transcribe(short_pcm)
    assert transcript.text == transcripts["human.wav"]
    assert transcript.alternatives[0].text == transcript.text
    assert sum(found.confidence for found in transcript.alternatives) == pytest.approx(1.0)
    assert transcript.audio_s == pytest.approx(len(short_pcm) / SAMPLE_RATE)
    assert transcript.model == pool.model_dir.name


async def test_a_streamed_utterance_grows_and_ends_by_itself(
    pool: RecognizerPool, speech_pcm: Samples
) -> None:
    seen: list[Progress] = []
    async with pool.session() as session:
        for chunk in chunks(with_silence(speech_pcm)):
            seen.append(await session.feed(chunk))
            if seen[-1].ended:
                break
        streamed = await session.finish()
    assert seen[-1].ended
    assert seen[-1].speech
    assert not seen[0].ended
    assert len({progress.partial for progress in seen}) > 2
    assert streamed.text == (await pool.transcribe(speech_pcm)).text
    assert streamed.audio_s < len(speech_pcm) / SAMPLE_RATE + 1.5


async def test_the_same_audio_in_odd_pieces_is_heard_the_same(
    pool: RecognizerPool, short_pcm: Samples
) -> None:
    data = short_pcm.astype("<i2").tobytes()
    async with pool.session(rules=None) as session:
        for start in range(0, len(data), 3333):
            await session.feed(data[start : start + 3333])
        odd = await session.finish()
    assert odd.text == (await pool.transcribe(short_pcm)).text


@pytest.mark.parametrize("level", [0.0, 2000.0])
async def test_silence_and_noise_end_soon_with_nothing_heard(pool: RecognizerPool, level: float) -> None:
    noise = (np.random.default_rng(5).normal(size=20 * SAMPLE_RATE) * level).astype(np.int16)
    fed = 0
    async with pool.session(rules=EndpointRules(no_speech_s=3.0)) as session:
        for chunk in chunks(noise):
            fed += 1
            if (await session.feed(chunk)).ended:
                break
        transcript = await session.finish()
    assert fed == 30
    assert transcript.text == ""
    assert transcript.alternatives == ()
    assert (await pool.transcribe(noise)).text == ""


async def test_a_worker_killed_in_the_middle_is_replaced_and_the_audio_replayed(
    pool: RecognizerPool, speech_pcm: Samples
) -> None:
    expected = await pool.transcribe(speech_pcm)
    before = set(pool.pids)
    pieces = chunks(speech_pcm)
    async with pool.session(rules=None) as session:
        for number, chunk in enumerate(pieces):
            if number == len(pieces) // 2:
                assert session.pid is not None
                os.kill(session.pid, signal.SIGKILL)
            progress = await session.feed(chunk)
        assert progress.speech
        transcript = await session.finish()
    assert transcript.text == expected.text
    await until(lambda: pool.free == 2)
    assert len(set(pool.pids) - before) == 1


async def test_all_workers_killed_in_the_middle_still_ends_well(
    pool: RecognizerPool, short_pcm: Samples
) -> None:
    expected = await pool.transcribe(short_pcm)
    async with pool.session(rules=None) as one, pool.session(rules=None) as other:
        for session in (one, other):
            await session.feed(short_pcm.tobytes()[:16000])
        for pid in pool.pids:
            os.kill(pid, signal.SIGKILL)
        for session in (one, other):
            await session.feed(short_pcm.tobytes()[16000:])
        results = await asyncio.gather(one.finish(), other.finish())
    assert [result.text for result in results] == [expected.text] * 2
    await until(lambda: pool.free == 2)


async def test_an_utterance_that_kills_every_worker_is_given_up(model_dir: Path, short_pcm: Samples) -> None:
    pool = RecognizerPool(model_dir, 1, limits=SpeechLimits(max_crashes=1))
    await pool.start()
    async with pool.session() as session:
        with pytest.raises(WorkerCrashed):
            for _ in range(3):
                assert session.pid is not None
                os.kill(session.pid, signal.SIGKILL)
                await session.feed(short_pcm.tobytes()[:CHUNK])
    await until(lambda: pool.free == 1)
    assert (await pool.transcribe(short_pcm)).text
    await pool.close()


async def test_an_idle_worker_that_dies_is_replaced(pool: RecognizerPool, short_pcm: Samples) -> None:
    (first, _) = pool.pids
    os.kill(first, signal.SIGKILL)
    await until(lambda: first not in pool.pids and pool.free == 2)
    assert (await pool.transcribe(short_pcm)).text


async def test_a_stopped_worker_counts_as_dead(model_dir: Path, short_pcm: Samples) -> None:
    pool = RecognizerPool(model_dir, 1, limits=SpeechLimits(reply_timeout_s=1.0))
    await pool.start()
    expected = await pool.transcribe(short_pcm)
    async with pool.session(rules=None) as session:
        assert session.pid is not None
        os.kill(session.pid, signal.SIGSTOP)
        await session.feed(short_pcm.tobytes())
        assert (await session.finish()).alternatives == expected.alternatives
    await pool.close()


async def test_busy_is_said_at_once_and_passes(pool: RecognizerPool, short_pcm: Samples) -> None:
    async with pool.session(), pool.session():
        assert pool.free == 0
        with pytest.raises(RecognizerBusy) as caught:
            await pool.transcribe(short_pcm)
        assert caught.value.retryable
    assert (await pool.transcribe(short_pcm)).text


async def test_a_caller_that_goes_away_leaves_its_worker_usable(
    pool: RecognizerPool, speech_pcm: Samples
) -> None:
    expected = await pool.transcribe(speech_pcm)
    pids = set(pool.pids)
    for _ in range(3):
        task = asyncio.create_task(pool.transcribe(speech_pcm))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert pool.free == 2
    results = await asyncio.gather(pool.transcribe(speech_pcm), pool.transcribe(speech_pcm))
    assert [result.alternatives for result in results] == [expected.alternatives] * 2
    assert set(pool.pids) == pids


async def test_one_utterance_leaves_nothing_in_the_next(
    pool: RecognizerPool, short_pcm: Samples, speech_pcm: Samples
) -> None:
    first = await pool.transcribe(short_pcm)
    for _ in range(4):
        await pool.transcribe(speech_pcm)
    assert (await pool.transcribe(short_pcm)).alternatives == first.alternatives


async def test_an_utterance_is_bounded(pool: RecognizerPool, short_pcm: Samples) -> None:
    with pytest.raises(AudioEmpty):
        await pool.transcribe(np.zeros(0, np.int16))
    with pytest.raises(AudioTooLong):
        await pool.transcribe(np.zeros(61 * SAMPLE_RATE, np.int16))
    async with pool.session() as session:
        with pytest.raises(AudioTooLarge):
            await session.feed(bytes(2 * 1024 * 1024))
    with pytest.raises(ValueError, match="max_alternatives"):
        async with pool.session(max_alternatives=0):
            pass
    assert pool.free == 2


async def test_a_held_button_is_cut_at_the_cap(model_dir: Path, short_pcm: Samples) -> None:
    pool = RecognizerPool(model_dir, 1, limits=SpeechLimits(max_seconds=1.0))
    await pool.start()
    async with pool.session(rules=None) as session:
        progress = await session.feed(np.tile(short_pcm, 3).tobytes())
        assert progress.ended
        transcript = await session.finish()
    assert transcript.audio_s == 1.0
    await pool.close()


async def test_fewer_alternatives_can_be_asked_for(
    pool: RecognizerPool, transcripts: dict[str, str], wav: Callable[[str], Path]
) -> None:
    # A clear sentence may have one hypothesis only; among several sentences some must have more.
    widest = 0
    for name in transcripts:
        pcm = decode(wav(name.removesuffix(".wav")).read_bytes(), 60.0)
        assert len((await pool.transcribe(pcm, max_alternatives=1)).alternatives) == 1
        count = len((await pool.transcribe(pcm, max_alternatives=3)).alternatives)
        assert count <= 3
        widest = max(widest, count)
    assert widest == 3


async def test_a_directory_that_is_no_model_is_a_set_up_error(tmp_path: Path) -> None:
    pool = RecognizerPool(tmp_path, 2)
    with pytest.raises(SetupError):
        await pool.start()
    assert pool.pids == [] and not is_held(tmp_path)
    with pytest.raises(SetupError, match="No such file"):
        await RecognizerPool(tmp_path / "gone", 2).start()


async def test_its_model_directory_is_held_while_it_runs(model_dir: Path, tmp_path: Path) -> None:
    own = narrower(model_dir, tmp_path)
    pool = RecognizerPool(own, 1)
    assert not is_held(own)
    await pool.start()
    assert is_held(own)
    await pool.close()
    assert not is_held(own)


async def test_closing_leaves_no_process_behind(model_dir: Path) -> None:
    pool = RecognizerPool(model_dir, 2)
    await pool.start()
    pids = pool.pids
    assert len(pids) == 2
    await pool.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(RecognizerBusy):
        async with pool.session():
            pass


async def test_workers_do_not_outlive_a_killed_owner(model_dir: Path) -> None:
    program = (
        "import asyncio, sys, pathlib\n"
        "from speech.pool import RecognizerPool\n"
        "async def main():\n"
        "    pool = RecognizerPool(pathlib.Path(sys.argv[1]), 2)\n"
        "    await pool.start()\n"
        "    print(*pool.pids, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", program, str(model_dir)),
        stdout=asyncio.subprocess.PIPE,
        env=child_environment(),
    )
    assert owner.stdout is not None
    pids = [int(pid) for pid in (await owner.stdout.readline()).split()]
    assert len(pids) == 2
    owner.kill()
    await owner.wait()
    await until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


async def test_what_happens_is_counted_and_no_word_of_it_is(pool: RecognizerPool, short_pcm: Samples) -> None:
    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    texts = value("wenban_speech_utterances_total", outcome="text")
    nothing = value("wenban_speech_utterances_total", outcome="nothing")
    abandoned = value("wenban_speech_utterances_total", outcome="abandoned")
    busy = value("wenban_speech_busy_total")
    finals = value("wenban_speech_final_seconds_count")
    partials = value("wenban_speech_first_partial_seconds_count")
    factors = sum(value("wenban_speech_real_time_factor_count", worker=worker) for worker in "01")

    await pool.transcribe(np.zeros(SAMPLE_RATE, np.int16))
    async with pool.session() as session, pool.session():
        assert value("wenban_speech_workers_in_use") == 2
        with pytest.raises(RecognizerBusy):
            await pool.transcribe(short_pcm)
        await session.feed(short_pcm.tobytes())
        said = (await session.finish()).text

    assert value("wenban_speech_utterances_total", outcome="text") == texts + 1
    assert value("wenban_speech_utterances_total", outcome="nothing") == nothing + 1
    assert value("wenban_speech_utterances_total", outcome="abandoned") == abandoned + 1
    assert value("wenban_speech_busy_total") == busy + 1
    assert value("wenban_speech_final_seconds_count") == finals + 2
    assert value("wenban_speech_first_partial_seconds_count") == partials + 1
    assert sum(value("wenban_speech_real_time_factor_count", worker=worker) for worker in "01") == factors + 2
    assert value("wenban_speech_workers_in_use") == 0
    assert said not in generate_latest().decode()


async def test_an_expected_answer_is_heard_beside_the_open_one(
    pool: RecognizerPool, wav: Callable[[str], Path], transcripts: dict[str, str]
) -> None:
    pcm = decode(wav("phone").read_bytes(), 60.0)
    open_only = await pool.transcribe(pcm)
    both = await pool.transcribe(pcm, expect=Expectation("phone"))
    assert both.alternatives == open_only.alternatives and open_only.narrowed == ()
    assert transcripts["phone.wav"] in both.narrowed
    other = await pool.transcribe(pcm, expect=Expectation("resident_id"))
    assert other.narrowed == (), "a phone number has not the form of an identity number"
    silent = await pool.transcribe(np.zeros(SAMPLE_RATE, np.int16), expect=Expectation("yes_no"))
    assert silent.narrowed == () and silent.text == ""


async def test_an_expected_answer_survives_its_worker(
    pool: RecognizerPool, wav: Callable[[str], Path]
) -> None:
    pcm = decode(wav("yes").read_bytes(), 60.0)
    async with pool.session(rules=None, expect=Expectation("yes_no")) as session:
        pieces = chunks(pcm)
        for piece in pieces[: len(pieces) // 2]:
            await session.feed(piece)
        assert session.pid is not None
        os.kill(session.pid, signal.SIGKILL)
        for piece in pieces[len(pieces) // 2 :]:
            await session.feed(piece)
        heard = await session.finish()
    assert heard.narrowed and heard.narrowed[0] == "对是的"
