"""Device codes against management codes and capture rates, this month beside the last three, on both databases."""

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from support.closing import close
from support.facts import import_fact_rows
from support.practice import MONTH, an_entry, import_rows, patient_row, record, undo

from ledger.practice.practice import Practice
from ledger.reports.diagnostic import Capture, DeviceCodes, Diagnosis, Gap, device_codes, diagnose, gaps
from ledger.reports.month_lists import Scope, month_counts
from ledger.reports.workbook import month_workbook
from ledger.rules.facts import Contact, Program
from ledger.rules.rulebook import BOOKS, load_rulebook, rulebook_for
from ledger.storage.database import Database

RPM, NOVEMBER = Program("RPM"), Scope(MONTH)
OCTOBER, SEPTEMBER, AUGUST = date(2026, 10, 1), date(2026, 9, 1), date(2026, 8, 1)
DEVICE, BOTH, SHORT, MANAGED, SET_UP = "P-2001", "P-2002", "P-2003", "P-2004", "P-2005"


@pytest.fixture
def worked(database: Database, practice: Practice) -> Database:
    """RPM patients of both teams: device alone, both, few days with few minutes, management alone, newly set up."""
    teams = {DEVICE: "Blue Team", BOTH: "Blue Team", SHORT: "Green Team", MANAGED: "Green Team", SET_UP: "Green Team"}
    rows = [patient_row(code=code, team=team, programs="RPM") for code, team in teams.items()]
    import_rows(database, practice, "patients", rows)
    for code, days in {DEVICE: 16, BOTH: 30, SHORT: 2}.items():
        import_fact_rows(database, practice, "readings", [{"patient": code, "month": "2026-11", "days": str(days)}])
    import_fact_rows(database, practice, "devices", [{"patient": SET_UP, "set_up": "2026-10-05"}])
    dates = ";".join(f"2026-10-{day:02}" for day in range(5, 25))
    import_fact_rows(database, practice, "readings", [{"patient": SET_UP, "month": "", "dates": dates}])
    for code, minutes in {DEVICE: 9, BOTH: 20, SHORT: 10, MANAGED: 65}.items():
        managed(database, practice, code, minutes)
    managed(database, practice, DEVICE, 30, day=date(2026, 10, 20))
    record(database, practice, an_entry(patient="P-1042", minutes=40))
    record(database, practice, an_entry(patient="P-1044", minutes=25, staff="nurse2"))
    record(database, practice, an_entry(patient="P-1043", minutes=21))
    undo(database, practice)
    return database


def managed(database: Database, practice: Practice, code: str, minutes: int, day: date = date(2026, 11, 17)) -> None:
    entry = an_entry(patient=code, minutes=minutes, program=RPM, contact=Contact.LIVE, day=day, staff="nurse2")
    record(database, practice, entry)


def diagnosed(database: Database, practice: Practice, scope: Scope = NOVEMBER) -> tuple[Diagnosis, ...]:
    with database.of("T0TEST").reading() as connection:
        return diagnose(connection, practice, scope)


def behind(database: Database, practice: Practice, scope: Scope = NOVEMBER) -> list[tuple[list[str], list[str]]]:
    def codes(gap: Gap) -> tuple[list[str], list[str]]:
        return [one.patient_code for one in gap.device_alone], [one.patient_code for one in gap.management_alone]

    with database.of("T0TEST").reading() as connection:
        return [codes(gap) for gap in gaps(connection, practice, scope)]


def counted(diagnosis: Diagnosis) -> list[tuple[int, ...]]:
    return [
        (one.set_up, one.device, one.management, one.device_alone, one.management_alone) for one in diagnosis.devices
    ]


def test_the_roles_of_the_codes_follow_from_the_rulebook() -> None:
    assert device_codes(rulebook_for(MONTH)) == (DeviceCodes(RPM, ("99453",), ("99454", "99445"), ("99457", "99470")),)
    assert device_codes(rulebook_for(date(2025, 11, 1))) == (DeviceCodes(RPM, ("99453",), ("99454",), ("99457",)),)
    assert device_codes(rulebook_for(MONTH), Program("CCM")) == ()
    assert device_codes(None) == ()


def test_codes_and_programs_of_any_other_name_are_found_alike(tmp_path: Path) -> None:
    text = (BOOKS / "medicare-2026.toml").read_text()
    for old, new in {"RPM": "RTM", "99453": "98975", "99454": "98976", "99457": "98980"}.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    (tmp_path / "medicare-2026.toml").write_text(text)

    assert device_codes(load_rulebook(tmp_path / "medicare-2026.toml")) == (
        DeviceCodes(Program("RTM"), ("98975",), ("98976", "99445"), ("98980", "99470")),
    )


def test_patients_are_counted_by_the_codes_they_have_this_month_beside_the_last_three(
    worked: Database, practice: Practice
) -> None:
    found = diagnosed(worked, practice)

    assert [one.month for one in found] == [MONTH, OCTOBER, SEPTEMBER, AUGUST]
    assert [counted(one) for one in found] == [
        [(1, 4, 3, 2, 1)],
        [(0, 0, 1, 0, 1)],
        [(0, 0, 0, 0, 0)],
        [(0, 0, 0, 0, 0)],
    ]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(MONTH), [([DEVICE, SET_UP], [MANAGED])]),
        (Scope(MONTH, {"blue-team"}), [([DEVICE], [])]),
        (Scope(MONTH, {"green-team"}, RPM), [([SET_UP], [MANAGED])]),
        (Scope(MONTH, set()), [([], [])]),
        (Scope(MONTH, None, Program("CCM")), []),
        (Scope(OCTOBER), [([], [DEVICE])]),
        (Scope(date(2020, 1, 1)), []),
    ],
)
def test_the_patients_behind_the_gap_are_as_many_as_were_counted(
    worked: Database, practice: Practice, scope: Scope, expected: list[tuple[list[str], list[str]]]
) -> None:
    assert behind(worked, practice, scope) == expected
    counts = [each[3:] for each in counted(diagnosed(worked, practice, scope)[0])]
    assert counts == [(len(device), len(management)) for device, management in expected]


def test_the_capture_rate_is_told_by_team_and_by_person(worked: Database, practice: Practice) -> None:
    now, before, *_ = diagnosed(worked, practice)

    assert now.teams == {"blue-team": Capture(5, 3), "green-team": Capture(5, 4)}
    assert now.people == {"nurse1": Capture(1, 1), "nurse2": Capture(5, 5)}
    assert before.people == {"nurse2": Capture(1, 1)}
    assert (now.capture.percent, before.capture.percent, Capture(0, 0).percent) == (70, 10, 0)
    blue = diagnosed(worked, practice, Scope(MONTH, {"blue-team"}))[0]
    assert (blue.teams, blue.people) == (
        {"blue-team": Capture(5, 3)},
        {"nurse1": Capture(1, 1), "nurse2": Capture(2, 2)},
    )
    by_ccm = diagnosed(worked, practice, Scope(MONTH, None, Program("CCM")))[0]
    assert (by_ccm.devices, by_ccm.people) == ((), {"nurse1": Capture(1, 1), "nurse2": Capture(1, 1)})


@pytest.mark.parametrize("scope", [Scope(MONTH), Scope(MONTH, {"blue-team"}), Scope(MONTH, None, RPM), Scope(OCTOBER)])
def test_the_teams_together_are_the_months_list(worked: Database, practice: Practice, scope: Scope) -> None:
    with worked.of("T0TEST").reading() as connection:
        counts = month_counts(connection, practice, scope)
    capture = diagnosed(worked, practice, scope)[0].capture

    assert capture == Capture(counts.enrolled_patients, counts.billable_patients)
    assert capture.percent == counts.capture_percent


def test_a_closed_month_stays_as_it_was_frozen(worked: Database, practice: Practice) -> None:
    before = diagnosed(worked, practice, Scope(OCTOBER))[0]
    close(worked, practice, OCTOBER)
    import_rows(worked, practice, "patients", [patient_row(code="P-4001", programs="RPM")])

    assert diagnosed(worked, practice, Scope(OCTOBER))[0] == before


def test_the_workbook_has_the_figures_month_by_month_and_the_patients_behind_the_gap(
    worked: Database, practice: Practice
) -> None:
    with worked.of("T0TEST").reading() as connection:
        book = load_workbook(io.BytesIO(month_workbook(connection, practice, MONTH)))
    header, *rows = book["Diagnostic"].iter_rows(values_only=True)

    assert header == ("Figure", "Of", "2026-11", "2026-10", "2026-09", "2026-08")
    assert rows[:3] == [
        ("Enrolled patients", "All teams", 10, 10, 10, 10),
        ("Billable patients", "All teams", 7, 1, 0, 0),
        ("Capture rate, percent", "All teams", 70, 10, 0, 0),
    ]
    assert {("Capture rate, percent", "Blue Team", 60, 20, 0, 0), ("Billable patients", "nurse2", 5, 1, 0, 0)} < {*rows}
    assert rows[-8:] == [
        ("Patients with 99453", "RPM", 1, 0, 0, 0),
        ("Patients with 99454 or 99445", "RPM", 4, 0, 0, 0),
        ("Patients with 99457 or 99470", "RPM", 3, 1, 0, 0),
        ("Device code, none for management", "RPM", 2, 0, 0, 0),
        ("Management code, none for devices", "RPM", 1, 1, 0, 0),
        ("Device code, none for management", DEVICE, "99454", None, None, None),
        ("Device code, none for management", SET_UP, "99454 + 99453", None, None, None),
        ("Management code, none for devices", MANAGED, "99457 + 2 × 99458", None, None, None),
    ]
