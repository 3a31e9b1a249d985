"""Undo: a void with a reason, of one's own last entry, within a quarter of an hour."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from support.examples import examples
from support.practice import (
    AT,
    TODAY,
    a_practice,
    a_request,
    an_entry,
    entry_row,
    import_rows,
    record,
    statement,
    undo,
    verified,
)

from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.recording.entries import record_entry
from ledger.rules.facts import Program
from ledger.rules.statement import Status
from ledger.storage.database import Database
from ledger.storage.tables import EntryVoidRow

MIDNIGHT = ("2026-10-31 23:50", "2026-11-01 00:10")


def voids(database: Database) -> int:
    with database.of("T0TEST").reading() as connection:
        return connection.scalar(select(func.count()).select_from(EntryVoidRow)) or 0


def nothing_to_undo(database: Database, practice: Practice, **how: object) -> None:
    before = voids(database)
    with pytest.raises(LedgerError) as refused:
        undo(database, practice, **how)  # type: ignore[arg-type]
    assert refused.value.code == "NOTHING_TO_UNDO"
    assert voids(database) == before


@pytest.mark.either_database
def test_undo_takes_back_the_last_entry_and_says_what_that_changed(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=17))
    saved = record(database, practice, an_entry(minutes=5), at=AT + timedelta(seconds=5))
    undone = undo(database, practice, at=AT + timedelta(minutes=1))
    assert (undone.patient_code, undone.program, undone.positions) == ("P-1042", Program("CCM"), (2,))
    assert undone.duration_minutes == 5
    (change,) = undone.months
    assert change.before == saved.months[0].after
    assert (change.before.status if change.before else None) == Status.BILLABLE
    assert (change.after.counted_minutes, change.after.status) == (17, Status.BELOW_THRESHOLD)
    assert verified(database, practice).difference is None


def test_what_was_undone_stays_on_record_with_its_reason(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry())
    undo(database, practice, at=AT + timedelta(minutes=1))
    evaluated = statement(database, practice)
    assert [entry.voided for entry in evaluated.facts.entries] == [True]
    (result,) = evaluated.statement.entries
    assert [(exclusion.minutes, exclusion.reason) for exclusion in result.excluded] == [(12, "VOIDED")]
    with database.of("T0TEST").reading() as connection:
        void = connection.execute(select(EntryVoidRow.__table__)).one()
    assert (void.entry_position, void.position, void.recorded_by) == (1, 2, "nurse1")
    assert (void.recorded_at, void.reason) == (AT + timedelta(minutes=1), "undone by its author")


@pytest.mark.either_database
def test_undo_works_for_a_quarter_of_an_hour_and_no_longer(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry())
    nothing_to_undo(database, practice, at=AT + timedelta(minutes=15))
    assert undo(database, practice, at=AT + timedelta(minutes=14, seconds=59)).positions == (1,)


@pytest.mark.either_database
def test_a_call_over_midnight_is_undone_as_a_whole(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(times=MIDNIGHT))
    undone = undo(database, practice)
    assert (undone.positions, undone.duration_minutes) == ((1, 2), 20)
    assert [(change.after.month, change.after.counted_minutes) for change in undone.months] == [
        (date(2026, 10, 1), 0),
        (date(2026, 11, 1), 0),
    ]
    assert verified(database, practice).difference is None


@pytest.mark.parametrize("position", [1, 2])
def test_a_button_on_either_part_of_a_call_over_midnight_undoes_the_whole(
    sqlite_database: Database, here: Practice, position: int
) -> None:
    record(sqlite_database, here, an_entry(times=MIDNIGHT))
    record(sqlite_database, here, an_entry(), at=AT + timedelta(seconds=1))
    undone = undo(sqlite_database, here, patient="P-1042", position=position)
    assert undone.positions == (1, 2)


@pytest.mark.either_database
def test_a_button_undoes_the_entry_it_stands_under(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    record(database, practice, an_entry(minutes=11), at=AT + timedelta(seconds=1))
    record(database, practice, an_entry(patient="P-1043", minutes=12), at=AT + timedelta(seconds=2))
    undone = undo(database, practice, patient="P-1042", position=1)
    assert (undone.patient_code, undone.positions, undone.duration_minutes) == ("P-1042", (1,), 10)
    nothing_to_undo(database, practice, patient="P-1042", position=1)
    nothing_to_undo(database, practice, patient="P-1042", position=9)


def test_the_last_entry_is_the_last_whoever_the_patient_is(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(patient="P-1043"))
    record(sqlite_database, here, an_entry(), at=AT + timedelta(seconds=1))
    assert undo(sqlite_database, here).patient_code == "P-1042"
    assert undo(sqlite_database, here).patient_code == "P-1043"


CLOCKS = {
    "clocks apart": (timedelta(minutes=4), timedelta(minutes=0)),
    "a clock set back": (timedelta(minutes=14), timedelta(minutes=-3)),
    "the same moment": (timedelta(0), timedelta(0)),
}


@pytest.mark.parametrize("clocks", CLOCKS.values(), ids=CLOCKS)
def test_undo_goes_by_what_was_stored_last_whatever_the_clocks_say(
    database: Database, practice: Practice, clocks: tuple[timedelta, timedelta]
) -> None:
    first, second = clocks
    record(database, practice, an_entry(patient="P-1044", minutes=9), at=AT + first)
    record(database, practice, an_entry(patient="P-1043", minutes=11), at=AT + first)
    record(database, practice, an_entry(minutes=12), at=AT + second)
    undone = undo(database, practice, at=AT + second)
    assert (undone.patient_code, undone.duration_minutes, undone.dates) == ("P-1042", 12, (TODAY,))
    assert undo(database, practice, at=AT + second).patient_code == "P-1043"
    assert undo(database, practice, at=AT + second).patient_code == "P-1044"
    assert verified(database, practice).difference is None


def test_the_entry_before_the_last_is_never_undone_in_its_place(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(patient="P-1043"), at=AT + timedelta(minutes=20))
    record(sqlite_database, here, an_entry(minutes=12), at=AT)
    with pytest.raises(LedgerError) as refused:
        undo(sqlite_database, here, at=AT + timedelta(minutes=20))
    assert "The last is P-1042#1. Nothing was changed." in refused.value.title
    assert "/ccm void P-1042#1 " in refused.value.remedy
    assert voids(sqlite_database) == 0


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(-10, 10), min_size=2, max_size=6))
def test_whatever_the_clocks_undo_goes_back_one_by_one(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, minutes: list[int]
) -> None:
    database = Database(
        f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('clocks') / 'ledger.sqlite3')}"
    )
    here = a_practice(database)
    stored = []
    for number, ahead in enumerate(minutes):
        entry = an_entry(patient=f"P-{1042 + number % 3}", minutes=number + 1)
        saved = record(database, here, entry, at=AT + timedelta(minutes=ahead))
        stored.append((saved.patient_code, (saved.parts[0].position,)))
    undone = [undo(database, here, at=AT) for _ in minutes]
    assert [(one.patient_code, one.positions) for one in undone] == stored[::-1]
    database.close()


@pytest.mark.either_database
def test_entries_of_other_people_are_out_of_reach(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(staff="nurse2"))
    nothing_to_undo(database, practice)
    nothing_to_undo(database, practice, patient="P-1042", position=1)
    assert undo(database, practice, "nurse2").positions == (1,)


def test_what_another_recorded_for_me_is_out_of_my_reach(sqlite_database: Database, here: Practice) -> None:
    with sqlite_database.of("T0TEST").writing() as connection:
        record_entry(connection, here, an_entry(), request=a_request(), at=AT, recorded_by="lead1")
    nothing_to_undo(sqlite_database, here)


def test_imported_entries_are_out_of_reach(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "entries", [entry_row()])
    nothing_to_undo(sqlite_database, here)


def test_nothing_is_undone_twice(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    undo(database, practice)
    nothing_to_undo(database, practice)
    assert voids(database) == 1


def test_an_undo_delivered_twice_takes_back_one_entry_and_answers_alike(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    record(database, practice, an_entry(minutes=11), at=AT + timedelta(seconds=1))
    request = a_request({"text": "undo"})
    first = undo(database, practice, request=request)
    assert undo(database, practice, request=request, at=AT + timedelta(hours=1)) == replace(first, replayed=True)
    assert voids(database) == 1


def test_the_key_of_an_undo_is_good_for_nothing_else(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(), request=a_request({"text": "log"}, key="trigger-1"))
    with pytest.raises(LedgerError, match="REQUEST_DIFFERS"):
        undo(sqlite_database, here, request=a_request({"text": "undo"}, key="trigger-1"))
    assert voids(sqlite_database) == 0
