"""The stored figures of a patient-month: what lists read instead of entries (design 1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select, update

from ledger.rules.facts import Contact, PatientMonth, Program, TimeEntry
from ledger.rules.statement import Blocker, CodeLine, NextThreshold, ProgramStatement, Statement, Status
from ledger.storage.database import AnyRow
from ledger.storage.tables import PatientMonthRow

_CODES = TypeAdapter(tuple[CodeLine, ...])
_NEXT = TypeAdapter(tuple[NextThreshold, ...])
_BLOCKERS = TypeAdapter(tuple[Blocker, ...])


@dataclass(frozen=True, slots=True)
class Figures:
    """One program of one patient-month, as stored. Minutes are whole, payment is in cents."""

    patient_code: str
    month: date
    program: Program
    status: Status
    counted_minutes: int
    excluded_minutes: int
    staff_minutes: int
    practitioner_minutes: int
    expected_cents: int
    codes: tuple[CodeLine, ...]
    next: tuple[NextThreshold, ...]
    blockers: tuple[Blocker, ...]
    last_contact_on: date | None
    last_contact_by: str | None
    rulebook: str


def figures_of(patient_code: str, facts: PatientMonth, statement: Statement) -> tuple[Figures, ...]:
    """Return the figures of each program of ``statement``, in its order."""
    return tuple(_program_figures(patient_code, facts, statement, part) for part in statement.programs)


def _program_figures(patient_code: str, facts: PatientMonth, statement: Statement, part: ProgramStatement) -> Figures:
    logged = sum(entry.duration_minutes for entry in statement.entries if entry.program == part.program)
    contact = _last_contact(entry for entry in facts.entries if entry.program == part.program)
    return Figures(
        patient_code=patient_code,
        month=statement.month,
        program=part.program,
        status=part.status,
        counted_minutes=part.counted_minutes,
        excluded_minutes=logged - part.counted_minutes,
        staff_minutes=part.staff_minutes,
        practitioner_minutes=part.practitioner_minutes,
        expected_cents=part.expected_cents,
        codes=part.codes,
        next=part.next,
        blockers=part.blockers,
        last_contact_on=contact.date_of_service if contact else None,
        last_contact_by=contact.staff_id if contact else None,
        rulebook=statement.rulebook_name,
    )


def _last_contact(entries: Iterable[TimeEntry]) -> TimeEntry | None:
    live = [entry for entry in entries if entry.contact == Contact.LIVE and not entry.voided]
    return max(live, key=lambda entry: (entry.date_of_service, entry.recorded_at, entry.number), default=None)


_MINE: BindParameter[str] = bindparam("practice_id")
_PATIENTS: BindParameter[str] = bindparam("codes", expanding=True)
_STORED = (
    select(PatientMonthRow.__table__)
    .where(PatientMonthRow.practice_id == _MINE, PatientMonthRow.patient_code.in_(_PATIENTS))
    .order_by(PatientMonthRow.program)
)
_STORED_OF_MONTH = _STORED.where(PatientMonthRow.month == bindparam("of_month"))
_MONTHS = (
    select(PatientMonthRow.month)
    .where(PatientMonthRow.practice_id == _MINE, PatientMonthRow.patient_code.in_(_PATIENTS))
    .distinct()
)
_AT_KEY = (
    PatientMonthRow.practice_id == bindparam("at_practice_id"),
    PatientMonthRow.month == bindparam("at_month"),
    PatientMonthRow.patient_code == bindparam("at_patient_code"),
    PatientMonthRow.program == bindparam("at_program"),
)
_INSERT = insert(PatientMonthRow)
_UPDATE = update(PatientMonthRow).where(*_AT_KEY)
_DELETE = delete(PatientMonthRow).where(*_AT_KEY)


def months_with_figures(connection: Connection, practice_id: str, patient_codes: Sequence[str]) -> Sequence[date]:
    """Return the months for which one of these patients has stored figures, in no order."""
    return connection.scalars(_MONTHS, {"practice_id": practice_id, "codes": list(patient_codes)}).all()


def stored_figures(
    connection: Connection, practice_id: str, patient_codes: Sequence[str], month: date | None = None
) -> dict[tuple[str, date], tuple[Figures, ...]]:
    """Return the stored figures of these patients by patient and month; of every month where ``month`` is None."""
    mine = {"practice_id": practice_id, "codes": list(patient_codes)}
    rows = (
        connection.execute(_STORED, mine)
        if month is None
        else connection.execute(_STORED_OF_MONTH, {**mine, "of_month": month})
    )
    found: dict[tuple[str, date], tuple[Figures, ...]] = {}
    for row in rows:
        key = (row.patient_code, row.month)
        found[key] = (*found.get(key, ()), from_row(row))
    return found


def store(connection: Connection, practice_id: str, before: Sequence[Figures], after: Sequence[Figures]) -> None:
    """Make the stored figures of one patient-month ``after``, where they were ``before``."""
    known = {figures.program: figures for figures in before}
    for figures in after:
        if figures.program not in known:
            connection.execute(_INSERT, to_row(practice_id, figures))
        elif known[figures.program] != figures:
            connection.execute(_UPDATE, {**_key(practice_id, figures), **_values(figures)})
    for program in known.keys() - {figures.program for figures in after}:
        connection.execute(_DELETE, _key(practice_id, known[program]))


def _key(practice_id: str, figures: Figures) -> dict[str, Any]:
    return {
        "at_practice_id": practice_id,
        "at_month": figures.month,
        "at_patient_code": figures.patient_code,
        "at_program": figures.program.value,
    }


def to_row(practice_id: str, figures: Figures) -> dict[str, Any]:
    """Return the columns that hold ``figures``."""
    return {
        "practice_id": practice_id,
        "month": figures.month,
        "patient_code": figures.patient_code,
        "program": figures.program.value,
        **_values(figures),
    }


def _values(figures: Figures) -> dict[str, Any]:
    return {
        "status": figures.status.value,
        "counted_minutes": figures.counted_minutes,
        "excluded_minutes": figures.excluded_minutes,
        "staff_minutes": figures.staff_minutes,
        "practitioner_minutes": figures.practitioner_minutes,
        "expected_cents": figures.expected_cents,
        "codes": _CODES.dump_python(figures.codes, mode="json"),
        "next_thresholds": _NEXT.dump_python(figures.next, mode="json"),
        "blockers": _BLOCKERS.dump_python(figures.blockers, mode="json"),
        "last_contact_on": figures.last_contact_on,
        "last_contact_by": figures.last_contact_by,
        "rulebook": figures.rulebook,
    }


def from_row(row: AnyRow) -> Figures:
    """Return the figures that a row of ``patient_months`` holds."""
    return Figures(
        patient_code=row.patient_code,
        month=row.month,
        program=Program(row.program),
        status=Status(row.status),
        counted_minutes=row.counted_minutes,
        excluded_minutes=row.excluded_minutes,
        staff_minutes=row.staff_minutes,
        practitioner_minutes=row.practitioner_minutes,
        expected_cents=row.expected_cents,
        codes=_CODES.validate_python(row.codes),
        next=_NEXT.validate_python(row.next_thresholds),
        blockers=_BLOCKERS.validate_python(row.blockers),
        last_contact_on=row.last_contact_on,
        last_contact_by=row.last_contact_by,
        rulebook=row.rulebook,
    )
