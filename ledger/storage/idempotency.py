"""Replay is not conflict (design 3): the same request delivered twice stores one thing and answers alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from ledger.errors import LedgerError
from ledger.storage.hash_chain import content_hash
from ledger.storage.tables import RequestRow

_EARLIER = select(RequestRow.content_hash, RequestRow.result).where(
    RequestRow.practice_id == bindparam("mine"), RequestRow.idempotency_key == bindparam("key")
)
_INSERT = insert(RequestRow)


@dataclass(frozen=True, slots=True)
class Request:
    """A write that somebody asked for: a key that is the same when it is delivered again, and what was asked."""

    key: str
    content: Mapping[str, Any]


def earlier_result(connection: Connection, practice_id: str, request: Request) -> dict[str, Any] | None:
    """What came of this request when it was delivered before, or None where it is new.

    Raises ``LedgerError`` REQUEST_DIFFERS where the key was used for something else.
    """
    row = connection.execute(_EARLIER, {"mine": practice_id, "key": request.key}).one_or_none()
    if row is None:
        return None
    if row.content_hash != content_hash(request.content):
        raise LedgerError(
            "REQUEST_DIFFERS",
            "This request came before with other content. Nothing was saved.",
            "Send it again as a new request, for example by typing the command once more.",
        )
    return dict(row.result)


def remember(
    connection: Connection, practice_id: str, request: Request, result: dict[str, Any], *, at: datetime
) -> None:
    """Stores what came of ``request``, in the transaction that did it."""
    connection.execute(
        _INSERT,
        {
            "practice_id": practice_id,
            "idempotency_key": request.key,
            "content_hash": content_hash(request.content),
            "result": result,
            "recorded_at": at,
        },
    )
