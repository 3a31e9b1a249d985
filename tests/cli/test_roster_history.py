"""``ccm staff`` and ``ccm patient``: what held of somebody from which day on, as a file told it."""

import json
from pathlib import Path

from support.practice import COLUMNS, STAFF, patient_row, staff_row, write_csv
from support.terminal import Ccm, fine, refused


def told(ccm: Ccm, tmp_path: Path) -> None:
    """Imports a nurse who was an LPN until October 14, and a patient whose conditions changed on November 1."""
    nurse = {**STAFF[0], "credential": "RN", "from": "2026-10-15"}
    people = [staff_row(**{**nurse, "credential": "LPN", "from": ""}), staff_row(**nurse)]
    fine(ccm("import", "staff", str(write_csv(tmp_path / "staff.csv", COLUMNS["staff"], people))))
    patient = patient_row(code="P-1042", conditions="I10", **{"from": "2026-11-01"})
    fine(ccm("import", "patients", str(write_csv(tmp_path / "patients.csv", COLUMNS["patients"], [patient]))))


def test_a_persons_history_is_printed_and_given_to_programs(ccm: Ccm, tmp_path: Path) -> None:
    told(ccm, tmp_path)

    printed = fine(ccm("staff", "NURSE1"))
    assert "nurse1 · Nurse One" in printed
    assert "Credential: LPN until Wed Oct 14, 2026; RN since Thu Oct 15, 2026" in printed
    assert "Employment: yes since the beginning" in printed
    data = json.loads(fine(ccm("staff", "nurse1", "--json")))
    assert data["history"]["credential"] == [
        {"from": None, "to": "2026-10-14", "value": "LPN"},
        {"from": "2026-10-15", "to": None, "value": "RN"},
    ]


def test_a_patients_history_stands_below_the_statement(ccm: Ccm, tmp_path: Path) -> None:
    told(ccm, tmp_path)

    assert "Conditions: E11.9, I10 until Sat Oct 31, 2026; I10 since Sun Nov 1, 2026" in fine(ccm("patient", "P-1042"))
    data = json.loads(fine(ccm("patient", "P-1042", "--json")))
    assert [one["value"] for one in data["history"]["conditions"]] == [["E11.9", "I10"], ["I10"]]


def test_who_names_nobody_is_asked_whom(ccm: Ccm) -> None:
    assert "ccm staff nurse1" in refused(ccm("staff"), "STAFF_MISSING")
    refused(ccm("staff", "nobody"), "STAFF_UNKNOWN")
