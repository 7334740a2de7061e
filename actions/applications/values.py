"""What the store takes and gives: plain frozen values, with personal ones kept out of `repr`."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from actions.applications.receipts import new_resume_code
from actions.applications.states import State
from wenban.errors import ValueInvalid


def last_four(phone: str) -> str:
    """The last four digits of a phone number.

    Raises:
        ValueInvalid: fewer than four digits.
    """
    digits = re.sub(r"[^0-9]", "", phone)
    if len(digits) < 4:
        raise ValueInvalid("a phone with fewer than four digits", citizen="请说出手机号的后四位数字。")
    return digits[-4:]


@dataclass(frozen=True)
class ItemSnapshot:
    """What the catalog said about the item on the day of submission.

    Attributes:
        promised_days, legal_days: 承诺 and 法定办结时限 in working days; None where the law names none.
        delivery: how the result reaches the applicant.
    """

    id: str
    title: str
    department: str
    catalog_version: str
    promised_days: int
    legal_days: int | None
    delivery: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SessionState:
    """Everything a conversation remembers. `data` holds JSON values; `version` counts the saves from 1."""

    session: str = field(repr=False)
    version: int
    data: dict[str, Any] = field(repr=False)
    updated_at: datetime


@dataclass(frozen=True)
class Draft:
    """Details collected so far for one item. `Draft.new(item_id)` makes the id and the resume code.

    Attributes:
        id: stored in clear, so never made from anything personal; also a good idempotency key.
        fields, materials, commitments: as they will be submitted; JSON values only.
        phone: needed before the draft can be taken up on another device; "" while it is not known.
        resume_code: eight digits, told to the citizen.
        extra: whatever else the dialogue needs to go on; JSON values only.
    """

    id: str
    item_id: str
    resume_code: str = field(repr=False)
    fields: dict[str, Any] = field(default_factory=dict, repr=False)
    materials: list[dict[str, Any]] = field(default_factory=list, repr=False)
    commitments: list[str] = field(default_factory=list)
    phone: str = field(default="", repr=False)
    extra: dict[str, Any] = field(default_factory=dict, repr=False)
    updated_at: datetime | None = None

    @classmethod
    def new(cls, item_id: str) -> Draft:
        return cls(id=uuid4().hex, item_id=item_id, resume_code=new_resume_code())


@dataclass(frozen=True)
class Application:
    """A submitted application; times are in Asia/Shanghai.

    The two due dates count from the submission, and once accepted (受理) from that day. They are estimates
    where their `…_exact` is False: the holidays of that year were not announced yet.
    """

    id: str
    receipt: str
    state: State
    item: ItemSnapshot
    applicant_name: str = field(repr=False)
    contact_phone: str = field(repr=False)
    fields: dict[str, Any] = field(repr=False)
    materials: list[dict[str, Any]] = field(repr=False)
    commitments: list[str]
    channel: str
    submitted_at: datetime
    accepted_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime
    promised_on: date
    promised_exact: bool
    legal_on: date | None
    legal_exact: bool


class EventKind(StrEnum):
    """What happened to an application."""

    SUBMITTED = "submitted"
    MOVED = "moved"
    VIEWED = "viewed"


@dataclass(frozen=True)
class ApplicationEvent:
    """One line of an application's history; a view in clear is an event too."""

    kind: EventKind
    old_state: State | None
    new_state: State | None
    actor: str
    note: str = field(repr=False)
    at: datetime


class OutboxKind(StrEnum):
    """What a department has to be told."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class OutboxEntry:
    """A message to a department that is not known to be delivered; carries no personal values."""

    id: int
    kind: OutboxKind
    receipt: str
    item_id: str
    department: str
    created_at: datetime
