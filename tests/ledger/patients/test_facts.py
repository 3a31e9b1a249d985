"""Dated facts: appended, superseded by a later revision, withdrawn, and never lost."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.facts import facts_of, stored_facts
from support.practice import AT, MONTH, TODAY, a_practice, an_entry, record, verified

from ledger.months.patient_months import reevaluate_all
from ledger.patients.facts import Appended, Fact, FactKind, append_facts, known_identities
from ledger.practice.practice import Practice
from ledger.reports.month_lists import Scope, month_list
from ledger.roster.directory import enrolled_programs
from ledger.rules.facts import Consent, Enrollment, Program
from ledger.storage.database import Database
from ledger.storage.tables import PatientFactRow

CODE = "P-1042"
CONSENT = Fact(CODE, FactKind.CONSENT, date(2026, 1, 5), "CCM", details={"form": "verbal"})
"""The consent that the test practice's patient has from the first."""


def append(database: Database, practice: Practice, *facts: Fact, at: datetime = AT, partial: bool = False) -> Appended:
    with database.of("T0TEST").writing() as connection:
        appended = append_facts(connection, practice, facts, at=at, recorded_by="nurse1", partial=partial)
        reevaluate_all(connection, practice, appended.patient_codes)
        return appended


def revisions(database: Database, **columns: Any) -> list[Any]:
    with database.of("T0TEST").reading() as connection:
        query = select(PatientFactRow.__table__).filter_by(patient_code=CODE, **columns)
        return list(connection.execute(query.order_by(PatientFactRow.revision)))


def test_a_later_revision_holds_and_the_earlier_one_is_kept_with_who_and_when(
    database: Database, practice: Practice
) -> None:
    revoked = replace(CONSENT, until_date=date(2026, 11, 15))
    later = AT + timedelta(hours=1)
    assert append(database, practice, revoked, at=later) == Appended((), (revoked,))
    first, second = revisions(database, kind="consent")
    assert (first.revision, first.until_date, first.recorded_by) == (0, None, "import")
    assert (second.revision, second.until_date, second.recorded_by) == (1, date(2026, 11, 15), "nurse1")
    assert (first.recorded_at, second.recorded_at) == (AT, later)
    assert facts_of(database, practice).consents == (
        Consent(Program("CCM"), date(2026, 1, 5), "verbal", date(2026, 11, 15)),
    )


def test_what_the_ledger_knows_already_is_not_stored_again(database: Database, practice: Practice) -> None:
    before = stored_facts(database)
    nothing = append(database, practice, CONSENT, CONSENT)
    assert (nothing, nothing.patient_codes) == (Appended((), ()), [])
    assert stored_facts(database) == before


@pytest.mark.parametrize(
    "other",
    [
        replace(CONSENT, on_date=date(2026, 1, 6)),
        replace(CONSENT, subject="RPM"),
        replace(CONSENT, patient_code="P-1043", subject="PCM"),
    ],
    ids=["another date", "another program", "another patient"],
)
def test_a_fact_of_another_patient_program_or_date_is_another_fact(
    sqlite_database: Database, here: Practice, other: Fact
) -> None:
    assert append(sqlite_database, here, other) == Appended((other,), ())
    assert append(sqlite_database, here, CONSENT) == Appended((), ())


@pytest.mark.either_database
def test_a_withdrawn_fact_no_longer_holds_and_can_be_recorded_again(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=25))
    append(database, practice, replace(CONSENT, withdrawn=True))
    assert facts_of(database, practice).consents == ()
    assert verified(database, practice).difference is None
    append(database, practice, CONSENT)
    assert [consent.consent_date for consent in facts_of(database, practice).consents] == [date(2026, 1, 5)]
    assert [row.withdrawn for row in revisions(database, kind="consent")] == [False, True, False]
    assert verified(database, practice).difference is None


def test_a_partial_fact_takes_back_no_end_no_detail_and_no_withdrawal(
    sqlite_database: Database, here: Practice
) -> None:
    plan = Fact(CODE, FactKind.CARE_PLAN, date(2026, 10, 1), details={"substantial": True})
    ended = Fact(CODE, FactKind.ENROLLMENT, date(2026, 1, 5), "CCM", date(2026, 11, 20))
    gone = replace(CONSENT, withdrawn=True)
    append(sqlite_database, here, plan, ended, gone)
    bare = (replace(plan, details={}), replace(ended, until_date=None), CONSENT)
    assert append(sqlite_database, here, *bare, partial=True) == Appended((), ())
    facts = facts_of(sqlite_database, here)
    assert facts.care_plans[0].substantial
    assert facts.enrollments == (Enrollment(Program("CCM"), date(2026, 1, 5), date(2026, 11, 20)),)
    assert facts.consents == ()


def test_a_partial_fact_still_corrects_what_it_does_say(sqlite_database: Database, here: Practice) -> None:
    written = replace(CONSENT, until_date=None, details={"form": "written"})
    append(sqlite_database, here, replace(CONSENT, until_date=date(2026, 11, 15)))
    append(sqlite_database, here, written, partial=True)
    (consent,) = facts_of(sqlite_database, here).consents
    assert (consent.form, consent.revoked_on) == ("written", date(2026, 11, 15))


def test_long_lists_are_stored_whole_and_each_fact_once(sqlite_database: Database, here: Practice) -> None:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(1001)]
    plans = [Fact(CODE, FactKind.CARE_PLAN, day) for day in (*days, *days)]
    appended = append(sqlite_database, here, *plans)
    assert (len(appended.added), len(appended.revised)) == (1001, 0)
    assert append(sqlite_database, here, *plans) == Appended((), ())


def test_every_known_fact_can_be_asked_for_even_a_withdrawn_one(sqlite_database: Database, here: Practice) -> None:
    append(sqlite_database, here, replace(CONSENT, withdrawn=True))
    with sqlite_database.of("T0TEST").reading() as connection:
        known = known_identities(connection, here, [CODE])
        assert known_identities(connection, here, []) == set()
    assert CONSENT.identity in known
    assert replace(CONSENT, subject="RPM").identity not in known


@pytest.mark.either_database
def test_who_left_a_program_is_neither_enrolled_nor_listed_as_untouched(database: Database, practice: Practice) -> None:
    enrollment = Fact(CODE, FactKind.ENROLLMENT, date(2026, 1, 5), "CCM", date(2026, 10, 31))
    append(database, practice, enrollment)
    with database.of("T0TEST").reading() as connection:
        assert enrolled_programs(connection, practice, CODE, date(2026, 10, 31)) == [Program("CCM")]
        assert enrolled_programs(connection, practice, CODE, TODAY) == []
        assert CODE not in {one.patient_code for one in month_list(connection, practice, Scope(MONTH)).untouched}
        october = month_list(connection, practice, Scope(date(2026, 10, 1)))
        assert CODE in {one.patient_code for one in october.untouched}


def test_an_enrollment_that_was_a_mistake_is_none(sqlite_database: Database, here: Practice) -> None:
    append(sqlite_database, here, Fact(CODE, FactKind.ENROLLMENT, date(2026, 1, 5), "CCM", withdrawn=True))
    with sqlite_database.of("T0TEST").reading() as connection:
        assert enrolled_programs(connection, here, CODE, TODAY) == []
        listed = month_list(connection, here, Scope(MONTH))
    assert CODE not in {one.patient_code for one in listed.untouched}
    assert facts_of(sqlite_database, here).enrollments == ()


def test_practices_do_not_see_one_anothers_facts(sqlite_database: Database, here: Practice) -> None:
    other = a_practice(sqlite_database, "T0OTHER")
    append(sqlite_database, here, replace(CONSENT, withdrawn=True))
    assert facts_of(sqlite_database, here).consents == ()
    assert len(facts_of(sqlite_database, other).consents) == 1


def test_the_instant_of_a_fact_comes_back_as_it_went_in(sqlite_database: Database, here: Practice) -> None:
    append(sqlite_database, here, replace(CONSENT, subject="RPM"), at=datetime(2026, 11, 18, 20, 0, 1, tzinfo=UTC))
    (row,) = revisions(sqlite_database, kind="consent", subject="RPM")
    assert row.recorded_at == datetime(2026, 11, 18, 20, 0, 1, tzinfo=UTC)
