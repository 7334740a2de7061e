"""Free text: kept as it is, numerals and all; only emptiness and length are checked."""

from __future__ import annotations

import unicodedata

from speech.values.errors import LengthWrong, TextEmpty
from speech.values.model import Ask, Value


def has_content(text: str) -> bool:
    """There is a letter, a Chinese character or a number in it."""
    return any(unicodedata.category(char)[0] in "LN" for char in text)


def parse_text(text: str, ask: Ask) -> Value:
    kept = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} or c in "\n\t").strip()
    if not has_content(kept):
        raise TextEmpty("no letters")
    low, high = ask.constraints.min_length, ask.constraints.max_length
    if low is not None and len(kept) < low:
        raise LengthWrong("too short", citizen=f"内容太短了，请至少说{low}个字。")
    if high is not None and len(kept) > high:
        raise LengthWrong("too long", citizen=f"内容太长了，请控制在{high}个字以内。")
    return Value("text", text, kept, kept, None)
