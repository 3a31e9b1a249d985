"""E6 and E7, replay, and the receipt: what a second entry meets."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select
from support.practice import (
    AT,
    MONTH,
    TODAY,
    a_request,
    an_entry,
    import_rows,
    patient_row,
    record,
    statement,
    undo,
    verified,
)

from ledger.errors import ConfirmationNeededError, LedgerError
from ledger.practice.practice import Practice
from ledger.recording.entries import NewEntry
from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.statement import Status
from ledger.storage.database import Database
from ledger.storage.tables import RequestRow, TimeEntryRow

MORNING = ("2026-11-18 10:00", "2026-11-18 10:20")


def stored_entries(database: Database) -> int:
    with database.of("T0TEST").reading() as connection:
        return connection.scalar(select(func.count()).select_from(TimeEntryRow)) or 0


@pytest.mark.parametrize(
    "times",
    [
        MORNING,
        ("2026-11-18 09:50", "2026-11-18 10:01"),
        ("2026-11-18 10:19", "2026-11-18 10:30"),
        ("2026-11-18 10:05", "2026-11-18 10:06"),
        ("2026-11-18 09:00", "2026-11-18 11:00"),
    ],
)
def test_nobody_can_be_in_two_places_and_the_other_entry_is_named(
    database: Database, practice: Practice, times: tuple[str, str]
) -> None:
    record(database, practice, an_entry(times=MORNING))
    with pytest.raises(LedgerError) as refused:
        record(database, practice, an_entry(patient="P-1043", times=times), confirmed=True)
    assert refused.value.code == "OVERLAP"
    assert "P-1042#1" in refused.value.title
    assert "from 10:00 to 10:20 on 2026-11-18" in refused.value.title
    assert "/ccm void P-1042#1" in refused.value.remedy
    assert stored_entries(database) == 1


@pytest.mark.parametrize(
    "second",
    [
        an_entry(times=("2026-11-18 09:40", "2026-11-18 10:00")),
        an_entry(times=("2026-11-18 10:20", "2026-11-18 10:40")),
        an_entry(times=MORNING, staff="nurse2"),
        an_entry(minutes=20),
        an_entry(times=("2026-11-17 10:00", "2026-11-17 10:20")),
    ],
    ids=["before", "after", "another person", "without times", "another day"],
)
def test_what_does_not_overlap_is_stored(sqlite_database: Database, here: Practice, second: NewEntry) -> None:
    record(sqlite_database, here, an_entry(times=MORNING))
    record(sqlite_database, here, second, confirmed=True)
    assert stored_entries(sqlite_database) == 2


@pytest.mark.either_database
def test_a_voided_entry_is_in_nobodys_way(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(times=MORNING))
    undo(database, practice)
    assert record(database, practice, an_entry(patient="P-1043", times=MORNING)).parts[0].counted_minutes == 20


def test_an_entry_of_yesterday_evening_is_in_the_way_of_one_after_midnight(
    sqlite_database: Database, here: Practice
) -> None:
    record(sqlite_database, here, an_entry(times=("2026-11-17 20:00", "2026-11-18 01:00")), confirmed=True)
    with pytest.raises(LedgerError, match=r"from 00:00 to 01:00 on 2026-11-18: P-1042#2"):
        record(sqlite_database, here, an_entry(times=("2026-11-18 00:30", "2026-11-18 00:40")))
    with pytest.raises(LedgerError, match=r"from 20:00 to 00:00 on 2026-11-17: P-1042#1"):
        record(sqlite_database, here, an_entry(times=("2026-11-17 19:00", "2026-11-17 20:01")))


def test_the_same_again_within_ten_minutes_is_asked_about_and_stored_once_confirmed(
    database: Database, practice: Practice
) -> None:
    record(database, practice, an_entry())
    soon = AT + timedelta(minutes=9, seconds=59)
    with pytest.raises(ConfirmationNeededError) as question:
        record(database, practice, an_entry(note="Another note about another thing, said at length."), at=soon)
    assert question.value.code == "REPEATED_ENTRY"
    assert "P-1042#1" in question.value.title
    assert stored_entries(database) == 1
    assert record(database, practice, an_entry(), at=soon, confirmed=True).parts[0].position == 2


def test_the_same_again_after_ten_minutes_is_not_asked_about(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry())
    assert record(database, practice, an_entry(), at=AT + timedelta(minutes=10)).parts[0].position == 2


@pytest.mark.parametrize(
    "second",
    [
        an_entry(staff="nurse2", activity=Activity.RESULTS_REVIEW),
        an_entry(patient="P-1043"),
        an_entry(day=TODAY - timedelta(days=1)),
        an_entry(minutes=13),
        an_entry(activity=Activity.CARE_PLAN),
    ],
    ids=["another person's other work", "another patient", "another day", "other minutes", "another activity"],
)
def test_something_else_within_ten_minutes_is_not_asked_about(
    sqlite_database: Database, here: Practice, second: NewEntry
) -> None:
    record(sqlite_database, here, an_entry())
    record(sqlite_database, here, second)
    assert stored_entries(sqlite_database) == 2


CALL = {"activity": Activity.PATIENT_CONTACT, "contact": Contact.LIVE}
MORNING_CALL = {**CALL, "times": MORNING}


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (CALL, CALL, True),
        (CALL, {**CALL, "minutes": 20}, True),
        (CALL, {**CALL, "program": Program("RPM")}, True),
        (CALL, MORNING_CALL, True),
        (MORNING_CALL, CALL, True),
        (MORNING_CALL, {**CALL, "times": ("2026-11-18 10:30", "2026-11-18 10:40")}, False),
        (MORNING_CALL, {**CALL, "times": ("2026-11-17 23:50", "2026-11-18 00:10")}, False),
        (CALL, {**CALL, "times": ("2026-11-17 23:50", "2026-11-18 00:10")}, True),
        (CALL, {**CALL, "contact": Contact.VOICEMAIL}, False),
        (CALL, {**CALL, "activity": Activity.CAREGIVER_CONTACT}, False),
        (CALL, {**CALL, "patient": "P-1043"}, False),
        (CALL, {**CALL, "day": TODAY - timedelta(days=1)}, False),
        ({}, {"minutes": 20}, True),
    ],
)
def test_what_another_person_logged_without_times_is_asked_about_before_it_is_saved(
    sqlite_database: Database, here: Practice, first: dict[str, Any], second: dict[str, Any], asked: bool
) -> None:
    record(sqlite_database, here, an_entry(**first))
    entry, later = an_entry(staff="nurse2", **second), AT + timedelta(hours=2)
    if asked:
        with pytest.raises(ConfirmationNeededError) as question:
            record(sqlite_database, here, entry, at=later)
        assert question.value.code == "POSSIBLE_DOUBLE"
        assert stored_entries(sqlite_database) == 1
    record(sqlite_database, here, entry, at=later, confirmed=asked)
    doubles = [
        warning.name for part in statement(sqlite_database, here).statement.programs for warning in part.warnings
    ]
    assert ("POSSIBLE_DOUBLE" in doubles) is asked


@pytest.mark.either_database
def test_the_question_names_whose_entry_it_may_be(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=20, **CALL))  # type: ignore[arg-type]
    with pytest.raises(ConfirmationNeededError) as question:
        record(database, practice, an_entry(staff="nurse2", minutes=20, **CALL))  # type: ignore[arg-type]
    assert question.value.title == (
        "P-1042#1 by nurse1, 20 min on Nov 18, 2026: the same call? Minutes of two people in one call count once (C11)."
    )
    with pytest.raises(ConfirmationNeededError, match="the same call"):
        record(database, practice, an_entry(staff="nurse2", minutes=20, **CALL))  # type: ignore[arg-type]


def test_no_question_is_hidden_behind_another(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(staff="nurse2"))
    record(sqlite_database, here, an_entry(minutes=200), confirmed=True)
    with pytest.raises(ConfirmationNeededError) as question:
        record(sqlite_database, here, an_entry(minutes=200))
    assert question.value.code == "LONG_ENTRY"
    for said in ("over 180 (rule E4)", "just logged: P-1042#2 (rule E7)", "P-1042#1 by nurse2, 12 min"):
        assert said in question.value.title


def test_a_voided_entry_of_another_person_is_not_asked_about(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry())
    undo(sqlite_database, here)
    assert record(sqlite_database, here, an_entry(staff="nurse2")).parts[0].counted_minutes == 12


def test_what_was_undone_may_be_logged_again_at_once(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry())
    undo(sqlite_database, here)
    assert record(sqlite_database, here, an_entry()).parts[0].position == 3


def test_a_request_delivered_twice_stores_one_entry_and_answers_alike(database: Database, practice: Practice) -> None:
    entry = an_entry(times=("2026-11-17 23:50", "2026-11-18 00:10"))
    request = a_request({"text": "log P-1042", "form": {"b": 1, "a": 2}})
    first = record(database, practice, entry, request=request)
    record(database, practice, an_entry(minutes=5))
    again = record(database, practice, entry, request=request, at=AT + timedelta(minutes=3))
    assert again == replace(first, replayed=True)
    assert stored_entries(database) == 3


def test_a_request_means_the_same_in_whatever_order_its_content_comes(
    sqlite_database: Database, here: Practice
) -> None:
    record(sqlite_database, here, an_entry(), request=a_request({"a": "1", "b": {"c": 1, "d": 2}}, key="trigger-1"))
    swapped = a_request({"b": {"d": 2, "c": 1}, "a": "1"}, key="trigger-1")
    assert record(sqlite_database, here, an_entry(), request=swapped).replayed


def test_a_request_that_comes_back_with_other_content_is_refused(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(), request=a_request({"text": "log 12m"}, key="trigger-1"))
    with pytest.raises(LedgerError) as refused:
        record(database, practice, an_entry(minutes=13), request=a_request({"text": "log 13m"}, key="trigger-1"))
    assert refused.value.code == "REQUEST_DIFFERS"
    assert stored_entries(database) == 1


def test_a_refused_request_may_be_sent_again(sqlite_database: Database, here: Practice) -> None:
    request = a_request()
    with pytest.raises(ConfirmationNeededError):
        record(sqlite_database, here, an_entry(minutes=200), request=request)
    saved = record(sqlite_database, here, an_entry(minutes=200), request=request, confirmed=True)
    assert not saved.replayed


@pytest.mark.either_database
def test_the_receipt_says_the_month_before_and_after(database: Database, practice: Practice) -> None:
    (first,) = record(database, practice, an_entry(minutes=17)).months
    assert first.before is None
    assert (first.after.counted_minutes, first.after.status) == (17, Status.BELOW_THRESHOLD)
    assert (first.after.next[0].code, first.after.next[0].minutes_missing) == ("99490", 3)
    (second,) = record(database, practice, an_entry(minutes=12)).months
    assert second.before == first.after
    assert (second.after.counted_minutes, second.after.status) == (29, Status.BILLABLE)
    assert [(line.code, line.units) for line in second.after.codes] == [("99490", 1)]
    assert second.after.expected_cents == 6613


def test_the_receipt_says_what_does_not_count_and_why(sqlite_database: Database, here: Practice) -> None:
    (part,) = record(sqlite_database, here, an_entry(activity=Activity.EM_VISIT, minutes=10)).parts
    assert part.counted_minutes == 0
    assert [(exclusion.minutes, exclusion.reason) for exclusion in part.excluded] == [(10, "NOT_CARE_TIME")]


def test_the_receipt_speaks_of_the_entrys_program_alone(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(patient="P-1044", minutes=8))
    saved = record(sqlite_database, here, an_entry(patient="P-1044", program=Program("RPM"), minutes=5))
    (change,) = saved.months
    assert change.after.program == Program("RPM")
    assert (change.before.counted_minutes if change.before else 0, change.after.counted_minutes) == (0, 5)


def test_time_for_a_program_the_patient_is_not_in_is_stored_and_excluded(
    sqlite_database: Database, here: Practice
) -> None:
    saved = record(sqlite_database, here, an_entry(patient="P-1045", program=Program("PCM")))
    assert [exclusion.reason for exclusion in saved.parts[0].excluded] == ["NOT_ENROLLED"]
    assert undo(sqlite_database, here).months[0].after.excluded_minutes == 12
    assert verified(sqlite_database, here).difference is None


def test_the_stored_figures_are_those_of_the_statement(database: Database, practice: Practice) -> None:
    for number in range(3):
        saved = record(database, practice, an_entry(minutes=10 + number))
        evaluated = statement(database, practice)
        assert evaluated.before == evaluated.after == (saved.months[0].after,)
    assert verified(database, practice).patient_months == 1


def test_a_failure_in_the_midst_stores_nothing_of_an_entry(
    database: Database, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(database, practice, an_entry())
    before = statement(database, practice).before

    def fail(_connection: Connection, _cursor: Any, sql: str, *_: Any) -> None:
        if sql.startswith("INSERT INTO requests"):
            raise ConnectionError("the database went away")

    event.listen(database.engine, "before_cursor_execute", fail)
    with pytest.raises(ConnectionError):
        record(database, practice, an_entry(minutes=30))
    event.remove(database.engine, "before_cursor_execute", fail)
    assert stored_entries(database) == 1
    assert statement(database, practice).before == before
    assert verified(database, practice).difference is None
    assert record(database, practice, an_entry(minutes=30)).parts[0].position == 2


def test_keys_and_entries_of_a_request_are_stored_together(sqlite_database: Database, here: Practice) -> None:
    saved = record(sqlite_database, here, an_entry(), request=a_request(key="trigger-9"))
    with sqlite_database.of("T0TEST").reading() as connection:
        row = connection.execute(select(RequestRow).where(RequestRow.idempotency_key == "trigger-9")).one()
    assert row.recorded_at == AT
    assert row.result["parts"][0]["position"] == saved.parts[0].position
    assert "Reconciled" not in str(row.result), "a receipt carries no note"


@pytest.mark.either_database
def test_a_fact_recorded_later_changes_what_earlier_minutes_are_worth(database: Database, practice: Practice) -> None:
    saved = record(database, practice, an_entry(patient="P-1046", minutes=25))
    assert [exclusion.reason for exclusion in saved.parts[0].excluded] == ["NO_CONSENT"]
    consented = patient_row(code="P-1046", consent_date="2026-11-02", consent_form="written")
    import_rows(database, practice, "patients", [consented])
    (figures,) = statement(database, practice, "P-1046", MONTH).before
    assert (figures.counted_minutes, figures.status) == (25, Status.BILLABLE)
    assert figures.codes[0].date_of_service == date(2026, 11, 18)
    assert verified(database, practice).difference is None
