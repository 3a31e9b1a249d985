"""``ccm claims``: the lines on the screen, as files for programs and spreadsheets, and what became of them."""

import csv
import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from support.practice import NOTE
from support.terminal import Ccm, fine, refused


@pytest.fixture
def worked(ccm: Ccm) -> Ccm:
    """25 minutes of P-1042 in October."""
    fine(ccm("log", "--as", "nurse1", "P-1042", "25m", "labs", "10/30", *NOTE.split()))
    return ccm


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_looking_at_the_lines_exports_nothing(worked: Ccm) -> None:
    for _ in range(2):
        shown = fine(worked("claims"))
        assert "Claims · October 2026" in shown
        assert "1 new · never exported" in shown
        assert "99490" in shown


def test_an_export_as_csv_is_recorded_and_the_next_has_nothing_new(worked: Ccm) -> None:
    first, second = worked("claims", "2026-10", "--csv"), worked("claims", "--csv", "--as", "biller1")

    assert [row["change"] for row in rows(fine(first))] == ["new"]
    assert [row["change"] for row in rows(fine(second))] == ["as before"]
    assert "Export 1: 1 new." in first.stderr
    assert "Export 2: 1 as before." in second.stderr


def test_json_has_amounts_in_cents(worked: Ccm) -> None:
    found = json.loads(fine(worked("claims", "2026-10", "--json")))

    (line,) = found["lines"]
    assert (found["month"], line["patient"], line["expected_payment"], line["change"]) == (
        "2026-10",
        "P-1042",
        6613,
        "new",
    )


def test_a_workbook_goes_to_a_new_file_that_others_cannot_read(worked: Ccm, tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    assert "For example: --xlsx --out claims.xlsx" in refused(worked("claims", "--xlsx"), "OUT_MISSING")

    fine(worked("claims", "--xlsx", "--out", str(path)))

    assert load_workbook(path)["Claims"]["A2"].value == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    refused(worked("claims", "--csv", "--out", str(path)), "EXPORT_EXISTS")
    assert [row["export"] for row in rows(fine(worked("claims", "--csv")))] == ["2"]


def test_two_forms_at_once_are_refused(worked: Ccm) -> None:
    refused(worked("claims", "--csv", "--json"), "FORM_TWICE")


def test_what_became_of_a_line_is_recorded_as_in_slack(worked: Ccm) -> None:
    said = fine(worked("claims", "mark", "P-1042", "99490", "oct", "paid", "64.13", "--as", "biller1"))
    assert "Now: paid $64.13 on 2026-11-24" in said

    assert "paid $64.13 on 2026-11-24" in fine(worked("claims"))
    assert "billed $66.13 · paid $64.13 · outstanding $0.00" in fine(worked("month", "2026-10"))
    refused(worked("claims", "mark", "P-1042", "99490", "oct", "paid", "--as", "nurse1"), "ROLE_NEEDED")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_comes_back_with_what_became_of_the_lines(worked: Ccm, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"claims.{form}"
    fine(worked("claims", f"--{form}", "--out", str(path)))
    untouched = fine(worked("import", "claims", str(path)))
    assert "0 added, 0 changed, 1 unchanged" in untouched or "unchanged" in untouched
    if form == "csv":
        path.write_text(path.read_text(encoding="utf-8").replace("new,open,", "new,submitted,"), encoding="utf-8")
    else:
        book = load_workbook(path)
        book["Claims"]["B2"] = "submitted"
        book.save(path)

    fine(worked("import", "claims", str(path)))

    assert "submitted on 2026-11-24" in fine(worked("claims"))
    fine(worked("import", "claims", str(path)))
    (row,) = rows(fine(worked("claims", "--csv")))
    assert (row["status"], row["status_on"], row["change"]) == ("submitted", "2026-11-24", "as before")
