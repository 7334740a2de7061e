"""What a new version of the catalog changes for citizens, item by item.

Items are the same where their ids are. An id that is gone and a new one that says it was `formerly` that, or
that has the same title or the same subject and facet values, are one item renamed; drafts follow only what is
said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from catalog_index.elements import fee_text
from catalog_index.loader import Catalog
from catalog_index.schema import Item, Subject

Kind = Literal["added", "removed", "renamed", "changed"]


@dataclass(frozen=True)
class Change:
    """One thing that is different.

    Attributes:
        what: an attribute of the item, in the words of the element table.
        old, new: None where it was not or is not any more.
    """

    what: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.what}：新增“{self.new}”"
        if self.new is None:
            return f"{self.what}：不再有“{self.old}”"
        return f"{self.what}：“{self.old}” → “{self.new}”"


@dataclass(frozen=True)
class ItemChange:
    """What happens to one item.

    Attributes:
        id: in the old version; for added items in the new one. new_id: None where it is removed.
        fields_changed: the form asks for something else than before, so open drafts are touched.
        follows: a renamed item whose new entry names the old id, so that drafts go on there.
    """

    kind: Kind
    id: str
    new_id: str | None
    title: str
    changes: tuple[Change, ...] = ()
    fields_changed: bool = False
    follows: bool = False

    @property
    def touches_drafts(self) -> bool:
        return self.kind in ("removed", "renamed") or self.fields_changed

    def as_dict(self) -> dict[str, object]:
        return {
            "change": self.kind, "id": self.id, "new_id": self.new_id, "title": self.title,
            "fields_changed": self.fields_changed, "follows": self.follows,
            "changes": [{"what": one.what, "old": one.old, "new": one.new} for one in self.changes],
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The change for a person who keeps the catalog."""
        words = {"added": "新增", "removed": "取消", "renamed": "改名", "changed": "有变化"}
        renamed = f" → {self.new_id}" if self.kind == "renamed" else ""
        yield f"{words[self.kind]}  {self.title}（{self.id}{renamed}）"
        for change in self.changes:
            yield f"    {change}"
        if self.kind == "renamed" and not self.follows:
            yield f"    办到一半的会中断；要接着办，请在新事项写上 formerly: [{self.id}]"


def changed_items(old: Catalog, new: Catalog) -> list[ItemChange]:
    """All items that are not as they were, in the old catalog's order; new ones follow."""
    before = {item.id: item for item in old.items}
    after = {item.id: item for item in new.items}
    followers = _followers(
        [item for item in old.items if item.id not in after],
        [item for item in new.items if item.id not in before],
    )
    found: list[ItemChange] = []
    for item in old.items:
        successor = after.get(item.id) or followers.get(item.id)
        if successor is None:
            found.append(ItemChange("removed", item.id, None, item.title))
            continue
        changes = tuple(_changes(item, successor))
        fields = _form(item) != _form(successor)
        kind: Kind = "changed" if successor.id == item.id else "renamed"
        if changes or fields or kind == "renamed":
            follows = item.id in successor.formerly
            found.append(ItemChange(kind, item.id, successor.id, item.title, changes, fields, follows))
    taken = {item.id for item in followers.values()}
    found += [
        ItemChange("added", item.id, item.id, item.title)
        for item in new.items
        if item.id not in before and item.id not in taken
    ]
    return found


def _followers(gone: Sequence[Item], fresh: Sequence[Item]) -> dict[str, Item]:
    """Old id -> the new item that is the same under another id."""
    by_title = {item.title: item for item in fresh}
    by_place: Mapping[object, Item] = {_place(item): item for item in fresh if item.when}
    followers = {former: item for item in fresh for former in item.formerly}
    taken = {item.id for item in followers.values()}
    for item in gone:
        if item.id in followers:
            continue
        follower = by_title.get(item.title) or (by_place.get(_place(item)) if item.when else None)
        if follower is not None and follower.id not in taken:
            followers[item.id] = follower
            taken.add(follower.id)
    return followers


def _place(item: Item) -> object:
    return item.subject_id, tuple(sorted(item.when.items()))


def _form(item: Item) -> object:
    """What the form collects: everything of it that a draft depends on."""
    fields = [
        (field.id, field.kind, field.optional, sorted(field.when.items(), key=str),
         [option.value for option in field.options])
        for field in item.fields
    ]  # fmt: skip
    return fields, [commitment.id for commitment in item.commitments]


def _changes(old: Item, new: Item) -> Iterator[Change]:
    for what, before, after in (
        ("名称", old.title, new.title),
        ("主项", old.subject, new.subject),
        ("部门", old.department.name, new.department.name),
        ("收费", fee_text(old.fee), fee_text(new.fee)),
        ("承诺时限（工作日）", str(old.promised_days), str(new.promised_days)),
        ("法定时限（工作日）", _number(old.legal_days), _number(new.legal_days)),
        ("到现场次数", str(old.visits), str(new.visits)),
        ("对象", "、".join(old.audience), "、".join(new.audience)),
        ("送达", "、".join(old.delivery), "、".join(new.delivery)),
        ("结果", old.result, new.result),
        ("有效期", old.validity, new.validity),
        ("地点", old.place, new.place),
        ("情形", _when(old), _when(new)),
    ):
        if before != after:
            yield Change(what, before, after)
    yield from _lists("条件", {one: one for one in old.conditions}, {one: one for one in new.conditions})
    yield from _lists("材料", _materials(old), _materials(new))
    yield from _lists("承诺", {one.id: one.title for one in old.commitments},
                      {one.id: one.title for one in new.commitments})  # fmt: skip
    yield from _lists("表单", _fields(old), _fields(new))


def _lists(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield Change(what, old.get(key), new.get(key))


def _number(days: int | None) -> str | None:
    return None if days is None else str(days)


def _when(item: Item) -> str | None:
    return "，".join(f"{name}={'/'.join(values)}" for name, values in sorted(item.when.items())) or None


def _materials(item: Item) -> dict[str, str]:
    return {
        one.name: f"{one.name}（{one.form}，{one.copies}份{'，共享免交' if one.shared else ''}"
        f"{'，视情况' if one.when else ''}）"
        for one in item.materials
    }


def _fields(item: Item) -> dict[str, str]:
    return {
        one.id: f"{one.label}（{one.kind}{'，选填' if one.optional else ''}{'，视情况' if one.when else ''}"
        f"{'，' + '/'.join(option.label for option in one.options) if one.options else ''}）"
        for one in item.fields
    }


@dataclass(frozen=True)
class FacetChange:
    """A subject's questions before and after."""

    subject: str
    title: str
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, object]:
        changes = [{"what": one.what, "old": one.old, "new": one.new} for one in self.changes]
        return {"change": "facets", "subject": self.subject, "title": self.title, "changes": changes}

    def lines(self) -> Iterator[str]:
        """The change for a person who keeps the catalog."""
        yield f"问法  {self.title}（{self.subject}）"
        for change in self.changes:
            yield f"    {change}"


def changed_facets(old: Catalog, new: Catalog) -> list[FacetChange]:
    """Subjects of both versions whose questions or answers are not as they were."""
    after = {subject.id: subject for subject in new.subjects}
    found = []
    for subject in old.subjects:
        if subject.id in after:
            changes = tuple(_lists("情形", _facets(subject), _facets(after[subject.id])))
            if changes:
                found.append(FacetChange(subject.id, subject.title, changes))
    return found


def _facets(subject: Subject) -> dict[str, str]:
    return {
        facet.id: f"{facet.ask}{'/'.join(value.label for value in facet.values)}" for facet in subject.facets
    }
