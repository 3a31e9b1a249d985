"""What the roster's rows share, from a file or a form: they replace what was known, and who changed it is recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from ledger.practice.practice import Practice
from ledger.storage.batches import batches
from ledger.storage.tables import PracticeRow, RosterChangeRow

IMPORTED_BY = "import"

Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a row: its columns ``before``, None where there was none, and ``after``."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    @property
    def outcome(self) -> Outcome:
        """Whether the row is new, says something else than before, or the same."""
        if self.before is None:
            return "added"
        return "changed" if self.changed else "unchanged"

    @property
    def changed(self) -> frozenset[str]:
        """The columns that were known otherwise; of a new row none."""
        if self.before is None:
            return frozenset()
        return frozenset(name for name, value in self.after.items() if self.before[name] != value)


def put_all(
    connection: Connection,
    practice: Practice,
    table: Any,
    key_column: str,
    rows: Mapping[str, Mapping[str, Any]],
    *,
    at: datetime,
    recorded_by: str,
    defaults: Mapping[str, Any] | None = None,
) -> dict[str, Put]:
    """Make the roster's rows hold these values by key, and say of each what that changed.

    Whatever changes is recorded in ``roster_changes``. What the rows do not speak of stays as it is; a new row has the
    ``defaults`` for it.
    """
    done: dict[str, Put] = {}
    for batch in batches(list(rows)):
        wanted = [getattr(table, name) for name in (key_column, *rows[batch[0]])]
        found = connection.execute(
            select(*wanted).where(table.practice_id == practice.practice_id, wanted[0].in_(batch))
        ).mappings()
        known = {row[key_column]: {name: row[name] for name in rows[batch[0]]} for row in found}
        put = {key: Put(known.get(key), rows[key]) for key in batch}
        new = [key for key in batch if put[key].outcome == "added"]
        changed = [key for key in batch if put[key].outcome == "changed"]
        made = {key: {**(defaults or {}), **rows[key]} for key in new}
        if made:
            connection.execute(
                insert(table),
                [{"practice_id": practice.practice_id, key_column: key, **row} for key, row in made.items()],
            )
        for key in changed:
            connection.execute(
                update(table)
                .where(table.practice_id == practice.practice_id, getattr(table, key_column) == key)
                .values(**rows[key])
            )
        written = {**made, **{key: rows[key] for key in changed}}
        record_changes(connection, practice, table.__tablename__, written, at=at, recorded_by=recorded_by)
        done |= put
    return done


def keys_where(done: Mapping[str, Put], columns: Iterable[str]) -> list[str]:
    """Return the rows that were known with another value in one of ``columns``."""
    return [key for key, put in done.items() if not put.changed.isdisjoint(columns)]


def record_changes(
    connection: Connection,
    practice: Practice,
    kind: str,
    rows: Mapping[str, Mapping[str, Any]],
    *,
    at: datetime,
    recorded_by: str,
) -> None:
    """Record who made these rows of the table ``kind``, by key, what they are now."""
    changes = [
        {
            "practice_id": practice.practice_id,
            "change_id": uuid4().hex,
            "subject_kind": kind,
            "subject_id": key,
            "content": {name: plain(value) for name, value in values.items()},
            "recorded_at": at,
            "recorded_by": recorded_by,
        }
        for key, values in rows.items()
    ]
    if changes:
        connection.execute(insert(RosterChangeRow), changes)


def plain(value: object) -> object:
    """Return a column's value as it is recorded: text, a list, a number, yes or no, or nothing."""
    return value if value is None or isinstance(value, list | bool | int) else str(value)


def lock_roster(connection: Connection, practice: Practice) -> None:
    """Make other changes of this practice's roster that people ask for wait until the commit."""
    connection.execute(
        select(PracticeRow.practice_id)
        .where(PracticeRow.practice_id == practice.practice_id)
        .with_for_update(key_share=True)
    )
