"""The App Home tab: one's own work, the team's, the month so far and the set-up, as far as the person's roles go."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from bot.commands.call import Call, scope_name
from bot.commands.digest import next_post
from bot.commands.near import near_teams
from bot.permissions import DOCUMENTING
from bot.setup import set_up_for
from bot.views.blocks import Block
from bot.views.home import Home, home_view
from bot.views.home.billing import Billing
from bot.views.home.place import UNTOUCHED, Place
from bot.views.home.team import ROWS, TeamWork
from bot.views.home.work import OwnWork
from bot.views.reply import nearest_page
from jobs.scheduling.schedules import calendar_of
from ledger.attestations import attestations, due
from ledger.claims.marks import totals_by_month
from ledger.clock import month_of, previous_month
from ledger.months.closed_months import closings_in_force
from ledger.months.figures import stored_figures
from ledger.recording.timers import running_timer
from ledger.reports.finishing import out_of_reach
from ledger.reports.month_lists import Scope, blocked_by, count_untouched, has_work, month_counts, untouched
from ledger.reports.own_entries import todays_entries
from ledger.reports.takes import takes_of
from ledger.reports.worklists import band_counts, worklist
from ledger.roster.directory import Role, Team, teams

CLAIM_MONTHS = 3
"""Of so many months, the latest of which lines were submitted, the Home tab says what is billed and paid."""


def home(call: Call, place: Place, *, notice: Sequence[Block] = ()) -> dict[str, Any]:
    """Return the view of the person's Home tab as it is at ``place``; ``notice`` stands at its top."""
    roles = call.person.roles
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        shown = Home(
            at=call.local_now,
            business_days_left=calendar_of(call.practice).days_left(call.today),
            work=_work(call, connection, known) if roles & DOCUMENTING else None,
            team=_team(call, connection, known, place) if Role.LEAD in roles else None,
            billing=_billing(call, connection, place) if Role.BILLER in roles else None,
            set_up=set_up_for(connection, call.practice, call.person, call.today),
            attestations=due(attestations(connection, call.practice), call.today) if Role.ADMIN in roles else {},
        )
    return home_view(shown, place, notice=notice)


def _work(call: Call, connection: Connection, known: list[Team]) -> OwnWork:
    month, own = month_of(call.today), near_teams(call, known, None)
    takers = {code: take.staff_id for code, take in takes_of(connection, call.practice, month).items()}
    taken = {code for code, staff_id in takers.items() if staff_id == call.person.staff_id}
    mine = sorted(taken - out_of_reach(connection, call.practice, taken, on=call.today))
    figures = stored_figures(connection, call.practice.practice_id, mine, month)
    return OwnWork(
        timer=running_timer(connection, call.practice, call.person.staff_id),
        takers=takers,
        taken=[(code, figures.get((code, month), ())) for code in mine],
        scope=scope_name(known, own),
        near=worklist(connection, call.practice, month, own, on=call.today),
        today=todays_entries(connection, call.practice, call.person.staff_id, call.at),
    )


def _team(call: Call, connection: Connection, known: list[Team], place: Place) -> TeamWork:
    own = [team for team in known if team.team_id in call.person.team_ids]
    scope = Scope(month_of(call.today), frozenset(team.team_id for team in own))
    count = count_untouched(connection, call.practice, scope, on=call.today)
    page = nearest_page(place.opened_page, count, ROWS)
    first = page * ROWS
    is_opened = place.opened == UNTOUCHED
    return TeamWork(
        teams=own,
        bands=band_counts(connection, call.practice, scope, on=call.today),
        untouched_count=count,
        untouched=untouched(connection, call.practice, scope, first=first, most=ROWS, on=call.today)
        if is_opened
        else (),
        untouched_page=page,
        next_digests={team.team_id: next_post(call.practice, team, call.at) for team in own},
    )


def _billing(call: Call, connection: Connection, place: Place) -> Billing:
    scope = Scope(month_of(call.today))
    closed = closings_in_force(connection, call.practice.practice_id)
    ended = previous_month(scope.month)
    return Billing(
        counts=month_counts(connection, call.practice, scope),
        blocked=blocked_by(connection, call.practice, scope, place.opened),
        practice=call.practice,
        last_closed=closed[max(closed)] if closed else None,
        claims=totals_by_month(connection, call.practice, most=CLAIM_MONTHS),
        to_close=ended if ended not in closed and has_work(connection, call.practice, ended) else None,
    )
