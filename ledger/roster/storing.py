"""What the roster's rows share, from a file or a form: they replace what was known, and who changed it is recorded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from ledger.patients.roster_history import DATED, History, Steps, append_told, histories
from ledger.practice.practice import Practice
from ledger.storage.batches import batches
from ledger.storage.roster_tables import BEGINNING
from ledger.storage.tables import PracticeRow, RosterChangeRow
from ledger.validation import Cells, Column
from ledger.values.days import refuse_since

IMPORTED_BY = "import"
FROM = Column("from", ("from_date",), may_be_missing=True)
"""The column that says from which day on a row's dated columns hold."""
ALWAYS = "always"
"""What stands in it for the beginning."""


def read_from(row: Cells, today: date) -> date | None:
    """Return the day from which a row holds, or None where it says none; problems with it are added to the row."""
    if row.values[FROM.name].lower() == ALWAYS:
        return BEGINNING
    day = row.day(FROM.name)
    if day is not None:
        row.read(FROM.name, lambda _text: refuse_since(day, today))
    return day


Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a row: its columns ``before``, None where there was none, and ``after``.

    ``told`` has what was recorded of its dated columns, by the day from which it holds.
    """

    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    told: Steps = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """Whether the row is new, says something else than before, or the same."""
        if self.before is None:
            return "added"
        return "changed" if self.changed or self.told else "unchanged"

    @property
    def changed(self) -> frozenset[str]:
        """The columns that were known otherwise; of a new row none."""
        if self.before is None:
            return frozenset()
        return frozenset(name for name, value in self.after.items() if self.before[name] != value)

    def since(self, columns: Collection[str]) -> date | None:
        """Return the first day on which one of these columns is another than was known, or None; of a new row none.

        A column that is not dated may matter on every day.
        """
        if self.before is None:
            return None
        if not self.changed.isdisjoint(set(columns) - {name for names in DATED.values() for name in names}):
            return BEGINNING
        return min((day for day, values in self.told.items() if not values.keys().isdisjoint(columns)), default=None)


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


Statement = tuple[date | None, Mapping[str, Any]]
"""A row's columns and the day from which they hold; None is today, or the beginning for what is first told."""


def put_dated(
    connection: Connection,
    practice: Practice,
    table: Any,
    key_column: str,
    statements: Mapping[str, Sequence[Statement]],
    *,
    at: datetime,
    recorded_by: str,
    defaults: Mapping[str, Any] | None = None,
) -> dict[str, Put]:
    """Do what ``put_all`` does where columns hold from a day on: the rows are then what holds today.

    Of several statements about one row the dated columns hold from each one's day; the others are as the last has them.
    What a row was ``before`` it was on the first day on which that changes.
    """
    lock_roster(connection, practice)
    today, kind = practice.local_date(at), table.__tablename__
    known = histories(connection, practice.practice_id, kind, statements)
    told: dict[str, Steps] = {}
    before, rows = {}, {}
    for key, said in statements.items():
        history = known.get(key, History())
        first = {} if history.told else {**DATED[kind], **(defaults or {})}
        dated = [
            (day or (today if history.told else BEGINNING), _dated(kind, {**first, **values})) for day, values in said
        ]
        told[key] = history.to_record(sorted(dated, key=itemgetter(0)))
        before[key] = history.on(min(told[key])) if told[key] else {}
        held = history.after(told[key], at=at, recorded_by=recorded_by).on(today)
        rows[key] = {name: held.get(name, value) for name, value in said[-1][1].items()}
    done = put_all(connection, practice, table, key_column, rows, at=at, recorded_by=recorded_by, defaults=defaults)
    append_told(connection, practice, kind, told, at=at, recorded_by=recorded_by)
    return {
        key: replace(put, before=None if put.before is None else {**put.before, **before[key]}, told=told[key])
        for key, put in done.items()
    }


def _dated(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in DATED[kind]}


def first_change(done: Mapping[str, Put], columns: Collection[str]) -> tuple[list[str], date]:
    """Return the rows of which one of ``columns`` is on some day another than was known, and the first such day."""
    days = {key: day for key, put in done.items() if (day := put.since(columns)) is not None}
    return list(days), min(days.values(), default=BEGINNING)


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
