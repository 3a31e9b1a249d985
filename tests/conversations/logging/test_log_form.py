"""The form for a log: opened by a line with gaps or a button, and what comes of submitting it."""

from typing import Any

import pytest
from sqlalchemy import event
from support.forms import opened, prefilled
from support.practice import NOTE
from support.slack import BLUE, LINE, Harness, picked

from bot.playground import Glance
from bot.views.problem import OPEN_FORM
from bot.views.receipt import LOG_ANOTHER

FILLED: dict[str, Any] = {"patient": picked("P-1042"), "length": "12m", "activity": "medication", "note": NOTE}


def submit(harness: Harness, values: dict[str, Any], line: str = "/ccm log") -> Glance:
    """What is seen after filling in the form that ``line`` opens."""
    return harness.person().submit(opened(harness.say(line)), values)


def test_log_alone_opens_the_form_for_today(harness: Harness) -> None:
    view = opened(harness.say("/ccm log"))

    assert view.title == "Log CCM time"
    assert prefilled(view) == {"date": "2026-11-24"}


def test_a_line_with_gaps_opens_the_form_with_all_that_was_understood(harness: Harness) -> None:
    view = opened(harness.say("/ccm log P-1042 meds call 11/20 ccm Reconciled <5 & more."))

    assert "Still needed: the length." in view.words
    assert prefilled(view) == {
        "patient": "P-1042",
        "activity": "medication",
        "contact": "live",
        "date": "2026-11-20",
        "program": "CCM",
        "note": "Reconciled <5 & more.",
    }


def test_times_are_understood_into_the_form(harness: Harness) -> None:
    assert prefilled(opened(harness.say("/ccm log P-1042 2:05pm-2:17pm yesterday meds")))["length"] == "14:05-14:17"
    assert prefilled(opened(harness.say("/ccm log P-1042 at 9:05am meds Reconciled.")))["length"] == "at 09:05"


def test_what_stands_in_the_form_can_be_completed_and_saved(harness: Harness) -> None:
    view = opened(harness.say("/ccm log P-1042 at 9:05am meds Reconciled the insulin list. Dose confirmed."))
    harness.person().submit(view, {"length": "12m at 09:05"})

    (entry,) = harness.entries()
    assert (entry.duration_minutes, f"{harness.practice.local(entry.started_at):%H:%M}") == (12, "09:05")


def test_a_submitted_form_is_saved_and_shows_the_answer_in_its_place(harness: Harness) -> None:
    seen = submit(harness, {**FILLED, "length": "23:50-00:10", "date": "2026-11-23", "contact": "live"})

    view = opened(seen)
    assert view.title == "Saved"
    assert "*Saved* · *P-1042* · 20 min · medication · live call" in view.words
    assert "*0 → 20 minutes* in November · *99490 reached*" in view.words
    assert [entry.note for entry in harness.entries()] == [NOTE, NOTE]


def test_a_form_delivered_twice_is_stored_once(harness: Harness) -> None:
    submit(harness, FILLED)
    harness.deliver_again("interactive")

    assert harness.live_count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"patient": picked("P-9999")}, "patient", '"P-9999" names no patient'),
        ({"patient": picked("somebody")}, "patient", "No patient has this code"),
        ({"length": "12x"}, "length", '"12x" cannot be read as a length'),
        ({"length": "a while"}, "length", '"a while" looks like a length and cannot be read'),
        ({"length": "25h"}, "length", "longer than 24 hours"),
        ({"length": "11:00-11:20"}, "length", "has not ended yet"),
        ({"date": "2026-11-25"}, "date", "lies in the future"),
        ({"activity": "patient_contact"}, "contact", "Say how: live, message, voicemail or no answer."),
        ({"note": "   "}, "note", "Say what was done (rule E1)."),
        ({"patient": picked("P-1044")}, "program", "P-1044 is enrolled in CCM and RPM: which program"),
    ],
)
def test_what_is_wrong_is_said_beside_its_input(
    harness: Harness, wrong: dict[str, str], field: str, words: str
) -> None:
    seen = submit(harness, {**FILLED, **wrong})

    assert list(seen.errors) == [field]
    assert words in seen.errors[field]
    assert harness.live_count() == 0


def test_everything_that_is_wrong_is_said_at_once(harness: Harness) -> None:
    seen = submit(harness, {**FILLED, "patient": picked("P-9999"), "activity": "caregiver_contact", "note": " "})

    assert set(seen.errors) == {"patient", "contact", "note"}


def test_an_overlap_is_said_beside_the_length(harness: Harness) -> None:
    harness.say(f"/ccm log P-1043 9:00am-9:20am meds {NOTE}")

    seen = submit(harness, {**FILLED, "length": "9:10am-9:30am"})

    assert "P-1043#1 (rule E6)" in seen.errors["length"]


def test_over_180_minutes_is_asked_about_in_the_form(harness: Harness) -> None:
    asked = opened(submit(harness, {**FILLED, "length": "200m"}))
    assert "200 minutes is over 180 (rule E4). Save it anyway?" in asked.words
    assert prefilled(asked)["note"] == NOTE
    assert harness.live_count() == 0

    assert opened(harness.person().submit(asked, {"confirm": ["yes"]})).title == "Saved"
    assert harness.live_count() == 1


def test_a_length_corrected_after_the_question_needs_no_confirmation(harness: Harness) -> None:
    asked = opened(submit(harness, {**FILLED, "length": "200m"}))

    assert opened(harness.person().submit(asked, {"length": "20m"})).title == "Saved"
    assert [entry.duration_minutes for entry in harness.entries()] == [20]


def test_a_question_that_was_not_confirmed_is_asked_again(harness: Harness) -> None:
    asked = opened(submit(harness, {**FILLED, "length": "200m"}))

    assert "Save it anyway?" in opened(harness.person().submit(asked)).words
    assert harness.live_count() == 0


def test_the_same_work_again_is_asked_about_in_the_form(harness: Harness) -> None:
    harness.say(LINE)

    asked = opened(submit(harness, FILLED))

    assert "This looks like the entry you just logged: P-1042#1 (rule E7). Save it anyway?" in asked.words
    harness.person().submit(asked, {"confirm": ["yes"]})
    assert harness.live_count() == 2


def test_log_another_opens_an_empty_form(harness: Harness) -> None:
    saved = harness.say(LINE)

    assert prefilled(opened(harness.press(saved, LOG_ANOTHER))) == {"date": "2026-11-24"}


def test_an_unclear_line_opens_the_form_and_says_above_the_inputs_what_could_not_be_read(harness: Harness) -> None:
    view = opened(harness.say("/ccm log P-1042 12x meds Reconciled <5."))

    assert "*That line is not clear yet.* Nothing was saved." in view.words
    assert '"12x" cannot be read as a length' in view.words
    assert "Still needed" not in view.words
    assert prefilled(view) == {
        "patient": "P-1042",
        "length": "12x",
        "activity": "medication",
        "date": "2026-11-24",
        "note": "Reconciled <5.",
    }


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("P-1042 2:05-2:17 meds Reconciled.", "2:05-2:17"),
        ("P-1042 <5m meds Reconciled.", ""),
        ("P-1042 12 units meds Reconciled.", "12 units"),
        ("P-1042 12m 15m meds Reconciled.", ""),
        ("P-1042 11:00-11:20 meds Reconciled.", "11:00-11:20"),
        ("P-1042 12m at 14:05 meds Reconciled.", "12m at 14:05"),
        ("P-1042 12m 9:05-9:17 meds Reconciled.", ""),
        ("P-1042 at 9:05 -15 meds Reconciled.", ""),
    ],
)
def test_a_length_that_cannot_be_read_is_shown_to_be_corrected_and_never_saved(
    harness: Harness, line: str, shown: str
) -> None:
    view = opened(harness.say(f"/ccm log {line}"))
    assert prefilled(view).get("length", "") == shown

    assert "length" in harness.person().submit(view).errors
    assert harness.live_count() == 0


@pytest.mark.parametrize(
    ("line", "empty"),
    [
        ("P-9999 12m meds Reconciled.", "patient"),
        ("P-1042 P-1043 12m meds Reconciled.", "patient"),
        ("P-1042 12m 02/31 meds Reconciled.", "date"),
        ("P-1042 12m 11/20 11/21 meds Reconciled.", "date"),
    ],
)
def test_what_contradicts_or_names_nothing_is_left_empty(harness: Harness, line: str, empty: str) -> None:
    assert empty not in prefilled(opened(harness.say(f"/ccm log {line}")))


def test_a_day_long_ago_is_shown_to_be_checked(harness: Harness) -> None:
    view = opened(harness.say("/ccm log P-1042 12m 05/20 meds Reconciled the insulin list."))

    assert "is more than two months back" in view.words
    assert prefilled(view)["date"] == "2026-05-20"


def test_the_card_of_a_coordinator_opens_the_form(harness: Harness) -> None:
    card = harness.say("/ccm", channel=BLUE)

    assert opened(harness.press(card, LOG_ANOTHER)).title == "Log CCM time"


@pytest.mark.parametrize("by_button", [False, True])
def test_a_form_that_came_too_late_says_so_and_gives_the_line_back(harness: Harness, by_button: bool) -> None:
    harness.allows_refusals = True
    harness.say(LINE)
    repeated = harness.say(LINE)
    harness.slowness = harness.slowness.resolution * 4_000_000

    seen = harness.press(repeated, OPEN_FORM) if by_button else harness.say("/ccm log P-1042 meds Reconciled.")

    assert "Slack waits three seconds for a form" in seen.words
    assert by_button or "/ccm log P-1042 meds Reconciled." in seen.words
    assert "Traceback" not in seen.words
    assert [each.refused for each in harness.playground.refusals] == ["expired_trigger_id"]


def test_a_note_of_3000_characters_stands_whole_in_the_form(harness: Harness) -> None:
    note = "Reviewed & reconciled. " * 130 + "Done here."

    assert prefilled(opened(harness.say(f"/ccm log 12m meds {note}")))["note"] == note


@pytest.mark.parametrize(("line", "most"), [("/ccm log", 3), ("/ccm log P-1042 12x meds call Reconciled.", 5)])
def test_opening_the_form_asks_the_ledger_for_little(harness: Harness, line: str, most: int) -> None:
    """Slack waits three seconds: who asks in which practice, and the patient that a line names, is all it looks up."""
    asked: list[str] = []

    def note(*called: Any) -> None:
        asked.append(called[2])

    event.listen(harness.database.engine, "before_cursor_execute", note)
    opened(harness.say(line))

    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= most, asked


def test_times_of_day_and_a_wrong_patient_are_told_together_with_all_else(harness: Harness) -> None:
    view = opened(harness.say("/ccm log P-9999 12x 02/31 meds Reconciled."))

    for words in ('"P-9999" names no patient', '"12x" cannot be read', '"02/31" is no date'):
        assert words in view.words
    assert prefilled(view) == {"length": "12x", "activity": "medication", "note": "Reconciled."}
