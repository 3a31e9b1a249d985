"""A practice that was looked up before its policy changed: what is stored is worth what the policy in force says."""

from support.practice import AT, an_entry, record, verified

from ledger.practice.practice import Practice, get_practice
from ledger.setting_changes import change_policy
from ledger.storage.database import Database


def test_an_entry_logged_while_the_policy_changes_is_worth_what_the_new_policy_says(
    database: Database, practice: Practice
) -> None:
    looked_up_before = practice
    with database.of("T0TEST").writing() as connection:
        change_policy(connection, practice, "payments", {"2026": {"99490": 100}}, at=AT, recorded_by="admin1")

    receipt = record(database, looked_up_before, an_entry(minutes=25))

    assert receipt.months[-1].after.expected_cents == 100
    with database.of("T0TEST").reading() as connection:
        now = get_practice(connection, practice.practice_id)
    assert verified(database, now).difference is None
