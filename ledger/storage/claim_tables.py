"""The tables of claim lines: what each export handed to a biller, and what became of the lines at the payer."""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.storage.tables import Base


class ClaimExportRow(Base):
    """An export of a month's claim lines, counted from 1."""

    __tablename__ = "claim_exports"
    __table_args__ = (ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),)

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class ClaimExportLineRow(Base):
    """A line that an export handed over otherwise than the export before it; ``line`` is canonical JSON.

    A line that is no longer there has none. The latest row of a key says how the line was exported last.
    """

    __tablename__ = "claim_export_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["practice_id", "month", "number"],
            ["claim_exports.practice_id", "claim_exports.month", "claim_exports.number"],
        ),
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        Index(None, "practice_id", "line_key"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    line_key: Mapped[str] = mapped_column(primary_key=True)
    patient_code: Mapped[str]
    line: Mapped[str | None] = mapped_column(Text)


class ClaimMarkRow(Base):
    """What somebody recorded of a line, counted from 1; the latest holds. ``line`` is what was sent to the payer.

    ``paid_cents`` is 0 unless it is paid.
    """

    __tablename__ = "claim_marks"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id", "patient_code"], ["patients.practice_id", "patients.patient_code"]),
        Index(None, "practice_id", "month"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    line_key: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[date]
    patient_code: Mapped[str]
    program: Mapped[str]
    status: Mapped[str]
    on_date: Mapped[date]
    line: Mapped[str] = mapped_column(Text)
    paid_cents: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
