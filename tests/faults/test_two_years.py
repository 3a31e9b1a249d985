"""Two years of the clock: each channel has exactly what was scheduled, whoever dies on the way, and nothing twice."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, TypeAlias

import pytest
from sqlalchemy import Connection, event, select
from structlog.testing import capture_logs
from support.jobs import born
from support.practice import NEW_YORK, a_practice, verified
from support.slack import BLUE, GENERAL, GREEN, HandClock, Office, open_office

from bot.app import web_client
from jobs.claims import LEASE
from jobs.schedules import CARE_PLANS, MONTH_END, MONTH_START, WEEKLY
from jobs.tables import OccurrenceRow
from ledger.database import Database
from ledger.policy import change_policy

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
CLAIMANTS = 3
ONE_IN = 14
"""How often a claimant is killed: before or after one in so many of its effects."""
TRIES = 40
"""How often the claimants come by at most, a lease apart, until what is due is on record."""
EARLY_IN_THE_MONTH, LATE_IN_THE_MONTH = 4, 20
"""Until when and from when on somebody comes by every day, as messages are due; between them every third day."""
CHANNELS = {"blue-team": BLUE, "green-team": GREEN}
KEY = re.compile(r"([^:]+):[^:]+:([^:]*):([-0-9]+T[0-9]+:[0-9]+Z)(?::(.+))?")
"""Of a message: its kind, its team, when it was due, and whom it is for where that is one person."""
Run: TypeAlias = tuple[str, str, datetime, str]
"""A kind of message, for a team, when it is due, and the only person whom it is for, empty for a channel."""

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


@dataclass(frozen=True)
class Scheduled:
    """A kind of message that each team's channel gets at that hour of these days, in New York."""

    kind: str
    days: Mapping[str, tuple[int, ...]]
    hour: int

    def instants(self) -> list[datetime]:
        """When it is due, in both years."""
        return [
            datetime.combine(date.fromisoformat(f"{month}-{day:02}"), time(self.hour), NEW_YORK)
            for month, days in self.days.items()
            for day in days
        ]


SCHEDULED = (Scheduled("digest", DIGEST_DAYS, 9),)
"""All that must come; of other kinds, which come as well, nothing may come twice."""
TOLD_OF_MISSED, LEAD = "missed-digest", "lead1"
"""What the lead is told of a day on which nobody was up."""
OTHERS = {MONTH_END, WEEKLY, CARE_PLANS, MONTH_START}


class Killed(BaseException):
    """The process was killed here."""


class Claimants:
    """Processes that run the jobs, as far as the ledger and Slack can tell: they die by dice, and others take over."""

    def __init__(self, office: Office, dice: random.Random) -> None:
        self._office = office
        self._dice = dice
        self._is_mortal = False
        self.deaths = 0
        self._processes = [self._born() for _ in range(CLAIMANTS)]

        @event.listens_for(office.database.engine, "commit")
        def on_commit(_connection: Connection) -> None:
            self._perhaps_dies()

    def tick(self, how_many: int = CLAIMANTS) -> None:
        """So many of them ask their jobs, in any order; who dies is replaced, and comes by the next time."""
        for number in self._dice.sample(range(CLAIMANTS), how_many):
            self._is_mortal = True
            try:
                self._processes[number]()
            except Killed:
                self.deaths += 1
                self._processes[number] = self._born()
            finally:
                self._is_mortal = False

    def _born(self) -> Callable[[], None]:
        """A new process, which may die whenever it changes something or asks Slack."""
        office = self._office
        client = web_client(office.client.token or "", office.playground.api_url)
        call = client.api_call

        def mortal_call(method: str, **more: Any) -> Any:
            self._perhaps_dies()
            answer = call(method, **more)
            self._perhaps_dies()
            return answer

        client.api_call = mortal_call  # type: ignore[method-assign]
        return born(office, client)

    def _perhaps_dies(self) -> None:
        if self._is_mortal and self._dice.randrange(ONE_IN) == 0:
            raise Killed


@pytest.fixture
def office(sqlite_database: Database) -> Iterator[Office]:
    """The bot on the first of January 2026; digests have no pictures, which take long to draw."""
    practice = a_practice(sqlite_database)
    clock = HandClock(datetime.combine(FIRST, time(0), NEW_YORK))
    with sqlite_database.of(practice.practice_id).writing() as connection:
        change_policy(connection, practice, "digest_picture", False, at=clock(), recorded_by="admin1")  # noqa: FBT003 - a policy's value
    with open_office(sqlite_database, practice, clock) as office:
        office.forget_message_rate()
        yield office


@dataclass
class Diary:
    """What happens to the practice day by day; ``dice`` are thrown alike each time."""

    office: Office
    claimants: Claimants
    dice: random.Random
    missed: set[datetime]
    saved: Iterator[int]
    logged: int = 0

    def live_through(self, day: date) -> None:
        """A day on which something is due, or none."""
        self._log(day)
        due = [instant for scheduled in SCHEDULED for instant in scheduled.instants() if instant.date() == day]
        if not due and (day.day >= LATE_IN_THE_MONTH or day.day <= EARLY_IN_THE_MONTH or day.day % 3 == 0):
            self._tick(datetime.combine(day, time(9), NEW_YORK), 1)
        for instant in sorted(set(due)):
            self._live_through_hour(instant)

    def _live_through_hour(self, instant: datetime) -> None:
        fate = self.dice.randrange(20)
        if fate == 0:  # nobody is up all day
            self.missed.add(instant.astimezone(UTC))
            return
        at = instant + timedelta(hours=5) if fate == 1 else instant  # late, but on the same day
        if at == instant:
            self._tick(instant - timedelta(minutes=1))
        wanted = {what for what in expected() if what[2] == instant}
        for _ in range(TRIES):
            self._tick(at)
            at += LEASE + timedelta(seconds=1)
            if wanted <= on_record(self.office):
                break
        self._tick(at, 1)

    def _tick(self, at: datetime, how_many: int = CLAIMANTS) -> None:
        self.office.clock.now = at.astimezone(UTC)
        self.claimants.tick(how_many)

    def _log(self, day: date) -> None:
        """Now and then somebody logs, through the front door."""
        if day.day % 8 != 2 or day < date(2026, 1, 6):
            return
        self.office.clock.now = datetime.combine(day, time(8, 15), NEW_YORK).astimezone(UTC)
        line = f"/ccm log P-104{2 + next(self.saved) % 2} 9m meds call Reconciled the list. Dose confirmed."
        assert self.office.playground.people.say("U0NURSE1", GENERAL, line).ok
        self.logged += 1


def test_in_two_years_each_channel_has_every_message_once(office: Office) -> None:
    dice = random.Random(20261124)  # noqa: S311 - the same each time
    claimants = Claimants(office, dice)
    diary = Diary(office, claimants, dice, set(), count())

    with capture_logs():
        for number in range((LAST - FIRST).days + 1):
            diary.live_through(FIRST + timedelta(days=number))
    office.settle()

    found = posted(office)
    assert set(found.values()) == {1}
    known = {scheduled.kind for scheduled in SCHEDULED} | {TOLD_OF_MISSED}
    assert {run for run in found if run[0] in known} == {
        (kind, team, due, "") if due not in diary.missed else (TOLD_OF_MISSED, team, due, LEAD)
        for kind, team, due, _ in expected()
    }
    assert {run[0] for run in found} >= OTHERS
    # Where nobody comes by for three days, nobody looks any more whether a missed run was told of.
    told_of_others = {run for run in found if run[0] in {f"missed-{kind}" for kind in OTHERS}}
    assert on_record(office) | told_of_others == set(found)
    assert claimants.deaths > len(DIGEST_DAYS)
    assert diary.missed
    assert len(office.entries()) == diary.logged
    assert verified(office.database, office.practice).difference is None


def expected() -> set[Run]:
    """What is scheduled in both years."""
    return {
        (scheduled.kind, team, instant.astimezone(UTC), "")
        for scheduled in SCHEDULED
        for instant in scheduled.instants()
        for team in CHANNELS
    }


def posted(office: Office) -> Counter[Run]:
    """How often each run is in a channel, or in a direct message."""
    found: Counter[Run] = Counter()
    store, channels = office.playground.workspace.messages, office.playground.workspace.channels
    for channel in list(channels):
        for message in store.seen_by(channel, None):
            if "metadata" in message.body:
                kind, team, due, recipient = KEY.fullmatch(message.body["metadata"]["event_payload"]["key"]).groups()
                assert recipient or CHANNELS[team] == channel
                found[kind, team, datetime.strptime(due, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC), recipient or ""] += 1
    return found


def on_record(office: Office) -> set[Run]:
    """What the ledger says was posted, beside that of which there was nothing to say."""
    query = select(OccurrenceRow.__table__).where(OccurrenceRow.message_ts.is_not(None))
    with office.looking() as connection:
        return {(row.kind, row.team_id, row.scheduled_at, row.recipient) for row in connection.execute(query)}
