"""Replay is not conflict (design 3): the same request delivered twice stores one thing and answers alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayable:
    """A receipt that says whether its request was ``replayed``: delivered before, and done then."""

    replayed: bool = False


AnyReceipt = TypeVar("AnyReceipt", bound=Replayable)


class Once(Generic[AnyReceipt]):
    """A kind of write that is done once however often its request is delivered.

    Lock what the write is about first: of two deliveries at the same moment the second then waits, and finds what the
    first has done. For example:

        lock_staff(connection, practice, by)
        return _VOID.write(connection, practice.practice_id, request, void, at=at)
    """

    def __init__(self, receipt: type[AnyReceipt]) -> None:
        """``receipt`` is the class of what the write returns; pydantic keeps it as JSON."""
        self._receipts = TypeAdapter(receipt)

    def earlier(self, connection: Connection, practice_id: str, request: Request) -> AnyReceipt | None:
        """Return the receipt of an earlier delivery, marked as replayed, or None where the request is new.

        Raises:
            LedgerError: REQUEST_DIFFERS, where the key was used for something else.
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
        return replace(self._receipts.validate_python(row.result), replayed=True)

    def write(
        self,
        connection: Connection,
        practice_id: str,
        request: Request,
        work: Callable[[], AnyReceipt],
        *,
        at: datetime,
    ) -> AnyReceipt:
        """Run ``work`` and keep its receipt in the same transaction; of a replayed request return the first receipt.

        Raises:
            LedgerError: As ``earlier`` and ``work`` do.
        """
        earlier = self.earlier(connection, practice_id, request)
        if earlier is not None:
            return earlier
        receipt = work()
        row = {
            "practice_id": practice_id,
            "idempotency_key": request.key,
            "content_hash": content_hash(request.content),
            "result": self._receipts.dump_python(receipt, mode="json"),
            "recorded_at": at,
        }
        connection.execute(_INSERT, row)
        return receipt
