"""The administrator's part: what is still missing in the set-up, with the command that mends it."""

from bot.views import words
from bot.views.blocks import Block
from bot.views.reply import divider, sections
from ledger.set_up import SetUpGaps

NAMES_SHOWN = 5


def set_up_blocks(gaps: SetUpGaps) -> list[Block]:
    """The part as blocks."""
    teams, people = gaps.teams_without_channel, gaps.people_without_role
    patients = gaps.patients_without_practitioner
    lines = []
    if teams:
        lines.append(f"• {words.listed(len(teams), 'team')} without a channel ({_some(teams)}): `/ccm team`")
    if people:
        lines.append(
            f"• {words.listed(len(people), 'person', 'people')} without a role ({_some(people)}): `/ccm staff`"
        )
    if patients:
        lines.append(f"• {words.listed(patients, 'patient')} without a billing practitioner: `/ccm patients`")
    title = "*Set-up* · still missing:" if lines else "*Set-up* · nothing is missing."
    return [divider(), *sections([title, *lines])]


def _some(names: tuple[str, ...]) -> str:
    """The first few names, and how many more there are."""
    more = [f"{len(names) - NAMES_SHOWN} more"] if names[NAMES_SHOWN:] else []
    return words.escaped(", ".join([*names[:NAMES_SHOWN], *more]))
