"""The tables of closed months: who closed and reopened which, and all that a close froze (billing-rules E9, B2)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.storage.tables import Base

_TO_CLOSING = ["month_closings.practice_id", "month_closings.month", "month_closings.number"]


class MonthClosingRow(Base):
    """A close or a reopen of a month, counted from 1; the latest of a month says whether it is closed.

    ``hash`` is a close's, over all that it froze. ``rulebook_hash`` is SHA-256 over the file of the rulebook.
    """

    __tablename__ = "month_closings"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    rulebook: Mapped[str]
    rulebook_hash: Mapped[str]
    totals: Mapped[dict[str, Any]]
    hash: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class ClosedStatementRow(Base):
    """A patient's statement and figures as the close ``number`` froze them, and where the patient's chain ended then.

    ``statement`` and ``figures`` are canonical JSON; ``content_hash`` is over both.
    """

    __tablename__ = "closed_statements"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "month", "number"], _TO_CLOSING),
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        Index(None, "practice_id", "patient_code"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    statement: Mapped[str] = mapped_column(Text)
    figures: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str]
    head_position: Mapped[int]
    head_hash: Mapped[str]


class ClosedProgramRow(Base):
    """A program of a frozen statement: the patient was enrolled in it, or time was logged in it.

    Lists of a closed month count these, whatever enrollments are recorded later.
    """

    __tablename__ = "closed_programs"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "month", "number"], _TO_CLOSING),
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    patient_code: Mapped[str] = mapped_column(primary_key=True)
    program: Mapped[str] = mapped_column(primary_key=True)
