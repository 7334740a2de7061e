"""The steps of the set-up: made once, made again when what they come from changes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml

import bot.stack.setup
from bot.stack.setup import ASK_SERVICE_EXAMPLES, Setup, digest_of, rasa_model
from wenban.errors import CatalogError, SetupError
from wenban.lock import is_taken
from wenban.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # The index and the catalog are the project's; whatever is written goes to the temporary home.
    return dataclasses.replace(
        load_settings(),
        home=tmp_path,
        index_dir=tmp_path / "index",
        database_url=f"sqlite:///{tmp_path / 'wenban.sqlite3'}",
        key_file=tmp_path / "secret.key",
    )


def test_the_digest_changes_with_names_and_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yml", tmp_path / "two.yml"
    one.write_text("a", encoding="utf-8")
    two.write_text("b", encoding="utf-8")
    digests = [digest_of([one, two]), digest_of([two, one]), digest_of([one])]
    two.write_text("c", encoding="utf-8")
    digests.append(digest_of([one, two]))
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_step_that_is_done_is_skipped_and_others_run(settings: Settings) -> None:
    made: list[str] = []

    class Watched(Setup):
        def _index_ready(self) -> bool:
            return True

        def _rasa_ready(self) -> bool:
            return False

        def _words_known(self) -> bool:
            return True

        def _index(self) -> None:
            made.append("index")

        def _rasa(self) -> None:
            made.append("rasa")

    lines: list[str] = []
    Watched(settings, lines.append).run()
    assert made == ["rasa"]
    assert lines[2:4] == ["[2/4] 事项索引：已就绪", "[3/4] 语音词汇：已就绪"]
    assert lines[4] == "[4/4] 对话模型：准备中……"
    assert (settings.home / "wenban.sqlite3").exists()


def test_without_an_index_there_is_one_to_build(settings: Settings) -> None:
    assert not Setup(settings, lambda _: None)._index_ready()


def test_a_broken_catalog_is_not_built(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "items"
    folder.mkdir()
    (folder / "bureau.yaml").write_text("department: 7\n", encoding="utf-8")
    broken = dataclasses.replace(settings, catalog_dir=folder)
    with pytest.raises(CatalogError, match=r"bureau\.yaml"):
        Setup(broken, lambda _: None)._index()
    assert not settings.index_dir.exists()


def test_rasa_learns_needs_from_the_catalog(settings: Settings) -> None:
    setup = Setup(settings, lambda _: None)
    setup._write_rasa_inputs()
    file = settings.home / "rasa" / "data" / "needs.yml"
    [intent] = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    assert intent["intent"] == "ask_service"
    assert len(intent["examples"].splitlines()) == ASK_SERVICE_EXAMPLES
    before = file.stat().st_mtime_ns
    setup._write_rasa_inputs()
    assert file.stat().st_mtime_ns == before, "what did not change is not written again"


def test_the_dialogue_model_is_made_again_when_its_input_changed(settings: Settings) -> None:
    setup = Setup(settings, lambda _: None)
    assert not setup._rasa_ready()
    rasa_model(settings).write_bytes(b"model")
    setup._stamp.write_text(digest_of(setup._rasa_inputs()), encoding="utf-8")
    assert setup._rasa_ready()
    (settings.home / "rasa" / "data" / "more.yml").write_text("nlu: []", encoding="utf-8")
    assert not setup._rasa_ready()


def test_a_missing_rasa_environment_says_what_to_do(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.stack.setup, "RASA_PYTHON", tmp_path / "nowhere")
    with pytest.raises(SetupError, match="make setup"):
        Setup(settings, lambda _: None)._rasa()


def test_a_failed_training_names_its_log_and_leaves_no_stamp(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho out of luck\nexit 3\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(bot.stack.setup, "RASA_PYTHON", python)
    setup = Setup(settings, lambda _: None)
    setup._write_rasa_inputs()
    with pytest.raises(SetupError, match=r"train\.log:\nout of luck"):
        setup._rasa()
    assert not setup._stamp.exists()


def test_two_set_ups_in_one_folder_do_not_meet(settings: Settings) -> None:
    taken: list[bool] = []

    class Watched(Setup):
        def _index_ready(self) -> bool:
            taken.append(is_taken(settings.home / "build.lock"))
            return True

        def _rasa_ready(self) -> bool:
            taken.append(is_taken(settings.home / "build.lock"))
            return True

        def _words_known(self) -> bool:
            return True

    lines: list[str] = []
    Watched(settings, lines.append).run()
    assert taken == [True, True]
    assert not is_taken(settings.home / "build.lock")


class Counted(Setup):
    """Says that each step is done, and counts how often it was looked at."""

    looks = 0

    def _index_ready(self) -> bool:
        self.looks += 1
        return True

    def _words_known(self) -> bool:
        return True

    def _rasa_ready(self) -> bool:
        return True


def test_a_second_start_looks_at_nothing_until_something_changes(settings: Settings) -> None:
    lines: list[str] = []
    Counted(settings, lines.append).run()
    second = Counted(settings, lines.append)
    second.run()
    assert second.looks == 0
    assert lines[-1] == "数据库、事项索引、语音词汇、对话模型：已就绪"
    # What the set-up made is touched, a setting changes, the index is gone: all lead to the full look.
    made = settings.home / "rasa" / "stamp"
    made.parent.mkdir()
    made.write_text("other", encoding="utf-8")
    touched = Counted(settings, lines.append)
    touched.run()
    other = Counted(dataclasses.replace(settings, index_dir=settings.home), lines.append)
    other.run()
    assert (touched.looks, other.looks) == (1, 1)


def test_a_set_up_that_failed_is_not_taken_for_ready(settings: Settings) -> None:
    class Broken(Counted):
        def _rasa_ready(self) -> bool:
            raise SetupError("no")

    with pytest.raises(SetupError):
        Broken(settings, lambda _: None).run()
    again = Counted(settings, lambda _: None)
    again.run()
    assert again.looks == 1


def test_an_index_on_a_server_is_asked_at_each_start(settings: Settings) -> None:
    there = dataclasses.replace(settings, vector_url="milvus+http://127.0.0.1:1")
    Counted(there, lambda _: None).run()
    again = Counted(there, lambda _: None)
    again.run()
    assert again.looks == 1
