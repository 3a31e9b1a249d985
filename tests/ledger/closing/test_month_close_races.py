"""A close at the same moment as everything else: each write is in what was frozen, or was refused (E9)."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from support.closing import OCTOBER, actions, close, reopen
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
    verified,
)
from support.threads import at_once, wait_for_a_waiter

from ledger.closing import month_close
from ledger.closing.month_close import ClosingReceipt
from ledger.errors import LedgerError
from ledger.months.closed_months import closing_in_force, frozen_statements
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice, get_practice
from ledger.recording.entries import Receipt, record_entry
from ledger.recording.facts import FactReceipt, record_fact
from ledger.setting_changes import change_policy
from ledger.storage.database import Database
from ledger.storage.tables import TimeEntryRow

THE_30TH = date(2026, 10, 30)


def frozen_minutes(database: Database, practice: Practice) -> int:
    """The counted minutes of all that the close in force froze."""
    with database.of("T0TEST").reading() as connection:
        closing = closing_in_force(connection, practice.practice_id, OCTOBER)
        assert closing is not None
        codes = [f"P-{number}" for number in range(1042, 1100)]
        kept = frozen_statements(connection, practice.practice_id, closing, codes)
        return sum(figures.counted_minutes for one in kept.values() for figures in one.figures)


def stored_minutes(database: Database) -> int:
    with database.of("T0TEST").reading() as connection:
        minutes = select(func.sum(TimeEntryRow.duration_minutes)).where(TimeEntryRow.date_of_service == THE_30TH)
        return connection.scalar(minutes) or 0


def is_whole(database: Database, practice: Practice) -> bool:
    """Whether nothing differs, under the policy that the practice has by now."""
    with database.of("T0TEST").reading() as connection:
        as_now = get_practice(connection, practice.practice_id)
    found = verified(database, as_now)
    assert found.difference is None
    return True


def codes_of(outcomes: list[Any]) -> set[str]:
    return {outcome.code if isinstance(outcome, LedgerError) else type(outcome).__name__ for outcome in outcomes}


@pytest.mark.parametrize("others_first", [0, 2, 4])
def test_entries_at_the_moment_of_a_close_are_frozen_or_refused(
    database: Database, practice: Practice, others_first: int
) -> None:
    people, patients = ("nurse1", "nurse2", "lead1", "doctor1"), ("P-1042", "P-1043")
    entries = [
        an_entry(staff=person, patient=patient, day=THE_30TH, minutes=number + 1)
        for number, (person, patient) in enumerate((person, patient) for person in people for patient in patients)
    ]
    for entry in entries[:others_first]:
        record(database, practice, entry, confirmed=True)
    save = partial(record, database, practice, confirmed=True)
    calls: list[Callable[[], object]] = [partial(save, one) for one in entries[others_first:]]
    outcomes = at_once([*calls, partial(close, database, practice)])

    saved = [one for one in outcomes if isinstance(one, Receipt)]
    assert codes_of(outcomes) <= {"Receipt", "ClosingReceipt", "MONTH_CLOSED"}
    assert isinstance(outcomes[-1], ClosingReceipt)
    assert len(saved) + others_first <= len(entries)
    assert frozen_minutes(database, practice) == stored_minutes(database)
    assert is_whole(database, practice)


def test_what_is_recorded_while_the_statements_are_drafted_is_frozen_too(
    database: Database, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(database, practice, an_entry(day=THE_30TH, minutes=20))
    draft_month = month_close.draft_month

    def draft_and_lose_time(*args: Any) -> object:
        draft = draft_month(*args)
        record(database, practice, an_entry(day=THE_30TH, minutes=3))
        import_rows(database, practice, "patients", [patient_row(code="P-1099")])
        record(database, practice, an_entry(patient="P-1099", day=THE_30TH, minutes=4))
        record(database, practice, an_entry(patient="P-1043", minutes=5))
        return draft

    monkeypatch.setattr(month_close, "draft_month", draft_and_lose_time)
    receipt = close(database, practice)

    assert frozen_minutes(database, practice) == 27
    assert receipt.closing.totals is not None
    assert receipt.closing.totals.enrolled_patients == 6
    assert is_whole(database, practice)


def _tell(connection: Connection, practice: Practice) -> object:
    fact = Fact("P-1042", FactKind.CONSENT, date(2026, 1, 5), "CCM", details={"form": "verbal"}, withdrawn=True)
    return record_fact(connection, practice, fact, request=a_request(), at=AT, recorded_by="nurse1")


def _decide(connection: Connection, practice: Practice) -> object:
    return change_policy(connection, practice, "qualifying_credentials", ["MD"], at=AT, recorded_by="admin1")


@pytest.mark.parametrize("change", [_tell, _decide, "staff"])
def test_a_fact_a_policy_or_a_roster_that_changes_meanwhile_is_heeded(
    database: Database, practice: Practice, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    record(database, practice, an_entry(day=THE_30TH, minutes=20))
    draft_month = month_close.draft_month

    def draft_and_lose_time(*args: Any) -> object:
        draft = draft_month(*args)
        if change == "staff":
            nurse = staff_row(id="nurse1", slack_user_id="U0NURSE1", name="Nurse One", credential="", roles="lead")
            import_rows(database, practice, "staff", [{**nurse, "from": "always"}])
        else:
            with database.of("T0TEST").writing() as connection:
                change(connection, practice)
        return draft

    monkeypatch.setattr(month_close, "draft_month", draft_and_lose_time)
    close(database, practice)

    assert frozen_minutes(database, practice) == 0
    assert is_whole(database, practice)


def test_patients_who_come_at_the_moment_of_a_close_are_in_it_with_their_entry_or_have_none(
    database: Database, practice: Practice
) -> None:
    def come(number: int) -> Receipt:
        import_rows(database, practice, "patients", [patient_row(code=f"P-{number}")])
        return record(database, practice, an_entry(patient=f"P-{number}", day=THE_30TH, minutes=number - 1050))

    outcomes = at_once([*(partial(come, number) for number in range(1060, 1066)), partial(close, database, practice)])

    assert codes_of(outcomes) <= {"Receipt", "ClosingReceipt", "MONTH_CLOSED"}
    assert frozen_minutes(database, practice) == stored_minutes(database)
    assert is_whole(database, practice)


def test_an_import_a_fact_a_policy_and_a_close_at_once_leave_the_ledger_whole(
    database: Database, practice: Practice
) -> None:
    for patient in ("P-1042", "P-1043", "P-1046"):
        record(database, practice, an_entry(patient=patient, day=THE_30TH, minutes=17))

    def write(change: Callable[[Connection, Practice], object]) -> object:
        with database.of("T0TEST").writing() as connection:
            return change(connection, practice)

    rows = [entry_row(patient=code, date="2026-10-29", staff="nurse2") for code in ("P-1042", "P-1043")]
    outcomes = at_once(
        [
            partial(import_rows, database, practice, "entries", rows),
            partial(write, _tell),
            partial(write, _decide),
            partial(close, database, practice),
        ]
    )

    refused = [one for one in outcomes if isinstance(one, LedgerError)]
    assert {one.code for one in refused} <= {"IMPORT_REFUSED"}, refused
    assert isinstance(outcomes[1], FactReceipt)
    assert isinstance(outcomes[3], ClosingReceipt)
    assert is_whole(database, practice)
    reopen(database, practice)
    assert is_whole(database, practice)


def test_of_those_who_close_at_once_one_closes_and_the_others_are_told(database: Database, practice: Practice) -> None:
    outcomes = at_once([partial(close, database, practice) for _ in range(3)])
    assert codes_of(outcomes) == {"ClosingReceipt", "MONTH_ALREADY_CLOSED"}
    assert sum(isinstance(one, ClosingReceipt) for one in outcomes) == 1
    assert actions(database, practice) == ["close"]


def test_one_request_at_once_from_several_threads_is_one_close_and_one_reopen(
    database: Database, practice: Practice
) -> None:
    for act in (close, reopen):
        request = a_request()
        outcomes = at_once([partial(act, database, practice, request=request) for _ in range(4)])
        assert sorted(one.replayed for one in outcomes if isinstance(one, ClosingReceipt)) == [False, True, True, True]
    assert actions(database, practice) == ["close", "reopen"]


def test_entries_at_the_moment_of_a_reopen_are_refused_or_evaluated(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(day=THE_30TH, minutes=17))
    close(database, practice)
    people = ("nurse1", "nurse2", "lead1", "doctor1")
    entries = [an_entry(staff=one, day=THE_30TH, minutes=4) for one in people]
    calls = [partial(record, database, practice, entry, confirmed=True) for entry in entries]
    outcomes = at_once([*calls, partial(reopen, database, practice)])
    assert codes_of(outcomes) <= {"Receipt", "ClosingReceipt", "MONTH_CLOSED"}
    assert is_whole(database, practice)


def while_the_rows_are_written(
    database: Database, practice: Practice, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]
) -> None:
    """Closes October; ``meanwhile`` is done when the month is locked and nothing is committed."""
    store_closing = month_close._store

    def store(*args: Any, **how: Any) -> object:
        meanwhile()
        return store_closing(*args, **how)

    monkeypatch.setattr(month_close, "_store", store)
    close(database, practice)


def test_who_writes_while_the_rows_of_a_close_are_written_waits_and_is_refused(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = a_practice(postgresql_database)
    record(postgresql_database, practice, an_entry(day=THE_30TH, minutes=17))
    late: list[Future[Receipt]] = []
    with ThreadPoolExecutor(1) as pool:

        def log() -> None:
            entry = an_entry(day=THE_30TH, minutes=3, staff="nurse2")
            late.append(pool.submit(record, postgresql_database, practice, entry))
            wait_for_a_waiter(postgresql_database)

        while_the_rows_are_written(postgresql_database, practice, monkeypatch, log)

    assert codes_of([late[0].exception()]) == {"MONTH_CLOSED"}
    assert frozen_minutes(postgresql_database, practice) == stored_minutes(postgresql_database) == 17


def test_work_on_other_months_does_not_wait_for_a_close(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = a_practice(postgresql_database)
    record(postgresql_database, practice, an_entry(day=THE_30TH, minutes=17))
    log = partial(record, postgresql_database, practice, an_entry(minutes=5))
    while_the_rows_are_written(postgresql_database, practice, monkeypatch, log)
    assert is_whole(postgresql_database, practice)


def test_a_close_waits_for_whoever_is_just_writing_to_the_month(postgresql_database: Database) -> None:
    practice = a_practice(postgresql_database)
    with ThreadPoolExecutor(1) as pool:
        with postgresql_database.of("T0TEST").writing() as connection:
            entry = an_entry(day=THE_30TH, minutes=23)
            record_entry(connection, practice, entry, request=a_request(), at=AT, recorded_by="nurse1")
            closing = pool.submit(close, postgresql_database, practice)
            wait_for_a_waiter(postgresql_database)
        assert closing.result().closing.number == 1
    assert frozen_minutes(postgresql_database, practice) == 23
    assert is_whole(postgresql_database, practice)
