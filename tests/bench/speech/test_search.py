from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.search import Query, read_queries
from bench.speech.search import chosen, compare, markdown, measure, ranked, spoken, without_sound
from catalog_index.engine import SearchEngine
from catalog_index.features import FEATURES
from catalog_index.loader import Catalog
from speech.language_model.words import is_han
from speech.models import BUNDLED_MODEL
from speech.transcript import Hypothesis, Transcript, transcript_of


def heard(*texts: str) -> Transcript:
    return transcript_of([Hypothesis(text, 1 / len(texts)) for text in texts])


@pytest.fixture
def asked(catalog: Catalog) -> list[Query]:
    """Two items by their titles, which hold no digits and so can be said."""
    named = [item for item in catalog.items if is_han(item.title)]
    items = (named[0], named[-1])
    return [Query(item.title, "plain", item.id, item.subject_id) for item in items]


def test_queries_name_an_item_and_can_be_said(catalog: Catalog) -> None:
    queries = read_queries("dev", catalog)
    picked = chosen(queries, 40)
    assert picked == chosen(queries, 40)
    assert len(picked) == 40
    assert all(query.item for query in picked)
    assert not {query.kind for query in picked} & {"homophone", "traditional", "english"}
    rest = [query for query in queries if query.item is None] + [Query("C1证", "plain", "any", None)]
    assert chosen(rest, 40) == []


def test_each_way_is_compared(engine: SearchEngine, asked: list[Query]) -> None:
    nonsense = "嗯嗯啊啊"
    rows = compare(
        engine, asked, {"clean": [heard(nonsense, one.query) for one in asked], "amr": [heard("")] * 2}, "m"
    )
    found = {(row["way"], row["condition"]): row["top1"] for row in rows}
    assert len(found) == 2 + 2 * 4
    assert found["typed", ""] == found["spoken", "clean"] == 1.0
    # The second hypothesis held what was said; who only reads the first has nothing.
    assert found["spoken, best hypothesis only", "clean"] == 0.0
    assert found["spoken", "amr"] == 0.0


def test_without_the_sound_channel_all_else_stays(engine: SearchEngine, asked: list[Query]) -> None:
    deaf = without_sound(engine)
    changed = {
        name
        for name, old, new in zip(FEATURES, engine.fusion.weights, deaf.fusion.weights, strict=True)
        if old != new
    }
    assert changed
    assert all("sound" in name for name in changed)
    assert not np.any(deaf.fusion.weights[[FEATURES.index(name) for name in changed]])
    assert ranked(deaf, asked[0].query)[0] == asked[0].item


async def test_queries_are_spoken_recognized_and_searched(
    engine: SearchEngine, asked: list[Query], tmp_path: Path
) -> None:
    clips = spoken(asked, tmp_path, lambda _: None)
    assert [query for query, _, _ in clips] == asked
    done: list[int] = []
    rows = await measure(
        engine, BUNDLED_MODEL, clips, ["clean"], workers=1, progress=lambda _, count: done.append(count)
    )
    assert sum(done) == 2
    assert len(rows) == 2 + 4
    assert rows[0]["character_error_rate"] is None
    assert rows[2]["character_error_rate"] is not None
    section = markdown(rows, "a machine")
    assert section.count(f"| {BUNDLED_MODEL.name} |") == 6
    assert "2 development queries" in section
