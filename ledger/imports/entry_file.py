"""``ccm import entries``: time that was documented elsewhere, under the same rules as time typed in Slack."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from ledger.clock import month_of
from ledger.errors import LedgerError
from ledger.imports.doubles import Doubles
from ledger.imports.table_file import Rows, refuse_if_any
from ledger.months.closed_months import reopen_example, share_months
from ledger.months.patient_months import reevaluate_all
from ledger.patients.facts import FactKind
from ledger.patients.facts_in_force import facts_in_force, holds_on
from ledger.practice.practice import Practice
from ledger.recording.entries import (
    EntryPart,
    NewEntry,
    entry_name,
    entry_rows,
    live_entries,
    parts_of,
)
from ledger.recording.staff_locks import lock_many_staff
from ledger.roster.directory import StaffIds, code_key, people, read_known_code
from ledger.roster.storing import IMPORTED_BY
from ledger.rules.durations import duration_minutes
from ledger.rules.facts import CONTACT_ACTIVITIES, Activity, Contact, Program
from ledger.rules.rulebook import known_programs, rulebook_for
from ledger.storage.batches import batches
from ledger.storage.database import AnyRow
from ledger.storage.hash_chain import content_hash, lock_head, move_head
from ledger.storage.tables import PatientRow, RequestRow, TimeEntryRow
from ledger.validation import Cells, Column, ImportSummary, Progress
from ledger.values.activities import read_activity, read_contact
from ledger.values.codes import read_external_id
from ledger.values.phrases import phrase_of

ENTRY_FILE = (
    Column("external_id", ("entry_id",)),
    Column("staff", ("staff_id",)),
    Column("patient", ("code", "patient_code")),
    Column("program", may_be_missing=True),
    Column("activity"),
    Column("contact", may_be_missing=True),
    Column("date", ("date_of_service", "dos"), may_be_missing=True),
    Column("minutes", ("duration_minutes",), may_be_missing=True),
    Column("start", ("start_time", "started_at"), may_be_missing=True),
    Column("end", ("end_time", "ended_at"), may_be_missing=True),
    Column("note", ("notes",), may_be_missing=True),
    Column("recorded", ("recorded_at",), may_be_missing=True),
)
"""The columns of entries.csv."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A valid row of the file: the entry it asks for, when it was recorded, and what makes it the same again."""

    cells: Cells
    external_id: str
    entry: NewEntry
    parts: tuple[EntryPart, ...]
    recorded_at: datetime
    content: str


class _Roster:
    """Whom the rows may name, and in which programs patients are enrolled when."""

    def __init__(self, connection: Connection, practice: Practice) -> None:
        practice_id = practice.practice_id
        self.staff_ids = StaffIds.of(people(connection, practice_id))
        codes = select(PatientRow.code_key, PatientRow.patient_code).filter_by(practice_id=practice_id)
        self.codes = {row.code_key: row.patient_code for row in connection.execute(codes)}
        self._enrollments: dict[str, list[AnyRow]] = defaultdict(list)
        for row in connection.execute(facts_in_force(practice_id, [FactKind.ENROLLMENT])):
            self._enrollments[row.patient_code].append(row)

    def read_staff_id(self, text: str) -> str:
        """Return the id that a cell means; raises ``UnreadableValueError``."""
        return self.staff_ids.read(text, "Import it first: ccm import staff staff.csv")

    def programs(self, code: str, on: date) -> list[Program]:
        """Return the programs that the patient is enrolled in on that day, in order of name."""
        known = self._enrollments.get(code, ())
        return sorted({Program(row.subject) for row in known if holds_on(on, row.on_date, row.until_date)})


def import_entries(
    connection: Connection,
    practice: Practice,
    table: Rows,
    *,
    at: datetime,
    progress: Progress,
    confirm_long: bool = False,
) -> ImportSummary:
    """Store the entries of the file; raise ``ImportRefusedError`` where any row is wrong.

    A row whose external id was imported before with the same content changes nothing. ``confirm_long`` accepts
    entries over 180 minutes (E4). A row that may be the same work as another entry is stored, and the summary warns of
    it (E7b, W12).
    """
    rows = table.rows
    named = {row.values["staff"] for row in rows}
    roster = _Roster(connection, practice)
    lock_many_staff(connection, practice, {staff_id for text in named for staff_id in roster.staff_ids.find(text)})
    imported = _imported_before(connection, practice, rows)
    new = []
    seen: dict[str, int] = {}
    for done, row in enumerate(rows, start=1):
        external_id = row.values["external_id"]
        first = seen.setdefault(external_id, row.line)
        if external_id and first != row.line:
            row.refuse("external_id", f"stands in line {first} as well.", "Each entry has an id of its own.")
        elif external_id in imported and content_hash(row.values) == imported[external_id]:
            continue
        elif line := _line(row, roster, practice, at=at, confirm_long=confirm_long):
            _refuse_other_content(line, imported[external_id]) if external_id in imported else new.append(line)
        if done % 500 == 0 or done == len(rows):
            progress("reading entries", done, len(rows))
    _refuse_overlaps(connection, practice, new)
    _refuse_closed_months(connection, practice, new)
    refuse_if_any(table)
    doubles = Doubles()
    _store(connection, practice, new, progress, doubles)
    return ImportSummary(
        added=len(new), unchanged=len(rows) - len(new), read_as=table.said(), warnings=doubles.warnings()
    )


def _line(row: Cells, roster: _Roster, practice: Practice, *, at: datetime, confirm_long: bool) -> _Line | None:
    """Return the row as an entry, or None where it has a problem."""
    external_id = row.read_text("external_id", read_external_id, "E-000123")
    staff_id = row.read_text("staff", roster.read_staff_id, "coord1")
    code = row.read_text("patient", lambda text: read_known_code(roster.codes, text), "P-1042")
    length = _length(row, practice)
    program = _program(row, roster, code, practice, length)
    row.values |= {"staff": staff_id, "patient": code}
    activity, contact = _what_and_how(row)
    if activity in CONTACT_ACTIVITIES and contact is None and not row.values["contact"]:
        row.refuse("contact", f"is empty, but {activity} needs one.", f"One of: {', '.join(Contact)}")
    recorded_at = row.local_time("recorded", practice) or at
    if recorded_at > at:
        row.refuse("recorded", "lies in the future.", "Write when it was recorded, or leave it empty.")
    parts: tuple[EntryPart, ...] = ()
    entry = None
    if length is not None and program is not None and activity is not None:
        entry = NewEntry(code, staff_id, program, activity, row.values["note"], contact, **length)
        parts = _parts(row, entry, practice, at=at, confirm_long=confirm_long)
        _refuse_early_record(row, entry, practice, recorded_at)
    if row.problems or entry is None:
        return None
    return _Line(row, external_id, entry, parts, recorded_at, content_hash(row.values))


def _what_and_how(row: Cells) -> tuple[Activity | None, Contact | None]:
    """Return the activity and the contact that the row names; a ``phone call`` names both."""
    activity = contact = None
    if row.text("activity", "medication") and (read := row.read("activity", read_activity)):
        activity, contact = read
    if row.values["contact"]:
        said = row.spelled("contact", read_contact, str)
        if said and contact and said is not contact:
            row.refuse("contact", f"{said} contradicts the activity.", "Correct one of the two.")
        contact = said
    if activity is not None:
        if phrase_of(row.values["activity"]) != phrase_of(activity):
            row.note_reading("activity", row.values["activity"], activity)
        row.values |= {"activity": activity.value, "contact": contact.value if contact else ""}
    return activity, contact


def _program(
    row: Cells, roster: _Roster, code: str, practice: Practice, length: Mapping[str, Any] | None
) -> Program | None:
    """Return the program that the row names, else the only one that the patient is enrolled in on the entry's day."""
    if row.values["program"]:
        return row.choice("program", known_programs())
    if length is None or code_key(code) not in roster.codes:
        return None
    day = practice.local_date(length["started_at"]) if "started_at" in length else length["date_of_service"]
    programs = roster.programs(code, day)
    if len(programs) == 1:
        return programs[0]
    enrolled = " and ".join(programs) or "no program"
    row.refuse("program", f"is empty, and {code} is enrolled in {enrolled} on {day}.", "Name one, for example: CCM")
    return None


def _length(row: Cells, practice: Practice) -> dict[str, Any] | None:
    """Return the columns of ``NewEntry`` that say when and how long; None where they do not."""
    day, minutes = row.day("date"), row.whole_number("minutes", minutes=True)
    start, end = row.local_time("start", practice, day), row.local_time("end", practice, day)
    if row.values["start"] or row.values["end"]:
        for column in ("start", "end"):
            if not row.values[column]:
                row.refuse(column, "is empty, but the other time is not.", "For example: 2026-11-03T10:05")
        if start and day and day != practice.local_date(start):
            row.refuse("date", f"{day} is not the date of start.", "With times the date follows: leave it empty.")
        if start is None or end is None:
            return None
        end = _after(start, end, practice)
        if minutes is not None and minutes != duration_minutes(start, end):
            said = f"{minutes} is not the length from start to end, {duration_minutes(start, end)}."
            row.refuse("minutes", said, "With times the length follows: leave it empty, or correct one of them.")
        row.values["minutes"] = ""  # it says nothing that the times do not say
        return {"started_at": start, "ended_at": end}
    for column in ("date", "minutes"):
        if not row.values[column]:
            row.refuse(column, "is empty.", "Give date and minutes (2026-11-03, 12), or start and end.")
    return {"date_of_service": day, "duration_minutes": minutes} if day and minutes is not None else None


def _after(start: datetime, end: datetime, practice: Practice) -> datetime:
    """Return the end; in the hour that repeats in autumn, its second pass where only that is later than the start."""
    second_pass = practice.local(end).replace(fold=1).astimezone(UTC)
    return second_pass if end <= start < second_pass else end


def _parts(
    row: Cells, entry: NewEntry, practice: Practice, *, at: datetime, confirm_long: bool
) -> tuple[EntryPart, ...]:
    try:
        parts = parts_of(entry, practice, at=at, confirmed=confirm_long)
        for part in parts:
            rulebook_for(month_of(part.date_of_service))
    except LedgerError as error:
        remedies = {
            "LONG_ENTRY": "If that is right: ccm import entries --confirm-long",
            "RULEBOOK_MISSING": f"Leave such lines out: no claim is filed so late. Or: {error.remedy}",
        }
        remedy = remedies.get(error.code, error.remedy)
        length_column, day_column = ("end", "end") if entry.ended_at else ("minutes", "date")
        columns = {
            "NOTE_TOO_LONG": "note",
            "IDENTIFIER_IN_TEXT": "note",
            "IN_FUTURE": day_column,
            "RULEBOOK_MISSING": day_column,
        }
        row.refuse(columns.get(error.code, length_column), error.title, remedy)
        return ()
    return parts


def _refuse_early_record(row: Cells, entry: NewEntry, practice: Practice, recorded_at: datetime) -> None:
    """Add a problem where the entry was recorded before the work was over (E4)."""
    if entry.ended_at is not None:
        is_early = recorded_at < entry.ended_at
    else:
        is_early = entry.date_of_service is not None and practice.local_date(recorded_at) < entry.date_of_service
    if is_early and row.values["recorded"]:
        row.refuse("recorded", "is before the end of the work (rule E4).", "Correct one of the two.")


def _imported_before(connection: Connection, practice: Practice, rows: Sequence[Cells]) -> dict[str, str]:
    """Return the content hashes of entries that were imported before, by external id."""
    keys = {_key(row.values["external_id"]): row.values["external_id"] for row in rows}
    imported: dict[str, str] = {}
    for batch in batches(list(keys)):
        found = connection.execute(
            select(RequestRow.idempotency_key, RequestRow.content_hash).where(
                RequestRow.practice_id == practice.practice_id, RequestRow.idempotency_key.in_(batch)
            )
        )
        imported |= {keys[row.idempotency_key]: row.content_hash for row in found}
    return imported


def _refuse_other_content(line: _Line, imported_hash: str) -> None:
    row = line.cells
    if line.content != imported_hash:
        row.refuse(
            "external_id",
            f"{row.values['external_id']} was imported before with other content.",
            "Entries are never changed: give a corrected entry a new id.",
        )


def _key(external_id: str) -> str:
    return f"import:{external_id}"


def _refuse_overlaps(connection: Connection, practice: Practice, lines: list[_Line]) -> None:
    """Add a problem to each line whose times overlap another live entry of the same staff member (E6)."""
    timed = [line for line in lines if line.entry.started_at and line.entry.ended_at]
    taken: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    if timed:
        since = min(line.entry.started_at for line in timed if line.entry.started_at) - timedelta(days=1)
        query = live_entries(practice).where(TimeEntryRow.started_at > since).order_by(TimeEntryRow.started_at)
        for row in connection.execute(query):
            name = entry_name(row.patient_code, row.position)
            taken[row.staff_id].append((row.started_at, row.ended_at, name))
    for line in timed:
        start, end = line.entry.started_at, line.entry.ended_at
        if start is None or end is None:
            continue
        slots = taken[line.entry.staff_id]
        other = _overlapping(slots, start.astimezone(UTC), end.astimezone(UTC))
        if other is None:
            insort(slots, (start.astimezone(UTC), end.astimezone(UTC), f"line {line.cells.line}"))
        else:
            line.cells.refuse("start", f"overlaps {other} of the same staff member (rule E6).", "Correct one of them.")


def _overlapping(slots: list[tuple[datetime, datetime, str]], start: datetime, end: datetime) -> str | None:
    """Return the name of the slot that shares time with start to end; slots are in order and free of overlap."""
    after = bisect_left(slots, (start,))
    for slot in slots[max(after - 1, 0) : after + 1]:
        if slot[0] < end and start < slot[1]:
            return slot[2]
    return None


def _refuse_closed_months(connection: Connection, practice: Practice, lines: list[_Line]) -> None:
    """Add a problem to each line that would change a closed month (E9); the others stay open until the commit."""
    months = [sorted({month_of(part.date_of_service) for part in line.parts}) for line in lines]
    closed = share_months(connection, practice.practice_id, {month for touched in months for month in touched})
    for line, touched in zip(lines, months, strict=True):
        for month in (month for month in touched if month in closed):
            column = "start" if line.entry.started_at else "date"
            remedy = f"A biller can reopen it: {reopen_example(month)}"
            line.cells.refuse(column, f"{month:%B %Y} is closed (rule E9).", remedy)


def _store(
    connection: Connection, practice: Practice, lines: list[_Line], progress: Progress, doubles: Doubles
) -> None:
    by_patient: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_patient[line.entry.patient_code].append(line)
    done = 0
    for codes in batches(sorted(by_patient)):
        rows: list[dict[str, Any]] = []
        requests: list[dict[str, Any]] = []
        for code in codes:
            position, head = lock_head(connection, practice.practice_id, code)
            for line in by_patient[code]:
                stored = entry_rows(
                    practice.practice_id,
                    line.entry,
                    line.parts,
                    position,
                    head,
                    at=line.recorded_at,
                    recorded_by=IMPORTED_BY,
                    external_id=line.external_id,
                )
                position, head = stored[-1]["position"], stored[-1]["hash"]
                rows += stored
                doubles.stored(code, [row["position"] for row in stored], line.cells.line)
                requests.append(_request(practice, line, stored))
            move_head(connection, practice.practice_id, code, position, head)
        connection.execute(insert(TimeEntryRow), rows)
        connection.execute(insert(RequestRow), requests)
        reevaluate_all(connection, practice, codes, doubles.seen)
        done += len(codes)
        progress("storing and evaluating", done, len(by_patient))


def _request(practice: Practice, line: _Line, stored: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "practice_id": practice.practice_id,
        "idempotency_key": _key(line.external_id),
        "content_hash": line.content,
        "result": {"patient_code": line.entry.patient_code, "positions": [row["position"] for row in stored]},
        "recorded_at": line.recorded_at,
    }
