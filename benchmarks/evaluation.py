"""Evaluating patient-months: one of 20 entries, and a whole large ledger against one SQL query over its rows."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, func, insert, select

from benchmarks.timing import in_turn
from ledger.months.patient_months import evaluate_record
from ledger.patients.facts import Fact, FactKind, append_facts
from ledger.patients.records import load_records
from ledger.patients.roster_history import DATED, STAFF, append_told
from ledger.patients.roster_history import PATIENTS as PATIENTS_KIND
from ledger.practice.practice import Practice, create_practice
from ledger.rules.evaluation import evaluate
from ledger.rules.facts import Program, TimeEntry
from ledger.rules.rulebook import rulebook_for
from ledger.storage import schema
from ledger.storage.batches import batches
from ledger.storage.database import Database
from ledger.storage.hash_chain import GENESIS
from ledger.storage.roster_tables import BEGINNING
from ledger.storage.tables import CareTeamRow, PatientRow, StaffRow, TimeEntryRow

PRACTICE = "T0LARGE"
PATIENTS = 100_000
ENTRIES_EACH = 10
ENTRIES_OF_ONE = 20
MONTH = date(2026, 11, 1)
AT = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
ONE_AIM_MICROSECONDS = 200
ALL_AIM = 3


def run(directory: Path) -> None:
    """Prints the time of one evaluation, and the ratio of evaluating all to grouping and fetching all in SQL."""
    database = Database(f"sqlite:///{directory / 'large.sqlite3'}")
    schema.upgrade(database)
    with database.of(PRACTICE).writing() as connection:
        practice = create_practice(connection, PRACTICE, "Large", "America/New_York", at=AT)
        codes = _fill(connection, practice)
    _one(database, practice, codes[0])
    _all(database, practice, codes)
    database.close()


def _one(database: Database, practice: Practice, code: str) -> None:
    with database.of(PRACTICE).reading() as connection:
        facts = load_records(connection, practice, [code], MONTH)[code].facts(MONTH)
    twice = (*facts.entries, *(_an_hour_later(one) for one in facts.entries))[:ENTRIES_OF_ONE]
    facts = replace(facts, entries=twice)
    book = rulebook_for(MONTH)
    seconds = in_turn({"one": lambda _: evaluate(facts, book, practice.policy)}, rounds=1000, warm_up=100)["one"]
    print(f"Evaluating a patient-month of {len(facts.entries)} entries")
    print(f"  median {median(seconds) * 1e6:.0f} µs   (aim: under {ONE_AIM_MICROSECONDS})")


def _an_hour_later(entry: TimeEntry) -> TimeEntry:
    if entry.started_at is None or entry.ended_at is None:
        raise ValueError("the entries of this benchmark have times")
    later = timedelta(hours=1)
    times = {"started_at": entry.started_at + later, "ended_at": entry.ended_at + later}
    return replace(entry, number=entry.number + 100, note=f"{entry.note} Called again.", **times)


def _all(database: Database, practice: Practice, codes: list[str]) -> None:
    """Both read every row; the query groups minutes by patient and program and fetches the rows it summed."""
    columns = (TimeEntryRow.patient_code, TimeEntryRow.program)
    grouped = select(*columns, func.sum(TimeEntryRow.duration_minutes)).group_by(*columns)
    rows = select(TimeEntryRow.__table__)
    loading = evaluating = 0.0
    with database.of(PRACTICE).reading() as connection:
        began = time.perf_counter()
        connection.execute(grouped).all()
        for _ in connection.execute(rows).yield_per(1000):
            pass
        sql = time.perf_counter() - began
        for batch in batches(codes):
            began = time.perf_counter()
            records = load_records(connection, practice, batch, MONTH)
            loading += time.perf_counter() - began
            began = time.perf_counter()
            for code, record in records.items():
                evaluate_record(practice, code, record, MONTH)
            evaluating += time.perf_counter() - began
    print(f"Evaluating {len(codes):,} patients with {len(codes) * ENTRIES_EACH:,} entries from the database")
    print(f"  GROUP BY and the rows fetched {sql:.1f} s, loading facts {loading:.1f} s, evaluating {evaluating:.1f} s")
    print(f"  ratio: {(loading + evaluating) / sql:.1f}   (aim: at most {ALL_AIM})")


def _fill(connection: Connection, practice: Practice) -> list[str]:
    """A large practice, written past the import: unchained, since only reading is timed."""
    mine = {"practice_id": practice.practice_id}
    connection.execute(insert(CareTeamRow), {**mine, "team_id": "t", "name": "T", "channel_id": "C0"})
    for number, credential in enumerate(("MD", "RN", "LPN", "MA")):
        person = {"staff_id": f"s{number}", "slack_user_id": None, "name": f"Staff {number}", "credential": credential}
        more = {"roles": [], "teams": [], "active_from": None, "active_to": None, "supervised": True}
        connection.execute(insert(StaffRow), {**mine, **person, **more})
        _tell(connection, practice, STAFF, {person["staff_id"]: {**person, **more}})
    codes = [f"P-{1_000_000 + number}" for number in range(PATIENTS)]
    for batch in batches(codes):
        connection.execute(insert(PatientRow), [{**mine, **_patient(code)} for code in batch])
        _tell(connection, practice, PATIENTS_KIND, {code: _patient(code) for code in batch})
        facts = [fact for code in batch for fact in _facts(code)]
        append_facts(connection, practice, facts, at=AT, recorded_by="benchmark")
        connection.execute(insert(TimeEntryRow), [{**mine, **row} for code in batch for row in _entries(code)])
    return codes


def _tell(connection: Connection, practice: Practice, kind: str, rows: dict[str, dict[str, Any]]) -> None:
    """Record that what the rows say holds since the beginning."""
    told = {key: {BEGINNING: {name: row[name] for name in DATED[kind] if name in row}} for key, row in rows.items()}
    append_told(connection, practice, kind, told, at=AT, recorded_by="benchmark")


def _patient(code: str) -> dict[str, Any]:
    return {
        "patient_code": code,
        "code_key": code.replace("-", ""),
        "code_number": code[2:],
        "team_id": "t",
        "billing_practitioner": "s0",
        "conditions": ["E11.9", "I10"],
        "risk_documented": True,
    }


def _facts(code: str) -> Iterator[Fact]:
    day = date(2026, 3, 2)
    yield Fact(code, FactKind.ENROLLMENT, day, Program("CCM"))
    yield Fact(code, FactKind.CONSENT, day, Program("CCM"), details={"form": "verbal"})
    yield Fact(code, FactKind.INITIATING_VISIT, day, details={"type": "AWV"})
    yield Fact(code, FactKind.CARE_PLAN, date(2026, 9, 1))


def _entries(code: str) -> Iterator[dict[str, Any]]:
    for number in range(ENTRIES_EACH):
        started_at = datetime(2026, 11, 2 + 2 * number, 15, int(code[-2:]) % 50, tzinfo=UTC)
        yield {
            "patient_code": code,
            "position": number + 1,
            "staff_id": f"s{1 + number % 3}",
            "program": "CCM",
            "activity": "medication",
            "contact": "live",
            "date_of_service": started_at.date(),
            "duration_minutes": 3,
            "started_at": started_at,
            "ended_at": started_at + timedelta(minutes=3),
            "note": f"Reviewed result {number} of {code} with the patient. Agreed to go on as planned.",
            "recorded_at": started_at + timedelta(minutes=5),
            "recorded_by": "benchmark",
            "external_id": None,
            "first_part_position": None,
            "previous_hash": GENESIS,
            "hash": GENESIS,
        }
