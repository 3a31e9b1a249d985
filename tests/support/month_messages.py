"""The messages of the month in an office: when they are due, sent, missed and seen."""

from datetime import datetime
from typing import Any

from support.practice import local
from support.slack import Office

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


def decide(office: Office, name: str, value: Any) -> None:
    with office.database.of("T0TEST").writing() as connection:
        change_policy(connection, office.practice, name, value, at=office.clock(), recorded_by="admin1")


def at(office: Office, switch: str, instant: datetime) -> Office:
    """The office at that instant, with one of the messages switched on."""
    decide(office, switch, value=True)
    office.clock.now = instant
    return office


def tick(office: Office, by: str = "a process", database: Database | None = None) -> int:
    """How many messages a process sends now."""
    own = (database or office.database).of("T0TEST")
    return run_month_messages(own, "T0TEST", SlackDirect(office.client), by=by, now=office.clock)


def watch(office: Office) -> int:
    """How many runs a process finds missed now."""
    own = office.database.of("T0TEST")
    return run_missed(own, "T0TEST", SlackDirect(office.client), by="a process", now=office.clock)


def told(office: Office, user: str) -> list[str]:
    return [message.text for message in office.person(user).direct_messages()]


def only(office: Office, user: str) -> SeenMessage:
    (message,) = office.person(user).direct_messages()
    return message


def runs(office: Office) -> list[Run]:
    with office.looking() as connection:
        return latest_runs(connection, "T0TEST", most=50)
