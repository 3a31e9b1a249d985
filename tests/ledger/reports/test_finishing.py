"""N4: a list is made for a day, and asks only for those whose further minutes could still count then."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import pytest
from support.facts import import_fact_rows
from support.practice import MONTH, TODAY, a_practice, an_entry, import_rows, patient_row, record

from ledger.practice.practice import Practice
from ledger.reports.expiring import lapsing
from ledger.reports.finishing import hindered, out_of_reach
from ledger.reports.month_lists import Scope, count_untouched, untouched
from ledger.reports.summaries import few_minutes
from ledger.reports.worklists import Worklist, band_counts, worklist
from ledger.rules.facts import Program
from ledger.storage.database import Database

CCM = {"program": "CCM", "from": "2026-01-05"}
DIED = {**CCM, "to": "2026-11-10", "reason": "died"}
CONSENT = {"program": "CCM", "date": "2026-01-05", "form": "verbal"}
STAY = {"setting": "snf", "admitted": "2026-11-12"}
SAID: Mapping[str, tuple[str, dict[str, str], str]] = {
    "died": ("enrollments", DIED, "ended Nov 10 (died)"),
    "died today": ("enrollments", {**DIED, "to": "2026-11-18"}, "ended Nov 18 (died)"),
    "moved": ("enrollments", {**DIED, "reason": "moved"}, "ended Nov 10 (moved)"),
    "declined": ("enrollments", {**DIED, "reason": "declined"}, "ended Nov 10 (declined)"),
    "other practice": ("enrollments", {**DIED, "reason": "other_practice"}, "ended Nov 10 (other practice)"),
    "no reason": ("enrollments", {**CCM, "to": "2026-11-17"}, "ended Nov 17"),
    "last day today": ("enrollments", {**CCM, "to": "2026-11-18", "reason": "moved"}, ""),
    "ends ahead": ("enrollments", {**CCM, "to": "2026-11-25", "reason": "moved"}, ""),
    "taken back": ("enrollments", {**CCM, "withdrawn": "yes"}, "not enrolled in CCM"),
    "in a facility": ("stays", STAY, "in a facility since Nov 12 (snf)"),
    "admitted today": ("stays", {**STAY, "admitted": "2026-11-18"}, "in a facility since Nov 18 (snf)"),
    "discharged today": ("stays", {**STAY, "discharged": "2026-11-18"}, ""),
    "consent revoked this month": ("consents", {**CONSENT, "revoked": "2026-11-16"}, ""),
    "consent revoked before": ("consents", {**CONSENT, "revoked": "2026-10-31"}, "consent revoked Oct 31"),
}
"""What is recorded of P-1042 as of November 18, and why it cannot be finished then; empty where it can."""


@pytest.fixture
def here(sqlite_database: Database) -> Practice:
    return a_practice(sqlite_database)


def listed(database: Database, practice: Practice, on: date = TODAY) -> Worklist:
    with database.of("T0TEST").reading() as connection:
        return worklist(connection, practice, MONTH, on=on)


def near(found: Worklist) -> list[str]:
    return [one.figures.patient_code for one in found.near]


def apart(found: Worklist) -> list[tuple[str, str]]:
    return [(one.patient.figures.patient_code, one.why) for one in found.apart]


def near_by_an_early_entry(database: Database, practice: Practice, codes: Iterable[str] = ("P-1042", "P-1043")) -> None:
    """Seventeen minutes each on November 3, when all was well."""
    for code in codes:
        record(database, practice, an_entry(patient=code, minutes=17, day=date(2026, 11, 3)))


@pytest.mark.parametrize(("kind", "row", "why"), SAID.values(), ids=SAID)
def test_who_cannot_be_finished_stands_apart_with_the_reason_and_adds_to_no_total(
    database: Database, practice: Practice, kind: str, row: dict[str, str], why: str
) -> None:
    near_by_an_early_entry(database, practice)
    import_fact_rows(database, practice, kind, [row])
    found = listed(database, practice)
    if "revoked Oct" in why or "not enrolled" in why:  # their minutes of the month do not count: they were never near
        assert (near(found), apart(found)) == (["P-1043"], [])
    else:
        assert near(found) == (["P-1043"] if why else ["P-1042", "P-1043"])
        assert apart(found) == ([("P-1042", why)] if why else [])
    assert found.worth_cents == 6613 * len(found.near)
    with database.of("T0TEST").reading() as connection:
        said = hindered(connection, practice, MONTH, ["P-1042", "P-1043"], on=TODAY)
        (band,) = [
            one for one in band_counts(connection, practice, Scope(MONTH), on=TODAY) if one.team_id == "blue-team"
        ]
    assert said == ({("P-1042", Program("CCM")): why} if why else {})
    assert (band.patients, band.apart, band.worth_cents) == (len(found.near), len(found.apart), found.worth_cents)


@pytest.mark.parametrize(("kind", "row", "why"), SAID.values(), ids=SAID)
def test_nobody_is_asked_to_begin_with_one_who_cannot_be_finished(
    sqlite_database: Database, here: Practice, kind: str, row: dict[str, str], why: str
) -> None:
    import_fact_rows(sqlite_database, here, kind, [row])
    scope = Scope(MONTH, {"blue-team"})
    with sqlite_database.of("T0TEST").reading() as connection:
        left = [one.patient_code for one in untouched(connection, here, scope, on=TODAY)]
        assert ("P-1042" in left) is not bool(why)
        assert {"P-1043", "P-1046"} <= set(left)
        assert count_untouched(connection, here, scope, on=TODAY) == len(left)


def test_a_list_is_made_for_a_day_of_its_month(sqlite_database: Database, here: Practice) -> None:
    near_by_an_early_entry(sqlite_database, here)
    import_fact_rows(sqlite_database, here, "stays", [{**STAY, "discharged": "2026-11-15"}])
    for on, codes in (
        (date(2026, 11, 11), ["P-1042", "P-1043"]),
        (date(2026, 11, 12), ["P-1043"]),
        (date(2026, 11, 14), ["P-1043"]),
        (date(2026, 11, 15), ["P-1042", "P-1043"]),
        (date(2026, 12, 3), ["P-1042", "P-1043"]),
        (date(2026, 10, 3), ["P-1042", "P-1043"]),
    ):
        assert near(listed(sqlite_database, here, on)) == codes, on
    import_fact_rows(sqlite_database, here, "enrollments", [{**CCM, "to": "2026-11-30", "reason": "moved"}])
    assert near(listed(sqlite_database, here, date(2026, 12, 3))) == ["P-1042", "P-1043"]


@pytest.mark.either_database
def test_one_who_died_is_asked_for_in_no_program_and_no_message(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "patients", [patient_row(code="P-1044", team="Green Team", programs="CCM;RPM")])
    near_by_an_early_entry(database, practice, ["P-1044"])
    record(database, practice, an_entry(patient="P-1044", program=Program("RPM"), minutes=7, day=date(2026, 11, 4)))
    assert asked_for(database, practice, "P-1044") == {"few", "plan"}
    import_fact_rows(database, practice, "enrollments", [{"patient": "P-1044", **DIED}])
    assert apart(listed(database, practice)) == [("P-1044", "ended Nov 10 (died)")]
    assert asked_for(database, practice, "P-1044") == set()
    with database.of("T0TEST").reading() as connection:
        assert out_of_reach(connection, practice, ["P-1042", "P-1044"], on=TODAY) == {"P-1044"}


def asked_for(database: Database, practice: Practice, patient: str) -> set[str]:
    """In which of the month's messages the patient is named: those with few minutes, lapsing plans and consents."""
    with database.of("T0TEST").reading() as connection:
        few = few_minutes(connection, practice, Scope(MONTH), below_minutes=20, most=9, on=TODAY)
        found = lapsing(connection, practice, "green-team", on=TODAY + timedelta(days=400), days_ahead=30)
    named = {"few": few.first, "plan": found.plans, "consent": found.consents}
    return {what for what, those in named.items() if patient in {one.patient_code for one in those}}


def test_a_blocked_patient_who_died_is_no_longer_among_the_blocked(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "patients", [patient_row(code="P-1050", care_plan_date="")])
    near_by_an_early_entry(sqlite_database, here, ["P-1050"])
    assert len(listed(sqlite_database, here).blocked) == 1
    import_fact_rows(sqlite_database, here, "enrollments", [{"patient": "P-1050", **DIED}])
    found = listed(sqlite_database, here)
    assert (found.blocked, apart(found)) == ((), [("P-1050", "ended Nov 10 (died)")])


def test_who_was_enrolled_anew_is_on_the_list_again(sqlite_database: Database, here: Practice) -> None:
    near_by_an_early_entry(sqlite_database, here, ["P-1042"])
    anew = [{**DIED, "reason": "moved"}, {"program": "CCM", "from": "2026-11-16"}]
    import_fact_rows(sqlite_database, here, "enrollments", anew)
    assert near(listed(sqlite_database, here)) == ["P-1042"]
