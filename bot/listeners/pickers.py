"""What is typed into a menu is answered with the patients, teams or people that begin like it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App

from bot.commands.call import Call
from bot.errors import answered
from bot.listeners.context import Services
from bot.views.blocks import MOST_OPTIONS, Option
from bot.views.forms.pickers import (
    CONSENT_PRACTITIONER,
    CONSENT_TAKER,
    EDIT_PATIENT,
    EDIT_PERSON,
    EDIT_TEAM,
    PATIENT_PICKER,
    PRACTITIONER_PICKER,
    TEAM_PICKER,
    VALUE_CHARACTERS,
    patient_option,
    person_option,
    team_option,
    team_word,
)
from bot.views.reply import Reply
from ledger.characters import characters
from ledger.roster.directory import suggest_codes, teams
from ledger.roster.lists import beginning, suggest_people


def _patients(call: Call, typed: str) -> list[Option]:
    with call.database.reading() as connection:
        found = suggest_codes(connection, call.practice.practice_id, typed, most=MOST_OPTIONS)
    return [patient_option(code, team) for code, team in found if characters(code) <= VALUE_CHARACTERS]


def _teams(call: Call, typed: str) -> list[Option]:
    with call.database.reading() as connection:
        found = beginning(teams(connection, call.practice.practice_id), typed)
    return [team_option(team_word(team.team_id), team.name) for team in found[:MOST_OPTIONS]]


def _people(call: Call, typed: str, *, practitioners: bool) -> list[Option]:
    with call.database.reading() as connection:
        found = suggest_people(
            connection, call.practice.practice_id, typed, most=MOST_OPTIONS, practitioners=practitioners
        )
    return [person_option(one.staff_id, one.name) for one in found if characters(one.staff_id) <= VALUE_CHARACTERS]


MENUS: Mapping[str, tuple[str | None, Callable[[Call, str], list[Option]]]] = {
    PATIENT_PICKER: (None, _patients),
    EDIT_PATIENT: ("patients", _patients),
    TEAM_PICKER: ("team", _teams),
    EDIT_TEAM: ("team", _teams),
    PRACTITIONER_PICKER: ("staff", partial(_people, practitioners=True)),
    CONSENT_PRACTITIONER: ("consent", partial(_people, practitioners=True)),
    CONSENT_TAKER: ("consent", partial(_people, practitioners=False)),
    EDIT_PERSON: ("staff", partial(_people, practitioners=False)),
}
"""By menu: the command whose roles it needs, None where everybody on the staff may use it, and what it finds."""


def listen(app: App, services: Services) -> None:
    """Suggests what begins so; nothing to those who may not see it, and nothing where the ledger is away."""

    def on_typing(ack: Ack, body: dict[str, Any], payload: dict[str, Any]) -> None:
        command, finds = MENUS[payload["action_id"]]

        def work() -> list[Option]:
            return finds(services.call(body, "", "", command=command), payload["value"])

        found = answered(work, what="menu", saves=False)
        ack(options=[] if isinstance(found, Reply) else found)

    for menu in MENUS:
        app.options(menu)(on_typing)
