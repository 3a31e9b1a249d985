"""The messages of the month in an harness: when they are due, sent, missed and seen."""

from datetime import datetime
from typing import Any

from support.practice import local
from support.slack import Harness

from bot.messages.direct_messages import SlackDirect
from bot.playground import SeenMessage
from jobs.notices.missed import run_missed
from jobs.notices.monthly import run_month_messages
from jobs.scheduling.runs import Run, latest_runs
from ledger.setting_changes import change_policy
from ledger.storage.database import Database

LEAD, LEAD_OF_GREEN, BILLER, ADMIN, NURSE = "U0LEAD1", "U0LEAD2", "U0BILLER1", "U0ADMIN1", "U0NURSE1"
"""Lead One leads both teams, Lead Two the green one."""
WEEK_BEFORE_END = local("2026-11-23 09:00")
"""A Monday; its weekly summary was due an hour before."""
MONDAY = local("2026-11-16 08:00")
TUESDAY = local("2026-11-17 09:00")
FIRST = local("2026-12-01 09:00")
"""A Tuesday: the list of care plans is due as well."""
SWITCHES = ("month_end_notice", "weekly_summary", "care_plan_notice", "month_start_notice")


def decide(harness: Harness, name: str, value: Any) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        change_policy(connection, harness.practice, name, value, at=harness.clock(), recorded_by="admin1")


def at(harness: Harness, switch: str, instant: datetime) -> Harness:
    """The harness at that instant, with one of the messages switched on."""
    decide(harness, switch, value=True)
    harness.clock.now = instant
    return harness


def tick(harness: Harness, by: str = "a process", database: Database | None = None) -> int:
    """How many messages a process sends now."""
    own = (database or harness.database).of("T0TEST")
    return run_month_messages(own, "T0TEST", SlackDirect(harness.client), by=by, now=harness.clock)


def watch(harness: Harness) -> int:
    """How many runs a process finds missed now."""
    own = harness.database.of("T0TEST")
    return run_missed(own, "T0TEST", SlackDirect(harness.client), by="a process", now=harness.clock)


def told(harness: Harness, user: str) -> list[str]:
    return [message.text for message in harness.person(user).direct_messages()]


def only(harness: Harness, user: str) -> SeenMessage:
    (message,) = harness.person(user).direct_messages()
    return message


def runs(harness: Harness) -> list[Run]:
    with harness.looking() as connection:
        return latest_runs(connection, "T0TEST", most=50)
