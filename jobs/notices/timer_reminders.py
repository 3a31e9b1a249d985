"""Forgotten timers: their owner is asked once, by direct message, whether the work still goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from jobs.channel import ChannelError
from ledger.practice.practice import Practice, get_practice
from ledger.recording.timers import DueReminder, Timer, claim_reminder, due_reminders, finish_reminder
from ledger.storage.database import ScopedDatabase

log = structlog.get_logger("jobs.notices.timer_reminders")


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is asked of whom: a timer, as it has run at an instant, and its owner's Slack id."""

    practice: Practice
    timer: Timer
    slack_user_id: str
    at: datetime

    @property
    def key(self) -> str:
        """What names this reminder in its message."""
        return f"timer:{self.practice.practice_id}:{self.timer.staff_id}:{self.timer.started_at:%Y-%m-%dT%H:%M:%SZ}"


class ReminderChannel(Protocol):
    """The way to one person. The bot provides one; jobs know nothing of Slack."""

    def remind(self, reminder: Reminder, *, may_be_there: bool) -> None:
        """Sees to it that its owner alone has the reminder once.

        ``may_be_there`` says that it may have been sent by a process that died before it could say so.

        Raises:
            ChannelError: Where it cannot be delivered.
        """


def run_reminders(
    database: ScopedDatabase, practice_id: str, channel: ReminderChannel, *, now: Callable[[], datetime]
) -> int:
    """Send every reminder of the practice that is due; return how many it sent.

    A reminder is claimed, sent under a key, recorded: a process that dies after the claim leaves it to the next, which
    looks for the key when the lease is over. What cannot be delivered is logged and tried again then, and others get
    theirs.
    """
    with database.reading() as connection:
        practice = get_practice(connection, practice_id)
        due = due_reminders(connection, practice, at=now())
    sent = 0
    for one in due:
        try:
            sent += _send(database, practice, one, channel, at=now())
        except ChannelError as error:
            log.warning("reminder_not_delivered", staff=one.timer.staff_id, reason=error.reason)
    return sent


def _send(
    database: ScopedDatabase, practice: Practice, due: DueReminder, channel: ReminderChannel, *, at: datetime
) -> bool:
    with database.writing() as connection:
        if not claim_reminder(connection, practice, due, at=at):
            return False
    reminder = Reminder(practice, due.timer, due.slack_user_id, at)
    channel.remind(reminder, may_be_there=due.lease_until is not None)
    with database.writing() as connection:
        finish_reminder(connection, practice, due.timer, at=at)
    log.info("timer_reminded", staff=due.timer.staff_id)
    return True
