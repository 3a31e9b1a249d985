"""``/ccm digest [TEAM]``: the next digest as it would be now, when it comes, and "post now"."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from bot.commands.call import Call, month_args
from bot.commands.command import Command, Paging
from bot.permissions import LEADING
from bot.views import formatting
from bot.views.digest import PAGE, digest_preview
from bot.views.help import Topic
from bot.views.reply import Reply, one_of, section
from jobs.digests.posting import ASKED_FOR, DigestChannel, digest_for, run
from jobs.scheduling.claims import Occurrence
from jobs.scheduling.schedules import digest_schedule
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.roster.directory import Role, Team, teams

COMING = 3
"""Of how many digests the preview says when they come."""
NONE_SCHEDULED = "none is scheduled"


def digest(call: Call, page: int = 0) -> Reply:
    """Page ``page`` (from 0) of the preview for the team the call names, or for the person's only one.

    Raises:
        LedgerError: For other teams.
    """
    team = find_team(call)
    with call.database.reading() as connection:
        found = digest_for(connection, call.practice, team, at=call.at)
    pages = digest_preview(found, coming=next_posts(call.practice, team, call.at))
    return one_of(pages, PAGE, page, {"text": call.text})


def next_post(practice: Practice, team: Team, at: datetime) -> str:
    """Return when the team's next digest comes, on its schedule's clock."""
    return next((_said(practice, one) for one in _coming(practice, team, at)), NONE_SCHEDULED)


def next_posts(practice: Practice, team: Team, at: datetime) -> str:
    """Return when the team's next digests come, on its schedule's clock."""
    coming = islice(_coming(practice, team, at), COMING)
    return " · ".join(_said(practice, one) for one in coming) or NONE_SCHEDULED


def _coming(practice: Practice, team: Team, at: datetime) -> Iterator[datetime]:
    schedule = digest_schedule(practice, team)
    while (upcoming := schedule.next_after(at)) is not None:
        yield upcoming
        at = upcoming


def _said(practice: Practice, upcoming: datetime) -> str:
    zone = "" if upcoming.tzinfo == practice.zone else f" {upcoming:%Z}"
    return f"{formatting.day(upcoming.date())} at {formatting.clock(upcoming)}{zone}"


def find_team(call: Call) -> Team:
    """Return the team whose digest is meant.

    Raises:
        LedgerError: Where that is none, several, or not the person's.
    """
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
    _, asked = month_args(call, known)
    may = [team for team in known if Role.ADMIN in call.person.roles or team.team_id in call.person.team_ids]
    if asked is None and len(may) == 1:
        return may[0]
    names = ", ".join(team.name for team in may) or "no team yet"
    if asked is None:
        example = may[0].name if may else "Blue Team"
        raise LedgerError("TEAM_MISSING", f"Which team? You have {names}.", f"For example: /ccm digest {example}")
    if asked not in may:
        roles = " or ".join(sorted(LEADING))
        raise LedgerError(
            "TEAM_OF_OTHERS", f"You have {names}, not {asked.name}.", f"A {roles} of that team can post its digest."
        )
    return asked


def post_now(call: Call, team: Team, channel: DigestChannel) -> Reply:
    """Post the team's digest now, once a minute however often it is pressed.

    Raises:
        ChannelError: Where the channel refuses.
    """
    this_minute = call.at.astimezone(UTC).replace(second=0, microsecond=0)
    occurrence = Occurrence(call.practice.practice_id, ASKED_FOR, team.team_id, this_minute)
    if run(call.database, call.practice, team, occurrence, channel, by=call.person.staff_id, now=lambda: call.at):
        return Reply(f"The digest of {team.name} was posted.", (section(f"Posted in <#{team.channel_id}>."),))
    asked = "This team's digest was asked for less than a minute ago."
    look = f"Look in <#{team.channel_id}>; if it is not there, try again in a minute."
    return Reply(asked, (section(f"{asked} {look}"),))


DIGEST = Command(
    "digest",
    LEADING,
    digest,
    Topic(
        "digest [TEAM]",
        "Shows the next pre-close digest, when it will be posted, and posts it now if you say so.",
        ("/ccm digest Blue Team",),
    ),
    saves=False,
    paging=Paging(PAGE, digest),
)
