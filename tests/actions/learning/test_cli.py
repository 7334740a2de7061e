from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.applications.outcomes import Outcome
from actions.applications.store import Store
from actions.learning import cli
from wenban.settings import load_settings

Run = Callable[..., tuple[int, list[dict[str, object]]]]
CATALOG = """
department:
  {id: toy, name: 玩具局, short: 玩具, place: 一号窗口, hours: 工作日, phone: "1"}
subjects:
  - id: dog
    title: 养犬
    about: 狗证
    common:
      {type: 公共服务, audience: [个人], promised_days: 1, fee: {yuan: 0}, delivery: [邮寄],
       visits: 0, result: 证}
    items:
      - id: dog-register
        title: 养犬登记
        says: [给狗上户口]  # people's words
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `learn` over a small catalog and three outcomes."""
    items = tmp_path / "items"
    items.mkdir()
    (items / "toy.yaml").write_text(CATALOG, encoding="utf-8")
    monkeypatch.setenv("WENBAN_CATALOG", str(items))
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WENBAN_DATABASE_URL", raising=False)
    monkeypatch.delenv("WENBAN_KEY_FILE", raising=False)
    store = Store.from_settings(load_settings())
    store.migrate()
    store.save_outcomes(
        [Outcome("confirmed", "小狗要办个证", "dog-register") for _ in range(2)]
        + [Outcome("not_found", "给猫办结婚证") for _ in range(2)]
    )
    store.close()
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())

    def call(*words: str, plain: bool = False) -> tuple[int, list[dict[str, object]]]:
        args = parser.parse_args(["learn", *words, *([] if plain else ["--json"])])
        code = args.run(args)
        lines = capsys.readouterr().out.splitlines()
        return code, [{"line": line} for line in lines] if plain else [json.loads(line) for line in lines]

    return call


def test_proposals_and_what_found_nothing(run: Run) -> None:
    code, (proposal, need, summary) = run()
    assert code == 0
    assert (proposal["proposal"], proposal["phrase"], proposal["item"]) == (1, "小狗要办个证", "dog-register")
    assert (need["unmet"], need["count"]) == ("给猫办结婚证", 2)
    assert summary == {"proposals": 1, "unmet": 1, "outcomes": 4}
    assert run("--min", "3")[1] == [{"proposals": 0, "unmet": 0, "outcomes": 4}]
    _, lines = run(plain=True)
    assert str(lines[0]["line"]).strip().startswith("1. “小狗要办个证” → 养犬登记")


def test_an_accepted_phrase_is_in_the_file_and_proposed_no_more(run: Run, tmp_path: Path) -> None:
    code, (record,) = run("--accept", "1")
    assert (code, record["accepted"]) == (0, "小狗要办个证")
    text = (tmp_path / "items" / "toy.yaml").read_text(encoding="utf-8")
    assert "says: [给狗上户口, 小狗要办个证]  # people's words" in text
    assert str(record["place"]) == f"toy.yaml:{text[: text.index('小狗')].count(chr(10)) + 1}"
    assert run()[1][-1]["proposals"] == 0


def test_in_other_words(run: Run, tmp_path: Path) -> None:
    assert run("--accept", "1", "--as", "办狗证", plain=True)[0] == 0
    assert "[给狗上户口, 办狗证]" in (tmp_path / "items" / "toy.yaml").read_text(encoding="utf-8")


def test_dismissed(run: Run) -> None:
    assert run("--dismiss", "1") == (0, [{"dismissed": "小狗要办个证", "outcomes": 2}])
    assert run()[1][-1] == {"proposals": 0, "unmet": 1, "outcomes": 2}


def test_a_number_that_is_not_there(run: Run) -> None:
    assert run("--accept", "2") == (2, [])
    with pytest.raises(SystemExit):
        run("--accept", "0")
