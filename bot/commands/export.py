"""``/ccm export [MONTH] [TEAM]``: the month as a workbook and as CSV, in a direct message."""

from dataclasses import dataclass
from datetime import date

from bot.commands.call import Call, month_args, scope_name
from bot.permissions import visible_teams
from bot.views import formatting
from bot.views.reply import Reply, section
from ledger.clock import month_of
from ledger.roster.directory import Team, teams


@dataclass(frozen=True, slots=True)
class MonthFiles:
    """The two files of a month. Their names carry the month alone."""

    title: str
    workbook_name: str
    workbook: bytes
    csv_name: str
    csv: bytes


def export(call: Call) -> Reply:
    """What is on its way; raises ``LedgerError`` for a month or a team that is none."""
    month, scope, _ = _asked(call)
    text = f"{formatting.month_name(month)} ({scope}) is being prepared. It comes as a direct message from this app."
    return Reply(text, (section(formatting.escaped(text)),))


def month_files(call: Call) -> MonthFiles:
    """The files that the call asks for; raises as ``export`` does."""
    from ledger.reports.workbook import month_csv, month_workbook  # noqa: PLC0415 - openpyxl loads slowly

    month, scope, visible = _asked(call)
    with call.database.reading() as connection:
        workbook = month_workbook(connection, call.practice, month, visible)
        as_csv = month_csv(connection, call.practice, month, visible)
    name = f"ccm-{month:%Y-%m}"
    return MonthFiles(f"{formatting.month_name(month)} · {scope}", f"{name}.xlsx", workbook, f"{name}.csv", as_csv)


def _asked(call: Call) -> tuple[date, str, frozenset[str] | None]:
    with call.database.reading() as connection:
        known: list[Team] = teams(connection, call.practice.practice_id)
    args, team = month_args(call, known)
    visible = visible_teams(call.person, known, team)
    return args.month or month_of(call.today), scope_name(known, visible), visible
