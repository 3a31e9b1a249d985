"""``/ccm near [TEAM]``: the worklist now."""

from bot.commands.call import Call, month_args, scope_name
from bot.views import words
from bot.views.reply import Reply, paged
from bot.views.worklist import PAGE, near_pages
from jobs.calendar import business_days_left
from ledger.clock import month_of
from ledger.roster import Team, people, teams
from ledger.worklists import Worklist, worklist


def near(call: Call) -> Reply:
    """The worklist of the team, else of the person's teams, else of all; raises ``LedgerError`` for other words."""
    return near_at_page(call, 0)


def near_at_page(call: Call, page: int) -> Reply:
    """Page ``page`` (from 0) of the worklist that ``call.text`` asked for."""
    pages = near_messages(call)
    page = min(max(page, 0), len(pages) - 1)
    return paged(pages[page], PAGE, page, len(pages), {"text": call.text})


def near_messages(call: Call) -> list[Reply]:
    """The worklist as a first message and those that continue it."""
    found, scope = find_near(call)
    with call.database.reading() as connection:
        names = {person.staff_id: person.name for person in people(connection, call.practice.practice_id)}
    title = f"Near the next code · {words.month_name(found.month)} · {scope}"
    left = f"{words.listed(business_days_left(call.today), 'business day')} left in the month."
    return near_pages(found, title=title, lines=[left], staff=lambda staff_id: names.get(staff_id, staff_id))


def find_near(call: Call) -> tuple[Worklist, str]:
    """The worklist that the call asks for, and whose it is."""
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        args, asked = month_args(call, known)
        visible = _near_teams(call, known, asked)
        found = worklist(connection, call.practice, args.month or month_of(call.today), visible)
    return found, scope_name(known, visible)


def _near_teams(call: Call, known: list[Team], asked: Team | None) -> frozenset[str] | None:
    if asked is not None:
        return frozenset({asked.team_id})
    own = frozenset(call.person.team_ids) & {team.team_id for team in known}
    return own or None
