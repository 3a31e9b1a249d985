"""A decision in Slack: taken once, recorded once, and none undoes another's."""

from functools import partial
from typing import Any

import pytest
from support.practice import AT, MONTH, a_request, an_entry, record, verified
from support.threads import at_once

from ledger.errors import LedgerError
from ledger.practice.practice import Practice, get_practice
from ledger.practice.settings import EXAMPLES, KNOWN_SETTINGS, said, written_settings
from ledger.setting_changes import Decision, PolicyChange, PolicyReceipt, decide, policy_changes, stored_settings
from ledger.storage.database import Database
from ledger.storage.idempotency import Request


def taken(
    database: Database, practice: Practice, decision: Decision, *, request: Request | None = None
) -> PolicyReceipt:
    with database.of("T0TEST").writing() as connection:
        return decide(connection, practice, decision, request=request or a_request(), at=AT, by="admin1")


def stored(database: Database, practice: Practice) -> dict[str, Any]:
    with database.of("T0TEST").reading() as connection:
        return stored_settings(connection, practice)


def changes(database: Database, practice: Practice) -> list[PolicyChange]:
    with database.of("T0TEST").reading() as connection:
        return policy_changes(connection, practice)


@pytest.mark.either_database
def test_a_decision_says_what_it_changed_and_is_recorded(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=25))

    receipt = taken(database, practice, Decision("care_plan_max_days", 30))

    assert (receipt.before, receipt.after, receipt.month) == (365, 30, MONTH)
    assert (receipt.became_billable, receipt.no_longer_billable) == (0, 1)
    assert (receipt.cents_before, receipt.cents_after) == (6613, 0)
    assert changes(database, practice) == [PolicyChange("care_plan_max_days", None, 30, AT, "admin1")]
    with database.of("T0TEST").reading() as connection:
        now = get_practice(connection, practice.practice_id)
    assert verified(database, now).difference is None


def test_the_same_request_again_returns_the_first_receipt(database: Database, practice: Practice) -> None:
    request = a_request({"setting": "digest_hour"}, key="view:V1")
    first = taken(database, practice, Decision("digest_hour", 16), request=request)
    again = taken(database, practice, Decision("digest_hour", 16), request=request)

    assert (first.replayed, again.replayed) == (False, True)
    assert (again.before, again.after) == (9, 16)
    assert len(changes(database, practice)) == 1


def test_delivered_at_once_it_is_taken_once(database: Database, practice: Practice) -> None:
    request = a_request({"setting": "payments"}, key="view:V2")
    decision = Decision("payments", 7000, "99490", "2026")
    results = at_once([partial(taken, database, practice, decision, request=request)] * 3)

    assert sorted(one.replayed for one in results if isinstance(one, PolicyReceipt)) == [False, True, True]
    assert len(changes(database, practice)) == 1


@pytest.mark.either_database
def test_two_administrators_with_a_code_each_keep_both(database: Database, practice: Practice) -> None:
    decisions = [Decision("payments", 7000, "99490", "2026"), Decision("payments", 5100, "99439", "2026")]
    at_once([partial(taken, database, practice, decision) for decision in decisions])

    assert stored(database, practice) == {"payments": {"2026": {"99490": 7000, "99439": 5100}}}


@pytest.mark.either_database
def test_what_is_so_already_is_no_change(database: Database, practice: Practice) -> None:
    receipt = taken(database, practice, Decision("rpm_time", "management"))

    assert receipt.before == receipt.after
    assert changes(database, practice) == []


@pytest.mark.either_database
@pytest.mark.parametrize(
    "decision", [Decision("payments", 7000, "99940", "2026"), Decision("digest_hour", 24), Decision("nothing", 1)]
)
def test_what_cannot_be_is_refused(database: Database, practice: Practice, decision: Decision) -> None:
    with pytest.raises((LedgerError, KeyError)):
        taken(database, practice, decision)
    assert stored(database, practice) == {}


def test_every_setting_has_its_words_and_every_value_is_said() -> None:
    assert set(KNOWN_SETTINGS) == set(EXAMPLES)
    for name, value in written_settings({"payments": {"2026": {"99490": 7000}}}).items():
        assert said(name, value)
    groups = [text.group for text in KNOWN_SETTINGS.values()]
    assert groups == sorted(groups, key=groups.index)
    for text in KNOWN_SETTINGS.values():
        assert len(text.title) <= 40
        assert all(len(label) <= 60 for label in text.choices.values())
