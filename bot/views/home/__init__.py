"""The App Home: what matters to this person today, by role. Codes and minutes, no notes and no names.

100 blocks fit in a view: at most 25 rows of the worklist, 10 taken patients and 5 entries have a block of their own;
every other list is lines of a section.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.setup import SetUp
from bot.views import formatting
from bot.views.attestations import due_lines
from bot.views.blocks import Block, View, home_tab
from bot.views.home.billing import Billing, billing_blocks
from bot.views.home.place import Place
from bot.views.home.team import TeamWork, team_blocks
from bot.views.home.work import OwnWork, work_blocks
from bot.views.reply import actions, button, context, header, section, sections
from bot.views.set_up import set_up_blocks
from bot.views.timer import start_button
from ledger.attestations import Attestation, Kind

LOG = "home_log"
REFRESH = "home_refresh"


@dataclass(frozen=True, slots=True)
class Home:
    """What the Home tab shows at ``at``, on the practice's clock. A part that is None is not this person's."""

    at: datetime
    business_days_left: int
    work: OwnWork | None
    team: TeamWork | None
    billing: Billing | None
    set_up: SetUp
    attestations: Mapping[Kind, Attestation | None] = field(default_factory=dict)
    """What the practice has to attest (again), for administrators."""


def home_view(home: Home, place: Place, *, notice: Sequence[Block] = ()) -> View:
    """Return the view to be published as it is at ``place``; ``notice`` stands at its top."""
    buttons = [button("Log time", LOG, "", style="primary"), start_button()] if home.work is not None else []
    today = home.at.date()
    left = formatting.listed(home.business_days_left, "business day")
    blocks: list[Block] = [
        header(formatting.full_day(today)),
        *notice,
        actions(*buttons, button("Refresh", REFRESH, place.to_dict())),
        context(f"{left} left in {today:%B}. As of {formatting.clock(home.at)}; it is shown anew after what you do."),
    ]
    if home.work is not None:
        blocks += work_blocks(home.work, place, at=home.at)
    if home.team is not None:
        blocks += team_blocks(home.team, place)
    if home.billing is not None:
        blocks += billing_blocks(home.billing, place)
    blocks += set_up_blocks(home.set_up)
    blocks += sections(due_lines(home.attestations))
    if not (home.work or home.team or home.billing or home.set_up.to_ask is None):
        blocks.append(section("You have no role yet. An administrator of your practice can give you one."))
    return home_tab(blocks)
