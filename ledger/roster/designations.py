"""Billing practitioners: whose patients need another one, and many patients given to another at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, or_, select

from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force
from ledger.practice.practice import Practice
from ledger.roster.directory import Person, StaffIds, code_key, people, read_known_code
from ledger.roster.patients import StoredPatients, put_patients
from ledger.roster.storing import FROM, Put, read_from
from ledger.rules.policy import PRACTITIONER_CREDENTIALS
from ledger.storage.database import AnySelect
from ledger.storage.tables import PatientFactRow, PatientRow
from ledger.validation import Cells, Column
from ledger.values.reading import UnreadableValueError

DESIGNATION_FILE = (
    Column("patient", ("code", "patient_code")),
    Column("practitioner", ("billing_practitioner",)),
    FROM,
)
"""The columns of designations.csv: who bills for which patient, and from which day on."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A person whose work here ends, and the enrolled patients who need another billing practitioner for that."""

    staff_id: str
    last_day: date
    patient_codes: tuple[str, ...]


def leaving(connection: Connection, practice: Practice, done: Mapping[str, Put]) -> tuple[Leaving, ...]:
    """Return who of the changed rows of the staff was given a last day, as far as patients need another for that."""
    ended = {staff_id: put.after["active_to"] for staff_id, put in done.items() if "active_to" in put.changed}
    found = (left(connection, practice, staff_id, last_day) for staff_id, last_day in sorted(ended.items()) if last_day)
    return tuple(each for each in found if each.patient_codes)


def left(connection: Connection, practice: Practice, staff_id: str, last_day: date) -> Leaving:
    """Return the person, with those of their patients who are enrolled in something after ``last_day``."""
    fact = PatientFactRow
    enrolled = facts_in_force(practice.practice_id, [FactKind.ENROLLMENT]).where(
        or_(fact.until_date.is_(None), fact.until_date > last_day)
    )
    theirs = patients_billed_by(practice, staff_id).where(
        PatientRow.patient_code.in_(enrolled.with_only_columns(fact.patient_code))
    )
    return Leaving(staff_id, last_day, tuple(connection.scalars(theirs)))


def patients_billed_by(practice: Practice, staff_id: str) -> AnySelect:
    """Return the query for the codes of the patients whose billing practitioner the person is, in order."""
    mine = (PatientRow.practice_id == practice.practice_id, PatientRow.billing_practitioner == staff_id)
    return select(PatientRow.patient_code).where(*mine).order_by(PatientRow.patient_code)


@dataclass(frozen=True, slots=True)
class Known:
    """Who may be named: codes as they are compared, the staff by id, and the day that decides who works here."""

    codes: Mapping[str, str]
    staff_ids: StaffIds
    staff: Mapping[str, Person]
    today: date

    def practitioner(self, text: str) -> str:
        """Return the id of whoever can bill for patients from today on.

        Raises:
            UnreadableValueError: It means nobody, or somebody who is no practitioner or does not work here.
        """
        person = self.staff[self.staff_ids.read(text)]
        if person.credential not in PRACTITIONER_CREDENTIALS:
            raise UnreadableValueError(
                f"{person.staff_id} is no practitioner.", f"One of: {', '.join(sorted(PRACTITIONER_CREDENTIALS))}."
            )
        if not person.is_active(self.today):
            raise UnreadableValueError(f"{person.staff_id} does not work here today.", "Name somebody who does.")
        return person.staff_id


def known_for_designations(connection: Connection, practice: Practice, *, today: date) -> Known:
    """Return the roster as it is."""
    codes = select(PatientRow.patient_code).where(PatientRow.practice_id == practice.practice_id)
    staff = people(connection, practice.practice_id)
    by_key = {code_key(code): code for code in connection.scalars(codes)}
    return Known(by_key, StaffIds.of(staff), {person.staff_id: person for person in staff}, today)


@dataclass(frozen=True, slots=True)
class Designation:
    """Whoever bills for a patient, and from which day on; None is today."""

    staff_id: str
    from_date: date | None = None


def read_designation(row: Cells, known: Known) -> tuple[str, Designation]:
    """Return the patient's code and who is to bill for them; problems with the row are added to it."""
    code = (
        row.read("patient", lambda text: read_known_code(known.codes, text)) if row.text("patient", "P-1042") else None
    )
    staff_id = row.read_text("practitioner", known.practitioner, "doctor1")
    return code or "", Designation(staff_id, read_from(row, known.today))


def designate(
    connection: Connection, practice: Practice, wanted: Mapping[str, Designation], *, at: datetime, recorded_by: str
) -> StoredPatients:
    """Make these practitioners the billing ones of their patients, by code; the months of those are evaluated again."""
    rows = {code: {"billing_practitioner": each.staff_id} for code, each in wanted.items()}
    days = {code: each.from_date for code, each in wanted.items()}
    return put_patients(connection, practice, rows, [], from_dates=days, at=at, recorded_by=recorded_by)


def needing_words(each: Leaving, *, most: int) -> str:
    """Return ``doctor1 leaves on 2026-11-30: 34 patients need another billing practitioner: P-1042 and 33 more``."""
    codes = each.patient_codes
    count = f"{len(codes)} patient{'s need' if len(codes) != 1 else ' needs'} another billing practitioner"
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return f"{each.staff_id} leaves on {each.last_day}: {count}: {', '.join(codes[:most])}{more}"
