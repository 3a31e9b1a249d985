"""The forms for a void and a fix, and the menu of ``/ccm me`` that leads to them."""

import pytest
from support.forms import opened, prefilled
from support.practice import NOTE, an_entry
from support.slack import LINE, Office, has_button

from bot.playground import SeenView
from bot.views.forms.corrections import FIX_ENTRY, PICK_ENTRY, VOID_ENTRY
from bot.views.me import PAGE
from bot.views.receipt import ADD_DETAIL, UNDO

NURSE, OTHER, LEAD, DOCTOR, BILLER, ADMIN = "U0NURSE1", "U0NURSE2", "U0LEAD1", "U0DOCTOR1", "U0BILLER1", "U0ADMIN1"
TIMED = "/ccm log P-1042 9:05-9:17 meds call Reconciled the insulin list. Dose confirmed with the patient."


def test_a_void_without_a_reason_shows_the_entry_and_asks_for_one(office: Office) -> None:
    office.say(LINE)

    form = opened(office.say("/ccm void P-1042#1"))
    assert form.title == "Void an entry"
    assert "*P-1042#1* · Tue Nov 24 · 12 min · medication · live call · CCM" in form.words
    assert "Note: Reconciled the insulin list." in form.words
    assert "reason" in office.person().submit(form, {"reason": " "}).errors
    done = opened(office.person().submit(form, {"reason": "Logged for the wrong patient."}))

    assert "*Voided* · *P-1042* · 12 min" in done.words
    assert "Reason: Logged for the wrong patient." in done.words
    assert office.live_count() == 0


def test_a_void_form_delivered_twice_voids_once_and_answers_alike(office: Office) -> None:
    office.say(LINE)
    office.person().submit(opened(office.say("/ccm void P-1042#1")), {"reason": "Wrong patient."})

    again = office.deliver_again("interactive")

    assert "nothing was saved twice" in str(again)
    assert office.live_count() == 0


@pytest.mark.parametrize("command", ["void", "fix", "add"])
def test_without_an_entry_the_remedy_says_where_entries_are_listed(office: Office, command: str) -> None:
    seen = office.say(f"/ccm {command}")

    assert "Which entry?" in seen.words
    assert "/ccm me lists your entries by name." in seen.words


@pytest.mark.parametrize("command", ["void", "fix", "add"])
def test_no_form_opens_for_an_entry_of_others_or_one_that_was_voided(office: Office, command: str) -> None:
    office.say(LINE)
    assert "P-1042#1 is not your entry." in office.say(f"/ccm {command} P-1042#1", OTHER).words

    office.say("/ccm undo")
    seen = office.say(f"/ccm {command} P-1042#1")
    assert "P-1042#1 was already voided." in seen.words
    assert seen.modal is None


def test_a_lead_may_void_an_entry_of_the_team_by_form(office: Office) -> None:
    office.say(LINE)

    office.person(LEAD).submit(opened(office.say("/ccm void P-1042#1", LEAD)), {"reason": "Twice the same."})

    assert office.live_count() == 0


def fix_form(office: Office, line: str = LINE) -> SeenView:
    office.say(line)
    return opened(office.say("/ccm fix P-1042#1"))


def test_a_fix_without_changes_opens_the_form_with_the_entry_in_it(office: Office) -> None:
    form = fix_form(office, TIMED)

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


def test_what_is_changed_in_the_form_is_fixed_and_all_else_stays(office: Office) -> None:
    done = opened(office.person().submit(fix_form(office, TIMED), {"activity": "results_review", "length": "15m"}))

    assert done.title == "Fixed"
    assert "15 min · results review · live call · Tue Nov 24, 9:05–9:20 am" in done.words
    assert "It replaces P-1042#1" in done.words
    new = max(office.entries(), key=lambda entry: int(entry.position))
    assert (new.replaces_position, new.duration_minutes, new.contact, new.note) == (
        1,
        15,
        "live",
        "Reconciled the insulin list. Dose confirmed with the patient.",
    )
    assert office.live_count() == 1


def test_a_contact_that_is_taken_out_of_the_form_is_gone(office: Office) -> None:
    office.person().submit(fix_form(office), {"contact": None})

    assert max(office.entries(), key=lambda entry: int(entry.position)).contact is None


def test_another_day_keeps_the_time_of_day(office: Office) -> None:
    done = opened(office.person().submit(fix_form(office, TIMED), {"date": "2026-11-20"}))

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
    office: Office, wrong: dict[str, str | None], field: str, words: str
) -> None:
    form = fix_form(office)

    errors = office.person().submit(form, wrong).errors

    assert words in errors[field]
    assert [entry.position for entry in office.entries()] == [1]


def test_an_unusual_fix_is_asked_about_in_the_form(office: Office) -> None:
    asked = opened(office.person().submit(fix_form(office), {"length": "200m"}))
    assert "200 minutes is over 180 (rule E4). Save it anyway?" in asked.words

    assert opened(office.person().submit(asked, {"confirm": ["yes"]})).title == "Fixed"
    assert office.live_count() == 1


def test_a_fix_delivered_twice_is_stored_once(office: Office) -> None:
    office.person().submit(fix_form(office), {"length": "15m"})
    again = office.deliver_again("interactive")

    assert "nothing was saved twice" in str(again)
    assert office.live_count() == 1


def test_a_note_grown_too_long_for_one_is_written_anew(office: Office) -> None:
    office.say(f"/ccm log P-1042 12m meds {'Reviewed the list again. ' * 119}")
    office.say(f"/ccm add P-1042#1 {'Told the pharmacy too. ' * 20}")

    form = opened(office.say("/ccm fix P-1042#1"))
    assert "write it anew" in form.words
    assert "note" not in prefilled(form)
    assert opened(office.person().submit(form, {"note": NOTE})).title == "Fixed"


@pytest.mark.parametrize("user", [OTHER, LEAD, BILLER, ADMIN])
@pytest.mark.parametrize("command", ["void", "fix"])
def test_a_form_of_those_who_may_not_changes_nothing(office: Office, user: str, command: str) -> None:
    office.say(LINE)
    form = opened(office.say(f"/ccm {command} P-1042#1"))
    office.person().submit(form, {"reason": " "} if command == "void" else {"length": "12x"})
    sent = office.last_payload("interactive")["view"]
    if command == "void":
        sent["state"]["values"]["reason"]["value"]["value"] = "Wrong."
    else:
        sent["state"]["values"]["length"]["value"]["value"] = "15m"

    office.deliver_again("interactive", user={"id": user}, view=sent)

    voids_of_team = command == "void" and user == LEAD
    assert office.live_count() == (0 if voids_of_team else 1)


def test_an_entry_is_picked_from_my_day_and_corrected_without_typing_its_name(office: Office) -> None:
    office.say(LINE)
    office.say(f"/ccm log P-1043 7m meds {NOTE}")
    seen = office.say("/ccm me")
    (menu,) = [block for block in seen.message.blocks if block["type"] == "actions"]
    assert [option["text"]["text"] for option in menu["elements"][0]["options"]] == [
        "P-1042#1 · Tue Nov 24 · 12 min · medication, live call",
        "P-1043#1 · Tue Nov 24 · 7 min · medication",
    ]

    entry = opened(office.person().press(seen.message, PICK_ENTRY, "P-1043#1"))
    assert "*P-1043#1* · Tue Nov 24 · 7 min · medication · CCM" in entry.words

    person = office.person()
    person.submit(opened(person.press(entry, FIX_ENTRY)), {"length": "9m"})
    entry = opened(person.press(office.say("/ccm me").message, PICK_ENTRY, "P-1042#1"))
    person.submit(opened(person.press(entry, ADD_DETAIL)), {"addendum": "Pharmacy told."})
    entry = opened(person.press(office.say("/ccm me").message, PICK_ENTRY, "P-1042#1"))
    assert "Pharmacy told." in entry.words
    person.submit(opened(person.press(entry, VOID_ENTRY)), {"reason": "Logged twice."})
    assert [entry.duration_minutes for entry in office.entries() if entry.replaces_position] == [9]
    assert office.live_count() == 1


def test_an_entry_can_be_undone_from_my_day_for_a_quarter_of_an_hour(office: Office) -> None:
    office.say(LINE)
    entry = opened(office.person().press(office.say("/ccm me").message, PICK_ENTRY, "P-1042#1"))
    assert "*Undone*" in opened(office.person().press(entry, UNDO)).words

    office.say(LINE)
    office.clock.move(minutes=16)
    entry = opened(office.person().press(office.say("/ccm me").message, PICK_ENTRY, "P-1042#3"))
    assert UNDO not in str(entry.blocks)
    assert VOID_ENTRY in str(entry.blocks)


def test_each_page_of_my_entries_has_a_menu_of_what_it_lists(crowded_office: Office) -> None:
    office = crowded_office
    for minutes in range(1, 31):
        office.work(an_entry(minutes=minutes, day=office.practice.local_date(office.clock())))
    pages = office.all_pages(office.say("/ccm me"), PAGE, NURSE)

    listed = []
    for page in pages:
        menus = [block for block in page.blocks if block["type"] == "actions" and "options" in block["elements"][0]]
        listed += [option["value"] for menu in menus for option in menu["elements"][0]["options"]]
    assert len(listed) == len(set(listed)) == 30


def test_somebody_without_entries_has_no_menu(office: Office) -> None:
    assert not has_button(office.say("/ccm me", BILLER).message, PICK_ENTRY)


def test_a_picked_entry_that_was_voided_meanwhile_is_said_to_be(office: Office) -> None:
    office.say(LINE)
    listed = office.say("/ccm me")
    office.say("/ccm undo")

    assert "P-1042#1 was already voided." in office.person().press(listed.message, PICK_ENTRY, "P-1042#1").words


def test_a_patient_is_not_to_be_changed_by_a_fix(office: Office) -> None:
    assert "patient" not in {block["block_id"] for block in fix_form(office).blocks}
