"""The measuring itself, against the door with its dialogue double."""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.cli_turns import register
from bench.turns import NEEDS, START_OVER, Load, NothingToMeasure, lines, markdown, measure, percentile

_SPEC = importlib.util.spec_from_file_location(
    "wenban_bench_doubles", Path(__file__).parents[1] / "bot" / "gateway" / "conftest.py"
)
assert _SPEC is not None and _SPEC.loader is not None
_doubles = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _doubles
_SPEC.loader.exec_module(_doubles)
door, open_door, settings, store = _doubles.door, _doubles.open_door, _doubles.settings, _doubles.store


async def test_every_turn_is_sent_and_timed(door: Any) -> None:
    load = await measure(door.url, senders=3, turns=20)
    assert (load.senders, load.turns, load.errors) == (3, 20, 0)
    assert 0 < load.p50_ms <= load.p95_ms <= load.max_ms
    assert load.dialogue_p50_ms <= load.max_ms and load.per_s > 0
    assert len(door.dialogue.requests) == 20
    assert len({request["sender"] for request in door.dialogue.requests}) == 3


async def test_failed_turns_are_counted_and_not_timed(door: Any) -> None:
    door.dialogue.failures = [400, 400]
    load = await measure(door.url, senders=1, turns=5)
    assert (load.turns, load.errors) == (3, 2)


async def test_no_stack_is_said_so() -> None:
    with pytest.raises(NothingToMeasure, match="make run"):
        await measure("http://127.0.0.1:9", senders=1, turns=1)


def test_senders_begin_with_different_needs_and_never_end() -> None:
    first = [line for line in itertools.islice(lines(1), 4 * len(NEEDS)) if line not in (None, START_OVER)]
    assert sorted(map(str, first)) == sorted(NEEDS)
    assert first[0] == NEEDS[1]


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile(values, 1.0)) == (50.0, 95.0, 100.0)


def test_the_section_has_a_row_for_each_load() -> None:
    section = markdown([Load(1, 10, 0, 1.0, 2.0, 3.0, 0.5, 99.0), Load(4, 10, 0, 1, 2, 3, 4, 5)], 2)
    assert "| 1 | 10 | 0 | 1.0 | 2.0 | 3.0 | 0.5 | 99.0 |" in section
    assert section.count("\n| ") == 4


def test_the_command_gives_json_lines(door: Any, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    args = ["turns", "--url", door.url, "--senders", "1", "2", "--turns", "4", "--warmup", "1", "--json"]
    parsed = parser.parse_args([*args, "--no-write"])
    assert parsed.run(parsed) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["senders"] for record in records] == [1, 2]
