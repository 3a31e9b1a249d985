"""A month's claim lines as they are now, what became of them, and the exports that hand them to a biller."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from ledger.claims.lines import ClaimFacts, ClaimLine, Practitioner, by_key, claim_lines, from_json, to_json
from ledger.claims.marks import marks_of, patients_of_teams
from ledger.claims.states import ClaimList, Export, handed_over, listed_lines
from ledger.clock import last_of_month
from ledger.months.patient_months import EvaluatedMonth, evaluated_months
from ledger.practice.practice import Practice
from ledger.roster.storing import lock_roster
from ledger.rules.month_view import designated_on
from ledger.rules.statement import Status
from ledger.storage.batches import batches
from ledger.storage.claim_tables import ClaimExportLineRow, ClaimExportRow
from ledger.storage.database import ScopedDatabase
from ledger.storage.tables import PatientMonthRow, PatientRow, StaffRow


def lines_of_month(
    connection: Connection, practice: Practice, month: date, patient_codes: Collection[str] | None = None
) -> list[ClaimLine]:
    """Return the claim lines of the month (its first day) as they are now, of all patients or of these, by patient.

    Those of a closed month are of the statements that the close froze.
    """
    query = select(PatientMonthRow.patient_code).where(
        PatientMonthRow.practice_id == practice.practice_id,
        PatientMonthRow.month == month,
        PatientMonthRow.status == Status.BILLABLE.value,
    )
    billable = sorted({*connection.scalars(query)})
    codes = [code for code in billable if patient_codes is None or code in patient_codes]
    practitioners = _practitioners(connection, practice)
    lines: list[ClaimLine] = []
    for batch in batches(codes):
        places = _places_of_service(connection, practice, batch)
        for code, evaluated in sorted(evaluated_months(connection, practice, batch, month).items()):
            who = practitioners.get(billed_by(evaluated) or "")
            facts = ClaimFacts(code, who, evaluated.facts.conditions, places[code])
            lines += claim_lines(practice.practice_id, evaluated.statement, facts)
    return lines


def billed_by(evaluated: EvaluatedMonth) -> str | None:
    """Return the staff id of whoever bills the month: the practitioner designated on its last day (R9)."""
    return designated_on(evaluated.facts.designations, last_of_month(evaluated.facts.month))


def _practitioners(connection: Connection, practice: Practice) -> dict[str, Practitioner]:
    query = select(StaffRow.staff_id, StaffRow.name, StaffRow.npi).where(StaffRow.practice_id == practice.practice_id)
    return {row.staff_id: Practitioner(row.staff_id, row.name, row.npi) for row in connection.execute(query)}


def _places_of_service(connection: Connection, practice: Practice, codes: Sequence[str]) -> dict[str, str]:
    query = select(PatientRow.patient_code, PatientRow.place_of_service).where(
        PatientRow.practice_id == practice.practice_id, PatientRow.patient_code.in_(codes)
    )
    usual = practice.conduct.place_of_service
    return {row.patient_code: row.place_of_service or usual for row in connection.execute(query)}


def list_claims(
    connection: Connection,
    practice: Practice,
    month: date,
    patient_codes: Collection[str] | None = None,
    *,
    team_ids: Collection[str] | None = None,
) -> ClaimList:
    """Return every line of the month with how it stands to the last export and at the payer.

    Of all patients, of these, or of these teams'.
    """
    if team_ids is not None:
        patient_codes = frozenset(connection.scalars(patients_of_teams(practice, team_ids)))
    listed = _listed(connection, practice, month, lines_of_month(connection, practice, month, patient_codes))
    lines = [one for one in listed.lines if patient_codes is None or one.line.patient_code in patient_codes]
    return ClaimList(month, tuple(lines), listed.export)


def _listed(connection: Connection, practice: Practice, month: date, lines: Sequence[ClaimLine]) -> ClaimList:
    exported = exported_lines(connection, practice, month)
    marks = marks_of(connection, practice, month)
    return ClaimList(month, listed_lines(by_key(lines), exported, marks), last_export(connection, practice, month))


def export_claims(database: ScopedDatabase, practice: Practice, month: date, *, at: datetime, by: str) -> ClaimList:
    """Record that the month's lines are handed to a biller, and return them as they stood to the export before.

    The statements are evaluated under no lock; where somebody else exports the month meanwhile, once more. A month
    that never had a line has no export.
    """
    while True:
        with database.reading() as connection:
            before = last_export(connection, practice, month)
            lines = lines_of_month(connection, practice, month)
        with database.writing() as connection:
            lock_roster(connection, practice)
            if last_export(connection, practice, month) == before:
                listed = _listed(connection, practice, month, lines)
                if before is None and not listed.lines:
                    return listed
                export = Export(before.number + 1 if before else 1, at, by)
                _store(connection, practice, month, export, lines)
                return ClaimList(month, listed.lines, export)


def _store(connection: Connection, practice: Practice, month: date, export: Export, lines: Sequence[ClaimLine]) -> None:
    exported = exported_lines(connection, practice, month)
    key = {"practice_id": practice.practice_id, "month": month, "number": export.number}
    connection.execute(
        insert(ClaimExportRow), {**key, "recorded_at": export.recorded_at, "recorded_by": export.recorded_by}
    )
    rows = [
        {**key, **one._asdict(), "line": to_json(one.line) if one.line else None}
        for one in handed_over(by_key(lines), exported)
    ]
    for batch in batches(rows):
        connection.execute(insert(ClaimExportLineRow), batch)


def last_exported(connection: Connection, practice: Practice, month: date) -> ClaimList:
    """Return the month's lines as its last export handed them over, with what was recorded since.

    No statement is evaluated, so it is quick however many patients there are.
    """
    export = last_export(connection, practice, month)
    handed = exported_lines(connection, practice, month)
    before = exported_lines(connection, practice, month, until=export.number - 1) if export else {}
    now = {key: line for key, line in handed.items() if line is not None}
    return ClaimList(month, listed_lines(now, before, marks_of(connection, practice, month)), export)


def exported_lines(
    connection: Connection, practice: Practice, month: date, *, until: int | None = None
) -> dict[str, ClaimLine | None]:
    """Return the lines of the month by key as they were exported last, or by export ``until``; None for a withdrawn."""
    row = ClaimExportLineRow
    query = select(row.line_key, row.line).where(row.practice_id == practice.practice_id, row.month == month)
    if until is not None:
        query = query.where(row.number <= until)
    found = connection.execute(query.order_by(row.number))
    return {key: from_json(line) if line else None for key, line in {one.line_key: one.line for one in found}.items()}


def last_export(connection: Connection, practice: Practice, month: date) -> Export | None:
    """Return the last export of the month, None where there was none."""
    row = ClaimExportRow
    query = select(row.number, row.recorded_at, row.recorded_by).where(
        row.practice_id == practice.practice_id, row.month == month
    )
    found = connection.execute(query.order_by(row.number.desc()).limit(1)).one_or_none()
    return Export(found.number, found.recorded_at, found.recorded_by) if found else None


def line_as_exported(
    connection: Connection, practice: Practice, line_key: str, *, until: int | None = None
) -> ClaimLine | None:
    """Return the line as it was handed over last, or by export ``until`` of its month; None where it never was."""
    row = ClaimExportLineRow
    query = select(row.line).where(
        row.practice_id == practice.practice_id, row.line_key == line_key, row.line.is_not(None)
    )
    if until is not None:
        query = query.where(row.number <= until)
    found = connection.scalar(query.order_by(row.number.desc()).limit(1))
    return from_json(found) if found else None
