"""Where things are and how they are set: one place, read from the environment.

Every setting has a `WENBAN_` variable; none has to be set. State (database, key, indexes, trained dialogue
model, downloaded models) lives under one folder, `WENBAN_HOME`, by default `var/` in the project.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def _path(name: str, default: Path) -> Path:
    value = os.environ.get(name)
    return Path(value).expanduser().resolve() if value else default


def _int(name: str, default: int) -> int:
    value = os.environ.get(name)
    return int(value) if value else default


@dataclass(frozen=True)
class Settings:
    """All settings of a running Wenban.

    Attributes:
        home: folder for everything Wenban writes (`WENBAN_HOME`).
        database_url: SQLAlchemy URL of drafts and applications (`WENBAN_DATABASE_URL`).
        key_file: file with the key for personal values, mode 600 (`WENBAN_KEY_FILE`); `WENBAN_KEY` wins.
        catalog_dir: folder with one YAML file a department (`WENBAN_CATALOG`).
        index_dir: where the built search index is kept (`WENBAN_INDEX`).
        encoder: path or name of a sentence-transformers model (`WENBAN_ENCODER`); None: the bundled one.
        vector_url: engine of the meaning channel (`WENBAN_VECTOR_URL`): faiss (default), milvus+FILE.db or
            milvus+http://HOST:PORT.
        vosk_model: a Vosk model directory (`WENBAN_VOSK_MODEL`); None: the bundled one.
        speech_workers: Vosk worker processes (`WENBAN_SPEECH_WORKERS`).
        host, port: where the gateway, the only public door, listens (`WENBAN_HOST`, `WENBAN_PORT`).
        rasa_port, actions_port: loopback ports of Rasa and the action server.
        keep_days: how long conversations, drafts, closed handovers and learned phrases are kept
            (`WENBAN_KEEP_DAYS`).
        learn: whether needs that citizens confirmed are kept as proposals for the catalog (`WENBAN_LEARN`).
    """

    home: Path
    database_url: str
    key_file: Path
    catalog_dir: Path
    index_dir: Path
    encoder: str | None
    vector_url: str
    vosk_model: Path | None
    speech_workers: int
    host: str
    port: int
    rasa_port: int
    actions_port: int
    keep_days: int = 90
    learn: bool = True

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def load_settings() -> Settings:
    """Reads the environment anew; call it once at a process's start and pass the result on."""
    home = _path("WENBAN_HOME", PROJECT_ROOT / "var")
    vosk_model = os.environ.get("WENBAN_VOSK_MODEL")
    return Settings(
        home=home,
        database_url=os.environ.get("WENBAN_DATABASE_URL") or f"sqlite:///{home / 'wenban.sqlite3'}",
        key_file=_path("WENBAN_KEY_FILE", home / "secret.key"),
        catalog_dir=_path("WENBAN_CATALOG", PROJECT_ROOT / "catalog_index" / "items"),
        index_dir=_path("WENBAN_INDEX", home / "index"),
        encoder=os.environ.get("WENBAN_ENCODER") or None,
        vector_url=os.environ.get("WENBAN_VECTOR_URL") or "faiss",
        vosk_model=Path(vosk_model).expanduser().resolve() if vosk_model else None,
        speech_workers=_int("WENBAN_SPEECH_WORKERS", max(2, (os.cpu_count() or 2) - 1)),
        host=os.environ.get("WENBAN_HOST", "0.0.0.0"),
        port=_int("WENBAN_PORT", 8080),
        rasa_port=_int("WENBAN_RASA_PORT", 5005),
        actions_port=_int("WENBAN_ACTIONS_PORT", 5055),
        keep_days=_int("WENBAN_KEEP_DAYS", 90),
        learn=os.environ.get("WENBAN_LEARN", "on").lower() not in ("off", "no", "0", "false"),
    )
