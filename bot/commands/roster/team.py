"""``/ccm team [NAME]``: the care teams and their channels, and the form that adds or changes one."""

from bot.commands.call import Call
from bot.commands.command import Command, Paging
from bot.commands.digest import next_post
from bot.commands.roster.shared import FormAnswer, answered_beside, team_words, teams_named
from bot.permissions import ADMINISTERING
from bot.views.forms.roster_inputs import Filled
from bot.views.forms.team import LABELS, team_form
from bot.views.help import Topic
from bot.views.reply import OpenForm, Reply, nearest_page, page_count, paged
from bot.views.roster import TEAM_PAGE, saved_view, team_list
from ledger.errors import LedgerError
from ledger.roster.changes import save_team
from ledger.roster.directory import Team, teams
from ledger.roster.lists import ROWS_PER_PAGE, listed_teams


def team(call: Call) -> Reply | OpenForm:
    """Return the list of teams, or the form of the one that the call names.

    Raises:
        LedgerError: For another name.
    """
    asked = call.text.strip()
    if not asked:
        return team_at_page(call, 0)
    with call.database.reading() as connection:
        known = teams(connection, call.practice.practice_id)
    found = teams_named(known, asked)
    if len(found) == 1:
        return _form_of(found[0])
    listed = ", ".join(each.name for each in found or known) or "none yet"
    title = f'"{asked}" may be {listed}.' if found else f'No team is called "{asked}".'
    raise LedgerError("TEAM_UNKNOWN", title, f"Teams: {listed}. To add one: /ccm team, then Add a team.")


def team_at_page(call: Call, page: int) -> Reply:
    """Page ``page`` (from 0) of the teams."""
    with call.database.reading() as connection:
        found = listed_teams(connection, call.practice.practice_id, call.today)
    pages = page_count(len(found), ROWS_PER_PAGE)
    page = nearest_page(page, len(found), ROWS_PER_PAGE)
    begin = page * ROWS_PER_PAGE
    listed = found[begin : begin + ROWS_PER_PAGE]
    upcoming = {each.team.team_id: next_post(call.practice, each.team, call.at) for each in listed}
    shown = team_list(listed, begin, len(found), next_digests=upcoming)
    return paged(shown, TEAM_PAGE, page, pages, {"text": call.text})


def open_team(call: Call, word: str | None) -> OpenForm:
    """Return the form of the team that ``word`` of a menu means, or an empty one for a new team where it is None.

    Raises:
        LedgerError: Where the menu was older than the teams.
    """
    if word is None:
        return OpenForm(team_form(Filled({})))
    with call.database.reading() as connection:
        known = team_words(connection, call)
    if word not in known:
        raise LedgerError("TEAM_UNKNOWN", "That team is not there any more.", "All teams: /ccm team")
    return _form_of(known[word])


def _form_of(found: Team) -> OpenForm:
    own = found.schedule
    cells = {
        "name": found.name,
        "channel_id": found.channel_id,
        "digest_days": ", ".join(map(str, own.days or ())),
        "digest_business_days": ", ".join(map(str, own.business_days or ())),
        "digest_hour": "" if own.hour is None else str(own.hour),
        "digest_zone": own.timezone or "",
    }
    return OpenForm(team_form(Filled(cells, key=found.team_id)))


def submit_team(call: Call, filled: Filled) -> FormAnswer:
    """Save what the form says and answer with what that changed, or with what is wrong, by input."""
    return answered_beside(lambda: save_team_form(call, filled), filled, LABELS)


def save_team_form(call: Call, filled: Filled) -> OpenForm:
    """Return the view that tells what was saved; raises ``RosterRefusedError``."""
    with call.database.writing() as connection:
        receipt = save_team(
            connection,
            call.practice,
            filled.cells,
            key=filled.key,
            request=call.request({"team": filled.key, "cells": dict(filled.cells)}),
            at=call.at,
            by=call.person.staff_id,
        )
        names = {each.team_id: each.name for each in teams(connection, call.practice.practice_id)}
    return OpenForm(saved_view(receipt, LABELS, teams=names))


TEAM = Command(
    "team",
    ADMINISTERING,
    team,
    Topic(
        "team [NAME]",
        "The care teams and their channels; add one, rename one or give it another channel.",
        ("/ccm team", "/ccm team Blue Team"),
    ),
    saves=False,
    paging=Paging(TEAM_PAGE, team_at_page),
)
