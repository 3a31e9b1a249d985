"""Claim lines of the test practice: work of October, exports, and what became of lines."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from support.closing import OCTOBER
from support.practice import AT, a_request, entry_row, import_rows, patient_row, staff_row

from ledger.claims.exports import export_claims, line_as_exported, list_claims
from ledger.claims.lines import ClaimLine
from ledger.claims.marks import Asked, MarkReceipt, mark_line
from ledger.claims.states import Change, ClaimList, ClaimStatus
from ledger.practice.practice import Practice
from ledger.storage.database import Database

NPI = "1234567893"


def work(
    database: Database,
    practice: Practice,
    *minutes: int,
    patient: str = "P-1042",
    first_day: int = 5,
    month: date = OCTOBER,
) -> None:
    """Logs minutes in October or another month, each on a day of its own."""
    rows = [
        entry_row(patient=patient, minutes=str(one), date=f"{month:%Y-%m}-{first_day + index:02}")
        for index, one in enumerate(minutes)
    ]
    import_rows(database, practice, "entries", rows)


def give_npi(database: Database, practice: Practice, npi: str = NPI) -> None:
    """Records the NPI of the practitioner who bills."""
    row = {"id": "doctor1", "slack_user_id": "U0DOCTOR1", "name": "Doctor One", "credential": "MD"}
    import_rows(database, practice, "staff", [staff_row(**row, roles="practitioner", npi=npi)])


def change_diagnoses(database: Database, practice: Practice, patient: str = "P-1042") -> None:
    """Corrects the patient's conditions for the whole of October."""
    row = {"code": patient, "conditions": "I10;N18.3", "from": f"{OCTOBER}"}
    import_rows(database, practice, "patients", [patient_row(**row)])


def claims(database: Database, practice: Practice, month: date = OCTOBER) -> ClaimList:
    """The month's lines as they stand."""
    with database.of(practice.practice_id).reading() as connection:
        return list_claims(connection, practice, month)


def export(database: Database, practice: Practice, month: date = OCTOBER, *, at: datetime = AT) -> ClaimList:
    """Exports the month, as biller1 would."""
    return export_claims(database.of(practice.practice_id), practice, month, at=at, by="biller1")


def mark(
    database: Database,
    practice: Practice,
    code: str,
    status: ClaimStatus,
    *,
    patient: str = "P-1042",
    month: date = OCTOBER,
    request: Any = None,
    **said: Any,
) -> MarkReceipt:
    """Records what became of a line, as biller1 would."""
    found = claims(database, practice, month).lines
    line = next(one.line for one in found if (one.line.patient_code, one.line.code) == (patient, code))
    with database.of(practice.practice_id).writing() as connection:
        asked = Asked(line_as_exported(connection, practice, line.key) or line, status, **said)
        return mark_line(connection, practice, asked, request=request or a_request(), at=AT, by="biller1")


def codes(found: ClaimList, *changes: Change) -> list[tuple[str, str, int]]:
    """Patient, code and units of the lines that stand so; of all where nothing is asked."""
    asked: Iterable[Change] = changes or Change
    lines: list[ClaimLine] = [one.line for one in found.lines if one.change in asked]
    return [(line.patient_code, line.code, line.units) for line in lines]


def changes_of(found: ClaimList) -> dict[str, Change]:
    """How each code of the only patient stands."""
    return {one.line.code: one.change for one in found.lines}
