"""The file of claim lines that comes back: what it says is recorded, all of it or nothing."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from support.claims import change_diagnoses, claims, export, mark, work
from support.practice import import_file, write_csv

from ledger.claims.columns import CLAIM_FILE
from ledger.claims.states import Change, ClaimStatus
from ledger.imports.table_file import ImportRefusedError
from ledger.practice.practice import Practice
from ledger.reports.claim_files import claims_csv
from ledger.storage.database import Database
from ledger.validation import ImportSummary, names

COLUMNS = names(CLAIM_FILE[:6])


@pytest.fixture
def worked(here: Practice, sqlite_database: Database) -> Database:
    """P-1042 with two lines in October, exported once."""
    work(sqlite_database, here, 25, 20)
    export(sqlite_database, here)
    return sqlite_database


def keys(database: Database, practice: Practice) -> dict[str, str]:
    """The keys of the lines by their codes."""
    return {one.line.code: one.line.key for one in claims(database, practice).lines}


def bring(database: Database, practice: Practice, tmp_path: Path, *rows: Mapping[str, str]) -> ImportSummary:
    return import_file(database, practice, "claims", write_csv(tmp_path / "claims.csv", COLUMNS, rows))


def statuses(database: Database, practice: Practice) -> dict[str, str]:
    return {one.line.code: one.status.value for one in claims(database, practice).lines}


def test_each_row_records_what_became_of_its_line(worked: Database, here: Practice, tmp_path: Path) -> None:
    by_code = keys(worked, here)
    paid = {"line_key": by_code["99490"], "status": "Paid", "status_on": "11/17/2026", "paid": "$64.13"}
    denied = {"line_key": by_code["99439"].lower(), "status": "denied", "reason": "CO-97"}

    assert bring(worked, here, tmp_path, paid, denied).changed == 2
    assert bring(worked, here, tmp_path, paid, {**denied, "status_on": "2026-11-18"}).unchanged == 2

    found = {one.line.code: one.mark for one in claims(worked, here).lines}
    first, second = found["99490"], found["99439"]
    assert first is not None
    assert second is not None
    assert (first.status, str(first.on_date), first.paid_cents, first.number) == (
        ClaimStatus.PAID,
        "2026-11-17",
        6413,
        1,
    )
    assert (second.status, second.reason, second.number) == (ClaimStatus.DENIED, "CO-97", 1)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"line_key": "L-AAAAAAAAAAAAAAAA"}, "was never exported"),
        ({"line_key": ""}, "line_key: is empty."),
        ({"status": "lost"}, "'lost' is not known."),
        ({"status": "paid", "paid": "much"}, "'much' is no amount of dollars."),
        ({"status": "submitted", "paid": "64.13"}, "An amount goes with paid, not with submitted."),
        ({"status_on": "2026-12-24"}, "2026-12-24 is no day on which that can have happened"),
        ({"status": "paid", "reason": "CO-97"}, "A reason goes with denied, not with paid."),
        ({"export": "first"}, "is not a whole number"),
    ],
)
def test_a_row_that_is_wrong_is_named_and_nothing_is_recorded(
    worked: Database, here: Practice, tmp_path: Path, cells: Mapping[str, str], said: str
) -> None:
    by_code = keys(worked, here)
    good = {"line_key": by_code["99439"], "status": "submitted"}
    bad = {"line_key": by_code["99490"], "status": "submitted", **cells}

    with pytest.raises(ImportRefusedError) as refused:
        bring(worked, here, tmp_path, good, bad)

    assert said in "\n".join(map(str, refused.value.problems))
    assert refused.value.problems[0].line == 3
    assert statuses(worked, here) == {"99490": "open", "99439": "open"}


@pytest.mark.parametrize("reason", ["=cmd", "-97", "CO-97"])
def test_a_reason_goes_out_and_comes_back_as_it_is(
    worked: Database, here: Practice, tmp_path: Path, reason: str
) -> None:
    mark(worked, here, "99490", ClaimStatus.DENIED, reason=reason)
    path = tmp_path / "claims.csv"
    path.write_bytes(claims_csv(export(worked, here)))

    assert import_file(worked, here, "claims", path).changed == 0


def test_the_same_line_twice_is_refused(worked: Database, here: Practice, tmp_path: Path) -> None:
    row = {"line_key": keys(worked, here)["99490"], "status": "submitted"}
    with pytest.raises(ImportRefusedError, match="IMPORT_REFUSED"):
        bring(worked, here, tmp_path, row, row)


def test_a_line_never_exported_is_no_line_of_a_file(here: Practice, sqlite_database: Database, tmp_path: Path) -> None:
    work(sqlite_database, here, 25)
    with pytest.raises(ImportRefusedError):
        bring(sqlite_database, here, tmp_path, {"line_key": keys(sqlite_database, here)["99490"], "status": "paid"})


def test_a_file_that_comes_back_untouched_records_nothing_and_keeps_its_corrections(
    worked: Database, here: Practice, tmp_path: Path
) -> None:
    mark(worked, here, "99490", ClaimStatus.SUBMITTED)
    change_diagnoses(worked, here)
    path = tmp_path / "claims.csv"
    path.write_bytes(claims_csv(export(worked, here)))

    summary = import_file(worked, here, "claims", path)

    assert (summary.changed, summary.unchanged) == (0, 2)
    changes = {one.line.code: one.change for one in claims(worked, here).lines}
    assert changes == {"99490": Change.CORRECTION, "99439": Change.AS_BEFORE}


def test_what_was_submitted_is_what_the_biller_had_in_hand(worked: Database, here: Practice, tmp_path: Path) -> None:
    key = keys(worked, here)["99490"]
    change_diagnoses(worked, here)
    export(worked, here)

    bring(worked, here, tmp_path, {"line_key": key, "status": "submitted", "export": "1"})
    found = {one.line.code: one for one in claims(worked, here).lines}
    assert found["99490"].change is Change.CORRECTION
    assert found["99490"].what_changed == "diagnoses E11.9 I10 → I10 N18.3"

    later = {"line_key": key, "status": "submitted", "export": "2", "status_on": "2026-11-17"}
    bring(worked, here, tmp_path, later)
    assert {one.line.code: one.change for one in claims(worked, here).lines}["99490"] is Change.AS_BEFORE
