"""Lists: what they say is what each statement says, and they never read entries to say it."""

from dataclasses import astuple, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from support.practice import (
    AT,
    MONTH,
    NEW_YORK,
    an_entry,
    import_file,
    import_rows,
    patient_row,
    record,
    undo,
)

from ledger.months.patient_months import EvaluatedMonth, statement_of
from ledger.practice.practice import Practice, create_practice
from ledger.reports.month_lists import MonthList, Scope, month_list
from ledger.reports.worklists import NearPatient, Worklist, worklist
from ledger.rules.facts import Program
from ledger.rules.statement import ProgramStatement, Status
from ledger.sample import write_sample
from ledger.storage.database import Database
from ledger.storage.tables import PatientRow

TODAY = date(2026, 11, 18)


def near_list(database: Database, practice: Practice, **how: Any) -> Worklist:
    with database.of("T0TEST").reading() as connection:
        return worklist(connection, practice, how.pop("month", MONTH), **how)


def month_so_far(database: Database, practice: Practice, **how: Any) -> MonthList:
    with database.of("T0TEST").reading() as connection:
        return month_list(connection, practice, Scope(how.pop("month", MONTH), **how))


def minutes(listed: tuple[NearPatient, ...]) -> list[tuple[str, int]]:
    return [(one.figures.patient_code, one.figures.counted_minutes) for one in listed]


def log(database: Database, practice: Practice, **minutes_by_code: int) -> None:
    """So many minutes for each patient: ``P1042=15`` is 15 for P-1042."""
    for code, logged in minutes_by_code.items():
        record(database, practice, an_entry(patient=f"{code[0]}-{code[1:]}", minutes=logged))


@pytest.mark.parametrize(
    ("logged", "missing"), [(14, None), (15, 5), (19, 1), (20, None), (34, None), (35, 5), (39, 1), (40, None)]
)
def test_near_is_one_to_five_minutes_short_of_the_next_code(
    sqlite_database: Database, here: Practice, logged: int, missing: int | None
) -> None:
    log(sqlite_database, here, P1042=logged)
    listed = near_list(sqlite_database, here)
    assert [one.threshold.minutes_missing for one in listed.near] == ([missing] if missing else [])
    assert listed.blocked == ()


def test_the_nearest_come_first_with_the_code_and_what_it_is_worth(database: Database, practice: Practice) -> None:
    log(database, practice, P1042=16, P1043=39)
    listed = near_list(database, practice)
    assert minutes(listed.near) == [("P-1043", 39), ("P-1042", 16)]
    assert [(one.threshold.code, one.threshold.amount_cents, one.band) for one in listed.near] == [
        ("99439", 5044, (35, 39)),
        ("99490", 6613, (15, 19)),
    ]
    assert listed.worth_cents == 5044 + 6613


def test_blocked_patients_who_are_near_stand_apart_with_what_blocks_them(
    database: Database, practice: Practice
) -> None:
    no_plan = patient_row(code="P-1050", care_plan_date="")
    import_rows(database, practice, "patients", [no_plan])
    log(database, practice, P1042=17, P1050=18)
    listed = near_list(database, practice)
    assert (minutes(listed.near), minutes(listed.blocked)) == ([("P-1042", 17)], [("P-1050", 18)])
    assert [blocker.name for blocker in listed.blocked[0].figures.blockers] == ["NO_CARE_PLAN"]
    assert listed.worth_cents == 6613


def test_a_team_sees_its_own_patients(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "patients", [patient_row(code="P-1051", team="Green Team")])
    log(database, practice, P1042=17, P1051=18)
    for team_ids, codes in (
        ({"blue-team"}, ["P-1042"]),
        ({"green-team"}, ["P-1051"]),
        ({"blue-team", "green-team"}, ["P-1051", "P-1042"]),
        (None, ["P-1051", "P-1042"]),
        (set(), []),
    ):
        listed = near_list(database, practice, team_ids=team_ids)
        assert [one.figures.patient_code for one in listed.near] == codes
        assert {one.patient_code for one in month_so_far(database, practice, team_ids=team_ids).below} == set(codes)


def test_a_practice_may_switch_on_other_bands_or_none(sqlite_database: Database, here: Practice) -> None:
    log(sqlite_database, here, P1042=57, P1043=17)
    for bands, codes in (((55, 59),), ["P-1042"]), ((), []), (((15, 16), (17, 59)), ["P-1042", "P-1043"]):
        wanted = replace(here, policy=replace(here.policy, bands=bands))
        assert [one.figures.patient_code for one in near_list(sqlite_database, wanted).near] == codes


def test_another_month_is_another_list(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(day=date(2026, 10, 30), minutes=17))
    assert near_list(sqlite_database, here).near == ()
    october = near_list(sqlite_database, here, month=date(2026, 10, 1))
    assert (october.month, minutes(october.near)) == (date(2026, 10, 1), [("P-1042", 17)])


def test_what_is_undone_leaves_the_list(sqlite_database: Database, here: Practice) -> None:
    log(sqlite_database, here, P1042=17)
    undo(sqlite_database, here)
    assert near_list(sqlite_database, here).near == ()
    (below,) = month_so_far(sqlite_database, here).below
    assert (below.patient_code, below.counted_minutes, below.excluded_minutes) == ("P-1042", 0, 17)


def test_everybody_of_the_month_stands_in_one_of_four_groups(database: Database, practice: Practice) -> None:
    log(database, practice, P1042=25, P1043=12, P1046=30)
    listed = month_so_far(database, practice)
    assert [(one.patient_code, one.program) for one in listed.billable] == [("P-1042", Program("CCM"))]
    assert [(one.patient_code, one.status) for one in listed.blocked] == [("P-1046", Status.BLOCKED)]
    assert [(one.patient_code, one.counted_minutes) for one in listed.below] == [("P-1043", 12)]
    assert [astuple(one) for one in listed.untouched] == [
        ("P-1044", Program("CCM")),
        ("P-1044", Program("RPM")),
        ("P-1045", Program("RPM")),
    ]
    assert (listed.expected_cents, listed.billable_patients, listed.enrolled_patients) == (6613, 1, 5)
    assert listed.capture_percent == 20


def test_a_program_without_time_is_untouched_though_another_has_some(sqlite_database: Database, here: Practice) -> None:
    log(sqlite_database, here, P1044=12)
    listed = month_so_far(sqlite_database, here)
    assert [(one.patient_code, one.program) for one in listed.below] == [("P-1044", Program("CCM"))]
    assert ("P-1044", Program("RPM")) in [astuple(one) for one in listed.untouched]


def test_one_program_alone_may_be_asked_for(sqlite_database: Database, here: Practice) -> None:
    log(sqlite_database, here, P1042=25)
    listed = month_so_far(sqlite_database, here, program=Program("RPM"))
    assert (listed.billable, listed.blocked, listed.below) == ((), (), ())
    assert [astuple(one) for one in listed.untouched] == [("P-1044", Program("RPM")), ("P-1045", Program("RPM"))]
    assert (listed.enrolled_patients, listed.capture_percent) == (2, 0)


@pytest.mark.parametrize(("month", "enrolled"), [(date(2026, 1, 1), 5), (date(2025, 12, 1), 0)])
def test_enrolled_are_those_who_are_for_a_day_of_the_month(
    sqlite_database: Database, here: Practice, month: date, enrolled: int
) -> None:
    listed = month_so_far(sqlite_database, here, month=month)
    assert (listed.enrolled_patients, listed.capture_percent) == (enrolled, 0)


def test_those_below_come_with_the_most_minutes_first(sqlite_database: Database, here: Practice) -> None:
    log(sqlite_database, here, P1042=8, P1043=19)
    assert [one.counted_minutes for one in month_so_far(sqlite_database, here).below] == [19, 8]


def sample_practice(database: Database, directory: Path) -> Practice:
    with database.of("T0TEST").writing() as connection:
        practice = create_practice(connection, "T0SAMPLE", "Sample Practice", "America/New_York", at=AT)
    at = datetime(2026, 11, 18, 7, 0, tzinfo=NEW_YORK)
    paths = write_sample(directory, patients=60, seed=11, today=TODAY)
    for kind, path in zip(("teams", "staff", "patients", "entries"), astuple(paths), strict=True):
        import_file(database, practice, kind, path, at=at)
    return practice


def programs_of(database: Database, practice: Practice) -> list[tuple[str, EvaluatedMonth, ProgramStatement]]:
    """Every program of every patient with entries, evaluated from them now."""
    with database.of("T0TEST").reading() as connection:
        codes = connection.scalars(select(PatientRow.patient_code).order_by(PatientRow.patient_code)).all()
        evaluated = [(code, statement_of(connection, practice, code, MONTH)) for code in codes]
    worked = [(code, month) for code, month in evaluated if month.facts.entries]
    return [(code, month, program) for code, month in worked for program in month.statement.programs]


def is_touched(month: EvaluatedMonth, program: ProgramStatement) -> bool:
    logged = any(entry.program == program.program for entry in month.facts.entries)
    return logged or program.status is not Status.BELOW_THRESHOLD


def test_the_lists_of_a_whole_practice_are_what_its_statements_say(sqlite_database: Database, tmp_path: Path) -> None:
    practice = sample_practice(sqlite_database, tmp_path)
    programs = programs_of(sqlite_database, practice)
    expected_near = {
        (code, program.program, step.code, step.minutes_missing, bool(program.blockers))
        for code, _, program in programs
        for step in program.next[:1]
        if 15 <= program.counted_minutes <= 19 or 35 <= program.counted_minutes <= 39
        if step.minutes_missing <= 5
    }
    listed = near_list(sqlite_database, practice)
    assert {
        (one.figures.patient_code, one.figures.program, one.threshold.code, one.threshold.minutes_missing, blocked)
        for blocked, ones in ((False, listed.near), (True, listed.blocked))
        for one in ones
    } == expected_near
    assert len(listed.near) + len(listed.blocked) == len(expected_near) > 4

    month = month_so_far(sqlite_database, practice)
    for status, group in (
        (Status.BILLABLE, month.billable),
        (Status.BLOCKED, month.blocked),
        (Status.BELOW_THRESHOLD, month.below),
    ):
        assert {(one.patient_code, one.program, one.counted_minutes, one.codes, one.blockers) for one in group} == {
            (code, program.program, program.counted_minutes, program.codes, program.blockers)
            for code, evaluated, program in programs
            if program.status is status and is_touched(evaluated, program)
        }
        assert group
    assert month.expected_cents == sum(program.expected_cents for _, _, program in programs)
    billable = {code for code, _, program in programs if program.codes}
    assert (month.billable_patients, month.enrolled_patients) == (len(billable), 60)
    assert month.capture_percent == round(100 * len(billable) / 60)


def test_lists_never_read_entries(sqlite_database: Database, here: Practice) -> None:
    log(sqlite_database, here, P1042=17, P1043=25)
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        asked.append(sql)

    event.listen(sqlite_database.engine, "before_cursor_execute", listen)
    near_list(sqlite_database, here, team_ids={"blue-team"})
    month_so_far(sqlite_database, here, team_ids={"blue-team"})
    event.remove(sqlite_database.engine, "before_cursor_execute", listen)
    selects = [sql for sql in asked if "SELECT" in sql]
    assert any("patient_months" in sql for sql in selects)
    assert len(selects) == 6  # the figures of each list, and who is enrolled: by name and counted, of an open month
    assert [sql for sql in selects if "time_entries" in sql or "entry_voids" in sql] == []
