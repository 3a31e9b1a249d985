"""``ccm import teams``: care teams and the channels of their digests."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from sqlalchemy import Connection

from ledger.imports.reading import Cells, ImportSummary, Progress, read_rows, refuse_if_any
from ledger.imports.roster import IMPORTED_BY, put_all
from ledger.practice import Practice
from ledger.roster import Team, team_id_for, teams
from ledger.tables import CareTeamRow

COLUMNS = ("name", "channel_id")


@dataclass(frozen=True, slots=True)
class KnownTeams:
    """The teams that there are, by the letters and digits of their names."""

    by_name: dict[str, Team]
    ids: set[str] = field(default_factory=set)

    def id_for(self, name: str) -> str:
        """The id of the team of that name, or one that no team has had; "" for a name without letter or digit.

        A renamed team keeps its id, so a new team of its old name gets another.
        """
        plain = team_id_for(name)
        if not plain or plain in self.by_name:
            return self.by_name[plain].team_id if plain else ""
        numbered = (f"{plain}-{number}" for number in count(2))
        return next(each for each in chain([plain], numbered) if each not in self.ids)


def known_teams(connection: Connection, practice_id: str) -> KnownTeams:
    """The teams of the practice."""
    known = teams(connection, practice_id)
    return KnownTeams({team_id_for(team.name): team for team in known}, {team.team_id for team in known})


def import_teams(
    connection: Connection, practice: Practice, path: Path, *, at: datetime, progress: Progress
) -> ImportSummary:
    """Stores the teams of the file; raises ``ImportRefusedError`` where any row is wrong."""
    rows = read_rows(path, COLUMNS)
    known = known_teams(connection, practice.practice_id)
    seen: set[str] = set()
    wanted: dict[str, dict[str, str]] = {}
    for row in rows:
        values = read_team(row)
        plain = team_id_for(values["name"])
        if plain and plain in seen:
            row.refuse("name", f"{row.values['name']!r} stands in the file twice.", "Remove one of the lines.")
        else:
            team_id = known.id_for(values["name"])
            known.ids.add(team_id)
            wanted[team_id] = values
        seen.add(plain)
    refuse_if_any(path, rows)
    done = put_all(connection, practice, CareTeamRow, "team_id", wanted, at=at, recorded_by=IMPORTED_BY)
    progress("teams", len(rows), len(rows))
    return ImportSummary.of(put.outcome for put in done.values())


def read_team(row: Cells) -> dict[str, str]:
    """What a row says of a team; problems with it are added to the row."""
    name, channel = row.text("name", "Blue Team"), row.text("channel_id", "C0123ABCD")
    if name and not team_id_for(name):
        row.refuse("name", f"{name!r} has no letter or digit.", "For example: Blue Team")
    if channel and not (channel.isalnum() and channel[0] in "CG"):
        row.refuse("channel_id", f"{channel!r} is not a channel id.", "It begins with C, for example C0123ABCD.")
    return {"name": name, "channel_id": channel}
