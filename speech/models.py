"""Which Vosk model is in use: the one the operator names, or the one in the box."""

from __future__ import annotations

import logging
from pathlib import Path

from speech.language_model.adapt import find_adapted
from wenban.errors import SetupError
from wenban.logs import facts
from wenban.settings import PROJECT_ROOT, Settings

log = logging.getLogger(__name__)

BUNDLED_MODEL = PROJECT_ROOT / "speech" / "models" / "wenban-small"

_LAYOUTS = (("am/final.mdl", "conf/mfcc.conf"), ("final.mdl", "mfcc.conf"))  # Vosk's own, new and old


def is_model(directory: Path) -> bool:
    """Whether a directory is laid out as a Vosk model."""
    return any(all((directory / name).is_file() for name in layout) for layout in _LAYOUTS)


def base_model(settings: Settings) -> Path:
    """The directory of the model that the operator names, or of the one in the box.

    Raises:
        SetupError: there is none where it should be.
    """
    if settings.vosk_model is not None:
        if not is_model(settings.vosk_model):
            raise SetupError(
                f"WENBAN_VOSK_MODEL={settings.vosk_model} is not a Vosk model directory "
                f"(expected {_LAYOUTS[0][0]} in it); unset it to use the bundled model",
                citizen="语音识别暂时不可用，您可以打字。",
            )
        return settings.vosk_model
    if not is_model(BUNDLED_MODEL):
        raise SetupError(
            f"the bundled speech model is missing ({BUNDLED_MODEL.relative_to(PROJECT_ROOT)}); restore it "
            "from the repository, or set WENBAN_VOSK_MODEL to a Vosk model directory (`wenban models fetch`)",
            citizen="语音识别暂时不可用，您可以打字。",
        )
    return BUNDLED_MODEL


def resolve_model(settings: Settings) -> Path:
    """The directory of the model to use: the base model, or it with the catalog's words, where they fit it.

    The log says which and why.

    Raises:
        SetupError: there is none where it should be.
    """
    base = base_model(settings)
    source = "bundled" if settings.vosk_model is None else "WENBAN_VOSK_MODEL"
    made = find_adapted(base, adapted_folder(settings))
    words = made.source if made is not None else "its own"
    used = made.directory if made is not None else base
    log.info("speech model", extra=facts(model=used.name, source=source, language_model=words))
    return used


def adapted_folder(settings: Settings) -> Path:
    """Where models that know the catalog's words are kept (`speech.language_model.adapt`)."""
    return settings.home / "speech"


def downloaded_models(settings: Settings) -> list[Path]:
    """Model directories that `wenban models fetch` has put under `WENBAN_HOME`."""
    folder = models_folder(settings)
    return sorted(path for path in folder.iterdir() if is_model(path)) if folder.is_dir() else []


def models_folder(settings: Settings) -> Path:
    """Where fetched models are kept."""
    return settings.home / "models"
