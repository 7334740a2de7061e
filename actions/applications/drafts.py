"""Drafts: what was collected so far, kept over restarts and taken up on another device by a code."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from actions.applications.base import StoreBase, changed_rows
from actions.applications.errors import DraftNotFound
from actions.applications.models import DraftRow
from actions.applications.values import Draft, last_four
from wenban.errors import StorageError


class DraftStore(StoreBase):
    """The part of the store that keeps drafts."""

    def save_draft(self, draft: Draft) -> None:
        """Saves the draft as it is now; an older one with the same id is replaced.

        Raises:
            StorageError: not saved. In the rare case that its resume code is taken, make a new draft.
        """
        values = {
            "fields": draft.fields,
            "materials": draft.materials,
            "commitments": draft.commitments,
            "phone": draft.phone,
            "resume_code": draft.resume_code,
            "extra": draft.extra,
        }
        row = DraftRow(
            id=draft.id,
            item_id=draft.item_id,
            resume_index=self._cipher.blind_index(_resume_key(draft.resume_code, last_four(draft.phone)))
            if draft.phone
            else None,
            sealed=self._cipher.encrypt_json(values, f"draft:{draft.id}"),
            updated_at=self._clock(),
        )
        try:
            with self._database.write() as session:
                session.merge(row)
        except IntegrityError as error:
            raise StorageError("the draft's resume code is taken, or it was saved twice at once") from error

    def load_draft(self, id: str) -> Draft:
        """The draft with this id.

        Raises:
            DraftNotFound: never saved, deleted, or submitted meanwhile.
        """
        with self._database.read() as session:
            row = session.get(DraftRow, id)
            if row is None:
                raise DraftNotFound("no draft with this id")
            return self._draft(row)

    def resume_draft(self, resume_code: str, phone_last4: str) -> Draft:
        """The draft to which this code and phone belong; limit the tries with `count_attempt`.

        Raises:
            DraftNotFound: the same whether the code or the phone is wrong.
        """
        indexes = self._cipher.blind_indexes(_resume_key(resume_code, phone_last4))
        with self._database.read() as session:
            row = session.scalar(select(DraftRow).where(DraftRow.resume_index.in_(indexes)))
            if row is None:
                raise DraftNotFound("no draft with this code and phone")
            return self._draft(row)

    def drafts_by_item(self) -> dict[str, int]:
        """How many drafts are open for each item; nothing of them is opened."""
        with self._database.read() as session:
            counts = session.execute(select(DraftRow.item_id, func.count()).group_by(DraftRow.item_id))
            return {row[0]: row[1] for row in counts}

    def delete_draft(self, id: str) -> None:
        """Forgets the draft; not an error where there is none."""
        with self._database.write() as session:
            session.execute(delete(DraftRow).where(DraftRow.id == id))

    def purge_drafts(self, older_than: timedelta, now: datetime) -> int:
        """Removes drafts not saved since `now - older_than`; returns how many."""
        with self._database.write() as session:
            return changed_rows(session, delete(DraftRow).where(DraftRow.updated_at < now - older_than))

    def _draft(self, row: DraftRow) -> Draft:
        values = self._cipher.decrypt_json(row.sealed, f"draft:{row.id}")
        return Draft(id=row.id, item_id=row.item_id, updated_at=row.updated_at, **values)


def _resume_key(resume_code: str, phone_last4: str) -> str:
    digits = "".join(character for character in resume_code if character.isdigit())
    return f"resume:{digits}:{phone_last4.strip()}"
