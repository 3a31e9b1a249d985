"""The picture in a digest: shown once whatever goes wrong, in words for those who do not see it, never in the way."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.deaths import Death, dying
from support.practice import an_entry
from support.slack import BLUE, GREEN, Harness

from bot.messages.digest_channel import PAUSES_SECONDS, SlackChannel
from bot.playground import SeenMessage
from jobs.digests.posting import run_due
from jobs.digests.updating import LivingDigests
from jobs.scheduling.claims import LEASE
from ledger.rules.facts import Activity
from ledger.setting_changes import change_policy

NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


@pytest.fixture
def at_nine(harness: Harness) -> Harness:
    """The harness when its digests are due, with one patient near in the blue team."""
    harness.work(an_entry(minutes=17))
    harness.clock.now = NINE
    harness.forget_message_rate()
    return harness


@pytest.fixture
def pauses() -> list[float]:
    """How long the channel waited for Slack each time."""
    return []


def tick(harness: Harness, pauses: list[float] | None = None) -> None:
    """Posts what is due, and keeps what is posted up to date, as a process does each minute."""
    channel = SlackChannel(harness.client, pause=[].append if pauses is None else pauses.append)
    run_due(harness.database.of("T0TEST"), harness.practice.practice_id, channel, by="a process", now=harness.clock)
    LivingDigests(harness.database, channel, harness.clock).tick(harness.practice.practice_id)


def a_later_process(harness: Harness) -> None:
    """What another process does when the lease of one that died is over."""
    harness.clock.now += LEASE + timedelta(seconds=1)
    tick(harness)


def thread(harness: Harness) -> list[SeenMessage]:
    """The only digest in the blue channel with its thread."""
    (posted,) = harness.posts(BLUE)
    return harness.thread(BLUE, posted.ts)


def pictures(seen: SeenMessage) -> list[dict[str, Any]]:
    return [block for block in seen.blocks if block["type"] == "image"]


def places(harness: Harness) -> list[int]:
    """How many pictures each message of the digest has."""
    return [len(pictures(seen)) for seen in thread(harness)]


def uploads(harness: Harness) -> int:
    return len(harness.playground.calls("files.completeUploadExternal"))


def refuse_pictures(harness: Harness, times: int) -> None:
    for _ in range(times):
        harness.playground.fail_next("chat.postMessage", status=200, error="invalid_blocks")


def killed(harness: Harness, monkeypatch: pytest.MonkeyPatch, place: str, *, after: int) -> None:
    """A process that dies at that method of Slack's client."""
    with monkeypatch.context() as patch:
        patch.setattr(harness.client, place, dying(getattr(harness.client, place), after=after))
        with pytest.raises(Death):
            tick(harness)


@pytest.mark.paints
def test_the_first_message_has_the_picture_and_the_same_in_words(at_nine: Harness) -> None:
    tick(at_nine)

    (seen,) = thread(at_nine)
    (block,) = pictures(seen)
    assert block["alt_text"].startswith(
        "Patients by counted minutes, Blue Team, November 2026, as of Wed Nov 25. "
        "CCM patients by minutes: 2 at 0, 1 at 15–19. Codes: 99490 at 20, 99439 at 40, 99439 / 99487 at 60."
    )
    with urllib.request.urlopen(f"{at_nine.playground.url}/files/{block['slack_file']['id']}/picture") as response:  # noqa: S310 - the playground's address
        png = response.read()
    assert png.startswith(b"\x89PNG")
    assert len(png) < 1_000_000
    begun = at_nine.playground.calls("files.getUploadURLExternal")[0].payload
    assert block["alt_text"].startswith(begun["alt_txt"])
    assert begun["filename"] == "patients-by-minutes.png"


def test_a_changed_message_keeps_its_picture(at_nine: Harness) -> None:
    tick(at_nine)
    before = pictures(thread(at_nine)[0])
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))
    tick(at_nine)

    (seen,) = thread(at_nine)
    assert "done by nurse2" in seen.words
    assert [(one["slack_file"], one["alt_text"]) for one in pictures(seen)] == [
        (one["slack_file"], one["alt_text"]) for one in before
    ]
    assert uploads(at_nine) == 1


def test_a_digest_with_nobody_near_has_no_picture(at_nine: Harness) -> None:
    tick(at_nine)

    assert [pictures(seen) for seen in at_nine.posts(GREEN)] == [[]]
    assert uploads(at_nine) == 1


def test_a_practice_may_do_without(at_nine: Harness) -> None:
    with at_nine.database.of("T0TEST").writing() as connection:
        change_policy(connection, at_nine.practice, "digest_picture", False, at=NINE, recorded_by="admin1")  # noqa: FBT003 - a policy's value
    tick(at_nine)

    assert (places(at_nine), uploads(at_nine)) == ([0], 0)


def test_a_picture_that_slack_has_not_ready_at_once_is_waited_for(at_nine: Harness, pauses: list[float]) -> None:
    refuse_pictures(at_nine, 2)
    tick(at_nine, pauses)

    assert places(at_nine) == [1]
    assert tuple(pauses) == PAUSES_SECONDS[:3]


def test_a_digest_whose_picture_slack_does_not_take_is_posted_with_the_picture_in_its_thread(
    at_nine: Harness, pauses: list[float]
) -> None:
    refuse_pictures(at_nine, len(PAUSES_SECONDS))
    tick(at_nine, pauses)
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))
    tick(at_nine)

    assert places(at_nine) == [0, 1]
    first, picture = thread(at_nine)
    assert "done by nurse2" in first.words
    assert picture.text == "Blue Team · November 2026: patients by counted minutes"
    assert uploads(at_nine) == 1


def test_a_digest_is_posted_though_slack_never_takes_the_picture(at_nine: Harness) -> None:
    post = at_nine.client.chat_postMessage

    def picky(**message: Any) -> Any:
        if "slack_file" in json.dumps(message, default=str):
            at_nine.playground.fail_next("chat.postMessage", status=200, error="invalid_blocks")
        return post(**message)

    at_nine.client.chat_postMessage = picky  # type: ignore[method-assign, assignment]
    with capture_logs() as logs:
        tick(at_nine)

    assert places(at_nine) == [0]
    assert [each["event"] for each in logs].count("picture_refused") == 2
    a_later_process(at_nine)
    assert places(at_nine) == [0]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_digest_is_posted_though_the_picture_cannot_be_uploaded(at_nine: Harness, method: str) -> None:
    at_nine.playground.fail_next(method, status=500)
    tick(at_nine)

    assert places(at_nine) == [0]


def test_a_digest_is_posted_though_the_picture_cannot_be_drawn(
    at_nine: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_digest: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr("bot.messages.chart.draw", fail)
    with capture_logs() as logs:
        tick(at_nine)

    assert places(at_nine) == [0]
    assert logs[0]["event"] == "unexpected_failure"


def test_a_picture_that_was_deleted_keeps_no_message_from_being_changed(at_nine: Harness) -> None:
    tick(at_nine)
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))
    at_nine.playground.fail_next("chat.update", status=200, error="invalid_blocks")
    tick(at_nine)

    assert places(at_nine) == [0]
    assert "done by nurse2" in thread(at_nine)[0].words


def test_a_process_killed_between_upload_and_post_leads_to_one_picture(
    at_nine: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(at_nine, monkeypatch, "chat_postMessage", after=0)
    assert (at_nine.posts(BLUE), uploads(at_nine)) == ([], 1)
    a_later_process(at_nine)

    assert (places(at_nine), uploads(at_nine)) == ([1], 1)


def test_a_process_killed_during_the_upload_leads_to_one_picture(
    at_nine: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(at_nine, monkeypatch, "files_upload_v2", after=0)
    a_later_process(at_nine)

    assert places(at_nine) == [1]


@pytest.mark.parametrize("place", ["keep_message", "finish"])
def test_a_process_killed_after_the_post_leads_to_one_message_with_one_picture_that_lives(
    at_nine: Harness, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(f"jobs.digests.posting.{place}", dying(lambda: None, after=0))
        with pytest.raises(Death):
            tick(at_nine)
    assert places(at_nine) == [1]
    at_nine.work(an_entry(minutes=4, staff="nurse2", activity=Activity.RESULTS_REVIEW))
    for _ in range(2):
        a_later_process(at_nine)

    assert (places(at_nine), uploads(at_nine)) == ([1], 1)
    assert "done by nurse2" in thread(at_nine)[0].words


def test_a_process_killed_before_the_picture_is_in_the_thread_leads_to_one_there(
    at_nine: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_pictures(at_nine, len(PAUSES_SECONDS))
    killed(at_nine, monkeypatch, "chat_postMessage", after=len(PAUSES_SECONDS) + 1)
    assert places(at_nine) == [0]
    for _ in range(2):
        a_later_process(at_nine)

    assert (places(at_nine), uploads(at_nine)) == ([0, 1], 1)


def test_a_process_killed_after_the_picture_is_in_the_thread_leads_to_no_second(
    at_nine: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_pictures(at_nine, len(PAUSES_SECONDS))
    with monkeypatch.context() as patch:
        patch.setattr("jobs.digests.posting.finish", dying(lambda: None, after=0))
        with pytest.raises(Death):
            tick(at_nine)
    assert places(at_nine) == [0, 1]
    for _ in range(2):
        a_later_process(at_nine)

    assert (places(at_nine), uploads(at_nine)) == ([0, 1], 1)


def test_what_is_wrong_besides_the_picture_is_said(at_nine: Harness) -> None:
    at_nine.playground.fail_next("chat.postMessage", status=200, error="not_in_channel")
    with capture_logs() as logs:
        tick(at_nine)

    assert ("digest_not_delivered", "not_in_channel") in {(each["event"], each.get("reason")) for each in logs}
    assert at_nine.posts(BLUE) == []
