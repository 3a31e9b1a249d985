"""``/ccm export [MONTH] [TEAM]``: the month as a workbook and as CSV, in a direct message."""

from datetime import date

from bot.commands.call import Call, month_args, scope_name
from bot.commands.command import Command, Files, Later
from bot.permissions import CLOSING, visible_teams
from bot.views import formatting
from bot.views.help import Topic
from bot.views.reply import Reply, section
from ledger.clock import month_of
from ledger.roster.directory import Team, teams


def export(call: Call) -> Later:
    """Return what is on its way, and the files themselves.

    Raises:
        LedgerError: For a month or a team that is none.
    """
    month, scope, _ = _asked(call)
    text = f"{formatting.month_name(month)} ({scope}) is being prepared. It comes as a direct message from this app."
    return Later(Reply(text, (section(formatting.escaped(text)),)), lambda: month_files(call))


def month_files(call: Call) -> Files:
    """Return the workbook and the CSV that the call asks for, whose names carry the month alone.

    Raises as ``export`` does.
    """
    from ledger.reports.workbook import month_csv, month_workbook  # noqa: PLC0415 - openpyxl loads slowly

    month, scope, visible = _asked(call)
    with call.database.reading() as connection:
        workbook = month_workbook(connection, call.practice, month, visible)
        as_csv = month_csv(connection, call.practice, month, visible)
    name = f"ccm-{month:%Y-%m}"
    return Files(f"{formatting.month_name(month)} · {scope}", {f"{name}.xlsx": workbook, f"{name}.csv": as_csv})


def _asked(call: Call) -> tuple[date, str, frozenset[str] | None]:
    with call.database.reading() as connection:
        known: list[Team] = teams(connection, call.practice.practice_id)
    args, team = month_args(call, known)
    visible = visible_teams(call.person, known, team)
    return args.month or month_of(call.today), scope_name(known, visible), visible


EXPORT = Command(
    "export",
    CLOSING,
    export,
    Topic(
        "export [MONTH] [TEAM]",
        "The month as a workbook and as CSV, in a direct message: billable, blocked, entries, warnings, diagnostic.",
        ("/ccm export", "/ccm export last"),
    ),
    saves=False,
)
