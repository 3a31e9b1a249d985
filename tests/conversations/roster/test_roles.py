"""Who may do what, and what those are told who may not."""

import json

import pytest
from support.claims import work
from support.closing import close
from support.practice import NOTE, an_entry
from support.slack import GONE, LINE, STRANGER, Harness, picked

from bot.commands.registry import COMMANDS, ROUTES, command_named
from bot.permissions import ROLES_BY_BUTTON
from bot.playground import Glance
from bot.views import digest, month
from bot.views.forms.pickers import PATIENT_PICKER
from bot.views.problem import SAVE_ANYWAY
from bot.views.receipt import ADD_DETAIL, LOG_ANOTHER, UNDO
from ledger.roster.directory import people

NURSE, LEAD, BILLER, DOCTOR, ADMIN = "U0NURSE1", "U0LEAD1", "U0BILLER1", "U0DOCTOR1", "U0ADMIN1"
EVERYBODY = {NURSE, LEAD, BILLER, DOCTOR, ADMIN}
WHO_MAY = {
    "": EVERYBODY,
    "help": EVERYBODY,
    "patient P-1042": EVERYBODY,
    "near": EVERYBODY,
    "log P-1042 12m meds Reconciled the list. Dose confirmed.": {NURSE, DOCTOR},
    "start P-1042 meds": {NURSE, DOCTOR},
    "stop Reconciled the list. Dose confirmed.": {NURSE, DOCTOR},
    "cancel": {NURSE, DOCTOR},
    "undo": {NURSE, DOCTOR},
    "void P-1042#1 Logged by mistake.": {NURSE, LEAD, DOCTOR},
    "fix P-1042#1 15m": {NURSE, DOCTOR},
    "add P-1042#1 Dose kept.": {NURSE, LEAD, DOCTOR},
    "me": EVERYBODY,
    "month": {LEAD, BILLER},
    "export": {BILLER},
    "claims": {BILLER},
    "close": {BILLER},
    "reopen 2026-10 A call was logged late.": {BILLER},
    "digest Blue Team": {LEAD, ADMIN},
    "consent P-1042 verbal": {NURSE, LEAD},
    "plan P-1042": {NURSE, LEAD},
    "visit P-1042 AWV": {NURSE, LEAD},
    "stay P-1042 snf yesterday": {NURSE, LEAD},
    "device P-1042 set up today": {NURSE, LEAD},
    "readings P-1042 18": {NURSE, LEAD},
    "enroll P-1042 rpm": {NURSE, LEAD},
    "complex P-1042 high New heart failure.": {DOCTOR},
    "mark P-1042 G0181": {BILLER, LEAD},
    "patients": {ADMIN},
    "staff": {ADMIN},
    "team": {ADMIN},
    "settings": {ADMIN},
    "attest": {ADMIN},
}
WHO_MAY_PRESS = {"Take": {NURSE, LEAD, DOCTOR}}
MAY_BY_NAME = {line.partition(" ")[0]: users for line, users in WHO_MAY.items()}


def test_every_command_stands_in_the_table() -> None:
    assert set(MAY_BY_NAME) == set(ROUTES) == {"", "help", *COMMANDS}


def test_every_button_that_no_command_stands_for_is_in_the_table(harness: Harness) -> None:
    with harness.looking() as connection:
        staff = [person for person in people(connection, "T0TEST") if person.slack_user_id in EVERYBODY]

    for name, roles in ROLES_BY_BUTTON.items():
        assert {person.slack_user_id for person in staff if person.roles & roles} == WHO_MAY_PRESS[name]


@pytest.mark.parametrize("line", WHO_MAY)
def test_a_command_answers_those_who_may_and_names_the_role_to_the_others(harness: Harness, line: str) -> None:
    for user in sorted(EVERYBODY):
        refused = "ROLE_NEEDED" in harness.say(f"/ccm {line}", user).words
        assert refused == (user not in WHO_MAY[line]), user


def test_a_refusal_names_the_role_that_is_needed_and_the_role_one_has(harness: Harness) -> None:
    seen = harness.say("/ccm month", NURSE)

    assert "/ccm month needs the role biller or lead; you have coordinator." in seen.words


def press_as(harness: Harness, seen: Glance, action_id: str, user: str) -> str:
    """All that the nurse sees after ``user`` has pressed a button of the nurse's message, which Slack would not let."""
    harness.press(harness.say("/ccm"), LOG_ANOTHER)
    pressed = harness.last_payload("interactive")["actions"][0]
    elements = [element for block in seen.message.blocks for element in block.get("elements", [])]
    button = next(element for element in elements if element.get("action_id") == action_id)
    container = {"type": "message", "channel_id": seen.message.channel_id, "message_ts": seen.message.ts}
    harness.deliver_again("interactive", user={"id": user}, actions=[{**pressed, **button}], container=container)
    return "\n".join(each.words for each in harness.person(NURSE).messages(seen.message.channel_id))


@pytest.mark.parametrize("user", [LEAD, BILLER, ADMIN])
@pytest.mark.parametrize("action", [UNDO, ADD_DETAIL, LOG_ANOTHER])
def test_a_button_of_a_saved_entry_does_nothing_for_those_who_may_not_log(
    harness: Harness, user: str, action: str
) -> None:
    seen = harness.say(LINE)
    if (action, user) != (ADD_DETAIL, LEAD):  # a lead adds to the team's notes
        assert "ROLE_NEEDED" in press_as(harness, seen, action, user)
    assert harness.live_count() == 1


def test_save_anyway_is_for_those_who_may_log(harness: Harness) -> None:
    harness.say(LINE)

    assert "ROLE_NEEDED" in press_as(harness, harness.say(LINE), SAVE_ANYWAY, BILLER)
    assert harness.live_count() == 1


def test_the_undo_button_of_a_coordinator_undoes_nothing_for_another(harness: Harness) -> None:
    assert "NOTHING_TO_UNDO" in press_as(harness, harness.say(LINE), UNDO, "U0NURSE2")
    assert harness.live_count() == 1


def test_a_form_of_those_who_may_not_log_saves_nothing(harness: Harness) -> None:
    modal = harness.say("/ccm log").modal
    assert modal is not None
    harness.person().submit(
        modal, {"patient": picked("P-9999"), "length": "12m", "activity": "medication", "note": NOTE}
    )
    payload = harness.last_payload("interactive")
    payload["view"]["state"]["values"]["patient"][PATIENT_PICKER]["selected_option"] = picked("P-1042")

    answer = harness.deliver_again("interactive", user={"id": BILLER}, view=payload["view"])

    assert "ROLE_NEEDED" in json.dumps(answer)
    assert harness.live_count() == 0


def test_a_page_of_a_list_is_shown_to_those_who_may_see_it(full_harness: Harness) -> None:
    seen = full_harness.say("/ccm month", BILLER)
    full_harness.press(seen, f"{month.PAGE}_next", BILLER)

    full_harness.deliver_again("interactive", user={"id": NURSE})

    (shown,) = full_harness.person(BILLER).messages("C0GENERAL")
    assert "ROLE_NEEDED" in shown.words


def test_a_digest_is_posted_for_those_who_may(harness: Harness) -> None:
    preview = harness.say("/ccm digest Blue Team", LEAD)
    harness.press(preview, digest.POST_NOW, LEAD)
    assert harness.playground.wait_until(lambda: bool(harness.posts("C0BLUE")))
    harness.clock.move(minutes=5)

    harness.deliver_again("interactive", user={"id": NURSE})

    def shown() -> str:
        return "\n".join(seen.words for seen in harness.person(LEAD).messages("C0GENERAL"))

    assert harness.playground.wait_until(lambda: "ROLE_NEEDED" in shown())
    assert len(harness.posts("C0BLUE")) == 1


@pytest.mark.parametrize("line", ["/ccm", "/ccm help", LINE, "/ccm month"])
def test_a_stranger_is_told_whom_to_ask_and_with_which_id(harness: Harness, line: str) -> None:
    seen = harness.say(line, STRANGER)

    assert "You are not on this practice's staff list yet." in seen.words
    assert f"Ask an administrator of your practice to add you with your Slack id, {STRANGER}" in seen.words
    assert harness.live_count() == 0


def test_somebody_who_has_left_can_do_nothing(harness: Harness) -> None:
    for line in ("/ccm", LINE, "/ccm patient P-1042"):
        assert "PERSON_INACTIVE" in harness.say(line, GONE).words
    assert harness.live_count() == 0


def test_another_workspace_is_told_that_the_ledger_has_no_practice_for_it(harness: Harness) -> None:
    harness.say("/ccm near")

    answer = json.dumps(harness.deliver_again("slash_commands", team_id="T0OTHER", trigger_id="other"))

    assert "This ledger has no practice for the workspace T0OTHER." in answer
    assert "ccm init --workspace T0OTHER" in answer


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("lgo P-1042 12m meds Reconciled.", "Did you mean: /ccm log P-1042 12m meds Reconciled."),
        ("LOGG", "Did you mean: /ccm log"),
        ("hlep", "Did you mean: /ccm help"),
        ("patiant P-1042", "Did you mean: /ccm patient P-1042"),
        ("zzz", "What there is: /ccm help"),
        ("help lgo", "Did you mean: /ccm help log"),
        ("help zzz", "What there is: /ccm help"),
    ],
)
def test_an_unknown_command_gets_the_closest_there_is(harness: Harness, typed: str, suggested: str) -> None:
    assert suggested in harness.say(f"/ccm {typed}").words


def test_commands_may_be_typed_in_capitals(harness: Harness) -> None:
    assert "*Saved*" in harness.say(LINE.replace("log", "LOG")).words


def test_the_card_and_the_help_show_what_this_person_can_do(harness: Harness) -> None:
    for line in ("/ccm", "/ccm help"):
        assert "/ccm log" in harness.say(line, NURSE).words
        assert "/ccm month" not in harness.say(line, NURSE).words
        assert "/ccm month" in harness.say(line, BILLER).words
        assert "/ccm log" not in harness.say(line, BILLER).words


def test_the_card_greets_with_a_name_and_offers_to_log(harness: Harness) -> None:
    seen = harness.say("/ccm", NURSE)

    assert "*Hello, Nurse One.*" in seen.words
    assert "Log time" in seen.words
    assert "Log time" not in harness.say("/ccm", BILLER).words


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_of_the_help_works_when_pasted(harness: Harness, name: str) -> None:
    harness.work(an_entry())
    if name in {"stop", "cancel"}:
        harness.say("/ccm start P-1042 meds", NURSE)
        harness.clock.move(minutes=12)
    if name == "claims":
        work(harness.database, harness.practice, 25)
    if name == "reopen":
        close(harness.database, harness.practice)
    for example in command_named(name).topic.examples:
        user = next(user for user in (NURSE, LEAD, DOCTOR, BILLER, ADMIN) if user in MAY_BY_NAME[name])
        seen = harness.say(example, user)
        assert "That did not work" not in seen.words or "NOTHING_TO_UNDO" in seen.words
        assert "not clear" not in seen.words
        assert "Nothing was saved" not in seen.words or "NOTHING_TO_UNDO" in seen.words


def test_help_for_one_command_has_all_the_words_it_knows(harness: Harness) -> None:
    words = harness.say("/ccm help log").words

    assert all(word in words for word in ("`meds`", "`voicemail`", "`yesterday`", "`10:05-10:17`", "`rpm`"))
