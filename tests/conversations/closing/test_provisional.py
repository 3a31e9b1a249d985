"""B1, B4: a month whose year has no rulebook yet is marked wherever its figures stand, and closed by who means it."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from support.books import no_book_of_2026
from support.closing import OCTOBER, actions
from support.home import opened
from support.month_messages import FIRST, LEAD_OF_GREEN, MONDAY, at, only, tick
from support.practice import NOTE, an_entry, record
from support.slack import GENERAL, Harness

from bot.views.closing import CLOSE, close_button
from ledger.closing.month_close import preview_close
from ledger.reports.month_lists import Scope, month_counts
from ledger.reports.workbook import month_csv, month_workbook
from ledger.reports.worklists import worklist

BILLER, LEAD, NURSE = "U0BILLER1", "U0LEAD1", "U0NURSE1"
MARK = "Provisional:* 2026 has no rulebook yet"


@pytest.fixture
def early(harness: Harness, tmp_path: Path) -> Iterator[Harness]:
    """2026 without a book: in October 25 minutes for P-1042 and 17 for P-1043."""
    with no_book_of_2026(tmp_path):
        for code, minutes in (("P-1042", 25), ("P-1043", 17)):
            record(harness.database, harness.practice, an_entry(patient=code, day=date(2026, 10, 30), minutes=minutes))
        yield harness


@pytest.mark.parametrize(
    ("line", "who"),
    [("/ccm month october", BILLER), ("/ccm near october", LEAD), ("/ccm close october", BILLER)],
)
def test_it_is_marked_in_lists_and_before_a_close(early: Harness, line: str, who: str) -> None:
    assert MARK in early.say(line, who).words


def test_it_is_marked_in_the_billers_home_tab(early: Harness) -> None:
    assert MARK in opened(early, BILLER).words


def test_it_is_marked_in_receipts_and_in_the_statement(early: Harness) -> None:
    seen = early.say(f"/ccm log P-1042 12m meds {NOTE}", NURSE)
    assert "provisional: 2026 has no rulebook yet (B1)" in seen.words
    assert "provisional" in early.say("/ccm undo", NURSE).words
    assert "rulebook medicare-2025, provisionally" in early.say("/ccm patient P-1042 october", BILLER).words


def test_with_its_book_nothing_is_marked(harness: Harness) -> None:
    for line, who in ((f"/ccm log P-1042 25m meds {NOTE}", NURSE), ("/ccm month", BILLER), ("/ccm near", LEAD)):
        assert "rovisional" not in harness.say(line, who).words
    assert "confirm" not in close_button(OCTOBER)


def test_it_is_marked_in_the_workbook_and_in_the_csv(early: Harness) -> None:
    with early.looking() as connection:
        workbook = load_workbook(io.BytesIO(month_workbook(connection, early.practice, OCTOBER)))
        rows = list(csv.DictReader(io.StringIO(month_csv(connection, early.practice, OCTOBER).decode())))
    summary = {row[0]: row[1] for row in workbook["Summary"].iter_rows(values_only=True)}
    assert str(summary["Provisional"]).startswith("yes: 2026 has no rulebook yet")
    header, first, *_ = workbook["Billable"].iter_rows(values_only=True)
    assert dict(zip(header, first, strict=True))["Provisional"] == "yes"
    assert {row["patient"]: row["provisional"] for row in rows if row["minutes_counted"] != "0"} == {
        "P-1042": "yes",
        "P-1043": "yes",
    }


def test_it_is_marked_in_json(early: Harness) -> None:
    with early.looking() as connection:
        assert month_counts(connection, early.practice, Scope(OCTOBER)).provisional
        assert worklist(connection, early.practice, OCTOBER).provisional
        assert preview_close(connection, early.practice, OCTOBER, at=early.clock()).provisional
        assert not month_counts(connection, early.practice, Scope(date(2025, 10, 1))).provisional


def test_its_button_asks_before_it_closes(early: Harness) -> None:
    shown = early.say("/ccm close october", BILLER)
    found = close_button(OCTOBER)
    assert "Close October 2026 provisionally" in shown.words
    assert found["confirm"]["title"]["text"] == "Close October 2026 provisionally?"
    assert "frozen with the figures of medicare-2025" in found["confirm"]["text"]["text"]

    early.press(shown, CLOSE, BILLER)
    early.settle()

    closed = early.person(BILLER).messages(GENERAL)[-1].words
    assert "October 2026 is closed" in closed
    assert "Rulebook medicare-2025, provisionally" in closed
    assert actions(early.database, early.practice) == ["close"]
    assert MARK in early.say("/ccm month october", BILLER).words


def test_a_button_of_before_does_not_close_it(early: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.views.closing.is_provisional", lambda *_: False)
    shown = early.say("/ccm close october", BILLER)
    monkeypatch.undo()

    refused = early.press(shown, CLOSE, BILLER)
    early.settle()

    assert "2026 has no rulebook yet: October 2026 would be closed with the figures of medicare-2025" in refused.words
    assert "/ccm close 2026-10 asks you" in refused.words
    assert actions(early.database, early.practice) == []


def test_a_month_closed_provisionally_stays_so_when_its_book_comes(harness: Harness, tmp_path: Path) -> None:
    with no_book_of_2026(tmp_path):
        record(harness.database, harness.practice, an_entry(day=date(2026, 10, 30), minutes=25))
        harness.press(harness.say("/ccm close october", BILLER), CLOSE, BILLER)
        harness.settle()
    seen = harness.say("/ccm month october", BILLER).words
    assert MARK in seen
    assert "$60.49" in seen


@pytest.mark.parametrize(
    ("switch", "instant", "who"),
    [("weekly_summary", MONDAY, LEAD_OF_GREEN), ("month_start_notice", FIRST, BILLER)],
)
def test_it_is_marked_in_what_the_bot_sends_by_itself(
    month_harness: Harness, tmp_path: Path, switch: str, instant: datetime, who: str
) -> None:
    with no_book_of_2026(tmp_path):
        assert tick(at(month_harness, switch, instant)) > 0
        assert MARK in only(month_harness, who).words


def test_it_is_marked_in_the_digest(early: Harness) -> None:
    early.say(f"/ccm log P-1042 17m meds {NOTE}", NURSE)
    assert MARK in early.say("/ccm digest Blue Team", LEAD).words
