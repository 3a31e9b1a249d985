"""Void, fix and addendum: the record only grows, the figures follow, and the chain holds (E5)."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text
from support.practice import (
    AT,
    NOTE,
    a_request,
    an_entry,
    entry_row,
    import_rows,
    record,
    statement,
    undo,
    verified,
)
from support.threads import at_once

from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.practice.practice import Practice
from ledger.recording.addenda import AddendumReceipt, add_addendum
from ledger.recording.entries import NewEntry
from ledger.recording.fixes import FixReceipt, fix_entry
from ledger.recording.stored_entries import Correction, corrections_of, find_entry
from ledger.recording.voids import VoidReceipt, void_entry
from ledger.reports.own_entries import own_entries
from ledger.rules.facts import Program
from ledger.rules.statement import Status
from ledger.storage.database import Database
from ledger.storage.idempotency import Request
from ledger.storage.tables import EntryAddendumRow, EntryVoidRow, TimeEntryRow

MIDNIGHT = ("2026-10-31 23:50", "2026-11-01 00:10")
MONTH = date(2026, 11, 1)


def void(
    database: Database,
    practice: Practice,
    position: int = 1,
    *,
    by: str = "nurse1",
    reason: str = "wrong patient",
    request: Request | None = None,
) -> VoidReceipt:
    with database.of("T0TEST").writing() as connection:
        asked = request or a_request({"void": position})
        return void_entry(connection, practice, "P-1042", position, reason=reason, request=asked, at=AT, by=by)


def fix(
    database: Database,
    practice: Practice,
    entry: NewEntry,
    position: int = 1,
    *,
    request: Request | None = None,
    confirmed: bool = False,
) -> FixReceipt:
    with database.of("T0TEST").writing() as connection:
        asked = request or a_request({"fix": position})
        return fix_entry(connection, practice, position, entry, request=asked, at=AT, confirmed=confirmed)


def add(
    database: Database, practice: Practice, position: int = 1, words: str = "Dose kept.", request: Request | None = None
) -> AddendumReceipt:
    with database.of("T0TEST").writing() as connection:
        asked = request or a_request({"add": position})
        return add_addendum(connection, practice, "P-1042", position, text=words, request=asked, at=AT, by="nurse1")


def rows(database: Database, table: Any) -> list[Any]:
    with database.of("T0TEST").reading() as connection:
        return list(connection.execute(select(table.__table__).order_by(table.position)))


def count(database: Database, table: Any) -> int:
    with database.of("T0TEST").reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.either_database
def test_a_void_keeps_who_when_and_why_and_moves_the_figures(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=20, day=date(2026, 10, 5)), at=AT - timedelta(days=40))
    done = void(database, practice, by="lead1", reason=" wrong patient ")
    assert (done.positions, done.duration_minutes) == ((1,), 20)
    (change,) = done.months
    assert (change.before.status if change.before else None, change.after.status) == (
        Status.BILLABLE,
        Status.BELOW_THRESHOLD,
    )
    (stored,) = rows(database, EntryVoidRow)
    assert (stored.entry_position, stored.position, stored.recorded_by) == (1, 2, "lead1")
    assert (stored.reason, stored.recorded_at) == ("wrong patient", AT)
    assert verified(database, practice).difference is None


@pytest.mark.either_database
def test_either_part_names_the_whole_call_over_midnight(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(times=MIDNIGHT))
    done = void(database, practice, 2)
    assert (done.positions, done.duration_minutes) == ((1, 2), 20)
    assert [change.after.counted_minutes for change in done.months] == [0, 0]
    assert verified(database, practice).difference is None


def test_a_fix_replaces_and_names_what_it_replaces_both_ways(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=20))
    done = fix(database, practice, an_entry(minutes=15))
    assert done.replaced == (1,)
    (change,) = done.saved.months
    assert (change.before.counted_minutes if change.before else None, change.after.counted_minutes) == (20, 15)
    new = rows(database, TimeEntryRow)[-1]
    assert (new.position, new.replaces_position, new.duration_minutes) == (3, 1, 15)
    assert [row.reason for row in rows(database, EntryVoidRow)] == ["replaced by P-1042#3"]
    with database.of("T0TEST").reading() as connection:
        assert find_entry(connection, "T0TEST", "P-1042", 1).replaced_by == 3
        assert corrections_of(connection, "T0TEST", "P-1042", MONTH) == {
            1: Correction("replaced by P-1042#3", None, 0),
            3: Correction(None, 1, 0),
        }
    assert verified(database, practice).difference is None


def test_what_an_entry_replaces_is_part_of_its_hash(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry())
    fix(sqlite_database, here, an_entry(minutes=15))
    with sqlite_database.of("T0TEST").writing() as connection:
        connection.execute(text("DROP TRIGGER time_entries_no_update"))
        connection.execute(text("UPDATE time_entries SET replaces_position = NULL WHERE position = 3"))
    assert verified(sqlite_database, here).difference == (
        "P-1042#3 (entry) is not what was recorded: its content and its hash differ."
    )


def test_a_fix_over_midnight_replaces_whole_by_whole(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(times=MIDNIGHT))
    done = fix(database, practice, an_entry(times=("2026-10-31 23:40", "2026-11-01 00:10")), 2)
    assert (done.replaced, [part.position for part in done.saved.parts]) == ((1, 2), [5, 6])
    assert {row.reason for row in rows(database, EntryVoidRow)} == {"replaced by P-1042#5"}
    assert [(change.after.month.month, change.after.counted_minutes) for change in done.saved.months] == [
        (10, 20),
        (11, 10),
    ]
    assert verified(database, practice).difference is None


def test_a_fix_into_another_month_and_program_tells_all_figures_it_changed(
    database: Database, practice: Practice
) -> None:
    record(database, practice, an_entry(patient="P-1044", minutes=20))
    new = an_entry(patient="P-1044", minutes=15, day=date(2026, 10, 30), program=Program("RPM"))
    done = fix(database, practice, new)
    changes = [
        (change.after.month.month, change.after.program, change.before and change.before.counted_minutes)
        for change in done.saved.months
    ]
    assert changes == [(11, Program("CCM"), 20), (10, Program("RPM"), None)]
    assert [change.after.counted_minutes for change in done.saved.months] == [0, 15]


@pytest.mark.either_database
def test_the_replaced_entry_stands_in_nobodys_way(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(times=("2026-11-18 10:00", "2026-11-18 10:20")))
    assert fix(database, practice, an_entry(times=("2026-11-18 10:05", "2026-11-18 10:25"))).replaced == (1,)
    assert fix(database, practice, an_entry(minutes=20, note="Another note."), 3).replaced == (3,)
    assert fix(database, practice, an_entry(minutes=20), 5).replaced == (5,)


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (an_entry(times=("2026-11-18 11:00", "2026-11-18 11:20")), "OVERLAP"),
        (an_entry(note=" "), "NOTE_MISSING"),
        (an_entry(day=date(2026, 11, 19)), "IN_FUTURE"),
        (an_entry(minutes=200), "LONG_ENTRY"),
    ],
)
def test_a_fix_that_is_refused_leaves_everything_as_it_was(
    database: Database, practice: Practice, entry: NewEntry, error: str
) -> None:
    record(database, practice, an_entry(minutes=10))
    record(database, practice, an_entry(patient="P-1043", times=("2026-11-18 11:10", "2026-11-18 11:30")))
    with pytest.raises(LedgerError) as refused:
        fix(database, practice, entry)
    assert refused.value.code == error
    assert (count(database, TimeEntryRow), count(database, EntryVoidRow)) == (2, 0)
    assert verified(database, practice).difference is None


def test_a_fix_may_be_confirmed(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(minutes=10))
    with pytest.raises(ConfirmationNeededError):
        fix(sqlite_database, here, an_entry(minutes=200))
    assert fix(sqlite_database, here, an_entry(minutes=200), confirmed=True).replaced == (1,)


@pytest.mark.either_database
def test_an_addendum_joins_the_note_and_leaves_both_texts_with_their_times(
    database: Database, practice: Practice
) -> None:
    record(database, practice, an_entry(note="Reconciled."), at=AT - timedelta(hours=1))
    add(database, practice)
    done = add(database, practice, words=" Patient told, next call on Friday. ")
    assert (done.patient_code, done.entry_position) == ("P-1042", 1)
    evaluated = statement(database, practice)
    assert [entry.note for entry in evaluated.facts.entries] == [
        "Reconciled.\nDose kept.\nPatient told, next call on Friday."
    ]
    assert "W1" not in [warning.code for part in evaluated.statement.programs for warning in part.warnings]
    assert [(row.note, row.recorded_at) for row in rows(database, TimeEntryRow)] == [
        ("Reconciled.", AT - timedelta(hours=1))
    ]
    assert [(row.text, row.recorded_at, row.recorded_by) for row in rows(database, EntryAddendumRow)] == [
        ("Dose kept.", AT, "nurse1"),
        ("Patient told, next call on Friday.", AT, "nurse1"),
    ]
    checked = verified(database, practice)
    assert (checked.links, checked.difference) == (3, None)


@pytest.mark.either_database
def test_an_addendum_belongs_to_both_parts_of_a_call_over_midnight(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(times=MIDNIGHT))
    assert add(database, practice, 2).entry_position == 1
    for month in (date(2026, 10, 1), MONTH):
        (entry,) = statement(database, practice, month=month).facts.entries
        assert entry.note == f"{NOTE}\nDose kept."
    with database.of("T0TEST").reading() as connection:
        assert corrections_of(connection, "T0TEST", "P-1042", MONTH) == {2: Correction(None, None, 1)}
    assert verified(database, practice).difference is None


@pytest.mark.either_database
def test_minutes_without_a_note_count_once_one_is_added(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "entries", [entry_row(minutes="20", note="")])
    done = add(database, practice)
    (change,) = done.months
    assert (change.before.counted_minutes if change.before else None, change.after.counted_minutes) == (0, 20)
    assert verified(database, practice).difference is None


def test_a_changed_addendum_is_found_and_named(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry())
    add(sqlite_database, here)
    with sqlite_database.of("T0TEST").writing() as connection:
        connection.execute(text("DROP TRIGGER entry_addenda_no_update"))
        connection.execute(text("UPDATE entry_addenda SET text = 'Forged'"))
    found = verified(sqlite_database, here).difference
    assert found == "P-1042#2 (addendum) is not what was recorded: its content and its hash differ."


@pytest.mark.either_database
@pytest.mark.parametrize("position", [2, 3, 9])
def test_what_is_no_entry_cannot_be_corrected(database: Database, practice: Practice, position: int) -> None:
    record(database, practice, an_entry())
    add(database, practice)
    void(database, practice)
    for correct in (
        partial(void, database, practice, position),
        partial(add, database, practice, position),
        partial(fix, database, practice, an_entry(), position),
    ):
        with pytest.raises(LedgerError) as refused:
            correct()
        assert refused.value.code == "ENTRY_UNKNOWN"
    assert verified(database, practice).links == 3


@pytest.mark.either_database
def test_what_was_voided_cannot_be_corrected(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry())
    void(database, practice)
    for correct in (
        partial(void, database, practice),
        partial(add, database, practice),
        partial(fix, database, practice, an_entry()),
    ):
        with pytest.raises(LedgerError) as refused:
            correct()
        assert (refused.value.code, refused.value.title) == ("ENTRY_VOIDED", "P-1042#1 was already voided.")
    assert verified(database, practice).links == 2


@pytest.mark.parametrize(("characters", "taken"), [(0, False), (1, True), (300, True), (301, False)])
def test_a_reason_has_1_to_300_characters(
    sqlite_database: Database, here: Practice, characters: int, *, taken: bool
) -> None:
    record(sqlite_database, here, an_entry())
    if taken:
        assert void(sqlite_database, here, reason="x" * characters).positions == (1,)
        return
    with pytest.raises(LedgerError, match="REASON_LENGTH"):
        void(sqlite_database, here, reason="x" * characters)


@pytest.mark.parametrize(("characters", "taken"), [(0, False), (1, True), (3000, True), (3001, False)])
def test_an_addendum_has_1_to_3000_characters(
    sqlite_database: Database, here: Practice, characters: int, *, taken: bool
) -> None:
    record(sqlite_database, here, an_entry())
    if taken:
        assert add(sqlite_database, here, words="x" * characters).entry_position == 1
        return
    with pytest.raises(LedgerError, match="ADDENDUM_LENGTH"):
        add(sqlite_database, here, words=" " + "x" * characters)


def test_each_correction_delivered_twice_is_made_once_and_answers_alike(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    request = a_request({"add": 1})
    added = add(database, practice, request=request)
    assert add(database, practice, request=request) == replace(added, replayed=True)
    request = a_request({"fix": 1})
    fixed = fix(database, practice, an_entry(minutes=15), request=request)
    assert fix(database, practice, an_entry(minutes=15), request=request) == replace(fixed, replayed=True)
    request = a_request({"void": 4})
    voided = void(database, practice, 4, request=request)
    assert void(database, practice, 4, request=request) == replace(voided, replayed=True)
    assert (count(database, TimeEntryRow), count(database, EntryVoidRow), count(database, EntryAddendumRow)) == (
        2,
        2,
        1,
    )
    assert verified(database, practice).difference is None


def test_of_a_void_a_fix_and_an_undo_at_once_one_is_made(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    outcomes = at_once(
        [
            partial(void, database, practice, by="lead1"),
            partial(void, database, practice, by="doctor1"),
            partial(fix, database, practice, an_entry(minutes=15)),
            partial(undo, database, practice, patient="P-1042", position=1),
        ]
    )
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, LedgerError)]
    assert len(refused) == 3, outcomes
    assert set(refused) <= {"ENTRY_VOIDED", "NOTHING_TO_UNDO"}
    assert verified(database, practice).difference is None


def test_own_entries_are_those_of_the_days_with_what_counts(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(times=MIDNIGHT))
    record(database, practice, an_entry(patient="P-1043", note="Short."))
    record(database, practice, an_entry(staff="nurse2"))
    record(database, practice, an_entry(patient="P-1046"))
    with database.of("T0TEST").reading() as connection:
        found = own_entries(connection, practice, "nurse1", date(2026, 11, 1), date(2026, 11, 18))
    assert [(one.name, one.result.duration_minutes, one.result.counted_minutes) for one in found] == [
        ("P-1042#2", 10, 10),
        ("P-1043#1", 12, 12),
        ("P-1046#1", 12, 0),
    ]
    assert [bool(one.note_advice) for one in found] == [False, True, False]
