"""The forms for a void and a fix, and the menu of ``/ccm me`` that leads to them."""

import pytest
from support.forms import opened, prefilled
from support.practice import NOTE, an_entry
from support.slack import LINE, Harness, has_button

from bot.playground import SeenView
from bot.views.forms.corrections import FIX_ENTRY, PICK_ENTRY, VOID_ENTRY
from bot.views.me import PAGE
from bot.views.receipt import ADD_DETAIL, UNDO

NURSE, OTHER, LEAD, DOCTOR, BILLER, ADMIN = "U0NURSE1", "U0NURSE2", "U0LEAD1", "U0DOCTOR1", "U0BILLER1", "U0ADMIN1"
TIMED = "/ccm log P-1042 9:05-9:17 meds call Reconciled the insulin list. Dose confirmed with the patient."


def test_a_void_without_a_reason_shows_the_entry_and_asks_for_one(harness: Harness) -> None:
    harness.say(LINE)

    form = opened(harness.say("/ccm void P-1042#1"))
    assert form.title == "Void an entry"
    assert "*P-1042#1* · Tue Nov 24 · 12 min · medication · live call · CCM" in form.words
    assert "Note: Reconciled the insulin list." in form.words
    assert "reason" in harness.person().submit(form, {"reason": " "}).errors
    done = opened(harness.person().submit(form, {"reason": "Logged for the wrong patient."}))

    assert "*Voided* · *P-1042* · 12 min" in done.words
    assert "Reason: Logged for the wrong patient." in done.words
    assert harness.live_count() == 0


def test_a_void_form_delivered_twice_voids_once_and_answers_alike(harness: Harness) -> None:
    harness.say(LINE)
    harness.person().submit(opened(harness.say("/ccm void P-1042#1")), {"reason": "Wrong patient."})

    again = harness.deliver_again("interactive")

    assert "nothing was saved twice" in str(again)
    assert harness.live_count() == 0


@pytest.mark.parametrize("command", ["void", "fix", "add"])
def test_without_an_entry_the_remedy_says_where_entries_are_listed(harness: Harness, command: str) -> None:
    seen = harness.say(f"/ccm {command}")

    assert "Which entry?" in seen.words
    assert "/ccm me lists your entries by name." in seen.words


@pytest.mark.parametrize("command", ["void", "fix", "add"])
def test_no_form_opens_for_an_entry_of_others_or_one_that_was_voided(harness: Harness, command: str) -> None:
    harness.say(LINE)
    assert "P-1042#1 is not your entry." in harness.say(f"/ccm {command} P-1042#1", OTHER).words

    harness.say("/ccm undo")
    seen = harness.say(f"/ccm {command} P-1042#1")
    assert "P-1042#1 was already voided." in seen.words
    assert seen.modal is None


def test_a_lead_may_void_an_entry_of_the_team_by_form(harness: Harness) -> None:
    harness.say(LINE)

    harness.person(LEAD).submit(opened(harness.say("/ccm void P-1042#1", LEAD)), {"reason": "Twice the same."})

    assert harness.live_count() == 0


def fix_form(harness: Harness, line: str = LINE) -> SeenView:
    harness.say(line)
    return opened(harness.say("/ccm fix P-1042#1"))


def test_a_fix_without_changes_opens_the_form_with_the_entry_in_it(harness: Harness) -> None:
    form = fix_form(harness, TIMED)

    assert form.title == "Fix an entry"
    assert "*P-1042#1* is voided, and what stands here is saved in its place." in form.words
    assert prefilled(form) == {
        "length": "09:05-09:17",
        "activity": "medication",
        "contact": "live",
        "note": "Reconciled the insulin list. Dose confirmed with the patient.",
        "date": "2026-11-24",
        "program": "CCM",
    }


def test_what_is_changed_in_the_form_is_fixed_and_all_else_stays(harness: Harness) -> None:
    done = opened(harness.person().submit(fix_form(harness, TIMED), {"activity": "results_review", "length": "15m"}))

    assert done.title == "Fixed"
    assert "15 min · results review · live call · Tue Nov 24, 9:05–9:20 am" in done.words
    assert "It replaces P-1042#1" in done.words
    new = max(harness.entries(), key=lambda entry: int(entry.position))
    assert (new.replaces_position, new.duration_minutes, new.contact, new.note) == (
        1,
        15,
        "live",
        "Reconciled the insulin list. Dose confirmed with the patient.",
    )
    assert harness.live_count() == 1


def test_a_contact_that_is_taken_out_of_the_form_is_gone(harness: Harness) -> None:
    harness.person().submit(fix_form(harness), {"contact": None})

    assert max(harness.entries(), key=lambda entry: int(entry.position)).contact is None


def test_another_day_keeps_the_time_of_day(harness: Harness) -> None:
    done = opened(harness.person().submit(fix_form(harness, TIMED), {"date": "2026-11-20"}))

    assert "Fri Nov 20, 9:05–9:17 am" in done.words


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({}, "length", "says so already: nothing would change."),
        ({"length": "12x"}, "length", '"12x" cannot be read as a length'),
        ({"length": "P-1043 5m"}, "length", "second patient"),
        ({"date": "2026-11-25"}, "date", "lies in the future"),
        ({"note": " "}, "note", "Say what was done"),
        ({"activity": "patient_contact", "contact": None}, "contact", "Say how"),
    ],
)
def test_what_cannot_be_fixed_is_said_beside_its_input(
    harness: Harness, wrong: dict[str, str | None], field: str, words: str
) -> None:
    form = fix_form(harness)

    errors = harness.person().submit(form, wrong).errors

    assert words in errors[field]
    assert [entry.position for entry in harness.entries()] == [1]


def test_an_unusual_fix_is_asked_about_in_the_form(harness: Harness) -> None:
    asked = opened(harness.person().submit(fix_form(harness), {"length": "200m"}))
    assert "200 minutes is over 180 (rule E4). Save it anyway?" in asked.words

    assert opened(harness.person().submit(asked, {"confirm": ["yes"]})).title == "Fixed"
    assert harness.live_count() == 1


def test_a_fix_delivered_twice_is_stored_once(harness: Harness) -> None:
    harness.person().submit(fix_form(harness), {"length": "15m"})
    again = harness.deliver_again("interactive")

    assert "nothing was saved twice" in str(again)
    assert harness.live_count() == 1


def test_a_note_grown_too_long_for_one_is_written_anew(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 12m meds {'Reviewed the list again. ' * 119}")
    harness.say(f"/ccm add P-1042#1 {'Told the pharmacy too. ' * 20}")

    form = opened(harness.say("/ccm fix P-1042#1"))
    assert "write it anew" in form.words
    assert "note" not in prefilled(form)
    assert opened(harness.person().submit(form, {"note": NOTE})).title == "Fixed"


@pytest.mark.parametrize("user", [OTHER, LEAD, BILLER, ADMIN])
@pytest.mark.parametrize("command", ["void", "fix"])
def test_a_form_of_those_who_may_not_changes_nothing(harness: Harness, user: str, command: str) -> None:
    harness.say(LINE)
    form = opened(harness.say(f"/ccm {command} P-1042#1"))
    harness.person().submit(form, {"reason": " "} if command == "void" else {"length": "12x"})
    sent = harness.last_payload("interactive")["view"]
    if command == "void":
        sent["state"]["values"]["reason"]["value"]["value"] = "Wrong."
    else:
        sent["state"]["values"]["length"]["value"]["value"] = "15m"

    harness.deliver_again("interactive", user={"id": user}, view=sent)

    voids_of_team = command == "void" and user == LEAD
    assert harness.live_count() == (0 if voids_of_team else 1)


def test_an_entry_is_picked_from_my_day_and_corrected_without_typing_its_name(harness: Harness) -> None:
    harness.say(LINE)
    harness.say(f"/ccm log P-1043 7m meds {NOTE}")
    seen = harness.say("/ccm me")
    (menu,) = [block for block in seen.message.blocks if block["type"] == "actions"]
    assert [option["text"]["text"] for option in menu["elements"][0]["options"]] == [
        "P-1042#1 · Tue Nov 24 · 12 min · medication, live call",
        "P-1043#1 · Tue Nov 24 · 7 min · medication",
    ]

    entry = opened(harness.person().press(seen.message, PICK_ENTRY, "P-1043#1"))
    assert "*P-1043#1* · Tue Nov 24 · 7 min · medication · CCM" in entry.words

    person = harness.person()
    person.submit(opened(person.press(entry, FIX_ENTRY)), {"length": "9m"})
    entry = opened(person.press(harness.say("/ccm me").message, PICK_ENTRY, "P-1042#1"))
    person.submit(opened(person.press(entry, ADD_DETAIL)), {"addendum": "Pharmacy told."})
    entry = opened(person.press(harness.say("/ccm me").message, PICK_ENTRY, "P-1042#1"))
    assert "Pharmacy told." in entry.words
    person.submit(opened(person.press(entry, VOID_ENTRY)), {"reason": "Logged twice."})
    assert [entry.duration_minutes for entry in harness.entries() if entry.replaces_position] == [9]
    assert harness.live_count() == 1


def test_an_entry_can_be_undone_from_my_day_for_a_quarter_of_an_hour(harness: Harness) -> None:
    harness.say(LINE)
    entry = opened(harness.person().press(harness.say("/ccm me").message, PICK_ENTRY, "P-1042#1"))
    assert "*Undone*" in opened(harness.person().press(entry, UNDO)).words

    harness.say(LINE)
    harness.clock.move(minutes=16)
    entry = opened(harness.person().press(harness.say("/ccm me").message, PICK_ENTRY, "P-1042#3"))
    assert UNDO not in str(entry.blocks)
    assert VOID_ENTRY in str(entry.blocks)


def test_each_page_of_my_entries_has_a_menu_of_what_it_lists(full_harness: Harness) -> None:
    harness = full_harness
    for minutes in range(1, 31):
        harness.work(an_entry(minutes=minutes, day=harness.practice.local_date(harness.clock())))
    pages = harness.all_pages(harness.say("/ccm me"), PAGE, NURSE)

    listed = []
    for page in pages:
        menus = [block for block in page.blocks if block["type"] == "actions" and "options" in block["elements"][0]]
        listed += [option["value"] for menu in menus for option in menu["elements"][0]["options"]]
    assert len(listed) == len(set(listed)) == 30


def test_somebody_without_entries_has_no_menu(harness: Harness) -> None:
    assert not has_button(harness.say("/ccm me", BILLER).message, PICK_ENTRY)


def test_a_picked_entry_that_was_voided_meanwhile_is_said_to_be(harness: Harness) -> None:
    harness.say(LINE)
    listed = harness.say("/ccm me")
    harness.say("/ccm undo")

    assert "P-1042#1 was already voided." in harness.person().press(listed.message, PICK_ENTRY, "P-1042#1").words


def test_a_patient_is_not_to_be_changed_by_a_fix(harness: Harness) -> None:
    assert "patient" not in {block["block_id"] for block in fix_form(harness).blocks}
