"""``/ccm near [TEAM]``: the worklist now."""

from dataclasses import replace

from bot.commands.call import TEAM_CHARACTERS, Call, month_args, scope_name
from bot.commands.command import Command, Listing, Paging
from bot.permissions import EVERYBODY
from bot.views import formatting
from bot.views.blocks import Block
from bot.views.help import Topic
from bot.views.menus import Choice, menu
from bot.views.reply import Reply, actions, nearest_page, paged
from bot.views.worklist import PAGE, TEAM_FILTER, near_pages
from jobs.scheduling.schedules import calendar_of
from ledger.characters import beginning
from ledger.clock import month_of
from ledger.reports.takes import takes_of
from ledger.reports.worklists import Worklist, worklist
from ledger.roster.directory import Team, people, teams


def near(call: Call, page: int = 0) -> Reply:
    """Page ``page`` (from 0) of the worklist of the team, else of the person's teams, else of all.

    Raises:
        LedgerError: For words that name neither a team nor a month or program.
    """
    pages = near_messages(call)
    page = nearest_page(page, len(pages))
    title, *rest = pages[page].blocks
    shown = replace(pages[page], blocks=(title, *_team_menu(call), *rest))
    return paged(shown, PAGE, page, len(pages), {"text": call.text})


def near_messages(call: Call) -> list[Reply]:
    """Return the worklist as a first message and those that continue it."""
    found, scope = find_near(call)
    with call.database.reading() as connection:
        names = {person.staff_id: person.name for person in people(connection, call.practice.practice_id)}
        takes = takes_of(connection, call.practice, found.month)
    title = f"Near the next code · {formatting.month_name(found.month)} · {scope}"
    days_left = calendar_of(call.practice).days_left(call.today)
    left = f"{formatting.listed(days_left, 'business day')} left in the month."
    if found.month != month_of(call.today):
        left = "The month is over."
    return near_pages(
        found,
        title=title,
        lines=[left],
        staff=lambda staff_id: names.get(staff_id, staff_id),
        takers={code: take.staff_id for code, take in takes.items()},
    )


def find_near(call: Call) -> tuple[Worklist, str]:
    """Return the worklist that the call asks for, and whose it is."""
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        args, asked = month_args(call, known)
        visible = near_teams(call, known, asked)
        month = args.month or month_of(call.today)
        found = worklist(connection, call.practice, month, visible, args.program, on=call.today)
    name = scope_name(known, visible)
    return found, f"{name}, {args.program}" if args.program else name


def near_teams(call: Call, known: list[Team], asked: Team | None) -> frozenset[str] | None:
    """Return the ids of the teams whose worklist is meant: the asked one, else the person's, else all (None)."""
    if asked is not None:
        return frozenset({asked.team_id})
    own = frozenset(call.person.team_ids) & {team.team_id for team in known}
    return own or None


def _team_menu(call: Call) -> list[Block]:
    """Return a menu of the teams, where the person has several.

    Each choice says what could be typed behind the command.
    """
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
    args, asked = month_args(call, known)
    own = near_teams(call, known, None)
    offered = [team for team in known if own is None or team.team_id in own or team == asked]
    if len(offered) == 1:
        return []

    def text(team: Team | None) -> str:
        month = args.month or month_of(call.today)
        name = beginning(team.name, TEAM_CHARACTERS) if team else None
        return " ".join(filter(None, (f"{month:%Y-%m}", name, args.program)))

    choices = [Choice(text(None), "All teams" if own is None else "My teams")]
    choices += [Choice(text(team), team.name) for team in offered]
    return [actions(menu(TEAM_FILTER, choices, text(asked), placeholder="Team"))]


def _printed(call: Call) -> list[Block]:
    """Return the whole worklist for a terminal."""
    return [block for reply in near_messages(call) for block in reply.blocks]


NEAR = Command(
    "near",
    EVERYBODY,
    near,
    Topic(
        "near [TEAM]",
        "Whom one short call makes billable: patients 1 to 5 minutes short of the next code.",
        ("/ccm near", "/ccm near Blue Team"),
    ),
    saves=False,
    paging=Paging(PAGE, near),
    terminal=Listing('ccm near "Blue Team"', _printed, lambda call: find_near(call)[0]),
)
