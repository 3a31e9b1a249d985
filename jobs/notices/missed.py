"""Runs that nobody made while their day lasted: they are not made up for, and those who waited are told once."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from jobs.channel import ChannelError, Refusal
from jobs.notices.delivery import MissedRun, NoticeChannel, notify
from jobs.scheduling.claims import Claim, Occurrence, claim, finish, known, miss, recipients, unfinished
from jobs.scheduling.schedules import DueRun, Plan, plans, waiting_people
from jobs.scheduling.tables import WatchRow
from ledger.practice.practice import Practice, get_practice
from ledger.roster.directory import Person, administrators, people, teams
from ledger.storage.database import ScopedDatabase

TELLS_OF = "missed-{kind}"
"""The kind of the occurrence that tells of a missed one."""
WATCH_EVERY = timedelta(minutes=5)
NO_LONGER_TOLD_AFTER = timedelta(days=3)
"""After so long nobody is told any more: the message has failed for as long."""

log = structlog.get_logger("jobs.notices.missed")


def run_missed(
    database: ScopedDatabase, practice_id: str, channel: NoticeChannel, *, by: str, now: Callable[[], datetime]
) -> int:
    """Record every run of the practice that was missed and tell of it; return how many there were.

    Missed is what was due on an earlier local day while nobody watched the clock, or could not be delivered on its
    day. What was delivered by a process that died before it could say so is recorded as delivered.
    """
    at = now()
    with database.reading() as connection:
        practice = get_practice(connection, practice_id)
        planned = plans(practice, teams(connection, practice_id))
        watched_until = _watched_until(connection, practice_id) or at
        gone = list(_gone(connection, practice, planned, watched_until, at))
    missed = 0
    for run in gone:
        try:
            missed += _settle(database, practice, run, channel, by=by, at=now())
        except ChannelError as error:
            log.warning("missed_not_told", kind=run.plan.kind, team=run.plan.team_id, reason=error.reason)
    _watch(database, practice_id, at)
    return missed


def _gone(
    connection: Connection, practice: Practice, planned: Iterable[Plan], watched_until: datetime, at: datetime
) -> Iterable[DueRun]:
    for plan in planned:
        begun = unfinished(connection, practice.practice_id, plan.kind, plan.team_id, until=at)
        claimed = known(connection, practice.practice_id, plan.kind, plan.team_id, since=watched_until)
        never = (instant.astimezone(UTC) for instant in plan.schedule.between(watched_until, at))
        for instant in (*begun, *(one for one in never if one not in claimed)):
            if not plan.schedule.is_of_day(instant, at):
                yield DueRun(plan, instant)


def _settle(
    database: ScopedDatabase, practice: Practice, run: DueRun, channel: NoticeChannel, *, by: str, at: datetime
) -> bool:
    """Return whether the run was missed.

    Raises:
        ChannelError: Where that could not be found out or told.
    """
    waiting = [person for person in _waiting(database, practice, run.plan, at=at) if person.slack_user_id]
    is_missed = False
    for recipient in _begun_for(database, practice, run) or ("",):
        occurrence = Occurrence(practice.practice_id, run.plan.kind, run.plan.team_id, run.scheduled_at, recipient)
        held = claim(database, occurrence, by=by, at=at)
        if held is None or (held.is_retry and _was_delivered(database, run.plan, held, channel, at=at)):
            continue
        if at - run.scheduled_at < NO_LONGER_TOLD_AFTER:
            for person in waiting:
                if recipient in {"", person.staff_id}:
                    _tell(database, practice, run, person, channel, by=by, at=at)
        is_missed |= miss(database, held, at=at)
    if is_missed:
        log.warning("run_missed", kind=run.plan.kind, team=run.plan.team_id, due=run.scheduled_at.isoformat())
    return is_missed


def _begun_for(database: ScopedDatabase, practice: Practice, run: DueRun) -> list[str]:
    """For whom the run was claimed."""
    run_itself = Occurrence(practice.practice_id, run.plan.kind, run.plan.team_id, run.scheduled_at)
    with database.reading() as connection:
        return list(recipients(connection, run_itself))


def _waiting(database: ScopedDatabase, practice: Practice, plan: Plan, *, at: datetime) -> list[Person]:
    """Return who waited for it; for what a channel waited the administrators, where the team has no lead."""
    today = practice.local_date(at)
    with database.reading() as connection:
        waiting = waiting_people(people(connection, practice.practice_id), plan, today)
        if waiting or plan.is_for_people:
            return waiting
        return administrators(connection, practice.practice_id, today)


def _was_delivered(database: ScopedDatabase, plan: Plan, held: Claim, channel: NoticeChannel, *, at: datetime) -> bool:
    occurrence = held.occurrence
    to = _address(database, plan, occurrence)
    if to is None:
        return False
    try:
        sent = channel.find(to, occurrence.key, since=occurrence.scheduled_at)
    except ChannelError as error:
        if error.refusal is Refusal.FOR_NOW and at - occurrence.scheduled_at < NO_LONGER_TOLD_AFTER:
            raise
        return False
    if sent is None:
        return False
    finish(database, held, channel_id=sent.channel_id, message_ts=sent.ts, at=at)
    return True


def _address(database: ScopedDatabase, plan: Plan, occurrence: Occurrence) -> str | None:
    if not occurrence.recipient:
        return plan.team.channel_id if plan.team else None
    with database.reading() as connection:
        staff = {person.staff_id: person for person in people(connection, occurrence.practice_id)}
    return staff[occurrence.recipient].slack_user_id if occurrence.recipient in staff else None


def _tell(
    database: ScopedDatabase,
    practice: Practice,
    run: DueRun,
    person: Person,
    channel: NoticeChannel,
    *,
    by: str,
    at: datetime,
) -> None:
    plan = run.plan
    kind = TELLS_OF.format(kind=plan.kind)
    occurrence = Occurrence(practice.practice_id, kind, plan.team_id, run.scheduled_at, person.staff_id)
    try:
        notify(
            database,
            occurrence,
            person.slack_user_id or "",
            lambda: MissedRun(practice, plan.kind, plan.team, run.scheduled_at, person),
            channel,
            by=by,
            at=at,
        )
    except ChannelError as error:
        if error.refusal is Refusal.FOR_NOW:
            raise
        log.warning("missed_not_told", kind=plan.kind, staff=person.staff_id, reason=error.reason)


def _watched_until(connection: Connection, practice_id: str) -> datetime | None:
    return connection.execute(
        select(WatchRow.watched_until).where(WatchRow.practice_id == practice_id)
    ).scalar_one_or_none()


def _watch(database: ScopedDatabase, practice_id: str, at: datetime) -> None:
    """Keep that the clock was watched until ``at``; of several processes the latest holds."""
    with database.reading() as connection:
        until = _watched_until(connection, practice_id)
    if until is not None and at - until < WATCH_EVERY:
        return
    with suppress(IntegrityError), database.writing() as connection:  # another process may begin to watch as well
        mine = WatchRow.practice_id == practice_id
        if not connection.execute(update(WatchRow).where(mine).values(watched_until=at)).rowcount:
            connection.execute(insert(WatchRow).values(practice_id=practice_id, watched_until=at))
