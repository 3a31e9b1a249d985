"""``ccm export``: the files of the month, in a folder."""

from pathlib import Path

from openpyxl import load_workbook
from support.practice import NOTE
from support.terminal import Ccm


def test_the_month_is_written_as_a_workbook_and_as_csv(ccm: Ccm, tmp_path: Path) -> None:
    ccm("log", "--as", "nurse1", "P-1042", "25m", "labs", *NOTE.split())

    result = ccm("export", str(tmp_path / "out"), "2026-11")

    assert result.exit_code == 0, result.output
    book = load_workbook(tmp_path / "out" / "ccm-2026-11.xlsx")
    assert ("P-1042", "CCM", "99490", 1) in [row[:4] for row in book["Billable"].iter_rows(values_only=True)]
    assert "P-1042,CCM,billable,25,99490,1,6613," in (tmp_path / "out" / "ccm-2026-11.csv").read_text(encoding="utf-8")


def test_a_month_that_is_none_writes_nothing_and_says_so(ccm: Ccm, tmp_path: Path) -> None:
    result = ccm("export", str(tmp_path / "out"), "someday")

    assert result.exit_code == 1
    assert "is no month and no team" in result.output
    assert not (tmp_path / "out").exists()


def test_an_export_that_is_there_is_overwritten_only_when_told_to(ccm: Ccm, tmp_path: Path) -> None:
    there = tmp_path / "ccm-2026-11.csv"
    there.write_text("somebody's own", encoding="utf-8")
    there.chmod(0o644)

    refused = ccm("export", str(tmp_path), "2026-11")

    assert refused.exit_code == 1
    assert f"Error EXPORT_EXISTS: {there} is there already; nothing was written." in refused.stderr
    assert there.read_text(encoding="utf-8") == "somebody's own"
    assert not there.with_suffix(".xlsx").exists()

    assert ccm("export", str(tmp_path), "2026-11", "--force").exit_code == 0
    assert there.read_text(encoding="utf-8").startswith("patient,program,")
    assert there.stat().st_mode & 0o777 == 0o600
