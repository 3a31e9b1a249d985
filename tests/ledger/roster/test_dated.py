"""What holds of people and patients from a day on: October is worth what it was worth in October."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from support.closing import close
from support.facts import import_fact_rows
from support.practice import (
    AT,
    MONTH,
    PATIENTS,
    STAFF,
    TODAY,
    a_request,
    an_entry,
    import_rows,
    patient_row,
    record,
    staff_row,
    statement,
    verified,
)

from ledger.imports.kinds import FILE_KINDS
from ledger.imports.table_file import ImportRefusedError, Rows
from ledger.patients.roster_history import histories
from ledger.practice.practice import Practice
from ledger.reports.month_lists import Scope, month_list
from ledger.roster.changes import RosterReceipt, RosterRefusedError, patients_to_evaluate, save_patient, save_person
from ledger.storage.database import Database
from ledger.storage.tables import PatientMonthRow, PatientRow, StaffRow
from ledger.validation import Cells

OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
TEAM_IDS = {"blue-team": "blue-team", "green-team": "green-team"}
NURSE = {**STAFF[0], "teams": "blue-team;green-team", "active_from": "2025-01-01", "supervised": "yes"}
PATIENT = {
    "team": "blue-team",
    "billing_practitioner": "doctor1",
    "conditions": "E11.9;I10",
    "risk_documented": "yes",
}


def put_nurse(database: Database, practice: Practice, **cells: str) -> RosterReceipt:
    """Saves the form of the first nurse: ``cells`` over what it was opened with; ``since`` is the day it holds from."""
    given_cells = {**NURSE, **cells, "from": cells.get("since", "")}
    given_cells.pop("id")
    with database.of("T0TEST").writing() as connection:
        how: dict[str, Any] = {"request": a_request(), "at": AT, "by": "admin1", "confirmed": True}
        return save_person(connection, practice, given_cells, TEAM_IDS, key="nurse1", **how)


def put_patient(database: Database, practice: Practice, **cells: str) -> RosterReceipt:
    """Saves the form of P-1042 likewise."""
    given_cells = {**PATIENT, **cells, "from": cells.get("since", "")}
    with database.of("T0TEST").writing() as connection:
        how: dict[str, Any] = {"request": a_request(), "at": AT, "by": "admin1", "confirmed": True}
        return save_patient(connection, practice, given_cells, TEAM_IDS, key="P-1042", **how)


def minutes(database: Database, practice: Practice) -> dict[str, int]:
    """The counted minutes of P-1042 as stored, by month."""
    with database.of(practice.practice_id).reading() as connection:
        rows = connection.execute(
            select(PatientMonthRow.month, PatientMonthRow.counted_minutes).where(
                PatientMonthRow.patient_code == "P-1042"
            )
        )
        return {f"{row.month:%b}": row.counted_minutes for row in rows}


@pytest.fixture
def worked(database: Database, practice: Practice) -> Practice:
    """A practice in which 21 minutes were logged for P-1042 in September, October and November, by the same nurse."""
    work(database, practice)
    return practice


def work(database: Database, practice: Practice) -> None:
    import_fact_rows(database, practice, "care-plans", [{"patient": "P-1042", "date": "2026-09-01"}])
    for day in (date(2026, 9, 15), date(2026, 10, 15), date(2026, 11, 10)):
        record(database, practice, an_entry(day=day, minutes=21))


def test_a_credential_lost_today_leaves_every_minute_before_today(database: Database, worked: Practice) -> None:
    receipt = put_nurse(database, worked, credential="")

    assert (receipt.months, minutes(database, worked)) == (1, {"Sep": 21, "Oct": 21, "Nov": 21})
    record(database, worked, an_entry(minutes=5))
    assert minutes(database, worked)["Nov"] == 21
    assert verified(database, worked).difference is None


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("since", "counted", "evaluated"),
    [
        ("2026-11-10", {"Sep": 21, "Oct": 21, "Nov": 0}, 1),
        ("2026-11-11", {"Sep": 21, "Oct": 21, "Nov": 21}, 1),
        ("2026-10-31", {"Sep": 21, "Oct": 21, "Nov": 0}, 2),
        ("2026-10-15", {"Sep": 21, "Oct": 0, "Nov": 0}, 2),
        ("always", {"Sep": 0, "Oct": 0, "Nov": 0}, 3),
    ],
)
@pytest.mark.parametrize("change", [{"credential": ""}, {"supervised": "no"}])
def test_a_day_decides_which_minutes_and_which_months(
    sqlite_database: Database, here: Practice, *, since: str, counted: dict[str, int], evaluated: int, change: Any
) -> None:
    work(sqlite_database, here)

    receipt = put_nurse(sqlite_database, here, since=since, **change)

    assert (minutes(sqlite_database, here), receipt.months) == (counted, evaluated)
    assert verified(sqlite_database, here).difference is None


def test_a_day_that_was_told_wrong_is_told_again_without_touching_anything_else(
    sqlite_database: Database, here: Practice
) -> None:
    work(sqlite_database, here)
    put_nurse(sqlite_database, here, credential="")
    assert minutes(sqlite_database, here)["Oct"] == 21

    receipt = put_nurse(sqlite_database, here, credential="", since="2026-10-01")

    assert minutes(sqlite_database, here) == {"Sep": 21, "Oct": 0, "Nov": 0}
    assert [(change.column, change.before, change.after) for change in receipt.changes] == [("credential", "RN", "")]
    put_nurse(sqlite_database, here, credential="RN", since="always")
    assert minutes(sqlite_database, here) == {"Sep": 21, "Oct": 21, "Nov": 21}
    assert put_nurse(sqlite_database, here, credential="RN", since="always").outcome == "unchanged"


def test_what_nobody_touched_in_a_form_is_not_said_of_the_day_that_it_names(
    sqlite_database: Database, here: Practice
) -> None:
    put_nurse(sqlite_database, here, credential="LPN", since="2026-11-01")

    put_nurse(sqlite_database, here, credential="LPN", teams="blue-team", since="2026-10-01")

    with sqlite_database.of("T0TEST").reading() as connection:
        history = histories(connection, "T0TEST", "staff", ["nurse1"])["nurse1"]
    assert history.on(OCTOBER) == {**history.on(OCTOBER), "credential": "RN", "teams": ["blue-team"]}


@pytest.mark.parametrize(
    ("change", "since", "blocked"),
    [
        ({"billing_practitioner": ""}, "2026-11-18", {"Nov": "NO_BILLING_PRACTITIONER"}),
        (
            {"billing_practitioner": ""},
            "2026-10-31",
            {"Oct": "NO_BILLING_PRACTITIONER", "Nov": "NO_BILLING_PRACTITIONER"},
        ),
        ({"billing_practitioner": ""}, "2026-11-01", {"Nov": "NO_BILLING_PRACTITIONER"}),
        ({"conditions": "I10"}, "2026-11-01", {"Nov": "CONDITIONS"}),
        ({"conditions": "I10"}, "2026-10-31", {"Oct": "CONDITIONS", "Nov": "CONDITIONS"}),
        ({"risk_documented": "no"}, "", {"Nov": "RISK_NOT_DOCUMENTED"}),
        ({"risk_documented": "no"}, "2026-10-02", {"Oct": "RISK_NOT_DOCUMENTED", "Nov": "RISK_NOT_DOCUMENTED"}),
    ],
)
@pytest.mark.either_database
def test_what_held_on_a_months_last_day_blocks_the_month(
    sqlite_database: Database, here: Practice, change: Mapping[str, str], since: str, blocked: dict[str, str]
) -> None:
    work(sqlite_database, here)

    put_patient(sqlite_database, here, **change, since=since)

    found = {
        f"{month:%b}": blocker.name
        for month in (SEPTEMBER, OCTOBER, MONTH)
        for blocker in statement(sqlite_database, here, month=month).before[0].blockers
    }
    assert found == blocked
    assert verified(sqlite_database, here).difference is None


def test_a_month_lists_the_patients_whom_the_team_had_on_its_last_day(database: Database, worked: Practice) -> None:
    put_patient(database, worked, team="green-team", since="2026-11-01")

    with database.of("T0TEST").reading() as connection:
        listed = {
            (f"{month:%b}", team): [one.patient_code for one in month_list(connection, worked, scope).billable]
            for month in (OCTOBER, MONTH)
            for team in ("blue-team", "green-team")
            for scope in [Scope(month, (team,))]
        }
    assert listed == {
        ("Oct", "blue-team"): ["P-1042"],
        ("Oct", "green-team"): [],
        ("Nov", "blue-team"): [],
        ("Nov", "green-team"): ["P-1042"],
    }


def test_a_closed_month_stays_as_it_is(sqlite_database: Database, here: Practice) -> None:
    work(sqlite_database, here)
    close(sqlite_database, here, OCTOBER)

    receipt = put_nurse(sqlite_database, here, credential="", since="always")

    assert (receipt.months, minutes(sqlite_database, here)) == (2, {"Sep": 0, "Oct": 21, "Nov": 0})
    assert verified(sqlite_database, here).difference is None


def test_a_file_tells_a_person_in_several_rows_and_again_the_same(database: Database, worked: Practice) -> None:
    rows = [
        staff_row(**{**STAFF[0], "credential": "LPN"}),
        staff_row(**{**STAFF[0], "credential": "NP", "from": "2026-11-01"}),
        staff_row(**{**STAFF[0], "credential": "", "from": "2026-10-01"}),
    ]

    assert import_rows(database, worked, "staff", rows).changed == 1

    assert minutes(database, worked) == {"Sep": 21, "Oct": 0, "Nov": 21}
    with database.of("T0TEST").reading() as connection:
        assert connection.scalar(select(StaffRow.credential).where(StaffRow.staff_id == "nurse1")) == "NP"
    assert import_rows(database, worked, "staff", rows).unchanged == 1
    assert verified(database, worked).difference is None


def test_rows_of_one_person_differ_in_nothing_but_what_is_dated(sqlite_database: Database, here: Practice) -> None:
    first = staff_row(**STAFF[0])
    rows = [first, {**first, "name": "Nurse Other", "from": "2026-11-01"}, {**first, "from": "2026-11-01"}]

    with pytest.raises(ImportRefusedError) as refused:
        import_rows(sqlite_database, here, "staff", rows)

    assert [(one.line, one.column) for one in refused.value.problems] == [(3, "name"), (4, "id")]


def test_a_patients_row_of_a_file_holds_from_its_day(sqlite_database: Database, here: Practice) -> None:
    work(sqlite_database, here)

    row = patient_row(**{**PATIENTS[0], "conditions": "I10", "from": "2026-10-20"})
    assert import_rows(sqlite_database, here, "patients", [row]).changed == 1

    found = [bool(statement(sqlite_database, here, month=m).before[0].blockers) for m in (SEPTEMBER, OCTOBER, MONTH)]
    assert found == [False, True, True]


def test_a_file_of_designations_holds_from_its_day(sqlite_database: Database, here: Practice) -> None:
    doctor = {"id": "doctor2", "slack_user_id": "", "name": "Doctor Two", "credential": "DO", "roles": "practitioner"}
    import_rows(sqlite_database, here, "staff", [staff_row(**doctor)])
    kind = FILE_KINDS["designations"]
    rows = [Cells(2, {"patient": "P-1042", "practitioner": "doctor2", "from": "2026-10-20"})]
    with sqlite_database.of("T0TEST").writing() as connection:
        kind.store(connection, here, Rows("d.csv", rows), at=AT, progress=lambda *_: None, confirmed=True)

    designations = statement(sqlite_database, here).facts.designations
    assert [(one.staff_id, one.from_date, one.to_date) for one in designations] == [
        ("doctor1", None, date(2026, 10, 19)),
        ("doctor2", date(2026, 10, 20), None),
    ]


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2026-11-19", "2026-11-19 lies in the future."),
        ("1949-12-31", "1949-12-31 is too long ago."),
        ("soon", "'soon' is not a date."),
    ],
)
def test_a_day_that_cannot_be_is_refused(sqlite_database: Database, here: Practice, since: str, said: str) -> None:
    for put in (put_nurse, put_patient):
        with pytest.raises(RosterRefusedError) as refused:
            put(sqlite_database, here, since=since)
        (problem,) = refused.value.problems
        assert (problem.column, problem.message) == ("from", said)


def test_whose_months_a_change_costs_is_known_before_it_is_made(sqlite_database: Database, here: Practice) -> None:
    work(sqlite_database, here)
    with sqlite_database.of("T0TEST").reading() as connection:

        def costs(values: dict[str, Any], from_date: date | None = None, who: str = "nurse1") -> list[str]:
            return list(patients_to_evaluate(connection, here, who, values, from_date))

        assert costs({"credential": "RN"}) == []
        assert costs({"credential": "LPN"}) == ["P-1042"]
        assert costs({"credential": "RN"}, OCTOBER) == []
        assert costs({"credential": "LPN"}, OCTOBER) == ["P-1042"]
        assert costs({"teams": []}, OCTOBER) == []
        assert costs({"credential": "RN"}, who="doctor1") == [one["code"] for one in PATIENTS]


CHANGES = st.one_of(
    st.tuples(st.just("nurse"), st.fixed_dictionaries({"credential": st.sampled_from(["", "LPN", "RN", "NP"])})),
    st.tuples(st.just("nurse"), st.fixed_dictionaries({"supervised": st.sampled_from(["yes", "no"])})),
    st.tuples(st.just("patient"), st.fixed_dictionaries({"conditions": st.sampled_from(["I10", "E11.9;I10", ""])})),
    st.tuples(
        st.just("patient"), st.fixed_dictionaries({"billing_practitioner": st.sampled_from(["", "doctor1", "nurse1"])})
    ),
    st.tuples(st.just("patient"), st.fixed_dictionaries({"risk_documented": st.sampled_from(["yes", "no"])})),
)
DAYS = st.integers(0, 100).map(lambda days: TODAY - timedelta(days=days))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(changes=st.lists(st.tuples(CHANGES, DAYS), min_size=1, max_size=4))
def test_property_a_change_from_a_day_changes_no_month_before_it(
    sqlite_database: Database, here: Practice, changes: list[tuple[tuple[str, dict[str, str]], date]]
) -> None:
    if not minutes(sqlite_database, here):
        work(sqlite_database, here)
    for (who, cells), since in changes:
        before = {month: statement(sqlite_database, here, month=month) for month in (SEPTEMBER, OCTOBER, MONTH)}
        put = put_nurse if who == "nurse" else put_patient

        put(sqlite_database, here, **cells, since=since.isoformat())

        for month, known in before.items():
            if month < since.replace(day=1):
                after = statement(sqlite_database, here, month=month)
                assert (after.statement, after.before) == (known.statement, known.before)
    assert verified(sqlite_database, here).difference is None


def test_the_roster_is_what_holds_today(sqlite_database: Database, here: Practice) -> None:
    put_nurse(sqlite_database, here, credential="LPN", since="2026-10-05")
    put_patient(sqlite_database, here, conditions="I10", since="2026-10-05")

    with sqlite_database.of("T0TEST").reading() as connection:
        assert connection.scalar(select(StaffRow.credential).where(StaffRow.staff_id == "nurse1")) == "LPN"
        assert connection.scalar(select(PatientRow.conditions).where(PatientRow.patient_code == "P-1042")) == ["I10"]
