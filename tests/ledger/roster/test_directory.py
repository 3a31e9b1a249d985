"""Codes as people type them, programs nobody has to name, and who is who."""

from datetime import date

import pytest
from support.facts import import_fact_rows
from support.practice import STAFF, a_practice, import_rows, patient_row, staff_row

from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.roster.directory import (
    Role,
    code_key,
    code_number,
    enrolled_programs,
    find_codes,
    people,
    person_by_id,
    person_by_slack_id,
    program_for_entry,
    team_id_for,
    team_of_patient,
    teams,
)
from ledger.rules.facts import Program
from ledger.storage.database import Database

DAY = date(2026, 11, 18)


@pytest.fixture
def here(sqlite_database: Database) -> Practice:
    practice = a_practice(sqlite_database)
    more = ("1042", "X-77", "Y-77", "Y-78", "Z78", "AB-12-34")
    import_rows(sqlite_database, practice, "patients", [patient_row(code=code) for code in more])
    return practice


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("P-1042", ["P-1042"]),
        ("p1042", ["P-1042"]),
        ("p_10 42", ["P-1042"]),
        ("1042", ["1042"]),
        ("1043", ["P-1043"]),
        ("x77", ["X-77"]),
        ("77", ["X-77", "Y-77"]),
        ("78", ["Y-78", "Z78"]),
        ("1234", ["AB-12-34"]),
        ("ab1234", ["AB-12-34"]),
        ("12-34", ["AB-12-34"]),
        ("P", []),
        ("104", []),
        ("9999", []),
        ("-", []),
        ("", []),
    ],
)
def test_a_code_is_found_however_it_is_typed(
    sqlite_database: Database, here: Practice, word: str, codes: list[str]
) -> None:
    with sqlite_database.of("T0TEST").reading() as connection:
        assert list(find_codes(connection, "T0TEST", word)) == codes


def test_a_number_of_many_patients_names_ten_of_them(sqlite_database: Database, here: Practice) -> None:
    rows = [patient_row(code=f"{letter}-500") for letter in "ABCDEFGHIJKLMN"]
    import_rows(sqlite_database, here, "patients", rows)
    with sqlite_database.of("T0TEST").reading() as connection:
        assert find_codes(connection, "T0TEST", "500") == [f"{letter}-500" for letter in "ABCDEFGHIJ"]


@pytest.mark.parametrize(
    ("code", "key", "number"),
    [("P-1042", "P1042", "1042"), ("ab-12-34", "AB1234", "1234"), ("P-0042", "P0042", "0042"), ("p", "P", "")],
)
def test_codes_are_compared_by_letters_and_digits(code: str, key: str, number: str) -> None:
    assert (code_key(code), code_number(code)) == (key, number)


@pytest.mark.parametrize(
    ("name", "team_id"), [("Blue Team", "blue-team"), (" East – Wing 2 ", "east-wing-2"), ("!?", "")]
)
def test_a_team_is_known_by_its_letters_and_digits(name: str, team_id: str) -> None:
    assert team_id_for(name) == team_id


def test_the_program_need_not_be_named_where_there_is_one(database: Database, practice: Practice) -> None:
    with database.of("T0TEST").reading() as connection:
        assert program_for_entry(connection, practice, "P-1042", DAY) == Program("CCM")
        assert program_for_entry(connection, practice, "P-1045", DAY) == Program("RPM")
        assert enrolled_programs(connection, practice, "P-1044", DAY) == [Program("CCM"), Program("RPM")]


def test_the_program_is_asked_for_where_there_are_several(sqlite_database: Database, here: Practice) -> None:
    with sqlite_database.of("T0TEST").reading() as connection, pytest.raises(LedgerError) as refused:
        program_for_entry(connection, here, "P-1044", DAY)
    assert refused.value.code == "PROGRAM_MISSING"
    assert "P-1044 is enrolled in CCM and RPM" in refused.value.title
    assert "/ccm log P-1044 12m meds call ccm" in refused.value.remedy


@pytest.mark.parametrize(
    ("end", "on", "said"),
    [
        (
            {"to": "2026-11-10", "reason": "moved"},
            DAY,
            "P-1042 is enrolled in no program on that date (CCM ended Nov 10",
        ),
        ({"to": "2026-11-10", "reason": "moved"}, DAY, "(CCM ended Nov 10 (moved)): which program is this time for?"),
        ({"to": "2026-10-31"}, DAY, "on that date (CCM ended Oct 31): which"),
        ({"to": "2026-10-31"}, date(2027, 1, 4), "on that date (CCM ended Oct 31, 2026): which"),
    ],
    ids=str,
)
def test_who_asks_for_an_enrollment_that_ended_is_told_when_and_why(
    sqlite_database: Database, here: Practice, end: dict[str, str], on: date, said: str
) -> None:
    import_fact_rows(sqlite_database, here, "enrollments", [{"program": "CCM", "from": "2026-01-05", **end}])
    with sqlite_database.of("T0TEST").reading() as connection, pytest.raises(LedgerError) as refused:
        program_for_entry(connection, here, "P-1042", on)
    assert refused.value.code == "PROGRAM_MISSING"
    assert said in refused.value.title


@pytest.mark.parametrize("on", [date(2026, 1, 4), date(2025, 11, 18)])
def test_the_program_is_asked_for_before_enrollment(sqlite_database: Database, here: Practice, on: date) -> None:
    with (
        sqlite_database.of("T0TEST").reading() as connection,
        pytest.raises(LedgerError, match="in no program on that date"),
    ):
        program_for_entry(connection, here, "P-1042", on)


def test_people_are_found_by_their_slack_id_and_by_their_own(database: Database, practice: Practice) -> None:
    with database.of("T0TEST").reading() as connection:
        nurse = person_by_slack_id(connection, "T0TEST", "U0NURSE2")
        assert nurse == person_by_id(connection, "T0TEST", "nurse2")
        assert nurse is not None
        assert (nurse.name, nurse.credential, nurse.team_ids) == ("Nurse Two", "LPN", ("green-team",))
        assert nurse.roles == {Role.COORDINATOR}
        assert person_by_slack_id(connection, "T0TEST", "U0NOBODY") is None
        with pytest.raises(LedgerError, match="STAFF_UNKNOWN"):
            person_by_id(connection, "T0TEST", "nobody")
        assert [person.staff_id for person in people(connection, "T0TEST")] == sorted(one["id"] for one in STAFF)


def test_people_work_from_their_first_day_to_their_last(sqlite_database: Database, here: Practice) -> None:
    row = staff_row(id="temp1", name="Temp One", active_from="2026-11-02", active_to="2026-11-20")
    import_rows(sqlite_database, here, "staff", [row])
    with sqlite_database.of("T0TEST").reading() as connection:
        person = person_by_id(connection, "T0TEST", "temp1")
    days = (date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 20), date(2026, 11, 21))
    assert [person.is_active(day) for day in days] == [False, True, True, False]


def test_teams_come_by_name_with_their_channels(database: Database, practice: Practice) -> None:
    with database.of("T0TEST").reading() as connection:
        assert [(team.name, team.channel_id) for team in teams(connection, "T0TEST")] == [
            ("Blue Team", "C0BLUE"),
            ("Green Team", "C0GREEN"),
        ]
        assert team_of_patient(connection, "T0TEST", "P-1045").team_id == "green-team"
