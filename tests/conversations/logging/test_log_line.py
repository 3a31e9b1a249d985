"""``/ccm log``: one line to a saved entry, and what its author is told."""

from datetime import date, timedelta

import pytest
from support.forms import opened, prefilled
from support.practice import NOTE, an_entry
from support.slack import LINE, Harness, picked

from bot.views.problem import OPEN_FORM, SAVE_ANYWAY
from ledger.rules.facts import Activity, Contact


def test_a_saved_line_is_answered_with_what_was_understood_and_what_it_changed(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))

    seen = harness.say(
        "/ccm log P-1042 2:05pm-2:17pm meds call yesterday Reconciled the insulin list. Dose confirmed again."
    )

    assert "*Saved* · *P-1042* · 12 min · medication · live call · Mon Nov 23, 2:05–2:17 pm · CCM" in seen.words
    assert "*17 → 29 minutes* in November · *99490 reached* · 11 more for 99439 ($50.44)" in seen.words
    assert "Note is" not in seen.words
    assert seen.message.ephemeral
    assert harness.live_count() == 2


def test_a_thin_note_is_saved_and_its_author_told_what_to_improve(harness: Harness) -> None:
    seen = harness.say("/ccm log P-1042 12m meds checked")

    assert "Note is short: say what was found and what was decided." in seen.words
    assert harness.live_count() == 1


def test_the_notification_of_an_answer_carries_code_and_minutes_alone(harness: Harness) -> None:
    assert harness.say(LINE).message.text == "Saved: P-1042, 12 minutes. 12 minutes in November."


def test_the_program_is_taken_from_the_only_enrollment(harness: Harness) -> None:
    assert " · RPM · " in harness.say("/ccm log P-1045 12m readings call Weight is steady. Told to go on.").words


def test_a_patient_of_two_programs_is_asked_which_in_the_form_that_keeps_the_rest(harness: Harness) -> None:
    form = harness.say("/ccm log P-1044 12m meds Reconciled.").modal

    assert form is not None
    assert "P-1044 is enrolled in CCM and RPM: which program is this time for? Nothing was saved." in form.words
    filled = {block["block_id"]: block["element"].get("initial_value") for block in form.blocks if "element" in block}
    assert (filled["length"], filled["note"]) == ("12m", "Reconciled.")
    (patient,) = [block for block in form.blocks if block["block_id"] == "patient"]
    assert patient["element"]["initial_option"]["value"] == "P-1044"
    assert harness.live_count() == 0


def test_a_call_across_midnight_is_shared_between_both_days(harness: Harness) -> None:
    seen = harness.say("/ccm log P-1042 23:50-00:15 call yesterday Fever in the evening. Agreed on a visit tomorrow.")

    assert "25 min" in seen.words
    assert "11:50 pm–12:15 am (10 min on Mon Nov 23 + 15 min on Tue Nov 24)" in seen.words
    assert [entry.duration_minutes for entry in harness.entries()] == [10, 15]


def test_minutes_that_do_not_count_say_so_at_once_with_the_rule(harness: Harness) -> None:
    seen = harness.say("/ccm log P-1042 12m visit Harness visit, vitals taken. Medicines listed for the practitioner.")

    assert "*0 of 12 minutes count:*" in seen.words
    assert "(rule C3)" in seen.words
    assert "*0 → 0 minutes* in November" in seen.words


def test_a_blocked_patient_is_said_to_be_blocked_with_the_way_out_as_a_sentence_of_its_own(harness: Harness) -> None:
    seen = harness.say("/ccm log P-1046 12m meds Reconciled the insulin list. Dose confirmed with the patient.")

    assert "*0 of 12 minutes count:* no CCM consent on or before Nov 24, 2026 (rule C6)" in seen.words
    assert "*Blocked:* no CCM consent at any time in the month. Obtain consent" in seen.words


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("/ccm log P-1042 12x meds hello", '"12x" cannot be read as a length'),
        ("/ccm log P-9999 12m meds hello", '"P-9999" names no patient'),
        ("/ccm log P-1042 2:05-2:17 meds hello", "could be morning or afternoon"),
        ("/ccm log P-1042 11:00-11:20 meds hello", "has not ended yet"),
        ("/ccm log P-1042 12m 20m meds hello", "is a second length"),
    ],
)
def test_a_line_that_cannot_be_read_saves_nothing_and_opens_the_form(
    harness: Harness, line: str, complaint: str
) -> None:
    view = opened(harness.say(line))

    assert complaint in view.words
    assert "Nothing was saved." in view.words
    assert prefilled(view)["note"] == "hello"
    assert harness.live_count() == 0


def test_an_overlap_names_the_entry_in_the_way_and_gives_the_line_back(harness: Harness) -> None:
    harness.say("/ccm log P-1043 9:00am-9:20am meds Reconciled the insulin list. Dose confirmed.")

    seen = harness.say("/ccm log P-1042 9:10am-9:30am meds Reconciled the other list. Dose confirmed.")

    assert "You already have an entry from 09:00 to 09:20 on 2026-11-24: P-1043#1 (rule E6)" in seen.words
    assert "/ccm log P-1042 9:10am-9:30am meds" in seen.words
    assert harness.live_count() == 1


def test_ampersands_and_angle_brackets_are_kept_in_the_note_and_shown_as_typed(harness: Harness) -> None:
    harness.say("/ccm log P-1042 12m meds BP <140 & pulse >60. Dose of A&B kept.")
    seen = harness.say("/ccm log P-1042 12y meds BP <140 & pulse >60.")

    assert harness.entries()[0].note == "BP <140 & pulse >60. Dose of A&B kept."
    assert prefilled(opened(seen))["note"] == "BP <140 & pulse >60."


def test_a_long_line_is_given_back_whole_when_it_cannot_be_saved(harness: Harness) -> None:
    note = " ".join(f"word{number}" for number in range(600))

    seen = harness.say(f"/ccm log P-1042 12y meds {note}")

    given_back = seen.words.replace("```", " ").split()
    assert [word for word in given_back if word.startswith("word")] == note.split()


def test_a_long_word_in_a_line_that_cannot_be_saved_breaks_nothing(harness: Harness) -> None:
    assert "Nothing was saved." in opened(harness.say(f"/ccm log P-1042 12y {'&' * 3000}")).words


def test_a_note_of_3000_characters_is_saved(harness: Harness) -> None:
    note = ("Reviewed the list again. " * 120)[:3000]

    seen = harness.say(f"/ccm log P-1042 12m meds {note}")

    assert "*Saved*" in seen.words
    assert harness.entries()[0].note == note.strip()


@pytest.mark.parametrize("note", ["x" * 3001, "Pill 💊" * 428 + "Given"])
def test_a_note_that_is_too_long_is_refused_with_its_length(harness: Harness, note: str) -> None:
    seen = harness.say(f"/ccm log P-1042 12m meds {note}")

    assert "The note has 3001 characters; 3000 fit." in seen.words
    assert harness.live_count() == 0


@pytest.mark.parametrize("note", ["x" * 3001, "Pill 💊" * 428 + "Given"])
def test_a_note_that_is_too_long_for_the_form_is_refused_with_its_length(harness: Harness, note: str) -> None:
    seen = harness.say(f"/ccm log 12m meds {note}")

    assert "The note has 3001 characters; 3000 fit." in seen.words
    assert seen.modal is None


@pytest.mark.parametrize("length", ["181m", "24h"])
def test_over_180_minutes_is_asked_about_and_saved_once_when_confirmed(harness: Harness, length: str) -> None:
    asked = harness.say(f"/ccm log P-1042 {length} meds yesterday Reconciled the insulin list. Dose confirmed.")
    assert "over 180 (rule E4).* Nothing was saved yet." in asked.words
    assert harness.live_count() == 0

    saved = harness.press(asked, SAVE_ANYWAY)

    assert "*Saved* · *P-1042*" in saved.words
    assert harness.live_count() == 1


def test_180_minutes_are_not_asked_about(harness: Harness) -> None:
    assert "*Saved*" in harness.say("/ccm log P-1042 180m meds yesterday Reconciled the list. Dose confirmed.").words


def test_the_same_work_again_is_asked_about_and_saved_when_confirmed(harness: Harness) -> None:
    harness.say(LINE)

    asked = harness.say(LINE)
    assert "This looks like the entry you just logged: P-1042#1 (rule E7)" in asked.words
    assert harness.live_count() == 1

    assert "*12 → 24 minutes*" in harness.press(asked, SAVE_ANYWAY).words
    assert harness.live_count() == 2


CALL = "call Talked about the evening dose. Agreed to call again on Friday."


def call_of_nurse2(harness: Harness) -> None:
    """A live call of 20 minutes with P-1042 today, without times, logged by the other nurse."""
    harness.work(
        an_entry(
            staff="nurse2",
            minutes=20,
            activity=Activity.PATIENT_CONTACT,
            contact=Contact.LIVE,
            day=date(2026, 11, 24),
        )
    )


def test_the_call_that_another_person_logged_is_asked_about_and_saved_when_confirmed(harness: Harness) -> None:
    call_of_nurse2(harness)

    asked = harness.say(f"/ccm log P-1042 20m {CALL}")

    assert "P-1042#1 by nurse2, 20 min on Nov 24, 2026: the same call?" in asked.words
    assert "Minutes of two people in one call count once (C11).* Nothing was saved yet." in asked.words
    assert harness.live_count() == 1
    assert "*20 → 40 minutes*" in harness.press(asked, SAVE_ANYWAY).words
    shown = harness.say("/ccm patient P-1042")
    assert "these entries may be the same work, logged twice" in shown.words


def test_in_the_form_the_call_of_another_person_is_asked_about_as_well(harness: Harness) -> None:
    call_of_nurse2(harness)
    form = opened(harness.say("/ccm log"))
    filled = {"patient": picked("P-1042"), "length": "12m", "activity": "patient_contact", "contact": "live"}

    asked = opened(harness.person().submit(form, {**filled, "note": NOTE}))

    assert "the same call? Minutes of two people in one call count once (C11). Save it anyway?" in asked.words
    assert harness.live_count() == 1
    harness.person().submit(asked, {"confirm": ["yes"]})
    assert harness.live_count() == 2


@pytest.mark.parametrize("line", ["P-1042 20m vm", "P-1042 20m portal", "P-1043 20m call", "P-1042 20m call yesterday"])
def test_another_kind_of_contact_patient_or_day_is_no_double(harness: Harness, line: str) -> None:
    call_of_nurse2(harness)

    assert "*Saved*" in harness.say(f"/ccm log {line} Talked about the evening dose. Agreed to call again.").words


def test_save_anyway_pressed_twice_saves_once(harness: Harness) -> None:
    harness.say(LINE)
    harness.press(harness.say(LINE), SAVE_ANYWAY)
    assert harness.live_count() == 2

    harness.clock.move(seconds=1)
    harness.deliver_again("interactive", trigger_id="another press of the same button")

    assert harness.live_count() == 2


def test_after_ten_minutes_the_same_work_is_no_repeat(harness: Harness) -> None:
    harness.say(LINE)
    harness.clock.move(minutes=10)

    assert "*Saved*" in harness.say(LINE).words


def test_a_question_can_be_answered_by_correcting_the_line_in_the_form(harness: Harness) -> None:
    asked = harness.say("/ccm log P-1042 200m meds Reconciled the insulin list. Dose confirmed.")

    seen = harness.press(asked, OPEN_FORM)

    assert seen.modal is not None
    harness.person().submit(seen.modal, {"length": "20m"})
    assert [entry.duration_minutes for entry in harness.entries()] == [20]


@pytest.mark.parametrize("letters", ["x" * 2100, "é" * 2100, '"' * 1100])
def test_a_question_about_a_long_line_is_asked_in_the_form_where_its_note_fits(harness: Harness, letters: str) -> None:
    note = f"{letters} Dose confirmed."

    seen = harness.say(f"/ccm log P-1042 200m meds noted {note}")

    assert seen.modal is not None
    assert "200 minutes is over 180 (rule E4). Save it anyway?" in seen.modal.words
    harness.person().submit(seen.modal, {"confirm": ["yes"]})
    assert [(entry.duration_minutes, entry.note) for entry in harness.entries()] == [(200, f"noted {note}")]


def test_a_line_of_other_alphabets_that_cannot_be_read_is_answered_all_the_same(harness: Harness) -> None:
    assert "That line is not clear yet." in opened(harness.say(f"/ccm log P-1042 12y {'Ж' * 900}")).words


def test_the_same_request_delivered_twice_is_stored_once_and_says_so(harness: Harness) -> None:
    harness.say(LINE)

    again = harness.deliver_again("slash_commands")

    assert "*Saved*" in str(again["blocks"])
    assert "nothing was saved twice" in str(again["blocks"])
    assert harness.live_count() == 1


def test_a_request_key_with_other_content_is_refused(harness: Harness) -> None:
    harness.say(LINE)

    again = harness.deliver_again("slash_commands", text="log P-1042 30m meds Something else was done here.")

    assert "REQUEST_DIFFERS" in str(again["blocks"])
    assert harness.live_count() == 1


def test_codes_may_be_typed_as_people_type_them(harness: Harness) -> None:
    for word in ("p1042", "1042", "P-1042"):
        harness.clock.move(minutes=11)
        assert "*Saved* · *P-1042*" in harness.say(f"/ccm log {word} 5m meds {NOTE}").words


def test_work_recorded_after_72_hours_is_saved(harness: Harness) -> None:
    day = (harness.clock() - timedelta(days=5)).strftime("%m/%d")

    assert "*Saved*" in harness.say(f"/ccm log P-1042 12m meds {day} {NOTE}").words


def test_what_was_not_understood_is_quoted_as_it_was_typed(harness: Harness) -> None:
    view = opened(harness.say("/ccm log P-1042 12<b& meds hello"))

    assert '"12&lt;b&amp;" cannot be read as a length' in view.words
    assert prefilled(view)["length"] == "12<b&"
