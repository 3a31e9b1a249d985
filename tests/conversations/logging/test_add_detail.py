"""Under the answer to a log: Undo, Add detail and Log another, in a message and in the modal after a form."""

import pytest
from support.forms import by_id, opened, prefilled
from support.practice import NOTE
from support.slack import Harness, has_button, picked

from bot.playground import Glance
from bot.views.receipt import ADD_DETAIL, LOG_ANOTHER, UNDO

THIN = "/ccm log P-1042 12m meds call Reconciled."
ADDED = "Pharmacy confirmed the new dose."


def logged_in_form(harness: Harness, minutes: int = 12) -> Glance:
    """The modal after a form was saved."""
    filled = {"patient": picked("P-1042"), "length": f"{minutes}m", "activity": "medication", "note": "Reconciled."}
    return harness.person().submit(opened(harness.say("/ccm log")), filled)


def pressed(harness: Harness, seen: Glance, action: str) -> Glance:
    """What is seen after pressing a button of the answer, which is a message or a modal."""
    return harness.person().press(seen.modal or seen.message, action)


@pytest.fixture(params=["message", "modal"])
def saved(harness: Harness, request: pytest.FixtureRequest) -> Glance:
    """The answer to a log, where the line was typed and where the form was filled in."""
    return harness.say(THIN) if request.param == "message" else logged_in_form(harness)


def test_add_detail_shows_the_entry_with_its_advice_and_adds_to_its_note(harness: Harness, saved: Glance) -> None:
    form = opened(pressed(harness, saved, ADD_DETAIL))
    assert form.title == "Add detail"
    assert "*P-1042#1* · Tue Nov 24 · 12 min · medication" in form.words
    assert "Note: Reconciled." in form.words
    assert "Note is short" in form.words

    done = opened(harness.person().submit(form, {"addendum": ADDED}))

    assert done.title == "Added"
    assert f"*Added* to the note of *P-1042#1*:\n{ADDED}" in done.words
    assert f"Reconciled.\n{ADDED}" in opened(harness.say("/ccm add P-1042#1")).words


def test_a_detail_delivered_twice_is_added_once(harness: Harness, saved: Glance) -> None:
    harness.person().submit(opened(pressed(harness, saved, ADD_DETAIL)), {"addendum": ADDED})
    harness.deliver_again("interactive")

    assert opened(harness.say("/ccm add P-1042#1")).words.count(ADDED) == 1


def test_undo_takes_the_place_of_the_answer(harness: Harness, saved: Glance) -> None:
    seen = pressed(harness, saved, UNDO)

    assert "*Undone* · *P-1042* · 12 min" in (seen.modal.words if saved.modal and seen.modal else seen.words)
    assert harness.live_count() == 0


def test_undo_delivered_twice_undoes_once(harness: Harness) -> None:
    harness.say(THIN.replace("12m", "5m"))
    pressed(harness, logged_in_form(harness), UNDO)
    harness.allows_refusals = True

    harness.deliver_again("interactive")

    assert harness.live_count() == 1


def test_log_another_takes_the_place_of_the_modal_and_is_empty(harness: Harness) -> None:
    saved = logged_in_form(harness)

    form = opened(pressed(harness, saved, LOG_ANOTHER))

    assert form.id == opened(saved).id
    assert prefilled(form) == {"date": "2026-11-24"}
    values = {"patient": picked("P-1043"), "length": "7m", "activity": "medication", "note": NOTE}
    done = opened(harness.person().submit(form, by_id(form, values)))
    assert "*Saved* · *P-1043* · 7 min" in done.words
    assert harness.live_count() == 2


def test_details_are_for_whoever_may_touch_the_entry(harness: Harness) -> None:
    form = opened(pressed(harness, harness.say(THIN), ADD_DETAIL))
    harness.person().submit(form, {"addendum": ADDED})

    for user, code in (("U0BILLER1", "ROLE_NEEDED"), ("U0NURSE2", "not your entry")):
        assert code in str(harness.deliver_again("interactive", user={"id": user}))
    assert opened(harness.say("/ccm add P-1042#1")).words.count(ADDED) == 1


def test_what_is_wrong_with_a_detail_is_said_beside_it(harness: Harness) -> None:
    form = opened(pressed(harness, harness.say(THIN), ADD_DETAIL))

    assert (
        "1 to 3000 characters; this one has 0" in harness.person().submit(form, {"addendum": "  "}).errors["addendum"]
    )


def test_a_detail_that_could_not_be_saved_is_given_back(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    form = opened(pressed(harness, harness.say(THIN), ADD_DETAIL))
    monkeypatch.setattr("bot.commands.corrections.add.add_addendum", lambda *_, **__: {}["gone"])

    seen = opened(harness.person().submit(form, {"addendum": "Dose <5 kept."}))

    assert "Nothing was saved." in seen.words
    assert "```Dose &lt;5 kept.```" in seen.words


def test_minutes_that_do_not_count_for_want_of_consent_come_with_its_form(harness: Harness) -> None:
    saved = harness.say(THIN.replace("P-1042", "P-1046"))
    assert "(rule C6)" in saved.words

    form = opened(harness.press(saved, "fact_form_open_consent_CCM"))
    assert form.title == "Record consent"
    assert prefilled(form) == {"patient": "P-1046", "program": "CCM", "date": "2026-11-24"}
    done = opened(harness.person().submit(form, {"form": "verbal"}))
    assert "0 → 12 minutes" in done.words


def test_a_practitioner_who_may_record_no_consent_has_no_button_for_it(harness: Harness) -> None:
    seen = harness.say(THIN.replace("P-1042", "P-1046"), "U0DOCTOR1")

    assert not has_button(seen.message, "fact_form_open_consent_CCM")
