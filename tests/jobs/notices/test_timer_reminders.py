"""Reminders of forgotten timers: one to their owner, whatever dies and however many processes run."""

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs
from support.deaths import Death
from support.practice import a_practice, a_request, local
from support.threads import at_once

from jobs.channel import ChannelError
from jobs.notices.timer_reminders import Reminder, run_reminders
from ledger.practice.practice import Practice
from ledger.recording.timers import REMINDER_LEASE, Timer, cancel_timer, start_timer
from ledger.rules.facts import Activity
from ledger.storage.database import Database

BEGAN = local("2026-11-18 09:05")
LATE = BEGAN + timedelta(minutes=45)


@dataclass
class FakeDirect:
    """Remembers who was reminded; refuses or dies on demand."""

    reminders: list[Reminder] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    dies: str = ""

    def remind(self, reminder: Reminder, *, may_be_there: bool) -> None:
        if self.dies == "before sending":
            raise Death
        if reminder.slack_user_id in self.refuses:
            raise ChannelError("user_disabled")
        if not (may_be_there and reminder.key in [one.key for one in self.reminders]):
            self.reminders.append(reminder)
        if self.dies == "after sending":
            raise Death

    @property
    def reminded(self) -> list[str]:
        """Who was reminded, in order."""
        return [one.slack_user_id for one in self.reminders]


def begin(database: Database, practice: Practice, staff: str = "nurse1", at: datetime = BEGAN) -> Timer:
    timer = Timer(staff, "P-1042", None, Activity.MEDICATION, None, "", at)
    with database.of("T0TEST").writing() as connection:
        start_timer(connection, practice, timer, request=a_request())
    return timer


def tick(database: Database, channel: FakeDirect, at: datetime = LATE) -> int:
    return run_reminders(database.of("T0TEST"), "T0TEST", channel, now=lambda: at)


def test_the_owner_of_a_forgotten_timer_is_reminded_once(database: Database, practice: Practice) -> None:
    timer = begin(database, practice)
    channel = FakeDirect()

    assert tick(database, channel, LATE - timedelta(seconds=1)) == 0
    assert tick(database, channel) == 1
    assert tick(database, channel, LATE + timedelta(minutes=1)) == 0
    assert tick(database, channel, LATE + timedelta(hours=9)) == 0

    (reminder,) = channel.reminders
    assert (reminder.timer, reminder.slack_user_id, reminder.at) == (timer, "U0NURSE1", LATE)


def test_several_processes_remind_once(database: Database, practice: Practice) -> None:
    begin(database, practice)
    channel = FakeDirect()
    others = [Database(database.url.render_as_string(hide_password=False)) for _ in range(3)]

    sent = at_once([partial(tick, one, channel) for one in (database, *others)])

    for other in others:
        other.close()
    assert sorted(number for number in sent if isinstance(number, int)) == [0, 0, 0, 1], sent
    assert channel.reminded == ["U0NURSE1"]


@pytest.mark.parametrize("moment", ["before sending", "after sending"])
def test_a_process_that_dies_on_the_way_leads_to_one_reminder(
    database: Database, practice: Practice, moment: str
) -> None:
    begin(database, practice)
    channel = FakeDirect(dies=moment)
    with pytest.raises(Death):
        tick(database, channel)
    channel.dies = ""

    assert tick(database, channel, LATE + REMINDER_LEASE - timedelta(seconds=1)) == 0
    assert tick(database, channel, LATE + REMINDER_LEASE) == 1
    assert tick(database, channel, LATE + timedelta(hours=1)) == 0
    assert channel.reminded == ["U0NURSE1"]


def test_a_timer_that_ends_while_reminders_are_sent_has_none(database: Database, practice: Practice) -> None:
    begin(database, practice, "doctor1", BEGAN - timedelta(minutes=1))
    begin(database, practice)

    class Ending(FakeDirect):
        def remind(self, reminder: Reminder, *, may_be_there: bool) -> None:
            super().remind(reminder, may_be_there=may_be_there)
            with database.of("T0TEST").writing() as connection:
                cancel_timer(connection, practice, "nurse1", request=a_request(), at=LATE)

    channel = Ending()
    assert tick(database, channel) == 1
    assert channel.reminded == ["U0DOCTOR1"]


def test_one_who_cannot_be_reached_keeps_nothing_from_the_others(database: Database, practice: Practice) -> None:
    begin(database, practice, at=BEGAN - timedelta(minutes=1))
    begin(database, practice, "doctor1")
    channel = FakeDirect(refuses={"U0NURSE1"})

    with capture_logs() as logs:
        assert tick(database, channel) == 1

    assert channel.reminded == ["U0DOCTOR1"]
    (refused,) = [each for each in logs if each["event"] == "reminder_not_delivered"]
    assert (refused["staff"], refused["reason"]) == ("nurse1", "user_disabled")
    channel.refuses.clear()
    assert tick(database, channel, LATE + REMINDER_LEASE) == 1


def test_reminders_of_one_practice_say_nothing_of_another(sqlite_database: Database) -> None:
    a_practice(sqlite_database)
    begin(sqlite_database, a_practice(sqlite_database, "T0OTHER"))

    assert tick(sqlite_database, FakeDirect()) == 0


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from datetime import datetime
from jobs.notices.timer_reminders import run_reminders
from ledger.storage.database import Database

class Hanging:
    def remind(self, reminder, *, may_be_there):
        print("ready", flush=True)
        sys.stdin.read()

at = datetime.fromisoformat(sys.argv[3])
run_reminders(Database(sys.argv[2]).of("T0TEST"), "T0TEST", Hanging(), now=lambda: at)
"""


def test_a_process_killed_before_it_could_send_costs_no_reminder(sqlite_database: Database) -> None:
    begin(sqlite_database, a_practice(sqlite_database))
    tests = next(path for path in sys.path if path.endswith("tests"))
    command = [sys.executable, "-c", PROGRAM, tests, sqlite_database.url.render_as_string(), LATE.isoformat()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim:  # noqa: S603
        assert victim.stdout is not None
        assert victim.stdout.readline() == "ready\n"
        victim.kill()
    channel = FakeDirect()

    assert tick(sqlite_database, channel, LATE + timedelta(minutes=1)) == 0
    assert tick(sqlite_database, channel, LATE + REMINDER_LEASE) == 1
