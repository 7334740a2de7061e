"""Catalogs of any size made from the real one: its subjects again and again, elsewhere and in other words.

Deterministic, and never held as a whole: a subject is made when it is asked for. The real subjects come first
and stay as they are, so a query has the same right item as in the real catalog, among hundreds of near twins.
Twins carry fewer phrases than real items (a title and one more): items are what is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog_index.documents import catalog_words
from catalog_index.errors import ItemUnknown
from catalog_index.loader import Catalog
from catalog_index.schema import Subject
from catalog_index.source import ItemTexts, SubjectTexts, subject_texts

_CITIES = (
    "金华",
    "兰溪",
    "东阳",
    "永康",
    "浦江",
    "武义",
    "磐安",
    "衢州",
    "江山",
    "绍兴",
    "诸暨",
    "嵊州",
    "新昌",
    "台州",
    "温岭",
    "临海",
    "温州",
    "乐清",
    "瑞安",
    "丽水",
    "建德",
    "桐庐",
    "富阳",
    "临安",
    "宁波",
    "慈溪",
    "余姚",
    "奉化",
    "湖州",
    "嘉兴",
    "海宁",
)
_TOWNS = (
    "城东",
    "城西",
    "江北",
    "江南",
    "南湖",
    "北山",
    "新区",
    "老城",
    "双溪",
    "石门",
    "白云",
    "古塘",
    "青田",
    "大桥",
    "柳林",
    "龙泉",
    "花溪",
    "云和",
    "三江",
    "东港",
    "平湖",
)
_OFFICES = ("", "政务服务中心", "分局", "开发区窗口")
# Other words for the same, a set for every kind of twin.
_WORDS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("办理", "申办"), ("申请", "申报"), ("补领", "补办")),
    (("户口", "户籍"), ("公司", "企业"), ("换领", "更换"), ("丢了", "遗失")),
    (("老婆", "妻子"), ("老公", "丈夫"), ("注销", "取消"), ("变更", "更改")),
)
_MARK = "~"


def place_name(twin: int) -> str:
    """Where the twins of this number (1 and up) are at home; every number has its own."""
    round_, at = divmod(twin - 1, len(_CITIES) * len(_TOWNS))
    city, town = _CITIES[at % len(_CITIES)], _TOWNS[at // len(_CITIES)]
    return f"{city}{town}{round_ + 1 if round_ else ''}{_OFFICES[twin % len(_OFFICES)]}"


class PerturbedCatalog:
    """A `SubjectSource` with at least `size` items, in whole subjects."""

    def __init__(self, catalog: Catalog, size: int) -> None:
        self.base, self.size = catalog, size
        self.version = f"{catalog.version}x{size}"
        self._texts = [subject_texts(subject) for subject in catalog.subjects]
        self._places = {subject.id: place for place, subject in enumerate(catalog.subjects)}

    def words(self) -> list[str]:
        names = [*_CITIES, *_TOWNS, *filter(None, _OFFICES)]
        return sorted({*catalog_words(self.base), *names})

    def texts(self) -> Iterator[SubjectTexts]:
        items = twin = 0
        while items < self.size:
            for texts in self._texts:
                if items >= self.size:
                    return
                yield texts if twin == 0 else _twin_texts(texts, twin)
                items += len(texts.items)
            twin += 1

    def subject(self, place: int) -> Subject:
        twin, at = divmod(place, len(self.base.subjects))
        subject = self.base.subjects[at]
        if twin == 0:
            return subject
        own_id, title = f"{subject.id}{_MARK}{twin}", _titled(subject.title, twin)
        items = tuple(
            item.model_copy(
                update={
                    "id": f"{item.id}{_MARK}{twin}",
                    "title": _titled(item.title, twin),
                    "subject_id": own_id,
                    "subject": title,
                }
            )
            for item in subject.items
        )
        return subject.model_copy(update={"id": own_id, "title": title, "items": items})

    def place(self, subject_id: str) -> int:
        base, _, twin = subject_id.partition(_MARK)
        if base not in self._places:
            raise ItemUnknown(f"no subject {subject_id!r} in catalog {self.version}")
        return self._places[base] + int(twin or 0) * len(self.base.subjects)


def original(item_id: str) -> str:
    """The real item that this one is a twin of, or it itself."""
    return item_id.partition(_MARK)[0]


def _said(text: str, twin: int) -> str:
    for word, other in _WORDS[twin % len(_WORDS)]:
        text = text.replace(word, other)
    return text


def _titled(title: str, twin: int) -> str:
    return f"{_said(title, twin)}（{place_name(twin)}）"


def _one(phrases: Sequence[str], twin: int) -> tuple[str, ...]:
    return (f"{place_name(twin)}，{_said(phrases[twin % len(phrases)], twin)}",) if phrases else ()


def _twin_texts(texts: SubjectTexts, twin: int) -> SubjectTexts:
    return SubjectTexts(
        (_titled(texts.names[0], twin),),
        _said(texts.about, twin),
        tuple(
            ItemTexts(
                (
                    _titled(item.phrases[0], twin),
                    *_one(item.phrases[1:], twin),
                ),
                {**item.fields, "title": f"{item.fields['title']} {place_name(twin)}"},
            )
            for item in texts.items
        ),
    )
