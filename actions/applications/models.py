"""The tables. In clear are item, department, state, times, receipt and blind indexes; all else is sealed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from actions.applications.workdays import SHANGHAI

# SQLite numbers rows by itself only under the type INTEGER.
_Sequence = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware time: UTC in the database, Asia/Shanghai outside. Naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        # SQLite keeps no zone; what was bound is UTC.
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class KeyCheckRow(Base):
    """One sealed constant: opening it proves that the key belongs to this database."""

    __tablename__ = "key_check"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SessionRow(Base):
    __tablename__ = "sessions"

    session_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(Instant, index=True)


class DraftRow(Base):
    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(128))
    resume_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(Instant, index=True)


class ApplicationRow(Base):
    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_state_submitted_at", "state", "submitted_at"),
        Index("ix_applications_department_submitted_at", "department", "submitted_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    receipt: Mapped[str] = mapped_column(String(32), unique=True)
    idempotency_index: Mapped[str] = mapped_column(String(64), unique=True)
    track_index: Mapped[str] = mapped_column(String(64), unique=True)
    session_index: Mapped[str | None] = mapped_column(String(64), index=True)
    item_id: Mapped[str] = mapped_column(String(128))
    department: Mapped[str] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(16))
    submitted_at: Mapped[datetime] = mapped_column(Instant, index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    promised_on: Mapped[date] = mapped_column(Date)
    promised_exact: Mapped[bool]
    legal_on: Mapped[date | None] = mapped_column(Date)
    legal_exact: Mapped[bool]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class EventRow(Base):
    __tablename__ = "application_events"

    sequence: Mapped[int] = mapped_column(_Sequence, primary_key=True)
    # What the sealed part is bound to; the sequence is not known before the row is written.
    id: Mapped[str] = mapped_column(String(32), unique=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    old_state: Mapped[str | None] = mapped_column(String(16))
    new_state: Mapped[str | None] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Instant)


class OutboxRow(Base):
    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(_Sequence, primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant, index=True)


class AttemptRow(Base):
    """Failed look-ups of one receipt or resume code within one window."""

    __tablename__ = "attempts"

    subject_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(Instant, index=True)
    count: Mapped[int] = mapped_column(Integer)


class HandoverRow(Base):
    """A citizen who asked for a person; the sealed part is what that person gets to read."""

    __tablename__ = "handovers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    department: Mapped[str | None] = mapped_column(String(128))
    item_id: Mapped[str | None] = mapped_column(String(128))
    opened_at: Mapped[datetime] = mapped_column(Instant, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class OutcomeRow(Base):
    """What a citizen said to a search result; the sealed part is the redacted need. No hour, no session."""

    __tablename__ = "outcomes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    item_id: Mapped[str | None] = mapped_column(String(128))
    asked: Mapped[bool]
    said_on: Mapped[date] = mapped_column(Date, index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
