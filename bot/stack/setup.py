"""What must exist before the stack can start: database, index, the recognizer's words, dialogue model.

Each step is skipped when what it would make was made from the same input, and writes its result only when
complete, so an interrupted first run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.stack.stamp import is_unchanged, set_stamp
from wenban.errors import SetupError
from wenban.lock import alone
from wenban.logs import facts
from wenban.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from catalog_index.loader import Catalog

log = logging.getLogger(__name__)

RASA_PYTHON = PROJECT_ROOT / ".venv-rasa" / "bin" / "python"
# A sample is enough for Rasa to know what a need looks like; the catalog search knows the items.
ASK_SERVICE_EXAMPLES = 500


@dataclass(frozen=True)
class Step:
    """One step of the set-up: `is_done` is cheap, `run` makes it so."""

    title: str
    is_done: Callable[[], bool]
    run: Callable[[], None]


def digest_of(paths: Iterable[Path]) -> str:
    """Short hash over names and bytes of files, in a fixed order."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def rasa_model(settings: Settings) -> Path:
    """Where the trained dialogue model lies."""
    return settings.home / "rasa" / "wenban.tar.gz"


def _write_if_changed(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


class Setup:
    """The steps for one configuration.

    Args:
        settings: where things are.
        report: called with a line of progress.
    """

    def __init__(self, settings: Settings, report: Callable[[str], None]) -> None:
        self._settings = settings
        self._report = report
        self._nlu_file = settings.home / "rasa" / "data" / "needs.yml"
        self._stamp = settings.home / "rasa" / "stamp"

    def run(self) -> None:
        """All steps, in order; says what it skips.

        Raises:
            SetupError: a step failed; run again after mending what it names.
        """
        if is_unchanged(self._settings):
            if not self._settings.database_url.startswith("sqlite"):
                # A server that is down is told here; a file is made by whoever opens it first.
                self._database()
            self._report("数据库、事项索引、语音词汇、对话模型：已就绪")
            return
        # With `wenban catalog build`, or another set-up, in the same folder at once, one waits for the other.
        with alone(self._settings.home / "build.lock"):
            self._run_steps()
            set_stamp(self._settings)

    def _run_steps(self) -> None:
        steps = (
            Step("数据库", lambda: False, self._database),
            Step("事项索引", self._index_ready, self._index),
            Step("语音词汇", self._words_known, self._teach_words),
            Step("对话模型", self._rasa_ready, self._rasa),
        )
        for number, step in enumerate(steps, start=1):
            prefix = f"[{number}/{len(steps)}] {step.title}"
            if step.is_done():
                self._report(f"{prefix}：已就绪")
                continue
            self._report(f"{prefix}：准备中……")
            start = time.monotonic()
            step.run()
            self._report(f"{prefix}：完成（{time.monotonic() - start:.0f} 秒）")

    def _database(self) -> None:
        from actions.applications.store import Store

        Store.from_settings(self._settings).migrate()

    @cached_property
    def _catalog(self) -> Catalog:
        """Read once: the steps that use it must see the same files."""
        from catalog_index.loader import load_catalog

        return load_catalog(self._settings.catalog_dir)

    def _index_ready(self) -> bool:
        from catalog_index.engine import SearchEngine
        from catalog_index.errors import IndexMissing

        try:
            SearchEngine.load(self._catalog, self._settings)
        except IndexMissing as error:
            log.info("index to be built: %s", error)
            return False
        return True

    def _index(self) -> None:
        from catalog_index.checks import check_catalog
        from catalog_index.engine import SearchEngine

        faults = check_catalog(self._catalog)
        if faults:
            raise SetupError(
                "the catalog is not sound; see `wenban catalog check`:\n" + "\n".join(faults[:20])
            )
        SearchEngine.build(self._catalog, self._settings, progress=self._report)

    def _words_known(self) -> bool:
        from bot.stack.vocabulary import knows_words

        return knows_words(self._catalog, self._settings)

    def _teach_words(self) -> None:
        from bot.stack.vocabulary import teach_words

        teach_words(self._catalog, self._settings)

    def _write_rasa_inputs(self) -> None:
        from catalog_index.documents import write_dictionary

        write_dictionary(self._catalog, PROJECT_ROOT / "nlu_data" / "jieba" / "catalog.txt")
        phrases = [phrase for item in self._catalog.items for phrase in (*item.says, *item.situations)]
        phrases.sort(key=lambda phrase: hashlib.sha256(phrase.encode()).digest())
        lines = "\n".join(f"      - {phrase}" for phrase in sorted(phrases[:ASK_SERVICE_EXAMPLES]))
        text = f'version: "3.1"\nnlu:\n  - intent: ask_service\n    examples: |\n{lines}\n'
        _write_if_changed(self._nlu_file, text)

    def _rasa_inputs(self) -> list[Path]:
        return [
            PROJECT_ROOT / "config.yml",
            *(PROJECT_ROOT / "bot" / "domain").glob("*.yml"),
            *(PROJECT_ROOT / "nlu_data").rglob("*.yml"),
            *(PROJECT_ROOT / "nlu_data" / "jieba").glob("*.txt"),
            *self._nlu_file.parent.glob("*.yml"),
            PROJECT_ROOT / "requirements" / "rasa.lock",
        ]

    def _rasa_ready(self) -> bool:
        self._write_rasa_inputs()
        return (
            rasa_model(self._settings).exists()
            and self._stamp.exists()
            and self._stamp.read_text(encoding="utf-8") == digest_of(self._rasa_inputs())
        )

    def _rasa(self) -> None:
        if not RASA_PYTHON.exists():
            raise SetupError("Rasa's environment .venv-rasa is missing: run `make setup`")
        folder = rasa_model(self._settings).parent
        log_file = folder / "train.log"
        digest = digest_of(self._rasa_inputs())
        command = [
            str(RASA_PYTHON), "-m", "rasa", "train", "--domain", "bot/domain", "--config", "config.yml",
            "--data", "nlu_data", str(self._nlu_file.parent),
            "--out", str(folder), "--fixed-model-name", "wenban",
        ]  # fmt: skip
        environment = os.environ | {
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "RASA_CACHE_DIRECTORY": str(folder / "cache"),
        }
        with log_file.open("wb") as output:
            done = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=output)
        if done.returncode != 0:
            tail = log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
            raise SetupError(f"training the dialogue model failed; see {log_file}:\n" + "\n".join(tail))
        self._stamp.write_text(digest, encoding="utf-8")
        log.info("dialogue model trained", extra=facts(model=rasa_model(self._settings).name))
