"""``/ccm month [MONTH] [TEAM] [PROGRAM]``: who is billable with which codes, who is not and why."""

from datetime import date

from bot.access import visible_teams
from bot.commands.call import Call, month_args, scope_name
from bot.views.month import month_page
from bot.views.reply import Reply
from ledger.clock import month_of
from ledger.roster import teams
from ledger.rules.facts import Program
from ledger.worklists import MonthList, month_list


def month(call: Call) -> Reply:
    """The first page of the month's list; raises ``LedgerError`` for a month or a team that is none."""
    listed, scope = find_month(call)
    args = {"text": call.text}
    return month_page(listed, scope=scope, page=0, address=args)


def month_at_page(call: Call, page: int) -> Reply:
    """Another page of the list that ``call.text`` asked for."""
    listed, scope = find_month(call)
    return month_page(listed, scope=scope, page=page, address={"text": call.text})


def find_month(call: Call) -> tuple[MonthList, str]:
    """The month's list that the call asks for, and whose it is."""
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        args, asked = month_args(call, known)
        visible = visible_teams(call.person, known, asked)
        wanted: date = args.month or month_of(call.today)
        listed = month_list(connection, call.practice, wanted, team_ids=visible, program=args.program)
    return listed, _scope(scope_name(known, visible), args.program)


def _scope(name: str, program: Program | None) -> str:
    return f"{name}, {program}" if program else name
