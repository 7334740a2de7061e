from __future__ import annotations

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from bench.speech.soak import markdown, row, soak
from speech.models import BUNDLED_MODEL


def test_growth_is_told_from_warming_up() -> None:
    warms_up = [(done, 300.0 - 200.0 / done) for done in range(50, 10_001, 50)]
    assert row(0, warms_up)["flat"]
    grows = [(done, 300.0 + done / 500) for done in range(50, 10_001, 50)]
    found = row(0, grows)
    assert not found["flat"]
    assert found["slope_mb_per_1000"] == pytest.approx(2.0)


def test_one_sample_proves_nothing() -> None:
    assert not row(0, [(1, 100.0)])["flat"]
    assert not row(0, [])["flat"]


async def test_every_worker_is_watched(short_pcm: NDArray[np.int16]) -> None:
    done: list[int] = []
    rows = await soak(BUNDLED_MODEL, [short_pcm], 6, workers=2, progress=done.append)
    assert len(done) == 6
    assert [one["worker"] for one in rows] == [0, 1]
    assert all(one["utterances"] == 6 and one["first_mb"] > 20 and one["kept"] for one in rows)
    assert markdown(rows, "a machine", 1.0).count(BUNDLED_MODEL.name) == 2


async def test_a_worker_that_died_is_told(short_pcm: NDArray[np.int16]) -> None:
    killed: list[int] = []

    def kill_the_worker(_: int) -> None:
        if not killed:
            (worker,) = (one for one in psutil.Process().children() if "speech.worker" in one.cmdline())
            killed.append(worker.pid)
            worker.kill()

    rows = await soak(BUNDLED_MODEL, [short_pcm], 4, workers=1, progress=kill_the_worker)
    assert [one["kept"] for one in rows] == [False]
    assert "a worker died" in markdown(rows, "a machine", 1.0)


async def test_without_a_clip_there_is_nothing_to_do() -> None:
    with pytest.raises(ValueError, match="no clips"):
        await soak(BUNDLED_MODEL, [], 6, workers=1)
