"""What a typed line must be before it is given to the conversation."""

from __future__ import annotations

import unicodedata

from bot.gateway.errors import TextEmpty, TextTooLong, TextWordless


def clean_text(raw: str, *, most: int) -> str:
    """The line without control characters and outer blanks.

    Args:
        raw: as it came.
        most: characters allowed.

    Raises:
        TextTooLong, TextEmpty, TextWordless: each with a sentence of its own.

    Example:
        >>> clean_text("  我要补身份证\\u0000 ", most=500)
        '我要补身份证'
    """
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in raw).strip()
    if len(kept) > most:
        raise TextTooLong(f"got {len(kept)} characters, limit {most}")
    if not kept:
        raise TextEmpty("blank text")
    if not any(unicodedata.category(c)[0] in "LN" for c in kept):
        raise TextWordless("no letter or digit")
    return kept
