"""What the app answered to a payload, and the transports that can carry one to it."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.playground.settings import JSON

Kind = Literal["slash_commands", "interactive", "events_api"]

TIMED_OUT = "operation_timeout"
FAILED = "dispatch_failed"


@dataclass(frozen=True)
class Answer:
    """The app's acknowledgement: `body` is None, text, or JSON; `error` says why there was none.

    `error` is `operation_timeout`, `dispatch_failed`, or `http_500` and the like.
    """

    body: Any = None
    error: str | None = None


@dataclass(frozen=True)
class Retry:
    """Which repetition of an event this is, and why it is repeated."""

    number: int
    reason: str


class Transport(Protocol):
    """A way to the app."""

    def is_ready(self) -> bool:
        """Return whether the app can be reached this way now."""

    def send(self, kind: Kind, payload: JSON, *, timeout_seconds: float, retry: Retry | None) -> Answer:
        """Hand over a payload and return the app's answer, waiting no longer than told."""


def read_body(content_type: str, body: str) -> Any:
    """Return an HTTP answer's body as JSON, text, or None; text where it claims to be JSON and is not."""
    if not body:
        return None
    if content_type.startswith("application/json"):
        try:
            return json.loads(body)
        except json.JSONDecodeError:
            return body
    return body
