"""The phone page in headless Chromium, with a fake microphone that plays a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
STATIC = Path(__file__).parents[3] / "bot" / "gateway" / "static"
SPOKEN = Path(__file__).parents[2] / "data" / "speech" / "hukou.wav"
NEED = "我老婆户口在上海，想迁到我这里"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FAKE_MICROPHONE = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    f"--use-file-for-fake-audio-capture={SPOKEN}",
]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium at /usr/bin/chromium")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def launch(playwright: Playwright, *more: str) -> Browser:
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGS, *more])


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Without a microphone's permission."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def talking_browser(playwright: Playwright) -> Iterator[Browser]:
    """With a microphone that plays the recording over and over."""
    browser = launch(playwright, *FAKE_MICROPHONE)
    yield browser
    browser.close()


@contextmanager
def opened(browser: Browser, door: Any, width: int = 390, height: int = 844) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(door.url)
    expect(replies(page)).to_have_count(1)
    yield page
    context.close()
    assert problems == []


def replies(page: Page) -> Locator:
    return page.locator(".bubble.bot:not(.waiting)")


def mine(page: Page) -> Locator:
    return page.locator(".bubble.me")


def option(page: Page, label: str) -> Locator:
    return page.get_by_role("group", name="可以直接选的回答").get_by_role("button", name=label)


def type_line(page: Page, text: str) -> None:
    page.get_by_label("打字说明要办的事").fill(text)
    page.get_by_role("button", name="发送").click()


def test_from_a_typed_need_to_the_receipt_card(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        type_line(page, NEED)
        option(page, "在外地").click()
        option(page, "对").click()
        expect(page.locator("#case-title")).to_have_text("市外夫妻投靠落户")
        expect(page.locator("#case-count")).to_have_text("已填 0/2")
        type_line(page, "王小明")
        expect(page.locator("#case-count")).to_have_text("已填 1/2")
        type_line(page, "13800001234")
        page.locator("#case summary").click()
        expect(page.locator("#case-fields dd")).to_have_text(["王小明", "138****1234"])
        option(page, "确认提交").click()
        card = page.locator(".receipt")
        expect(card.locator(".receipt-number")).to_have_text("YW 20261123 482913 7")
        expect(card).to_contain_text("2026年11月30日")
        expect(card).to_contain_text("邮寄或窗口领取")
        expect(card).to_contain_text("查进度")
        assert [r["message"] for r in door.dialogue.requests][-1] == "确认提交"


def test_the_whole_way_with_the_keyboard_alone(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the skip link leads to the line
        expect(page.locator("#line")).to_be_focused()
        page.keyboard.type(NEED)
        page.keyboard.press("Enter")
        expect(option(page, "在外地")).to_be_visible()
        option(page, "在义乌市内").focus()
        page.keyboard.press("Tab")
        expect(option(page, "在外地")).to_be_focused()
        page.keyboard.press("Enter")
        expect(option(page, "对")).to_be_focused()  # the next answer, without looking for it
        page.keyboard.press("Enter")
        expect(page.locator("#line")).to_be_focused()


def test_a_human_and_a_new_start_are_always_within_reach(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        type_line(page, NEED)
        expect(replies(page)).to_have_count(2)
        page.get_by_role("button", name="转人工").click()
        expect(replies(page).last).to_contain_text("转接人工")
        page.get_by_role("button", name="重新开始").click()
        expect(replies(page)).to_have_count(1)
        expect(replies(page)).to_contain_text("重新开始")
        expect(page.locator("#case")).to_be_hidden()


def test_a_reload_goes_on_where_it_was(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        type_line(page, NEED)
        option(page, "在外地").click()
        expect(option(page, "对")).to_be_visible()
        page.reload()
        expect(mine(page)).to_have_text([f"您说：{NEED}", "您说：在外地"])
        option(page, "对").click()
        expect(page.locator("#case-count")).to_have_text("已填 0/2")
        assert len({request["sender"] for request in door.dialogue.requests}) == 1


def test_a_line_that_is_too_long_comes_back_to_be_mended(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        type_line(page, "字" * 5000)
        expect(page.locator(".bubble.note")).to_contain_text("500个字")
        expect(mine(page)).to_have_count(0)
        expect(page.locator("#line")).to_have_value("字" * 5000)
        type_line(page, NEED)
        expect(option(page, "在外地")).to_be_visible()


def test_when_the_network_is_away_the_same_turn_is_sent_again(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        type_line(page, NEED)
        expect(option(page, "在外地")).to_be_visible()
        page.context.set_offline(True)
        option(page, "在外地").click()
        again = page.get_by_role("button", name="再试一次")
        expect(again).to_be_visible(timeout=20_000)
        page.context.set_offline(False)
        again.click()
        expect(option(page, "对")).to_be_visible()
        expect(mine(page)).to_have_count(2)


def test_a_session_that_has_ended_is_replaced(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        page.evaluate("sessionStorage.setItem('wenban', JSON.stringify({session: 'old.token'}))")
        page.reload()
        type_line(page, NEED)
        expect(page.locator(".bubble.info")).to_contain_text("已经过期")
        expect(option(page, "在外地")).to_be_visible()


def test_without_a_microphone_it_says_so_and_typing_goes_on(browser: Browser, door: Any) -> None:
    with opened(browser, door) as page:
        page.get_by_role("button", name="开始说话").click()
        expect(page.locator(".bubble.note")).to_contain_text("打字")
        type_line(page, NEED)
        expect(option(page, "在外地")).to_be_visible()


def test_a_tap_listens_until_speech_ends(talking_browser: Browser, door: Any) -> None:
    door.pool.ends_after = 40_000
    with opened(talking_browser, door) as page:
        page.get_by_role("button", name="开始说话").click()
        expect(page.locator("#mic")).to_have_attribute("data-state", "listening")
        expect(page.locator("#heard")).to_have_text("我要迁")
        expect(mine(page)).to_have_text(["您说：我要迁户口"])
        expect(option(page, "在外地")).to_be_visible()
        expect(page.locator("#mic")).to_have_attribute("data-state", "idle")
        assert door.pool.rules[0] is not None
        metadata = door.dialogue.requests[0]["metadata"]
        assert metadata["mode"] == "voice" and len(metadata["alternatives"]) == 2


def test_press_and_hold_listens_until_the_release(talking_browser: Browser, door: Any) -> None:
    with opened(talking_browser, door) as page:
        for turn in (1, 2):
            page.locator("#mic").hover()
            page.mouse.down()
            expect(page.locator("#heard")).to_have_text("我要迁")
            page.mouse.up()
            expect(mine(page)).to_have_count(turn)
            expect(replies(page)).to_have_count(turn + 1)
        assert door.pool.rules == [None, None]
        assert door.pool.received > 3200, "real frames of the microphone came through"


def test_a_second_tap_ends_the_utterance(talking_browser: Browser, door: Any) -> None:
    with opened(talking_browser, door) as page:
        page.locator("#mic").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#heard")).to_have_text("我要迁")
        expect(page.get_by_role("button", name="说完了")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Enter")
        expect(option(page, "在外地")).to_be_visible()


def test_words_that_were_heard_but_not_answered_are_not_lost(
    talking_browser: Browser, open_door: Callable[..., Any]
) -> None:
    door = open_door(budget_s=0.2)
    door.dialogue.failures = [500] * 50
    with opened(talking_browser, door) as page:
        page.locator("#mic").click()
        expect(page.locator("#heard")).to_have_text("我要迁")
        page.locator("#mic").click()
        again = page.get_by_role("button", name="再试一次")
        expect(again).to_be_visible()
        door.dialogue.failures.clear()
        again.click()
        expect(option(page, "在外地")).to_be_visible()
        assert len({r["metadata"]["turn_id"] for r in door.dialogue.requests}) == 1


def test_tracking_answers_in_its_dialog(browser: Browser, door: Any, store: Any) -> None:
    store.migrate()
    with opened(browser, door) as page:
        page.get_by_role("button", name="查进度").click()
        page.get_by_label("回执号").fill("YW202611234829137")
        page.get_by_label("办事时留的手机号后四位").fill("1234")
        page.get_by_role("button", name="查询").click()
        expect(page.locator("#track-result")).not_to_be_empty()
        expect(page.locator("#track-result")).to_have_class(re.compile("bad"))
        page.keyboard.press("Escape")
        expect(page.locator("#track")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(360, 640), (390, 844), (1280, 800)])
def test_it_fits_and_reads_at_every_size(browser: Browser, door: Any, width: int, height: int) -> None:
    with opened(browser, door, width, height) as page:
        type_line(page, NEED)
        option(page, "在外地").click()
        expect(option(page, "对")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 20
        mic = page.locator("#mic").bounding_box()
        assert mic is not None and mic["width"] >= 72 and mic["y"] + mic["height"] <= height
        for button in page.get_by_role("button").all():
            box = button.bounding_box()
            assert box is not None and box["height"] >= 44, button.inner_text()
            assert button.inner_text().strip()


def test_a_long_conversation_scrolls_to_its_end(browser: Browser, door: Any) -> None:
    idle = [{"text": "请再说得具体一点。"}, {"custom": {"state": "idle"}}]
    door.dialogue.raw = [idle] * 8
    with opened(browser, door, 360, 640) as page:
        for turn in range(8):
            type_line(page, f"第{turn}句")
            expect(replies(page)).to_have_count(turn + 2)
        expect(replies(page).last).to_be_in_viewport(ratio=1)
        expect(replies(page).first).not_to_be_in_viewport()
        expect(page.locator("#mic")).to_be_in_viewport(ratio=1)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("ink", "card"), ("ink", "brand-soft"), ("quiet", "paper"), ("quiet", "card"),
        ("quiet", "brand-soft"), ("brand", "card"), ("brand", "brand-soft"), ("alert", "alert-soft"),
        ("card", "brand"), ("card", "alert"), ("card", "quiet"),
    ],
)  # fmt: skip
def test_colours_are_far_enough_apart(text: str, ground: str) -> None:
    css = (STATIC / "style.css").read_text()
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))
    high, low = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5
