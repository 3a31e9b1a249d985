"""``ccm close`` and ``ccm reopen``: the same as in Slack, asked before, and as JSON for programs."""

import json
from pathlib import Path

import pytest
from support.books import no_book_of_2026
from support.practice import NOTE
from support.terminal import Ccm, fine
from typer.testing import CliRunner

from bot.cli import app

LOG = ("log", "--as", "nurse1", "P-1042", "25m", "labs", "10/30", *NOTE.split())


@pytest.fixture
def worked(ccm: Ccm) -> Ccm:
    """25 minutes of P-1042 in October."""
    assert ccm(*LOG).exit_code == 0
    return ccm


def test_a_close_is_shown_and_asked_about_first(worked: Ccm) -> None:
    refused = CliRunner().invoke(app, ["close", "2026-10"], input="n\n")
    assert refused.exit_code == 0, refused.output
    assert "October 2026 is open." in refused.output
    assert "Close October 2026? [y/N]" in refused.output
    assert worked("log", "--as", "nurse1", "P-1043", "9m", "labs", "10/30", *NOTE.split()).exit_code == 0

    closed = CliRunner().invoke(app, ["close"], input="y\n")
    assert "Closed on Tue Nov 24, 2026, 10:00 am by operator." in closed.output
    late = worked("log", "--as", "nurse1", "P-1043", "8m", "labs", "10/30", *NOTE.split())
    assert late.exit_code == 1
    assert "MONTH_CLOSED: October 2026 is closed since 2026-11-24 (rule E9)." in late.output


def test_a_closed_month_shows_its_history_and_asks_nothing(worked: Ccm) -> None:
    assert worked("close", "october", "--yes", "--as", "biller1").exit_code == 0
    assert worked("reopen", "october", "--reason", "A call was logged late.").exit_code == 0
    assert worked("close", "october", "--yes").exit_code == 0

    shown = worked("close", "october")

    assert shown.exit_code == 0
    assert "October 2026 is closed" in shown.output
    assert "A call was logged late." in shown.output
    assert "biller1" in shown.output
    again = worked("close", "october", "--yes")
    assert (again.exit_code, "MONTH_ALREADY_CLOSED" in again.output) == (1, True)


def test_what_changed_since_the_close_before_is_printed(worked: Ccm) -> None:
    worked("close", "2026-10", "--yes")
    reopened = worked("reopen", "2026-10", "--reason", "Logged for the wrong patient.")
    assert "October 2026 is open again" in reopened.output
    worked("void", "--as", "nurse1", "P-1042#1", "Wrong patient.")

    again = worked("close", "2026-10", "--yes")

    assert "no longer billable" in again.output
    assert "25 → 0" in again.output


def test_programs_read_json(worked: Ccm) -> None:
    before = json.loads(worked("close", "2026-10", "--json").stdout)
    assert before["preview"]["totals"]["expected_cents"] == 6613
    assert before["history"] == []
    done = json.loads(worked("close", "2026-10", "--yes", "--json").stdout)
    assert (done["closing"]["number"], done["previous"], done["changes"]) == (1, None, [])
    assert json.loads(worked("patient", "P-1042", "oct", "--json").stdout)["closing"]["recorded_by"] == "operator"
    reopened = json.loads(worked("reopen", "2026-10", "--reason", "A call was late.", "--json").stdout)
    assert reopened["closing"]["reason"] == "A call was late."
    assert json.loads(worked("patient", "P-1042", "oct", "--json").stdout)["closing"] is None


def test_a_closed_month_verifies_after_a_change_of_policy(worked: Ccm) -> None:
    worked("close", "2026-10", "--yes")
    assert worked("policy", "set", "payments", '{"2026": {"99490": 9900}}', "--as", "admin1").exit_code == 0
    assert worked("reevaluate").exit_code == 0

    verified = worked("verify")

    assert verified.exit_code == 0, verified.output
    assert "1 close as it was frozen." in verified.output
    assert "$66.13" in worked("patient", "P-1042", "oct").output


def test_who_is_no_biller_and_a_month_that_is_not_over_are_told(worked: Ccm) -> None:
    assert "needs the role biller" in worked("close", "2026-10", "--yes", "--as", "nurse1").output
    assert "needs the role biller" in worked("reopen", "2026-10", "--reason", "x", "--as", "nurse1").output
    assert "MONTH_NOT_OVER" in worked("close", "2026-11", "--yes").output


def test_an_import_into_a_closed_month_names_its_lines(worked: Ccm, tmp_path: Path) -> None:
    worked("close", "2026-10", "--yes")
    path = tmp_path / "entries.csv"
    columns = "external_id,staff,patient,program,activity,contact,date,minutes,start,end,note,recorded"
    path.write_text(f"{columns}\nE-1,nurse1,P-1042,CCM,medication,,2026-10-29,12,,,{NOTE.replace(',', '')},\n")

    refused = worked("import", "entries", str(path))

    assert refused.exit_code == 1
    assert "line 2, date: October 2026 is closed (rule E9)." in refused.output


def test_a_month_without_its_rulebook_is_closed_by_who_says_provisional_alone(ccm: Ccm, tmp_path: Path) -> None:
    books = tmp_path / "books"
    books.mkdir()
    with no_book_of_2026(books):
        for words in (("--yes",), ()):
            result = ccm("close", "2026-10", *words, "--as", "biller1")
            assert result.exit_code == 1
            assert "Error MONTH_PROVISIONAL: 2026 has no rulebook yet" in result.stderr
            assert "ccm close 2026-10 --provisional" in result.stderr
        assert json.loads(fine(ccm("close", "2026-10", "--json")))["preview"]["provisional"] is True
        told = fine(ccm("close", "2026-10", "--yes", "--provisional", "--as", "biller1"))
        assert "Rulebook medicare-2025, provisionally" in told


def test_a_month_with_its_rulebook_needs_no_such_word(ccm: Ccm) -> None:
    assert "October 2026 is closed" in fine(ccm("close", "2026-10", "--yes", "--as", "biller1"))
