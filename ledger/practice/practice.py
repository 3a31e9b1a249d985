"""A practice: one Slack workspace, its zone and its policy."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, bindparam, insert, select

from ledger.errors import LedgerError
from ledger.practice.settings import DEFAULT_CONDUCT, Conduct, conduct_of, policy_of
from ledger.rules.policy import DEFAULT_POLICY, Policy
from ledger.storage.database import AnyRow
from ledger.storage.tables import PracticeRow


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice as every request sees it."""

    practice_id: str
    name: str
    timezone: str
    policy: Policy = DEFAULT_POLICY
    conduct: Conduct = DEFAULT_CONDUCT

    @property
    def zone(self) -> ZoneInfo:
        """The practice's time zone: its dates are local dates (billing-rules, introduction)."""
        return zone_named(self.timezone)

    def local(self, at: datetime) -> datetime:
        """Return the instant ``at`` on the practice's clock."""
        return at.astimezone(self.zone)

    def local_date(self, at: datetime) -> date:
        """Return the practice's date at the instant ``at``."""
        return self.local(at).date()


@lru_cache(maxsize=64)
def zone_named(timezone: str) -> ZoneInfo:
    """Return the zone of that name.

    Raises:
        LedgerError: For a name that the tz database does not have.
    """
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise LedgerError(
            "TIMEZONE_UNKNOWN",
            f"No time zone is called {timezone!r}.",
            "Use a name of the tz database, for example America/New_York.",
        ) from error


_PRACTICES = select(PracticeRow.practice_id, PracticeRow.name, PracticeRow.timezone, PracticeRow.policy)
_PRACTICE = _PRACTICES.where(PracticeRow.practice_id == bindparam("mine"))


def create_practice(connection: Connection, practice_id: str, name: str, timezone: str, *, at: datetime) -> Practice:
    """Return the practice of that workspace, stored if it was not there yet.

    Raises:
        LedgerError: Where the workspace id or the zone is none, or where the practice exists otherwise.
    """
    if not practice_id.startswith(("T", "E")) or not practice_id.isalnum():
        raise LedgerError(
            "WORKSPACE_ID",
            f"{practice_id!r} is not a Slack workspace id.",
            "It begins with T and stands in the address of Slack in a browser, for example T01ABCDEF.",
        )
    wanted = Practice(practice_id, name, zone_named(timezone).key)
    existing = find_practice(connection, practice_id)
    if existing is None:
        connection.execute(
            insert(PracticeRow).values(
                practice_id=practice_id, name=name, timezone=wanted.timezone, policy={}, created_at=at
            )
        )
    elif (existing.name, existing.timezone) != (wanted.name, wanted.timezone):
        raise LedgerError(
            "PRACTICE_EXISTS",
            f"{practice_id} is already the practice {existing.name!r} in {existing.timezone}.",
            "Its zone decides what a date means and is not changed by init; nothing was saved.",
        )
    return wanted


def find_practice(connection: Connection, practice_id: str) -> Practice | None:
    """Return the practice of that workspace, or None."""
    row = connection.execute(_PRACTICE, {"mine": practice_id}).one_or_none()
    return _practice(row) if row else None


def get_practice(connection: Connection, practice_id: str) -> Practice:
    """Return the practice of that workspace.

    Raises:
        LedgerError: Where there is none.
    """
    practice = find_practice(connection, practice_id)
    if practice is None:
        raise LedgerError(
            "PRACTICE_UNKNOWN",
            f"This ledger has no practice for the workspace {practice_id}.",
            f'Run: ccm init --workspace {practice_id} --timezone America/New_York --name "My practice"',
        )
    return practice


def all_practices(connection: Connection) -> list[Practice]:
    """Return every practice of this ledger, in order of workspace id."""
    return [_practice(row) for row in connection.execute(_PRACTICES.order_by(PracticeRow.practice_id))]


def _practice(row: AnyRow) -> Practice:
    return Practice(row.practice_id, row.name, row.timezone, policy_of(row.policy), conduct_of(row.policy))
