"""A conversation with the bundled catalog, the real search and a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from actions.applications.crypto import Cipher
from actions.applications.store import Store
from actions.applications.workdays import SHANGHAI
from actions.conversation import Conversation
from actions.forms.texts import is_number
from actions.service import Service
from actions.state import State
from actions.turn import Turn
from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog, load_catalog
from catalog_index.schema import FormField
from speech.values.identity import id_check_digit, uscc_check_digit
from wenban.settings import load_settings

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=SHANGHAI)
KEY = bytes(range(32))
ID = "33078219900307002" + id_check_digit("33078219900307002")
USCC = "91330782MA2A1B2C3" + uscc_check_digit("91330782MA2A1B2C3")


@dataclass
class Answer:
    """What came back."""

    texts: list[str]
    custom: dict[str, Any]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def phase(self) -> str:
        return str(self.custom["state"])

    @property
    def item(self) -> str | None:
        return str(self.custom["item"]["id"]) if self.custom["item"] else None

    @property
    def labels(self) -> list[str]:
        return [option["label"] for option in self.custom["options"]]

    @property
    def fields(self) -> dict[str, Any]:
        return {field["name"]: field["value"] for field in self.custom["fields"]}

    @property
    def receipt(self) -> str | None:
        receipt: str | None = self.custom["receipt"]
        return receipt


class Talk:
    """One citizen's conversation: says something, gets the answer, may look into the state."""

    def __init__(self, service: Service, session: str | None = None) -> None:
        self.service, self.session = service, session or uuid4().hex
        self.conversation = Conversation(service)

    def say(
        self,
        text: str,
        act: str = "inform",
        *,
        turn_id: str | None = None,
        spoken: bool = False,
        others: Sequence[str] = (),
        narrowed: Sequence[str] = (),
        now: datetime = NOW,
    ) -> Answer:
        heard = tuple((one, 0.9) for one in (text, *others)) if spoken else ()
        turn = Turn(
            act=act,
            confidence=0.9,
            text=text,
            now=now,
            alternatives=heard,
            spoken=spoken,
            turn_id=uuid4().hex if turn_id is None else turn_id,
            narrowed=tuple(narrowed),
        )
        messages = self.conversation.take(self.session, turn)
        return Answer([one["text"] for one in messages if "text" in one], messages[-1]["custom"])

    def voice(self, text: str, act: str = "inform", others: Sequence[str] = ()) -> Answer:
        return self.say(text, act, spoken=True, others=others)

    def all(self, *texts: str) -> Answer:
        """Several messages one after another; the last answer."""
        answers = [self.say(text) for text in texts]
        return answers[-1]

    @property
    def state(self) -> State:
        saved = self.service.store.load_session(self.session)
        assert saved is not None
        return State.model_validate(saved.data)

    def change(self, **values: Any) -> None:
        """Puts the conversation where a test wants it."""
        saved = self.service.store.load_session(self.session)
        state = State.model_validate(saved.data) if saved else State()
        for name, value in values.items():
            setattr(state, name, value)
        version = saved.version if saved else None
        self.service.store.save_session(self.session, state.model_dump(mode="json"), expected_version=version)

    def start(self, item_id: str, *, spoken: bool = False) -> Answer:
        """The form of an item, as if it had just been found."""
        item = self.service.catalog.item(item_id)
        self.change(phase="confirm_item", item_id=item.id, subject_id=item.subject_id)
        return self.say("是，就办这个", "affirm", spoken=spoken)


def valid_words(field: FormField) -> str:
    """Something valid to say for a field of any kind."""
    if field.kind == "choice":
        return field.options[0].label
    if field.kind in ("date", "date_range"):
        past = field.not_after == "today"
        day = "2026年11月20日" if past else "2026年12月15日"
        return (
            day if field.kind == "date" else f"{day}到{day.replace('20日', '21日').replace('15日', '18日')}"
        )
    if field.kind in ("count", "area", "money"):
        number = max(field.minimum or 0, 2)
        if field.maximum is not None:
            number = min(number, field.maximum)
        unit = {"count": "个", "area": "平方米", "money": "元"}[field.kind]
        return f"{number:.2f}".rstrip("0").rstrip(".") + unit
    if is_number(field):
        chassis = field.label in ("车辆识别代号", "新车车架号")
        return "LSVAA4182E2184847" if chassis else f"{ID}42" if "残疾" in field.label else "6228480402564890"
    return {
        "name": "王芳",
        "phone": "13800001234",
        "resident_id": ID,
        "uscc": USCC,
        "plate": "浙G12345",
        "address": "义乌市江东街道宾王路188号",
        "yes_no": "是",
        "text": "小商品批发",
    }[field.kind]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(load_settings().catalog_dir)


@pytest.fixture(scope="session")
def engine(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    home = tmp_path_factory.mktemp("home")
    return SearchEngine.build(
        catalog, replace(load_settings(), home=home, index_dir=home / "index", encoder=None)
    )


@pytest.fixture
def open_service(catalog: Catalog, engine: SearchEngine, tmp_path: Path) -> Iterator[Callable[[], Service]]:
    """Opens the same database anew, as after a restart."""
    stores: list[Store] = []

    def open_() -> Service:
        store = Store(f"sqlite:///{tmp_path / 'talk.sqlite3'}", Cipher([KEY]), clock=lambda: NOW)
        store.migrate()
        stores.append(store)
        return Service(catalog, engine, store)

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def service(open_service: Callable[[], Service]) -> Service:
    return open_service()


@pytest.fixture
def talk(service: Service) -> Talk:
    return Talk(service)


@pytest.fixture
def new_talk(service: Service) -> Callable[[], Talk]:
    """Another citizen, or the same on another device."""
    return lambda: Talk(service)


@pytest.fixture
def restarted(open_service: Callable[[], Service]) -> Callable[[Talk], Talk]:
    """The same session, taken on by a process that knows nothing yet."""
    return lambda talk: Talk(open_service(), talk.session)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def resident_id() -> str:
    return ID


@pytest.fixture
def uscc() -> str:
    return USCC


@pytest.fixture
def fill() -> Callable[[Talk, Answer], Answer]:
    """Answers every question with something valid, agrees and stops at the summary."""

    def fill_(talk: Talk, answer: Answer) -> Answer:
        for _ in range(60):
            if answer.phase == "summary":
                return answer
            if answer.phase == "commit":
                answer = talk.say("同意", "affirm")
                continue
            assert answer.phase == "collect", answer
            item = talk.service.catalog.item(answer.item or "")
            field = next(field for field in item.fields if field.id == talk.state.asking)
            answer = talk.say(valid_words(field))
            assert field.id in answer.fields, (item.id, field.id, field.kind, answer.texts)
        raise AssertionError(f"no end: {answer}")

    return fill_
