"""Logging to standard error, with personal values kept out by key.

Code logs facts by name (`log.info("draft saved", extra=facts(item=…, field="phone"))`), never a citizen's
words. As a second line of defence the formatter masks anything shaped like an identity number or a phone.
"""

from __future__ import annotations

import logging
import re
import sys

# Runs as long as a phone (11), an identity number or a credit code (18) are never logged whole.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|1[3-9]\d{9}|[0-9A-HJ-NP-RTUW-Y]{18})(?![0-9A-Za-z])")


def mask(text: str) -> str:
    """Replaces what looks like a phone, an identity number or a 统一社会信用代码 by stars.

    >>> mask("tel 13800001234")
    'tel ***'
    """
    return _PERSONAL.sub("***", text)


def facts(**values: object) -> dict[str, object]:
    """`extra=` for a log call: appended to the line as key=value."""
    return {"facts": values}


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        values: dict[str, object] = getattr(record, "facts", {})
        if values:
            line += " " + " ".join(f"{key}={value}" for key, value in values.items())
        return mask(line)


def setup_logging(process: str, level: int = logging.INFO) -> None:
    """Sends all logging of this process to standard error, one line a record, prefixed by its name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(f"%(asctime)s {process} %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # One line for each HTTP request or library load is noise here.
    for noisy in ("rasa_sdk", "httpx", "httpcore", "faiss", "jieba", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
