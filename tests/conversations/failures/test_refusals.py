"""What Slack refuses of posts, files, forms and answers: said in its own words, and mended where it can be."""

from typing import Any

import pytest
from structlog.testing import capture_logs
from support.patience import PATIENCE_SECONDS
from support.practice import an_entry
from support.slack import BLUE, LINE, Harness, has_button, table_rows

from bot.messages.direct_messages import send_direct
from bot.playground import SeenMessage
from bot.playground.errors import ImpossibleAction
from bot.views import digest
from bot.views.receipt import UNDO
from jobs.channel import ChannelError
from ledger.rules.facts import Contact

LEAD, BILLER, ADMIN = "U0LEAD1", "U0BILLER1", "U0ADMIN1"


@pytest.fixture(autouse=True)
def refusals_are_the_subject(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.playground.delivery.ack_timeout_seconds = PATIENCE_SECONDS
    harness.forget_message_rate()
    harness.work(an_entry(minutes=17, contact=Contact.LIVE))


def shown(harness: Harness, message: SeenMessage, user: str = LEAD) -> SeenMessage:
    """The message as it is now."""
    return next(each for each in harness.person(user).messages(message.channel_id) if each.ts == message.ts)


def press_post(harness: Harness, message: SeenMessage) -> SeenMessage:
    """What stands in the message's place after "Post now"."""
    harness.person(LEAD).press(message, digest.POST_NOW)
    assert harness.playground.wait_until(lambda: shown(harness, message).words != message.words, PATIENCE_SECONDS)
    return shown(harness, message)


@pytest.mark.parametrize(
    ("state", "reason", "remedy"),
    [
        ({"bot_is_member": False}, "not_in_channel", "/invite @CCM Ledger"),
        ({"is_archived": True}, "is_archived", "another one with /ccm team"),
        ({"is_restricted": True}, "restricted_action", "let an owner of the workspace allow"),
        ({"is_ext_shared": True}, "is_ext_shared", "a channel of your own workspace"),
    ],
)
def test_post_now_says_that_nothing_was_posted_and_can_be_pressed_again_at_once(
    harness: Harness, state: dict[str, bool], reason: str, remedy: str
) -> None:
    channel = harness.playground.workspace.channels[BLUE]
    before = {name: getattr(channel, name) for name in state}
    for name, value in state.items():
        setattr(channel, name, value)
    preview = harness.say("/ccm digest Blue Team", LEAD).message

    answer = press_post(harness, preview)

    assert f"({reason})" in answer.words
    assert "Nothing was posted." in answer.words
    assert "Nothing was saved" not in answer.words
    assert remedy in answer.words
    assert "try again" not in answer.words.lower()
    assert harness.posts(BLUE) == []
    assert has_button(answer, digest.POST_NOW), answer.words
    for name, value in before.items():
        setattr(channel, name, value)
    assert f"Posted in <#{BLUE}>." in press_post(harness, answer).words
    assert len(harness.posts(BLUE)) == 1


@pytest.mark.parametrize("reason", ["missing_scope", "token_revoked", "msg_too_long", "no_permission"])
def test_a_permanent_refusal_has_its_own_words_and_no_promise(harness: Harness, reason: str) -> None:
    harness.playground.fail_next("chat.postMessage", status=200, error=reason)

    answer = press_post(harness, harness.say("/ccm digest Blue Team", LEAD).message)

    assert f"Slack refused ({reason}):" in answer.words
    assert "Nothing was posted." in answer.words
    assert "try again" not in answer.words.lower()


def test_a_refusal_that_may_pass_asks_for_another_try(harness: Harness) -> None:
    harness.playground.fail_next("chat.postMessage", status=200, error="service_unavailable")

    answer = press_post(harness, harness.say("/ccm digest Blue Team", LEAD).message)

    assert "Nothing was posted." in answer.words
    assert "Try again in a minute." in answer.words


def test_where_slack_may_have_posted_nobody_is_told_that_it_did_not(harness: Harness) -> None:
    harness.playground.fail_next("chat.postMessage", status=500, error="fatal_error", after_accepting=True)

    answer = press_post(harness, harness.say("/ccm digest Blue Team", LEAD).message)

    assert "It is not known whether it was posted." in answer.words
    assert "asked for less than a minute ago" in press_post(harness, answer).words
    assert len(harness.posts(BLUE)) == 1


def test_a_digest_that_slack_does_not_take_as_blocks_is_posted_as_text(harness: Harness) -> None:
    for _ in range(5):  # four tries with the picture, one without
        harness.playground.fail_next("chat.postMessage", status=200, error="invalid_blocks")

    with capture_logs() as logs:
        answer = press_post(harness, harness.say("/ccm digest Blue Team", LEAD).message)

    assert "Posted in" in answer.words
    (posted,) = harness.posts(BLUE)
    assert not [block for block in posted.blocks if block["type"] == "table"]
    assert "P-1042" in posted.text
    assert "*4 business days left* to reach the next code." in posted.text
    assert {"event": "blocks_refused", "reason": "invalid_blocks", "log_level": "error"} in logs


def test_a_changed_digest_that_slack_does_not_take_as_blocks_is_changed_to_text(harness: Harness) -> None:
    harness.playground.workspace.takes_files = False
    press_post(harness, harness.say("/ccm digest Blue Team", LEAD).message)
    harness.playground.fail_next("chat.update", status=200, error="invalid_blocks")

    harness.say("/ccm log P-1042 4m labs Reviewed the potassium. Result sent on.")
    harness.settle()

    (posted,) = harness.posts(BLUE)
    assert "done by nurse1" in posted.text
    assert table_rows(posted) == []


def test_a_direct_message_that_slack_does_not_take_as_blocks_comes_as_text(harness: Harness) -> None:
    harness.playground.fail_next("chat.postMessage", status=200, error="invalid_blocks")
    words = {"type": "section", "text": {"type": "plain_text", "text": "Done < due"}}

    send_direct(harness.client, ADMIN, {"text": "In short.", "blocks": [words]})

    (message,) = harness.person(ADMIN).direct_messages()
    assert message.text == "Done &lt; due"


@pytest.mark.parametrize("state", ["deleted", "messages tab"])
def test_a_direct_message_that_slack_does_not_take_says_why(harness: Harness, state: str) -> None:
    if state == "deleted":
        harness.playground.workspace.users[ADMIN].deleted = True
    else:
        harness.playground.fail_next("chat.postMessage", status=200, error="messages_tab_disabled")

    with pytest.raises(ChannelError) as caught:
        send_direct(harness.client, ADMIN, {"text": "In short."})

    assert caught.value.reason == ("user_disabled" if state == "deleted" else "messages_tab_disabled")


def test_an_answer_that_slack_does_not_take_as_blocks_comes_as_text(harness: Harness) -> None:
    saved = harness.say(LINE)
    harness.playground.fail_next("response_url", status=400, error="invalid_blocks")

    harness.press(saved, UNDO)

    assert "*Undone* · *P-1042*" in shown(harness, saved.message, "U0NURSE1").text
    assert harness.live_count() == 1


def test_an_answer_that_comes_too_late_is_logged_with_the_reason(harness: Harness) -> None:
    saved = harness.say(LINE)
    harness.playground.fail_next("response_url", status=404, error="expired_url")

    with capture_logs() as logs:
        harness.press(saved, UNDO)

    assert [line["reason"] for line in logs if line["event"] == "slack_refused"] == ["expired_url"]


def test_files_that_the_workspace_takes_none_of_are_said_not_to_be_posted(harness: Harness) -> None:
    harness.playground.workspace.takes_files = False

    harness.say("/ccm export", BILLER)
    harness.settle()

    said = harness.person(BILLER).messages("C0GENERAL")[-1].words
    assert "Slack refused (file_uploads_disabled):" in said
    assert "Nothing was posted." in said
    assert "ccm export" in said
    assert "try again" not in said.lower()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("view_too_large", "does not show the form"),
        ("token_revoked", "the bot's token"),
        ("expired_trigger_id", "Try again: it is usually faster"),
    ],
)
def test_a_form_that_slack_does_not_show_is_answered_with_the_reason_and_what_was_typed(
    harness: Harness, reason: str, words: str
) -> None:
    harness.playground.fail_next("views.open", status=200, error=reason)

    seen = harness.say("/ccm log P-1042 meds Reconciled.")

    assert words in seen.words
    assert "Nothing was saved." in seen.words
    assert "/ccm log P-1042 meds Reconciled." in seen.words


def test_a_command_delivered_twice_opens_its_form_once_and_says_nothing(harness: Harness) -> None:
    assert harness.say("/ccm log").modal is not None

    with capture_logs() as logs:
        answer = harness.deliver_again("slash_commands")

    assert answer == {}
    assert [line["event"] for line in logs if line["event"] in {"delivered_again", "slack_refused"}] == [
        "delivered_again"
    ]
    assert not [line for line in logs if line["log_level"] == "error"]


@pytest.mark.parametrize("opens", ["log_form", "shortcut"])
def test_a_press_or_a_shortcut_delivered_twice_is_no_failure(harness: Harness, opens: str) -> None:
    seen = harness.press(harness.say(LINE), opens) if opens == "log_form" else harness.person().shortcut("log_shortcut")
    assert seen.modal is not None

    with capture_logs() as logs:
        harness.deliver_again("interactive")

    assert [line["event"] for line in logs].count("delivered_again") == 1
    assert not [line for line in logs if line["log_level"] == "error"]


def team_form(harness: Harness) -> Any:
    modal = harness.say("/ccm team Blue Team", ADMIN).modal
    assert modal is not None
    return modal


def test_a_channel_shared_with_another_organization_is_refused_for_a_team(harness: Harness) -> None:
    form = team_form(harness)
    channels = harness.playground.workspace.channels
    channels["C0GREEN"].is_ext_shared = True
    with pytest.raises(ImpossibleAction, match="the menu does not show it"):
        harness.person(ADMIN).submit(form, {"channel_id": "C0GREEN"})
    channels[BLUE].is_ext_shared = True

    seen = harness.person(ADMIN).submit(team_form(harness), {"name": "Azure Team"})

    assert seen.errors == {
        "channel_id": "That channel is shared with another organization, whose people would see patient codes "
        "(is_ext_shared). Choose one of your own workspace."
    }
    assert "Blue Team" in harness.say("/ccm team", ADMIN).words


def test_a_team_is_saved_where_slack_does_not_say_whose_a_channel_is(harness: Harness) -> None:
    harness.playground.fail_next("conversations.info", status=200, error="missing_scope")

    seen = harness.person(ADMIN).submit(team_form(harness), {"name": "Azure Team"})

    assert seen.errors == {}
    assert "Azure Team" in harness.say("/ccm team", ADMIN).words


def test_the_button_of_a_refused_digest_is_there_after_a_mistake_too(harness: Harness) -> None:
    preview = harness.say("/ccm digest Blue Team", LEAD).message
    harness.playground.workspace.channels[BLUE].is_archived = True

    assert has_button(press_post(harness, preview), digest.POST_NOW)
