"""Forgotten timers: their owner is asked once, by direct message, whether the work still goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from jobs.channel import ChannelError
from ledger.database import ScopedDatabase
from ledger.practice import Practice, get_practice
from ledger.timers import Timer, claim_reminder, due_reminders, finish_reminder

log = structlog.get_logger("jobs.reminders")


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is asked of whom: a timer, as it has run at an instant, and its owner's Slack id."""

    practice: Practice
    timer: Timer
    slack_user_id: str
    at: datetime


class ReminderChannel(Protocol):
    """The way to one person. The bot provides one; jobs know nothing of Slack."""

    def remind(self, reminder: Reminder) -> None:
        """Sends the reminder to its owner alone; raises ``ChannelError`` where it cannot be delivered."""


def run_reminders(
    database: ScopedDatabase, practice_id: str, channel: ReminderChannel, *, now: Callable[[], datetime]
) -> int:
    """Sends every reminder of the practice that is due; returns how many it sent.

    A reminder is claimed, sent, recorded: a process that dies after the claim leaves it to the next, when the lease
    is over. What cannot be delivered is logged and tried again then; others get theirs.
    """
    with database.reading() as connection:
        practice = get_practice(connection, practice_id)
        due = due_reminders(connection, practice, at=now())
    sent = 0
    for one in due:
        reminder = Reminder(practice, one.timer, one.slack_user_id, now())
        try:
            sent += _send(database, reminder, channel)
        except ChannelError as error:
            log.warning("reminder_not_delivered", staff=one.timer.staff_id, reason=error.reason)
    return sent


def _send(database: ScopedDatabase, reminder: Reminder, channel: ReminderChannel) -> bool:
    with database.writing() as connection:
        if not claim_reminder(connection, reminder.practice, reminder.timer, at=reminder.at):
            return False
    channel.remind(reminder)
    with database.writing() as connection:
        finish_reminder(connection, reminder.practice, reminder.timer, at=reminder.at)
    log.info("timer_reminded", staff=reminder.timer.staff_id)
    return True
