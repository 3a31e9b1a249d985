"""E1 to E4, E8: what an entry may be, and which dates its minutes fall on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.practice import AT, NOTE, TODAY, an_entry, local, record, statement, verified

from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.practice.practice import Practice
from ledger.recording.entries import NewEntry, Receipt
from ledger.rules.facts import Activity, Contact, Program
from ledger.storage.database import Database


def refusal(database: Database, practice: Practice, entry: NewEntry, **how: Any) -> LedgerError:
    with pytest.raises(LedgerError) as refused:
        record(database, practice, entry, **how)
    assert statement(database, practice).facts.entries == (), "what was refused must not be stored"
    return refused.value


def dates_and_minutes(saved: Receipt) -> list[tuple[date, int]]:
    return [(part.part.date_of_service, part.part.duration_minutes) for part in saved.parts]


def test_everything_that_was_said_is_stored(database: Database, practice: Practice) -> None:
    entry = an_entry(
        times=("2026-11-18 10:05", "2026-11-18 10:17"), activity=Activity.PATIENT_CONTACT, contact=Contact.LIVE
    )
    saved = record(database, practice, entry)
    assert (saved.patient_code, saved.staff_id, saved.program) == ("P-1042", "nurse1", Program("CCM"))
    assert (saved.activity, saved.contact, saved.recorded_at) == (Activity.PATIENT_CONTACT, Contact.LIVE, AT)
    (stored,) = statement(database, practice).facts.entries
    assert (stored.number, stored.staff_id, stored.program) == (1, "nurse1", Program("CCM"))
    assert (stored.activity, stored.contact, stored.note) == (Activity.PATIENT_CONTACT, Contact.LIVE, NOTE)
    assert (stored.date_of_service, stored.duration_minutes) == (TODAY, 12)
    assert (stored.started_at, stored.ended_at) == (local("2026-11-18 10:05"), local("2026-11-18 10:17"))
    assert stored.recorded_at == AT
    assert not stored.voided
    assert stored.first_part_number is None


def test_minutes_of_a_day_need_no_times(sqlite_database: Database, here: Practice) -> None:
    saved = record(sqlite_database, here, an_entry(day=date(2026, 11, 2), minutes=7))
    assert dates_and_minutes(saved) == [(date(2026, 11, 2), 7)]
    (stored,) = statement(sqlite_database, here).facts.entries
    assert stored.started_at is stored.ended_at is None


@pytest.mark.parametrize(
    ("end", "minutes"),
    [("10:01", 1), ("10:00:31", 1), ("10:05:30", 5), ("10:05:31", 6), ("10:05:29", 5), ("13:00", 180)],
)
def test_times_are_worth_the_nearest_whole_minute_and_a_half_goes_down(
    sqlite_database: Database, here: Practice, end: str, minutes: int
) -> None:
    saved = record(sqlite_database, here, an_entry(times=("2026-11-18 10:00", f"2026-11-18 {end}")))
    assert dates_and_minutes(saved) == [(TODAY, minutes)]


@pytest.mark.parametrize("end", ["10:00", "10:00:30", "09:59"])
def test_times_under_a_minute_are_refused(sqlite_database: Database, here: Practice, end: str) -> None:
    error = refusal(sqlite_database, here, an_entry(times=("2026-11-18 10:00", f"2026-11-18 {end}")))
    assert error.code == "TOO_SHORT"
    assert "10:05-10:17" in error.remedy


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_minutes_that_no_entry_has_are_refused_even_when_confirmed(
    sqlite_database: Database, here: Practice, minutes: int
) -> None:
    error = refusal(sqlite_database, here, an_entry(minutes=minutes), confirmed=True)
    assert error.code == "LENGTH_OUT_OF_RANGE"
    assert str(minutes) in error.title


def test_work_without_a_length_is_refused(sqlite_database: Database, here: Practice) -> None:
    error = refusal(sqlite_database, here, replace(an_entry(), duration_minutes=None))
    assert error.code == "LENGTH_MISSING"
    half = replace(an_entry(), duration_minutes=None, date_of_service=None, started_at=local("2026-11-18 10:00"))
    assert refusal(sqlite_database, here, half).code == "LENGTH_MISSING"


@pytest.mark.parametrize("note", ["", "  \n"])
def test_work_of_which_nothing_is_said_is_refused(sqlite_database: Database, here: Practice, note: str) -> None:
    assert refusal(sqlite_database, here, an_entry(note=note)).code == "NOTE_MISSING"


def test_a_note_of_3000_characters_fits_and_one_more_does_not(sqlite_database: Database, here: Practice) -> None:
    error = refusal(sqlite_database, here, an_entry(note="x" * 3001))
    assert (error.code, "3001" in error.title) == ("NOTE_TOO_LONG", True)
    assert "xxx" not in f"{error}{error.remedy}"
    record(sqlite_database, here, an_entry(note="x" * 3000))
    assert len(statement(sqlite_database, here).facts.entries[0].note) == 3000


def test_over_three_hours_is_asked_about_and_stored_once_confirmed(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(patient="P-1043", minutes=180))
    entry = an_entry(minutes=181)
    with pytest.raises(ConfirmationNeededError) as question:
        record(database, practice, entry)
    assert question.value.code == "LONG_ENTRY"
    assert "181" in question.value.title
    assert statement(database, practice).facts.entries == ()
    assert dates_and_minutes(record(database, practice, entry, confirmed=True)) == [(TODAY, 181)]


def test_24_hours_are_the_most_an_entry_can_have(sqlite_database: Database, here: Practice) -> None:
    day_long = an_entry(times=("2026-11-16 10:00", "2026-11-17 10:00"))
    error = refusal(sqlite_database, here, replace(day_long, ended_at=local("2026-11-17 10:01")), confirmed=True)
    assert (error.code, "1441" in error.title) == ("LENGTH_OUT_OF_RANGE", True)
    saved = record(sqlite_database, here, day_long, confirmed=True)
    assert dates_and_minutes(saved) == [(date(2026, 11, 16), 840), (date(2026, 11, 17), 600)]


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(day=TODAY + timedelta(days=1)),
        an_entry(times=("2026-11-18 14:50", "2026-11-18 15:01")),
        an_entry(times=("2026-11-18 14:00", "2026-11-18 20:00")),
        an_entry(times=("9999-12-31 22:00", "9999-12-31 22:10")),
    ],
    ids=["tomorrow", "a minute ahead", "long, and ahead", "the last day there is"],
)
def test_work_in_the_future_is_refused_before_anything_is_asked(
    sqlite_database: Database, here: Practice, entry: NewEntry
) -> None:
    error = refusal(sqlite_database, here, entry)
    assert error.code == "IN_FUTURE"
    assert not isinstance(error, ConfirmationNeededError)


def test_work_that_ends_now_and_minutes_of_today_are_not_in_the_future(
    sqlite_database: Database, here: Practice
) -> None:
    record(sqlite_database, here, an_entry(times=("2026-11-18 14:48", "2026-11-18 15:00")))
    record(sqlite_database, here, an_entry(patient="P-1043", day=TODAY))
    assert verified(sqlite_database, here).links == 2


def test_today_is_the_practices_day_and_not_that_of_utc(sqlite_database: Database, here: Practice) -> None:
    late_evening = local("2026-11-18 23:30")
    error = refusal(sqlite_database, here, an_entry(day=date(2026, 11, 19)), at=late_evening.astimezone(UTC))
    assert error.code == "IN_FUTURE"


@pytest.mark.either_database
def test_a_call_across_midnight_becomes_an_entry_a_date_that_add_up(database: Database, practice: Practice) -> None:
    times = ("2026-11-17 23:50:20", "2026-11-18 00:09:50")
    saved = record(database, practice, an_entry(times=times))
    assert dates_and_minutes(saved) == [(date(2026, 11, 17), 10), (date(2026, 11, 18), 9)]
    first, second = statement(database, practice).facts.entries
    assert (first.first_part_number, second.first_part_number) == (1, 1)
    assert (first.ended_at, second.started_at) == (local("2026-11-18 00:00"), local("2026-11-18 00:00"))
    assert (first.note, second.note) == (NOTE, NOTE)
    assert [entry.is_part for entry in statement(database, practice).statement.entries] == [True, True]


def test_the_parts_of_one_call_are_no_cloned_notes(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(times=("2026-11-17 23:50", "2026-11-18 00:10")))
    (ccm,) = statement(sqlite_database, here).statement.programs
    assert "CLONED_NOTE" not in {warning.name for warning in ccm.warnings}


@pytest.mark.either_database
def test_a_call_over_the_months_last_midnight_counts_in_both_months(database: Database, practice: Practice) -> None:
    saved = record(database, practice, an_entry(times=("2026-10-31 23:50", "2026-11-01 00:10")))
    assert [(change.after.month, change.after.counted_minutes) for change in saved.months] == [
        (date(2026, 10, 1), 10),
        (date(2026, 11, 1), 10),
    ]
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        (figures,) = statement(database, practice, month=month).before
        assert figures.counted_minutes == 10
    assert verified(database, practice).difference is None


@pytest.mark.parametrize(
    ("start", "end", "parts"),
    [
        # Clocks go back from 2:00 to 1:00 on November 1, 2026: that hour is there twice.
        ("2026-11-01T00:30-04:00", "2026-11-01T02:30-05:00", [(date(2026, 11, 1), 180)]),
        ("2026-11-01T01:50-04:00", "2026-11-01T01:10-05:00", [(date(2026, 11, 1), 20)]),
        ("2026-10-31T23:30-04:00", "2026-11-01T01:30-05:00", [(date(2026, 10, 31), 30), (date(2026, 11, 1), 150)]),
        # They go forward from 2:00 to 3:00 on March 8, 2026: that hour is not there.
        ("2026-03-08T01:50-05:00", "2026-03-08T03:10-04:00", [(date(2026, 3, 8), 20)]),
        ("2026-03-07T23:30-05:00", "2026-03-08T03:30-04:00", [(date(2026, 3, 7), 30), (date(2026, 3, 8), 150)]),
    ],
)
def test_a_night_when_clocks_change_is_as_long_as_it_was(
    sqlite_database: Database, here: Practice, start: str, end: str, parts: list[tuple[date, int]]
) -> None:
    entry = NewEntry(
        "P-1042",
        "nurse1",
        Program("CCM"),
        Activity.MEDICATION,
        NOTE,
        started_at=datetime.fromisoformat(start).astimezone(here.zone),
        ended_at=datetime.fromisoformat(end).astimezone(here.zone),
    )
    assert dates_and_minutes(record(sqlite_database, here, entry)) == parts
    assert verified(sqlite_database, here).difference is None


def test_work_recorded_days_later_is_stored_and_marked_late(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(times=("2026-11-15 15:00", "2026-11-15 15:10")))
    record(sqlite_database, here, an_entry(times=("2026-11-15 14:00", "2026-11-15 14:11")))
    (ccm,) = statement(sqlite_database, here).statement.programs
    assert [warning.entries for warning in ccm.warnings if warning.name == "LATE_ENTRY"] == [(2,)]


def test_a_month_without_a_rulebook_stores_nothing(sqlite_database: Database, here: Practice) -> None:
    error = refusal(sqlite_database, here, an_entry(day=date(2019, 5, 2)))
    assert error.code == "RULEBOOK_MISSING"
    assert verified(sqlite_database, here).links == 0
