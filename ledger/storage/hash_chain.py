"""The hash chain of a patient: what makes a change to the record visible years later (design 2).

Every entry, void and addendum of a patient is one link. A link's hash is SHA-256 over the canonical JSON of its
content and the hash of the link before it: keys sorted, no spaces, nothing that is null, dates in ISO 8601,
instants in UTC to the microsecond.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from ledger.storage.tables import ChainHeadRow

GENESIS = "0" * 64
_LINKS = frozenset({"previous_hash", "hash"})


def link(kind: str, row: Mapping[str, Any], previous_hash: str) -> dict[str, Any]:
    """Return the columns of ``row`` with ``previous_hash`` and ``hash``.

    ``kind`` is ``entry``, ``void`` or ``addendum``.
    """
    return {**row, "previous_hash": previous_hash, "hash": link_hash(kind, row, previous_hash)}


def link_hash(kind: str, row: Mapping[str, Any], previous_hash: str) -> str:
    """Return the hash of the link that ``row`` is, in hexadecimal."""
    content = {name: value for name, value in row.items() if name not in _LINKS}
    return content_hash({"kind": kind, "previous_hash": previous_hash, **content})


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of ``content``, in hexadecimal."""
    present = {name: value for name, value in content.items() if value is not None}
    return hashlib.sha256(canonical_json(present).encode()).hexdigest()


def canonical_json(content: Any) -> str:
    """Return ``content`` as JSON that is the same whoever writes it.

    Keys sorted, no spaces, dates and instants as above.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_canonical)


def _canonical(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a link holds text, numbers and dates, not {type(value).__name__}")


_HEAD = (
    ChainHeadRow.practice_id == bindparam("at_practice_id"),
    ChainHeadRow.patient_code == bindparam("at_patient_code"),
)
_LOCK = select(ChainHeadRow.position, ChainHeadRow.hash).where(*_HEAD).with_for_update()
_LOCK_MANY = (
    select(ChainHeadRow.patient_code)
    .where(
        ChainHeadRow.practice_id == bindparam("at_practice_id"),
        ChainHeadRow.patient_code.in_(bindparam("at_patient_codes", expanding=True)),
    )
    .order_by(ChainHeadRow.patient_code)
    .with_for_update()
)
_MOVE = update(ChainHeadRow).where(*_HEAD)


def lock_head(connection: Connection, practice_id: str, patient_code: str) -> tuple[int, str]:
    """Return the position and hash of the patient's last link; other writers to this patient wait until the commit."""
    row = connection.execute(_LOCK, {"at_practice_id": practice_id, "at_patient_code": patient_code}).one()
    return row.position, row.hash


def lock_heads(connection: Connection, practice_id: str, patient_codes: Sequence[str]) -> None:
    """Make other writers to these patients wait until the commit; in one order for all, so that none wait in a ring.

    Whoever evaluates a month needs it: an entry stored meanwhile would be missing from the figures.
    """
    connection.execute(_LOCK_MANY, {"at_practice_id": practice_id, "at_patient_codes": list(patient_codes)})


def move_head(connection: Connection, practice_id: str, patient_code: str, position: int, new_hash: str) -> None:
    """Record that the patient's chain now ends at ``position``."""
    connection.execute(
        _MOVE,
        {"at_practice_id": practice_id, "at_patient_code": patient_code, "position": position, "hash": new_hash},
    )
