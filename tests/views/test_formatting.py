"""How dates, minutes, money and names of things are said."""

from datetime import date, datetime

import pytest

from bot.views import formatting
from ledger.rules.facts import Activity, Contact, Program
from ledger.rules.statement import CodeLine, Status


def line(code: str, units: int) -> CodeLine:
    return CodeLine(code, units, Program("CCM"), "family", 6613, date(2026, 11, 24))


@pytest.mark.parametrize(
    ("cents", "said"),
    [(0, "$0.00"), (5, "$0.05"), (6613, "$66.13"), (100_000, "$1,000.00"), (1_165_700, "$11,657.00")],
)
def test_money_is_dollars_and_cents(cents: int, said: str) -> None:
    assert formatting.money(cents) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 minutes"), (1, "1 minute"), (12, "12 minutes")])
def test_one_minute_is_no_minutes(count: int, said: str) -> None:
    assert formatting.minutes(count) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("14:05", "14:17", "2:05–2:17 pm"),
        ("09:50", "10:05", "9:50–10:05 am"),
        ("11:55", "12:10", "11:55 am–12:10 pm"),
        ("00:05", "00:10", "12:05–12:10 am"),
        ("12:00", "12:30", "12:00–12:30 pm"),
        ("23:50", "00:10", "11:50 pm–12:10 am"),
    ],
)
def test_a_span_says_am_and_pm_once_where_once_is_enough(start: str, end: str, said: str) -> None:
    first, last = (datetime.fromisoformat(f"2026-11-24T{text}") for text in (start, end))

    assert formatting.span(first, last) == said


def test_days_and_months_are_said_without_leading_zeros() -> None:
    assert formatting.day(date(2026, 11, 3)) == "Tue Nov 3"
    assert formatting.month_name(date(2026, 11, 1)) == "November 2026"


def test_codes_are_joined_with_their_units() -> None:
    assert formatting.codes((line("99490", 1), line("99439", 2))) == "99490 + 2 × 99439"
    assert formatting.codes(()) == ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (formatting.listed(1, "patient"), "1 patient"),
        (formatting.listed(4, "patient"), "4 patients"),
        (formatting.listed(0, "entry", "entries"), "0 entries"),
    ],
)
def test_things_are_counted_in_the_plural_but_for_one(said: str, expected: str) -> None:
    assert said == expected


def test_what_slack_would_read_as_markup_is_shown_as_typed() -> None:
    assert formatting.escaped("a < b & c > <!channel>") == "a &lt; b &amp; c &gt; &lt;!channel&gt;"


def test_every_activity_contact_and_status_has_words() -> None:
    assert set(formatting.ACTIVITY_WORDS) == set(Activity)
    assert set(formatting.CONTACT_WORDS) == set(Contact)
    assert set(formatting.STATUS_WORDS) == set(Status)
    spoken = [
        *formatting.ACTIVITY_WORDS.values(),
        *formatting.CONTACT_WORDS.values(),
        *formatting.STATUS_WORDS.values(),
    ]
    assert not any("_" in each for each in spoken)
