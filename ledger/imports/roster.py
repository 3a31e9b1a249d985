"""What the roster files share: rows that replace what was known, and the record of who changed it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from ledger.batches import batches
from ledger.practice import Practice
from ledger.tables import RosterChangeRow

IMPORTED_BY = "import"

Outcome = Literal["added", "changed", "unchanged"]


def put_all(
    connection: Connection,
    practice: Practice,
    table: Any,
    key_column: str,
    rows: Mapping[str, Mapping[str, Any]],
    *,
    at: datetime,
) -> dict[str, Outcome]:
    """Makes the roster's rows hold these values by key, and says of each what that changed.

    Whatever changes is recorded in ``roster_changes``.
    """
    outcomes: dict[str, Outcome] = {}
    for batch in batches(list(rows)):
        wanted = [getattr(table, name) for name in (key_column, *rows[batch[0]])]
        found = connection.execute(
            select(*wanted).where(table.practice_id == practice.practice_id, wanted[0].in_(batch))
        ).mappings()
        known = {row[key_column]: {name: row[name] for name in rows[batch[0]]} for row in found}
        new = [{"practice_id": practice.practice_id, key_column: key, **rows[key]} for key in batch if key not in known]
        changed = [key for key in batch if key in known and known[key] != rows[key]]
        if new:
            connection.execute(insert(table), new)
        for key in changed:
            connection.execute(
                update(table)
                .where(table.practice_id == practice.practice_id, getattr(table, key_column) == key)
                .values(**rows[key])
            )
        added = [row[key_column] for row in new]
        _record(connection, practice, table.__tablename__, {key: rows[key] for key in (*added, *changed)}, at=at)
        outcomes |= dict.fromkeys(batch, "unchanged")
        outcomes |= dict.fromkeys(changed, "changed")
        outcomes |= dict.fromkeys(added, "added")
    return outcomes


def _record(
    connection: Connection, practice: Practice, kind: str, rows: Mapping[str, Mapping[str, Any]], *, at: datetime
) -> None:
    changes = [
        {
            "practice_id": practice.practice_id,
            "change_id": uuid4().hex,
            "subject_kind": kind,
            "subject_id": key,
            "content": {name: _plain(value) for name, value in values.items()},
            "recorded_at": at,
            "recorded_by": IMPORTED_BY,
        }
        for key, values in rows.items()
    ]
    if changes:
        connection.execute(insert(RosterChangeRow), changes)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, list | bool) else str(value)
