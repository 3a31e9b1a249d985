"""What is known of a request, of what follows behind it or of a job while it is done; and one line in the log each.

Everything that is logged meanwhile carries what is bound here: ``request_id`` from the request to its follow-ups, the
practice and the person by id.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import uuid4

import structlog

log = structlog.get_logger("bot.telemetry.request_log")

Result = TypeVar("Result")


class Outcome(StrEnum):
    """How a request ended: done, refused for a reason that its author was told, or failed on our side."""

    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(slots=True)
class Handling:
    """What is done, by a name from the code and never from what somebody typed, and how it went so far."""

    what: str
    is_named: bool = False
    outcome: Outcome = Outcome.OK
    code: str | None = None
    reference: str | None = None


_CURRENT: ContextVar[Handling | None] = ContextVar("handling", default=None)


def in_new_context(work: Callable[[], Result], **bound: str) -> Result:
    """Return what ``work`` returns, done under an id of its own; what is bound meanwhile is forgotten afterwards."""

    def bind_and_work() -> Result:
        structlog.contextvars.bind_contextvars(request_id=uuid4().hex[:16], **bound)
        return work()

    return copy_context().run(bind_and_work)


@contextmanager
def handling(event: str, what: str) -> Iterator[Handling]:
    """Log one line under ``event`` when the block ends: what was done, how it went, and how long it took.

    ``what`` holds until the work says itself what it is (``named``).
    """
    current = Handling(what)
    token = _CURRENT.set(current)
    began = time.perf_counter()
    try:
        yield current
    except BaseException:
        current.outcome = Outcome.FAILED
        raise
    finally:
        _CURRENT.reset(token)
        known = {"code": current.code, "reference": current.reference}
        log.info(
            event,
            what=current.what,
            outcome=current.outcome.value,
            duration_ms=round((time.perf_counter() - began) * 1000, 1),
            **{name: value for name, value in known.items() if value is not None},
        )


def named(what: str) -> None:
    """Say what is being done, unless that was said before."""
    current = _CURRENT.get()
    if current is not None and not current.is_named:
        current.what, current.is_named = what, True


def acts_for(practice_id: str, staff_id: str) -> None:
    """Say for which practice and which of its staff this is done."""
    structlog.contextvars.bind_contextvars(practice=practice_id, staff=staff_id)


def refused(code: str) -> None:
    """Say that its author was told of an error with that code."""
    current = _CURRENT.get()
    if current is not None and current.outcome is Outcome.OK:
        current.outcome, current.code = Outcome.REFUSED, code


def failed(reference: str | None = None, *, code: str | None = None) -> None:
    """Say that it failed on our side, under the reference that its author was shown."""
    current = _CURRENT.get()
    if current is not None:
        current.outcome, current.code, current.reference = Outcome.FAILED, code, reference
