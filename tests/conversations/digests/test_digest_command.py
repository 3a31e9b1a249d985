"""``/ccm digest``: the preview, when the next one comes, and posting it now."""

import pytest
from support.practice import an_entry
from support.slack import BLUE, GREEN, LONG, LONG_NAME, NEAR_COUNT, Office, table_rows

from bot.playground import Glance
from bot.views import digest
from ledger.rules.facts import Contact

LEAD, LEAD_OF_GREEN, ADMIN = "U0LEAD1", "U0LEAD2", "U0ADMIN1"


def post_now(office: Office, preview: Glance, user: str = LEAD) -> str:
    """What the user sees in the preview's place after pressing "Post now"."""
    office.person(user).press(preview.message, digest.POST_NOW)

    def shown() -> str:
        seen = office.person(user).messages(preview.message.channel_id)
        return next(each.words for each in seen if each.ts == preview.message.ts)

    assert office.playground.wait_until(lambda: shown() != preview.message.words)
    return shown()


def test_the_preview_shows_the_digest_and_when_it_will_be_posted(office: Office) -> None:
    office.work(an_entry(minutes=17, contact=Contact.LIVE))

    seen = office.say("/ccm digest Blue Team", LEAD)

    assert (
        f"*Preview for <#{BLUE}>.* Next digests: Wed Nov 25 at 9:00 am · Fri Nov 27 at 9:00 am · Thu Dec 24 at 9:00 am."
        in seen.words
    )
    assert "*4 business days left* to reach the next code." in seen.words
    assert "Billable now: 0 of 3 enrolled patients (0 %) · expected payment $0.00" in seen.words
    assert table_rows(seen.message)[0][0] == "P-1042"
    assert seen.message.ephemeral
    assert office.posts(BLUE) == []


def test_the_only_team_of_a_lead_need_not_be_named(office: Office) -> None:
    assert f"*Preview for <#{GREEN}>.*" in office.say("/ccm digest", LEAD_OF_GREEN).words


@pytest.mark.parametrize(
    ("user", "words", "complaint"),
    [
        (LEAD, "", "Which team? You have Blue Team, Green Team."),
        (LEAD_OF_GREEN, "Blue Team", "You have Green Team, not Blue Team."),
        (LEAD, "Purple", "is no month and no team"),
    ],
)
def test_a_team_that_is_not_clear_or_not_ones_own_is_refused(
    office: Office, user: str, words: str, complaint: str
) -> None:
    assert complaint in office.say(f"/ccm digest {words}", user).words


def test_an_admin_may_preview_every_team(office: Office) -> None:
    assert f"*Preview for <#{GREEN}>.*" in office.say("/ccm digest Green Team", ADMIN).words


def test_post_now_posts_in_the_channel_of_the_team_and_says_where(office: Office) -> None:
    office.work(an_entry(minutes=17, contact=Contact.LIVE))

    answer = post_now(office, office.say("/ccm digest Blue Team", LEAD))

    assert f"Posted in <#{BLUE}>." in answer
    (posted,) = office.posts(BLUE)
    assert posted.text == "Blue Team · November 2026: 1 patient near the next code, worth $66.13."
    assert table_rows(posted)[0][-2:] == ["Wed Nov 18, nurse1", "open"]


def test_a_team_with_nobody_near_gets_one_line(office: Office) -> None:
    post_now(office, office.say("/ccm digest Blue Team", LEAD))

    (posted,) = office.posts(BLUE)
    assert "Nobody is near the next code. Billable now: 0 of 3 enrolled patients" in posted.words
    assert len(posted.blocks) == 1


def test_post_now_twice_in_a_minute_posts_once_and_says_why(office: Office) -> None:
    post_now(office, office.say("/ccm digest Blue Team", LEAD))
    office.clock.move(seconds=20)

    answer = post_now(office, office.say("/ccm digest Blue Team", ADMIN), ADMIN)

    assert "was asked for less than a minute ago" in answer
    assert len(office.posts(BLUE)) == 1


def test_post_now_may_be_pressed_again_a_minute_later(office: Office) -> None:
    post_now(office, office.say("/ccm digest Blue Team", LEAD))
    office.clock.move(minutes=1)
    post_now(office, office.say("/ccm digest Blue Team", LEAD))

    assert len(office.posts(BLUE)) == 2


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ({"bot_is_member": False}, "Slack did not take the message (not_in_channel)"),
        ({"is_archived": True}, "Slack did not take the message (is_archived)"),
    ],
)
def test_a_channel_that_refuses_is_explained_with_what_to_do(
    office: Office, channel: dict[str, bool], words: str
) -> None:
    office.allows_refusals = True
    for name, value in channel.items():
        setattr(office.playground.workspace.channels[BLUE], name, value)

    answer = post_now(office, office.say("/ccm digest Blue Team", LEAD))

    assert words in answer
    assert "/invite" in answer or "another one with /ccm team" in answer


def test_nothing_is_said_to_be_posted_that_was_refused_a_moment_before(office: Office) -> None:
    office.allows_refusals = True
    office.playground.workspace.channels[BLUE].bot_is_member = False
    post_now(office, office.say("/ccm digest Blue Team", LEAD))
    office.playground.workspace.channels[BLUE].bot_is_member = True

    answer = post_now(office, office.say("/ccm digest Blue Team", LEAD))

    assert "Posted" not in answer
    assert "try again in a minute" in answer
    assert office.posts(BLUE) == []


def test_paging_through_a_long_preview_shows_everybody_once(crowded_office: Office) -> None:
    pages = crowded_office.all_pages(crowded_office.say("/ccm digest blue", ADMIN), digest.PAGE, ADMIN)

    assert [row[0] for page in pages for row in table_rows(page)] == [f"N-{number:04}" for number in range(NEAR_COUNT)]


def test_a_long_digest_continues_in_the_thread(crowded_office: Office) -> None:
    crowded_office.forget_message_rate()

    post_now(crowded_office, crowded_office.say("/ccm digest blue", ADMIN), ADMIN)

    (posted,) = crowded_office.posts(BLUE)
    thread = crowded_office.thread(BLUE, posted.ts)
    assert [row[0] for each in thread for row in table_rows(each)] == [f"N-{number:04}" for number in range(NEAR_COUNT)]
    assert len(thread) < 25
    words = "\n".join(each.words for each in thread)
    assert all(words.count(f"*S-{number:04}*") == 1 for number in range(200))


def test_the_digest_of_a_team_with_a_very_long_name_is_posted(crowded_office: Office) -> None:
    post_now(crowded_office, crowded_office.say(f"/ccm digest {LONG_NAME}", ADMIN), ADMIN)

    (posted,) = crowded_office.posts(LONG)
    assert [row[0] for row in table_rows(posted)] == ["L-0001"]
    assert "&lt;sons&gt;" in posted.text
