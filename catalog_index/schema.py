"""The catalog's form: what a department writes down about its items.

One YAML file holds one department (`DepartmentFile`). A subject (主项) states once what its items share in
`common`; each item (子项) states what differs. `catalog_index.loader` joins the two into `Item`, the record
that everything else reads. The elements follow the national element table for 政务服务事项 (实施清单要素).

Conditions (`when`) are plain mappings from a facet's or a field's id to the value, or list of values, that it
must have; all entries must hold. There is no expression language, so a check can prove every reference.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Text = Annotated[str, Field(min_length=1, max_length=400)]
Condition = dict[str, str | bool | list[str]]

ItemType = Literal[
    "行政许可",
    "行政确认",
    "行政给付",
    "行政奖励",
    "行政裁决",
    "行政征收",
    "行政检查",
    "其他行政权力",
    "公共服务",
]
Audience = Literal["个人", "企业", "个体工商户", "事业单位", "社会组织", "机关", "外国人"]
Delivery = Literal["邮寄", "窗口领取", "电子证照", "自助机", "短信通知", "无需送达"]
FieldKind = Literal[
    "name", "phone", "resident_id", "uscc", "date", "date_range", "plate", "area", "money", "count",
    "address", "yes_no", "choice", "text",
]  # fmt: skip


class Strict(BaseModel):
    """Unknown keys are faults: a misspelt key must not silently do nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(Strict):
    """One answer to a choice: its stored value, its label, and other ways people say it."""

    value: Identifier
    label: Text
    says: tuple[Text, ...] = ()


class FormField(Strict):
    """One detail collected in the conversation (表单字段).

    Attributes:
        ask: the question as a clerk would put it; short, polite, ends with a question mark.
        when: asked only if these facets or earlier fields have these values.
        optional: may be left out by saying 没有 or 跳过.
        not_before, not_after: "today" or an ISO date; dates only.
        minimum, maximum: numbers only (area in m², money in yuan, count).
        max_days: longest span of a date_range in days, if there is a limit.
    """

    id: Identifier
    kind: FieldKind
    label: Text
    ask: Text
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    when: Condition = {}
    optional: bool = False
    not_before: str | None = None
    not_after: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_days: int | None = None

    @model_validator(mode="after")
    def _options_fit_kind(self) -> FormField:
        if (self.kind == "choice") != bool(self.options):
            raise ValueError(f"field {self.id}: a choice needs options, any other kind must have none")
        return self


class Material(Strict):
    """A document the applicant hands in (申请材料).

    Attributes:
        name: as on the department's list.
        form: original, copy or electronic file.
        shared: True where the government fetches it from its own data and the applicant brings nothing.
        when: needed only if these facets or fields have these values (投靠到农村地区的需提供).
    """

    name: Text
    form: Literal["原件", "复印件", "原件和复印件", "电子件", "原件核验"] = "电子件"
    copies: int = 1
    issuer: Text | None = None
    note: Text | None = None
    shared: bool = False
    when: Condition = {}


class Commitment(Strict):
    """A signed promise that replaces a material (告知承诺): read out, then agreed to."""

    id: Identifier
    title: Text
    text: Text
    replaces: tuple[Text, ...] = ()
    when: Condition = {}


class Fee(Strict):
    """What it costs: `yuan` 0 means free; `note` explains (工本费, 按面积计 …); yuan None: it depends."""

    yuan: float | None = 0
    note: Text | None = None


class LegalBasis(Strict):
    """A law or regulation by name and, where known, its article."""

    law: Text
    article: Text | None = None


class FacetValue(Strict):
    """One answer to a facet.

    Attributes:
        says: words in a citizen's sentence that already give this answer ("外地", "老家").
        places: this value is given when the sentence names a place inside / outside the city.
    """

    id: Identifier
    label: Text
    says: tuple[Text, ...] = ()
    places: Literal["inside", "outside"] | None = None


class Facet(Strict):
    """A question that tells siblings apart (情形)."""

    id: Identifier
    title: Text
    ask: Text
    values: Annotated[tuple[FacetValue, ...], Field(min_length=2)]


class NoItem(Strict):
    """Facet answers for which no item exists, and what the citizen is told instead."""

    when: Condition
    say: Text


class ItemParts(Strict):
    """What a subject's `common` may state for all its items, and an item for itself.

    Lists of an item are appended to those of `common`; single values of an item replace them.
    An item field, material or commitment with the id or name of a common one replaces it in place.

    Attributes:
        coarse: name of the item before granulation (颗粒化) that this one was split from; left out where it
            was not split, which is the usual case.
    """

    coarse: Text | None = None
    type: ItemType | None = None
    audience: tuple[Audience, ...] | None = None
    conditions: tuple[Text, ...] = ()
    fields: tuple[str | FormField, ...] = ()
    materials: tuple[Material, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    legal_days: Annotated[int, Field(ge=0, le=730)] | None = None
    promised_days: Annotated[int, Field(ge=0, le=730)] | None = None
    fee: Fee | None = None
    delivery: tuple[Delivery, ...] | None = None
    visits: Annotated[int, Field(ge=0, le=3)] | None = None
    result: Text | None = None
    validity: Text | None = None
    legal_basis: tuple[LegalBasis, ...] = ()
    place: Text | None = None
    notes: tuple[Text, ...] = ()
    verified: bool | None = None

    @field_validator("fields")
    @classmethod
    def _no_field_twice(cls, fields: tuple[str | FormField, ...]) -> tuple[str | FormField, ...]:
        ids = [field if isinstance(field, str) else field.id for field in fields]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"field named twice: {', '.join(twice)}")
        return fields


class ItemEntry(ItemParts):
    """An item as written in the file.

    Attributes:
        title: full name as a clerk files it, understandable alone (市内夫妻投靠落户).
        when: its facet values; a facet left out does not matter for it.
        says: how people call it. situations: what people tell that leads to it, in their words.
        drops: ids of common fields and names of common materials that this item does not need.
        formerly: ids it had in earlier versions; drafts begun under them go on here.
    """

    id: Identifier
    title: Text
    when: Condition = {}
    says: tuple[Text, ...] = ()
    situations: tuple[Text, ...] = ()
    drops: tuple[Text, ...] = ()
    formerly: tuple[Identifier, ...] = ()
    basic_code: Text | None = None
    implementation_code: Text | None = None


class SubjectEntry(Strict):
    """A subject (主项): what its items share, and the facets that tell them apart."""

    id: Identifier
    title: Text
    about: Text
    says: tuple[Text, ...] = ()
    facets: tuple[Facet, ...] = ()
    none: tuple[NoItem, ...] = ()
    common: ItemParts = ItemParts()
    items: Annotated[tuple[ItemEntry, ...], Field(min_length=1)]


class Department(Strict):
    """Who decides (实施主体), where, and how to reach or complain to it."""

    id: Identifier
    name: Text
    short: Text
    place: Text
    hours: Text
    phone: Text
    complaint_phone: Text = "12345"


class DepartmentFile(Strict):
    """One YAML file: a department and its subjects."""

    department: Department
    verified: bool = False
    subjects: Annotated[tuple[SubjectEntry, ...], Field(min_length=1)]


class CommonFile(Strict):
    """`_common.yaml`: fields that many items share, referred to by their id."""

    fields: tuple[FormField, ...]


class Item(Strict):
    """An item complete: its own statements joined with its subject's and its department's.

    Attributes:
        utterances: further ways people ask for it (`catalog_index.utterances`), for the search alone.
    """

    id: str
    title: str
    subject_id: str
    subject: str
    department: Department
    when: dict[str, tuple[str, ...]]
    type: ItemType
    audience: tuple[Audience, ...]
    conditions: tuple[str, ...]
    fields: tuple[FormField, ...]
    materials: tuple[Material, ...]
    commitments: tuple[Commitment, ...]
    legal_days: int | None
    promised_days: int
    fee: Fee
    delivery: tuple[Delivery, ...]
    visits: int
    result: str
    validity: str | None
    legal_basis: tuple[LegalBasis, ...]
    place: str
    notes: tuple[str, ...]
    says: tuple[str, ...]
    situations: tuple[str, ...]
    utterances: tuple[str, ...] = ()
    coarse: str
    basic_code: str | None
    implementation_code: str | None
    verified: bool
    formerly: tuple[str, ...] = ()


class Subject(Strict):
    """A subject with its joined items; `utterances` lead to it and leave the item open."""

    id: str
    title: str
    about: str
    department: Department
    says: tuple[str, ...]
    utterances: tuple[str, ...] = ()
    facets: tuple[Facet, ...]
    none: tuple[NoItem, ...]
    items: tuple[Item, ...]
