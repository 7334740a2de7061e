"""What can go wrong between a microphone and a transcript; each case has its own sentence for the citizen.

Audio errors say that this recording cannot be used; speech errors say that the recognizer could not do its
work, and whether trying again helps.
"""

from __future__ import annotations

from wenban.errors import AudioError, SetupError, SpeechError


class AudioEmpty(AudioError):
    """No bytes, or a container without a single sample in it."""

    code = "audio_empty"
    citizen = "这段录音是空的，没有内容，请重新录一遍。"


class AudioUnreadable(AudioError):
    """The file cannot be opened: it is not there, or may not be read."""

    code = "audio_unreadable"
    citizen = "找不到或者打不开这个录音文件。"


class AudioUnsupported(AudioError):
    """Not audio at all, or in a format that no decoder here knows."""

    code = "audio_unsupported"
    citizen = "这个文件不是能识别的录音，请发送 wav、mp3、m4a、amr、ogg、flac 或 webm 格式的录音。"


class AudioTruncated(AudioError):
    """The file was cut off or is damaged; what is left of it is not trusted."""

    code = "audio_truncated"
    citizen = "这段录音不完整或者已经损坏，请重新录一遍。"


class AudioTooLong(AudioError):
    """More seconds than one utterance may have."""

    code = "audio_too_long"
    citizen = "录音太长了，请控制在一分钟以内，一次说一件事。"

    @classmethod
    def over(cls, limit_s: float) -> AudioTooLong:
        """The error with the limit that really holds in its sentence."""
        return cls(
            f"longer than {limit_s:g} s", citizen=f"录音太长了，请控制在{limit_s:g}秒以内，一次说一件事。"
        )


class AudioTooLarge(AudioError):
    """More bytes than a recording of the allowed length can need."""

    code = "audio_too_large"
    citizen = "录音文件太大了，请换一段短一些的录音。"


class AudioDecodeTimeout(AudioError):
    """Decoding hit its deadline or its memory bound and was stopped."""

    code = "audio_decode_timeout"
    citizen = "这段录音处理不了，请重新录一遍，或者换一种格式。"


class NothingHeard(SpeechError):
    """Silence, noise, or nothing that the recognizer could make words of."""

    code = "nothing_heard"
    citizen = "没有听到您说话，请靠近一点再说一遍，也可以打字。"


class RecognizerBusy(SpeechError):
    """Every worker is taken; said at once, so that nobody waits in an endless queue."""

    code = "recognizer_busy"
    citizen = "现在说话的人比较多，请过几秒钟再说一遍，也可以打字。"


class WorkerCrashed(SpeechError):
    """The recognizer died on this utterance, and died again when it was replayed to another worker."""

    code = "recognizer_crashed"
    citizen = "语音识别刚才出了故障，请再说一遍，也可以打字。"


class ModelDownloadError(SetupError):
    """A model could not be downloaded or unpacked; what was downloaded so far is kept and resumed from."""

    code = "model_download"
    retryable = True
    citizen = "语音模型没有下载成功，请检查网络后再试一次。"


class ModelChecksumError(SetupError):
    """A downloaded model is not the file that was promised; it has been removed."""

    code = "model_checksum"
    citizen = "下载的语音模型校验不符，已经删除，请再下载一次。"


class SoundUnavailable(SetupError):
    """The library that reaches sound devices is not installed."""

    code = "sound_unavailable"
    citizen = "这台机器还没有装好话筒，请联系工作人员。"


class MicrophoneMissing(AudioError):
    """There is no such microphone, or it cannot be opened."""

    code = "microphone_missing"
    retryable = True
    citizen = "没有找到话筒，或者话筒打不开，请联系工作人员。"


class MicrophoneLost(AudioError):
    """The microphone was there and gives no sound any more: unplugged, or taken by another program."""

    code = "microphone_lost"
    retryable = True
    citizen = "话筒断开了，正在重新连接，您之前说的内容都在，请稍等。"


class VoiceMissing(SetupError):
    """The program that should speak the replies is not installed."""

    code = "voice_missing"
    citizen = "这台机器还不能出声，请看屏幕上的文字。"


class VoiceFailed(SpeechError):
    """The program that speaks the replies ended with an error."""

    code = "voice_failed"
    citizen = "声音放不出来，请看屏幕上的文字。"
