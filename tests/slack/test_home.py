"""The App Home by role, and the shortcuts that open the form from anywhere."""

import pytest
from support.practice import NOTE
from support.slack import GENERAL, STRANGER, Office, picked

from bot.listeners.shortcuts import MESSAGE_SHORTCUT, SHORTCUT
from bot.views.home import LOG, REFRESH


def near_line(office: Office) -> None:
    office.say(f"/ccm log P-1042 17m labs {NOTE}")


def test_a_coordinator_sees_who_is_one_short_call_away_and_can_log_from_there(office: Office) -> None:
    near_line(office)

    home = office.person().home()

    assert home is not None
    assert "Tue Nov 24" in home.words
    assert "*P-1042* · CCM · 17 minutes · 3 more for 99490 ($66.13)" in home.words
    assert "so far" not in home.words
    form = office.person().press(home, LOG).modal
    assert form is not None
    assert form.title == "Log CCM time"


def test_a_biller_sees_the_month_so_far_and_the_blockers_but_no_log_button(office: Office) -> None:
    office.say(f"/ccm log P-1042 25m labs {NOTE}")

    home = office.person("U0BILLER1").home()

    assert home is not None
    assert "November 2026 so far" in home.words
    assert "expected payment $66.13" in home.words
    assert not any(element.get("action_id") == LOG for block in home.blocks for element in block.get("elements", []))


def test_a_lead_sees_when_the_next_digest_comes(office: Office) -> None:
    home = office.person("U0LEAD2").home()

    assert home is not None
    assert "Next digest:* Wed Nov 25 at 9:00 am" in home.words
    assert "Green Team" in home.words


def test_refresh_shows_what_was_logged_since(office: Office) -> None:
    home = office.person().home()
    assert home is not None
    assert "Nobody is within 5 minutes" in home.words
    near_line(office)

    office.person().press(home, REFRESH)

    assert "P-1042" in (office.person().home_view or home).words


def test_the_near_list_of_a_large_practice_comes_in_pages_of_25(crowded_office: Office) -> None:
    person = crowded_office.person("U0ADMIN1")
    seen: list[str] = []
    home = person.home()
    while home is not None:
        codes = [line.split("*")[1] for line in home.words.splitlines() if line.startswith("• *")]
        assert 1 <= len(codes) <= 25
        seen += codes
        if not any(
            each.get("action_id") == "home_page_next" for block in home.blocks for each in block.get("elements", [])
        ):
            break
        person.press(home, "home_page_next")
        home = person.home_view

    assert len(seen) == len(set(seen)) > 50


def test_a_stranger_is_told_whom_to_ask_in_the_home_tab(office: Office) -> None:
    home = office.person(STRANGER).home()

    assert home is not None
    assert "not on this practice's staff list" in home.words
    assert STRANGER in home.words


def test_the_home_tab_shows_no_note_and_no_staff_name(office: Office) -> None:
    office.say("/ccm log P-1042 17m labs ZEBRANOTE was reviewed. Nothing has to change.")

    home = office.person().home()

    assert home is not None
    assert "ZEBRANOTE" not in home.words
    assert "Nurse" not in home.words


def test_the_shortcut_opens_the_empty_form(office: Office) -> None:
    seen = office.person().shortcut(SHORTCUT)

    assert seen.modal is not None
    assert seen.modal.title == "Log CCM time"


def test_the_message_shortcut_takes_the_message_as_the_note(office: Office) -> None:
    text = "Spoke with the pharmacy. The refill is ready tomorrow."
    office.person().say(GENERAL, text)
    (message,) = [each for each in office.person().messages(GENERAL) if each.text == text]

    form = office.person().shortcut(MESSAGE_SHORTCUT, message).modal

    assert form is not None
    (note,) = [block for block in form.blocks if block["block_id"] == "note"]
    assert note["element"]["initial_value"] == text


@pytest.mark.parametrize("text", ["BP <140 & pulse >60.", "Reviewed & reconciled. " * 200])
def test_a_message_is_kept_as_far_as_it_fits_and_what_was_cut_is_said(office: Office, text: str) -> None:
    office.person().say(GENERAL, text.strip())
    message = office.person().messages(GENERAL)[-1]

    form = office.person().shortcut(MESSAGE_SHORTCUT, message).modal

    assert form is not None
    (note,) = [block for block in form.blocks if block["block_id"] == "note"]
    assert note["element"]["initial_value"] == text.strip()[:3000]
    cut = "A note has 3,000 characters: the last 1,599 of the message were left out."
    assert (cut in form.words) == (len(text) > 3000)


def test_a_shortcut_without_the_role_says_which_role_it_needs(office: Office) -> None:
    modal = office.person("U0BILLER1").shortcut(SHORTCUT).modal

    assert modal is not None
    assert "needs the role coordinator or practitioner" in modal.words


def test_an_entry_saved_from_the_form_of_a_shortcut_is_in_the_ledger(office: Office) -> None:
    person = office.person()
    form = person.shortcut(SHORTCUT).modal
    assert form is not None
    option = {"text": {"type": "plain_text", "text": "results review", "emoji": True}, "value": "results_review"}

    saved = person.submit(form, {"patient": picked("P-1042"), "length": "12m", "activity": option, "note": NOTE})

    assert saved.errors == {}
    assert office.live_count() == 1
