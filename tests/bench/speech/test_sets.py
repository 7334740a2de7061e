from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest

from bench.speech.sets import check, clips, is_human
from catalog_index.loader import Catalog
from wenban.errors import SetupError

DATA = Path(__file__).parent.parent.parent / "data" / "speech"


@pytest.fixture
def corpora_dir(tmp_path: Path) -> Path:
    """A folder of recordings as --corpora wants it, with four utterances of which one has no text."""
    rows = [("human.wav", "转人工"), ("second.wav", "第二个"), ("yes.wav", "对"), ("food.wav", "")]
    with tarfile.open(tmp_path / "human_dev.tar", "w") as tar:
        for name, _ in rows:
            tar.add(DATA / name, f"human_dev/{name}")
    lines = ["corpus\tfile\tspeaker\ttext"]
    lines += [f"human_dev\thuman_dev/{name}\t{number}\t{text}" for number, (name, text) in enumerate(rows)]
    lines.append("aishell1_sample\tother.opus\tx\t别的")
    (tmp_path / "manifest.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_recordings_are_read_from_the_folder(corpora_dir: Path, catalog: Catalog, tmp_path: Path) -> None:
    done: list[int] = []
    found = clips(
        "human_dev", 10, catalog=catalog, cache=tmp_path, corpora_dir=corpora_dir, progress=done.append
    )
    assert [clip.text for clip in found] == ["转人工", "第二个", "对"]
    assert all(clip.pcm.dtype == np.int16 and len(clip.pcm) > 4_000 for clip in found)
    assert sum(done) == 3


def test_a_few_are_spread_over_the_corpus(corpora_dir: Path, catalog: Catalog, tmp_path: Path) -> None:
    found = clips("human_dev", 2, catalog=catalog, cache=tmp_path, corpora_dir=corpora_dir)
    assert [clip.text for clip in found] == ["转人工", "对"]


def test_people_need_their_folder(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="--corpora"):
        clips("human_dev", 1, catalog=catalog, cache=tmp_path)
    with pytest.raises(SetupError, match=r"manifest\.tsv"):
        clips("human_dev", 1, catalog=catalog, cache=tmp_path, corpora_dir=tmp_path)


def test_names_are_checked() -> None:
    assert is_human(check("human_dev"))
    assert not is_human(check("domain"))
    with pytest.raises(ValueError, match="domain"):
        check("domian")
