"""Two years of the clock: each channel has exactly what was scheduled, whoever dies on the way, and nothing twice."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Any, TypeAlias

import pytest
from sqlalchemy import Connection, event, select
from structlog.testing import capture_logs
from support.deaths import Death
from support.jobs import born
from support.practice import NEW_YORK, a_practice, verified
from support.slack import BLUE, GENERAL, GREEN, Harness, ManualClock, open_harness

from bot.slack.client import web_client
from jobs.scheduling.claims import LEASE
from jobs.scheduling.tables import OccurrenceRow
from ledger.setting_changes import change_policy
from ledger.storage.database import Database

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
CLAIMANTS = 2
ONE_IN = 14
"""How often a claimant is killed: before or after one in so many of its effects."""
TRIES = 40
"""How often the claimants come by at most, a lease apart, until what is due is on record."""
LATE_IN_THE_MONTH = 20
"""From when on somebody comes by every day, as digests are due soon; before that every third day."""
CHANNELS = {"blue-team": BLUE, "green-team": GREEN}
KEY = re.compile(r"([^:]+):[^:]+:([^:]*):([-0-9]+T[0-9]+:[0-9]+Z)(?::(.+))?")
"""Of a message: its kind, its team, when it was due, and whom it is for where that is one person."""
Run: TypeAlias = tuple[str, str, datetime]
"""A kind of message, for a team, and when it is due."""

DIGEST_DAYS: Mapping[str, tuple[int, ...]] = {
    "2026-01": (23, 26, 27, 28),
    "2026-02": (25, 26, 27),
    "2026-03": (25, 26, 27),
    "2026-04": (24, 27, 28),
    "2026-05": (22, 26, 27, 28),
    "2026-06": (25, 26),
    "2026-07": (24, 27, 28),
    "2026-08": (25, 26, 27, 28),
    "2026-09": (25, 28),
    "2026-10": (23, 26, 27, 28),
    "2026-11": (25, 27),
    "2026-12": (24, 28),
    "2027-01": (25, 26, 27, 28),
    "2027-02": (25, 26),
    "2027-03": (25, 26),
    "2027-04": (23, 26, 27, 28),
    "2027-05": (25, 26, 27, 28),
    "2027-06": (25, 28),
    "2027-07": (23, 26, 27, 28),
    "2027-08": (25, 26, 27),
    "2027-09": (24, 27, 28),
    "2027-10": (25, 26, 27, 28),
    "2027-11": (24, 26),
    "2027-12": (23, 27, 28),
}
"""The days on which digests are due: the 25th to the 28th, each on the last business day until then."""


MONTH_ENDS = (
    *(23, 20, 24, 23, 22, 23, 24, 24, 23, 23, 23, 24),
    *(22, 19, 24, 23, 24, 23, 23, 24, 23, 22, 23, 23),
)
"""Seven days before each month's end, or the last business day until then."""
MONTH_STARTS = (
    *(2, 2, 2, 1, 1, 1, 1, 3, 1, 1, 2, 1),
    *(4, 1, 1, 1, 3, 1, 1, 2, 1, 1, 1, 1),
)
"""The first business day of each month."""


def monthly(days: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """One day of each month of both years."""
    return dict(zip(DIGEST_DAYS, ((day,) for day in days), strict=True))


@dataclass(frozen=True)
class Scheduled:
    """A kind of message that comes at nine in New York on these days, for each of the teams ("" for the practice)."""

    kind: str
    days: Mapping[str, tuple[int, ...]]
    teams: tuple[str, ...] = ("blue-team", "green-team")

    def instants(self) -> list[datetime]:
        """When it is due, in both years."""
        return [
            datetime.combine(date.fromisoformat(f"{month}-{day:02}"), time(9), NEW_YORK)
            for month, days in self.days.items()
            for day in days
        ]


SCHEDULED = (
    Scheduled("digest", DIGEST_DAYS),
    Scheduled("month_end", monthly(MONTH_ENDS)),
    Scheduled("month_start", monthly(MONTH_STARTS), ("",)),
)
"""All that is scheduled; what is new is added here. What comes every week is switched off: it would fill the hours."""
SWITCHED_OFF = ("digest_picture", "weekly_summary", "care_plan_notice")


class Claimants:
    """Processes that run the jobs, as far as the ledger and Slack can tell: they die by dice, and others take over."""

    def __init__(self, harness: Harness, dice: random.Random) -> None:
        self._harness = harness
        self._dice = dice
        self._is_mortal = False
        self.deaths = 0
        self._processes = [self._born() for _ in range(CLAIMANTS)]

        @event.listens_for(harness.database.engine, "commit")
        def on_commit(_connection: Connection) -> None:
            self._perhaps_dies()

    def tick(self, how_many: int = CLAIMANTS) -> None:
        """So many of them ask their jobs, in any order; who dies is replaced, and comes by the next time."""
        for number in self._dice.sample(range(CLAIMANTS), how_many):
            self._is_mortal = True
            try:
                self._processes[number]()
            except Death:
                self.deaths += 1
                self._processes[number] = self._born()
            finally:
                self._is_mortal = False

    def _born(self) -> Callable[[], None]:
        """A new process, which may die whenever it changes something or asks Slack."""
        harness = self._harness
        client = web_client(harness.client.token or "", harness.playground.api_url)
        call = client.api_call

        def mortal_call(method: str, **more: Any) -> Any:
            self._perhaps_dies()
            answer = call(method, **more)
            self._perhaps_dies()
            return answer

        client.api_call = mortal_call  # type: ignore[method-assign]
        return born(harness, client)

    def _perhaps_dies(self) -> None:
        if self._is_mortal and self._dice.randrange(ONE_IN) == 0:
            raise Death


@pytest.fixture
def harness(sqlite_database: Database) -> Iterator[Harness]:
    """The bot on the first of January 2026; digests have no pictures, which take long to draw."""
    practice = a_practice(sqlite_database)
    clock = ManualClock(datetime.combine(FIRST, time(0), NEW_YORK))
    with sqlite_database.of(practice.practice_id).writing() as connection:
        for name in SWITCHED_OFF:
            change_policy(connection, practice, name, False, at=clock(), recorded_by="admin1")  # noqa: FBT003 - a policy's value
    with open_harness(sqlite_database, practice, clock) as harness:
        harness.forget_message_rate()
        yield harness


@dataclass
class Diary:
    """What happens to the practice day by day; ``dice`` are thrown alike each time."""

    harness: Harness
    claimants: Claimants
    dice: random.Random
    missed: set[datetime]
    saved: Iterator[int]
    logged: int = 0
    owed: set[Run] = field(default_factory=set)
    """What must be on record before the day ends."""

    def live_through(self, day: date) -> None:
        """A day on which something is due, or none."""
        self._log(day)
        nine = datetime.combine(day, time(9), NEW_YORK)
        due = {run for run in expected() if run[-1] == nine}
        if due:
            self._live_through_nine(nine, due)
        elif self.owed:
            self._come_by(nine)
        elif day.day >= LATE_IN_THE_MONTH or day.day % 3 == 0:
            self._tick(nine, 1)

    def _live_through_nine(self, nine: datetime, due: set[Run]) -> None:
        fate = self.dice.randrange(20)
        if fate == 0:  # nobody is up all day
            self.missed.add(nine.astimezone(UTC))
            self.owed |= {(f"missed-{kind}", team, at) for kind, team, at in due}
            return
        self.owed |= due
        if fate == 1:
            self._come_by(nine + timedelta(hours=5))  # late, but on the same day
            return
        self._tick(nine - timedelta(minutes=1))
        self._come_by(nine)

    def _come_by(self, at: datetime) -> None:
        """Until all that is owed is on record, and once more."""
        for _ in range(TRIES):
            self._tick(at)
            at += LEASE + timedelta(seconds=1)
            if self.owed <= on_record(self.harness).keys():
                self.owed.clear()
                break
        self._tick(at, 1)

    def _tick(self, at: datetime, how_many: int = CLAIMANTS) -> None:
        self.harness.clock.now = at.astimezone(UTC)
        self.claimants.tick(how_many)

    def _log(self, day: date) -> None:
        """Now and then somebody logs, through the front door."""
        if day.day % 8 != 2 or day < date(2026, 1, 6):
            return
        self.harness.clock.now = datetime.combine(day, time(8, 15), NEW_YORK).astimezone(UTC)
        line = f"/ccm log P-104{2 + next(self.saved) % 2} 9m meds call Reconciled the list. Dose confirmed."
        assert self.harness.playground.people.say("U0NURSE1", GENERAL, line).ok
        self.logged += 1


def test_in_two_years_each_channel_has_every_message_once(harness: Harness) -> None:
    dice = random.Random(20261124)  # noqa: S311 - the same each time
    claimants = Claimants(harness, dice)
    diary = Diary(harness, claimants, dice, set(), count())

    with capture_logs():
        for number in range((LAST - FIRST).days + 1):
            diary.live_through(FIRST + timedelta(days=number))
    harness.settle()

    found, recorded = posted(harness), on_record(harness)
    assert set(found.values()) == {1}
    assert set(found) == {run for run, has_message in recorded.items() if has_message}
    assert set(recorded) == {
        (f"missed-{kind}" if due in diary.missed else kind, team, due) for kind, team, due in expected()
    }
    assert {run for run in expected() if run[0] == "digest" and run[-1] not in diary.missed} <= set(found)
    assert claimants.deaths > len(DIGEST_DAYS)
    assert diary.missed
    assert len(harness.entries()) == diary.logged
    assert verified(harness.database, harness.practice).difference is None


@cache
def expected() -> set[Run]:
    """What is scheduled in both years."""
    return {
        (scheduled.kind, team, instant.astimezone(UTC))
        for scheduled in SCHEDULED
        for instant in scheduled.instants()
        for team in scheduled.teams
    }


def posted(harness: Harness) -> Counter[Run]:
    """How often each run is in a channel, or in a direct message."""
    found: Counter[Run] = Counter()
    store, channels = harness.playground.workspace.messages, harness.playground.workspace.channels
    for channel in list(channels):
        for message in store.seen_by(channel, None):
            if "metadata" in message.body:
                kind, team, due, recipient = KEY.fullmatch(message.body["metadata"]["event_payload"]["key"]).groups()
                assert recipient or CHANNELS[team] == channel
                found[kind, team, datetime.strptime(due, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)] += 1
    return found


def on_record(harness: Harness) -> dict[Run, bool]:
    """What the ledger says was done, and whether there was anything to say."""
    query = select(OccurrenceRow.__table__).where(OccurrenceRow.posted_at.is_not(None))
    with harness.looking() as connection:
        return {
            (row.kind, row.team_id, row.scheduled_at): row.message_ts is not None for row in connection.execute(query)
        }
