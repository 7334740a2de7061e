"""What every package leans on: errors, settings, logs, JSON lines, thread limits."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenban.errors import SetupError, ValueInvalid, WenbanError
from wenban.jsonl import emit
from wenban.logs import _Formatter, facts, mask
from wenban.settings import PROJECT_ROOT, load_settings
from wenban.threads import single_threaded_environment


def all_errors(kind: type[WenbanError]) -> list[type[WenbanError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in all_errors(child))]


def test_every_error_has_a_code_and_a_sentence() -> None:
    for kind in all_errors(WenbanError):
        assert kind.code.replace("_", "").isalnum()
        assert kind.citizen.endswith("。"), kind


def test_an_error_travels_without_its_message() -> None:
    error = ValueInvalid("check digit of 110101199003070038", citizen="身份证号最后一位不对。")
    assert error.as_dict() == {
        "code": "value_invalid",
        "stage": "form",
        "retryable": False,
        "message": "身份证号最后一位不对。",
    }
    assert str(SetupError()) == "setup"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["电话", "，", "", " tel="]))
def test_phones_are_masked_wherever_they_stand(phone: str, before: str) -> None:
    assert phone not in mask(f"{before}{phone}。")


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_identity_numbers_are_masked(number: str) -> None:
    assert number not in mask(f"身份证{number}，")


def test_counts_and_receipts_are_not_masked() -> None:
    line = "receipt=YW202611234829138 items=2008 took 1234567 us"
    assert mask(line) == line


def test_facts_stand_on_the_line_and_are_masked_too() -> None:
    record = logging.makeLogRecord({"msg": "draft saved"} | facts(item="x", phone="13800001234"))
    assert _Formatter("%(message)s").format(record) == "draft saved item=x phone=***"


def test_a_record_is_one_line_of_json() -> None:
    out = io.StringIO()
    emit({"text": "第一行\n第二行", "path": Path("a")}, out)
    [line] = out.getvalue().splitlines()
    assert json.loads(line) == {"text": "第一行\n第二行", "path": "a"}


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("WENBAN_DATABASE_URL", "WENBAN_INDEX", "WENBAN_ENCODER", "WENBAN_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path))
    monkeypatch.setenv("WENBAN_RASA_PORT", "15005")
    monkeypatch.setenv("WENBAN_ENCODER", "")
    settings = load_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/wenban.sqlite3"
    assert settings.index_dir == tmp_path / "index"
    assert settings.rasa_url == "http://127.0.0.1:15005"
    assert settings.gateway_url == "http://127.0.0.1:8080"
    assert settings.encoder is None
    assert settings.catalog_dir == PROJECT_ROOT / "catalog_index" / "items"


def test_native_libraries_get_one_thread() -> None:
    assert set(single_threaded_environment().values()) == {"1", "false"}
