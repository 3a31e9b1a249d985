"""What became of lines: recorded once, in order, by whom; and the payer's answer is about what was submitted."""

from dataclasses import replace
from datetime import date

import pytest
from support.claims import change_diagnoses, claims, export, mark, work
from support.practice import AT, TODAY, a_request

from ledger.claims.marks import Asked, mark_line, marks_of, totals_of_month
from ledger.claims.states import Change, ClaimStatus
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.storage.database import Database

OCTOBER = date(2026, 10, 1)


def test_a_line_goes_from_open_to_submitted_to_paid(database: Database, practice: Practice) -> None:
    work(database, practice, 25)
    export(database, practice)

    first = mark(database, practice, "99490", ClaimStatus.SUBMITTED, on_date=date(2026, 11, 3))
    second = mark(database, practice, "99490", ClaimStatus.PAID, paid_cents=6413)

    assert (first.before, first.mark.number, first.is_new) == (ClaimStatus.OPEN, 1, True)
    assert (second.before, second.mark.number, second.mark.on_date) == (ClaimStatus.SUBMITTED, 2, TODAY)
    with database.of("T0TEST").reading() as connection:
        (kept,) = marks_of(connection, practice, OCTOBER).values()
        totals = totals_of_month(connection, practice, OCTOBER)
    assert kept == second.mark
    assert (totals.lines, totals.billed_cents, totals.paid_cents, totals.outstanding_cents) == (1, 6613, 6413, 0)


def test_the_same_request_records_once(database: Database, practice: Practice) -> None:
    work(database, practice, 25)
    request = a_request({"mark": "one"})

    first = mark(database, practice, "99490", ClaimStatus.SUBMITTED, request=request)
    second = mark(database, practice, "99490", ClaimStatus.SUBMITTED, request=request)

    assert (first.replayed, second.replayed) == (False, True)
    assert second.mark == first.mark


@pytest.mark.either_database
def test_what_is_so_already_is_not_recorded_again(here: Practice, sqlite_database: Database) -> None:
    work(sqlite_database, here, 25)
    assert not mark(sqlite_database, here, "99490", ClaimStatus.OPEN).is_new
    assert mark(sqlite_database, here, "99490", ClaimStatus.SUBMITTED).is_new
    assert not mark(sqlite_database, here, "99490", ClaimStatus.SUBMITTED).is_new
    assert mark(sqlite_database, here, "99490", ClaimStatus.OPEN).mark.number == 2


@pytest.mark.either_database
def test_an_answer_of_the_payer_leaves_a_correction_one(here: Practice, sqlite_database: Database) -> None:
    work(sqlite_database, here, 25)
    export(sqlite_database, here)
    mark(sqlite_database, here, "99490", ClaimStatus.SUBMITTED)
    change_diagnoses(sqlite_database, here)
    export(sqlite_database, here)

    mark(sqlite_database, here, "99490", ClaimStatus.PAID)

    (line,) = claims(sqlite_database, here).lines
    assert (line.status, line.change) == (ClaimStatus.PAID, Change.CORRECTION)


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (ClaimStatus.SUBMITTED, {"paid_cents": 1}, "CLAIM_AMOUNT"),
        (ClaimStatus.PAID, {"reason": "CO-97"}, "CLAIM_REASON"),
        (ClaimStatus.DENIED, {"reason": "x" * 301}, "CLAIM_REASON"),
        (ClaimStatus.SUBMITTED, {"on_date": date(2026, 11, 19)}, "CLAIM_DATE"),
        (ClaimStatus.SUBMITTED, {"on_date": date(2026, 9, 30)}, "CLAIM_DATE"),
        (ClaimStatus.DENIED, {"reason": "patient 1EG4-TE5-MK73"}, "IDENTIFIER"),
    ],
)
def test_what_cannot_be_is_refused(
    here: Practice, sqlite_database: Database, status: ClaimStatus, said: dict[str, object], code: str
) -> None:
    work(sqlite_database, here, 25)
    with pytest.raises(LedgerError, match=code):
        mark(sqlite_database, here, "99490", status, **said)
    assert claims(sqlite_database, here).lines[0].mark is None


def test_the_day_of_the_submission_may_be_today_and_the_month_itself(here: Practice, sqlite_database: Database) -> None:
    work(sqlite_database, here, 25)
    for day in (OCTOBER, TODAY):
        assert mark(sqlite_database, here, "99490", ClaimStatus.SUBMITTED, on_date=day).mark.on_date == day


def test_a_line_of_unknown_payment_asks_what_was_paid(here: Practice, sqlite_database: Database) -> None:
    work(sqlite_database, here, 25)
    line = replace(claims(sqlite_database, here).lines[0].line, expected_cents=None)
    asked = Asked(line, ClaimStatus.PAID)
    with sqlite_database.of("T0TEST").writing() as connection, pytest.raises(LedgerError, match="CLAIM_AMOUNT"):
        mark_line(connection, here, asked, request=a_request(), at=AT, by="biller1")
