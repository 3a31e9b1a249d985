"""``/ccm digest``: the preview, when the next one comes, and posting it now."""

import pytest
from support.practice import an_entry
from support.slack import BLUE, GREEN, LONG, LONG_NAME, NEAR_COUNT, Harness, table_rows

from bot.playground import Glance
from bot.views import digest
from ledger.rules.facts import Contact

LEAD, LEAD_OF_GREEN, ADMIN = "U0LEAD1", "U0LEAD2", "U0ADMIN1"


def post_now(harness: Harness, preview: Glance, user: str = LEAD) -> str:
    """What the user sees in the preview's place after pressing "Post now"."""
    harness.person(user).press(preview.message, digest.POST_NOW)

    def shown() -> str:
        seen = harness.person(user).messages(preview.message.channel_id)
        return next(each.words for each in seen if each.ts == preview.message.ts)

    assert harness.playground.wait_until(lambda: shown() != preview.message.words)
    return shown()


def test_the_preview_shows_the_digest_and_when_it_will_be_posted(harness: Harness) -> None:
    harness.work(an_entry(minutes=17, contact=Contact.LIVE))

    seen = harness.say("/ccm digest Blue Team", LEAD)

    assert (
        f"*Preview for <#{BLUE}>.* Next digests: Wed Nov 25 at 9:00 am · Fri Nov 27 at 9:00 am · Thu Dec 24 at 9:00 am."
        in seen.words
    )
    assert "*4 business days left* to reach the next code." in seen.words
    assert "Billable now: 0 of 3 enrolled patients (0 %) · expected payment $0.00" in seen.words
    assert table_rows(seen.message)[0][0] == "P-1042"
    assert seen.message.ephemeral
    assert harness.posts(BLUE) == []


def test_the_only_team_of_a_lead_need_not_be_named(harness: Harness) -> None:
    assert f"*Preview for <#{GREEN}>.*" in harness.say("/ccm digest", LEAD_OF_GREEN).words


@pytest.mark.parametrize(
    ("user", "words", "complaint"),
    [
        (LEAD, "", "Which team? You have Blue Team, Green Team."),
        (LEAD_OF_GREEN, "Blue Team", "You have Green Team, not Blue Team."),
        (LEAD, "Purple", "is no month and no team"),
    ],
)
def test_a_team_that_is_not_clear_or_not_ones_own_is_refused(
    harness: Harness, user: str, words: str, complaint: str
) -> None:
    assert complaint in harness.say(f"/ccm digest {words}", user).words


def test_an_admin_may_preview_every_team(harness: Harness) -> None:
    assert f"*Preview for <#{GREEN}>.*" in harness.say("/ccm digest Green Team", ADMIN).words


def test_post_now_posts_in_the_channel_of_the_team_and_says_where(harness: Harness) -> None:
    harness.work(an_entry(minutes=17, contact=Contact.LIVE))

    answer = post_now(harness, harness.say("/ccm digest Blue Team", LEAD))

    assert f"Posted in <#{BLUE}>." in answer
    (posted,) = harness.posts(BLUE)
    assert posted.text == "Blue Team · November 2026: 1 patient near the next code, worth $66.13."
    assert table_rows(posted)[0][-2:] == ["Wed Nov 18, nurse1", "open"]


def test_a_team_with_nobody_near_gets_one_line(harness: Harness) -> None:
    post_now(harness, harness.say("/ccm digest Blue Team", LEAD))

    (posted,) = harness.posts(BLUE)
    assert "Nobody is near the next code. Billable now: 0 of 3 enrolled patients" in posted.words
    assert len(posted.blocks) == 1


def test_post_now_twice_in_a_minute_posts_once_and_says_why(harness: Harness) -> None:
    post_now(harness, harness.say("/ccm digest Blue Team", LEAD))
    harness.clock.move(seconds=20)

    answer = post_now(harness, harness.say("/ccm digest Blue Team", ADMIN), ADMIN)

    assert "was asked for less than a minute ago" in answer
    assert len(harness.posts(BLUE)) == 1


def test_post_now_may_be_pressed_again_a_minute_later(harness: Harness) -> None:
    post_now(harness, harness.say("/ccm digest Blue Team", LEAD))
    harness.clock.move(minutes=1)
    post_now(harness, harness.say("/ccm digest Blue Team", LEAD))

    assert len(harness.posts(BLUE)) == 2


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ({"bot_is_member": False}, "Slack refused (not_in_channel): the bot is not in that channel."),
        ({"is_archived": True}, "Slack refused (is_archived): that channel is archived."),
    ],
)
def test_a_channel_that_refuses_is_explained_with_what_to_do(
    harness: Harness, channel: dict[str, bool], words: str
) -> None:
    harness.allows_refusals = True
    for name, value in channel.items():
        setattr(harness.playground.workspace.channels[BLUE], name, value)

    answer = post_now(harness, harness.say("/ccm digest Blue Team", LEAD))

    assert words in answer
    assert "/invite" in answer or "another one with /ccm team" in answer


def test_what_was_refused_a_moment_before_is_posted_once_it_can_be(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.playground.workspace.channels[BLUE].bot_is_member = False
    post_now(harness, harness.say("/ccm digest Blue Team", LEAD))
    harness.playground.workspace.channels[BLUE].bot_is_member = True

    answer = post_now(harness, harness.say("/ccm digest Blue Team", LEAD))

    assert f"Posted in <#{BLUE}>." in answer
    assert len(harness.posts(BLUE)) == 1


def test_paging_through_a_long_preview_shows_everybody_once(full_harness: Harness) -> None:
    pages = full_harness.all_pages(full_harness.say("/ccm digest blue", ADMIN), digest.PAGE, ADMIN)

    assert [row[0] for page in pages for row in table_rows(page)] == [f"N-{number:04}" for number in range(NEAR_COUNT)]


def test_a_long_digest_continues_in_the_thread(full_harness: Harness) -> None:
    full_harness.forget_message_rate()

    post_now(full_harness, full_harness.say("/ccm digest blue", ADMIN), ADMIN)

    (posted,) = full_harness.posts(BLUE)
    thread = full_harness.thread(BLUE, posted.ts)
    assert [row[0] for each in thread for row in table_rows(each)] == [f"N-{number:04}" for number in range(NEAR_COUNT)]
    assert len(thread) < 25
    words = "\n".join(each.words for each in thread)
    assert all(words.count(f"*S-{number:04}*") == 1 for number in range(200))


def test_the_digest_of_a_team_with_a_very_long_name_is_posted(full_harness: Harness) -> None:
    post_now(full_harness, full_harness.say(f"/ccm digest {LONG_NAME}", ADMIN), ADMIN)

    (posted,) = full_harness.posts(LONG)
    assert [row[0] for row in table_rows(posted)] == ["L-0001"]
    assert "&lt;sons&gt;" in posted.text
