"""What can go wrong on this side of the door."""

from __future__ import annotations

from wenban.errors import AudioError, WenbanError


class DoorClosed(WenbanError):
    """No gateway answers at the address, or parts behind it are down."""

    code = "door_closed"
    stage = "talk"
    retryable = True


class DoorLost(WenbanError):
    """The gateway was there and is not any more; the line may be sent again."""

    code = "door_lost"
    stage = "talk"
    retryable = True
    citizen = "和问办的连接断了，您已填的内容都在，请稍后再说一遍。"


class AudioFileMissing(AudioError):
    """The path after @ cannot be read."""

    code = "audio_file_missing"
    citizen = "找不到这个录音文件，请核对 @ 后面的路径。"


class Refused(WenbanError):
    """An error that the gateway told; keeps the form in which it came."""

    def __init__(self, told: dict[str, object]) -> None:
        super().__init__(str(told.get("code", "")), citizen=str(told.get("message", "")))
        self.told = told

    def as_dict(self) -> dict[str, object]:
        return self.told
