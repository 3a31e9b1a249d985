"""The form for a care team: its name, the channel of its digests, and when they come."""

from collections.abc import Mapping

from bot.views.blocks import Block, View
from bot.views.forms.roster_inputs import Above, Filled, Inputs
from bot.views.reply import context
from ledger.practice.settings import LAST_HOUR, said
from ledger.values.names import LONGEST_TEAM_NAME

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


def team_form(filled: Filled, *, above: Above = None) -> View:
    """Return the form as a modal view."""
    inputs = Inputs(filled, LABELS)
    days = "For example: 25, 26, 27, 28. Empty: as /ccm settings has it."
    business_days = "In place of days of the month. For example: 6, 5, 4; the month's last business day is 1."
    zone = "For example: America/Chicago. Empty: the practice's."
    blocks: list[Block] = [
        inputs.text("name", most=LONGEST_TEAM_NAME, hint="For example: Blue Team"),
        inputs.channel("channel_id", hint="It shows patient codes: choose who is in it."),
        inputs.text("digest_days", most=100, hint=days, optional=True),
        inputs.text("digest_business_days", most=100, hint=business_days, optional=True),
        inputs.choice("digest_hour", HOURS),
        inputs.text("digest_zone", most=60, hint=zone, optional=True),
        context("Invite the bot to that channel, or it cannot post there: `/invite @CCM Ledger`"),
    ]
    return inputs.form(inputs.titled("a team"), CALLBACK, blocks, above=above)
