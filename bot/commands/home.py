"""The App Home tab: near patients, the month so far and the next digest, as far as the person's roles go."""

from typing import Any

from bot.access import BILLING, DOCUMENTING, LEADING, visible_teams
from bot.commands.call import Call, scope_name
from bot.commands.digest import next_post
from bot.views.home import Day, home_view
from jobs.calendar import business_days_left
from ledger.clock import month_of
from ledger.roster import teams
from ledger.worklists import month_list, worklist


def home(call: Call, *, page: int = 0) -> dict[str, Any]:
    """The view of the person's Home tab."""
    roles = call.person.roles
    month = month_of(call.today)
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        visible = visible_teams(call.person, known, None)
        near = worklist(connection, call.practice, month, visible)
        listed = month_list(connection, call.practice, month, team_ids=visible) if roles & BILLING else None
    day = Day(
        today=call.today,
        business_days_left=business_days_left(call.today),
        scope=scope_name(known, visible),
        may_log=bool(roles & DOCUMENTING),
        near=near,
        month=listed,
        next_digest=next_post(call.practice, call.at) if roles & LEADING else None,
    )
    return home_view(day, page=page)
