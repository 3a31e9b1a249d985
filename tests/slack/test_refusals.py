"""Slack's refusals: each has its own words and remedy, and nobody is told to try again what waiting does not cure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from bot.errors import channel_error
from bot.slack.refusals import OURS, REFUSALS, Kind, error_of, posting, reason_of, refused
from jobs.channel import ChannelError, Posted, Refusal

AGAIN = re.compile(r"try again|in a minute|in a moment", re.IGNORECASE)


def said(reason: str) -> str:
    error = error_of(reason)
    return f"{error.title} {error.remedy}"


@pytest.mark.parametrize("reason", REFUSALS)
def test_every_refusal_has_words_and_a_remedy_and_names_itself(reason: str) -> None:
    error = error_of(reason)

    assert len(error.title.split()) > 3
    assert error.remedy.endswith((".", "ccm export", "/ccm digest"))
    assert (f"({reason})" in error.title) or reason in OURS


@pytest.mark.parametrize("reason", REFUSALS)
def test_try_again_is_said_of_what_may_pass_and_of_nothing_else(reason: str) -> None:
    assert bool(AGAIN.search(said(reason))) == (REFUSALS[reason].kind is Kind.PASSING)


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("restricted_action", Kind.RIGHTS, "a setting of the workspace keeps the app from posting"),
        ("missing_scope", Kind.RIGHTS, "manifest.yml"),
        ("token_revoked", Kind.TOKEN, "installed again"),
        ("file_uploads_disabled", Kind.FILES, "takes no such files"),
        ("is_archived", Kind.CHANNEL, "another one with /ccm team"),
        ("not_in_channel", Kind.CHANNEL, "/invite @CCM Ledger"),
        ("msg_too_long", Kind.MESSAGE, "Ask for less"),
        ("invalid_blocks", Kind.BLOCKS, "the bot has to be mended"),
        ("messages_tab_disabled", Kind.PERSON, "Messages tab"),
        ("view_too_large", Kind.VIEW, "does not show the form"),
        ("ratelimited", Kind.PASSING, "Try again in a minute"),
    ],
)
def test_the_usual_refusals_say_what_to_do(reason: str, kind: Kind, words: str) -> None:
    assert REFUSALS[reason].kind is kind
    assert words in said(reason)


@given(st.from_regex(r"[a-z_]{3,30}", fullmatch=True).filter(lambda one: one not in REFUSALS))
def test_of_a_reason_that_is_not_known_nothing_is_promised(reason: str) -> None:
    assert f"({reason})" in said(reason)
    assert not AGAIN.search(said(reason))
    assert refused(SlackApiError("said", {"ok": False, "error": reason})).refusal is Refusal.FOR_NOW


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        (Posted.NOTHING, "Nothing was posted."),
        (Posted.PART, "Part of it was posted."),
        (Posted.UNKNOWN, "It is not known whether it was posted."),
    ],
)
def test_how_much_was_posted_is_said(posted: Posted, words: str) -> None:
    assert words in channel_error(ChannelError("is_archived", posted=posted)).title


@pytest.mark.parametrize("reason", REFUSALS)
def test_nothing_was_posted_is_said_where_slack_said_no(reason: str) -> None:
    error = refused(SlackApiError("said", {"ok": False, "error": reason}))

    may_be_there = {"internal_error", "fatal_error", "slack_unreachable", "claim_lost"}
    assert error.posted is (Posted.UNKNOWN if reason in may_be_there else Posted.NOTHING)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"ok": False, "error": "is_archived"}, "is_archived"),
        ({"status": 503, "body": "<html>"}, "internal_error"),
        ({"status": 500, "error": "something_new"}, "internal_error"),
        ({"status": 404}, "unknown_error"),
    ],
)
def test_an_answer_without_a_word_is_known_by_its_status(answer: dict[str, object], reason: str) -> None:
    assert reason_of(SlackApiError("said", answer)) == reason


def test_a_lost_connection_leaves_open_whether_it_was_posted() -> None:
    with pytest.raises(ChannelError) as caught, posting():
        raise ConnectionResetError

    assert (caught.value.reason, caught.value.posted) == ("slack_unreachable", Posted.UNKNOWN)
