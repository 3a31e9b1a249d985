"""A fact that somebody asked to record: stored once a request however it is delivered, with what it changed."""

from datetime import date
from functools import partial

import pytest
from support.facts import stored_facts
from support.practice import AT, MONTH, a_request, an_entry, record, verified
from support.threads import at_once

from ledger.errors import LedgerError
from ledger.patients.facts import Fact, FactKind
from ledger.practice.practice import Practice
from ledger.recording.facts import FactReceipt, Outcome, record_fact
from ledger.rules.facts import Program
from ledger.rules.statement import Status
from ledger.storage.database import Database
from ledger.storage.idempotency import Request

CONSENT = Fact("P-1046", FactKind.CONSENT, date(2026, 11, 3), Program("CCM").value, details={"form": "verbal"})


def recorded(database: Database, practice: Practice, request: Request, fact: Fact = CONSENT) -> FactReceipt:
    with database.of("T0TEST").writing() as connection:
        return record_fact(connection, practice, fact, request=request, at=AT, recorded_by="nurse1")


@pytest.mark.either_database
def test_a_receipt_has_the_figures_before_and_after(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(patient="P-1046", minutes=20))

    receipt = recorded(database, practice, a_request())

    (change,) = receipt.changes
    assert change.before is not None
    assert change.after is not None
    assert (change.before.status, change.before.counted_minutes) == (Status.BLOCKED, 0)
    assert (change.after.status, change.after.counted_minutes, change.after.expected_cents) == (
        Status.BILLABLE,
        20,
        6613,
    )
    assert (receipt.fact, receipt.outcome, receipt.replayed) == (CONSENT, Outcome.RECORDED, False)
    assert verified(database, practice).difference is None


def test_a_month_without_time_shows_what_it_would_be_and_stores_nothing(database: Database, practice: Practice) -> None:
    (change,) = recorded(database, practice, a_request()).changes

    assert change.before is not None
    assert change.after is not None
    assert (change.before.status, change.after.status) == (Status.BLOCKED, Status.BELOW_THRESHOLD)
    assert change.after.month == MONTH
    assert verified(database, practice).patient_months == 0


def test_the_same_request_again_gets_the_first_receipt(database: Database, practice: Practice) -> None:
    request = a_request()
    first = recorded(database, practice, request)
    before = stored_facts(database)

    again = recorded(database, practice, request)

    assert again.replayed
    assert (again.fact, again.outcome, again.changes) == (first.fact, first.outcome, first.changes)
    assert stored_facts(database) == before


def test_one_request_delivered_at_once_is_stored_once(database: Database, practice: Practice) -> None:
    before = stored_facts(database)
    work = partial(recorded, database, practice, a_request())

    receipts = at_once([work] * 4)

    assert sorted(receipt.replayed for receipt in receipts if isinstance(receipt, FactReceipt)) == [
        False,
        True,
        True,
        True,
    ]
    assert stored_facts(database) == before + 1


def test_a_key_that_was_used_for_something_else_is_refused(database: Database, practice: Practice) -> None:
    recorded(database, practice, a_request({"text": "one"}, key="same"))

    with pytest.raises(LedgerError) as refused:
        recorded(database, practice, a_request({"text": "other"}, key="same"))

    assert refused.value.code == "REQUEST_DIFFERS"
