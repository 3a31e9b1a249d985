"""The channels that messages with patient codes may go to: those of the practice's own workspace."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.refusals import SHARED, UNREACHABLE, reason_of, refusal_of, refused_by
from bot.views.forms.roster_inputs import Filled

log = structlog.get_logger("bot.messages.channels")


def is_shared(told: Mapping[str, Any]) -> bool:
    """Return whether people of another organization see a channel, or are invited to; ``told`` is what Slack says."""
    return bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared"))


def require_open(client: WebClient, channel: str) -> None:
    """Look before posting: whether the channel is the workspace's own and in use, and the bot in it.

    Needs channels:read and groups:read. Raises ``SlackApiError``.

    Raises:
        ChannelError: It is not, in the words of ``bot.slack.refusals``.
    """
    told = client.conversations_info(channel=channel)["channel"]
    if is_shared(told):
        raise refused_by(SHARED)
    if told.get("is_archived"):
        raise refused_by("is_archived")
    if told.get("is_member") is False:
        raise refused_by("not_in_channel")


def shared_channel(client: WebClient, filled: Filled) -> dict[str, str]:
    """Return why a team cannot have the channel that its form names, by input; nothing where it can.

    Where Slack does not say, it can: before each digest the channel is looked at again.
    """
    channel = filled.cells.get("channel_id")
    try:
        refused = bool(channel) and is_shared(client.conversations_info(channel=str(channel))["channel"])
    except SlackApiError as error:
        log.warning("channel_not_told", reason=reason_of(error))
        return {}
    except UNREACHABLE as error:
        log.warning("channel_not_told", reason=type(error).__name__)
        return {}
    return {"channel_id": f"{refusal_of(SHARED).words} Choose one of your own workspace."} if refused else {}
