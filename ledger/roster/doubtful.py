"""What an older version let into the ledger and no door takes any more: read as it stands, and named for mending."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, select

from ledger.patients.facts_in_force import facts_in_force
from ledger.practice.practice import Practice
from ledger.roster.directory import people
from ledger.storage.database import AnyRow
from ledger.storage.tables import PatientRow
from ledger.values.codes import read_patient_code
from ledger.values.conditions import read_condition
from ledger.values.credentials import credential_meant, read_qualifying
from ledger.values.days import refuse_outside_care
from ledger.values.reading import UnreadableValueError


@dataclass(frozen=True, slots=True)
class DoubtfulValues:
    """What is stored otherwise than it would be read today, by kind; nothing of it is empty where all is well."""

    credentials: dict[str, str | None] = field(default_factory=dict)
    """By staff id: the credential that is meant, None where it cannot be read."""
    qualifying: tuple[str, ...] = ()
    """Credentials of the setting that are spelled otherwise than those of the staff."""
    alike: tuple[tuple[str, ...], ...] = ()
    """Staff ids that differ in case alone."""
    conditions: tuple[str, ...] = ()
    """Patients with a condition that is no code, or not written as codes are compared."""
    codes: int = 0
    """How many patients have a code that says something of them, or that no form holds."""
    days: tuple[tuple[str, str, date], ...] = ()
    """Facts on a day on which they cannot have been: the patient, the kind, the day."""


def doubtful_values(connection: Connection, practice: Practice, today: date) -> DoubtfulValues:
    """Return what of the practice's roster and facts no door would let in today."""
    credentials = {}
    alike = defaultdict(list)
    for person in people(connection, practice.practice_id):
        alike[person.staff_id.casefold()].append(person.staff_id)
        meant = credential_meant(person.credential, practice.policy.qualifying_credentials)
        if meant != person.credential:
            credentials[person.staff_id] = meant
    mine = select(PatientRow.patient_code, PatientRow.conditions).where(PatientRow.practice_id == practice.practice_id)
    patients = connection.execute(mine.order_by(PatientRow.patient_code)).all()
    facts = connection.execute(facts_in_force(practice.practice_id))
    return DoubtfulValues(
        credentials=credentials,
        qualifying=tuple(sorted({*practice.policy.qualifying_credentials} - {*_compared(practice)})),
        alike=tuple(tuple(ids) for ids in alike.values() if len(ids) > 1),
        conditions=tuple(row.patient_code for row in patients if not all(map(_is_condition, row.conditions))),
        codes=sum(not _is_code(row.patient_code, today) for row in patients),
        days=tuple(sorted((row.patient_code, row.kind, row.on_date) for row in facts if not _is_day(row, today))),
    )


def _compared(practice: Practice) -> list[str]:
    return read_qualifying(practice.policy.qualifying_credentials)


def _is_condition(stored: str) -> bool:
    try:
        return read_condition(stored) == stored
    except UnreadableValueError:
        return False


def _is_code(stored: str, today: date) -> bool:
    try:
        return read_patient_code(stored, today=today) == stored
    except UnreadableValueError:
        return False


def _is_day(fact: AnyRow, today: date) -> bool:
    try:
        refuse_outside_care(fact.on_date, today)
    except UnreadableValueError:
        return False
    return True
