"""What a screen reader needs of the page's bones."""

from __future__ import annotations

import re

from wenban.settings import PROJECT_ROOT

STATIC = PROJECT_ROOT / "bot" / "gateway" / "static"


def test_a_log_is_no_list_and_its_lines_are_no_list_items() -> None:
    # role=log takes a list's own role away, and an item outside a list is announced as nothing.
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert re.search(r"<div id=\"log\"[^>]*role=\"log\"[^>]*aria-live=\"polite\"", page)
    assert 'make("li"' not in (STATIC / "view.js").read_text(encoding="utf-8")
