"""The one error tree.

Every failure that a person may meet is a `WenbanError`. It says where it happened (`stage`), what it is
(`code`, stable, for logs and clients), whether trying the same again may help (`retryable`), and one plain
Chinese sentence for the citizen. The exception's own message is for the operator and may be technical, but
never carries personal values.

Example:
    >>> class AudioTooLong(AudioError):
    ...     code = "audio_too_long"
    ...     citizen = "录音太长了，请控制在一分钟以内。"
    >>> AudioTooLong("got 600.0 s, limit 60.0 s").as_dict()["code"]
    'audio_too_long'
"""

from __future__ import annotations

from typing import ClassVar


class WenbanError(Exception):
    """Root of the tree. Subclasses override the class attributes; `citizen` may also be given per instance.

    Args:
        message: for the operator and the log; no personal values.
        citizen: overrides the class's sentence when the case needs its own.
    """

    code: ClassVar[str] = "internal"
    stage: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False
    citizen: str = "系统出了点问题，请稍后再试，或者说“转人工”。"

    def __init__(self, message: str = "", *, citizen: str | None = None) -> None:
        super().__init__(message or self.code)
        if citizen is not None:
            self.citizen = citizen

    def as_dict(self) -> dict[str, object]:
        """The form in which an error travels: over JSON, to the page, to `--json` output."""
        return {
            "code": self.code,
            "stage": self.stage,
            "retryable": self.retryable,
            "message": self.citizen,
        }


class SetupError(WenbanError):
    """The installation is incomplete or wrongly configured; the operator must act."""

    code = "setup"
    stage = "setup"


class AudioError(WenbanError):
    """The audio cannot be used as it is."""

    code = "audio"
    stage = "audio"
    citizen = "这段录音没法识别，请再说一遍。"


class SpeechError(WenbanError):
    """The recognizer failed or is not available."""

    code = "speech"
    stage = "speech"
    retryable = True
    citizen = "没有听清，请再说一遍，也可以打字。"


class CatalogError(WenbanError):
    """The catalog's data is wrong, or an item asked for does not exist."""

    code = "catalog"
    stage = "catalog"


class SearchError(WenbanError):
    """The search index is missing, stale or broken."""

    code = "search"
    stage = "search"
    retryable = True
    citizen = "暂时查不到事项，请稍后再试，或者说“转人工”。"


class ValueInvalid(WenbanError):
    """A detail given by the citizen does not fit its kind; what was given before stays."""

    code = "value_invalid"
    stage = "form"
    citizen = "这个内容不对，请再说一遍。"


class DialogueError(WenbanError):
    """Rasa or the action server did not answer; the draft stands."""

    code = "dialogue"
    stage = "dialogue"
    retryable = True
    citizen = "系统正在恢复，您已填的内容都在，请稍等几秒再说一遍。"


class ApplicationError(WenbanError):
    """A draft or an application cannot be stored, found or moved."""

    code = "application"
    stage = "application"


class StorageError(ApplicationError):
    """The database did not take the write; nothing was half done."""

    code = "storage"
    stage = "storage"
    retryable = True
    citizen = "暂时没能保存，请稍后再说一遍，您之前填的内容都在。"
