"""An invented practice, its people and their work, for tests; written through the import as a user would."""

import csv
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert, select

from ledger.audit.verify import Verification, verify
from ledger.imports.kinds import FILE_KINDS, open_file
from ledger.months.patient_months import EvaluatedMonth, statement_of
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice, create_practice, get_practice
from ledger.recording.entries import NewEntry, Receipt, record_entry
from ledger.recording.voids import VoidReceipt, undo_last
from ledger.roster.directory import code_key, code_number
from ledger.roster.patients import put_patients
from ledger.roster.teams import TEAM_FILE
from ledger.rules.facts import Activity, Contact, Program
from ledger.storage.database import Database
from ledger.storage.idempotency import Request
from ledger.storage.schema import upgrade
from ledger.storage.tables import Base
from ledger.validation import ImportSummary, names

FILES = {kind: FILE_KINDS[kind].columns for kind in ("teams", "staff", "patients", "designations", "entries")}
COLUMNS = {kind: names(columns) for kind, columns in FILES.items()} | {"teams": names(TEAM_FILE[:2])}
"""The columns that ``import_rows`` writes: of teams those that say nothing of digests."""
"""The columns of each kind of file of the roster and of time."""

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 11, 18)
"""A Wednesday."""
AT = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
"""Three in the afternoon of ``TODAY`` in New York."""
MONTH = date(2026, 11, 1)
NOTE = "Reconciled the insulin list with the patient. Dose confirmed, next call on Friday."

TEAMS = (
    {"name": "Blue Team", "channel_id": "C0BLUE"},
    {"name": "Green Team", "channel_id": "C0GREEN"},
)
STAFF = (
    {"id": "nurse1", "slack_user_id": "U0NURSE1", "name": "Nurse One", "credential": "RN", "roles": "coordinator"},
    {"id": "nurse2", "slack_user_id": "U0NURSE2", "name": "Nurse Two", "credential": "LPN", "roles": "coordinator"},
    {"id": "lead1", "slack_user_id": "U0LEAD1", "name": "Lead One", "credential": "RN", "roles": "lead"},
    {"id": "doctor1", "slack_user_id": "U0DOCTOR1", "name": "Doctor One", "credential": "MD", "roles": "practitioner"},
    {"id": "biller1", "slack_user_id": "U0BILLER1", "name": "Biller One", "credential": "", "roles": "biller"},
    {"id": "admin1", "slack_user_id": "U0ADMIN1", "name": "Admin One", "credential": "", "roles": "admin"},
)
"""Nurse Two works with the green team alone, the others with both."""
PATIENTS = (
    {"code": "P-1042", "team": "Blue Team"},
    {"code": "P-1043", "team": "Blue Team"},
    {"code": "P-1044", "team": "Green Team", "programs": "CCM;RPM"},
    {"code": "P-1045", "team": "Green Team", "programs": "RPM"},
    {"code": "P-1046", "team": "Blue Team", "consent_date": "", "consent_form": ""},
)
"""P-1046 never consented: the program is blocked. Nothing keeps the others from being billed."""

_STAFF_DEFAULTS = {"teams": "Blue Team;Green Team", "active_from": "2025-01-01", "supervised": "yes"}
_PATIENT_DEFAULTS = {
    "team": "Blue Team",
    "billing_practitioner": "doctor1",
    "conditions": "E11.9;I10",
    "risk_documented": "yes",
    "programs": "CCM",
    "enrolled_on": "2026-01-05",
    "consent_date": "2026-01-05",
    "consent_form": "verbal",
    "initiating_visit_date": "2025-12-15",
    "initiating_visit_type": "AWV",
    "care_plan_date": "2026-10-01",
}
_ENTRY_DEFAULTS = {
    "staff": "nurse1",
    "patient": "P-1042",
    "program": "CCM",
    "activity": "medication",
    "date": "2026-11-17",
    "minutes": "12",
    "note": NOTE,
}
_keys = count(1)


def local(text: str) -> datetime:
    """The instant at which clocks in New York show ``text``, for example ``2026-11-18 10:05``."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def staff_row(**cells: str) -> dict[str, str]:
    """A row of staff.csv: ``cells`` over plain values."""
    return {**_STAFF_DEFAULTS, **cells}


def patient_row(**cells: str) -> dict[str, str]:
    """A row of patients.csv: ``cells`` over those of a patient whom nothing blocks."""
    return {**_PATIENT_DEFAULTS, **cells}


def entry_row(**cells: str) -> dict[str, str]:
    """A row of entries.csv: ``cells`` over twelve minutes of yesterday, or over times where ``start`` is given."""
    defaults = {**_ENTRY_DEFAULTS, **({"date": "", "minutes": ""} if "start" in cells else {})}
    return {"external_id": f"E-{next(_keys):06}", **defaults, **cells}


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Path:
    """``path``, now a CSV file of these rows; a column that a row lacks is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def import_rows(
    database: Database,
    practice: Practice,
    kind: str,
    rows: Iterable[Mapping[str, str]],
    *,
    at: datetime = AT,
    **how: Any,
) -> ImportSummary:
    """Imports rows of ``kind`` (teams, staff, patients, entries) from a file, as ``ccm import`` does."""
    with tempfile.TemporaryDirectory() as directory:
        path = write_csv(Path(directory) / f"{kind}.csv", COLUMNS[kind], rows)
        return import_file(database, practice, kind, path, at=at, **how)


def import_file(
    database: Database, practice: Practice, kind: str, path: Path, *, at: datetime = AT, **how: Any
) -> ImportSummary:
    """Imports a file of ``kind`` (teams, staff, patients, entries), as ``ccm import --confirm`` does."""
    table = open_file(kind, path)
    if FILE_KINDS[kind].may_cost:
        how = {"confirmed": True, **how}
    with database.of(practice.practice_id).writing() as connection:
        return FILE_KINDS[kind].store(connection, practice, table, at=at, progress=lambda *_: None, **how)


def patient_of_an_older_version(database: Database, practice: Practice, code: str, conditions: Sequence[str]) -> None:
    """Stores a patient of the blue team whom no door would take today, enrolled like the others."""
    columns = {
        "code_key": code_key(code),
        "code_number": code_number(code),
        "team_id": "blue-team",
        "billing_practitioner": "doctor1",
        "conditions": list(conditions),
        "risk_documented": True,
    }
    facts = [
        Fact(code, FactKind.ENROLLMENT, date(2026, 1, 5), "CCM"),
        Fact(code, FactKind.CONSENT, date(1926, 1, 5), "CCM", details={"form": "verbal"}),
        Fact(code, FactKind.INITIATING_VISIT, date(2025, 12, 15), details={"type": "AWV"}),
        Fact(code, FactKind.CARE_PLAN, date(2026, 10, 1)),
    ]
    with database.of(practice.practice_id).writing() as connection:
        put_patients(connection, practice, {code: columns}, facts, at=AT, recorded_by="import")


def a_practice(database: Database, practice_id: str = "T0TEST", timezone: str = "America/New_York") -> Practice:
    """A stored practice with ``TEAMS``, ``STAFF`` and ``PATIENTS``."""
    with database.of(practice_id).writing() as connection:
        for table, rows in _imported(practice_id, timezone):
            connection.execute(insert(table), rows)
        return get_practice(connection, practice_id)


@cache
def _imported(practice_id: str, timezone: str) -> list[tuple[Table, list[dict[str, Any]]]]:
    """The rows of a practice that was imported as a user would, by table: to store them again is far quicker."""
    with tempfile.TemporaryDirectory() as directory, closing(Database(f"sqlite:///{directory}/ledger")) as database:
        upgrade(database)
        with database.of(practice_id).writing() as connection:
            practice = create_practice(connection, practice_id, "Test Practice", timezone, at=AT)
        import_rows(database, practice, "teams", TEAMS)
        green = {"nurse2": {"teams": "Green Team"}}
        staff_rows = [staff_row(**person, **green.get(person["id"], {})) for person in STAFF]
        import_rows(database, practice, "staff", staff_rows)
        import_rows(database, practice, "patients", [patient_row(**patient) for patient in PATIENTS])
        with database.of(practice_id).reading() as connection:
            stored = [
                (table, connection.execute(select(table)).mappings().all()) for table in Base.metadata.sorted_tables
            ]
            return [(table, [dict(row) for row in rows]) for table, rows in stored if rows]


def an_entry(
    *,
    patient: str = "P-1042",
    staff: str = "nurse1",
    program: Program = Program("CCM"),
    activity: Activity = Activity.MEDICATION,
    contact: Contact | None = None,
    day: date = TODAY,
    minutes: int = 12,
    times: tuple[str, str] | None = None,
    note: str = NOTE,
) -> NewEntry:
    """Twelve minutes of today, or other work; with ``times`` (local, as ``local`` reads them) in place of minutes."""
    when: dict[str, Any] = {"date_of_service": day, "duration_minutes": minutes}
    if times:
        when = {"started_at": local(times[0]), "ended_at": local(times[1])}
    return NewEntry(patient, staff, program, activity, note, contact, **when)


def a_request(content: Mapping[str, Any] | None = None, key: str | None = None) -> Request:
    """A request under a key that no other has, or under ``key``."""
    return Request(key or f"request-{next(_keys)}", content or {"text": "log"})


def record(
    database: Database,
    practice: Practice,
    entry: NewEntry,
    *,
    at: datetime = AT,
    request: Request | None = None,
    confirmed: bool = False,
) -> Receipt:
    """Records ``entry`` by its own staff member, in a transaction of its own."""
    with database.of(practice.practice_id).writing() as connection:
        return record_entry(
            connection,
            practice,
            entry,
            request=request or a_request(),
            at=at,
            recorded_by=entry.staff_id,
            confirmed=confirmed,
        )


def undo(
    database: Database,
    practice: Practice,
    staff_id: str = "nurse1",
    *,
    at: datetime = AT,
    request: Request | None = None,
    patient: str | None = None,
    position: int | None = None,
) -> VoidReceipt:
    """Undoes the staff member's last entry, or the one named, in a transaction of its own."""
    with database.of(practice.practice_id).writing() as connection:
        return undo_last(
            connection,
            practice,
            staff_id,
            request=request or a_request({"text": "undo"}),
            at=at,
            patient_code=patient,
            position=position,
        )


def statement(database: Database, practice: Practice, patient: str = "P-1042", month: date = MONTH) -> EvaluatedMonth:
    """The patient-month, evaluated now."""
    with database.of(practice.practice_id).reading() as connection:
        return statement_of(connection, practice, patient, month)


def verified(database: Database, practice: Practice) -> Verification:
    """What ``ccm verify`` finds."""
    with database.of(practice.practice_id).reading() as connection:
        return verify(connection, practice)
