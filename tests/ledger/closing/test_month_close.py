"""Closing a month and reopening it: what is frozen, what is refused, and what stays possible (E9, B1, B2)."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from support.closing import OCTOBER, REASON, actions, close, reopen
from support.facts import import_fact_rows
from support.practice import (
    AT,
    MONTH,
    NOTE,
    a_practice,
    a_request,
    an_entry,
    entry_row,
    import_rows,
    local,
    patient_row,
    record,
    staff_row,
    statement,
    undo,
    verified,
)

from ledger.closing.changes import ChangeKind, CloseChanges, changes_since_last_close
from ledger.closing.month_close import preview_close
from ledger.errors import LedgerError
from ledger.imports.table_file import ImportRefusedError
from ledger.months.closed_months import closing_in_force, closings_in_force
from ledger.months.patient_months import reevaluate_practice
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice, get_practice
from ledger.recording.addenda import add_addendum
from ledger.recording.facts import FactReceipt, record_fact
from ledger.recording.fixes import fix_entry
from ledger.recording.timers import Timer, running_timer, start_timer, stop_timer
from ledger.recording.voids import void_entry
from ledger.reports.month_lists import Scope, month_counts, month_list, untouched
from ledger.reports.own_entries import own_entries
from ledger.reports.workbook import month_csv, month_workbook
from ledger.reports.worklists import worklist
from ledger.rules.facts import Program
from ledger.rules.rulebook import BOOKS
from ledger.rules.statement import Status
from ledger.setting_changes import change_policy
from ledger.storage.database import Database
from ledger.storage.month_tables import ClosedStatementRow
from ledger.storage.tables import TimeEntryRow

THE_30TH = date(2026, 10, 30)
EARLY_NOVEMBER = local("2026-11-02 09:00")


@pytest.fixture
def worked(database: Database, practice: Practice) -> Practice:
    """A practice with 25 minutes for P-1042 and 17 for P-1043 in October, and 12 for P-1042 in November."""
    record(database, practice, an_entry(day=THE_30TH, minutes=25))
    record(database, practice, an_entry(patient="P-1043", day=THE_30TH, minutes=17))
    record(database, practice, an_entry(minutes=12))
    return practice


def stored(database: Database, table: Any = TimeEntryRow) -> int:
    with database.of("T0TEST").reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def changes(database: Database, practice: Practice) -> CloseChanges:
    with database.of("T0TEST").reading() as connection:
        closing = closing_in_force(connection, practice.practice_id, OCTOBER)
        assert closing is not None
        return changes_since_last_close(connection, practice, closing)


def tell(database: Database, practice: Practice, fact: Fact) -> FactReceipt:
    with database.of("T0TEST").writing() as connection:
        return record_fact(connection, practice, fact, request=a_request(), at=AT, recorded_by="nurse1")


def decide(database: Database, practice: Practice, name: str, value: Any) -> None:
    with database.of("T0TEST").writing() as connection:
        change_policy(connection, practice, name, value, at=AT, recorded_by="admin1")


# What a close freezes


def test_a_close_freezes_every_patients_statement_with_the_book_and_the_ends_of_the_chains(
    database: Database, worked: Practice
) -> None:
    closing = close(database, worked).closing

    with database.of("T0TEST").reading() as connection:
        rows = {row.patient_code: row for row in connection.execute(select(ClosedStatementRow.__table__))}
    assert sorted(rows) == ["P-1042", "P-1043", "P-1044", "P-1045", "P-1046"]
    assert [(rows[code].head_position, rows[code].head_hash == "0" * 64) for code in sorted(rows)] == [
        (2, False),
        (1, False),
        (0, True),
        (0, True),
        (0, True),
    ]
    book = (BOOKS / "medicare-2026.toml").read_bytes()
    assert (closing.rulebook, closing.rulebook_hash) == ("medicare-2026", hashlib.sha256(book).hexdigest())
    content = json.loads(rows["P-1042"].statement)
    assert content["rulebook_hash"] == closing.rulebook_hash
    assert content["programs"][0]["codes"][0]["code"] == "99490"
    assert content["entries"][0]["counted_minutes"] == 25


def test_the_hash_of_a_frozen_statement_can_be_computed_by_anybody(database: Database, worked: Practice) -> None:
    close(database, worked)

    with database.of("T0TEST").reading() as connection:
        row = connection.execute(select(ClosedStatementRow.__table__).limit(1)).one()
    plain = json.dumps({"figures": row.figures, "statement": row.statement}, separators=(",", ":"), ensure_ascii=False)
    assert row.content_hash == hashlib.sha256(plain.encode()).hexdigest()


@pytest.mark.either_database
def test_the_totals_are_those_of_the_months_list_before_and_after(database: Database, worked: Practice) -> None:
    with database.of("T0TEST").reading() as connection:
        preview = preview_close(connection, worked, OCTOBER, at=AT)
        counts = month_counts(connection, worked, Scope(OCTOBER))
        listed = month_list(connection, worked, Scope(OCTOBER))

    totals = close(database, worked).closing.totals

    assert totals == preview.totals
    assert (totals.enrolled_patients, totals.billable_patients, totals.units, totals.expected_cents) == (5, 1, 1, 6613)
    assert (preview.near_programs, preview.near_cents) == (1, 6613)
    with database.of("T0TEST").reading() as connection:
        after = month_counts(connection, worked, Scope(OCTOBER))
        assert (replace(after, closing=None), after.closing is not None) == (counts, True)
        assert month_list(connection, worked, Scope(OCTOBER)) == listed


@pytest.mark.either_database
def test_a_month_without_any_work_can_be_closed(database: Database, practice: Practice) -> None:
    assert close(database, practice, date(2025, 12, 1)).closing.rulebook == "medicare-2025"


# When a month may be closed


@pytest.mark.parametrize(
    ("at", "is_over"), [("2026-11-17 12:00", False), ("2026-11-30 23:59", False), ("2026-12-01 00:00", True)]
)
def test_a_month_can_be_closed_when_it_is_over_in_the_practices_zone(
    sqlite_database: Database, at: str, *, is_over: bool
) -> None:
    practice = a_practice(sqlite_database)
    if is_over:
        assert close(sqlite_database, practice, MONTH, at=local(at)).closing.month == MONTH
    else:
        with pytest.raises(LedgerError, match="MONTH_NOT_OVER") as refused:
            close(sqlite_database, practice, MONTH, at=local(at))
        assert refused.value.remedy == "It can be closed from 2026-12-01 on: /ccm close 2026-11"
        assert actions(sqlite_database, practice, MONTH) == []


def test_a_month_before_the_first_rulebook_cannot_be_closed(sqlite_database: Database) -> None:
    with pytest.raises(LedgerError, match="RULEBOOK_MISSING"):
        close(sqlite_database, a_practice(sqlite_database), date(2024, 10, 1))


@pytest.mark.either_database
def test_a_closed_month_is_not_closed_again_and_an_open_one_not_reopened(database: Database, worked: Practice) -> None:
    with pytest.raises(LedgerError, match="MONTH_NOT_CLOSED"):
        reopen(database, worked)
    close(database, worked)
    with pytest.raises(LedgerError, match="MONTH_ALREADY_CLOSED: October 2026 was closed on 2026-11-18 by biller1"):
        close(database, worked)
    reopen(database, worked)
    with pytest.raises(LedgerError, match="MONTH_NOT_CLOSED"):
        reopen(database, worked)
    assert actions(database, worked) == ["close", "reopen"]


def test_the_same_request_delivered_twice_is_one_close_and_one_reopen(database: Database, worked: Practice) -> None:
    to_close, to_reopen = a_request({"close": "2026-10"}), a_request({"reopen": "2026-10"})
    first, second = (close(database, worked, request=to_close) for _ in range(2))
    reopened, again = (reopen(database, worked, request=to_reopen) for _ in range(2))

    assert (first.replayed, second.replayed, reopened.replayed, again.replayed) == (False, True, False, True)
    assert (first.closing, reopened.closing) == (second.closing, again.closing)
    assert close(database, worked, request=to_close).closing == first.closing, "even after it was reopened"
    assert actions(database, worked) == ["close", "reopen"]


@pytest.mark.parametrize(
    ("reason", "code"),
    [("  ", "REASON_LENGTH"), ("x" * 301, "REASON_LENGTH"), ("Called 215-555-0199 again.", "IDENTIFIER_IN_TEXT")],
)
def test_a_reopen_has_a_reason_without_identifiers(sqlite_database: Database, reason: str, code: str) -> None:
    practice = a_practice(sqlite_database)
    close(sqlite_database, practice)
    with pytest.raises(LedgerError, match=code):
        reopen(sqlite_database, practice, reason=reason)
    assert actions(sqlite_database, practice) == ["close"]


# What a closed month refuses


def _fix(connection: Any, practice: Practice) -> object:
    entry = an_entry(day=THE_30TH, minutes=15)
    return fix_entry(connection, practice, 1, entry, request=a_request(), at=EARLY_NOVEMBER)


def _fix_into(connection: Any, practice: Practice) -> object:
    """The entry of November is said to be of October."""
    entry = an_entry(day=THE_30TH, minutes=12)
    return fix_entry(connection, practice, 2, entry, request=a_request(), at=AT, confirmed=True)


def _void(connection: Any, practice: Practice) -> object:
    how: dict[str, Any] = {"reason": "Wrong patient.", "request": a_request(), "at": AT, "by": "lead1"}
    return void_entry(connection, practice, "P-1042", 1, **how)


def _add(connection: Any, practice: Practice) -> object:
    how: dict[str, Any] = {"text": "Dose kept.", "request": a_request(), "at": AT, "by": "nurse1"}
    return add_addendum(connection, practice, "P-1042", 1, **how)


@pytest.mark.parametrize("write", [_fix, _fix_into, _void, _add])
def test_a_closed_month_takes_no_correction(
    database: Database, worked: Practice, write: Callable[[Any, Practice], object]
) -> None:
    close(database, worked)
    kept = statement(database, worked, month=OCTOBER)

    with pytest.raises(LedgerError, match="MONTH_CLOSED") as refused, database.of("T0TEST").writing() as connection:
        write(connection, worked)

    assert "/ccm reopen 2026-10 " in refused.value.remedy
    assert "biller" in refused.value.remedy
    assert statement(database, worked, month=OCTOBER) == kept
    assert stored(database) == 3
    assert verified(database, worked).difference is None


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(day=THE_30TH, minutes=9),
        an_entry(times=("2026-10-30 10:00", "2026-10-30 10:09")),
        an_entry(times=("2026-10-31 23:50", "2026-11-01 00:10")),
    ],
    ids=["minutes", "times", "across midnight into an open month"],
)
def test_a_closed_month_takes_no_entry(database: Database, worked: Practice, entry: Any) -> None:
    close(database, worked)
    with pytest.raises(LedgerError, match="MONTH_CLOSED"):
        record(database, worked, entry)
    assert stored(database) == 3
    record(database, worked, an_entry(minutes=9))
    assert verified(database, worked).difference is None


def test_undo_takes_nothing_out_of_a_closed_month(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(day=THE_30TH), at=EARLY_NOVEMBER)
    close(database, practice, at=EARLY_NOVEMBER)
    with pytest.raises(LedgerError, match="MONTH_CLOSED"):
        undo(database, practice, at=EARLY_NOVEMBER + timedelta(minutes=5))


def test_a_timer_that_began_in_a_closed_month_goes_on_running(database: Database, practice: Practice) -> None:
    began, ended = local("2026-10-31 23:50"), local("2026-11-01 00:10")
    timer = Timer("nurse1", "P-1042", Program("CCM"), None, None, "", began)
    with database.of("T0TEST").writing() as connection:
        start_timer(connection, practice, timer, request=a_request())
    close(database, practice, at=ended)
    entry = an_entry(times=("2026-10-31 23:50", "2026-11-01 00:10"))
    how: dict[str, Any] = {"started_at": began, "request": a_request(), "at": ended, "recorded_by": "nurse1"}
    with pytest.raises(LedgerError, match="MONTH_CLOSED"), database.of("T0TEST").writing() as connection:
        stop_timer(connection, practice, entry, **how)
    with database.of("T0TEST").reading() as connection:
        assert running_timer(connection, practice, "nurse1") is not None
    assert stored(database) == 0


def test_an_import_names_every_line_of_a_closed_month_and_saves_nothing(database: Database, worked: Practice) -> None:
    close(database, worked)
    rows = [
        entry_row(date="2026-10-30"),
        entry_row(date="2026-11-17"),
        entry_row(start="2026-10-31T23:50", end="2026-11-01T00:10"),
    ]
    with pytest.raises(ImportRefusedError) as refused:
        import_rows(database, worked, "entries", rows)
    assert [(one.line, one.column) for one in refused.value.problems] == [(2, "date"), (4, "start")]
    assert "October 2026 is closed (rule E9). A biller can reopen it: /ccm reopen 2026-10" in str(
        refused.value.problems[0]
    )
    assert stored(database) == 3


@pytest.mark.either_database
def test_what_was_saved_before_the_close_is_answered_again_as_it_was(database: Database, practice: Practice) -> None:
    request = a_request()
    record(database, practice, an_entry(day=THE_30TH), request=request)
    close(database, practice)
    assert record(database, practice, an_entry(day=THE_30TH), request=request).replayed


# What stays possible, and leaves a closed month as it was

REVOKED = Fact("P-1042", FactKind.CONSENT, date(2026, 1, 5), "CCM", date(2026, 9, 30), {"form": "verbal"})
"""That P-1042 revoked the consent in September: nothing of October would be billable."""


def _withdraw(database: Database, practice: Practice) -> object:
    taken_back = {"program": "CCM", "date": "2026-01-05", "form": "verbal", "withdrawn": "yes"}
    return import_fact_rows(database, practice, "consents", [taken_back])


def _revoke(database: Database, practice: Practice) -> object:
    return tell(database, practice, REVOKED)


def _change_roster(database: Database, practice: Practice) -> object:
    nurse = staff_row(id="nurse1", slack_user_id="U0NURSE1", name="Nurse One", credential="", roles="coordinator")
    import_rows(database, practice, "staff", [nurse])
    patients = [patient_row(code="P-1042", billing_practitioner="", team="Green Team"), patient_row(code="P-1099")]
    return import_rows(database, practice, "patients", patients)


def _change_policy(database: Database, practice: Practice) -> object:
    decide(database, practice, "payments", {"2026": {"99490": 9900}})
    return decide(database, practice, "qualifying_credentials", ["MD"])


def _enroll(database: Database, practice: Practice) -> object:
    return tell(database, practice, Fact("P-1043", FactKind.ENROLLMENT, date(2026, 10, 5), "RPM"))


def _reevaluate(database: Database, practice: Practice) -> object:
    decide(database, practice, "payments", {"2026": {"99490": 9900}})
    with database.of("T0TEST").writing() as connection:
        return reevaluate_practice(connection, practice)


@pytest.mark.either_database
@pytest.mark.parametrize("change", [_withdraw, _revoke, _change_roster, _change_policy, _enroll, _reevaluate])
def test_a_closed_month_keeps_its_statement_its_figures_and_its_lists(
    database: Database, worked: Practice, change: Callable[[Database, Practice], object]
) -> None:
    def looks() -> list[object]:
        with database.of("T0TEST").reading() as connection:
            counts = month_counts(connection, worked, Scope(OCTOBER))
            shown = [statement(database, worked, code, OCTOBER).statement for code in ("P-1042", "P-1043", "P-1044")]
            listed = month_list(connection, worked, Scope(OCTOBER))
            own = own_entries(connection, worked, "nurse1", THE_30TH, THE_30TH)
            unworked = untouched(connection, worked, Scope(OCTOBER), first=0, most=99)
            near = worklist(connection, worked, OCTOBER)
            return [counts, shown, listed, own, unworked, near, month_csv(connection, worked, OCTOBER)]

    close(database, worked)
    before = looks()
    change(database, worked)

    assert looks() == before
    with database.of("T0TEST").reading() as connection:
        as_now = get_practice(connection, worked.practice_id)
    assert verified(database, as_now).difference is None


@pytest.mark.either_database
def test_facts_and_policy_still_change_open_months(database: Database, worked: Practice) -> None:
    close(database, worked)
    receipt = tell(database, worked, REVOKED)

    assert [change.after.status for change in receipt.changes if change.after] == [Status.BLOCKED]
    assert [change.after.month for change in receipt.changes if change.after] == [MONTH]
    assert receipt.closed_months == (OCTOBER,)
    assert statement(database, worked, month=OCTOBER).statement.expected_cents == 6613


@pytest.mark.either_database
def test_a_fact_that_leaves_a_closed_month_alone_says_nothing_of_it(database: Database, worked: Practice) -> None:
    close(database, worked)
    receipt = tell(database, worked, Fact("P-1042", FactKind.STAY, date(2026, 11, 3), "snf", date(2026, 11, 5), {}))
    assert receipt.closed_months == ()


@pytest.mark.either_database
def test_a_patient_who_came_after_the_close_has_no_statement_for_it(database: Database, worked: Practice) -> None:
    close(database, worked)
    import_rows(database, worked, "patients", [patient_row(code="P-1099")])
    shown = statement(database, worked, "P-1099", OCTOBER)
    assert (shown.statement.programs, shown.closing is not None) == ((), True)


def test_who_closed_it_stands_in_the_workbook(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    closing = close(sqlite_database, practice).closing
    with sqlite_database.of("T0TEST").reading() as connection:
        book = month_workbook(connection, practice, OCTOBER)
    summary = dict(load_workbook(io.BytesIO(book))["Summary"].iter_rows(min_row=2, values_only=True))
    assert (summary["Closed by"], summary["Rulebook"]) == ("biller1", "medicare-2026")
    assert summary["SHA-256 of what was frozen"] == closing.hash


# Reopening, and closing again


def test_a_reopened_month_is_evaluated_with_all_that_was_recorded_meanwhile(
    database: Database, worked: Practice
) -> None:
    close(database, worked)
    tell(database, worked, REVOKED)
    receipt = reopen(database, worked)

    assert (receipt.closing.reason, receipt.changed_patients) == (REASON, 1)
    assert statement(database, worked, month=OCTOBER).statement.expected_cents == 0
    assert verified(database, worked).difference is None
    record(database, worked, an_entry(patient="P-1043", day=THE_30TH, minutes=3))
    assert statement(database, worked, "P-1043", OCTOBER).statement.expected_cents == 6613


@pytest.mark.either_database
def test_the_second_close_says_what_changed_patient_by_patient(database: Database, worked: Practice) -> None:
    close(database, worked)
    assert changes(database, worked) == CloseChanges(None, ())
    reopen(database, worked)
    record(database, worked, an_entry(patient="P-1043", day=THE_30TH, minutes=5))
    tell(database, worked, REVOKED)
    tell(database, worked, Fact("P-1044", FactKind.CARE_PLAN, date(2026, 10, 20)))
    record(database, worked, an_entry(patient="P-1046", day=THE_30TH, minutes=4, staff="nurse2"))
    close(database, worked)

    found = changes(database, worked)
    said = {
        change.patient_code: (
            change.kind,
            change.before.counted_minutes if change.before else None,
            change.after.counted_minutes if change.after else None,
        )
        for change in found.changes
    }
    assert said == {
        "P-1042": (ChangeKind.NO_LONGER_BILLABLE, 25, 0),
        "P-1043": (ChangeKind.NEWLY_BILLABLE, 17, 22),
        "P-1046": (ChangeKind.FIGURES, None, 0),
    }
    assert found.previous is not None
    assert (found.previous.number, found.patients) == (1, 3)


@pytest.mark.either_database
def test_an_entry_replaced_by_one_as_long_is_a_change_of_details(database: Database, worked: Practice) -> None:
    close(database, worked)
    reopen(database, worked)
    with database.of("T0TEST").writing() as connection:
        fix_entry(
            connection,
            worked,
            1,
            an_entry(day=THE_30TH, minutes=25, note=f"{NOTE} Anew."),
            request=a_request(),
            at=AT,
        )
    close(database, worked)
    assert [(one.patient_code, one.kind) for one in changes(database, worked).changes] == [
        ("P-1042", ChangeKind.DETAILS)
    ]


def test_the_history_and_the_closed_months_are_known(database: Database, worked: Practice) -> None:
    close(database, worked, date(2026, 9, 1))
    close(database, worked)
    reopen(database, worked)
    with database.of("T0TEST").reading() as connection:
        assert list(closings_in_force(connection, worked.practice_id)) == [date(2026, 9, 1)]
    assert actions(database, worked) == ["close", "reopen"]


def test_who_closes_is_told_how_far_it_is(sqlite_database: Database) -> None:
    practice = a_practice(sqlite_database)
    told: list[tuple[int, int]] = []
    close(sqlite_database, practice, progress=lambda done, of: told.append((done, of)))
    assert told == [(5, 5)]
