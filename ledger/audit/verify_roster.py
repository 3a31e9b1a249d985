"""The roster, checked: its rows are what was told of people and patients, as it holds now (decision 040)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ledger.patients.roster_history import DATED, PATIENTS, STAFF, History, histories
from ledger.practice.practice import Practice
from ledger.storage.tables import PatientRow, StaffRow


def check_patients(connection: Connection, practice: Practice, codes: Sequence[str]) -> str | None:
    """Return the first of these patients whose row is not what was told, and the column, or None."""
    rows = select(PatientRow.__table__).where(
        PatientRow.practice_id == practice.practice_id, PatientRow.patient_code.in_(codes)
    )
    return _first_other(connection, practice, PATIENTS, "patient_code", rows)


def check_staff(connection: Connection, practice: Practice) -> str | None:
    """Return the first person whose row is not what was told, and the column, or None."""
    rows = select(StaffRow.__table__).where(StaffRow.practice_id == practice.practice_id)
    return _first_other(connection, practice, STAFF, "staff_id", rows)


def _first_other(connection: Connection, practice: Practice, kind: str, key_column: str, rows: Any) -> str | None:
    """Nothing is told of days ahead, so that what holds on the last day there is holds now."""
    found = {row[key_column]: row for row in connection.execute(rows).mappings()}
    told = histories(connection, practice.practice_id, kind, found)
    for key in sorted(found):
        held = {**DATED[kind], **told.get(key, History()).on(date.max)}
        for name in DATED[kind]:
            if found[key][name] != held[name]:
                return f"{key} {name}: the roster's row is not what was told of it."
    return None
