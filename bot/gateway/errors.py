"""What the door refuses, and the HTTP status each error of the tree travels with."""

from __future__ import annotations

from actions.applications.errors import ApplicationNotFound, DraftNotFound, TooManyAttempts
from speech.errors import NothingHeard
from wenban.errors import (
    ApplicationError,
    AudioError,
    DialogueError,
    SpeechError,
    StorageError,
    ValueInvalid,
    WenbanError,
)


class GatewayError(WenbanError):
    """A request that the door does not let through."""

    code = "gateway"
    stage = "gateway"
    citizen = "这个请求没法处理，请刷新页面再试。"


class BadRequest(GatewayError):
    """The request does not have the form it should have."""

    code = "bad_request"


class BodyTooLarge(GatewayError):
    """The body is over the limit of its path."""

    code = "body_too_large"
    citizen = "发送的内容太多了，一次请不要超过500个字。您之前填的内容都在。"


class BodyTooSlow(GatewayError):
    """The body did not arrive in time."""

    code = "body_too_slow"
    retryable = True
    citizen = "网络太慢，内容没有收完整，请再发一次。"


class TextTooLong(GatewayError):
    """A typed line over the limit; nothing of it was used, the draft stands."""

    code = "text_too_long"
    citizen = "这段话太长了，一次请不要超过500个字，挑要紧的说就行。您之前填的内容都在。"


class TextEmpty(GatewayError):
    """Nothing but blanks."""

    code = "text_empty"
    citizen = "还没有收到内容，请说一句话，或者打几个字。"


class TextWordless(GatewayError):
    """Only emoji or punctuation: no letter and no digit to work with."""

    code = "text_wordless"
    citizen = "只收到了表情或符号，看不懂您要办什么，请用文字说一说。"


class AudioTooFast(AudioError):
    """Sound arrives over the websocket much faster than anyone can speak."""

    code = "audio_too_fast"
    citizen = "录音数据来得太快，请重新说一遍。"


class FrameTooLarge(AudioError):
    """One websocket frame over the limit, or one that is no whole number of samples."""

    code = "audio_frame"
    citizen = "录音数据的格式不对，请刷新页面再试。"


class VoiceIdle(GatewayError):
    """A websocket on which nothing happens is closed; the page opens a new one when needed."""

    code = "voice_idle"
    retryable = True
    citizen = "等了很久没有声音，话筒已经关闭，要说话请再按一次。"


class SessionUnknown(GatewayError):
    """No session, a forged one, or one that is too old."""

    code = "session_unknown"
    citizen = "这次对话已经过期，请重新开始。"


class TooMany(GatewayError):
    """Too much at once, from this address or from everybody."""

    code = "too_many"
    retryable = True
    citizen = "现在办事的人比较多，请稍等一会儿再试。"


class TurnPending(GatewayError):
    """Earlier messages of this session are still being answered."""

    code = "turn_pending"
    retryable = True
    citizen = "上一句话还在处理，请稍等一下再说。"


class TrackBlocked(GatewayError):
    """Too many wrong pairs of receipt and phone digits."""

    code = "track_blocked"
    retryable = True
    citizen = "查询次数太多了，请过一刻钟再试。"


class OriginRefused(GatewayError):
    """A websocket opened by another site's page."""

    code = "origin_refused"


class NotHere(GatewayError):
    """No such path, or not for this client."""

    code = "not_found"
    citizen = "没有这个页面。"


_STATUS: dict[type[WenbanError], int] = {
    BodyTooLarge: 413,
    BodyTooSlow: 408,
    SessionUnknown: 401,
    TooMany: 429,
    TurnPending: 429,
    TrackBlocked: 429,
    ApplicationNotFound: 404,
    DraftNotFound: 404,
    TooManyAttempts: 429,
    NotHere: 404,
    OriginRefused: 403,
    GatewayError: 400,
    ValueInvalid: 422,
    AudioError: 422,
    NothingHeard: 422,
    SpeechError: 503,
    DialogueError: 503,
    StorageError: 503,
    ApplicationError: 422,
}


def http_status(error: WenbanError) -> int:
    """The status of the nearest class in the error's line of descent; 500 where none is listed.

    >>> http_status(TextTooLong())
    400
    """
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return 500
