"""Whoever is not on the staff: the first administrator, who lets themselves in, and strangers, who have to be added."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Connection

from bot.messages.direct_messages import send_direct
from bot.slack.refusals import UNREACHABLE, reason_of
from bot.views.onboarding import stranger_notice
from jobs.channel import ChannelError
from ledger.practice.practice import Practice
from ledger.roster.accounts import admit_administrator, claim_stranger
from ledger.roster.directory import Person, administrators
from ledger.storage.database import ScopedDatabase

log = structlog.get_logger("bot.onboarding")

UNNAMED = "Administrator"
"""What the first administrator is called where Slack does not say their name."""


def first_administrator(
    database: ScopedDatabase, client: WebClient, practice: Practice, user: str, *, named: Collection[str], at: datetime
) -> Person | None:
    """Return the person whom the roster does not know, let in as an administrator; None for everybody else.

    That is who is ``named`` in CCM_ADMINS, and the workspace's primary owner while the practice has no administrator.
    """
    if user not in named:
        with database.reading() as connection:
            if administrators(connection, practice.practice_id, practice.local_date(at)):
                return None
    account = account_of(client, user)
    if user not in named and not account.get("is_primary_owner"):
        return None
    with database.writing() as connection:
        return admit_administrator(connection, practice, user, name_of(account) or UNNAMED, at=at)


def profile_name(client: WebClient, user: str) -> str:
    """Return what Slack calls somebody, or "" where it does not say."""
    return name_of(account_of(client, user))


def channel_name(client: WebClient, channel: str) -> str:
    """Return what a channel is called, or "" where Slack does not say."""
    try:
        return str(client.conversations_info(channel=channel)["channel"].get("name", ""))
    except SlackApiError as error:
        log.warning("channel_not_told", reason=reason_of(error))
    except UNREACHABLE as error:
        log.warning("channel_not_told", reason=type(error).__name__)
    return ""


def name_of(account: dict[str, Any]) -> str:
    """Return the name in a Slack account: the full name, else the handle."""
    return str(account.get("profile", {}).get("real_name") or account.get("real_name") or account.get("name") or "")


def account_of(client: WebClient, user: str) -> dict[str, Any]:
    """Return the account as ``users.info`` has it; nothing where Slack does not tell."""
    try:
        return dict(client.users_info(user=user)["user"])
    except SlackApiError as error:
        log.warning("account_not_told", reason=reason_of(error))
    except UNREACHABLE as error:
        log.warning("account_not_told", reason=type(error).__name__)
    return {}


def administrators_to_ask(
    connection: Connection, practice: Practice, named: Collection[str], *, on: date
) -> tuple[str, ...]:
    """Return the Slack ids of those who can add somebody to the staff."""
    known = [person.slack_user_id for person in administrators(connection, practice.practice_id, on)]
    return tuple(dict.fromkeys([*(user for user in known if user), *sorted(named)]))


def tell_of_stranger(
    database: ScopedDatabase, client: WebClient, practice: Practice, user: str, admins: Collection[str], *, on: date
) -> None:
    """Tell each administrator that somebody asked to use the bot, once a day however often that happens."""
    if admins and claim_stranger(database, practice, user, on=on):
        tell_each(client, admins, stranger_notice(user))


def tell_each(client: WebClient, users: Collection[str], message: dict[str, Any]) -> None:
    """Send each of them a direct message; whom Slack does not take it for is left out and logged."""
    for user in users:
        try:
            send_direct(client, user, message)
        except ChannelError as error:
            log.warning("administrator_not_told", user=user, reason=error.reason)
