"""The care teams: what a row says of one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection

from ledger.errors import LedgerError
from ledger.practice.practice import zone_named
from ledger.practice.settings import LAST_HOUR, business_days, days_of_month
from ledger.roster.directory import Team, team_id_for, teams
from ledger.validation import Cells, Column
from ledger.values.names import LONGEST_TEAM_NAME, read_name

TEAM_FILE = (
    Column("name", ("team",)),
    Column("channel_id", ("channel",)),
    Column("digest_days", may_be_missing=True),
    Column("digest_business_days", may_be_missing=True),
    Column("digest_hour", may_be_missing=True),
    Column("digest_zone", may_be_missing=True),
)
"""The columns of teams.csv; without those about digests the practice's policy holds."""
_LONGEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class KnownTeams:
    """The teams that there are, by the letters and digits of their names."""

    by_name: dict[str, Team]
    ids: set[str] = field(default_factory=set)

    def id_for(self, name: str) -> str:
        """Return the id of the team of that name, or one that no team has had; "" for a name without letter or digit.

        A renamed team keeps its id, so a new team of its old name gets another.
        """
        plain = team_id_for(name)
        if not plain or plain in self.by_name:
            return self.by_name[plain].team_id if plain else ""
        numbered = (f"{plain}-{number}" for number in count(2))
        return next(each for each in chain([plain], numbered) if each not in self.ids)


def known_teams(connection: Connection, practice_id: str) -> KnownTeams:
    """Return the teams of the practice."""
    known = teams(connection, practice_id)
    return KnownTeams({team_id_for(team.name): team for team in known}, {team.team_id for team in known})


_NAME_EXAMPLE = "Blue Team"
_NAME = partial(read_name, longest=LONGEST_TEAM_NAME, example=_NAME_EXAMPLE)


def read_team(row: Cells) -> dict[str, Any]:
    """Return what a row says of a team; problems with it are added to the row."""
    name, channel = row.read_text("name", _NAME, _NAME_EXAMPLE), row.text("channel_id", "C0123ABCD")
    if name and not team_id_for(name):
        row.refuse("name", f"{name!r} has no letter or digit.", "For example: Blue Team")
    if channel and not (channel.isalnum() and channel[0] in "CG"):
        row.refuse("channel_id", f"{channel!r} is not a channel id.", "It begins with C, for example C0123ABCD.")
    schedule = {column: value for column, value in _read_schedule(row).items() if column not in row.missing}
    return {"name": name, "channel_id": channel, **schedule}


def _read_schedule(row: Cells) -> dict[str, Any]:
    if row.values["digest_days"] and row.values["digest_business_days"]:
        row.refuse("digest_business_days", "replaces digest_days.", "Leave one of the two empty.")
    return {
        "digest_days": _read_numbers(row, "digest_days", days_of_month, "25;26;27;28"),
        "digest_business_days": _read_numbers(row, "digest_business_days", business_days, "6;5;4"),
        "digest_hour": _read_hour(row),
        "digest_zone": _read_zone(row),
    }


def _read_numbers(
    row: Cells, column: str, check: Callable[[tuple[int, ...]], tuple[int, ...]], example: str
) -> list[int] | None:
    words = re.split(r"[;,\s]+", row.values[column].strip("; ,"))
    if words == [""]:
        return None
    try:
        return list(check(tuple(map(_number, words))))
    except ValueError as error:
        row.refuse(column, f"{error}.", f"For example: {example}")
        return None


def _number(word: str) -> int:
    if word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER:
        return int(word)
    raise ValueError(f"{word!r} is not a whole number")


def _read_hour(row: Cells) -> int | None:
    hour = row.whole_number("digest_hour")
    if hour is not None and hour > LAST_HOUR:
        row.refuse("digest_hour", f"{hour} is no hour.", "For example: 9 for 9:00 am, 16 for 4:00 pm")
    return hour


def _read_zone(row: Cells) -> str | None:
    name = row.optional("digest_zone")
    try:
        return zone_named(name).key if name else None
    except LedgerError as error:
        row.refuse("digest_zone", f"{name!r} is no time zone.", error.remedy)
        return None
