from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from speech.values import parse_value
from speech.values.address import correct_places
from speech.values.places import ROADS, TOWNS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("稠城街道工人西路八十八号三幢二单元五零一室", "稠城街道工人西路88号3幢2单元501室"),
        ("我住在义乌市北苑街道雪峰西路一百零五号", "义乌市北苑街道雪峰西路105号"),
        ("地址是福田街道商城大道２３号", "福田街道商城大道23号"),
        ("请寄到福田街道商城大道二十三号，谢谢", "福田街道商城大道23号"),
        ("就寄福田街道商城大道23号吧", "福田街道商城大道23号"),
        ("送到北苑街道雪峰西路68号就行，快点", "北苑街道雪峰西路68号"),
        ("抽城街道工人西路88号", "稠城街道工人西路88号"),
        ("念三里街道三里村", "廿三里街道三里村"),
        ("后斋街道神州路十号", "后宅街道神州路10号"),
        ("苏西镇好派路", "苏溪镇好派路"),
        ("一物市江东街道", "义乌市江东街道"),
        ("五一路八号", "五一路8号"),
        ("杭州市西湖区文三路廿三号", "杭州市西湖区文三路23号"),
        ("江滨中路十二弄五号楼", "江滨中路12弄5号楼"),
        ("佛堂镇双林路3-5号", "佛堂镇双林路3-5号"),
        ("佛堂镇双林路三号杠五", "佛堂镇双林路3号杠五"),
    ],
)
def test_heard(text: str, expected: str, value_of: Callable[..., Any]) -> None:
    assert value_of("address", text) == expected


@pytest.mark.parametrize("text", ["我家", "不告诉你", "88号", "hello world", "就那里"])
def test_refused(text: str, code_of: Callable[..., str]) -> None:
    assert code_of("address", text) == "address_too_short"


def test_emoji_is_no_address(code_of: Callable[..., str]) -> None:
    assert code_of("address", "🏠🏠🏠🏠🏠") == "text_empty"


@pytest.mark.parametrize("place", [*TOWNS.values(), *ROADS])
def test_every_known_place_stays_itself(place: str) -> None:
    assert correct_places(f"义乌市{place}三号") == f"义乌市{place}三号"


def test_read_back_says_room_numbers_by_digit(today: date) -> None:
    value = parse_value("address", "稠江街道贝村路88号3幢501室", today=today)
    assert value.read_back == "稠江街道贝村路八十八号三幢五零幺室"
