"""Receipt numbers and resume codes: easy to say, hard to guess, and wrong ones are noticed at once.

A receipt is `YW`, the day of submission, six random digits and a check digit: `YW202611234829138`. The check
is Damm's quasigroup (H. M. Damm, 2004): it finds every single wrong digit and every swap of neighbours, the
two mistakes people and recognizers make, and needs no letter such as the X of identity numbers.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import date

from actions.applications.errors import ReceiptInvalid

PREFIX = "YW"
_DIGITS = 15
_RESUME_DIGITS = 8

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """The digit to append so that `check_digit(digits + it) == "0"`."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def new_receipt(day: date) -> str:
    """A receipt number for a submission on `day`; a random one, so uniqueness is the database's to check."""
    digits = f"{day:%Y%m%d}{secrets.randbelow(10**6):06d}"
    return f"{PREFIX}{digits}{check_digit(digits)}"


def new_resume_code() -> str:
    """Eight digits, the last a check digit, with which a draft is taken up on another device."""
    digits = f"{secrets.randbelow(10 ** (_RESUME_DIGITS - 1)):0{_RESUME_DIGITS - 1}d}"
    return digits + check_digit(digits)


def spoken_receipt(receipt: str) -> str:
    """In the groups in which it is read aloud and shown: `YW 20261123 482913 7`."""
    return f"{receipt[:2]} {receipt[2:10]} {receipt[10:16]} {receipt[16:]}"


def parse_receipt(text: str) -> str:
    """The canonical receipt in what a person typed or said (digits, not 一二三).

    Forgives case, spaces, hyphens, full-width forms, punctuation around it and a missing `YW`.

    Raises:
        ReceiptInvalid: wrong length, impossible date or wrong check digit, each with its own sentence.
    """
    compact = re.sub(r"[\s\-—_.,。，、;；:：!！?？]", "", unicodedata.normalize("NFKC", text)).upper()
    digits = compact.removeprefix(PREFIX)
    if not re.fullmatch(r"[0-9]+", digits):
        raise ReceiptInvalid("not a receipt number")
    if len(digits) != _DIGITS:
        raise ReceiptInvalid(
            f"{len(digits)} digits instead of {_DIGITS}",
            citizen=f"回执号应有十五位数字，收到了 {len(digits)} 位，请再说一遍。",
        )
    if check_digit(digits) != "0":
        raise ReceiptInvalid("wrong check digit", citizen="回执号里有数字不对，请核对后再说一遍。")
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        raise ReceiptInvalid("impossible date", citizen="回执号里的日期不对，请核对后再说一遍。") from error
    return PREFIX + digits
