"""Trust in closed months: every close holds what it froze, and the ends of the chains that it saw lie on the chains."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ledger.closing.freezing import closing_hash
from ledger.months.closed_months import Action
from ledger.practice.practice import Practice
from ledger.storage.database import AnySelect
from ledger.storage.hash_chain import content_hash
from ledger.storage.month_tables import ClosedProgramRow, ClosedStatementRow, MonthClosingRow


class SeenHead(NamedTuple):
    """Where a close saw the chain of a patient end."""

    month: date
    number: int
    position: int
    hash: str


def seen_heads(connection: Connection, practice_id: str, patient_codes: Sequence[str]) -> Mapping[str, list[SeenHead]]:
    """Return what every close saw of these patients' chains, by code."""
    row = ClosedStatementRow
    query = select(row.patient_code, row.month, row.number, row.head_position, row.head_hash).where(
        row.practice_id == practice_id, row.patient_code.in_(patient_codes)
    )
    found: dict[str, list[SeenHead]] = defaultdict(list)
    for code, month, number, position, head_hash in connection.execute(query.order_by(row.month, row.number)):
        found[code].append(SeenHead(month, number, position, head_hash))
    return found


def check_heads(patient_code: str, seen: Sequence[SeenHead], hashes: Mapping[int, str]) -> str | None:
    """Return the first end of the chain that a close saw and that is not there.

    ``hashes`` are the links' by position.
    """
    for head in seen:
        if hashes.get(head.position) != head.hash:
            return (
                f"The chain of {patient_code} has no such link {head.position} as it ended with when "
                f"{head.month:%Y-%m} was closed."
            )
    return None


def check_closings(connection: Connection, practice: Practice) -> tuple[int, str | None]:
    """Return how many closes were checked, and the first whose content is not what its hash says."""
    query = select(MonthClosingRow.__table__).where(MonthClosingRow.practice_id == practice.practice_id)
    numbers: Counter[date] = Counter()
    checked = 0
    for closing in _rows(connection, query.order_by(MonthClosingRow.month, MonthClosingRow.number)):
        numbers[closing["month"]] += 1
        difference = _check_order(closing, numbers[closing["month"]])
        if difference is None and closing["action"] == Action.CLOSE:
            checked += 1
            difference = next(_content_differences(connection, closing), None)
        if difference is not None:
            return checked, difference
    return checked, None


def _rows(connection: Connection, query: AnySelect) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _check_order(row: Mapping[str, Any], expected: int) -> str | None:
    """Return a month is closed first, then reopened, and so on in turn: one that is missing shows."""
    action = Action.CLOSE if expected % 2 else Action.REOPEN
    if (row["number"], row["action"]) == (expected, action):
        return None
    return f"{row['month']:%Y-%m}: number {expected}, a {action}, is missing among its closes and reopens."


def _content_differences(connection: Connection, closing: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is not as ``closing`` froze it."""
    month = f"{closing['month']:%Y-%m}"
    at = {name: closing[name] for name in ("practice_id", "month", "number")}
    statements = _rows(connection, select(ClosedStatementRow.__table__).filter_by(**at))
    programs: dict[str, set[str]] = defaultdict(set)
    for one in _rows(connection, select(ClosedProgramRow.__table__).filter_by(**at)):
        programs[one["patient_code"]].add(one["program"])
    for row in statements:
        code = row["patient_code"]
        content = {name: row[name] for name in ("statement", "figures")}
        if content_hash(content) != row["content_hash"]:
            yield f"{code} {month}: the closed statement is not what was frozen."
        if {part["program"] for part in json.loads(row["statement"])["programs"]} != programs.pop(code, set()):
            yield f"{code} {month}: the programs of the closed statement are not those that were frozen."
    if closing_hash(closing, statements) != closing["hash"] or programs:
        yield f"{month}: what is stored is not what was frozen when it was closed."
