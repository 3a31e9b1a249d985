"""``ccm import teams``: care teams and the channels of their digests."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from ledger.imports.reading import ImportSummary, Progress, read_rows, refuse_if_any
from ledger.imports.roster import put_all
from ledger.practice import Practice
from ledger.roster import team_id_for
from ledger.tables import CareTeamRow

COLUMNS = ("name", "channel_id")


def import_teams(
    connection: Connection, practice: Practice, path: Path, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Stores the teams of the file; raises ``ImportRefusedError`` where any row is wrong."""
    rows = read_rows(path, COLUMNS)
    seen: set[str] = set()
    for row in rows:
        team_id = team_id_for(row.text("name", "Blue Team"))
        channel = row.text("channel_id", "C0123ABCD")
        if row.values["name"] and not team_id:
            row.refuse("name", f"{row.values['name']!r} has no letter or digit.", "For example: Blue Team")
        if team_id and team_id in seen:
            row.refuse("name", f"{row.values['name']!r} stands in the file twice.", "Remove one of the lines.")
        if channel and not (channel.isalnum() and channel[0] in "CG"):
            row.refuse("channel_id", f"{channel!r} is not a channel id.", "It begins with C, for example C0123ABCD.")
        seen.add(team_id)
    refuse_if_any(path, rows)
    wanted = {
        team_id_for(row.values["name"]): {"name": row.values["name"], "channel_id": row.values["channel_id"]}
        for row in rows
    }
    outcomes = put_all(connection, practice, CareTeamRow, "team_id", wanted, at=at)
    progress("teams", len(rows), len(rows))
    return ImportSummary.of(outcomes.values())
