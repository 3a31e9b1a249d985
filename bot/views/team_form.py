"""The form for a care team: its name and the channel of its digests."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block

from bot.views import roster_inputs as inputs
from bot.views.reply import Reply, context
from bot.views.roster_inputs import Filled

CALLBACK = "team_form_submitted"
LABELS: Mapping[str, str] = {"name": "Name", "channel_id": "Channel of its digests"}
"""What the form calls each column."""


def team_form(filled: Filled, *, card: Reply | None = None) -> dict[str, Any]:
    """The form as a modal view."""
    blocks: list[Block] = [
        inputs.text("name", LABELS["name"], filled, most=80, hint="For example: Blue Team"),
        inputs.channel("channel_id", LABELS["channel_id"], filled, hint="It shows patient codes: choose who is in it."),
        context("Invite the bot to that channel, or it cannot post there: `/invite @CCM Ledger`"),
    ]
    title = "Add a team" if filled.key is None else "Change a team"
    return inputs.form(title, CALLBACK, blocks, filled.key, card=card)
