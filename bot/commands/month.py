"""``/ccm month [MONTH] [TEAM] [PROGRAM] [STATUS]``: who is billable with which codes, who is not and why."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from bot.commands.call import TEAM_CHARACTERS, Call, month_args, scope_name
from bot.commands.command import Command, Listing, Paging
from bot.permissions import BILLING, visible_teams
from bot.views import formatting
from bot.views.blocks import Block
from bot.views.diagnostic import GAP_PAGE, Diagnosed, gap_page, gap_rows, printed
from bot.views.diagnostic import ROWS_PER_PAGE as GAP_ROWS
from bot.views.help import Topic
from bot.views.menus import Choice
from bot.views.month import (
    COLUMNS,
    GROUP_FILTER,
    MONTH_FILTER,
    PAGE,
    PROGRAM_FILTER,
    ROWS_PER_PAGE,
    TEAM_FILTER,
    MonthPage,
    listed_rows,
    month_head,
    month_page,
    row_cells,
    statements,
)
from bot.views.reply import Reply, button, nearest_page, table
from ledger.characters import beginning
from ledger.clock import month_of, previous_month
from ledger.reports.diagnostic import diagnose, gaps
from ledger.reports.month_lists import MonthCounts, MonthList, Scope, month_counts, month_list, month_rows
from ledger.roster.directory import Team, teams
from ledger.rules.facts import Program
from ledger.rules.rulebook import known_programs
from ledger.rules.statement import Group

MONTHS_OFFERED = 13


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of which month is asked for; a part that is None asks for all that the person may see."""

    month: date
    team: Team | None = None
    program: Program | None = None
    group: Group | None = None

    @property
    def text(self) -> str:
        """The question as one could type it: what buttons and menus carry."""
        group = self.group.replace("_", " ") if self.group else None
        team = beginning(self.team.name, TEAM_CHARACTERS) if self.team else None
        return " ".join(filter(None, (f"{self.month:%Y-%m}", team, self.program, group)))


def month(call: Call, page: int = 0) -> Reply:
    """Page ``page`` (from 0) of the month's list.

    Raises:
        LedgerError: For a month or a team that is none.
    """
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        asked = _asked(call, known)
        scope, name = _scope(call, known, asked)
        counts = month_counts(connection, call.practice, scope)
        row_count = sum(count for group, count in counts.programs.items() if asked.group in {None, group})
        page = min(max(page, 0), max(0, (row_count - 1) // ROWS_PER_PAGE))
        rows = month_rows(
            connection,
            call.practice,
            scope,
            counts,
            group=asked.group,
            first=page * ROWS_PER_PAGE,
            most=ROWS_PER_PAGE,
        )
        diagnosed = diagnose(connection, call.practice, scope, by_person=False)
    return month_page(
        MonthPage(
            counts=counts,
            scope=name,
            group=asked.group,
            rows=rows,
            row_count=row_count,
            page=page,
            address=asked.text,
            practice=call.practice,
            filters=_filters(call, known, asked, counts),
            diagnosed=diagnosed,
        )
    )


def gap(call: Call, page: int = 0) -> Reply:
    """Page ``page`` (from 0) of the patients behind the gap between device codes and management codes.

    Raises:
        LedgerError: For a month or a team that is none.
    """
    shown = find_diagnostic(call)
    rows = gap_rows(shown.gaps)
    first = nearest_page(page, len(rows), GAP_ROWS) * GAP_ROWS
    back = button("Back to the month", f"{PAGE}_previous", {"text": shown.address, "page": 0})
    menu = statements(shown.months[0].month, [row[0] for row in rows[first : first + GAP_ROWS]])
    return gap_page(shown, page, back=back, statements=menu)


def find_diagnostic(call: Call) -> Diagnosed:
    """Return the diagnostic of what the call asks for, whatever status it names."""
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        asked = _asked(call, known)
        scope, name = _scope(call, known, asked)
        return Diagnosed(
            months=diagnose(connection, call.practice, scope),
            gaps=gaps(connection, call.practice, scope),
            scope=name,
            teams={team.team_id: team.name for team in known},
            address=asked.text,
        )


def find_month(call: Call) -> tuple[MonthList, MonthCounts, str, Group | None]:
    """Return the whole list that the call asks for, its counts, whose it is and the status it is of: for a terminal."""
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
        asked = _asked(call, known)
        scope, name = _scope(call, known, asked)
        listed = month_list(connection, call.practice, scope)
        return listed, month_counts(connection, call.practice, scope), name, asked.group


def _asked(call: Call, known: list[Team]) -> Asked:
    args, team = month_args(call, known, groups=True)
    return Asked(args.month or month_of(call.today), team, args.program, args.group)


def _scope(call: Call, known: list[Team], asked: Asked) -> tuple[Scope, str]:
    """Return what is counted, and what it is called.

    Raises:
        LedgerError: For a team of others.
    """
    visible = visible_teams(call.person, known, asked.team)
    name = scope_name(known, visible)
    return Scope(asked.month, visible, asked.program), f"{name}, {asked.program}" if asked.program else name


def _filters(
    call: Call, known: list[Team], asked: Asked, counts: MonthCounts
) -> dict[str, tuple[Sequence[Choice], str]]:
    """Return the menus of the list: each choice is the whole question as it is, but for one thing."""
    own = visible_teams(call.person, known, None)
    offered = [team for team in known if own is None or team.team_id in own]
    everything = "All teams" if own is None else "All my teams"
    choices = {
        MONTH_FILTER: [
            Choice(replace(asked, month=month).text, formatting.month_name(month)) for month in _months(call, asked)
        ],
        TEAM_FILTER: [
            Choice(replace(asked, team=None).text, everything),
            *(Choice(replace(asked, team=team).text, team.name) for team in offered),
        ],
        PROGRAM_FILTER: [
            Choice(replace(asked, program=None).text, "All programs"),
            *(Choice(replace(asked, program=program).text, program.value) for program in known_programs()),
        ],
        GROUP_FILTER: [
            Choice(replace(asked, group=None).text, "Every status"),
            *(
                Choice(replace(asked, group=group).text, f"{formatting.GROUP_WORDS[group]} ({counts.programs[group]})")
                for group in Group
            ),
        ],
    }
    if len(offered) == 1:
        del choices[TEAM_FILTER]
    return {action: (offer, asked.text) for action, offer in choices.items()}


def _months(call: Call, asked: Asked) -> list[date]:
    """Return this month and those before it, and the one that was asked for."""
    months = [month_of(call.today)]
    while len(months) < MONTHS_OFFERED:
        months.append(previous_month(months[-1]))
    return sorted({*months, asked.month}, reverse=True)


def _printed(call: Call) -> list[Block]:
    """Return the whole list for a terminal."""
    listed, counts, scope, group = find_month(call)
    rows = [row_cells(row) for row in listed_rows(listed, group)]
    head = month_head(counts, call.practice, scope=scope, group=group).blocks
    return [*head, table(COLUMNS, rows), *printed(find_diagnostic(call))]


def _data(call: Call) -> dict[str, Any]:
    """Return the month's list for a program, with its diagnostic."""
    listed, shown = find_month(call)[0], find_diagnostic(call)
    values = {field.name: getattr(listed, field.name) for field in fields(listed)}
    return {**values, "diagnostic": {"months": shown.months, "gaps": shown.gaps}}


MONTH = Command(
    "month",
    BILLING,
    month,
    Topic(
        "month [MONTH] [TEAM] [PROGRAM] [STATUS]",
        "Billable patients with codes and payment, and for every other patient the reason why not; capture rates, and "
        "device codes against management codes, beside the last three months.",
        ("/ccm month", "/ccm month last Blue Team", "/ccm month 2026-11 rpm", "/ccm month last blocked"),
    ),
    saves=False,
    paging=Paging(PAGE, month),
    beside=Paging(GAP_PAGE, gap),
    terminal=Listing('ccm month 2026-11 "Blue Team"', _printed, _data),
)
