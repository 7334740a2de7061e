"""Everything a conversation remembers between two turns. Stored sealed, by session, in the database."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Phase = Literal[
    "idle", "clarify", "choose", "confirm_item", "collect", "commit", "summary", "submitted", "human",
    "track", "resume",
]  # fmt: skip

# Enough for the person who takes over to understand; older lines fall away.
TRANSCRIPT_LINES = 60


class Choice(BaseModel):
    """One option offered: `value` is what it means, `label` what it is called."""

    label: str
    value: str


class Filled(BaseModel):
    """A field's canonical value, how a clerk would write it, and how it is read aloud where that matters."""

    value: Any
    display: str
    read_back: str | None = None


class State(BaseModel):
    """A conversation.

    Attributes:
        phase: what the assistant waits for.
        query: the need as told so far; hypotheses: the recognizer's others for it.
        answers: facet id -> value id, answered for the subject in question.
        asked_facet: one of them was asked for, so the need alone did not tell the item.
        excluded: items the citizen turned down.
        item_id: the item confirmed or about to be.
        item_title: what it was called, for the day on which it is called nothing any more.
        catalog: the version of the catalog that all this was read from.
        topic: a question about the item asked before it was found.
        fields: what was collected; skipped: optional fields left out.
        asking: the field asked for; asked: the order in which fields were filled, for going back.
        reading_back: values heard that wait for a yes.
        doubts: those of them that a repair made, with the places it changed: a yes is not enough.
        spoken: whether the latest message was heard rather than typed.
        misses: how often in a row the answer could not be used.
        agreed: commitments agreed to.
        paused_draft: a draft put aside, which 继续办理 takes up again.
        other_need: another need said in the middle of a form, to which to change over is offered.
        back_to: the phase to return to from `track`; human_from: from `human`.
        turn_id, reply: the last turn and its answer, so that a repeated turn changes nothing.
    """

    model_config = ConfigDict(validate_assignment=True)

    phase: Phase = "idle"
    query: str = ""
    hypotheses: list[tuple[str, float]] = []
    subject_id: str | None = None
    facet_id: str | None = None
    answers: dict[str, str] = {}
    asked_facet: bool = False
    options: list[Choice] = []
    excluded: list[str] = []
    item_id: str | None = None
    item_title: str | None = None
    catalog: str | None = None
    topic: str | None = None
    fields: dict[str, Filled] = {}
    skipped: list[str] = []
    asking: str | None = None
    asked: list[str] = []
    reading_back: dict[str, Filled] = {}
    doubts: dict[str, list[int]] = {}
    misses: int = 0
    spoken: bool = False
    agreed: list[str] = []
    draft_id: str | None = None
    resume_code: str | None = None
    paused_draft: str | None = None
    receipt: str | None = None
    receipt_phone: str | None = None
    wanted_code: str | None = None
    other_need: str | None = None
    back_to: Phase = "idle"
    human_from: Phase = "idle"
    handover_id: str | None = None
    transcript: list[tuple[str, str]] = []
    turn_id: str | None = None
    reply: dict[str, Any] | None = None

    def note(self, who: str, text: str) -> None:
        """Adds a line to the transcript that a person who takes over will read."""
        self.transcript = [*self.transcript, (who, text)][-TRANSCRIPT_LINES:]

    def forget_search(self) -> None:
        """Nothing is being looked for any more."""
        self.query, self.hypotheses, self.options, self.excluded = "", [], [], []
        self.subject_id = self.facet_id = self.topic = None
        self.answers = {}
        self.asked_facet = False
        self.misses = 0

    def forget_form(self) -> None:
        """No item, nothing collected."""
        self.item_id = self.asking = self.draft_id = self.resume_code = None
        self.fields, self.reading_back, self.doubts = {}, {}, {}
        self.skipped, self.asked, self.agreed = [], [], []
        self.other_need = None
        self.misses = 0

    def reset(self) -> None:
        """As new, but the last receipt and the transcript stay."""
        self.forget_search()
        self.forget_form()
        self.phase = self.back_to = self.human_from = "idle"
        self.wanted_code = self.handover_id = None
