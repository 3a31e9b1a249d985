"""Case files written into a ledger as a practice would: through the import files, policy and, for voids, an undo."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from support.practice import a_request, write_csv

from ledger.imports import entry_file
from ledger.imports.fact_files import import_facts
from ledger.imports.kinds import open_file
from ledger.imports.roster_files import import_patients, import_staff, import_teams
from ledger.imports.table_file import ImportRefusedError
from ledger.practice.practice import Practice, create_practice
from ledger.recording.entries import NewEntry, record_entry
from ledger.recording.fact_reading import FACT_FILES
from ledger.recording.voids import undo_last
from ledger.roster.patients import PATIENT_FILE
from ledger.roster.staff import STAFF_FILE
from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.toml_files import parse_toml
from ledger.setting_changes import change_policy
from ledger.storage.tables import TimeEntryRow
from ledger.validation import names
from ledger.values.credentials import KNOWN_CREDENTIALS

CASES = sorted((Path(__file__).parents[1] / "rules" / "cases").glob("*.toml"))
CODE = "P-1"
LONG_AFTER = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
"""When the files are imported: everything in the cases has happened by then."""

Tables = Mapping[str, Any]
Row = dict[str, str]


@dataclass
class WrittenCase:
    """A case in the ledger: ``indexes`` says which entry of the file stands at which position of the chain."""

    practice: Practice
    month: date
    indexes: dict[int, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """What the ledger would not take, by kind of file, and why."""


def write_case(connection: Connection, path: Path, directory: Path) -> WrittenCase:
    """Writes the case in that file into the ledger, by way of CSV files in ``directory``."""
    tables = parse_toml(path.read_bytes())
    zone = tables.get("timezone", "America/New_York")
    practice = create_practice(connection, "T0CASE", "Case", zone, at=LONG_AFTER)
    policy = dict(tables.get("policy", {}))
    if own := policy.pop("qualifying_credentials", None):  # known before anybody can hold one of them
        name = "qualifying_credentials"
        practice = change_policy(connection, practice, name, own, at=LONG_AFTER, recorded_by="admin1")
    case = WrittenCase(practice, date.fromisoformat(f"{tables['month']}-01"))
    how: dict[str, Any] = {"at": LONG_AFTER, "progress": lambda *_: None}
    team = write_csv(directory / "teams.csv", ("name", "channel_id"), [{"name": "Team", "channel_id": "C0TEAM"}])
    import_teams(connection, practice, open_file("teams", team), **how)
    people = write_csv(directory / "staff.csv", names(STAFF_FILE), staff_rows(tables))
    import_staff(connection, practice, open_file("staff", people), **how)
    roster = write_csv(directory / "patients.csv", names(PATIENT_FILE), [_patient_row(tables)])
    import_patients(connection, practice, open_file("patients", roster), **how)
    work = [
        _entry_row(index, entry, practice.zone)
        for index, entry in enumerate(tables.get("entry", ()))
        if not entry.get("voided")
    ]
    with _told(case, "entries"):
        file = write_csv(directory / "entries.csv", names(entry_file.ENTRY_FILE), work)
        table = open_file("entries", file)
        entry_file.import_entries(connection, practice, table, confirm_long=True, **how)
    _note_positions(connection, case)
    for index, entry in enumerate(tables.get("entry", ())):
        if entry.get("voided"):
            _record_and_void(connection, case, index, entry)
    for kind, rows in fact_rows(tables).items():
        with _told(case, kind):
            file = write_csv(directory / f"{kind}.csv", ("patient", *FACT_FILES[kind].columns), rows)
            import_facts(connection, practice, open_file(kind, file), kind=kind, **how)
    if payments := policy.pop("payments", None):
        policy["payments"] = {f"{case.month.year}": payments}
    for name, value in policy.items():
        case.practice = change_policy(connection, case.practice, name, value, at=LONG_AFTER, recorded_by="admin1")
    return case


@contextmanager
def _told(case: WrittenCase, kind: str) -> Iterator[None]:
    """Notes what a refused file had wrong, and goes on."""
    try:
        yield
    except ImportRefusedError as error:
        case.refused[kind] = "; ".join(map(str, error.problems))


def staff_rows(tables: Tables) -> Iterable[Row]:
    """The rows of staff.csv: the staff of the case; of several rows of one person each holds from its first day."""
    people: dict[str, list[Tables]] = {}
    for person in tables.get("staff", ()):
        people.setdefault(person["id"], []).append(person)
    for staff_id, periods in people.items():
        for number, person in enumerate(periods):
            yield {
                "id": staff_id,
                "name": staff_id,
                "credential": _credential(tables, person["credential"]),
                "active_from": _text(periods[0].get("active_from")),
                "active_to": _text(periods[-1].get("active_to")),
                "supervised": _yes_no(person.get("supervised", True)),
                "employed": _yes_no(person.get("employed", True)),
                "from": _text(person.get("active_from")) if number else "",
            }


def _credential(tables: Tables, text: str) -> str:
    """What a ledger takes: in a case, what is no credential is none."""
    own = tables.get("policy", {}).get("qualifying_credentials", ())
    return text if text in {*KNOWN_CREDENTIALS, *own} else "none"


def fact_rows(tables: Tables) -> dict[str, list[Row]]:
    """The rows of each file of facts."""
    patient, month = tables.get("patient", {}), tables["month"]
    marks = [{"mark": "billed_elsewhere", "program": program} for program in patient.get("billed_elsewhere", ())]
    marks += [{"mark": "apcm"}] if patient.get("apcm") else []
    marks += [{"mark": code} for code in patient.get("other_services", ())]
    found = {
        "enrollments": _rows(tables, "enrollment"),
        "consents": [{"form": "verbal", **row} for row in _rows(tables, "consent")],
        "visits": _rows(tables, "initiating_visit"),
        "care-plans": [_with_copy(row) for row in tables.get("care_plan", ())],
        "stays": _rows(tables, "stay"),
        "complexity": _rows(tables, "complexity"),
        "devices": _rows(tables, "device"),
        "readings": [
            row if {"from", "dates"} & row.keys() else {"month": month, **row} for row in _rows(tables, "readings")
        ],
        "marks": [{"month": month, **mark} for mark in marks],
    }
    return {kind: [{"patient": CODE, **row} for row in rows] for kind, rows in found.items() if rows}


def _with_copy(plan: Tables) -> Row:
    """The row of a care plan, with the copy that was given in columns of its own."""
    copy = {f"copy_{name}": _text(value) for name, value in plan.get("copy", {}).items()}
    return {name: _text(value) for name, value in plan.items() if name != "copy"} | copy


def _rows(tables: Tables, table: str) -> list[Row]:
    return [{name: _text(value) for name, value in row.items()} for row in tables.get(table, ())]


def _patient_row(tables: Tables) -> Row:
    patient = tables.get("patient", {})
    return {
        "code": CODE,
        "team": "Team",
        "billing_practitioner": patient.get("billing_practitioner", ""),
        "conditions": ";".join(patient.get("conditions", ())),
        "risk_documented": _yes_no(patient.get("risk_documented", True)),
    }


def _entry_row(index: int, entry: Tables, zone: ZoneInfo) -> Row:
    written = {name: _text(value) for name, value in entry.items() if name != "voided"}
    return {"external_id": f"E-{index}", "patient": CODE, **written, "recorded": _recorded(entry, zone).isoformat()}


def _recorded(entry: Tables, zone: ZoneInfo) -> datetime:
    """When the entry was recorded: by default at the end of the work, on the second pass of an hour that repeats."""
    default = entry["end"] if "end" in entry else datetime.combine(entry["date"] + timedelta(days=1), time.min)
    recorded: datetime = entry.get("recorded", default)
    is_second_pass = "end" in entry and entry["end"] <= entry["start"]
    return recorded.replace(tzinfo=zone, fold=int(is_second_pass))


def _note_positions(connection: Connection, case: WrittenCase) -> None:
    rows = connection.execute(
        select(TimeEntryRow.position, TimeEntryRow.external_id).filter_by(practice_id=case.practice.practice_id)
    )
    case.indexes |= {row.position: int(row.external_id.removeprefix("E-")) for row in rows}


def _record_and_void(connection: Connection, case: WrittenCase, index: int, entry: Tables) -> None:
    """Records an entry as in Slack and undoes it a minute later: an import brings no voids."""
    at = _recorded(entry, case.practice.zone)
    when: dict[str, Any] = {"date_of_service": entry.get("date"), "duration_minutes": entry.get("minutes")}
    if "start" in entry:
        when = {
            "started_at": entry["start"].replace(tzinfo=case.practice.zone),
            "ended_at": entry["end"].replace(tzinfo=case.practice.zone),
        }
    work = NewEntry(
        CODE,
        entry["staff"],
        Program(entry["program"]),
        Activity(entry["activity"]),
        entry["note"],
        Contact(entry["contact"]) if "contact" in entry else None,
        **when,
    )
    by = {"recorded_by": entry["staff"], "confirmed": True}
    receipt = record_entry(connection, case.practice, work, request=a_request(), at=at, **by)
    undo_last(connection, case.practice, entry["staff"], request=a_request(), at=at + timedelta(minutes=1))
    case.indexes |= {one.position: index for one in receipt.parts}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ";".join(map(_text, value)) or "none"
    return "" if value is None else str(value)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
