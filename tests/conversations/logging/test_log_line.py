"""``/ccm log``: one line to a saved entry, and what its author is told."""

from datetime import timedelta

import pytest
from support.forms import opened, prefilled
from support.practice import NOTE, an_entry
from support.slack import LINE, Office

from bot.views.problem import OPEN_FORM, SAVE_ANYWAY


def test_a_saved_line_is_answered_with_what_was_understood_and_what_it_changed(office: Office) -> None:
    office.work(an_entry(minutes=17))

    seen = office.say(
        "/ccm log P-1042 2:05pm-2:17pm meds call yesterday Reconciled the insulin list. Dose confirmed again."
    )

    assert "*Saved* · *P-1042* · 12 min · medication · live call · Mon Nov 23, 2:05–2:17 pm · CCM" in seen.words
    assert "*17 → 29 minutes* in November · *99490 reached* · 11 more for 99439 ($50.44)" in seen.words
    assert "Note is" not in seen.words
    assert seen.message.ephemeral
    assert office.live_count() == 2


def test_a_thin_note_is_saved_and_its_author_told_what_to_improve(office: Office) -> None:
    seen = office.say("/ccm log P-1042 12m meds checked")

    assert "Note is short: say what was found and what was decided." in seen.words
    assert office.live_count() == 1


def test_the_notification_of_an_answer_carries_code_and_minutes_alone(office: Office) -> None:
    assert office.say(LINE).message.text == "Saved: P-1042, 12 minutes. 12 minutes in November."


def test_the_program_is_taken_from_the_only_enrollment(office: Office) -> None:
    assert " · RPM · " in office.say("/ccm log P-1045 12m readings call Weight is steady. Told to go on.").words


def test_a_patient_of_two_programs_is_asked_which_in_the_form_that_keeps_the_rest(office: Office) -> None:
    form = office.say("/ccm log P-1044 12m meds Reconciled.").modal

    assert form is not None
    assert "P-1044 is enrolled in CCM and RPM: which program is this time for? Nothing was saved." in form.words
    filled = {block["block_id"]: block["element"].get("initial_value") for block in form.blocks if "element" in block}
    assert (filled["length"], filled["note"]) == ("12m", "Reconciled.")
    (patient,) = [block for block in form.blocks if block["block_id"] == "patient"]
    assert patient["element"]["initial_option"]["value"] == "P-1044"
    assert office.live_count() == 0


def test_a_call_across_midnight_is_shared_between_both_days(office: Office) -> None:
    seen = office.say("/ccm log P-1042 23:50-00:15 call yesterday Fever in the evening. Agreed on a visit tomorrow.")

    assert "25 min" in seen.words
    assert "11:50 pm–12:15 am (10 min on Mon Nov 23 + 15 min on Tue Nov 24)" in seen.words
    assert [entry.duration_minutes for entry in office.entries()] == [10, 15]


def test_minutes_that_do_not_count_say_so_at_once_with_the_rule(office: Office) -> None:
    seen = office.say("/ccm log P-1042 12m visit Office visit, vitals taken. Medicines listed for the practitioner.")

    assert "*0 of 12 minutes count:*" in seen.words
    assert "(rule C3)" in seen.words
    assert "*0 → 0 minutes* in November" in seen.words


def test_a_blocked_patient_is_said_to_be_blocked_with_the_way_out_as_a_sentence_of_its_own(office: Office) -> None:
    seen = office.say("/ccm log P-1046 12m meds Reconciled the insulin list. Dose confirmed with the patient.")

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
def test_a_line_that_cannot_be_read_saves_nothing_and_opens_the_form(office: Office, line: str, complaint: str) -> None:
    view = opened(office.say(line))

    assert complaint in view.words
    assert "Nothing was saved." in view.words
    assert prefilled(view)["note"] == "hello"
    assert office.live_count() == 0


def test_an_overlap_names_the_entry_in_the_way_and_gives_the_line_back(office: Office) -> None:
    office.say("/ccm log P-1043 9:00am-9:20am meds Reconciled the insulin list. Dose confirmed.")

    seen = office.say("/ccm log P-1042 9:10am-9:30am meds Reconciled the other list. Dose confirmed.")

    assert "You already have an entry from 09:00 to 09:20 on 2026-11-24: P-1043#1 (rule E6)" in seen.words
    assert "/ccm log P-1042 9:10am-9:30am meds" in seen.words
    assert office.live_count() == 1


def test_ampersands_and_angle_brackets_are_kept_in_the_note_and_shown_as_typed(office: Office) -> None:
    office.say("/ccm log P-1042 12m meds BP <140 & pulse >60. Dose of A&B kept.")
    seen = office.say("/ccm log P-1042 12y meds BP <140 & pulse >60.")

    assert office.entries()[0].note == "BP <140 & pulse >60. Dose of A&B kept."
    assert prefilled(opened(seen))["note"] == "BP <140 & pulse >60."


def test_a_long_line_is_given_back_whole_when_it_cannot_be_saved(office: Office) -> None:
    note = " ".join(f"word{number}" for number in range(600))

    seen = office.say(f"/ccm log P-1042 12y meds {note}")

    given_back = seen.words.replace("```", " ").split()
    assert [word for word in given_back if word.startswith("word")] == note.split()


def test_a_long_word_in_a_line_that_cannot_be_saved_breaks_nothing(office: Office) -> None:
    assert "Nothing was saved." in opened(office.say(f"/ccm log P-1042 12y {'&' * 3000}")).words


def test_a_note_of_3000_characters_is_saved(office: Office) -> None:
    note = ("Reviewed the list again. " * 120)[:3000]

    seen = office.say(f"/ccm log P-1042 12m meds {note}")

    assert "*Saved*" in seen.words
    assert office.entries()[0].note == note.strip()


def test_a_note_that_is_too_long_is_refused_with_its_length(office: Office) -> None:
    seen = office.say(f"/ccm log P-1042 12m meds {'x' * 3001}")

    assert "The note has 3001 characters; 3000 fit." in seen.words
    assert office.live_count() == 0


def test_a_note_that_is_too_long_for_the_form_is_refused_with_its_length(office: Office) -> None:
    seen = office.say(f"/ccm log 12m meds {'x' * 3001}")

    assert "The note has 3001 characters; 3000 fit." in seen.words
    assert seen.modal is None


@pytest.mark.parametrize("length", ["181m", "24h"])
def test_over_180_minutes_is_asked_about_and_saved_once_when_confirmed(office: Office, length: str) -> None:
    asked = office.say(f"/ccm log P-1042 {length} meds yesterday Reconciled the insulin list. Dose confirmed.")
    assert "over 180 (rule E4).* Nothing was saved yet." in asked.words
    assert office.live_count() == 0

    saved = office.press(asked, SAVE_ANYWAY)

    assert "*Saved* · *P-1042*" in saved.words
    assert office.live_count() == 1


def test_180_minutes_are_not_asked_about(office: Office) -> None:
    assert "*Saved*" in office.say("/ccm log P-1042 180m meds yesterday Reconciled the list. Dose confirmed.").words


def test_the_same_work_again_is_asked_about_and_saved_when_confirmed(office: Office) -> None:
    office.say(LINE)

    asked = office.say(LINE)
    assert "This looks like the entry you just logged: P-1042#1 (rule E7)" in asked.words
    assert office.live_count() == 1

    assert "*12 → 24 minutes*" in office.press(asked, SAVE_ANYWAY).words
    assert office.live_count() == 2


def test_save_anyway_pressed_twice_saves_once(office: Office) -> None:
    office.say(LINE)
    office.press(office.say(LINE), SAVE_ANYWAY)
    assert office.live_count() == 2

    office.clock.move(seconds=1)
    office.deliver_again("interactive", trigger_id="another press of the same button")

    assert office.live_count() == 2


def test_after_ten_minutes_the_same_work_is_no_repeat(office: Office) -> None:
    office.say(LINE)
    office.clock.move(minutes=10)

    assert "*Saved*" in office.say(LINE).words


def test_a_question_can_be_answered_by_correcting_the_line_in_the_form(office: Office) -> None:
    asked = office.say("/ccm log P-1042 200m meds Reconciled the insulin list. Dose confirmed.")

    seen = office.press(asked, OPEN_FORM)

    assert seen.modal is not None
    office.person().submit(seen.modal, {"length": "20m"})
    assert [entry.duration_minutes for entry in office.entries()] == [20]


@pytest.mark.parametrize("letters", ["x" * 2100, "é" * 2100, '"' * 1100])
def test_a_question_about_a_long_line_is_asked_in_the_form_where_its_note_fits(office: Office, letters: str) -> None:
    note = f"{letters} Dose confirmed."

    seen = office.say(f"/ccm log P-1042 200m meds noted {note}")

    assert seen.modal is not None
    assert "200 minutes is over 180 (rule E4). Save it anyway?" in seen.modal.words
    office.person().submit(seen.modal, {"confirm": ["yes"]})
    assert [(entry.duration_minutes, entry.note) for entry in office.entries()] == [(200, f"noted {note}")]


def test_a_line_of_other_alphabets_that_cannot_be_read_is_answered_all_the_same(office: Office) -> None:
    assert "That line is not clear yet." in opened(office.say(f"/ccm log P-1042 12y {'Ж' * 900}")).words


def test_the_same_request_delivered_twice_is_stored_once_and_says_so(office: Office) -> None:
    office.say(LINE)

    again = office.deliver_again("slash_commands")

    assert "*Saved*" in str(again["blocks"])
    assert "nothing was saved twice" in str(again["blocks"])
    assert office.live_count() == 1


def test_a_request_key_with_other_content_is_refused(office: Office) -> None:
    office.say(LINE)

    again = office.deliver_again("slash_commands", text="log P-1042 30m meds Something else was done here.")

    assert "REQUEST_DIFFERS" in str(again["blocks"])
    assert office.live_count() == 1


def test_codes_may_be_typed_as_people_type_them(office: Office) -> None:
    for word in ("p1042", "1042", "P-1042"):
        office.clock.move(minutes=11)
        assert "*Saved* · *P-1042*" in office.say(f"/ccm log {word} 5m meds {NOTE}").words


def test_work_recorded_after_72_hours_is_saved(office: Office) -> None:
    day = (office.clock() - timedelta(days=5)).strftime("%m/%d")

    assert "*Saved*" in office.say(f"/ccm log P-1042 12m meds {day} {NOTE}").words


def test_what_was_not_understood_is_quoted_as_it_was_typed(office: Office) -> None:
    view = opened(office.say("/ccm log P-1042 12<b& meds hello"))

    assert '"12&lt;b&amp;" cannot be read as a length' in view.words
    assert prefilled(view)["length"] == "12<b&"
