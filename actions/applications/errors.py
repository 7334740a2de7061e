"""What can go wrong with drafts and applications, as branches of the one error tree."""

from __future__ import annotations

from wenban.errors import ApplicationError, SetupError, StorageError


class KeyUnusable(SetupError):
    """The key for personal values is missing, malformed, too widely readable, or not this database's key."""

    code = "key_unusable"


class CannotDecrypt(ApplicationError):
    """A stored value was made with a key that is not here, was altered, or belongs to another row."""

    code = "cannot_decrypt"


class StaleSession(StorageError):
    """Another turn of the same conversation was saved in between; load again and redo the turn."""

    code = "stale_session"
    citizen = "上一句还在处理，请再说一遍。"


class DraftNotFound(ApplicationError):
    """No draft under this id, or the resume code and the phone do not belong together."""

    code = "draft_not_found"
    citizen = "没有找到这份草稿，请核对续办码和手机号后四位。"


class ApplicationNotFound(ApplicationError):
    """No application with this receipt and phone. Never says which of the two is wrong."""

    code = "application_not_found"
    citizen = "没有查到这个办件，请核对回执号和手机号后四位。"


class ReceiptInvalid(ApplicationNotFound):
    """No receipt looks like this: wrong length, date or check digit. Tells nothing of what is stored."""

    code = "receipt_invalid"
    citizen = "这个回执号不对。回执号是 YW 加十五位数字，请再说一遍。"


class TooManyAttempts(ApplicationError):
    """Too many look-ups of one receipt or resume code in a short time."""

    code = "too_many_attempts"
    citizen = "核对的次数太多了，请过一刻钟再试，或者说“转人工”。"


class IllegalMove(ApplicationError):
    """The state machine does not allow this step; the message names the steps it does allow."""

    code = "illegal_move"
    citizen = "这个办件现在不能这样操作。"


class UnknownState(ApplicationError):
    """The text is neither the code nor the Chinese label of a state."""

    code = "unknown_state"


class HandoverNotFound(ApplicationError):
    """No handover under this id."""

    code = "handover_not_found"
