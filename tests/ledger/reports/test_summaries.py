"""What leads and billers are told beside counts: who has little time, minutes by person, units, first codes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from support.facts import import_fact_rows
from support.practice import AT, MONTH, an_entry, import_rows, patient_row, record, staff_row, undo

from ledger.months.consents import MissingConsent, renewal_lines
from ledger.practice.practice import Practice, get_practice
from ledger.reports.expiring import Lapsing, LapsingPlan, lapsing
from ledger.reports.month_lists import Scope, month_counts
from ledger.reports.summaries import StaffMinutes, became_billable, few_minutes, minutes_by_person, units_billed
from ledger.rules.facts import Program
from ledger.rules.statement import Group
from ledger.setting_changes import change_policy
from ledger.storage.database import Database
from ledger.validation import ImportSummary

BLUE = Scope(MONTH, ["blue-team"])
NOVEMBER = {"before": date(2026, 11, 2), "first": date(2026, 11, 9), "last": date(2026, 11, 15)}
"""Two weeks from Monday to Sunday."""


@pytest.fixture
def worked(database: Database, practice: Practice) -> Database:
    """The blue team with patients near the code, below it, blocked, billable and untouched."""
    rows = [patient_row(code=f"P-200{number}") for number in range(4)]
    import_rows(database, practice, "patients", [*rows, patient_row(code="P-3001", team="Green Team")])
    for code, minutes in {"P-1042": 17, "P-1043": 9, "P-1046": 12, "P-2000": 4, "P-2001": 41, "P-3001": 3}.items():
        record(database, practice, an_entry(patient=code, minutes=minutes))
    record(database, practice, an_entry(patient="P-2002", minutes=20, day=date(2026, 11, 12)))
    return database


def test_those_with_few_minutes_are_the_open_ones_first_with_what_they_are_worth(
    worked: Database, practice: Practice
) -> None:
    with worked.of("T0TEST").reading() as connection:
        few = few_minutes(connection, practice, BLUE, below_minutes=15, most=25)
        some = few_minutes(connection, practice, BLUE, below_minutes=15, most=1)
        everywhere = few_minutes(connection, practice, Scope(MONTH), below_minutes=15, most=25)

    assert [(one.patient_code, one.counted_minutes) for one in few.first] == [
        ("P-1043", 9),
        ("P-2000", 4),
        ("P-1046", 0),  # without consent no minute counts
    ]
    assert (few.patients, few.blocked, few.worth_cents) == (3, 1, 2 * 6613)
    assert (some.patients, some.worth_cents, len(some.first)) == (3, 2 * 6613, 1)
    assert everywhere.patients == 4


def test_with_those_near_the_code_the_billable_and_the_untouched_they_are_everybody(
    worked: Database, practice: Practice
) -> None:
    with worked.of("T0TEST").reading() as connection:
        counts = month_counts(connection, practice, BLUE)
        few = few_minutes(connection, practice, BLUE, below_minutes=1000, most=25)

    assert few.patients == counts.programs[Group.BLOCKED] + counts.programs[Group.BELOW_THRESHOLD]


def test_minutes_are_summed_by_person_for_two_weeks_apart(database: Database, practice: Practice) -> None:
    for day, minutes, staff in (
        (date(2026, 11, 1), 50, "nurse1"),  # before both weeks
        (date(2026, 11, 2), 5, "nurse1"),
        (date(2026, 11, 8), 6, "nurse1"),
        (date(2026, 11, 9), 7, "nurse1"),
        (date(2026, 11, 15), 8, "nurse1"),
        (date(2026, 11, 16), 60, "nurse1"),  # after them
        (date(2026, 11, 3), 30, "lead1"),
    ):
        record(database, practice, an_entry(day=day, minutes=minutes, staff=staff))
    record(database, practice, an_entry(patient="P-1044", day=date(2026, 11, 10), staff="nurse2", minutes=20))
    record(database, practice, an_entry(day=date(2026, 11, 11), minutes=90))
    undo(database, practice)

    with database.of("T0TEST").reading() as connection:
        blue = minutes_by_person(connection, practice, ["blue-team"], **NOVEMBER)
        both = minutes_by_person(connection, practice, ["blue-team", "green-team"], **NOVEMBER)

    assert blue == [StaffMinutes("nurse1", 15, 11), StaffMinutes("lead1", 0, 30)]
    assert [one.staff_id for one in both] == ["nurse2", "nurse1", "lead1"]


def test_units_are_those_of_every_code(worked: Database, practice: Practice) -> None:
    with worked.of("T0TEST").reading() as connection:
        assert units_billed(connection, practice, BLUE) == 3  # 99490 and 99439 for 41 minutes, 99490 for 20
        assert units_billed(connection, practice, Scope(date(2026, 10, 1))) == 0


def test_a_patient_became_billable_on_the_day_of_the_first_code(worked: Database, practice: Practice) -> None:
    def became(first: int, last: int, practice: Practice = practice) -> int | None:
        with worked.of("T0TEST").reading() as connection:
            days = {"first": date(2026, 11, first), "last": date(2026, 11, last)}
            return became_billable(connection, practice, BLUE, **days)

    assert [became(9, 15), became(16, 22), became(12, 18), became(23, 29)] == [1, 1, 2, 0]
    monthly = replace(practice, policy=replace(practice.policy, claim_date="month_end"))
    assert became(12, 18, monthly) is None


def asked(
    database: Database, *, on: date = date(2026, 11, 17), days_ahead: int = 30, team: str = "blue-team"
) -> Lapsing:
    with database.of("T0TEST").reading() as connection:
        return lapsing(connection, get_practice(connection, "T0TEST"), team, on=on, days_ahead=days_ahead)


@pytest.fixture
def plans(database: Database, practice: Practice) -> Database:
    """The blue team with care plans of every age; those of the practice are of October 1."""
    ages = {
        "P-2000": "2025-11-17",
        "P-2001": "2025-12-17",
        "P-2002": "2025-12-18",
        "P-2003": "2025-10-01",
        "P-2004": "",
    }
    import_rows(database, practice, "patients", [patient_row(code=c, care_plan_date=d) for c, d in ages.items()])
    return database


def test_care_plans_run_out_in_order_and_those_without_one_come_last(plans: Database) -> None:
    assert asked(plans).plans == (
        LapsingPlan("P-2003", date(2025, 10, 1), date(2026, 10, 1)),
        LapsingPlan("P-2000", date(2025, 11, 17), date(2026, 11, 17)),
        LapsingPlan("P-2004", None, None),
    )
    assert [plan.patient_code for plan in asked(plans, days_ahead=31).plans] == ["P-2003", "P-2000", "P-2001", "P-2004"]


def test_a_revised_plan_a_withdrawn_one_and_the_practices_policy_are_heeded(
    plans: Database, practice: Practice
) -> None:
    revised = [
        {"patient": "P-2003", "date": "2026-11-02"},
        {"patient": "P-2002", "date": "2025-12-18", "withdrawn": "yes"},
    ]
    for row in revised:
        import_fact_rows(plans, practice, "care-plans", [row])
    assert [plan.patient_code for plan in asked(plans).plans] == ["P-2000", "P-2002", "P-2004"]

    with plans.of("T0TEST").writing() as connection:
        change_policy(connection, practice, "care_plan_max_days", 30, at=AT, recorded_by="admin1")
    assert {"P-1042", "P-2003"} <= {plan.patient_code for plan in asked(plans).plans}
    with plans.of("T0TEST").writing() as connection:
        change_policy(connection, practice, "care_plan_max_days", 999_999_999, at=AT, recorded_by="admin1")
    assert [plan.patient_code for plan in asked(plans).plans] == ["P-2002", "P-2004"]


def test_only_who_is_enrolled_on_that_day_in_a_program_that_needs_a_plan_is_told_of(
    plans: Database, practice: Practice
) -> None:
    ended = {"patient": "P-2000", "program": "CCM", "from": "2026-01-05", "to": "2026-11-16"}
    import_fact_rows(plans, practice, "enrollments", [ended])
    rpm = patient_row(code="P-3001", team="Green Team", programs="RPM", care_plan_date="")
    import_rows(plans, practice, "patients", [rpm])

    assert [plan.patient_code for plan in asked(plans).plans] == ["P-2003", "P-2004"]
    assert asked(plans, team="green-team") == Lapsing((), ())
    assert asked(plans, on=date(2025, 12, 1)) == Lapsing((), ())


def test_a_consent_is_missing_by_program_and_a_revoked_one_holds_to_the_end_of_its_month(
    database: Database, practice: Practice
) -> None:
    assert asked(database).consents == (MissingConsent("P-1046", Program("CCM")),)
    revoked = {"patient": "P-1042", "program": "CCM", "date": "2026-01-05", "form": "verbal", "revoked": "2026-11-03"}
    import_fact_rows(database, practice, "consents", [revoked])
    enrolled = {"patient": "P-1043", "program": "RPM", "from": "2026-11-02"}
    import_fact_rows(database, practice, "enrollments", [enrolled])

    assert asked(database).consents == (
        MissingConsent("P-1043", Program("RPM")),
        MissingConsent("P-1046", Program("CCM")),
    )
    assert asked(database, on=date(2026, 12, 1)).consents[0] == MissingConsent("P-1042", Program("CCM"))


GIVEN = {"program": "CCM", "date": "2026-01-05", "form": "verbal", "practitioner": "doctor1"}


def with_doctor2(database: Database, practice: Practice, codes: Sequence[str]) -> ImportSummary:
    """Whose billing practitioner was doctor1 is given to doctor2."""
    import_rows(
        database,
        practice,
        "staff",
        [staff_row(id="doctor2", slack_user_id="", name="Doctor Two", credential="MD", roles="practitioner")],
    )
    return import_rows(
        database, practice, "patients", [patient_row(code=code, billing_practitioner="doctor2") for code in codes]
    )


def test_who_consented_to_the_care_of_another_practitioner_is_listed_when_that_changes_and_from_then_on(
    database: Database, practice: Practice
) -> None:
    import_fact_rows(
        database, practice, "consents", [{**GIVEN, "patient": code} for code in ("P-1042", "P-1043", "P-1044")]
    )
    assert asked(database).consents == (MissingConsent("P-1046", Program("CCM")),)

    summary = with_doctor2(database, practice, ["P-1042", "P-1043"])

    assert summary.warnings == (
        "doctor2 bills now, so 2 new consents are needed (rule R9): P-1042 (CCM), P-1043 (CCM)",
    )
    assert asked(database).consents == (
        MissingConsent("P-1042", Program("CCM"), "doctor2"),
        MissingConsent("P-1043", Program("CCM"), "doctor2"),
        MissingConsent("P-1046", Program("CCM")),
    )
    assert with_doctor2(database, practice, ["P-1042", "P-1043"]).warnings == (), "told when it changes"

    anew = {**GIVEN, "patient": "P-1042", "date": "2026-11-16", "practitioner": "doctor2"}
    import_fact_rows(database, practice, "consents", [anew])
    assert [one.patient_code for one in asked(database).consents] == ["P-1043", "P-1046"]

    with database.of("T0TEST").writing() as connection:
        change_policy(connection, practice, "consent_per_practitioner", False, at=AT, recorded_by="admin1")  # noqa: FBT003
    assert asked(database).consents == (MissingConsent("P-1046", Program("CCM")),)


def test_of_many_who_have_to_consent_anew_the_first_are_named_and_the_others_counted() -> None:
    missing = [MissingConsent(f"P-{number}", Program("CCM"), "doctor2") for number in range(5)]
    missing += [MissingConsent("P-9", Program("RPM"), "doctor1"), MissingConsent("P-8", Program("RPM"))]

    assert renewal_lines(missing, most=2) == (
        "doctor1 bills now, so a new consent is needed (rule R9): P-9 (RPM)",
        "doctor2 bills now, so 5 new consents are needed (rule R9): P-0 (CCM), P-1 (CCM) and 3 more",
    )
