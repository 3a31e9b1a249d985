"""Who opened the Home tab when, and what of it they were looking at: so that it can be shown again without a press."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.storage.database import ScopedDatabase
from ledger.storage.tables import HomeTabRow


@dataclass(frozen=True, slots=True)
class HomeTab:
    """A Home tab as it was published last; ``view_hash`` is the one that Slack gave it."""

    practice_id: str
    slack_user_id: str
    opened_at: datetime
    looking_at: Mapping[str, Any]
    view_hash: str


_TAB = select(HomeTabRow.__table__).where(
    HomeTabRow.practice_id == bindparam("mine"), HomeTabRow.slack_user_id == bindparam("user")
)


def find_home_tab(connection: Connection, practice_id: str, slack_user_id: str) -> HomeTab | None:
    """Return the person's Home tab, or None where they never opened it."""
    row = connection.execute(_TAB, {"mine": practice_id, "user": slack_user_id}).one_or_none()
    if row is None:
        return None
    return HomeTab(row.practice_id, row.slack_user_id, row.opened_at, row.looking_at, row.view_hash)


def remember_home_tab(database: ScopedDatabase, tab: HomeTab) -> None:
    """Store ``tab`` in place of what was known of it.

    Where two processes store a person's first at once, one of them is kept: it costs the next publish a second try.
    """
    values = {"opened_at": tab.opened_at, "looking_at": dict(tab.looking_at), "view_hash": tab.view_hash}
    key = {"practice_id": tab.practice_id, "slack_user_id": tab.slack_user_id}
    try:
        with database.writing() as connection:
            if connection.execute(update(HomeTabRow).filter_by(**key).values(**values)).rowcount == 0:
                connection.execute(insert(HomeTabRow).values(**key, **values))
    except IntegrityError:
        return


def mark_home_tab(database: ScopedDatabase, practice_id: str, slack_user_id: str, *, at: datetime) -> None:
    """Store that the person's tab is in use at ``at``; nothing where they never opened it."""
    with database.writing() as connection:
        connection.execute(
            update(HomeTabRow).filter_by(practice_id=practice_id, slack_user_id=slack_user_id).values(opened_at=at)
        )
