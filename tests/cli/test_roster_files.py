"""``ccm import`` of the roster: what a file costs is said before it is saved, and who leaves is named."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook
from support.practice import NOTE, STAFF, patient_row, staff_row, write_csv
from support.terminal import Ccm

from ledger.imports.kinds import FILE_KINDS
from ledger.validation import names

COST = "November 2026: 1 billable, $66.13 → 0, $0.00 (1 patient with other codes)"
DOCTOR = next(row for row in STAFF if row["id"] == "doctor1")
DOCTOR_2 = staff_row(id="doctor2", slack_user_id="", name="Doctor Two", credential="DO", roles="practitioner")


def a_file(folder: Path, kind: str, *rows: Mapping[str, str]) -> str:
    """A file of that kind with these rows."""
    return str(write_csv(folder / f"{kind}.csv", names(FILE_KINDS[kind].columns), rows))


@pytest.fixture
def billed(ccm: Ccm) -> Ccm:
    """``ccm`` on a ledger where P-1042 is billed by the minutes of nurse1."""
    ccm("log", "--as", "nurse1", "P-1042", "25m", "labs", *NOTE.split())
    return ccm


def practitioners(ccm: Ccm, folder: Path) -> dict[str, str]:
    """Who bills for whom, as the roster is exported."""
    out = folder / "practitioners"
    assert ccm("export", str(out), "roster", "--force").exit_code == 0
    header, *lines = (out / "patients.csv").read_text(encoding="utf-8").splitlines()
    at = header.split(",").index("billing_practitioner")
    return {line.split(",")[0]: line.split(",")[at] for line in lines}


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("staff", staff_row(**{**STAFF[0], "credential": "none"})),
        ("staff", staff_row(**STAFF[0], active_to="2026-11-01")),
        ("staff", staff_row(**{**STAFF[0], "supervised": "no"})),
        ("patients", patient_row(code="P-1042", billing_practitioner="")),
        ("patients", patient_row(code="P-1042", conditions="E11.9")),
        ("patients", patient_row(code="P-1042", risk_documented="no")),
    ],
)
def test_a_file_that_changes_what_is_billed_is_asked_about(
    billed: Ccm, tmp_path: Path, kind: str, row: Mapping[str, str]
) -> None:
    file = a_file(tmp_path, kind, row)

    asked = billed("import", kind, file)

    assert asked.exit_code == 1
    assert f"Error WORTH_CHANGES: This changes what is billed. {COST}. Nothing was saved." in asked.stderr
    assert "add --confirm" in asked.stderr
    looked = billed("import", kind, file, "--dry-run")
    assert COST in looked.output
    assert "Nothing was saved. It would be: 0 added, 1 changed, 0 unchanged." in looked.output
    assert "1 billable" in billed("import", kind, file).stderr

    saved = billed("import", kind, file, "--confirm", "--json")

    assert json.loads(saved.stdout) == {"added": 0, "changed": 1, "unchanged": 0, "warnings": [COST]}
    assert billed("verify").exit_code == 0
    assert billed("import", kind, file).exit_code == 0


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("staff", staff_row(**{**STAFF[0], "name": "Nurse Renamed", "credential": "LPN"})),
        ("staff", DOCTOR_2),
        ("patients", patient_row(code="P-1042", team="Green Team", conditions="E11.9;I50.9")),
        ("patients", patient_row(code="P-1043", conditions="E11.9")),
        ("patients", patient_row(code="P-2001", conditions="E11.9")),
    ],
)
def test_a_file_that_changes_nothing_that_is_billed_is_saved(
    billed: Ccm, tmp_path: Path, kind: str, row: Mapping[str, str]
) -> None:
    saved = billed("import", kind, a_file(tmp_path, kind, row))

    assert saved.exit_code == 0, saved.output
    assert "billable" not in saved.output


def test_a_file_that_only_tells_facts_is_saved_whatever_they_are_worth(billed: Ccm, tmp_path: Path) -> None:
    billed("log", "--as", "nurse1", "P-1046", "25m", "labs", *NOTE.split())

    saved = billed("import", "patients", a_file(tmp_path, "patients", patient_row(code="P-1046")))

    assert saved.exit_code == 0, saved.output
    assert "November 2026: 1 billable, $66.13 → 2, $132.26 (1 patient with other codes)" in saved.output


def test_who_leaves_by_a_file_is_named_with_the_patients_that_need_another(ccm: Ccm, tmp_path: Path) -> None:
    saved = ccm("import", "staff", a_file(tmp_path, "staff", staff_row(**DOCTOR, active_to="2026-11-24")))

    codes = "P-1042, P-1043, P-1044, P-1045, P-1046"
    said = f"doctor1 leaves on 2026-11-24: 5 patients need another billing practitioner: {codes}"
    assert f"{said}. Give them to another: ccm import designations FILE" in saved.output


def test_a_file_gives_many_patients_to_another(billed: Ccm, tmp_path: Path) -> None:
    billed("import", "staff", a_file(tmp_path, "staff", DOCTOR_2))
    rows = [{"patient": code, "practitioner": "DOCTOR2"} for code in ("p1042", "P-1043", "P-1044")]
    file = a_file(tmp_path, "designations", *rows)

    assert f"{COST}. Nothing was saved." in billed("import", "designations", file).stderr  # it was to the other (R9)
    saved = billed("import", "designations", file, "--confirm")

    assert saved.exit_code == 0, saved.output
    assert "3 changed" in saved.output
    assert "practitioner 'DOCTOR2' read as doctor2" in saved.output
    assert practitioners(billed, tmp_path) == {
        **dict.fromkeys(("P-1042", "P-1043", "P-1044"), "doctor2"),
        **dict.fromkeys(("P-1045", "P-1046"), "doctor1"),
    }
    assert "0 changed, 3 unchanged" in billed("import", "designations", file).output
    assert billed("verify").exit_code == 0


def test_a_day_from_which_the_new_practitioner_bills_may_be_given(ccm: Ccm, tmp_path: Path) -> None:
    ccm("import", "staff", a_file(tmp_path, "staff", DOCTOR_2))
    row = {"patient": "P-1042", "practitioner": "doctor2", "from": "2026-10-15"}
    ahead = {**row, "from": "2026-12-01"}

    refused = ccm("import", "designations", a_file(tmp_path, "designations", ahead))
    saved = ccm("import", "designations", a_file(tmp_path, "designations", row))

    assert "line 2, from: 2026-12-01 lies in the future." in refused.stderr
    assert "1 changed" in saved.output
    assert "0 changed, 1 unchanged" in ccm("import", "designations", str(tmp_path / "designations.csv")).output


def test_designations_are_read_from_a_workbook_as_well(ccm: Ccm, tmp_path: Path) -> None:
    ccm("import", "staff", a_file(tmp_path, "staff", DOCTOR_2))
    book = Workbook()
    book.worksheets[0].append(["Patient Code", "Billing Practitioner"])
    book.worksheets[0].append(["P-1045", "doctor2"])
    book.save(tmp_path / "designations.xlsx")

    assert "1 changed" in ccm("import", "designations", str(tmp_path / "designations.xlsx")).output


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("P-9999", "doctor2")], "line 2, patient: no patient is called 'P-9999'."),
        ([("P-1042", "nobody")], "line 2, practitioner: no staff member has the id 'nobody'."),
        ([("P-1042", "nurse1")], "line 2, practitioner: nurse1 is no practitioner. One of: CNM, CNS, DO, MD, NP, PA."),
        ([("P-1042", "")], "line 2, practitioner: is empty."),
        ([("", "doctor2")], "line 2, patient: is empty."),
        ([("P-1042", "doctor2"), ("p-1042", "doctor1")], "line 3, patient: P-1042 stands in the file twice."),
    ],
)
def test_one_wrong_row_of_designations_saves_nothing(
    ccm: Ccm, tmp_path: Path, rows: list[tuple[str, str]], said: str
) -> None:
    ccm("import", "staff", a_file(tmp_path, "staff", DOCTOR_2))
    good = {"patient": "P-1045", "practitioner": "doctor2"}
    bad = [{"patient": code, "practitioner": by} for code, by in rows]

    refused = ccm("import", "designations", a_file(tmp_path, "designations", *bad, good))

    assert refused.exit_code == 1
    assert said in refused.stderr
    assert set(practitioners(ccm, tmp_path).values()) == {"doctor1"}
