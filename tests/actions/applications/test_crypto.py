from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.applications.crypto import Cipher, new_key, parse_keys
from actions.applications.errors import CannotDecrypt, KeyUnusable
from wenban.settings import load_settings

OLD, NEW = bytes(range(32)), bytes(range(32, 64))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, st.text())
def test_what_is_sealed_opens_in_its_place(value: Any, aad: str) -> None:
    cipher = Cipher([OLD])
    assert cipher.decrypt_json(cipher.encrypt_json(value, aad), aad) == value


def test_half_a_character_survives() -> None:
    cipher = Cipher([OLD])
    assert cipher.decrypt_json(cipher.encrypt_json("好\ud83d", "a"), "a") == "好\ud83d"
    assert cipher.blind_index("\ud83d")


@given(json_values, st.data())
def test_any_altered_byte_is_noticed(value: Any, data: st.DataObject) -> None:
    cipher = Cipher([OLD])
    sealed = bytearray(cipher.encrypt_json(value, "a"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotDecrypt):
        cipher.decrypt_json(bytes(sealed), "a")


@given(st.binary(max_size=64))
def test_foreign_bytes_are_refused(sealed: bytes) -> None:
    with pytest.raises(CannotDecrypt):
        Cipher([OLD]).decrypt_json(sealed, "a")


def test_another_place_does_not_open() -> None:
    cipher = Cipher([OLD])
    with pytest.raises(CannotDecrypt, match="another place"):
        cipher.decrypt_json(cipher.encrypt_json("王小明", "draft:1"), "draft:2")


def test_the_same_value_is_never_sealed_the_same() -> None:
    cipher = Cipher([OLD])
    assert cipher.encrypt_json("王小明", "a") != cipher.encrypt_json("王小明", "a")


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes", object()])
def test_only_json_values_are_taken(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        Cipher([OLD]).encrypt_json(value, "a")


def test_rotation_reads_old_values_and_writes_with_the_new_key() -> None:
    before, both, after = Cipher([OLD]), Cipher([NEW, OLD]), Cipher([NEW])
    assert both.decrypt_json(before.encrypt_json(1, "a"), "a") == 1
    assert after.decrypt_json(both.encrypt_json(2, "a"), "a") == 2
    with pytest.raises(CannotDecrypt, match="key that is not in"):
        after.decrypt_json(before.encrypt_json(1, "a"), "a")
    assert both.blind_indexes("x") == [after.blind_index("x"), before.blind_index("x")]


def test_an_index_is_stable_and_differs_by_text_and_key() -> None:
    assert Cipher([OLD]).blind_index("1234") == Cipher([OLD]).blind_index("1234")
    assert len({Cipher([k]).blind_index(t) for k in (OLD, NEW) for t in ("1234", "1235")}) == 4


def test_neither_repr_nor_errors_show_the_key() -> None:
    text = base64.urlsafe_b64encode(OLD).decode()
    assert text not in repr(Cipher([OLD]))
    with pytest.raises(KeyUnusable) as caught:
        parse_keys(text[:-4], "WENBAN_KEY")
    assert text[:8] not in str(caught.value)


@pytest.mark.parametrize("text", ["", " , ", "王", "not-base64!", "c2hvcnQ=", "A" * 43 + "=,c2hvcnQ="])
def test_malformed_keys_name_their_source(text: str) -> None:
    with pytest.raises(KeyUnusable, match="WENBAN_KEY"):
        parse_keys(text, "WENBAN_KEY")


def test_a_cipher_needs_a_key() -> None:
    with pytest.raises(KeyUnusable):
        Cipher([])


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WENBAN_KEY_FILE", str(tmp_path / "secret.key"))
    monkeypatch.setenv("WENBAN_KEY", ",".join(base64.urlsafe_b64encode(k).decode() for k in (NEW, OLD)))
    cipher = Cipher.from_settings(load_settings())
    assert cipher.blind_indexes("x") == Cipher([NEW, OLD]).blind_indexes("x")
    assert not (tmp_path / "secret.key").exists()


def test_without_it_a_file_is_made_and_used_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WENBAN_KEY", raising=False)
    monkeypatch.setenv("WENBAN_KEY_FILE", str(tmp_path / "state" / "secret.key"))
    sealed = Cipher.from_settings(load_settings()).encrypt_json("王小明", "a")
    assert Cipher.from_settings(load_settings()).decrypt_json(sealed, "a") == "王小明"


def test_a_new_key_is_taken_and_is_new() -> None:
    assert len({*parse_keys(f"{new_key()}\n{new_key()}", "test")}) == 2
