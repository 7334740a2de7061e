"""The shapes that travel: what the dialogue side answers, and the record of one turn."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Alternative(BaseModel):
    """One hypothesis of the recognizer; confidence in 0..1."""

    text: str
    confidence: float


class Option(BaseModel):
    """A button: `label` is shown, `value` is sent."""

    label: str
    value: str


class ItemRef(BaseModel):
    """The service item that the conversation is about."""

    id: str
    title: str
    department: str | None = None


class CollectedField(BaseModel):
    """One detail collected so far; `display` is how it may be shown (masked where it is personal)."""

    name: str
    label: str
    value: JsonValue = None
    display: str = ""


class Progress(BaseModel):
    """How much of the form is done."""

    done: int
    total: int


class Expect(BaseModel):
    """What the question just asked wants to hear: a kind of value, for a choice with the ways to say it."""

    kind: str
    options: list[str] = Field(default_factory=list)


class DialogueState(BaseModel):
    """The `custom` message that ends every answer of the dialogue side."""

    model_config = ConfigDict(extra="ignore")

    options: list[Option] = Field(default_factory=list)
    state: str = "idle"
    item: ItemRef | None = None
    fields: list[CollectedField] = Field(default_factory=list)
    progress: Progress | None = None
    receipt: str | None = None
    receipt_card: dict[str, object] | None = None
    expect: Expect | None = None


class DialogueMessage(BaseModel):
    """One message of the answer: either a text or the closing state."""

    model_config = ConfigDict(extra="ignore")

    text: str | None = None
    custom: DialogueState | None = None


class Timing(BaseModel):
    """Milliseconds; `speech` is None for a typed turn."""

    speech: float | None
    dialogue: float
    total: float


class TurnRecord(DialogueState):
    """One turn as the page and `wenban talk` get it."""

    heard: str
    alternatives: list[Alternative]
    replies: list[str]
    turn_id: str
    ms: Timing
