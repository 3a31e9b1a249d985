"""Practice policy: every SHOULD of the billing rules is the practice's to decide, and each decision is recorded."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from support.facts import import_fact_rows
from support.practice import AT, MONTH, a_practice, an_entry, entry_row, import_rows, record, statement, verified
from support.threads import at_once

from ledger.errors import LedgerError
from ledger.practice.practice import Practice, get_practice
from ledger.practice.settings import DEFAULT_CONDUCT, EXAMPLES, KNOWN_SETTINGS, conduct_of, is_of_policy, policy_of
from ledger.reports.worklists import worklist
from ledger.rules.facts import Activity, Contact
from ledger.rules.policy import DEFAULT_POLICY
from ledger.rules.statement import ProgramStatement, Status
from ledger.setting_changes import change_policy, stored_settings
from ledger.storage.database import Database
from ledger.storage.tables import PolicyChangeRow

OTHER_VALUES: dict[str, Any] = {
    "bands": [[5, 9], [25, 29]],
    "qualifying_credentials": ["RN", "CHW"],
    "count_outreach_attempts": True,
    "rpm_time": "interactive",
    "practitioner_minutes": "any_practitioner",
    "consent_per_practitioner": False,
    "complex_needs_plan_revision": False,
    "honor_complexity_designation": False,
    "care_plan_max_days": 180,
    "initiating_visit": False,
    "care_plan_elements": "block",
    "care_plan_copy": "block",
    "consent_content": "block",
    "claim_date": "month_end",
    "payments": {"2025": {"99490": 6000}, "2026": {"99490": 7000, "99439": 0}},
    "practice_type": "hospital_outpatient",
    "qualifying_apm": True,
    "digest_days": [20, 27],
    "digest_hour": 16,
    "digest_business_days": [6, 5, 4],
    "days_off": ["2026-12-24", "2026-12-31"],
    "digest_picture": False,
    "month_end_notice": False,
    "month_end_notice_days": 10,
    "month_end_notice_hour": 7,
    "weekly_summary": False,
    "weekly_summary_weekday": "friday",
    "weekly_summary_hour": 16,
    "care_plan_notice": False,
    "care_plan_notice_weekday": "thursday",
    "care_plan_notice_hour": 10,
    "care_plan_notice_days": 60,
    "month_start_notice": False,
    "month_start_notice_hour": 12,
    "timer_reminder": False,
    "timer_reminder_minutes": 30,
    "place_of_service": "12",
    "export_staff_names": True,
    "export_notes": True,
    "allow_identifiers": True,
}
"""For each policy a value that is not its default."""

WRITTEN = {
    "bands": "[[15, 19], [35, 39]]",
    "qualifying_credentials": json.dumps(sorted(DEFAULT_POLICY.qualifying_credentials)),
    "count_outreach_attempts": "false",
    "rpm_time": "management",
    "care_plan_max_days": "365",
    "claim_date": "threshold",
    "practice_type": "clinic",
    "payments": '{"2026": {"99490": 6500}}',
}
"""How an example of a policy is written, in a terminal and elsewhere."""


def decide(database: Database, practice: Practice, name: str, value: Any, *, by: str = "admin1") -> Practice:
    with database.of("T0TEST").writing() as connection:
        return change_policy(connection, practice, name, value, at=AT, recorded_by=by)


def changes(database: Database) -> list[tuple[str, Any, Any, str]]:
    with database.of("T0TEST").reading() as connection:
        rows = connection.execute(select(PolicyChangeRow.__table__).order_by(PolicyChangeRow.recorded_at))
        return [(row.name, row.before["value"], row.after["value"], row.recorded_by) for row in rows]


def ccm(database: Database, practice: Practice, patient: str = "P-1042") -> ProgramStatement:
    """The statement, whose figures lists must show too."""
    evaluated = statement(database, practice, patient)
    assert evaluated.before == evaluated.after
    assert verified(database, practice).difference is None
    return evaluated.statement.programs[0]


def test_every_policy_has_another_value_and_an_example_here() -> None:
    assert list(OTHER_VALUES) == list(EXAMPLES)
    assert set(EXAMPLES) == set(KNOWN_SETTINGS)
    defaults = {name: value for name, value in EXAMPLES.items() if name != "payments"}
    assert (policy_of(defaults), conduct_of(defaults)) == (DEFAULT_POLICY, DEFAULT_CONDUCT)


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_a_policy_is_changed_recorded_and_returned_to_its_default(
    sqlite_database: Database, here: Practice, name: str
) -> None:
    value = OTHER_VALUES[name]
    changed = decide(sqlite_database, here, name, value)
    assert (changed.policy != DEFAULT_POLICY) == (is_of_policy(name))
    assert (changed.conduct != DEFAULT_CONDUCT) == (not is_of_policy(name))
    assert changed == replace(here, policy=policy_of({name: value}), conduct=conduct_of({name: value}))
    with sqlite_database.of("T0TEST").reading() as connection:
        assert get_practice(connection, "T0TEST") == changed
        assert stored_settings(connection, here) == {name: value}
    assert decide(sqlite_database, changed, name, None) == here
    with sqlite_database.of("T0TEST").reading() as connection:
        assert stored_settings(connection, here) == {}
    assert changes(sqlite_database) == [(name, None, value, "admin1"), (name, value, None, "admin1")]


def test_who_decided_what_and_when_is_kept(database: Database, practice: Practice) -> None:
    decide(database, practice, "care_plan_max_days", 180)
    decide(database, practice, "care_plan_max_days", 200, by="lead1")
    with database.of("T0TEST").reading() as connection:
        assert set(connection.scalars(select(PolicyChangeRow.recorded_at))) == {AT}
    assert sorted(changes(database), key=str) == [
        ("care_plan_max_days", 180, 200, "lead1"),
        ("care_plan_max_days", None, 180, "admin1"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("bands", [[19, 15]], "must be two minutes, the lower first"),
        ("bands", [[15]], "must be two minutes, the lower first"),
        ("bands", [], "should have at least 1 item"),
        ("bands", [[-5, 3]], "must be greater than or equal to 0"),
        ("qualifying_credentials", "RN", "must be a valid list"),
        ("count_outreach_attempts", "yes", "must be a valid boolean"),
        ("rpm_time", "all", "must be 'management' or 'interactive'"),
        ("care_plan_max_days", 0, "must be greater than or equal to 1"),
        ("care_plan_max_days", "180", "must be a valid integer"),
        ("care_plan_max_days", 180.5, "must be a valid integer"),
        ("claim_date", "today", "must be 'threshold' or 'month_end'"),
        ("payments", {"2026": {"99490": -1}}, "must be greater than or equal to 0"),
        ("payments", {"2026": {"99490": 66.13}}, "must be a valid integer"),
        ("payments", {"2026": {"99940": 6500}}, "no rulebook has the code 99940"),
        ("payments", {"99490": 6500}, "must say the year for which these payments hold"),
        ("payments", {"26": {"99490": 6500}}, "26 is no year: payments stand under their year, such as 2026"),
        ("practice_type", "office", "must be 'clinic', 'hospital_outpatient', 'fqhc' or 'rhc'"),
        ("payments", [6500], "must be a valid dictionary"),
    ],
)
def test_a_value_that_is_none_is_refused_with_an_example_and_nothing_is_changed(
    sqlite_database: Database, here: Practice, name: str, value: Any, reason: str
) -> None:
    with pytest.raises(LedgerError) as caught:
        decide(sqlite_database, here, name, value)
    assert caught.value.code == "POLICY_VALUE"
    assert caught.value.title.startswith(f"{name}: ")
    assert reason in caught.value.title
    assert caught.value.title.endswith("Nothing was changed.")
    assert caught.value.remedy == f"For example: {WRITTEN[name]}"
    assert changes(sqlite_database) == []
    with sqlite_database.of("T0TEST").reading() as connection:
        assert stored_settings(connection, here) == {}


@pytest.mark.parametrize("value", [True, None], ids=["set", "reset"])
def test_a_policy_that_is_none_is_answered_with_those_there_are(
    sqlite_database: Database, here: Practice, value: Any
) -> None:
    with pytest.raises(LedgerError) as caught:
        decide(sqlite_database, here, "outreach", value)
    assert (caught.value.code, caught.value.title) == (
        "POLICY_UNKNOWN",
        "There is no policy 'outreach'. Nothing was changed.",
    )
    assert all(name in caught.value.remedy for name in OTHER_VALUES)
    assert changes(sqlite_database) == []


def test_a_changed_policy_changes_past_months_at_once_and_a_reset_changes_them_back(
    database: Database, practice: Practice
) -> None:
    voicemail = {"activity": "patient_contact", "contact": "voicemail", "minutes": "20"}
    import_rows(database, practice, "entries", [entry_row(**voicemail), entry_row(**voicemail, patient="P-1043")])
    assert [ccm(database, practice, code).counted_minutes for code in ("P-1042", "P-1043")] == [0, 0]
    counting = decide(database, practice, "count_outreach_attempts", value=True)
    assert [ccm(database, counting, code).counted_minutes for code in ("P-1042", "P-1043")] == [20, 20]
    again = decide(database, counting, "count_outreach_attempts", None)
    assert [ccm(database, again, code).status for code in ("P-1042", "P-1043")] == [Status.BELOW_THRESHOLD] * 2


def test_a_bad_value_leaves_the_figures_as_they_were(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(minutes=25))
    before = statement(sqlite_database, here).before
    with pytest.raises(LedgerError, match="Nothing was changed"):
        decide(sqlite_database, here, "payments", {"2026": {"99490": "free"}})
    assert statement(sqlite_database, here).before == before


@pytest.mark.either_database
def test_a_practices_own_payment_stands_in_the_statement_and_decides_between_families(
    database: Database, practice: Practice
) -> None:
    doctor = {"staff": "doctor1", "minutes": "35"}
    import_rows(database, practice, "entries", [entry_row(**doctor), entry_row(minutes="25")])
    taken = ccm(database, practice)
    assert [(line.code, line.units, line.amount_cents) for line in taken.codes] == [
        ("99490", 1, 6613),
        ("99439", 2, 10088),
    ]
    changed = decide(database, practice, "payments", {"2026": {"99491": 17000}})
    taken = ccm(database, changed)
    assert [(line.code, line.amount_cents) for line in taken.codes] == [("99491", 17000)]
    assert taken.expected_cents == 17000
    assert "$2.99 less" in next(one.why_not for one in taken.alternatives if one.family == "ccm_staff")


def test_own_payments_replace_one_another_as_a_whole(sqlite_database: Database, here: Practice) -> None:
    decide(sqlite_database, here, "payments", {"2026": {"99490": 7000, "99439": 5000}})
    changed = decide(sqlite_database, here, "payments", {"2026": {"99439": 5100}})
    assert changed.policy.payments == {"2026": {"99439": 5100}}


@pytest.mark.either_database
def test_bands_decide_who_stands_on_the_near_list(database: Database, practice: Practice) -> None:
    import_rows(
        database,
        practice,
        "entries",
        [entry_row(patient="P-1042", minutes="17"), entry_row(patient="P-1043", minutes="57")],
    )
    with database.of("T0TEST").reading() as connection:
        assert [one.figures.patient_code for one in worklist(connection, practice, MONTH).near] == ["P-1042"]
    changed = decide(database, practice, "bands", [[55, 59]])
    with database.of("T0TEST").reading() as connection:
        (near,) = worklist(connection, changed, MONTH).near
    assert (near.figures.patient_code, near.band, near.threshold.minutes_missing) == ("P-1043", (55, 59), 3)


def test_the_claim_date_and_the_age_of_plans_follow_policy(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(minutes=20))
    month_end = decide(sqlite_database, here, "claim_date", "month_end")
    assert ccm(sqlite_database, month_end).codes[0].date_of_service == date(2026, 11, 30)
    strict = decide(sqlite_database, month_end, "care_plan_max_days", 59)
    assert [blocker.name for blocker in ccm(sqlite_database, strict).blockers] == ["CARE_PLAN_EXPIRED"]
    enough = decide(sqlite_database, strict, "care_plan_max_days", 60)
    assert ccm(sqlite_database, enough).blockers == ()


def test_what_is_recorded_after_a_change_is_judged_by_it(sqlite_database: Database, here: Practice) -> None:
    changed = decide(sqlite_database, here, "rpm_time", "interactive")
    live = {"activity": "patient_contact", "contact": "live", "program": "RPM", "patient": "P-1045"}
    rows = [entry_row(**live, minutes="12"), entry_row(patient="P-1045", program="RPM", minutes="8")]
    import_rows(sqlite_database, changed, "entries", rows)
    import_fact_rows(sqlite_database, changed, "readings", [{"patient": "P-1045", "month": "2026-11", "days": "16"}])
    found = statement(sqlite_database, changed, "P-1045")
    assert found.before == found.after
    assert found.statement.programs[0].counted_minutes == 12
    assert verified(sqlite_database, changed).difference is None


def test_policies_are_the_practices_own(sqlite_database: Database, here: Practice) -> None:
    other = a_practice(sqlite_database, "T0OTHER")
    call = an_entry(activity=Activity.PATIENT_CONTACT, contact=Contact.VOICEMAIL, minutes=25)
    for practice in (here, other):
        record(sqlite_database, practice, call)
    changed = decide(sqlite_database, here, "count_outreach_attempts", value=True)
    assert ccm(sqlite_database, changed).counted_minutes == 25
    with sqlite_database.of("T0OTHER").reading() as connection:
        assert get_practice(connection, "T0OTHER").policy == DEFAULT_POLICY
    assert ccm(sqlite_database, other).counted_minutes == 0


def test_of_two_administrators_at_the_same_moment_neither_undoes_the_other(
    database: Database, practice: Practice
) -> None:
    decided = [("claim_date", "month_end"), ("rpm_time", "interactive"), ("care_plan_max_days", 180)]
    at_once([partial(decide, database, practice, name, value) for name, value in decided])
    with database.of("T0TEST").reading() as connection:
        assert stored_settings(connection, practice) == dict(decided)
    assert len(changes(database)) == 3


def test_long_work_tells_how_far_it_is(sqlite_database: Database, here: Practice) -> None:
    told: list[tuple[int, int]] = []
    with sqlite_database.of("T0TEST").writing() as connection:
        change_policy(
            connection,
            here,
            "initiating_visit",
            value=False,
            at=AT + timedelta(minutes=1),
            recorded_by="admin1",
            progress=lambda done, total: told.append((done, total)),
        )
    assert told == [(5, 5)]
