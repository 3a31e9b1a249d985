"""``ccm import enrollments, consents, care-plans, …``: what each column does, what is refused, what it changes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from support.facts import facts_of, import_fact_file, import_fact_rows, stored_facts
from support.practice import (
    AT,
    MONTH,
    NEW_YORK,
    a_practice,
    entry_row,
    import_rows,
    patient_row,
    staff_row,
    statement,
    verified,
    write_csv,
)

from ledger.errors import LedgerError
from ledger.imports.table_file import ImportRefusedError
from ledger.months.figures import Figures
from ledger.patients.fact_values import PlanElement
from ledger.practice.practice import Practice
from ledger.recording.fact_reading import FACT_FILES
from ledger.reports.month_lists import Scope, month_list
from ledger.rules.facts import (
    CarePlanRevision,
    ComplexityDesignation,
    Consent,
    DeviceSetUp,
    Enrollment,
    InitiatingVisit,
    PlanCopy,
    Program,
    Readings,
    Stay,
)
from ledger.rules.statement import ProgramStatement, Status
from ledger.storage.database import Database
from ledger.validation import ImportSummary

Row = Mapping[str, str]

BESIDE = "Give one of: a month, the period's first day (from), or the dates."
MARKS = "One of: apcm, billed_elsewhere; or the code of a service that excludes a program: 90951 to 90970, G0181, G0182"
ROWS: dict[str, Row] = {
    "enrollments": {"program": "PCM", "from": "2026-11-02", "to": "2026-11-20", "reason": "moved"},
    "consents": {
        "program": "RPM",
        "date": "2026-11-02",
        "form": "written",
        "revoked": "2026-11-16",
        "practitioner": "doctor1",
        "by": "nurse1",
        "said": "service;may_stop",
    },
    "care-plans": {
        "date": "2026-11-03",
        "substantial": "yes",
        "elements": "goals;problems",
        "copy_to": "caregiver",
        "copy_how": "mail",
        "copy_date": "2026-11-04",
    },
    "visits": {"date": "2026-11-04", "type": "TCM"},
    "stays": {"setting": "inpatient", "admitted": "2026-11-10T14:00", "discharged": "2026-11-13"},
    "complexity": {"date": "2026-11-05", "mdm": "high", "by": "doctor1", "rationale": "new heart failure"},
    "devices": {"set_up": "2026-11-05"},
    "readings": {"month": "2026-11", "days": "18"},
    "marks": {"month": "2026-11", "mark": "billed_elsewhere", "program": "PCM"},
}
"""A row of each file that says nothing the ledger knows."""
IN_PLACE = {"readings": {"from", "dates"}}
"""Columns that stand in place of others of that row."""
TOLD = ("doctor1", "nurse1", frozenset({"service", "may_stop"}))
ELEMENTS = frozenset({"problems", "goals"})
COPY = PlanCopy(date(2026, 11, 4), "caregiver", "mail")
FIELDS: dict[str, tuple[str, Any]] = {
    "enrollments": ("enrollments", Enrollment(Program("PCM"), date(2026, 11, 2), date(2026, 11, 20))),
    "consents": ("consents", Consent(Program("RPM"), date(2026, 11, 2), "written", date(2026, 11, 16), *TOLD)),
    "care-plans": ("care_plans", CarePlanRevision(date(2026, 11, 3), True, ELEMENTS, COPY)),  # noqa: FBT003
    "visits": ("initiating_visits", InitiatingVisit(date(2026, 11, 4), "TCM")),
    "stays": ("stays", Stay("inpatient", datetime(2026, 11, 10, 14, tzinfo=NEW_YORK), date(2026, 11, 13))),
    "complexity": (
        "complexity",
        ComplexityDesignation(date(2026, 11, 5), "high", "doctor1", "new heart failure"),
    ),
    "devices": ("devices", DeviceSetUp(date(2026, 11, 5))),
    "readings": ("readings", Readings(18)),
    "marks": ("billed_elsewhere", Program("PCM")),
}
"""Where the fact of that row stands in the facts of the month, and as what."""
BY_KIND = pytest.mark.parametrize("kind", ROWS)


def holds(database: Database, practice: Practice, kind: str, expected: Any = None) -> bool:
    """Whether the fact of ``ROWS`` (or ``expected``) holds in November."""
    field, fact = FIELDS[kind]
    found = getattr(facts_of(database, practice), field)
    wanted = fact if expected is None else expected
    return bool(found == wanted if isinstance(found, int) else wanted in found)


def problems(caught: pytest.ExceptionInfo[ImportRefusedError]) -> list[str]:
    return [str(problem) for problem in caught.value.problems]


def part(
    database: Database, practice: Practice, patient: str = "P-1042", program: Program = Program("CCM")
) -> ProgramStatement:
    found = statement(database, practice, patient).statement.program(program)
    assert found is not None
    return found


def figures(database: Database, practice: Practice, patient: str = "P-1042") -> tuple[Figures, ...]:
    """What lists show of the patient, which must be what the entries say."""
    evaluated = statement(database, practice, patient)
    assert evaluated.before == evaluated.after
    assert verified(database, practice).difference is None
    return evaluated.before


# ---------------------------------------------------------------- what a file brings


def test_there_is_a_row_here_for_every_file() -> None:
    assert list(ROWS) == list(FIELDS) == list(FACT_FILES)


@BY_KIND
def test_every_column_of_a_file_arrives_and_the_same_file_again_changes_nothing(
    database: Database, practice: Practice, kind: str
) -> None:
    assert set(ROWS[kind]) | IN_PLACE.get(kind, set()) == set(FACT_FILES[kind].columns)
    assert not holds(database, practice, kind)
    assert import_fact_rows(database, practice, kind, [ROWS[kind]]) == ImportSummary(added=1)
    assert holds(database, practice, kind)
    stored = stored_facts(database)
    assert import_fact_rows(database, practice, kind, [ROWS[kind]]) == ImportSummary(unchanged=1)
    assert stored_facts(database) == stored
    assert verified(database, practice).difference is None


@BY_KIND
def test_a_row_marked_withdrawn_takes_a_fact_back_and_one_without_the_mark_restores_it(
    sqlite_database: Database, here: Practice, kind: str
) -> None:
    import_fact_rows(sqlite_database, here, kind, [ROWS[kind]])
    gone = {**ROWS[kind], "withdrawn": "yes"}
    assert import_fact_rows(sqlite_database, here, kind, [gone]) == ImportSummary(changed=1)
    assert not holds(sqlite_database, here, kind)
    assert import_fact_rows(sqlite_database, here, kind, [gone]) == ImportSummary(unchanged=1)
    back = {**ROWS[kind], "withdrawn": "no"}
    assert import_fact_rows(sqlite_database, here, kind, [back]) == ImportSummary(changed=1)
    assert holds(sqlite_database, here, kind)
    assert verified(sqlite_database, here).difference is None


LATER: dict[str, tuple[Row, Any]] = {
    "enrollments": ({"to": "", "reason": ""}, Enrollment(Program("PCM"), date(2026, 11, 2))),
    "consents": (
        {"form": "verbal", "revoked": ""},
        Consent(Program("RPM"), date(2026, 11, 2), "verbal", None, *TOLD),
    ),
    "care-plans": (
        {"substantial": "no", "elements": "all"},
        CarePlanRevision(date(2026, 11, 3), False, frozenset(PlanElement), COPY),  # noqa: FBT003
    ),
    "visits": ({"type": "AWV"}, InitiatingVisit(date(2026, 11, 4), "AWV")),
    "stays": ({"admitted": "2026-11-10", "discharged": ""}, Stay("inpatient", date(2026, 11, 10))),
    "complexity": (
        {"mdm": "moderate", "rationale": "stroke"},
        ComplexityDesignation(date(2026, 11, 5), "moderate", "doctor1", "stroke"),
    ),
    "readings": ({"days": "30"}, Readings(30)),
}


@pytest.mark.parametrize("kind", LATER)
def test_a_later_row_about_the_same_fact_holds_in_place_of_the_earlier(
    sqlite_database: Database, here: Practice, kind: str
) -> None:
    changes, expected = LATER[kind]
    import_fact_rows(sqlite_database, here, kind, [ROWS[kind]])
    stored = stored_facts(sqlite_database)
    assert import_fact_rows(sqlite_database, here, kind, [{**ROWS[kind], **changes}]) == ImportSummary(changed=1)
    assert holds(sqlite_database, here, kind, expected)
    assert not holds(sqlite_database, here, kind)
    assert stored_facts(sqlite_database) == stored + 1, "the earlier row is kept"


@pytest.mark.parametrize(
    ("kind", "row", "held"),
    [
        ("readings", {"from": "2026-10-20", "days": "18"}, ("readings", (Readings(18, date(2026, 10, 20)),))),
        (
            "readings",
            {"dates": "2026-11-05, 2026-11-03; 2026-11-08..2026-11-10"},
            ("readings", (Readings(dates=tuple(date(2026, 11, day) for day in (3, 5, 8, 9, 10))),)),
        ),
        (
            "readings",
            {"dates": "Nov 5, 2026; 11/6/2026"},
            ("readings", (Readings(dates=(date(2026, 11, 5), date(2026, 11, 6))),)),
        ),
        ("marks", {"month": "2026-11", "mark": "g0181"}, ("other_services", {"G0181"})),
        ("marks", {"month": "2026-11", "mark": "90970"}, ("other_services", {"90970"})),
        ("marks", {"month": "2026-10", "mark": "G0181"}, ("other_services", set())),
        ("marks", {"month": "2026-11", "mark": "apcm"}, ("apcm", True)),
        (
            "care-plans",
            {"date": "2026-11-03", "elements": "none"},
            ("care_plans", CarePlanRevision(date(2026, 11, 3), elements=frozenset())),
        ),
        (
            "care-plans",
            {"date": "2026-11-03", "copy_how": "Portal"},
            (
                "care_plans",
                CarePlanRevision(date(2026, 11, 3), copy=PlanCopy(date(2026, 11, 3), "patient", "portal")),
            ),
        ),
        (
            "consents",
            {"program": "RPM", "date": "2026-11-02", "form": "verbal", "practitioner": "DOCTOR1", "said": "all"},
            (
                "consents",
                Consent(
                    Program("RPM"),
                    date(2026, 11, 2),
                    practitioner="doctor1",
                    said=frozenset({"service", "cost_sharing", "one_practitioner", "may_stop"}),
                ),
            ),
        ),
        (
            "consents",
            {"program": "RPM", "date": "2026-11-02", "form": "verbal"},
            ("consents", Consent(Program("RPM"), date(2026, 11, 2))),
        ),
    ],
)
def test_what_a_row_says_arrives_where_the_rules_look_for_it(
    sqlite_database: Database, here: Practice, kind: str, row: Row, held: tuple[str, Any]
) -> None:
    field, expected = held
    import_fact_rows(sqlite_database, here, kind, [row])
    found = getattr(facts_of(sqlite_database, here), field)
    assert expected in found if field in {"care_plans", "consents"} else found == expected


def test_two_periods_and_dates_of_a_month_stand_side_by_side(sqlite_database: Database, here: Practice) -> None:
    rows: list[Row] = [
        {"from": "2026-10-02", "days": "16"},
        {"from": "2026-11-01", "days": "17"},
        {"dates": "2026-11-01;2026-11-05"},
        {"month": "2026-11", "days": "18"},
    ]
    assert import_fact_rows(sqlite_database, here, "readings", rows) == ImportSummary(added=4)
    assert set(facts_of(sqlite_database, here).readings) == {
        Readings(16, date(2026, 10, 2)),
        Readings(17, date(2026, 11, 1)),
        Readings(dates=(date(2026, 11, 1), date(2026, 11, 5))),
        Readings(18),
    }
    assert import_fact_rows(sqlite_database, here, "readings", rows) == ImportSummary(unchanged=4)


def test_a_row_that_says_less_of_a_plan_or_a_consent_keeps_what_is_known(
    sqlite_database: Database, here: Practice
) -> None:
    for kind in ("consents", "care-plans"):
        import_fact_rows(sqlite_database, here, kind, [ROWS[kind]])
        kept = dict.fromkeys(FACT_FILES[kind].optional, "")
        assert import_fact_rows(sqlite_database, here, kind, [{**ROWS[kind], **kept}]) == ImportSummary(unchanged=1)
        assert holds(sqlite_database, here, kind)


def test_a_summary_tells_new_changed_and_known_rows_apart(sqlite_database: Database, here: Practice) -> None:
    import_fact_rows(sqlite_database, here, "visits", [ROWS["visits"], {"date": "2026-11-05", "type": "AWV"}])
    rows = [ROWS["visits"], {"date": "2026-11-05", "type": "E/M"}, {"date": "2026-11-06", "type": "IPPE"}]
    assert import_fact_rows(sqlite_database, here, "visits", rows) == ImportSummary(1, 1, 1)


def test_columns_may_stand_in_any_order_and_a_byte_order_mark_is_no_matter(
    sqlite_database: Database, here: Practice, tmp_path: Path
) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("\ufeffwithdrawn, type ,patient,date\n,e/m,P-1042,2026-11-04\n", encoding="utf-8")
    assert import_fact_file(sqlite_database, here, "visits", path) == ImportSummary(added=1)
    assert holds(sqlite_database, here, "visits", InitiatingVisit(date(2026, 11, 4), "E/M"))


def test_an_empty_file_changes_nothing(sqlite_database: Database, here: Practice, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "visits.csv", ("patient", "date", "type"), [])
    assert import_fact_file(sqlite_database, here, "visits", path) == ImportSummary()


def test_facts_of_hundreds_of_patients_arrive(sqlite_database: Database, here: Practice) -> None:
    codes = [f"Q-{number:04}" for number in range(600)]
    import_rows(sqlite_database, here, "patients", [patient_row(code=code, programs="RPM") for code in codes])
    rows = [{"patient": code, "month": "2026-11", "days": "16"} for code in codes]
    assert import_fact_rows(sqlite_database, here, "readings", rows) == ImportSummary(added=600)
    with sqlite_database.of("T0TEST").reading() as connection:
        assert len(month_list(connection, here, Scope(MONTH)).billable) == 600


# ---------------------------------------------------------------- what is refused


@BY_KIND
def test_of_a_file_with_one_bad_row_nothing_is_stored_and_every_problem_is_named(
    sqlite_database: Database, here: Practice, kind: str
) -> None:
    before = stored_facts(sqlite_database)
    rows = [ROWS[kind], {**ROWS[kind], "patient": "P-9999"}, {**ROWS[kind], "patient": ""}]
    with pytest.raises(ImportRefusedError, match=f"{kind}.csv has .* Nothing was saved") as caught:
        import_fact_rows(sqlite_database, here, kind, rows)
    named = problems(caught)
    assert "line 3, patient: no patient is called 'P-9999'. Import it first: ccm import patients patients.csv" in named
    assert "line 4, patient: is empty. For example: P-1042" in named
    assert [name for name in named if name.startswith("line 2")] == []
    assert stored_facts(sqlite_database) == before


@BY_KIND
def test_a_missing_or_unknown_column_is_named_with_the_columns_there_are(
    sqlite_database: Database, here: Practice, tmp_path: Path, kind: str
) -> None:
    file = FACT_FILES[kind]
    if not set(file.columns) - set(file.optional):
        pytest.skip("none of its columns is needed in every file")
    columns = [column for column in file.columns if column not in file.optional]
    path = write_csv(tmp_path / f"{kind}.csv", ("patient", *columns[1:], "remark"), [])
    with pytest.raises(ImportRefusedError) as caught:
        import_fact_file(sqlite_database, here, kind, path)
    (named,) = problems(caught)
    assert f"(missing: {columns[0]}; unknown: remark)" in named
    assert f"The first line reads: patient,{','.join(columns)}" in named


@pytest.mark.parametrize(
    ("kind", "cells", "named"),
    [
        ("enrollments", {"program": ""}, "program: is empty. One of: CCM, PCM, RPM, TCM, APCM"),
        ("enrollments", {"program": "CMC"}, "program: 'CMC' is not known. One of: CCM, PCM, RPM, TCM, APCM"),
        ("enrollments", {"from": ""}, "from: is empty. Write the date as 2026-11-03."),
        ("enrollments", {"from": "2026-11-21"}, "from: 2026-11-21 lies in the future. Record it when it has happened."),
        ("enrollments", {"to": "2026-11-01"}, "to: 2026-11-01 is before the first day. Correct one of the two dates."),
        ("enrollments", {"to": "soon"}, "to: 'soon' is not a date. Write it as 2026-11-03."),
        ("consents", {"program": "CMC"}, "program: 'CMC' is not known. One of: CCM, PCM, RPM, TCM, APCM"),
        (
            "consents",
            {"date": "02.11.2026"},
            "date: '02.11.2026' may have the day or the month first. Write it as 2026-11-03.",
        ),
        ("consents", {"date": "2026-02-30"}, "date: '2026-02-30' is not a date. Write it as 2026-11-03."),
        ("consents", {"date": ""}, "date: is empty. Write the date as 2026-11-03."),
        ("consents", {"form": ""}, "form: is empty. One of: verbal, written"),
        ("consents", {"form": "spoken"}, "form: 'spoken' is not known. One of: verbal, written"),
        (
            "consents",
            {"revoked": "2026-11-01"},
            "revoked: 2026-11-01 is before the consent. Correct one of the two dates.",
        ),
        ("consents", {"revoked": "no"}, "revoked: 'no' is not a date. Write it as 2026-11-03."),
        ("consents", {"withdrawn": "maybe"}, "withdrawn: 'maybe' is neither yes nor no. Write yes or no."),
        ("care-plans", {"date": ""}, "date: is empty. Write the date as 2026-11-03."),
        ("care-plans", {"substantial": "very"}, "substantial: 'very' is neither yes nor no. Write yes or no."),
        ("visits", {"type": ""}, "type: is empty. One of: AWV, IPPE, E/M, TCM"),
        ("visits", {"type": "phone"}, "type: 'phone' is not known. One of: AWV, IPPE, E/M, TCM"),
        (
            "stays",
            {"setting": "home"},
            "setting: 'home' is not known. One of: inpatient, snf, inpatient_rehab, hospice",
        ),
        ("stays", {"setting": ""}, "setting: is empty. One of: inpatient, snf, inpatient_rehab, hospice"),
        (
            "stays",
            {"admitted": ""},
            "admitted: is empty. Write 2026-11-10, or 2026-11-10T14:30 where the time is known.",
        ),
        (
            "stays",
            {"admitted": "2026-11-10T25:00"},
            "admitted: '2026-11-10T25:00' is not a date and time. Write it as 2026-11-03T10:05.",
        ),
        ("stays", {"discharged": "2026-11-09"}, "discharged: is before the admission. Correct one of the two."),
        ("stays", {"discharged": "2026-11-10T13:59"}, "discharged: is before the admission. Correct one of the two."),
        (
            "stays",
            {"admitted": "2026-03-08T02:30"},
            "admitted: 2026-03-08T02:30 did not happen in America/New_York: clocks went forward. Correct the time.",
        ),
        (
            "stays",
            {"discharged": "2026-03-08T02:30"},
            "discharged: 2026-03-08T02:30 did not happen in America/New_York: clocks went forward. Correct the time.",
        ),
        ("complexity", {"mdm": "low"}, "mdm: 'low' is not known. One of: moderate, high"),
        ("complexity", {"mdm": ""}, "mdm: is empty. One of: moderate, high"),
        ("complexity", {"by": ""}, "by: is empty. For example: practitioner1"),
        (
            "complexity",
            {"by": "nurse1"},
            "by: 'nurse1' is no practitioner; a practitioner designates complex care (rule R5). Use the id of an MD.",
        ),
        (
            "complexity",
            {"by": "nobody"},
            "by: 'nobody' is not on the staff; a practitioner designates complex care (rule R5). Use the id of an MD.",
        ),
        (
            "complexity",
            {"rationale": " "},
            "rationale: is empty. For example: new heart failure, four medication changes",
        ),
        ("readings", {"month": ""}, "month: is empty. Write it as 2026-11."),
        ("readings", {"from": "2026-11-05"}, f"from: stands beside month. {BESIDE}"),
        ("readings", {"dates": "2026-11-05"}, f"dates: stands beside month. {BESIDE}"),
        (
            "readings",
            {"month": "", "dates": "2026-11-05"},
            "days: stands beside dates, which are counted. Leave one of the two empty.",
        ),
        (
            "readings",
            {"month": "", "days": "", "dates": "2026-11-05;soon"},
            "dates: 'soon' is not a date. Write it as 2026-11-03.",
        ),
        (
            "readings",
            {"month": "", "days": "", "dates": "2026-11-05;2026-11-19"},
            "dates: 2026-11-19 lies in the future. Record it when it has happened.",
        ),
        (
            "readings",
            {"month": "", "days": "", "dates": "2026-11-05..2026-11-04"},
            "dates: 2026-11-05..2026-11-04 is no span of days. Write 2026-11-05..2026-11-09, at most a year.",
        ),
        (
            "readings",
            {"month": "", "days": "", "dates": "2015-01-01..2026-11-04"},
            "dates: 2015-01-01..2026-11-04 is no span of days. Write 2026-11-05..2026-11-09, at most a year.",
        ),
        (
            "readings",
            {"month": "", "from": "2026-11-10", "days": "10"},
            "days: 10 is more than there were from 2026-11-10 to 2026-11-18. Correct one of the two.",
        ),
        (
            "readings",
            {"month": "", "from": "2026-11-10", "days": ""},
            "days: is empty. How many of the period's 30 days have readings, for example 18",
        ),
        ("devices", {"set_up": ""}, "set_up: is empty. Write the date as 2026-11-03."),
        (
            "consents",
            {"practitioner": "nurse1"},
            (
                "practitioner: 'nurse1' is no practitioner; a consent is given to a practitioner's care (R9). "
                "Use the id of an MD."
            ),
        ),
        ("consents", {"by": "nobody"}, "by: no staff member has the id 'nobody'. Use an id of staff.csv."),
        (
            "consents",
            {"said": "cost;coffee"},
            "said: 'coffee' is not known. One of: service, cost_sharing, one_practitioner, may_stop",
        ),
        ("care-plans", {"elements": "gools"}, "elements: 'gools' is not known. Did you mean goals?"),
        (
            "care-plans",
            {"copy_how": "pigeon"},
            "copy_how: 'pigeon' is not known. One of: mail, portal, in_person, email, fax",
        ),
        ("care-plans", {"copy_to": "nephew"}, "copy_to: 'nephew' is not known. One of: patient, caregiver"),
        (
            "care-plans",
            {"copy_how": ""},
            "copy_how: is empty. Say how the copy was given: mail, portal, in_person, email, fax",
        ),
        (
            "care-plans",
            {"copy_date": "2026-11-02"},
            "copy_date: 2026-11-02 is before the plan. Correct one of the two dates.",
        ),
        ("readings", {"month": "November"}, "month: 'November' is not a month. Write it as 2026-11."),
        ("readings", {"month": "2026-11-03"}, "month: '2026-11-03' is not a month. Write it as 2026-11."),
        ("readings", {"month": "2026-13"}, "month: '2026-13' is not a month. Write it as 2026-11."),
        ("readings", {"month": "2026-12"}, "month: 2026-12 has not begun. Record it when it has happened."),
        ("readings", {"days": ""}, "days: is empty. How many of the period's 30 days have readings, for example 18"),
        ("readings", {"days": "31"}, "days: 31 is more than a 30-day period can have. For example: 18"),
        ("readings", {"days": "-1"}, "days: '-1' is not a whole number. For example: 12"),
        ("readings", {"days": "16.5"}, "days: '16.5' is not a whole number. For example: 12"),
        ("marks", {"month": "2027-01"}, "month: 2027-01 has not begun. Record it when it has happened."),
        ("marks", {"mark": ""}, f"mark: is empty. {MARKS}"),
        ("marks", {"mark": "lost"}, f"mark: 'lost' is not known. {MARKS}"),
        ("marks", {"mark": "90950"}, f"mark: '90950' is not known. {MARKS}"),
        ("marks", {"mark": "90971"}, f"mark: '90971' is not known. {MARKS}"),
        (
            "marks",
            {"mark": "g0181"},
            "program: stands beside G0181. G0181 excludes programs of its own accord: leave it empty.",
        ),
        ("marks", {"program": ""}, "program: is empty. Name the program that another practice bills, for example CCM"),
        ("marks", {"program": "CMC"}, "program: 'CMC' is not known. One of: CCM, PCM, RPM, TCM, APCM"),
        (
            "marks",
            {"mark": "apcm"},
            "program: stands beside apcm. APCM excludes programs of its own accord: leave it empty.",
        ),
    ],
)
def test_a_bad_cell_is_named_with_its_line_its_column_and_what_to_write(
    sqlite_database: Database, here: Practice, kind: str, cells: Row, named: str
) -> None:
    with pytest.raises(ImportRefusedError) as caught:
        import_fact_rows(sqlite_database, here, kind, [{**ROWS[kind], **cells}])
    assert f"line 2, {named}" in problems(caught)


ENDS: dict[str, tuple[str, ...]] = {
    "care-plans": ("copy_date",),
    "enrollments": ("to", "reason"),
    "consents": ("revoked",),
    "stays": ("discharged",),
}


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("enrollments", "from"),
        ("consents", "date"),
        ("consents", "revoked"),
        ("care-plans", "date"),
        ("care-plans", "copy_date"),
        ("devices", "set_up"),
        ("visits", "date"),
        ("stays", "admitted"),
        ("stays", "discharged"),
        ("complexity", "date"),
    ],
)
def test_what_has_not_happened_yet_is_refused_and_what_happened_today_is_not(
    sqlite_database: Database, here: Practice, kind: str, column: str
) -> None:
    row = {**ROWS[kind], **dict.fromkeys(ENDS.get(kind, ()), "")}
    late_evening = datetime(2026, 11, 19, 4, 30, tzinfo=UTC)  # 23:30 of November 18 in New York, the 19th in UTC
    with pytest.raises(ImportRefusedError, match="Nothing was saved") as caught:
        import_fact_rows(sqlite_database, here, kind, [{**row, column: "2026-11-19"}], at=late_evening)
    assert f"line 2, {column}: 2026-11-19 lies in the future. Record it when it has happened." in problems(caught)
    today = {**row, column: "2026-11-18"}
    assert import_fact_rows(sqlite_database, here, kind, [today], at=late_evening) == ImportSummary(added=1)


def test_a_program_may_be_left_on_a_day_that_is_still_to_come(sqlite_database: Database, here: Practice) -> None:
    import_fact_rows(sqlite_database, here, "enrollments", [{**ROWS["enrollments"], "to": "2026-12-31"}])
    assert holds(
        sqlite_database, here, "enrollments", Enrollment(Program("PCM"), date(2026, 11, 2), date(2026, 12, 31))
    )


ENDED = {"program": "CCM", "from": "2026-01-05", "to": "2026-11-10"}


@pytest.mark.parametrize(
    ("said", "stored"),
    [("died", "died"), ("Other Practice", "other_practice"), ("other-practice", "other_practice"), ("OTHER", "other")],
)
def test_an_enrollment_ends_with_a_reason(sqlite_database: Database, here: Practice, said: str, stored: str) -> None:
    import_fact_rows(sqlite_database, here, "enrollments", [{**ENDED, "reason": said}])
    assert stored_facts(sqlite_database, kind="enrollment", revision=1, details={"reason": stored}) == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"reason": "went away"}, "'went_away' is not known. One of: died, moved, declined, other_practice, other"),
        ({"to": "", "reason": "moved"}, "says why it ended, but nothing says when."),
        ({"to": "2026-11-19", "reason": "died"}, "2026-11-19 lies in the future."),
    ],
    ids=str,
)
def test_a_reason_that_cannot_be_is_refused(
    sqlite_database: Database, here: Practice, row: dict[str, str], problem: str
) -> None:
    with pytest.raises(ImportRefusedError) as caught:
        import_fact_rows(sqlite_database, here, "enrollments", [{**ENDED, **row}])
    assert problem in "".join(problems(caught))


def test_a_file_without_the_reason_keeps_the_one_that_is_known(
    sqlite_database: Database, here: Practice, tmp_path: Path
) -> None:
    import_fact_rows(sqlite_database, here, "enrollments", [{**ENDED, "reason": "died"}])
    older = write_csv(tmp_path / "enrollments.csv", ("patient", *ENDED), [{"patient": "P-1042", **ENDED}])
    assert import_fact_file(sqlite_database, here, "enrollments", older) == ImportSummary(unchanged=1)


@BY_KIND
def test_two_rows_about_one_fact_are_refused_because_only_one_can_hold(
    sqlite_database: Database, here: Practice, kind: str
) -> None:
    other = {**ROWS[kind], "patient": "P-1043"}
    with pytest.raises(ImportRefusedError) as caught:
        import_fact_rows(sqlite_database, here, kind, [ROWS[kind], other, ROWS[kind]])
    assert problems(caught) == ["line 4: speaks of the same fact as line 2. Keep the one that is true."]


@BY_KIND
def test_taking_back_what_was_never_recorded_is_refused_because_a_cell_must_be_wrong(
    sqlite_database: Database, here: Practice, kind: str
) -> None:
    with pytest.raises(ImportRefusedError, match="Nothing was saved") as caught:
        import_fact_rows(sqlite_database, here, kind, [{**ROWS[kind], "withdrawn": "yes"}])
    (named,) = problems(caught)
    assert named.startswith("line 2, withdrawn: says yes, but P-1042 has nothing like it on 2026-11-")
    assert named.endswith("Give the date as it was recorded.")


def test_an_error_repeats_neither_rationale_nor_other_cells(sqlite_database: Database, here: Practice) -> None:
    secret = {**ROWS["complexity"], "by": "nurse1", "rationale": "Secret of the patient"}
    with pytest.raises(ImportRefusedError) as caught:
        import_fact_rows(sqlite_database, here, "complexity", [secret])
    assert "Secret" not in str(caught.value) + "".join(problems(caught))


def test_a_file_that_is_not_there_says_so(sqlite_database: Database, here: Practice, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="There is no file"):
        import_fact_file(sqlite_database, here, "visits", tmp_path / "absent.csv")


# ---------------------------------------------------------------- what it changes


def test_a_consent_found_later_makes_minutes_count_at_once(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "entries", [entry_row(patient="P-1046", minutes="25")])
    (before,) = figures(database, practice, "P-1046")
    assert (before.counted_minutes, [blocker.name for blocker in before.blockers]) == (0, ["NO_CONSENT"])
    consent = {"patient": "P-1046", "program": "CCM", "date": "2026-11-02", "form": "verbal"}
    import_fact_rows(database, practice, "consents", [consent])
    (after,) = figures(database, practice, "P-1046")
    assert (after.counted_minutes, after.status, after.blockers) == (25, Status.BILLABLE, ())
    import_fact_rows(database, practice, "consents", [{**consent, "withdrawn": "yes"}])
    assert figures(database, practice, "P-1046") == (before,)


@pytest.mark.either_database
def test_facts_change_every_month_they_reach_and_no_other_patient(database: Database, practice: Practice) -> None:
    days = ("2026-09-30", "2026-10-15", "2026-11-17")
    rows = [entry_row(patient=code, date=day, minutes="25") for code in ("P-1042", "P-1043") for day in days]
    import_rows(database, practice, "entries", rows)
    ended = {"program": "CCM", "from": "2026-01-05", "to": "2026-10-01"}
    import_fact_rows(database, practice, "enrollments", [ended])
    counted = {
        (code, month): sum(one.counted_minutes for one in statement(database, practice, code, month).before)
        for code in ("P-1042", "P-1043")
        for month in (date(2026, 9, 1), date(2026, 10, 1), MONTH)
    }
    assert list(counted.values()) == [25, 0, 0, 25, 25, 25]
    assert verified(database, practice).difference is None


@pytest.mark.either_database
def test_a_stay_takes_the_minutes_inside_it_and_its_hours_give_back_those_outside(
    database: Database, practice: Practice
) -> None:
    rows = [
        entry_row(start="2026-11-10T13:50", end="2026-11-10T14:20"),
        entry_row(date="2026-11-11", minutes="8"),
        entry_row(start="2026-11-13T09:25", end="2026-11-13T09:37"),
    ]
    import_rows(database, practice, "entries", rows)
    assert figures(database, practice)[0].counted_minutes == 50
    by_day = {"setting": "inpatient", "admitted": "2026-11-10", "discharged": "2026-11-13"}
    import_fact_rows(database, practice, "stays", [by_day])
    assert figures(database, practice)[0].counted_minutes == 0
    by_hour = {**by_day, "admitted": "2026-11-10T14:00", "discharged": "2026-11-13 09:30"}
    assert import_fact_rows(database, practice, "stays", [by_hour]) == ImportSummary(changed=1)
    assert figures(database, practice)[0].counted_minutes == 10 + 7
    excluded = [
        (cut.minutes, cut.reason) for entry in statement(database, practice).statement.entries for cut in entry.excluded
    ]
    assert excluded == [(20, "IN_FACILITY"), (8, "IN_FACILITY"), (5, "IN_FACILITY")]


def test_a_stay_without_discharge_is_open_until_a_later_file_ends_it(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "entries", [entry_row(date="2026-11-17", minutes="20")])
    stay = {"setting": "snf", "admitted": "2026-10-20"}
    import_fact_rows(sqlite_database, here, "stays", [stay])
    assert figures(sqlite_database, here)[0].counted_minutes == 0
    import_fact_rows(sqlite_database, here, "stays", [{**stay, "discharged": "2026-11-16"}])
    assert figures(sqlite_database, here)[0].counted_minutes == 20


def test_an_hour_of_admission_is_the_practices_local_hour(sqlite_database: Database) -> None:
    chicago = a_practice(sqlite_database, "T0CHICAGO", "America/Chicago")
    import_fact_rows(sqlite_database, chicago, "stays", [{"setting": "hospice", "admitted": "2026-11-10T23:30"}])
    (stay,) = facts_of(sqlite_database, chicago).stays
    assert stay.admitted.isoformat() == "2026-11-10T23:30:00-06:00"


@pytest.mark.either_database
def test_complex_care_is_billed_once_a_practitioner_designated_it_and_the_plan_was_revised(
    database: Database, practice: Practice
) -> None:
    import_rows(database, practice, "entries", [entry_row(minutes="60")])
    assert [line.code for line in part(database, practice).codes] == ["99490", "99439"]
    import_fact_rows(database, practice, "complexity", [ROWS["complexity"]])
    assert [line.code for line in part(database, practice).codes] == ["99490", "99439"]
    import_fact_rows(database, practice, "care-plans", [ROWS["care-plans"]])
    (stored,) = figures(database, practice)
    assert [line.code for line in stored.codes] == ["99487"]


@pytest.mark.either_database
def test_a_designation_holds_only_as_long_as_whoever_made_it_is_a_practitioner(
    database: Database, practice: Practice
) -> None:
    import_rows(database, practice, "entries", [entry_row(minutes="60")])
    import_fact_rows(database, practice, "complexity", [ROWS["complexity"]])
    import_fact_rows(database, practice, "care-plans", [ROWS["care-plans"]])
    doctor = {"id": "doctor1", "slack_user_id": "U0DOCTOR1", "name": "Doctor One", "roles": "practitioner"}
    since_the_6th = [
        staff_row(**doctor, credential="RN", **{"from": "always"}),
        staff_row(**doctor, credential="MD", **{"from": "2026-11-06"}),
    ]
    import_rows(database, practice, "staff", since_the_6th)
    assert [line.code for line in figures(database, practice)[0].codes] == ["99490", "99439"]
    import_rows(database, practice, "staff", [staff_row(**doctor, credential="MD", **{"from": "2026-11-05"})])
    assert [line.code for line in figures(database, practice)[0].codes] == ["99487"]


@pytest.mark.either_database
def test_readings_without_any_entry_make_the_month_appear_and_the_device_billable(
    database: Database, practice: Practice
) -> None:
    with database.of("T0TEST").reading() as connection:
        assert month_list(connection, practice, Scope(MONTH)).billable == ()
    import_fact_rows(database, practice, "readings", [{"patient": "P-1045", "month": "2026-11", "days": "16"}])
    with database.of("T0TEST").reading() as connection:
        (billable,) = month_list(connection, practice, Scope(MONTH)).billable
    assert (billable.patient_code, billable.program, billable.counted_minutes) == ("P-1045", Program("RPM"), 0)
    assert [(line.code, line.units) for line in billable.codes] == [("99454", 1)]
    assert figures(database, practice, "P-1045") == (billable,)
    gone = {"patient": "P-1045", "month": "2026-11", "days": "16", "withdrawn": "yes"}
    import_fact_rows(database, practice, "readings", [gone])
    assert figures(database, practice, "P-1045") == ()


def test_fewer_days_of_readings_reach_the_code_for_fewer_days(sqlite_database: Database, here: Practice) -> None:
    for days, codes in (("15", ["99445"]), ("2", ["99445"]), ("1", []), ("0", [])):
        row = {"patient": "P-1045", "month": "2026-11", "days": days}
        import_fact_rows(sqlite_database, here, "readings", [row])
        assert [line.code for line in part(sqlite_database, here, "P-1045", Program("RPM")).codes] == codes
        assert verified(sqlite_database, here).difference is None


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("mark", "blocker"),
    [
        ({"mark": "apcm"}, "PROGRAM_CONFLICT"),
        ({"mark": "billed_elsewhere", "program": "CCM"}, "BILLED_ELSEWHERE"),
    ],
)
def test_a_mark_blocks_its_month_and_taking_it_back_frees_it(
    database: Database, practice: Practice, mark: Row, blocker: str
) -> None:
    import_rows(database, practice, "entries", [entry_row(minutes="20"), entry_row(date="2026-10-15", minutes="20")])
    import_fact_rows(database, practice, "marks", [{"month": "2026-11", **mark}])
    (november,) = figures(database, practice)
    assert (november.status, [one.name for one in november.blockers]) == (Status.BLOCKED, [blocker])
    (october,) = statement(database, practice, month=date(2026, 10, 1)).before
    assert october.status is Status.BILLABLE
    import_fact_rows(database, practice, "marks", [{"month": "2026-11", **mark, "withdrawn": "yes"}])
    assert figures(database, practice)[0].status is Status.BILLABLE


def test_two_programs_may_be_billed_elsewhere_in_one_month(sqlite_database: Database, here: Practice) -> None:
    rows = [{"month": "2026-11", "mark": "billed_elsewhere", "program": program} for program in ("CCM", "RPM")]
    import_fact_rows(sqlite_database, here, "marks", rows)
    assert facts_of(sqlite_database, here).billed_elsewhere == {Program("CCM"), Program("RPM")}


UNDONE_BY_NO_ROSTER: dict[str, tuple[Row, str, Any]] = {
    "a revoked consent": (
        {"program": "CCM", "date": "2026-01-05", "form": "verbal", "revoked": "2026-11-15"},
        "consents",
        (Consent(Program("CCM"), date(2026, 1, 5), "verbal", date(2026, 11, 15)),),
    ),
    "a withdrawn consent": (
        {"program": "CCM", "date": "2026-01-05", "form": "verbal", "withdrawn": "yes"},
        "consents",
        (),
    ),
    "an ended enrollment": (
        {"program": "CCM", "from": "2026-01-05", "to": "2026-11-15"},
        "enrollments",
        (Enrollment(Program("CCM"), date(2026, 1, 5), date(2026, 11, 15)),),
    ),
    "a substantial plan": (
        {"date": "2026-10-01", "substantial": "yes"},
        "care-plans",
        (CarePlanRevision(date(2026, 10, 1), substantial=True),),
    ),
    "a withdrawn visit": ({"date": "2025-12-15", "type": "AWV", "withdrawn": "yes"}, "visits", ()),
}


@pytest.mark.parametrize("case", UNDONE_BY_NO_ROSTER)
def test_the_roster_imported_again_does_not_undo(sqlite_database: Database, here: Practice, case: str) -> None:
    row, kind, expected = UNDONE_BY_NO_ROSTER[case]
    field = FIELDS[kind][0]
    import_fact_rows(sqlite_database, here, kind, [row])
    assert getattr(facts_of(sqlite_database, here), field) == expected
    assert import_rows(sqlite_database, here, "patients", [patient_row(code="P-1042")]) == ImportSummary(unchanged=1)
    assert getattr(facts_of(sqlite_database, here), field) == expected


def test_a_fact_is_stored_with_the_hour_of_its_import(sqlite_database: Database, here: Practice) -> None:
    import_fact_rows(sqlite_database, here, "visits", [ROWS["visits"]])
    known = {"kind": "initiating_visit", "on_date": date(2026, 11, 4)}
    assert stored_facts(sqlite_database, **known, recorded_by="import", recorded_at=AT, revision=0) == 1
