"""The form for a care team: its name, the channel of its digests, and when they come."""

from collections.abc import Mapping
from typing import Any

from bot.views.blocks import Block
from bot.views.forms import roster_inputs
from bot.views.forms.roster_inputs import Filled
from bot.views.reply import Reply, context
from ledger.practice.settings import LAST_HOUR, said
from ledger.validation import NAME_CHARACTERS

CALLBACK = "team_form_submitted"
LABELS: Mapping[str, str] = {
    "name": "Name",
    "channel_id": "Channel of its digests",
    "digest_days": "Days of the month of its digests",
    "digest_business_days": "Or business days left",
    "digest_hour": "Hour of its digests",
    "digest_zone": "Time zone of its digests",
}
"""What the form calls each column."""
HOURS = [(str(hour), said("digest_hour", hour)) for hour in range(LAST_HOUR + 1)]


def team_form(filled: Filled, *, card: Reply | None = None) -> dict[str, Any]:
    """Return the form as a modal view."""
    blocks: list[Block] = [
        roster_inputs.text("name", LABELS["name"], filled, most=NAME_CHARACTERS, hint="For example: Blue Team"),
        roster_inputs.channel(
            "channel_id", LABELS["channel_id"], filled, hint="It shows patient codes: choose who is in it."
        ),
        roster_inputs.text(
            "digest_days",
            LABELS["digest_days"],
            filled,
            most=100,
            hint="For example: 25, 26, 27, 28. Empty: as /ccm settings has it.",
            optional=True,
        ),
        roster_inputs.text(
            "digest_business_days",
            LABELS["digest_business_days"],
            filled,
            most=100,
            hint="In place of days of the month. For example: 6, 5, 4; the month's last business day is 1.",
            optional=True,
        ),
        roster_inputs.choice("digest_hour", LABELS["digest_hour"], filled, HOURS, optional=True),
        roster_inputs.text(
            "digest_zone",
            LABELS["digest_zone"],
            filled,
            most=60,
            hint="For example: America/Chicago. Empty: the practice's.",
            optional=True,
        ),
        context("Invite the bot to that channel, or it cannot post there: `/invite @CCM Ledger`"),
    ]
    title = "Add a team" if filled.key is None else "Change a team"
    return roster_inputs.form(title, CALLBACK, blocks, filled.key, card=card)
