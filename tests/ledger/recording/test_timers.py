"""Timers: one a person, ended by an entry or thrown away, and whose reminder is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from support.practice import AT, NOTE, a_practice, a_request, an_entry, import_rows, local, record, staff_row, verified
from support.threads import at_once

from ledger.errors import LedgerError
from ledger.practice.practice import Practice, get_practice
from ledger.recording.entries import NewEntry, Receipt
from ledger.recording.timers import (
    REMINDER_LEASE,
    DueReminder,
    Timer,
    TimerReceipt,
    TimerRunningError,
    cancel_timer,
    claim_reminder,
    due_reminders,
    finish_reminder,
    running_timer,
    start_timer,
    stop_timer,
)
from ledger.rules.facts import Activity, Contact, Program
from ledger.setting_changes import change_policy
from ledger.storage.database import Database
from ledger.storage.idempotency import Request

BEGAN = local("2026-11-18 10:05:20")
MINUTE = timedelta(minutes=1)


def a_timer(staff: str = "nurse1", patient: str = "P-1042", at: datetime = BEGAN) -> Timer:
    return Timer(staff, patient, None, Activity.MEDICATION, Contact.LIVE, "Reviewing the list.", at)


def start(database: Database, practice: Practice, timer: Timer, request: Request | None = None) -> TimerReceipt:
    with database.of("T0TEST").writing() as connection:
        return start_timer(connection, practice, timer, request=request or a_request({"start": timer.patient_code}))


def worked(timer: Timer, minutes: float = 12) -> NewEntry:
    entry = an_entry(patient=timer.patient_code, staff=timer.staff_id)
    times = {"started_at": timer.started_at, "ended_at": timer.started_at + minutes * MINUTE}
    return replace(entry, date_of_service=None, duration_minutes=None, **times)


def stop(database: Database, practice: Practice, timer: Timer, request: Request, minutes: float = 12) -> Receipt:
    with database.of("T0TEST").writing() as connection:
        return stop_timer(
            connection,
            practice,
            worked(timer, minutes),
            started_at=timer.started_at,
            request=request,
            at=timer.started_at + minutes * MINUTE,
            recorded_by=timer.staff_id,
        )


def cancel(
    database: Database, practice: Practice, request: Request, staff: str = "nurse1", began: datetime | None = None
) -> TimerReceipt:
    with database.of("T0TEST").writing() as connection:
        return cancel_timer(connection, practice, staff, request=request, at=AT, started_at=began)


def running(database: Database, practice: Practice, staff: str = "nurse1") -> Timer | None:
    with database.of("T0TEST").reading() as connection:
        return running_timer(connection, practice, staff)


def due(database: Database, practice: Practice, at: datetime) -> list[str]:
    with database.of("T0TEST").reading() as connection:
        practice = get_practice(connection, practice.practice_id)
        return [one.slack_user_id for one in due_reminders(connection, practice, at=at)]


def claim(
    database: Database, practice: Practice, timer: Timer, at: datetime, *, lease_until: datetime | None = None
) -> bool:
    with database.of("T0TEST").writing() as connection:
        return claim_reminder(connection, practice, DueReminder(timer, "U0NURSE1", lease_until), at=at)


def finish(database: Database, practice: Practice, timer: Timer, at: datetime) -> None:
    with database.of("T0TEST").writing() as connection:
        finish_reminder(connection, practice, timer, at=at)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(LedgerError) as error:
        act()
    return error.value.code


def test_a_started_timer_is_known_with_all_that_was_said(database: Database, practice: Practice) -> None:
    start(database, practice, replace(a_timer(), program=Program("CCM")))

    assert running(database, practice) == replace(a_timer(), program=Program("CCM"))
    assert running(database, practice, "nurse2") is None


@pytest.mark.either_database
def test_a_person_has_one_timer_and_two_people_may_have_one_each(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())
    start(database, practice, a_timer("nurse2"))

    with pytest.raises(TimerRunningError) as refusal:
        start(database, practice, a_timer(patient="P-1043", at=BEGAN + MINUTE))

    assert refusal.value.timer == a_timer()
    assert running(database, practice) == a_timer()


def test_of_two_starts_at_once_exactly_one_runs(database: Database, practice: Practice) -> None:
    timers = [a_timer(patient=code) for code in ("P-1042", "P-1043", "P-1044")]

    outcomes = at_once([partial(start, database, practice, timer) for timer in timers])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "TimerReceipt",
        "TimerRunningError",
        "TimerRunningError",
    ]


def test_one_start_at_once_from_several_threads_is_one_timer(database: Database, practice: Practice) -> None:
    request = a_request({"start": "P-1042"})

    outcomes = at_once([partial(start, database, practice, a_timer(), request) for _ in range(4)])

    assert sorted(outcome.replayed for outcome in outcomes if isinstance(outcome, TimerReceipt)) == [False] + [True] * 3


def test_a_start_delivered_again_answers_alike_whatever_became_of_the_timer(
    database: Database, practice: Practice
) -> None:
    request = a_request({"start": "P-1042"})
    first = start(database, practice, a_timer(), request)
    cancel(database, practice, a_request({"cancel": ""}))

    assert start(database, practice, a_timer(at=BEGAN + MINUTE), request) == replace(first, replayed=True)
    assert running(database, practice) is None
    assert first.timer.note == "", "a receipt carries no note"


@pytest.mark.either_database
def test_a_stop_records_the_entry_and_ends_the_timer(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())

    receipt = stop(database, practice, a_timer(), a_request(), 11.8)

    (part,) = receipt.parts
    assert (part.part.duration_minutes, part.part.started_at) == (12, BEGAN)
    assert running(database, practice) is None
    assert verified(database, practice).difference is None


def test_a_stop_delivered_twice_makes_one_entry_and_ends_no_later_timer(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())
    request = a_request()
    first = stop(database, practice, a_timer(), request)
    later = a_timer(patient="P-1043", at=BEGAN + 30 * MINUTE)
    start(database, practice, later)

    assert stop(database, practice, a_timer(), request) == replace(first, replayed=True)
    assert running(database, practice) == later
    assert verified(database, practice).links == 1


def test_two_stops_at_once_make_one_entry(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())

    outcomes = at_once([partial(stop, database, practice, a_timer(), a_request()) for _ in range(3)])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Receipt", "TimerOverError", "TimerOverError"]
    assert verified(database, practice).links == 1


@pytest.mark.either_database
def test_what_the_rules_refuse_leaves_the_timer_running(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())
    record(database, practice, an_entry(patient="P-1043", times=("2026-11-18 10:10", "2026-11-18 10:30")))

    assert refused(lambda: stop(database, practice, a_timer(), a_request())) == "OVERLAP"
    assert refused(lambda: stop(database, practice, a_timer(), a_request(), 0.5)) == "TOO_SHORT"
    assert running(database, practice) == a_timer()


@pytest.mark.either_database
def test_a_timer_over_midnight_and_the_months_end_becomes_two_linked_entries(
    database: Database, practice: Practice
) -> None:
    timer = a_timer(at=local("2026-11-30 23:50"))
    start(database, practice, timer)

    receipt = stop(database, practice, timer, a_request(), 20)

    assert [f"{part.part.date_of_service} {part.part.duration_minutes}" for part in receipt.parts] == [
        "2026-11-30 10",
        "2026-12-01 10",
    ]
    assert [f"{one.after.month:%B} {one.after.counted_minutes}" for one in receipt.months] == [
        "November 10",
        "December 10",
    ]


@pytest.mark.either_database
def test_a_cancelled_timer_leaves_nothing_and_cancelling_again_answers_alike(
    database: Database, practice: Practice
) -> None:
    start(database, practice, a_timer())
    request = a_request({"cancel": ""})

    first = cancel(database, practice, request)

    assert (first.timer.patient_code, first.ended_at) == ("P-1042", AT)
    assert running(database, practice) is None
    assert cancel(database, practice, request) == replace(first, replayed=True)
    assert verified(database, practice).links == 0


@pytest.mark.either_database
def test_without_a_timer_there_is_nothing_to_stop_or_cancel(database: Database, practice: Practice) -> None:
    assert refused(lambda: cancel(database, practice, a_request())) == "TIMER_NONE"
    assert refused(lambda: stop(database, practice, a_timer(), a_request())) == "TIMER_OVER"


@pytest.mark.either_database
def test_a_button_of_an_earlier_timer_touches_no_later_one(database: Database, practice: Practice) -> None:
    later = a_timer(at=BEGAN + MINUTE)
    start(database, practice, later)

    assert refused(lambda: cancel(database, practice, a_request(), began=BEGAN)) == "TIMER_OVER"
    assert refused(lambda: stop(database, practice, a_timer(), a_request())) == "TIMER_OVER"
    assert running(database, practice) == later


def test_a_reminder_is_due_from_45_minutes_on(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())

    assert due(database, practice, BEGAN + 45 * MINUTE - timedelta(seconds=1)) == []
    assert due(database, practice, BEGAN + 45 * MINUTE) == ["U0NURSE1"]
    assert due(database, practice, BEGAN + timedelta(days=3)) == ["U0NURSE1"]


@pytest.mark.either_database
def test_a_practice_may_remind_earlier(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())
    with database.of("T0TEST").writing() as connection:
        change_policy(connection, practice, "timer_reminder_minutes", 20, at=AT, recorded_by="admin1")

    assert due(database, practice, BEGAN + 19 * MINUTE) == []
    assert due(database, practice, BEGAN + 20 * MINUTE) == ["U0NURSE1"]


def test_a_practice_may_remind_nobody(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    start(sqlite_database, practice, a_timer())
    with sqlite_database.of("T0TEST").writing() as connection:
        change_policy(connection, practice, "timer_reminder", value=False, at=AT, recorded_by="admin1")

    assert due(sqlite_database, practice, BEGAN + timedelta(days=3)) == []


@pytest.mark.either_database
@pytest.mark.parametrize("ends", ["stop", "cancel"])
def test_a_timer_that_is_over_has_no_reminder(database: Database, practice: Practice, ends: str) -> None:
    start(database, practice, a_timer())
    if ends == "stop":
        stop(database, practice, a_timer(), a_request())
    else:
        cancel(database, practice, a_request())

    assert due(database, practice, BEGAN + timedelta(hours=2)) == []
    assert not claim(database, practice, a_timer(), BEGAN + timedelta(hours=2))


def test_a_reminder_is_one_claimers_until_its_lease_ends_and_nobodys_once_it_was_sent(
    database: Database, practice: Practice
) -> None:
    start(database, practice, a_timer())
    late = BEGAN + 45 * MINUTE

    assert claim(database, practice, a_timer(), late)
    assert due(database, practice, late + REMINDER_LEASE - timedelta(microseconds=1)) == []
    assert not claim(database, practice, a_timer(), late + MINUTE)
    assert due(database, practice, late + REMINDER_LEASE) == ["U0NURSE1"]
    assert not claim(database, practice, a_timer(), late + REMINDER_LEASE), "who found it due before it was claimed"
    assert claim(database, practice, a_timer(), late + REMINDER_LEASE, lease_until=late + REMINDER_LEASE)
    finish(database, practice, a_timer(), late + REMINDER_LEASE)
    assert due(database, practice, late + timedelta(days=1)) == []
    assert not claim(database, practice, a_timer(), late + timedelta(days=1))


def test_of_many_who_claim_a_reminder_at_once_one_gets_it(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())

    claims = at_once([partial(claim, database, practice, a_timer(), BEGAN + 45 * MINUTE) for _ in range(6)])

    assert sorted(claims, key=bool) == [False] * 5 + [True]


@pytest.mark.either_database
def test_the_next_timer_of_a_person_can_be_reminded_of_again(database: Database, practice: Practice) -> None:
    start(database, practice, a_timer())
    late = BEGAN + 45 * MINUTE
    assert claim(database, practice, a_timer(), late)
    cancel(database, practice, a_request())
    later = a_timer(at=late)
    start(database, practice, later)
    finish(database, practice, a_timer(), late)

    assert due(database, practice, late + 45 * MINUTE) == ["U0NURSE1"]


def test_nobody_is_reminded_whose_time_here_is_over_or_who_is_not_in_slack(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    for staff in ("nurse1", "nurse2", "doctor1"):
        start(sqlite_database, practice, a_timer(staff))
    gone = staff_row(id="nurse1", slack_user_id="U0NURSE1", name="Nurse One", credential="RN", roles="coordinator")
    away = staff_row(id="nurse2", slack_user_id="", name="Nurse Two", credential="LPN", roles="coordinator")
    import_rows(sqlite_database, practice, "staff", [{**gone, "active_to": "2026-11-17"}, away])

    assert due(sqlite_database, practice, BEGAN + timedelta(hours=1)) == ["U0DOCTOR1"]


def test_what_a_timer_says_is_the_note_of_nobody_but_its_entry(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    start(sqlite_database, practice, replace(a_timer(), note=NOTE))
    cancel(sqlite_database, practice, a_request())

    with sqlite_database.of("T0TEST").reading() as connection:
        kept = connection.exec_driver_sql("SELECT result FROM requests").scalars().all()
    assert len(kept) == 2
    assert not [one for one in kept if NOTE in str(one)]
