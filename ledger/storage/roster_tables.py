"""The table of what was told of people and patients on the roster, and from which day it holds (decision 040)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ledger.storage.tables import Base

BEGINNING = date.min
"""The ``from_date`` of what holds since the beginning."""


class RosterFactRow(Base):
    """Columns of one person or patient, as they are from ``from_date`` on, until a later day names them again.

    ``subject_kind`` is the roster's table, ``subject_id`` its key there. Of two rows of one day the later revision
    holds, as far as it names a column.
    """

    __tablename__ = "roster_facts"
    __table_args__ = (
        ForeignKeyConstraint(["practice_id"], ["practices.practice_id"]),
        Index(None, "practice_id", "subject_kind", "from_date"),
    )

    practice_id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    from_date: Mapped[date] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
