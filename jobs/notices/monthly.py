"""The messages of the month beside the digest, each sent once to its channel or to each of its people.

For whom a run is, is recorded before the first is told; then each is claimed, told and recorded by itself. So whoever
goes on after a process has died leaves nobody out, and one who cannot be told keeps nothing from the others.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache

import structlog

from jobs.channel import ChannelError
from jobs.notices.contents import MonthNotice, month_notice
from jobs.notices.delivery import NoticeChannel, notify
from jobs.scheduling.claims import Occurrence, expect, recipients
from jobs.scheduling.schedules import DIGEST, DueRun, due, plans, waiting_people
from ledger.practice.practice import Practice, get_practice
from ledger.roster.directory import Person, people, teams
from ledger.storage.database import ScopedDatabase

log = structlog.get_logger("jobs.notices.monthly")

CHANNEL = NOBODY = ""
"""The recipient of a run that is for a channel; or for people of whom there are none, which is done silently."""


def run_month_messages(
    database: ScopedDatabase, practice_id: str, channel: NoticeChannel, *, by: str, now: Callable[[], datetime]
) -> int:
    """Send every message of the practice that is due and not done; return how many it sent.

    Due is what was scheduled earlier on the same local day. What cannot be delivered is logged and tried again after
    its lease.
    """
    at = now()
    with database.reading() as connection:
        practice = get_practice(connection, practice_id)
        known = teams(connection, practice_id)
        staff = people(connection, practice_id)
    planned = [plan for plan in plans(practice, known) if plan.kind != DIGEST]
    return sum(_run(database, practice, run, staff, channel, by=by, now=now) for run in due(planned, at))


def _run(
    database: ScopedDatabase,
    practice: Practice,
    run: DueRun,
    staff: list[Person],
    channel: NoticeChannel,
    *,
    by: str,
    now: Callable[[], datetime],
) -> int:
    @cache
    def notice() -> MonthNotice | None:
        with database.reading() as connection:
            return month_notice(connection, practice, run, at=now())

    sent = 0
    for recipient, to in _open_addresses(database, practice, run, staff, at=now()).items():
        occurrence = _occurrence(practice, run, recipient)
        try:
            sent += notify(database, occurrence, to, notice if to else _nothing, channel, by=by, at=now())
        except ChannelError as error:
            log.warning("message_not_delivered", key=occurrence.key, reason=error.reason)
    return sent


def _open_addresses(
    database: ScopedDatabase, practice: Practice, run: DueRun, staff: list[Person], *, at: datetime
) -> dict[str, str]:
    """Return who is still to be told: recipients with their Slack ids; those who cannot be reached now are left out."""
    if run.plan.is_for_people:
        waiting = waiting_people(staff, run.plan, practice.local_date(at))
        addresses = {person.staff_id: person.slack_user_id for person in waiting if person.slack_user_id}
    else:
        addresses = {CHANNEL: run.plan.team.channel_id} if run.plan.team else {}
    told = _told(database, practice, run)
    if not told:
        expected = list(addresses) or [NOBODY]
        expect(database, [_occurrence(practice, run, recipient) for recipient in expected], at=at)
        told = _told(database, practice, run)
    addresses.setdefault(NOBODY, "")
    return {
        recipient: addresses[recipient] for recipient, is_over in told.items() if not is_over and recipient in addresses
    }


def _told(database: ScopedDatabase, practice: Practice, run: DueRun) -> dict[str, bool]:
    with database.reading() as connection:
        return recipients(connection, _occurrence(practice, run))


def _occurrence(practice: Practice, run: DueRun, recipient: str = "") -> Occurrence:
    return Occurrence(practice.practice_id, run.plan.kind, run.plan.team_id, run.scheduled_at, recipient)


def _nothing() -> None:
    """Return nothing: nobody is there to be told."""
