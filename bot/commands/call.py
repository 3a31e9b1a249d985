"""A command on its way to its handler: who asks what, when, under which key."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.grammar.commands import MonthArgs, parse_month_args
from ledger.errors import LedgerError
from ledger.practice.practice import Practice
from ledger.roster.directory import Person, Team
from ledger.storage.database import ScopedDatabase
from ledger.storage.idempotency import Request

TEAM_CHARACTERS = 100
"""How much of a team's name a menu's choice carries: its 150 characters hold the rest of the question too."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command or button of one person. ``text`` is what stands behind the command's name."""

    database: ScopedDatabase
    practice: Practice
    person: Person
    text: str
    at: datetime
    key: str

    @property
    def local_now(self) -> datetime:
        """The instant of the call on the practice's clock."""
        return self.practice.local(self.at)

    @property
    def today(self) -> date:
        """The practice's date at the call."""
        return self.local_now.date()

    def behind(self, text: str) -> "Call":
        """Return this call with ``text`` alone: what stands behind the command's name."""
        return replace(self, text=text)

    def request(self, content: Mapping[str, Any]) -> Request:
        """Return the write this call asks for, under the call's key."""
        return Request(self.key, {"by": self.person.staff_id, **content})


def month_args(call: Call, teams: list[Team], *, groups: bool = False) -> tuple[MonthArgs, Team | None]:
    """Return ``[MONTH] [TEAM] [PROGRAM]`` of the call, and the team that is meant; with ``groups`` a status too.

    Raises:
        LedgerError: For other words.
    """
    args = parse_month_args(call.text, [team.name for team in teams], today=call.today, groups=groups)
    if args.problems:
        problem = args.problems[0]
        raise LedgerError(problem.code, problem.message, f"For example: {problem.example}")
    return args, next((team for team in teams if team.name == args.team), None)


def scope_name(teams: list[Team], visible: frozenset[str] | None) -> str:
    """Return whose list it is: ``all teams``, or the names of the visible ones."""
    if visible is None:
        return "all teams"
    return ", ".join(team.name for team in teams if team.team_id in visible) or "no team"
