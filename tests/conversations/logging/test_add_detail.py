"""Under the answer to a log: Undo, Add detail and Log another, in a message and in the modal after a form."""

import pytest
from support.forms import by_id, opened, prefilled
from support.practice import NOTE
from support.slack import Office, has_button, picked

from bot.playground import Glance
from bot.views.receipt import ADD_DETAIL, LOG_ANOTHER, UNDO

THIN = "/ccm log P-1042 12m meds call Reconciled."
ADDED = "Pharmacy confirmed the new dose."


def logged_in_form(office: Office, minutes: int = 12) -> Glance:
    """The modal after a form was saved."""
    filled = {"patient": picked("P-1042"), "length": f"{minutes}m", "activity": "medication", "note": "Reconciled."}
    return office.person().submit(opened(office.say("/ccm log")), filled)


def pressed(office: Office, seen: Glance, action: str) -> Glance:
    """What is seen after pressing a button of the answer, which is a message or a modal."""
    return office.person().press(seen.modal or seen.message, action)


@pytest.fixture(params=["message", "modal"])
def saved(office: Office, request: pytest.FixtureRequest) -> Glance:
    """The answer to a log, where the line was typed and where the form was filled in."""
    return office.say(THIN) if request.param == "message" else logged_in_form(office)


def test_add_detail_shows_the_entry_with_its_advice_and_adds_to_its_note(office: Office, saved: Glance) -> None:
    form = opened(pressed(office, saved, ADD_DETAIL))
    assert form.title == "Add detail"
    assert "*P-1042#1* · Tue Nov 24 · 12 min · medication" in form.words
    assert "Note: Reconciled." in form.words
    assert "Note is short" in form.words

    done = opened(office.person().submit(form, {"addendum": ADDED}))

    assert done.title == "Added"
    assert f"*Added* to the note of *P-1042#1*: {ADDED}" in done.words
    assert f"Reconciled.\n{ADDED}" in opened(office.say("/ccm add P-1042#1")).words


def test_a_detail_delivered_twice_is_added_once(office: Office, saved: Glance) -> None:
    office.person().submit(opened(pressed(office, saved, ADD_DETAIL)), {"addendum": ADDED})
    office.deliver_again("interactive")

    assert opened(office.say("/ccm add P-1042#1")).words.count(ADDED) == 1


def test_undo_takes_the_place_of_the_answer(office: Office, saved: Glance) -> None:
    seen = pressed(office, saved, UNDO)

    assert "*Undone* · *P-1042* · 12 min" in (seen.modal.words if saved.modal and seen.modal else seen.words)
    assert office.live_count() == 0


def test_undo_delivered_twice_undoes_once(office: Office) -> None:
    office.say(THIN.replace("12m", "5m"))
    pressed(office, logged_in_form(office), UNDO)
    office.allows_refusals = True

    office.deliver_again("interactive")

    assert office.live_count() == 1


def test_log_another_takes_the_place_of_the_modal_and_is_empty(office: Office) -> None:
    saved = logged_in_form(office)

    form = opened(pressed(office, saved, LOG_ANOTHER))

    assert form.id == opened(saved).id
    assert prefilled(form) == {"date": "2026-11-24"}
    values = {"patient": picked("P-1043"), "length": "7m", "activity": "medication", "note": NOTE}
    done = opened(office.person().submit(form, by_id(form, values)))
    assert "*Saved* · *P-1043* · 7 min" in done.words
    assert office.live_count() == 2


def test_details_are_for_whoever_may_touch_the_entry(office: Office) -> None:
    form = opened(pressed(office, office.say(THIN), ADD_DETAIL))
    office.person().submit(form, {"addendum": ADDED})

    for user, code in (("U0BILLER1", "ROLE_NEEDED"), ("U0NURSE2", "not your entry")):
        assert code in str(office.deliver_again("interactive", user={"id": user}))
    assert opened(office.say("/ccm add P-1042#1")).words.count(ADDED) == 1


def test_what_is_wrong_with_a_detail_is_said_beside_it(office: Office) -> None:
    form = opened(pressed(office, office.say(THIN), ADD_DETAIL))

    assert "1 to 3000 characters; this one has 0" in office.person().submit(form, {"addendum": "  "}).errors["addendum"]


def test_a_detail_that_could_not_be_saved_is_given_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    form = opened(pressed(office, office.say(THIN), ADD_DETAIL))
    monkeypatch.setattr("bot.commands.corrections.add.add_addendum", lambda *_, **__: {}["gone"])

    seen = opened(office.person().submit(form, {"addendum": "Dose <5 kept."}))

    assert "Nothing was saved." in seen.words
    assert "```Dose &lt;5 kept.```" in seen.words


def test_minutes_that_do_not_count_for_want_of_consent_come_with_its_form(office: Office) -> None:
    saved = office.say(THIN.replace("P-1042", "P-1046"))
    assert "(rule C6)" in saved.words

    form = opened(office.press(saved, "fact_form_open_consent_CCM"))
    assert form.title == "Record consent"
    assert prefilled(form) == {"patient": "P-1046", "program": "CCM", "date": "2026-11-24"}
    done = opened(office.person().submit(form, {"form": "verbal"}))
    assert "0 → 12 minutes" in done.words


def test_a_practitioner_who_may_record_no_consent_has_no_button_for_it(office: Office) -> None:
    seen = office.say(THIN.replace("P-1042", "P-1046"), "U0DOCTOR1")

    assert not has_button(seen.message, "fact_form_open_consent_CCM")
