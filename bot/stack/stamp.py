"""Whether anything changed since the set-up ended well: a second start must not load all to find it ready.

Inputs count by their bytes, large models and everything that the set-up made by name, size and time. What
does not fit leads to the full look at each step, never to an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from wenban.settings import PROJECT_ROOT, Settings

# Code and data that decide what the steps make.
_READ = (
    "bot/domain",
    "bot/stack",
    "catalog_index",
    "config.yml",
    "nlu_data",
    "requirements/main.lock",
    "requirements/rasa.lock",
    "speech/language_model",
    "speech/models.py",
)
_READ_ENDINGS = frozenset((".py", ".yml", ".yaml", ".txt", ".json", ".lock", ".toml"))
# Too large to be read at each start.
_STATED = ("catalog_index/models", "speech/models")
# What the set-up makes under WENBAN_HOME.
_MADE = ("rasa/wenban.tar.gz", "rasa/stamp", "rasa/data", "speech")


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from sorted(
            path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )


def _stated(places: tuple[Path, ...]) -> Iterator[str]:
    for place in places:
        for path in _files(place):
            found = path.stat()
            yield f"{path} {found.st_size} {found.st_mtime_ns}"


def state_of(settings: Settings) -> str:
    """One hash over all that the set-up reads and has made."""
    digest = hashlib.sha256()
    places = (settings.catalog_dir, *(PROJECT_ROOT / name for name in _READ))
    # The project's own catalog lies inside one of the folders: each file is read once.
    for path in dict.fromkeys(path for place in places for path in _files(place)):
        if path.suffix in _READ_ENDINGS:
            digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    chosen = (settings.encoder, settings.vector_url, settings.vosk_model, settings.database_url)
    digest.update(repr(chosen).encode())
    models = [Path(settings.encoder)] if settings.encoder else []
    models += [settings.vosk_model] if settings.vosk_model else []
    made = (settings.index_dir, *(settings.home / name for name in _MADE))
    for line in _stated((*(PROJECT_ROOT / name for name in _STATED), *models, *made)):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _stamp(settings: Settings) -> Path:
    return settings.home / "setup.stamp"


def is_unchanged(settings: Settings) -> bool:
    """Whether the set-up ended well and nothing changed since; an index elsewhere cannot be looked at so."""
    stamp = _stamp(settings)
    if settings.vector_url != "faiss" or not stamp.exists():
        return False
    return stamp.read_text(encoding="utf-8") == state_of(settings)


def set_stamp(settings: Settings) -> None:
    """Notes that the set-up ended well."""
    _stamp(settings).write_text(state_of(settings), encoding="utf-8")
