"""How long an answer may be in an acknowledgement of Socket Mode, and how a longer one reaches its reader.

Slack closes a connection by which a frame of more than 20,480 bytes comes, and delivers the request again: nobody gets
the answer, and the bot is deaf until it is connected again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.slack.retry_handlers import ShortWaitRetryHandler
from bot.views.blocks import View, modal
from bot.views.reply import section

JSON = dict[str, Any]

MOST_BYTES = 16_000
"""So much of an answer goes in a frame of 16 KB, which is well below what Slack closes the connection at."""

HTTP_OK = 200

log = structlog.get_logger("bot.listeners.frames")


@dataclass(frozen=True, slots=True)
class Fitted:
    """An answer that fits in a frame; where ``rest`` is an answer too, that is to be sent apart."""

    answer: JSON | None
    rest: JSON | None = None
    shown_as: str | None = None
    """The external id of the view that ``answer`` shows, and ``rest`` takes the place of."""


def said_in(response: BoltResponse) -> dict[str, Any] | None:
    """Return what an acknowledgement says, None where it is a bare one."""
    if not response.body:
        return None
    if response.first_headers().get("content-type", "").startswith("application/json"):
        return dict(json.loads(response.body))
    return {"text": response.body}


def size_of(answer: Any) -> int:
    """Return how many bytes of a frame the answer takes."""
    return len(json.dumps(answer))


def fitted(answer: JSON) -> Fitted:
    """Return what of an answer the acknowledgement carries, and what is to be sent apart (``send_apart``).

    Options and errors can come in the acknowledgement alone: of options that do not fit, the first are offered, and
    errors are cut short.
    """
    if size_of(answer) <= MOST_BYTES:
        return Fitted(answer)
    if "options" in answer:
        return Fitted({**answer, "options": _first_that_fit(answer["options"])})
    if "errors" in answer:
        return Fitted({**answer, "errors": _cut(answer["errors"])})
    if "view" in answer:
        shown_as = answer["view"].get("external_id") or f"apart-{uuid4().hex}"
        view = {**answer["view"], "external_id": shown_as}
        return Fitted({**answer, "view": _waiting_for(view)}, {**answer, "view": view}, shown_as)
    return Fitted(None, answer)


def send_apart(client: WebClient, body: JSON, answer: JSON, *, shown_as: str | None = None) -> None:
    """Send an answer to the request in ``body`` by another way than its acknowledgement, where there is one.

    ``shown_as`` is the external id of the view that the acknowledgement shows first; without one, the form that was
    submitted stands there still.
    """
    if "view" in answer:
        where = {"external_id": shown_as} if shown_as else {"view_id": body["view"]["id"]}
        client.views_update(**where, view=answer["view"])
    elif "text" in answer and body.get("response_url"):
        way = WebhookClient(body["response_url"], retry_handlers=[ShortWaitRetryHandler()])
        response = way.send_dict({"response_type": "ephemeral", **answer})
        if response.status_code != HTTP_OK:
            log.error("answer_not_delivered", status=response.status_code)
    else:
        log.error("answer_not_delivered")


def _waiting_for(view: View) -> View:
    """Return what stands in a modal until the view does that is too long to come at once."""
    said = section("*One moment.* The answer is long; it comes here right away.")
    return modal(view["title"]["text"], [said], close="Close", external_id=view["external_id"])


def _first_that_fit(options: list[JSON]) -> list[JSON]:
    """Return the first of the options, as many as fit: whoever looks for another types more of it."""
    while size_of(options) > MOST_BYTES - 100:
        options = options[: len(options) * 9 // 10]
    return options


def _cut(errors: Mapping[str, str]) -> dict[str, str]:
    """Return the errors with each in as much room as all have."""
    room = (MOST_BYTES - 100) // len(errors) - 300  # a block id has at most 255 characters
    return {
        block_id: words if size_of(words) <= room else _beginning(words, room) for block_id, words in errors.items()
    }


def _beginning(words: str, most_bytes: int) -> str:
    while size_of(f"{words}…") > most_bytes:
        words = words[: len(words) * 9 // 10]
    return f"{words}…"
