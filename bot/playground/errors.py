"""The ways something fails here: refused by Slack to an app, or by the client to a person; and a lost connection."""

from collections.abc import Mapping, Sequence
from typing import Any


class SlackError(Exception):
    """A call that Slack answers with `{"ok": false, "error": ...}`.

    `messages` become `response_metadata.messages`; `extra` holds further keys of the answer.
    """

    def __init__(
        self,
        error: str,
        messages: Sequence[str] = (),
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(": ".join([error, *messages[:1]]))
        self.error = error
        self.messages = tuple(messages)
        self.status = status
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """Return the JSON that Slack would answer."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


class ImpossibleAction(Exception):  # noqa: N818 - what a person tried cannot be done; the program is not at fault
    """What a person tried to do cannot be done in Slack's client: no such button, no such option."""


class HungUp(Exception):  # noqa: N818 - what was done to the app on purpose; the program is not at fault
    """The connection of a call is lost before its answer, or `halfway` through it."""

    def __init__(self, *, halfway: bool) -> None:
        super().__init__("the connection is lost")
        self.halfway = halfway
