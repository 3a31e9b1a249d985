"""A message that Slack refuses as blocks is sent again as plain text: whoever waits for it gets what it says."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import structlog
from slack_sdk.errors import SlackApiError

from bot.slack.refusals import Kind, reason_of, refusal_of
from bot.views.plain import as_text

Answer = TypeVar("Answer")

log = structlog.get_logger("bot.messages.in_text")


def in_blocks_or_text(send: Callable[..., Answer], message: Mapping[str, Any]) -> Answer:
    """Return what ``send`` answers to ``message``, or to the same in text alone where Slack does not take its blocks.

    Raises ``SlackApiError`` for every other refusal.
    """
    try:
        return send(**message)
    except SlackApiError as error:
        reason = reason_of(error)
        if not message.get("blocks") or refusal_of(reason).kind is not Kind.BLOCKS:
            raise
    log.error("blocks_refused", reason=reason)
    return send(**without_blocks(message))


def without_blocks(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``message`` with what its blocks say as its text."""
    others = {name: value for name, value in message.items() if name != "blocks"}
    return {**others, "text": as_text(message["blocks"]) or message["text"]}
