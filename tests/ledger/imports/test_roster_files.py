"""Teams, staff and patients from files: every column, all or nothing, the same again changes nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from support.practice import (
    AT,
    PATIENTS,
    STAFF,
    TEAMS,
    an_entry,
    import_file,
    import_rows,
    patient_row,
    record,
    staff_row,
    statement,
    verified,
)

from ledger.imports.table_file import ImportRefusedError
from ledger.practice.practice import Practice
from ledger.roster.directory import Role, enrolled_programs, people, person_by_id, team_of_patient, teams
from ledger.rules.facts import CarePlanRevision, Consent, Enrollment, InitiatingVisit, Program
from ledger.rules.statement import Status
from ledger.storage.database import Database
from ledger.storage.tables import PatientRow, RosterChangeRow, StaffRow
from ledger.validation import ImportSummary

NEW = "P-2001"


def problems(database: Database, practice: Practice, kind: str, rows: list[dict[str, str]]) -> list[str]:
    """What is said of the file; nothing of it may be stored."""
    before = roster(database)
    with pytest.raises(ImportRefusedError) as refused:
        import_rows(database, practice, kind, rows)
    assert roster(database) == before
    return [str(problem) for problem in refused.value.problems]


def roster(database: Database) -> list[int]:
    tables = ("care_teams", "staff", "patients", "patient_facts", "roster_changes", "chain_heads", "time_entries")
    with database.of("T0TEST").reading() as connection:
        return [connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables]  # noqa: S608


def test_a_practice_is_imported_and_the_same_files_again_change_nothing(database: Database, practice: Practice) -> None:
    before = roster(database)
    for kind, rows in (
        ("teams", list(TEAMS)),
        ("patients", [patient_row(**patient) for patient in PATIENTS]),
    ):
        assert import_rows(database, practice, kind, rows) == ImportSummary(unchanged=len(rows))
    nurse2 = {"nurse2": {"teams": "Green Team"}}
    staff = [staff_row(**person, **nurse2.get(person["id"], {})) for person in STAFF]
    assert import_rows(database, practice, "staff", staff) == ImportSummary(unchanged=len(STAFF))
    assert roster(database) == before == [2, 6, 5, before[3], 13, 5, 0]


def test_every_column_of_a_team_is_kept(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "teams", [{"name": "Red & Gray Team", "channel_id": "G0RED"}])
    with sqlite_database.of("T0TEST").reading() as connection:
        red = teams(connection, "T0TEST")[-1]
    assert (red.team_id, red.name, red.channel_id) == ("red-gray-team", "Red & Gray Team", "G0RED")


def test_every_column_of_a_staff_member_is_kept(sqlite_database: Database, here: Practice) -> None:
    row = {
        "id": "np1",
        "slack_user_id": "W0NP1",
        "name": "Practitioner One",
        "credential": "NP",
        "roles": "Practitioner; lead",
        "teams": "blue team;Green Team",
        "active_from": "2026-02-01",
        "active_to": "2026-12-31",
        "supervised": "NO",
    }
    import_rows(sqlite_database, here, "staff", [row])
    with sqlite_database.of("T0TEST").reading() as connection:
        person = person_by_id(connection, "T0TEST", "np1")
        supervised = connection.scalar(select(StaffRow.supervised).where(StaffRow.staff_id == "np1"))
    assert (person.slack_user_id, person.name, person.credential) == ("W0NP1", "Practitioner One", "NP")
    assert person.roles == {Role.PRACTITIONER, Role.LEAD}
    assert person.team_ids == ("blue-team", "green-team")
    assert (person.active_from, person.active_to) == (date(2026, 2, 1), date(2026, 12, 31))
    assert supervised is False


def test_a_staff_member_may_have_little_more_than_a_name(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "staff", [{"id": "temp1", "name": "Temp One"}, {"id": "temp2", "name": "T2"}])
    with sqlite_database.of("T0TEST").reading() as connection:
        person = person_by_id(connection, "T0TEST", "temp1")
        supervised = connection.scalar(select(StaffRow.supervised).where(StaffRow.staff_id == "temp1"))
    assert (person.slack_user_id, person.credential, person.roles, person.team_ids) == (None, "", frozenset(), ())
    assert (person.active_from, person.active_to, supervised) == (None, None, True)


def test_every_column_of_a_patient_is_kept(sqlite_database: Database, here: Practice) -> None:
    row = {
        "code": NEW,
        "team": "GREEN TEAM",
        "billing_practitioner": "doctor1",
        "conditions": "E11.9; I10 ;",
        "risk_documented": "no",
        "programs": "ccm;RPM",
        "enrolled_on": "2026-03-01",
        "consent_date": "2026-03-02",
        "consent_form": "Written",
        "initiating_visit_date": "2026-02-20",
        "initiating_visit_type": "e/m",
        "care_plan_date": "2026-03-05",
    }
    assert import_rows(sqlite_database, here, "patients", [row]) == ImportSummary(added=1)
    facts = statement(sqlite_database, here, NEW).facts
    assert [one.staff_id for one in facts.designations] == ["doctor1"]
    assert (facts.conditions, facts.risk_documented) == (("E11.9", "I10"), False)
    both = (Program("CCM"), Program("RPM"))
    assert facts.enrollments == tuple(Enrollment(program, date(2026, 3, 1)) for program in both)
    assert facts.consents == tuple(Consent(program, date(2026, 3, 2), "written") for program in both)
    assert facts.initiating_visits == (InitiatingVisit(date(2026, 2, 20), "E/M"),)
    assert facts.care_plans == (CarePlanRevision(date(2026, 3, 5)),)
    with sqlite_database.of("T0TEST").reading() as connection:
        assert team_of_patient(connection, "T0TEST", NEW).name == "Green Team"
        assert enrolled_programs(connection, here, NEW, date(2026, 3, 1)) == list(both)


def test_a_patient_may_be_no_more_than_a_code_in_a_team(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "patients", [{"code": NEW, "team": "Blue Team"}])
    facts = statement(sqlite_database, here, NEW).facts
    assert (facts.designations, facts.conditions, facts.enrollments) == ((), (), ())
    assert record(sqlite_database, here, an_entry(patient=NEW)).parts[0].counted_minutes == 0


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("cells", "status", "cents"),
    [
        ({"credential": ""}, Status.BELOW_THRESHOLD, 0),
        ({"active_to": "2026-11-17"}, Status.BELOW_THRESHOLD, 0),
        ({"supervised": "no"}, Status.BELOW_THRESHOLD, 0),
        ({"credential": "NP"}, Status.BILLABLE, 6613),
    ],
)
def test_a_changed_staff_member_changes_what_past_minutes_are_worth(
    database: Database, practice: Practice, cells: dict[str, str], status: Status, cents: int
) -> None:
    record(database, practice, an_entry(minutes=20))
    changed = staff_row(**{**STAFF[0], **cells})
    before = statement(database, practice).statement.programs[0].expected_cents
    summary = import_rows(database, practice, "staff", [changed])
    assert (summary.added, summary.changed, summary.unchanged) == (0, 1, 0)
    assert len(summary.warnings) == (before != cents)
    (figures,) = statement(database, practice).before
    assert (figures.status, figures.expected_cents) == (status, cents)
    assert verified(database, practice).difference is None


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("cells", "blockers"),
    [
        ({"conditions": "I10"}, ["CONDITIONS"]),
        ({"risk_documented": "no"}, ["RISK_NOT_DOCUMENTED"]),
        ({"billing_practitioner": ""}, ["NO_CONSENT", "NO_BILLING_PRACTITIONER"]),
    ],
)
def test_a_changed_patient_is_evaluated_again(
    database: Database, practice: Practice, cells: dict[str, str], blockers: list[str]
) -> None:
    record(database, practice, an_entry(minutes=20))
    changed = patient_row(code="P-1042", **cells)
    summary = import_rows(database, practice, "patients", [changed])
    assert (summary.added, summary.changed, summary.unchanged) == (0, 1, 0)
    assert summary.warnings == ("November 2026: 1 billable, $66.13 → 0, $0.00 (1 patient with other codes)",)
    (figures,) = statement(database, practice).before
    assert (figures.status, [one.name for one in figures.blockers]) == (Status.BLOCKED, blockers)
    assert verified(database, practice).difference is None


def test_a_later_row_adds_facts_and_takes_none_away(sqlite_database: Database, here: Practice) -> None:
    before = statement(sqlite_database, here).facts
    empty = dict.fromkeys(("programs", "enrolled_on", "consent_date", "consent_form", "care_plan_date"), "")
    unchanged = patient_row(code="P-1042", initiating_visit_date="", initiating_visit_type="", **empty)
    assert import_rows(sqlite_database, here, "patients", [unchanged]) == ImportSummary(unchanged=1)
    assert statement(sqlite_database, here).facts == before
    newer = patient_row(code="P-1042", care_plan_date="2026-11-03", consent_form="written")
    assert import_rows(sqlite_database, here, "patients", [newer]) == ImportSummary(changed=1)
    after = statement(sqlite_database, here).facts
    assert [plan.revised_on for plan in after.care_plans] == [date(2026, 10, 1), date(2026, 11, 3)]
    assert after.consents == (Consent(Program("CCM"), date(2026, 1, 5), "written"),)


def test_a_patient_moves_to_another_team(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "patients", [patient_row(code="P-1042", team="Green Team")])
    with sqlite_database.of("T0TEST").reading() as connection:
        assert team_of_patient(connection, "T0TEST", "P-1042").team_id == "green-team"


def test_who_changed_what_is_on_record(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "staff", [staff_row(**{**STAFF[0], "credential": "LPN"})])
    query = select(RosterChangeRow.__table__).where(RosterChangeRow.subject_id == "nurse1")
    with sqlite_database.of("T0TEST").reading() as connection:
        changes = connection.execute(query).all()
    assert [change.content["credential"] for change in changes] == ["RN", "LPN"]
    assert {(change.subject_kind, change.recorded_by, change.recorded_at) for change in changes} == {
        ("staff", "import", AT)
    }


def test_each_mistake_of_a_team_is_named(sqlite_database: Database, here: Practice) -> None:
    rows = [
        {"name": "", "channel_id": "C0RED"},
        {"name": "", "channel_id": "C0RED"},
        {"name": "!?", "channel_id": "C0RED"},
        {"name": "Red Team", "channel_id": ""},
        {"name": "red-team", "channel_id": "C0RED"},
        {"name": "Gray Team", "channel_id": "#gray"},
        {"name": "Pink Team", "channel_id": "D0PINK"},
        {"name": "x" * 76, "channel_id": "C0RED"},
        {"name": f"Pill {'💊' * 36}", "channel_id": "C0RED"},
    ]
    assert problems(sqlite_database, here, "teams", rows) == [
        "line 2, name: is empty. For example: Blue Team",
        "line 3, name: is empty. For example: Blue Team",
        "line 4, name: '!?' has no letter or digit. For example: Blue Team",
        "line 5, channel_id: is empty. For example: C0123ABCD",
        "line 6, name: 'red-team' stands in the file twice. Remove one of the lines.",
        "line 7, channel_id: '#gray' is not a channel id. It begins with C, for example C0123ABCD.",
        "line 8, channel_id: 'D0PINK' is not a channel id. It begins with C, for example C0123ABCD.",
        "line 9, name: has 76 characters; 75 fit. For example: Blue Team",
        "line 10, name: has 77 characters; 75 fit. For example: Blue Team",
    ]


def test_each_mistake_of_a_staff_member_is_named(sqlite_database: Database, here: Practice) -> None:
    rows = [
        staff_row(name="Nobody"),
        staff_row(name="Nobody"),
        staff_row(id="new1"),
        staff_row(id="new2", name="New", slack_user_id="@new"),
        staff_row(id="new3", name="New", slack_user_id="U0NURSE1"),
        staff_row(id="new4", name="New", roles="coordinator;chief"),
        staff_row(id="new5", name="New", teams="Blue Team;Red Team"),
        staff_row(id="new6", name="New", active_from="03.11.2026"),
        staff_row(id="new7", name="New", active_from="2026-02-01", active_to="2026-01-31"),
        staff_row(id="new8", name="New", supervised="maybe"),
        staff_row(id="new8", name="New"),
        staff_row(id="new9", name="New", slack_user_id="U0NEW9"),
        staff_row(id="newer9", name="New", slack_user_id="U0NEW9"),
        staff_row(id="n" * 41, name="New"),
        staff_row(id="n" * 40, name="x" * 74 + "💊"),
        staff_row(id="n" * 39, name="x" * 73 + "💊"),
    ]
    twice = "Remove one of the lines, or say in the column from on which day each begins to hold."
    assert problems(sqlite_database, here, "staff", rows) == [
        "line 2, id: is empty. For example: coord1",
        "line 3, id: is empty. For example: coord1",
        "line 4, name: is empty. For example: Coordinator One",
        "line 5, slack_user_id: '@new' is not a Slack user id. It begins with U: U0123ABCD",
        "line 6, slack_user_id: already belongs to 'nurse1'. One Slack person is one staff member.",
        "line 7, roles: 'chief' is not known. One of: coordinator, lead, biller, practitioner, admin",
        "line 8, teams: no team is called 'Red Team'. Import it first: ccm import teams teams.csv",
        "line 9, active_from: '03.11.2026' may have the day or the month first. Write it as 2026-11-03.",
        "line 10, active_to: 2026-01-31 is before active_from. Correct one of the two dates.",
        "line 11, supervised: 'maybe' is neither yes nor no. Write yes or no.",
        f"line 12, id: 'new8' stands in the file twice. {twice}",
        "line 14, slack_user_id: already belongs to 'new9'. One Slack person is one staff member.",
        "line 15, id: has 41 characters; 40 fit. Letters, digits, dots and hyphens: coord1",
        "line 16, name: has 76 characters; 75 fit. For example: Coordinator One",
    ]


def test_each_mistake_of_a_patient_is_named(sqlite_database: Database, here: Practice) -> None:
    rows = [
        patient_row(),
        patient_row(code="Miss Jones 7"),
        patient_row(code="P-none"),
        patient_row(code="P1042"),
        patient_row(code="P-3001", team=""),
        patient_row(code="P-3002", team="Red Team"),
        patient_row(code="P-3003", billing_practitioner="nobody"),
        patient_row(code="P-3004", risk_documented="perhaps"),
        patient_row(code="P-3005", programs="CCM;BBB"),
        patient_row(code="P-3006", enrolled_on=""),
        patient_row(code="P-3007", consent_date="2026-13-01"),
        patient_row(code="P-3008", consent_form="oral"),
        patient_row(code="P-3009", consent_form=""),
        patient_row(code="P-3010", initiating_visit_type=""),
        patient_row(code="P-3010"),
        patient_row(code="p3010"),
    ]
    assert problems(sqlite_database, here, "patients", rows) == [
        "line 2, code: is empty. For example: P-1042",
        "line 3, code: 'Miss Jones 7' is not a patient code. Letters, hyphens and digits: P-1042",
        "line 4, code: 'P-none' is not a patient code. Letters, hyphens and digits: P-1042",
        "line 5, code: P1042 reads like P-1042. Codes differ by letters and digits.",
        "line 6, team: is empty. For example: Blue Team",
        "line 7, team: no team is called 'Red Team'. Import it first: ccm import teams teams.csv",
        "line 8, billing_practitioner: no staff member has the id 'nobody'. Use an id of staff.csv.",
        "line 9, risk_documented: 'perhaps' is neither yes nor no. Write yes or no.",
        "line 10, programs: 'BBB' is not known. One of: CCM, PCM, RPM, TCM, APCM",
        "line 11, enrolled_on: is empty. Write the date as 2026-11-03.",
        "line 12, consent_date: '2026-13-01' is not a date. Write it as 2026-11-03.",
        "line 13, consent_form: 'oral' is not known. One of: verbal, written",
        "line 14, consent_form: is empty, but consent_date is not. One of: verbal, written",
        "line 15, initiating_visit_type: is empty, but initiating_visit_date is not. One of: AWV, IPPE, E/M, TCM",
        "line 16, code: P-3010 stands in the file twice. Remove one of the lines.",
        "line 17, code: p3010 reads like P-3010. Codes differ by letters and digits.",
    ]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"consent_date": ""}, "consent_date"),
        ({"initiating_visit_date": ""}, "initiating_visit_date"),
        ({"programs": ""}, "programs"),
    ],
)
def test_half_a_fact_is_refused_and_not_dropped(
    sqlite_database: Database, here: Practice, cells: dict[str, str], column: str
) -> None:
    (found,) = problems(sqlite_database, here, "patients", [patient_row(code=NEW, **cells)])
    assert found.startswith(f"line 2, {column}: is empty, but ")


def test_one_wrong_row_keeps_the_right_ones_out(database: Database, practice: Practice) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "teams": [{"name": "Red Team", "channel_id": "C0RED"}, {"name": "", "channel_id": "C0X"}],
        "staff": [staff_row(id="new1", name="New One"), staff_row(id="new2")],
        "patients": [patient_row(code=NEW), patient_row(code="P-2002", team="")],
    }
    for kind, of_kind in rows.items():
        assert len(problems(database, practice, kind, of_kind)) == 1


def test_a_slack_account_passes_on_once_it_was_given_up(sqlite_database: Database, here: Practice) -> None:
    import_rows(sqlite_database, here, "staff", [staff_row(**{**STAFF[0], "slack_user_id": ""})])
    import_rows(sqlite_database, here, "staff", [staff_row(id="new1", name="New One", slack_user_id="U0NURSE1")])
    with sqlite_database.of("T0TEST").reading() as connection:
        owners = {person.slack_user_id: person.staff_id for person in people(connection, "T0TEST")}
    assert owners["U0NURSE1"] == "new1"


def test_more_rows_than_fit_in_one_query_are_imported(sqlite_database: Database, here: Practice) -> None:
    rows = [patient_row(code=f"Q-{number}", programs="CCM;RPM") for number in range(1, 1203)]
    assert import_rows(sqlite_database, here, "patients", rows) == ImportSummary(added=1202)
    assert import_rows(sqlite_database, here, "patients", rows) == ImportSummary(unchanged=1202)
    with sqlite_database.of("T0TEST").reading() as connection:
        codes = connection.scalars(select(PatientRow.patient_code)).all()
    assert len(codes) == 1202 + len(PATIENTS)


def test_a_column_that_a_staff_file_leaves_out_stays_as_it_is_and_a_new_person_has_the_usual(
    sqlite_database: Database, here: Practice, tmp_path: Path
) -> None:
    import_rows(sqlite_database, here, "staff", [staff_row(id="nurse8", name="Nurse Eight", supervised="no")])
    file = tmp_path / "staff.csv"
    file.write_text(
        "ID,Name,Credential,Roles,Teams\n"
        "nurse8,Nurse Eight Renamed,RN,coordinator,blue-team\n"
        "nurse9,Nurse Nine,RN,coordinator,BLUE  TEAM\n",
        encoding="utf-8",
    )
    summary = import_file(sqlite_database, here, "staff", file)

    assert (summary.added, summary.changed) == (1, 1)
    with sqlite_database.of("T0TEST").reading() as connection:
        rows = connection.execute(select(StaffRow.staff_id, StaffRow.supervised, StaffRow.teams)).all()
    found = {row.staff_id: (row.supervised, row.teams) for row in rows}
    assert (found["nurse8"], found["nurse9"]) == ((False, ["blue-team"]), (True, ["blue-team"]))


def test_a_column_that_a_patient_file_leaves_out_stays_as_it_is(
    sqlite_database: Database, here: Practice, tmp_path: Path
) -> None:
    file = tmp_path / "patients.csv"
    file.write_text("Patient,Team\nP-1042,Green Team\nP-3001,Blue Team\n", encoding="utf-8")
    import_file(sqlite_database, here, "patients", file)

    columns = (PatientRow.patient_code, PatientRow.team_id, PatientRow.conditions, PatientRow.billing_practitioner)
    with sqlite_database.of("T0TEST").reading() as connection:
        rows = connection.execute(select(*columns)).all()
    found = {row.patient_code: tuple(row)[1:] for row in rows}
    assert found["P-1042"][0] == "green-team"
    assert found["P-1042"][1:] == (["E11.9", "I10"], "doctor1")
    assert found["P-3001"] == ("blue-team", [], None)
