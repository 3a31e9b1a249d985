"""The roster as files: importing them again changes nothing, and importing them elsewhere makes the same roster."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.facts import import_fact_rows
from support.practice import AT, a_practice, import_file, import_rows, patient_row, staff_row, write_csv

from ledger.imports.kinds import FILE_KINDS
from ledger.imports.table_file import ImportRefusedError
from ledger.practice.practice import Practice, create_practice
from ledger.reports.roster_files import RosterFiles, roster_files
from ledger.storage.database import Database
from ledger.validation import names

KINDS = ("teams", "staff", "patients")
Row = dict[str, str]


def exported(database: Database, practice: Practice) -> RosterFiles:
    """The files of the roster as it is."""
    with database.of(practice.practice_id).reading() as connection:
        return roster_files(connection, practice)


def imported(database: Database, practice: Practice, files: RosterFiles, folder: Path) -> list[tuple[int, int, int]]:
    """How many rows importing the files added, changed and left as they were, by file."""
    counted = []
    for kind in KINDS:
        path = folder / f"{kind}.csv"
        path.write_bytes(files.contents[path.name])
        summary = import_file(database, practice, kind, path)
        counted.append((summary.added, summary.changed, summary.unchanged))
    return counted


def lines(files: RosterFiles, name: str) -> list[Row]:
    """The rows of one of the files."""
    return list(csv.DictReader(io.StringIO(files.contents[name].decode())))


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30)
DAYS = st.dates(date(2025, 1, 1), date(2026, 11, 18)).map(date.isoformat)
OR_EMPTY = st.just("")
DIGESTS = st.sampled_from([{}, {"digest_days": "25;26"}, {"digest_business_days": "6;5"}, {"digest_hour": "9"}])
CHANGES = st.fixed_dictionaries(
    {
        "teams": st.lists(st.tuples(NAMES, DIGESTS, st.sampled_from(["", "America/Chicago"])), max_size=3),
        "staff": st.lists(
            st.fixed_dictionaries(
                {
                    "name": NAMES,
                    "credential": st.sampled_from(["", "MD", "R.N.", "RN, BSN", "nurse practitioner", "LPN"]),
                    "roles": st.lists(st.sampled_from(["coordinator", "lead", "biller"]), unique=True).map(";".join),
                    "teams": st.sampled_from(["", "blue team", "Green Team;Blue Team"]),
                    "active_from": DAYS | OR_EMPTY,
                    "active_to": st.sampled_from(["", "2027-01-31"]),
                    "supervised": st.sampled_from(["yes", "no", ""]),
                    "employed": st.sampled_from(["yes", "no", ""]),
                    "from": st.sampled_from(["", "always"]) | DAYS,
                    "slack_user_id": OR_EMPTY,
                }
            ),
            max_size=3,
        ),
        "patients": st.lists(
            st.fixed_dictionaries(
                {
                    "team": st.sampled_from(["Blue Team", "green-team"]),
                    "billing_practitioner": st.sampled_from(["", "doctor1", "DOCTOR1"]),
                    "conditions": st.lists(st.sampled_from(["E119", "i10", "N18.30", "J44.9"])).map(";".join),
                    "risk_documented": st.sampled_from(["yes", "no", ""]),
                    "programs": st.sampled_from(["CCM", "CCM;RPM", "RPM"]),
                    "enrolled_on": DAYS,
                    "care_plan_date": DAYS | OR_EMPTY,
                    "from": st.sampled_from(["", "always"]) | DAYS,
                }
            ),
            max_size=4,
        ),
        "enrollments": st.lists(st.tuples(st.sampled_from(["CCM", "RPM", "PCM"]), DAYS, st.booleans()), max_size=2),
    }
)


def store(database: Database, practice: Practice, folder: Path, changes: Mapping[str, Any]) -> None:
    """Puts invented rows into the roster, those that the import takes."""
    for number, (name, digests, zone) in enumerate(changes["teams"]):
        tried(
            database,
            practice,
            folder,
            "teams",
            {"name": name, "channel_id": f"C0X{number}", "digest_zone": zone, **digests},
        )
    for number, row in enumerate(changes["staff"]):
        tried(database, practice, folder, "staff", staff_row(id=f"extra{number}", **row))
    for number, row in enumerate(changes["patients"]):
        tried(database, practice, folder, "patients", patient_row(code=f"P-3{number:03}", **row))
    for program, day, is_over in changes["enrollments"]:
        row = {"patient": "P-1042", "program": program, "from": day, "to": "2026-11-18" if is_over else ""}
        import_fact_rows(database, practice, "enrollments", [row])


def tried(database: Database, practice: Practice, folder: Path, kind: str, row: Row) -> None:
    path = write_csv(folder / "invented.csv", names(FILE_KINDS[kind].columns), [row])
    try:
        import_file(database, practice, kind, path)
    except ImportRefusedError:
        return


@given(changes=CHANGES)
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_importing_what_was_exported_changes_nothing_and_makes_the_same_roster_elsewhere(
    sqlite_template: Path, tmp_path: Path, changes: Mapping[str, Any]
) -> None:
    database = emptied(sqlite_template, tmp_path)
    practice = a_practice(database)
    store(database, practice, tmp_path, changes)
    files = exported(database, practice)

    assert [(added, changed) for added, changed, _ in imported(database, practice, files, tmp_path)] == [(0, 0)] * 3
    assert exported(database, practice) == files

    with database.of("T0NEW").writing() as connection:
        elsewhere = create_practice(connection, "T0NEW", "New Practice", "America/New_York", at=AT)
    imported(database, elsewhere, files, tmp_path)
    assert exported(database, elsewhere).contents == files.contents
    database.close()


def emptied(sqlite_template: Path, folder: Path) -> Database:
    """A ledger with nothing in it."""
    for old in folder.glob("ledger.sqlite3*"):
        old.unlink()
    path = folder / "ledger.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    return Database(f"sqlite:///{path}")


def test_the_files_say_what_was_imported(database: Database, practice: Practice) -> None:
    row = patient_row(code="P-2001", programs="CCM;RPM", conditions="e119; I10")
    row |= {"care_plan_date": "", "place_of_service": "12"}
    import_rows(database, practice, "patients", [row])

    files = exported(database, practice)

    assert list(files.contents) == ["teams.csv", "staff.csv", "patients.csv"]
    assert lines(files, "patients.csv")[-1] == {**row, "conditions": "E11.9;I10", "from": ""}
    assert files.unsaid == ()
    assert {line["id"]: line["teams"] for line in lines(files, "staff.csv")}["nurse2"] == "Green Team"


@pytest.mark.parametrize(
    "enrollment",
    [
        {"program": "RPM", "from": "2026-02-01"},
        {"program": "PCM", "from": "2026-01-05"},
    ],
)
@pytest.mark.either_database
def test_programs_that_differ_are_left_empty_and_named(database: Database, practice: Practice, enrollment: Row) -> None:
    import_fact_rows(database, practice, "enrollments", [{"patient": "P-1042", **enrollment}])

    files = exported(database, practice)

    assert files.unsaid == ("P-1042",)
    line = lines(files, "patients.csv")[0]
    assert (line["programs"], line["enrolled_on"], line["consent_date"], line["consent_form"]) == ("", "", "", "")
    assert (line["initiating_visit_type"], line["care_plan_date"]) == ("AWV", "2026-10-01")


@pytest.mark.either_database
def test_an_enrollment_that_ended_and_a_consent_that_was_revoked_are_not_said(
    database: Database, practice: Practice
) -> None:
    ended = {"patient": "P-1042", "program": "CCM", "from": "2026-01-05", "to": "2026-11-01"}
    import_fact_rows(database, practice, "enrollments", [ended])
    revoked = {"patient": "P-1043", "program": "CCM", "date": "2026-01-05", "form": "verbal", "revoked": "2026-11-01"}
    import_fact_rows(database, practice, "consents", [revoked])

    first, second, *_ = lines(exported(database, practice), "patients.csv")

    assert (first["programs"], first["consent_date"]) == ("", "")
    assert (second["programs"], second["consent_date"], second["consent_form"]) == ("CCM", "", "")


@pytest.mark.either_database
def test_a_team_whose_name_has_what_separates_names_is_called_by_its_letters(
    database: Database, practice: Practice, tmp_path: Path
) -> None:
    import_rows(database, practice, "teams", [{"name": 'Red; "Team", 1', "channel_id": "C0RED"}])
    import_rows(database, practice, "patients", [patient_row(code="P-2001", team="red team 1")])
    import_rows(database, practice, "staff", [staff_row(id="red1", name="Red One", roles="lead", teams="red team 1")])

    files = exported(database, practice)
    assert lines(files, "staff.csv")[-1]["teams"] == "red-team-1"
    assert [counts[:2] for counts in imported(database, practice, files, tmp_path)] == [(0, 0)] * 3


def test_what_held_of_a_person_before_is_told_in_lines_of_its_own(
    sqlite_database: Database, here: Practice, tmp_path: Path
) -> None:
    nurse = {"id": "nurse1", "slack_user_id": "U0NURSE1", "name": "Nurse One", "roles": "coordinator"}
    rows = [
        staff_row(**nurse, credential="LPN", npi="1234567893"),
        staff_row(**nurse, credential="RN", npi="1234567893", employed="no", **{"from": "2026-10-15"}),
    ]
    import_rows(sqlite_database, here, "staff", rows)

    files = exported(sqlite_database, here)

    told = [row for row in lines(files, "staff.csv") if row["id"] == "nurse1"]
    assert [(row["credential"], row["employed"]) for row in told] == [("LPN", "yes"), ("RN", "no")]
    assert [row["from"] for row in told] == ["", "2026-10-15"]
    assert [changed for _, changed, _ in imported(sqlite_database, here, files, tmp_path)] == [0, 0, 0]
    with sqlite_database.of("T0OTHER").writing() as connection:
        other = create_practice(connection, "T0OTHER", "Other", here.timezone, at=AT)
    imported(sqlite_database, other, files, tmp_path)
    assert exported(sqlite_database, other).contents["staff.csv"] == files.contents["staff.csv"]
