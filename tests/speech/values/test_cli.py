from __future__ import annotations

import argparse
import io
import json

import pytest

from speech.values import KINDS
from speech.values.cli import register


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser("wenban")
    register(parser.add_subparsers())
    args = parser.parse_args(["value", *arguments])
    code: int = args.run(args)
    return code


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("date", "下周三", "--today", "2026-11-23", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["kind"] == "date" and record["text"] == "下周三" and record["error"] is None
    assert record["value"] == "2026-12-02" and record["read_back"] == "二零二六年十二月二日"


def test_an_error_is_a_record_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("resident_id", "11010519491231002", "--json") == 1
    record = json.loads(capsys.readouterr().out)
    assert record["value"] is None and record["read_back"] is None
    assert record["error"]["code"] == "resident_id_length" and "17位" in record["error"]["message"]


def test_lines_of_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("三千块\n\n十三万五\n"))
    assert _run("money", "--json") == 1
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["value"] for record in records] == [3000.0, None, 135000.0]


def test_options(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--option", "in=配偶户口在市内", "--option", "out=配偶户口在市外=外地")
    assert _run("choice", "外地的", *options, "--json") == 0
    assert json.loads(capsys.readouterr().out)["value"] == "out"
    assert _run("choice", "外地的") == 2
    assert "--option" in capsys.readouterr().err


def test_a_date_in_the_past(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("date", "昨天", "--today", "2026-11-23", "--not-before", "2026-11-23", "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "date_in_past"


def test_heard_hypotheses_allow_a_marked_repair(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("phone", "幺三八零零零零一二三", "--heard", "幺三八零零零零一二三四", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["value"], record["repaired"]) == ("13800001234", True)


def test_the_list_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--list") == 0
    assert tuple(line.split()[0] for line in capsys.readouterr().out.splitlines()) == KINDS


def test_a_kind_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run() == 2
    assert "KIND" in capsys.readouterr().err
