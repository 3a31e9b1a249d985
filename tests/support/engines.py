"""Engines that open quickly, for tests that open hundreds; what they ask of a database stays the same."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import URL, Engine, event
from sqlalchemy.engine.default import DefaultDialect

import ledger.storage.database


def quicken_engines(patch: pytest.MonkeyPatch) -> None:
    """Lets the engines of one kind of database share what they compiled, and SQLite not wait for the disk.

    A statement is compiled once, as in a process that runs for long, and not once for every engine: SQLAlchemy keeps it
    for its dialect, of which each engine has one of its own. What is committed survives the death of a process as
    before; the power cut that ``synchronous=FULL`` is for does not come in a test.
    """
    make: Callable[..., Engine] = ledger.storage.database._engine
    compiled: dict[type, Any] = {}
    types: dict[type, Any] = {}

    def quick(url: URL, *, is_sqlite: bool) -> Engine:
        engine = make(url, is_sqlite=is_sqlite)
        kind = type(engine.dialect)
        engine._compiled_cache = compiled.setdefault(kind, engine._compiled_cache)
        vars(engine.dialect)["_type_memos"] = types.setdefault(kind, engine.dialect._type_memos)
        if is_sqlite:
            event.listen(engine, "connect", _wait_for_no_disk)
        return engine

    patch.setattr(ledger.storage.database, "_engine", quick)
    patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other), raising=False)
    patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)), raising=False)


def _wait_for_no_disk(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.execute("PRAGMA synchronous=OFF")
