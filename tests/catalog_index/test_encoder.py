from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from catalog_index.encoder import BUNDLED, StaticEncoder, TransformerEncoder, load_encoder
from catalog_index.errors import EncoderUnavailable

TEXTS = ["我老婆户口在上海", "ID card 丢了", "环境影响评价"]


def test_numpy_and_sentence_transformers_give_the_same_vectors() -> None:
    fast, reference = StaticEncoder(BUNDLED), TransformerEncoder(str(BUNDLED))
    np.testing.assert_allclose(fast.encode(TEXTS), reference.encode(TEXTS), atol=3e-3)
    assert fast.width == reference.width


def test_vectors_have_unit_length_and_nothing_is_nothing() -> None:
    encoder = load_encoder(None)
    np.testing.assert_allclose(np.linalg.norm(encoder.encode(TEXTS), axis=1), 1, atol=1e-5)
    assert not encoder.encode([""]).any()


def test_the_bundled_model_knows_kin() -> None:
    vectors = load_encoder(None).encode(["老婆户口迁过来", "夫妻投靠落户", "申请排污许可证"])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_a_model_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "modules.json").write_text("{", encoding="utf-8")
    (broken / "model.safetensors").write_bytes(b"")
    with pytest.raises(EncoderUnavailable, match="WENBAN_ENCODER"):
        load_encoder(str(broken))


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderUnavailable):
        load_encoder(str(tmp_path / "nothing"))
