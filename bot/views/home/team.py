"""The lead's part: who is near by team and program, who has no logged time, and when the digests come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.views import formatting
from bot.views.blocks import Block
from bot.views.home.place import UNTOUCHED, Place, turns
from bot.views.reply import actions, button, divider, page_count, section, sections
from ledger.reports.month_lists import Untouched
from ledger.reports.worklists import BandCount
from ledger.roster.directory import Team

SHOW_UNTOUCHED = "home_untouched"
ROWS = 25


@dataclass(frozen=True, slots=True)
class TeamWork:
    """The lead's teams with the bands of their worklists, and a page of those without logged time, if asked for."""

    teams: Sequence[Team]
    bands: Sequence[BandCount]
    untouched_count: int
    untouched: Sequence[Untouched]
    untouched_page: int
    next_digests: Mapping[str, str]
    """When the next digest comes, by team."""


def team_blocks(team: TeamWork, place: Place) -> list[Block]:
    """Return the part as blocks."""
    if not team.teams:
        return [divider(), section("*Your teams* · you lead none yet; an administrator can change that.")]
    lines = ["*Near the next code, by team*"]
    lines += [_bands(one, [band for band in team.bands if band.team_id == one.team_id]) for one in team.teams]
    return [divider(), *sections(lines), *_untouched(team, place), *sections(_digests(team))]


def _bands(team: Team, bands: Sequence[BandCount]) -> str:
    """Return ``Blue Team: CCM at 15–19 minutes: 2 ($132.26) · CCM at 35–39 minutes.

    1 ($50.44) · 3 near but blocked``.
    """
    said = [
        f"{one.program} at {one.band[0]}–{one.band[1]} minutes: *{one.patients}* ({formatting.money(one.worth_cents)})"
        for one in bands
        if one.patients
    ]
    blocked = sum(one.blocked for one in bands)
    if blocked:
        said.append(f"{blocked} near but blocked")
    apart = sum(one.apart for one in bands)
    if apart:
        said.append(f"{apart} cannot be finished now")
    if not said:
        return f"• *{formatting.escaped(team.name)}*: nobody is within 5 minutes of the next code"
    return f"• *{formatting.escaped(team.name)}*: {' · '.join(said)} · who: `/ccm near {formatting.escaped(team.name)}`"


def _untouched(team: TeamWork, place: Place) -> list[Block]:
    if not team.untouched_count:
        return [section("*Without logged time* · nobody: for every enrollment some was logged this month.")]
    title = f"*Without logged time* · {formatting.listed(team.untouched_count, 'enrollment')} this month"
    opens = place.opened != UNTOUCHED
    to = place.opening(UNTOUCHED if opens else "")
    blocks: list[Block] = [section(title)]
    if not opens:
        blocks += sections([f"• *{one.patient_code}* · {one.program}" for one in team.untouched])
        blocks += turns(place, "opened_page", team.untouched_page, page_count(team.untouched_count, ROWS))
    return [*blocks, actions(button("Show them" if opens else "Hide them", SHOW_UNTOUCHED, to.to_dict()))]


def _digests(team: TeamWork) -> list[str]:
    coming = [
        f"• {formatting.escaped(one.name)} in {f'<#{one.channel_id}>' if one.channel_id else 'no channel yet'}: "
        f"{team.next_digests[one.team_id]}"
        for one in team.teams
    ]
    return ["*Coming digests* · preview: `/ccm digest`", *coming]
