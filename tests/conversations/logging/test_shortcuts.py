"""The shortcuts "Log CCM time": the form from anywhere, and from a message with its text as the note."""

import pytest
from support.practice import NOTE
from support.slack import BLUE, GENERAL, GONE, STRANGER, Harness, picked

from bot.listeners.shortcuts import MESSAGE_SHORTCUT, SHORTCUT
from bot.playground import SeenMessage, SeenView
from ledger.recording.entries import NOTE_CHARACTERS


def said(harness: Harness, text: str, thread_ts: str | None = None) -> SeenMessage:
    """A message that stands in a channel, or in a thread of it."""
    harness.person().say(GENERAL, text, thread_ts)
    return next(each for each in harness.person().messages(GENERAL, thread_ts) if each.body["text"] == text)


def note_in(form: SeenView | None) -> str:
    """What stands in the form's note."""
    assert form is not None
    (note,) = [block for block in form.blocks if block["block_id"] == "note"]
    return str(note["element"].get("initial_value", ""))


def test_the_shortcut_opens_the_empty_form(harness: Harness) -> None:
    seen = harness.person().shortcut(SHORTCUT)

    assert seen.modal is not None
    assert seen.modal.title == "Log CCM time"


def test_the_message_shortcut_takes_the_message_as_the_note(harness: Harness) -> None:
    text = "Spoke with the pharmacy. The refill is ready tomorrow."
    harness.person().say(GENERAL, text)
    (message,) = [each for each in harness.person().messages(GENERAL) if each.text == text]

    form = harness.person().shortcut(MESSAGE_SHORTCUT, message).modal

    assert form is not None
    (note,) = [block for block in form.blocks if block["block_id"] == "note"]
    assert note["element"]["initial_value"] == text


def test_a_shortcut_without_the_role_says_which_role_it_needs(harness: Harness) -> None:
    modal = harness.person("U0BILLER1").shortcut(SHORTCUT).modal

    assert modal is not None
    assert "needs the role coordinator or practitioner" in modal.words


def test_an_entry_saved_from_the_form_of_a_shortcut_is_in_the_ledger(harness: Harness) -> None:
    person = harness.person()
    form = person.shortcut(SHORTCUT).modal
    assert form is not None
    option = {"text": {"type": "plain_text", "text": "results review", "emoji": True}, "value": "results_review"}

    saved = person.submit(form, {"patient": picked("P-1042"), "length": "12m", "activity": option, "note": NOTE})

    assert saved.errors == {}
    assert harness.live_count() == 1


def test_a_message_in_a_thread_can_be_logged_where_commands_do_not_work(harness: Harness) -> None:
    parent = said(harness, "Who has spoken with the pharmacy?")
    reply = said(harness, "I have. The refill is ready tomorrow.", parent.ts)

    form = harness.person().shortcut(MESSAGE_SHORTCUT, reply).modal

    assert note_in(form) == "I have. The refill is ready tomorrow."


def test_a_message_of_the_bot_can_be_logged_about(harness: Harness) -> None:
    harness.say("/ccm digest Blue Team", "U0LEAD1")
    harness.client.chat_postMessage(channel=BLUE, text="3 patients near the next code.")
    (message,) = harness.posts(BLUE)

    assert note_in(harness.person().shortcut(MESSAGE_SHORTCUT, message).modal) == "3 patients near the next code."


@pytest.mark.parametrize(
    ("sent", "note"),
    [
        ("<@U0NURSE2> asked in <#C0BLUE|> &amp; <#C0GREEN|green>.", "@Nurse Two asked in #blue-team & #green."),
        (f"<@{STRANGER}> sent <https://example.com/x?a=1&amp;b=2|the list>.", "@visitor sent the list."),
        ("<@U0NOBODY> wrote to <mailto:lab@example.com|lab@example.com>.", "@U0NOBODY wrote to lab@example.com."),
    ],
)
def test_a_message_brings_names_and_labels_into_the_note(harness: Harness, sent: str, note: str) -> None:
    harness.allows_refusals = "U0NOBODY" in sent
    harness.client.chat_postMessage(channel=BLUE, text=sent)
    (message,) = harness.posts(BLUE)

    assert note_in(harness.person().shortcut(MESSAGE_SHORTCUT, message).modal) == note


@pytest.mark.parametrize("text", ["BP <140 & pulse >60.", "Reviewed & reconciled. " * 200])
def test_a_message_is_kept_as_far_as_it_fits_and_what_was_cut_is_said(harness: Harness, text: str) -> None:
    harness.person().say(GENERAL, text.strip())
    message = harness.person().messages(GENERAL)[-1]

    form = harness.person().shortcut(MESSAGE_SHORTCUT, message).modal

    assert form is not None
    assert note_in(form) == text.strip()[:NOTE_CHARACTERS]
    cut = "A note has 3,000 characters: the last 1,599 of the message were left out."
    assert (cut in form.words) == (len(text) > NOTE_CHARACTERS)


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("U0BILLER1", "needs the role coordinator or practitioner"),
        (STRANGER, "You are not on this practice's staff list yet."),
        (GONE, "PERSON_INACTIVE"),
    ],
)
def test_a_message_shortcut_tells_those_who_may_not_log_why(harness: Harness, user: str, words: str) -> None:
    message = said(harness, "The refill is ready tomorrow.")

    modal = harness.person(user).shortcut(MESSAGE_SHORTCUT, message).modal

    assert modal is not None
    assert words in modal.words
    assert "note" not in {block["block_id"] for block in modal.blocks}
