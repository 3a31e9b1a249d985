"""A digest that comes late says so; one whose day is over does not come, and the lead is told so once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.deaths import Death
from support.month_messages import runs
from support.practice import an_entry, import_rows
from support.slack import BLUE, GREEN, Harness

from bot.messages.digest_channel import SlackChannel
from bot.messages.direct_messages import SlackDirect
from bot.playground import SeenMessage
from jobs.digests.posting import run_due
from jobs.notices.missed import run_missed
from jobs.scheduling.claims import LEASE

TUESDAY_TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""When the digests of the 25th and, for Thanksgiving, of the 26th are due."""
FRIDAY_EIGHT = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)
LEADS = {BLUE: "U0LEAD1", GREEN: "U0LEAD2"}
"""Lead One leads both teams, Lead Two the green one."""
LINE = (
    "The digest of Blue Team due on Wed Nov 25 at 9:00 am was not posted: the bot or Slack was away. "
    "The list as it is now: /ccm near Blue Team"
)


@pytest.fixture
def harness(harness: Harness) -> Harness:
    """The harness on Tuesday, where somebody watches the clock and one patient is near in the blue team."""
    harness.work(an_entry(minutes=17))
    harness.clock.now = TUESDAY_TEN
    harness.forget_message_rate()
    watch(harness)
    return harness


def tick(harness: Harness, by: str = "a process") -> int:
    """How many digests a process posts now."""
    return run_due(harness.database.of("T0TEST"), "T0TEST", SlackChannel(harness.client), by=by, now=harness.clock)


def watch(harness: Harness, by: str = "a process") -> int:
    """How many runs a process finds missed now."""
    return run_missed(harness.database.of("T0TEST"), "T0TEST", SlackDirect(harness.client), by=by, now=harness.clock)


def told(harness: Harness, user: str = "U0LEAD1") -> list[str]:
    return [message.text for message in harness.person(user).direct_messages()]


def blue_post(harness: Harness) -> SeenMessage:
    (post,) = harness.posts(BLUE)
    return post


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (15, False), (16, True), (600, True)])
def test_a_digest_says_that_it_is_late_from_a_quarter_of_an_hour_on(harness: Harness, minutes: int, late: bool) -> None:
    harness.clock.now = WEDNESDAY_NINE + timedelta(minutes=minutes)

    assert tick(harness) == 2

    assert ("*Late:* this list was due at 9:00 am." in blue_post(harness).words) is late
    assert [run.is_late for run in runs(harness)] == [late, late]


def test_a_late_digest_goes_on_saying_so_when_it_is_updated(harness: Harness) -> None:
    harness.clock.now = WEDNESDAY_NINE + timedelta(hours=2)
    tick(harness)

    harness.work(an_entry(minutes=4))
    harness.person().press(blue_post(harness), "digest_refresh")
    harness.settle()

    assert "done" in blue_post(harness).words
    assert "*Late:* this list was due at 9:00 am." in blue_post(harness).words


def test_what_was_missed_while_everything_was_down_is_not_posted_and_the_lead_is_told_in_one_line(
    harness: Harness,
) -> None:
    harness.clock.now = FRIDAY_EIGHT

    assert tick(harness) == 0
    assert watch(harness) == 2

    assert (harness.posts(BLUE), harness.posts(GREEN)) == ([], [])
    assert told(harness) == [LINE, LINE.replace("Blue Team", "Green Team")]
    assert told(harness, "U0LEAD2") == [LINE.replace("Blue Team", "Green Team")]
    assert told(harness, "U0NURSE1") == []


def test_it_is_told_once_however_many_processes_come_back(harness: Harness) -> None:
    harness.clock.now = FRIDAY_EIGHT

    for number in range(3):
        watch(harness, by=f"process {number}")
        harness.clock.now += LEASE + timedelta(minutes=10)

    assert len(told(harness)) == 2
    assert [run.missed_at for run in runs(harness) if run.kind == "digest"] == [FRIDAY_EIGHT, FRIDAY_EIGHT]


def test_what_is_missed_is_never_posted_any_more(harness: Harness) -> None:
    harness.clock.now = FRIDAY_EIGHT
    watch(harness)
    harness.clock.now = WEDNESDAY_NINE + timedelta(hours=3)  # a process whose clock is wrong

    assert tick(harness) == 0


def test_on_the_same_day_it_is_posted_and_nobody_is_told(harness: Harness) -> None:
    harness.clock.now = WEDNESDAY_NINE + timedelta(hours=14, minutes=59)

    assert (watch(harness), tick(harness), watch(harness)) == (0, 2, 0)
    harness.clock.now += timedelta(hours=2)
    assert watch(harness) == 0

    assert told(harness) == []


def test_whoever_watches_for_the_first_time_has_missed_nothing(harness: Harness) -> None:
    import_rows(harness.database, harness.practice, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    harness.clock.now = FRIDAY_EIGHT
    fresh = "DELETE FROM watches"
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql(fresh)

    assert watch(harness) == 0
    assert told(harness) == []


def test_a_digest_that_slack_refused_all_day_is_missed_when_the_day_is_over(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.clock.now = WEDNESDAY_NINE
    fail(harness, "chat.postMessage", times=2)
    assert tick(harness) == 0

    harness.clock.now = WEDNESDAY_NINE + timedelta(hours=16)
    assert watch(harness) == 2

    assert told(harness)[0] == LINE
    assert tick(harness) == 0


def test_a_digest_that_was_posted_by_a_process_that_died_is_not_told_to_be_missed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.clock.now = WEDNESDAY_NINE
    with monkeypatch.context() as patch:
        patch.setattr("jobs.digests.posting.finish", killed)
        with pytest.raises(Death):
            tick(harness)
    assert len(harness.posts(BLUE)) == 1

    harness.clock.now = FRIDAY_EIGHT
    assert watch(harness) == 1  # that of the green team, which the dead process did not come to

    assert told(harness) == [LINE.replace("Blue Team", "Green Team")]
    of_blue = next(run for run in runs(harness) if run.team_id == "blue-team")
    assert (of_blue.posted_at, of_blue.missed_at) == (FRIDAY_EIGHT, None)


@pytest.mark.parametrize(
    "step", ["jobs.notices.delivery.finish", "jobs.notices.missed.miss", "jobs.notices.missed._watch"]
)
def test_death_while_the_lead_is_told_leads_to_one_line(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    harness.clock.now = FRIDAY_EIGHT
    with monkeypatch.context() as patch:
        patch.setattr(step, killed)
        with pytest.raises(Death):
            watch(harness)

    for _ in range(2):
        harness.clock.now += LEASE + timedelta(seconds=1)
        watch(harness)

    assert sorted(told(harness)) == [LINE, LINE.replace("Blue Team", "Green Team")]


def test_without_a_lead_the_administrators_are_told(harness: Harness) -> None:
    import_rows(harness.database, harness.practice, "teams", [{"name": "Red Team", "channel_id": "C0RED"}])
    harness.clock.now = FRIDAY_EIGHT

    watch(harness)

    assert told(harness, "U0ADMIN1") == [LINE.replace("Blue Team", "Red Team")]


def test_a_lead_whom_slack_does_not_know_stops_nobody(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.clock.now = FRIDAY_EIGHT
    fail(harness, "conversations.open", status=200, error="user_not_found")

    with capture_logs() as logs:
        assert watch(harness) == 2

    assert [log["reason"] for log in logs if log["event"] == "missed_not_told"] == ["user_not_found"]
    assert len(told(harness)) == 1
    harness.clock.now += LEASE + timedelta(minutes=1)
    assert watch(harness) == 0


def test_while_slack_is_away_it_is_told_later(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.clock.now = FRIDAY_EIGHT
    fail(harness, "conversations.open", times=2)
    assert watch(harness) == 0

    harness.clock.now += LEASE + timedelta(minutes=1)
    assert watch(harness) == 2

    assert sorted(told(harness)) == [LINE, LINE.replace("Blue Team", "Green Team")]


def test_a_wait_that_slack_asks_for_is_kept(harness: Harness) -> None:
    harness.allows_refusals = True
    harness.clock.now = WEDNESDAY_NINE
    fail(harness, "chat.postMessage", times=2, status=429, retry_after=600)
    assert tick(harness) == 0

    harness.clock.now += timedelta(minutes=9, seconds=59)
    assert tick(harness) == 0
    harness.clock.now += timedelta(seconds=1)
    assert tick(harness) == 2


def fail(harness: Harness, method: str, *, times: int = 1, **how: Any) -> None:
    """Lets the next calls of a method fail."""
    for _ in range(times):
        harness.playground.fail_next(method, **how)


def killed(*_args: Any, **_more: Any) -> Any:
    """What dies in place of doing its work."""
    raise Death
