"""The phone page in headless Chromium against the real stack: typed, and spoken into a fake microphone.

With WENBAN_SAVE_SCREENSHOTS=1 the picture of the README is taken anew (docs/images/phone.png).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, Playwright, expect, sync_playwright

if TYPE_CHECKING:
    from tests.e2e.conftest import Running

ROOT = Path(__file__).parents[2]
SPOKEN = ROOT / "tests" / "data" / "speech" / "hukou.wav"
PICTURE = ROOT / "docs" / "images" / "phone.png"
MOST_PICTURE_BYTES = 300_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MICROPHONE = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # Said once: a recording that starts over would run into the next utterance.
    f"--use-file-for-fake-audio-capture={SPOKEN}%noloop",
]
ANSWER_MS = 30_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine's PATH")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@contextmanager
def phone(playwright: Playwright, url: str) -> Iterator[Page]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *MICROPHONE])
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(url)
    expect(page.locator(".bubble.bot")).to_have_count(1)
    yield page
    browser.close()
    assert problems == []


def answer_of(page: Page, text: str) -> dict[str, Any]:
    """Presses the button that says it, where there is one; else types it."""
    with page.expect_response("**/api/turn", timeout=ANSWER_MS) as answered:
        button = page.locator("#options").get_by_role("button", name=text, exact=True)
        if button.count():
            button.click()
        else:
            page.get_by_label("打字说明要办的事").fill(text)
            page.get_by_role("button", name="发送").click()
    record: dict[str, Any] = answered.value.json()
    assert answered.value.ok, record
    # The page may be written to again once it has drawn the answer.
    expect(page.locator(".bubble.bot.waiting")).to_have_count(0)
    return record


def speak(page: Page) -> dict[str, Any]:
    """Taps the microphone and waits for the answer to what it heard."""
    with page.expect_websocket() as opened:
        page.get_by_role("button", name="开始说话").click()
    with opened.value.expect_event("framereceived", _is_reply, timeout=ANSWER_MS) as frame:
        pass
    expect(page.locator(".bubble.bot.waiting")).to_have_count(0)
    record: dict[str, Any] = json.loads(frame.value)
    return record


def _is_reply(frame: str | bytes) -> bool:
    kind = json.loads(frame)["type"]
    assert kind != "error", frame
    return bool(kind == "reply")


def receipt_on(page: Page) -> str:
    card = page.locator(".receipt")
    expect(card).to_be_visible()
    return card.locator(".receipt-number").inner_text().replace(" ", "")


def test_typed_to_the_receipt_on_the_page(playwright: Playwright, stack: Running) -> None:
    with phone(playwright, stack.url) as page:
        citizen = stack.citizen(lambda text: answer_of(page, text))
        record = citizen.until_receipt(citizen.say("我媳妇户口在江西，想迁到我这里"))
        assert receipt_on(page) == record["receipt"]
        assert stack.wenban("applications", "show", record["receipt"])

        page.get_by_role("button", name="查进度").first.click()
        page.get_by_label("办事时留的手机号后四位").fill(citizen.phone[-4:])
        page.get_by_role("button", name="查询").click()
        expect(page.locator("#track-result")).to_contain_text("收件")


def test_spoken_to_the_receipt_on_the_page(playwright: Playwright, stack: Running) -> None:
    with phone(playwright, stack.url) as page:
        citizen = stack.citizen(lambda text: answer_of(page, text))
        first = speak(page)
        assert first["heard"]
        expect(page.locator(".bubble.me")).to_contain_text(first["heard"])
        record = citizen.until_receipt(first)
        assert receipt_on(page) == record["receipt"]
        if os.environ.get("WENBAN_SAVE_SCREENSHOTS") == "1":
            save_picture(page)


def save_picture(page: Page) -> None:
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    # The end of the conversation and the receipt's number, both in view.
    page.locator("#log").evaluate("log => { log.scrollTop -= 210; }")
    page.screenshot(path=PICTURE)
    assert PICTURE.stat().st_size < MOST_PICTURE_BYTES
