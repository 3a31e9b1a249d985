"""Many people at once: nothing is lost, nothing comes twice, the chains and figures hold."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from support.patience import PATIENCE_SECONDS
from support.practice import (
    AT,
    a_practice,
    a_request,
    an_entry,
    entry_row,
    import_rows,
    patient_row,
    record,
    staff_row,
    statement,
    undo,
    verified,
)
from support.threads import at_once, wait_for_a_waiter

from ledger.errors import DatabaseAwayError, LedgerError
from ledger.practice.practice import Practice
from ledger.recording.entries import Receipt, record_entry
from ledger.recording.voids import void_entry
from ledger.setting_changes import change_policy
from ledger.storage.database import Database
from ledger.storage.hash_chain import lock_head
from ledger.storage.idempotency import Once, Replayable
from ledger.storage.tables import EntryVoidRow, TimeEntryRow
from ledger.validation import ImportSummary


def count(database: Database, table: Any = TimeEntryRow) -> int:
    with database.of("T0TEST").reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def codes_of(outcomes: list[Any]) -> list[str]:
    return sorted(outcome.code if isinstance(outcome, LedgerError) else type(outcome).__name__ for outcome in outcomes)


def test_people_who_log_for_one_patient_at_once_lose_nothing(database: Database, practice: Practice) -> None:
    people = ("nurse1", "nurse2", "lead1", "doctor1")
    entries = [an_entry(staff=person, minutes=number + 1) for person in people for number in range(3)]
    saved = at_once([partial(record, database, practice, entry, confirmed=True) for entry in entries])
    assert sorted(one.parts[0].position for one in saved if isinstance(one, Receipt)) == list(range(1, 13))
    (figures,) = statement(database, practice).before
    assert figures.counted_minutes == 4 * (1 + 2 + 3)
    assert verified(database, practice).difference is None


def test_one_person_who_logs_for_several_patients_at_once_loses_nothing(database: Database, practice: Practice) -> None:
    patients = ("P-1042", "P-1043", "P-1044", "P-1046")
    entries = [an_entry(patient=patient, minutes=number + 1) for patient in patients for number in range(3)]
    saved = at_once([partial(record, database, practice, entry) for entry in entries])
    assert codes_of(saved) == ["Receipt"] * 12
    checked = verified(database, practice)
    assert (checked.links, checked.difference) == (12, None)


def test_one_request_at_once_from_several_threads_stores_one_entry(database: Database, practice: Practice) -> None:
    request = a_request()
    saved = at_once([partial(record, database, practice, an_entry(), request=request) for _ in range(6)])
    receipts = [one for one in saved if isinstance(one, Receipt)]
    assert len(receipts) == 6, saved
    assert sorted(one.replayed for one in receipts) == [False] + [True] * 5
    assert {one.parts[0].position for one in receipts} == {1}
    assert count(database) == 1


def test_the_same_twice_at_once_is_asked_about(database: Database, practice: Practice) -> None:
    outcomes = at_once([partial(record, database, practice, an_entry()) for _ in range(3)])
    assert codes_of(outcomes) == ["REPEATED_ENTRY", "REPEATED_ENTRY", "Receipt"]


def test_of_two_entries_at_the_same_time_exactly_one_is_stored(database: Database, practice: Practice) -> None:
    times = ("2026-11-18 10:00", "2026-11-18 10:20")
    patients = ("P-1042", "P-1043", "P-1044", "P-1046")
    outcomes = at_once(
        [partial(record, database, practice, an_entry(patient=patient, times=times)) for patient in patients]
    )
    assert codes_of(outcomes) == ["OVERLAP", "OVERLAP", "OVERLAP", "Receipt"]
    assert count(database) == 1


def test_of_two_undos_at_once_each_takes_back_one_entry(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    record(database, practice, an_entry(minutes=11))
    outcomes = at_once([partial(undo, database, practice) for _ in range(3)])
    assert codes_of(outcomes) == ["NOTHING_TO_UNDO", "VoidReceipt", "VoidReceipt"]
    assert count(database, EntryVoidRow) == 2
    assert verified(database, practice).difference is None


def test_one_undo_at_once_from_several_threads_takes_back_one_entry(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    record(database, practice, an_entry(minutes=11))
    request = a_request({"text": "undo"})
    outcomes = at_once([partial(undo, database, practice, request=request) for _ in range(4)])
    assert codes_of(outcomes) == ["VoidReceipt"] * 4
    assert count(database, EntryVoidRow) == 1


def while_another(database: Database, act: Callable[[Connection], object], call: Callable[[], object]) -> object:
    """What comes of ``call`` when it begins after ``act`` and before its commit, and has to wait for that."""
    with ThreadPoolExecutor(1) as pool:
        with database.of("T0TEST").writing() as connection:
            act(connection)
            future = pool.submit(call)
            wait_for_a_waiter(database)
        return future.exception() or future.result()


def while_somebody_logs(database: Database, practice: Practice, call: Callable[[], object]) -> object:
    """What comes of ``call`` when it begins while an entry for P-1042 is being stored, and has to wait for that."""
    entry = an_entry(minutes=25, times=("2026-11-18 10:00", "2026-11-18 10:25"))
    log = partial(record_entry, practice=practice, entry=entry, request=a_request(), at=AT, recorded_by="nurse1")
    return while_another(database, log, call)


def void_of_lead(practice: Practice) -> Callable[[Connection], object]:
    return partial(
        void_entry,
        practice=practice,
        patient_code="P-1042",
        position=1,
        reason="Wrong patient.",
        request=a_request({"text": "void"}),
        at=AT,
        by="lead1",
    )


def test_an_undo_while_a_lead_voids_the_same_entry_is_told_so(postgresql_database: Database) -> None:
    practice = a_practice(postgresql_database)
    record(postgresql_database, practice, an_entry())
    result = while_another(postgresql_database, void_of_lead(practice), partial(undo, postgresql_database, practice))
    assert codes_of([result]) == ["ENTRY_VOIDED"]
    assert count(postgresql_database, EntryVoidRow) == 1


def test_of_two_people_who_void_one_entry_at_once_one_is_told_of_the_other(
    database: Database, practice: Practice
) -> None:
    record(database, practice, an_entry())

    def void() -> object:
        with database.of("T0TEST").writing() as connection:
            return void_of_lead(practice)(connection)

    outcomes = at_once([void, void, partial(undo, database, practice)])
    assert "VoidReceipt" in codes_of(outcomes)
    assert set(codes_of(outcomes)) <= {"VoidReceipt", "ENTRY_VOIDED", "NOTHING_TO_UNDO"}
    assert count(database, EntryVoidRow) == 1
    assert verified(database, practice).difference is None


def rows_of(kind: str) -> list[dict[str, str]]:
    return {
        "staff": [staff_row(id="nurse1", slack_user_id="U0NURSE1", name="Nurse One", roles="coordinator")],
        "patients": [patient_row(code="P-1042", billing_practitioner="")],
        "entries": [entry_row(staff="nurse2", date="2026-11-16")],
    }[kind]


@pytest.mark.parametrize("kind", ["staff", "patients", "entries"])
def test_an_import_while_somebody_logs_evaluates_what_was_logged(postgresql_database: Database, kind: str) -> None:
    practice = a_practice(postgresql_database)
    import_rows(postgresql_database, practice, "entries", [entry_row(date="2026-11-02")])
    result = while_somebody_logs(
        postgresql_database, practice, partial(import_rows, postgresql_database, practice, kind, rows_of(kind))
    )
    assert not isinstance(result, Exception), result
    assert verified(postgresql_database, practice).difference is None


def test_who_logs_while_a_policy_changes_is_not_in_its_way_nor_it_in_theirs(postgresql_database: Database) -> None:
    practice = a_practice(postgresql_database)
    record(postgresql_database, practice, an_entry(minutes=5))

    def decide() -> object:
        with postgresql_database.of("T0TEST").writing() as connection:
            return change_policy(connection, practice, "rpm_time", "interactive", at=AT, recorded_by="admin1")

    with ThreadPoolExecutor(1) as pool:
        with postgresql_database.of("T0TEST").writing() as connection:
            lock_head(connection, practice.practice_id, "P-1042")
            change = pool.submit(decide)
            wait_for_a_waiter(postgresql_database)
            Once(Replayable).write(connection, practice.practice_id, a_request(), Replayable, at=AT)
        assert not isinstance(change.exception(), Exception)


def test_an_import_cannot_put_somebody_where_they_are_just_logging_to_be(postgresql_database: Database) -> None:
    practice = a_practice(postgresql_database)
    rows = [entry_row(patient="P-1043", start="2026-11-18T10:10", end="2026-11-18T10:15")]
    result = while_somebody_logs(
        postgresql_database, practice, partial(import_rows, postgresql_database, practice, "entries", rows)
    )
    assert codes_of([result]) == ["IMPORT_REFUSED"]
    assert count(postgresql_database) == 1


def test_who_waits_too_long_for_a_large_change_is_told_that_nothing_was_saved(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = a_practice(sqlite_database)
    monkeypatch.setattr("ledger.storage.database.WAIT_SECONDS", 0.01)

    with sqlite_database.of("T0TEST").writing(), pytest.raises(DatabaseAwayError, match="LEDGER_BUSY"):
        record(sqlite_database, practice, an_entry())

    record(sqlite_database, practice, an_entry())


def test_a_file_imported_twice_at_once_is_stored_once(database: Database, practice: Practice) -> None:
    rows = [entry_row(patient=patient) for patient in ("P-1043", "P-1042", "P-1044")]
    outcomes = at_once([partial(import_rows, database, practice, "entries", rows) for _ in range(3)])
    assert sorted(outcome.added for outcome in outcomes if isinstance(outcome, ImportSummary)) == [0, 0, 3], outcomes
    assert count(database) == 3


def test_verify_finds_nothing_wrong_while_people_log(database: Database, practice: Practice) -> None:
    entries = [an_entry(staff=staff, minutes=n + 1) for n in range(4) for staff in ("nurse1", "nurse2")]
    calls: list[Callable[[], Any]] = [partial(record, database, practice, entry, confirmed=True) for entry in entries]
    calls += [partial(verified, database, practice) for _ in range(8)]
    checks = at_once(calls)[len(entries) :]
    assert [check.difference for check in checks] == [None] * 8


def test_another_process_on_the_same_file_loses_nothing(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    program = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from support.practice import *\n"
        "database = Database(sys.argv[1])\n"
        "practice = Practice('T0TEST', 'Test Practice', 'America/New_York')\n"
        "for minutes in range(20, 30):\n"
        "    record(database, practice, an_entry(staff='nurse2', minutes=minutes), confirmed=True)\n"
    )
    tests = next(path for path in sys.path if path.endswith("tests"))
    command = [sys.executable, "-c", program, sqlite_database.url.render_as_string(), tests]
    other = subprocess.Popen(command)  # noqa: S603 - our own
    for minutes in range(1, 11):
        record(sqlite_database, practice, an_entry(minutes=minutes), confirmed=True)
    assert other.wait(timeout=PATIENCE_SECONDS) == 0
    checked = verified(sqlite_database, practice)
    assert (checked.links, checked.difference) == (20, None)
