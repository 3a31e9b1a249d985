"""What the database counts and pages is what the whole list says, on both databases."""

from collections import Counter
from datetime import date

import pytest
from support.facts import import_fact_rows
from support.practice import AT, MONTH, an_entry, import_rows, patient_row, record

from ledger.practice.practice import Practice
from ledger.reports.month_lists import (
    BlockedPatient,
    MonthList,
    Scope,
    blocked_by,
    month_counts,
    month_list,
    month_rows,
    months_of_patient,
    untouched,
)
from ledger.reports.worklists import band_counts, worklist
from ledger.roster.setup import set_up_gaps
from ledger.rules.facts import Program
from ledger.rules.statement import Group
from ledger.storage.database import Database

SCOPES = (
    Scope(MONTH),
    Scope(MONTH, {"blue-team"}),
    Scope(MONTH, {"blue-team", "green-team"}, Program("RPM")),
    Scope(MONTH, None, Program("CCM")),
    Scope(MONTH, set()),
    Scope(date(2026, 10, 1)),
    Scope(date(2025, 12, 1)),
)


@pytest.fixture
def worked(database: Database, practice: Practice) -> Database:
    """A practice with patients in every group, ended and corrected enrollments among them."""
    plans = ("", "2026-10-01", "2026-10-01") * 3
    rows = [patient_row(code=f"P-20{number:02}", care_plan_date=plan) for number, plan in enumerate(plans)]
    rows += [patient_row(code="P-3001", team="Green Team", programs="CCM;RPM", billing_practitioner="")]
    import_rows(database, practice, "patients", rows)
    enrollments = (
        {"patient": "P-2000", "from": "2026-01-05", "to": "2026-09-30"},
        {"patient": "P-2000", "from": "2026-01-05", "to": "2026-10-31"},
        {"patient": "P-2004", "from": "2026-01-05", "withdrawn": "yes"},
        {"patient": "P-2005", "from": "2026-02-01"},
    )
    for row in enrollments:
        import_fact_rows(database, practice, "enrollments", [{"program": "CCM", **row}])
    logged = {"P-1042": 40, "P-1044": 12, "P-1046": 25, "P-2001": 17, "P-2003": 38, "P-2002": 16, "P-3001": 8}
    for code, minutes in logged.items():
        record(database, practice, an_entry(patient=code, minutes=minutes))
    record(database, practice, an_entry(patient="P-2001", minutes=25, day=date(2026, 10, 30)))
    return database


def whole(database: Database, practice: Practice, scope: Scope) -> MonthList:
    with database.of("T0TEST").reading() as connection:
        return month_list(connection, practice, scope)


def groups_of(listed: MonthList) -> dict[Group, list[tuple[str, Program]]]:
    groups = {
        Group.BILLABLE: listed.billable,
        Group.BLOCKED: listed.blocked,
        Group.BELOW_THRESHOLD: listed.below,
        Group.UNTOUCHED: listed.untouched,
    }
    return {group: [(one.patient_code, one.program) for one in ones] for group, ones in groups.items()}


@pytest.mark.parametrize("scope", SCOPES)
def test_the_counts_are_those_of_the_whole_list(worked: Database, practice: Practice, scope: Scope) -> None:
    listed = whole(worked, practice, scope)
    with worked.of("T0TEST").reading() as connection:
        counts = month_counts(connection, practice, scope)

    assert counts.programs == {group: len(ones) for group, ones in groups_of(listed).items()}
    assert (counts.enrolled_patients, counts.billable_patients, counts.expected_cents, counts.capture_percent) == (
        listed.enrolled_patients,
        listed.billable_patients,
        listed.expected_cents,
        listed.capture_percent,
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_the_pages_together_are_the_whole_list_in_its_order(worked: Database, practice: Practice, scope: Scope) -> None:
    groups = groups_of(whole(worked, practice, scope))
    for group in (None, *Group):
        expected = [one for name, ones in groups.items() for one in ones if group in {None, name}]
        with worked.of("T0TEST").reading() as connection:
            counts = month_counts(connection, practice, scope)
            pages = [
                month_rows(connection, practice, scope, counts, group=group, first=first, most=4)
                for first in range(0, len(expected) + 4, 4)
            ]
        assert [(row.patient_code, row.program) for page in pages for row in page] == expected
        assert all(len(page) == 4 for page in pages[: len(expected) // 4])


@pytest.mark.parametrize("scope", SCOPES)
def test_bands_are_counted_as_the_worklist_lists_them(worked: Database, practice: Practice, scope: Scope) -> None:
    with worked.of("T0TEST").reading() as connection:
        listed = worklist(connection, practice, scope.month, scope.team_ids, scope.program)
        counts = band_counts(connection, practice, scope)

    near = Counter((one.figures.program, one.band) for one in listed.near)
    counted: Counter[tuple[Program, tuple[int, int]]] = Counter()
    for one in counts:
        counted[one.program, one.band] += one.patients
    assert +counted == near
    assert sum(one.blocked for one in counts) == len(listed.blocked)
    assert sum(one.worth_cents for one in counts) == listed.worth_cents
    if scope.month == MONTH and scope.team_ids is None:
        assert near
        assert listed.blocked


def test_those_without_time_come_in_pages(worked: Database, practice: Practice) -> None:
    listed = whole(worked, practice, Scope(MONTH)).untouched
    with worked.of("T0TEST").reading() as connection:
        found = [untouched(connection, practice, Scope(MONTH), first=first, most=3) for first in range(0, 12, 3)]

    assert [one for page in found for one in page] == list(listed)[:12]


def test_blockers_are_counted_and_their_patients_named(worked: Database, practice: Practice) -> None:
    listed = whole(worked, practice, Scope(MONTH))
    counts = Counter(blocker.name for figures in listed.blocked for blocker in figures.blockers)
    with worked.of("T0TEST").reading() as connection:
        found = blocked_by(connection, practice, Scope(MONTH), "NO_CONSENT")
        none = blocked_by(connection, practice, Scope(MONTH, {"green-team"}), "NO_CONSENT")

    assert dict(found.counts) == counts
    assert found.programs == len(listed.blocked)
    remedy = "Obtain consent and record it: /ccm consent CODE DATE verbal PROGRAM"
    assert found.patients == (BlockedPatient("P-1046", Program("CCM"), 0, remedy),)
    assert none.patients == ()


def test_a_patient_has_the_months_for_which_there_are_figures(worked: Database, practice: Practice) -> None:
    with worked.of("T0TEST").reading() as connection:
        assert months_of_patient(connection, practice, "P-2001") == [MONTH, date(2026, 10, 1)]
        assert months_of_patient(connection, practice, "P-1043") == []


def test_what_is_missing_in_the_set_up_is_named_or_counted(worked: Database, practice: Practice) -> None:
    with worked.of("T0TEST").reading() as connection:
        gaps = set_up_gaps(connection, practice, AT.date())

    assert gaps.has_teams
    assert gaps.has_people
    assert gaps.has_patients
    assert (gaps.teams_without_channel, gaps.people_without_role) == ((), ())
    assert gaps.patients_without_practitioner == 1
