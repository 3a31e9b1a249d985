"""More of what people type for another day, or for a call that reached nobody: it is asked about, never guessed."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.grammar.log_line import LogLine
from ledger.rules.facts import Contact

Parse = Callable[..., LogLine]
NOTE = "Reconciled the list. Dose confirmed."


@pytest.mark.parametrize(
    "day",
    [
        *("@11/2", "early yesterday", "late last week", "2026-11-2T14:05", "11 / 2", "11/ 2", "11\\2", "11 2", "1102"),
        *("wk ago", "yest", "yest.", "yesterday's call", "backdate 11/2", "done 11/2", "as of 11/2", "EOD 11/2"),
        *("was on 11/2", "friday before last", "Mon: 120/80,", "mon 120/80", "yesterday she fell.", "monday refill"),
        *("Mon Oct 26", "Friday, October 30th, 2026"),
    ],
)
def test_another_day_never_lands_on_today(parse: Parse, day: str) -> None:
    line = parse(f"P-1042 12m meds call {day} {NOTE}")

    assert "date_of_service" in {problem.field for problem in line.problems}


@pytest.mark.parametrize("words", ["call", "phone", "call."])
@pytest.mark.parametrize(
    "attempt",
    [
        *("no one home", "no contact", "unsuccessful.", "failed", "dropped", "number not in service", "phone off"),
        *("pt unavailable.", "tried twice", "voice message left", "x2"),
    ],
)
def test_a_call_that_may_have_reached_nobody_is_never_saved_as_live(parse: Parse, words: str, attempt: str) -> None:
    line = parse(f"P-1042 4m {words} {attempt} Asked to call back.")

    assert [problem.field for problem in line.problems] == ["contact"]
    assert not line.is_complete


@pytest.mark.parametrize("words", ["call/", "call/text", "phone+vm", "text", "sms"])
def test_a_way_of_contact_that_is_none_of_the_ledgers_is_asked_about(parse: Parse, words: str) -> None:
    line = parse(f"P-1042 4m meds {words} Asked to call back.")

    assert "contact" in {problem.field for problem in line.problems}


@pytest.mark.parametrize(
    "note",
    [
        *("sat. 92% on room air.", "5m walk. Advised daily.", "dropped the dose to 5 mg.", "failed a step test."),
        *("was dizzy.", "done with physical therapy.", "made a list.", "late refill.", "11 units at night."),
    ],
)
def test_a_note_that_begins_with_such_a_word_stays_a_note(parse: Parse, note: str) -> None:
    line = parse(f"P-1042 12m vm meds {note}")

    assert (line.problems, line.date_of_service, line.contact) == ((), None, Contact.VOICEMAIL)
    assert line.note.endswith(note.split(maxsplit=1)[1])


def test_a_comma_tells_that_a_day_is_the_day(parse: Parse) -> None:
    assert parse(f"P-1042 12m meds call yesterday, {NOTE}").date_of_service == date(2026, 11, 2)
    assert parse("P-1042 12m meds call 11/2 pt stable").date_of_service == date(2026, 11, 2)
