"""Time documented elsewhere: the same rules as in Slack, every mistake named, nothing stored twice."""

from dataclasses import astuple
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.facts import import_fact_rows
from support.practice import (
    AT,
    MONTH,
    a_practice,
    an_entry,
    entry_row,
    import_file,
    import_rows,
    local,
    patient_row,
    record,
    statement,
    undo,
    verified,
)

from ledger.imports.table_file import ImportRefusedError
from ledger.practice.practice import Practice, create_practice
from ledger.reports.month_lists import Scope, month_list
from ledger.reports.worklists import worklist
from ledger.rules.facts import Activity, Contact, Program
from ledger.sample import write_sample
from ledger.storage.database import Database
from ledger.storage.tables import RequestRow, TimeEntryRow
from ledger.validation import ImportSummary


def problems(database: Database, practice: Practice, rows: list[dict[str, str]], **how: object) -> list[str]:
    """What is said of the file; nothing of it may be stored."""
    before = count(database)
    with pytest.raises(ImportRefusedError) as refused:
        import_rows(database, practice, "entries", rows, **how)
    assert count(database) == before
    return [str(problem) for problem in refused.value.problems]


def problem(database: Database, practice: Practice, **cells: str) -> str:
    (found,) = problems(database, practice, [entry_row(**cells)])
    return found.removeprefix("line 2, ")


def count(database: Database) -> tuple[int, int]:
    with database.of("T0TEST").reading() as connection:
        entries = connection.scalar(select(func.count()).select_from(TimeEntryRow)) or 0
        return entries, connection.scalar(select(func.count()).select_from(RequestRow)) or 0


def test_every_column_of_an_entry_is_kept(database: Database, practice: Practice) -> None:
    row = {
        "external_id": "E-7",
        "staff": "nurse2",
        "patient": "P-1044",
        "program": "rpm",
        "activity": "Caregiver_Contact",
        "contact": "LIVE",
        "start": "2026-11-16T10:05",
        "end": "2026-11-16 10:17:20",
        "note": "Spoke with the daughter, who will weigh daily. Call again on Monday.",
        "recorded": "2026-11-17T09:30",
    }
    assert import_rows(database, practice, "entries", [row]) == ImportSummary(added=1)
    (entry,) = statement(database, practice, "P-1044").facts.entries
    assert (entry.number, entry.staff_id, entry.program) == (1, "nurse2", Program("RPM"))
    assert (entry.activity, entry.contact) == (Activity.CAREGIVER_CONTACT, Contact.LIVE)
    assert (entry.date_of_service, entry.duration_minutes) == (date(2026, 11, 16), 12)
    assert (entry.started_at, entry.ended_at) == (local("2026-11-16 10:05"), local("2026-11-16 10:17:20"))
    assert (entry.note, entry.recorded_at) == (row["note"], local("2026-11-17 09:30"))
    with database.of("T0TEST").reading() as connection:
        stored = connection.execute(select(TimeEntryRow.external_id, TimeEntryRow.recorded_by)).one()
    assert tuple(stored) == ("E-7", "import")
    assert verified(database, practice).difference is None


def test_minutes_of_a_day_are_kept_and_the_time_of_import_where_no_other_is_said(
    sqlite_database: Database, here: Practice
) -> None:
    import_rows(sqlite_database, here, "entries", [entry_row(date="2026-11-02", minutes="7", program="")])
    (entry,) = statement(sqlite_database, here).facts.entries
    assert (entry.program, entry.date_of_service, entry.duration_minutes) == (Program("CCM"), date(2026, 11, 2), 7)
    assert (entry.started_at, entry.recorded_at, entry.contact) == (None, AT, None)


PLAN = {"patient": "P-1045", "program": "", "date": "2026-07-15", "minutes": "7"}
"""An entry of July without a program, for a patient whose enrollments are changed before it."""


@pytest.fixture
def unenrolled(database: Database, practice: Practice) -> Practice:
    """A practice whose patient P-1045 was enrolled in RPM by mistake."""
    withdrawn = {"patient": "P-1045", "program": "RPM", "from": "2026-01-05", "withdrawn": "yes"}
    import_fact_rows(database, practice, "enrollments", [withdrawn])
    return practice


def test_a_withdrawn_enrollment_gives_an_entry_no_program(database: Database, unenrolled: Practice) -> None:
    since_may = {"patient": "P-1045", "program": "CCM", "from": "2026-05-01"}
    import_fact_rows(database, unenrolled, "enrollments", [since_may])
    import_rows(database, unenrolled, "entries", [entry_row(**PLAN)])
    (entry,) = statement(database, unenrolled, "P-1045", month=date(2026, 7, 1)).facts.entries
    assert entry.program == Program("CCM")


def test_an_entry_belongs_to_the_program_of_its_own_day(database: Database, unenrolled: Practice) -> None:
    changed = (
        {"patient": "P-1045", "program": "CCM", "from": "2026-01-05", "to": "2026-06-30"},
        {"patient": "P-1045", "program": "PCM", "from": "2026-07-01"},
    )
    import_fact_rows(database, unenrolled, "enrollments", changed)
    import_rows(database, unenrolled, "entries", [entry_row(**PLAN), entry_row(**{**PLAN, "date": "2026-06-15"})])
    for month, program in ((7, Program("PCM")), (6, Program("CCM"))):
        (entry,) = statement(database, unenrolled, "P-1045", month=date(2026, month, 1)).facts.entries
        assert entry.program == program


def test_an_entry_for_a_patient_whose_only_enrollment_was_withdrawn_is_asked_about(
    database: Database, unenrolled: Practice
) -> None:
    said = problem(database, unenrolled, **PLAN)
    assert "program: is empty, and P-1045 is enrolled in no program on 2026-07-15. Name one" in said


def test_a_time_may_carry_its_own_offset(sqlite_database: Database, here: Practice) -> None:
    twice_there = entry_row(start="2026-11-01T01:50-04:00", end="2026-11-01T01:10-05:00")
    import_rows(sqlite_database, here, "entries", [twice_there])
    (entry,) = statement(sqlite_database, here).facts.entries
    assert (entry.date_of_service, entry.duration_minutes) == (date(2026, 11, 1), 20)


def test_a_call_over_midnight_becomes_linked_entries(sqlite_database: Database, here: Practice) -> None:
    row = entry_row(start="2026-10-31T23:50", end="2026-11-01T00:10")
    assert import_rows(sqlite_database, here, "entries", [row]) == ImportSummary(added=1)
    (first,) = statement(sqlite_database, here, month=date(2026, 10, 1)).facts.entries
    (second,) = statement(sqlite_database, here, month=MONTH).facts.entries
    assert [(part.duration_minutes, part.first_part_number) for part in (first, second)] == [(10, 1), (10, 1)]


def test_work_without_a_note_is_accepted_and_does_not_count(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "entries", [entry_row(note="", minutes="25")])
    (result,) = statement(database, practice).statement.entries
    assert [(one.minutes, one.reason, one.rule) for one in result.excluded] == [(25, "UNDOCUMENTED", "C2")]


def test_the_same_file_twice_changes_nothing(database: Database, practice: Practice) -> None:
    rows = [entry_row(minutes=str(number)) for number in range(1, 4)]
    assert import_rows(database, practice, "entries", rows) == ImportSummary(added=3)
    before = count(database)
    assert import_rows(database, practice, "entries", rows, at=local("2026-11-19 09:00")) == ImportSummary(unchanged=3)
    more = [*rows, entry_row(minutes="9")]
    assert import_rows(database, practice, "entries", more) == ImportSummary(added=1, unchanged=3)
    assert before == (3, 3)
    assert count(database) == (4, 4)
    assert verified(database, practice).difference is None


def test_the_same_file_changes_nothing_though_the_practice_has_changed(
    sqlite_database: Database, here: Practice
) -> None:
    rows = [entry_row(program="", minutes="200")]
    import_rows(sqlite_database, here, "entries", rows, confirm_long=True)
    import_rows(sqlite_database, here, "patients", [patient_row(code="P-1042", programs="CCM;RPM")])
    assert import_rows(sqlite_database, here, "entries", rows) == ImportSummary(unchanged=1)


def test_an_entry_that_was_undone_is_not_imported_anew(sqlite_database: Database, here: Practice) -> None:
    rows = [entry_row(start="2026-11-18T10:00", end="2026-11-18T10:10")]
    import_rows(sqlite_database, here, "entries", rows)
    record(sqlite_database, here, an_entry())
    undo(sqlite_database, here)
    assert import_rows(sqlite_database, here, "entries", rows) == ImportSummary(unchanged=1)


def test_an_id_that_comes_back_with_other_content_is_refused(database: Database, practice: Practice) -> None:
    import_rows(database, practice, "entries", [entry_row(external_id="E-1")])
    (found,) = problems(database, practice, [entry_row(external_id="E-1", minutes="13"), entry_row()])
    assert found.startswith("line 2, external_id: E-1 was imported before with other content.")
    assert found.endswith("Entries are never changed: give a corrected entry a new id.")


def test_two_practices_may_use_one_id(sqlite_database: Database, here: Practice) -> None:
    other = a_practice(sqlite_database, "T0OTHER")
    for practice in (here, other):
        summary = import_rows(sqlite_database, practice, "entries", [entry_row(external_id="E-1")])
        assert summary == ImportSummary(added=1)


def test_ten_mistakes_are_all_named(database: Database, practice: Practice) -> None:
    rows = [
        entry_row(external_id=""),
        entry_row(external_id="E-1", staff="nobody"),
        entry_row(external_id="E-1", patient="P-9999"),
        entry_row(program="XYZ", activity=""),
        entry_row(),
        entry_row(activity="patient_contact"),
        entry_row(activity="golf", contact="fax"),
        entry_row(date="03.11.2026"),
        entry_row(minutes="12.5"),
        entry_row(date="", minutes=""),
    ]
    assert problems(database, practice, rows) == [
        "line 2, external_id: is empty. For example: E-000123",
        "line 3, staff: no staff member has the id 'nobody'. Import it first: ccm import staff staff.csv",
        "line 4, external_id: stands in line 3 as well. Each entry has an id of its own.",
        "line 5, activity: is empty. For example: medication",
        "line 5, program: 'XYZ' is not known. One of: CCM, PCM, RPM, TCM, APCM",
        "line 7, contact: is empty, but patient_contact needs one. One of: live, message, voicemail, no_answer",
        f"line 8, activity: 'golf' is not known. One of: {', '.join(Activity)}",
        "line 8, contact: 'fax' is not known. One of: live, message, voicemail, no_answer",
        "line 9, date: '03.11.2026' may have the day or the month first. Write it as 2026-11-03.",
        "line 10, minutes: '12.5' is not a whole number. Write whole minutes as they were, for example: 12",
        "line 11, date: is empty. Give date and minutes (2026-11-03, 12), or start and end.",
        "line 11, minutes: is empty. Give date and minutes (2026-11-03, 12), or start and end.",
    ]


TIMES = {"start": "2026-11-17T10:05", "end": "2026-11-17T10:17"}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"patient": "P-9999"}, "patient: no patient is called 'P-9999'. Import it first"),
        (
            {"patient": "P-1044", "program": ""},
            "program: is empty, and P-1044 is enrolled in CCM and RPM on 2026-11-17. Name one",
        ),
        ({"minutes": "0"}, "minutes: 0 minutes: an entry has between 1 and 1440"),
        ({"minutes": "1441"}, "minutes: 1441 minutes: an entry has between 1 and 1440"),
        ({"minutes": "9" * 5000}, "minutes: '999"),
        ({"minutes": "-5"}, "minutes: '-5' is not a whole number."),
        ({"minutes": "\u0661\u0662"}, "minutes: '\u0661\u0662' is not a whole number."),
        ({"minutes": "181"}, "minutes: 181 minutes is over 180 (rule E4). If that is right: ccm import entries --conf"),
        ({"date": "2026-11-19"}, "date: That lies in the future (rule E4)."),
        ({"date": "2019-05-02"}, "date: No rulebook is in force on 2019-05-01"),
        ({"date": "0026-11-03"}, "date: No rulebook is in force on 0026-11-01"),
        ({"note": "x" * 3001}, "note: The note has 3001 characters; 3000 fit."),
        ({"recorded": "2026-11-18T15:01"}, "recorded: lies in the future."),
        ({"recorded": "2026-11-16T15:00"}, "recorded: is before the end of the work (rule E4)."),
        ({**TIMES, "recorded": "2026-11-17T10:16"}, "recorded: is before the end of the work (rule E4)."),
        ({**TIMES, "end": ""}, "end: is empty, but the other time is not."),
        ({**TIMES, "start": "", "date": "2026-11-17"}, "start: is empty, but the other time is not."),
        ({**TIMES, "minutes": "13"}, "minutes: 13 is not the length from start to end, 12."),
        ({**TIMES, "date": "2026-11-16"}, "date: 2026-11-16 is not the date of start."),
        ({**TIMES, "end": "2026-11-17T10:05:30"}, "end: The end is less than a minute after the start (rule E2)."),
        ({**TIMES, "end": "2026-11-17T09:05"}, "end: The end is less than a minute after the start (rule E2)."),
        ({**TIMES, "end": "2026-11-17T14:05"}, "end: 240 minutes is over 180 (rule E4). If that is right: ccm import"),
        ({**TIMES, "end": "2026-11-18T15:01"}, "end: That lies in the future (rule E4)."),
        ({**TIMES, "end": "9999-12-31T12:00"}, "end: That lies in the future (rule E4)."),
        ({**TIMES, "start": "0001-01-01T00:00+05:00"}, "start: '0001-01-01T00:00+05:00' is not a date and time."),
        ({**TIMES, "end": "10:17"}, "end: '10:17' is not a date and time. Write it as 2026-11-03T10:05."),
        ({**TIMES, "end": "2026-11-17"}, "end: '2026-11-17' is not a date and time."),
        ({**TIMES, "end": "17.11.2026 10:17"}, "end: '17.11.2026' is not a date."),
        (
            {"start": "2026-03-08T01:50", "end": "2026-03-08T02:10"},
            "end: 2026-03-08T02:10 did not happen in America/New_York: clocks went forward.",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_column(
    sqlite_database: Database, here: Practice, cells: dict[str, str], said: str
) -> None:
    assert problem(sqlite_database, here, **cells).startswith(said)


def test_over_three_hours_is_imported_once_it_is_confirmed_for_the_file(
    sqlite_database: Database, here: Practice
) -> None:
    rows = [entry_row(minutes="181"), entry_row(start="2026-11-16T10:00", end="2026-11-16T14:00")]
    assert len(problems(sqlite_database, here, rows)) == 2
    assert import_rows(sqlite_database, here, "entries", rows, confirm_long=True) == ImportSummary(added=2)


def overlapping(patient: str, start: str, end: str, staff: str = "nurse1") -> dict[str, str]:
    return entry_row(patient=patient, start=f"2026-11-17T{start}", end=f"2026-11-17T{end}", staff=staff)


def test_overlaps_in_the_file_name_the_other_line(sqlite_database: Database, here: Practice) -> None:
    rows = [
        overlapping("P-1042", "10:00", "10:20"),
        overlapping("P-1043", "10:19", "10:30"),
        overlapping("P-1043", "10:20", "10:40"),
        overlapping("P-1042", "09:00", "11:00"),
        overlapping("P-1042", "10:00", "10:20", staff="nurse2"),
        overlapping("P-1042", "10:05", "10:10"),
    ]
    assert problems(sqlite_database, here, rows) == [
        "line 3, start: overlaps line 2 of the same staff member (rule E6). Correct one of them.",
        "line 5, start: overlaps line 2 of the same staff member (rule E6). Correct one of them.",
        "line 7, start: overlaps line 2 of the same staff member (rule E6). Correct one of them.",
    ]


def test_overlaps_with_the_ledger_name_the_entry_there(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(patient="P-1043", times=("2026-11-16 23:00", "2026-11-17 00:10")))
    record(database, practice, an_entry(times=("2026-11-17 10:00", "2026-11-17 10:20")))
    rows = [
        overlapping("P-1042", "00:05", "00:15"),
        overlapping("P-1044", "10:10", "10:15"),
        overlapping("P-1042", "10:20", "10:25"),
    ]
    for row in rows:
        row["program"] = "CCM"
    assert problems(database, practice, rows) == [
        "line 2, start: overlaps P-1043#2 of the same staff member (rule E6). Correct one of them.",
        "line 3, start: overlaps P-1042#1 of the same staff member (rule E6). Correct one of them.",
    ]


def test_a_voided_entry_is_in_no_lines_way(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(times=("2026-11-17 10:00", "2026-11-17 10:20")))
    undo(sqlite_database, here)
    rows = [overlapping("P-1043", "10:00", "10:20")]
    assert import_rows(sqlite_database, here, "entries", rows) == ImportSummary(added=1)


def test_imported_time_and_time_from_slack_are_one_chain(database: Database, practice: Practice) -> None:
    record(database, practice, an_entry(minutes=10))
    import_rows(database, practice, "entries", [entry_row(minutes="5"), entry_row(minutes="6")])
    assert record(database, practice, an_entry(minutes=11)).parts[0].position == 4
    assert verified(database, practice).links == 4
    assert statement(database, practice).before[0].counted_minutes == 32


def twice(**cells: str) -> list[dict[str, str]]:
    """Two rows that say the same under two ids, but for ``cells`` of the second."""
    return [entry_row(external_id="B-0001"), entry_row(external_id="B-0002", **cells)]


def test_one_row_under_two_ids_is_stored_and_warned_about(database: Database, practice: Practice) -> None:
    summary = import_rows(database, practice, "entries", twice())
    assert (summary.added, len(summary.warnings)) == (2, 1)
    assert summary.warnings[0] == (
        "Stored, but perhaps the same work logged twice (rule W12): line 2 (P-1042#1), line 3 (P-1042#2). "
        "See /ccm patient P-1042, and void what is there twice: /ccm void P-1042#1 Logged twice."
    )
    (ccm,) = statement(database, practice).statement.programs
    assert ccm.counted_minutes == 24
    assert [one.entries for one in ccm.warnings if one.name == "POSSIBLE_DOUBLE"] == [(1, 2)]


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        ({"staff": "nurse2"}, "line 2 (P-1042#1), line 3 (P-1042#2)"),
        ({"staff": "nurse2", "minutes": "7"}, "line 2 (P-1042#1), line 3 (P-1042#2)"),
        ({"minutes": "7"}, ""),
        ({"date": "2026-11-16"}, ""),
        ({"activity": "results_review"}, ""),
        ({"patient": "P-1043"}, ""),
    ],
    ids=str,
)
def test_an_import_warns_of_rows_that_may_be_one_piece_of_work(
    sqlite_database: Database, here: Practice, cells: dict[str, str], lines: str
) -> None:
    summary = import_rows(sqlite_database, here, "entries", twice(**cells))
    assert summary.added == 2
    assert [lines in said for said in summary.warnings] == ([True] if lines else [])


def test_an_import_names_its_own_lines_beside_what_was_typed(sqlite_database: Database, here: Practice) -> None:
    record(sqlite_database, here, an_entry(staff="nurse2", day=date(2026, 11, 17)))
    (said,) = import_rows(sqlite_database, here, "entries", [entry_row()]).warnings
    assert "(rule W12): line 2 (P-1042#2). " in said


def test_many_doubles_are_one_sentence(sqlite_database: Database, here: Practice) -> None:
    rows = [entry_row(date=f"2026-11-{day:02}") for day in range(1, 13) for _ in range(2)]
    (said,) = import_rows(sqlite_database, here, "entries", rows).warnings
    assert "line 6 (P-1042#5) and 19 more. See" in said


def import_sample(database: Database, directory: Path, today: date) -> tuple[Practice, list[ImportSummary]]:
    """The practice of the sample of ``today``, imported at seven in the morning."""
    at = datetime.combine(today, datetime.min.time(), tzinfo=local("2026-11-18 07:00").tzinfo).replace(hour=7)
    with database.of("T0SAMPLE").writing() as connection:
        practice = create_practice(connection, "T0SAMPLE", "Sample Practice", "America/New_York", at=at)
    paths = write_sample(directory, patients=60, seed=7, today=today)
    kinds = ("teams", "staff", "patients", "entries")
    summaries = [
        import_file(database, practice, kind, path, at=at)
        for kind, path in zip(kinds * 2, astuple(paths) * 2, strict=True)
    ]
    return practice, summaries


@pytest.mark.parametrize("today", [date(2026, 11, 18), date(2026, 11, 1), date(2026, 3, 9), date(2026, 2, 28)], ids=str)
def test_the_sample_imports_clean_and_verifies(sqlite_database: Database, tmp_path: Path, today: date) -> None:
    check_sample(sqlite_database, tmp_path, today)


def test_the_sample_imports_clean_into_postgresql(postgresql_database: Database, tmp_path: Path) -> None:
    check_sample(postgresql_database, tmp_path, date(2026, 11, 18))


def check_sample(database: Database, directory: Path, today: date) -> None:
    practice, summaries = import_sample(database, directory, today)
    assert [summary.changed for summary in summaries] == [0] * 8
    assert [summary.unchanged for summary in summaries[:4]] == [0] * 4
    assert [summary.added for summary in summaries[4:]] == [0] * 4
    found = verified(database, practice)
    assert (found.patients, found.difference) == (60, None)
    assert found.links >= summaries[3].added > 200
    month = today.replace(day=1)
    with database.of(practice.practice_id).reading() as connection:
        near = worklist(connection, practice, month)
        month_so_far = month_list(connection, practice, Scope(month))
    assert near.near
    assert near.blocked
    assert month_so_far.enrolled_patients == 60
