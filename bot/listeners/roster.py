"""The roster's lists and forms: who is picked is edited, what a form says is saved, at once or behind its answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.commands.call import Call
from bot.commands.roster.patients import open_patient, save_patient_form, submit_patient
from bot.commands.roster.reassign import open_reassignment, save_reassignment, submit_reassignment
from bot.commands.roster.shared import Asked, FormAnswer, SaveLater, asked
from bot.commands.roster.staff import open_new_person, open_person, save_person_form, submit_person
from bot.commands.roster.team import open_team, save_team_form, submit_team
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import is_in_modal, press_key, show_over
from bot.messages.channels import shared_channel
from bot.views.forms import patient, person, reassign, team
from bot.views.forms.pickers import EDIT_PATIENT, EDIT_PERSON, EDIT_TEAM
from bot.views.forms.roster_inputs import Filled, filled_in, saving
from bot.views.reply import OpenForm, Reply
from bot.views.roster import ADD_PATIENT, ADD_PERSON, ADD_TEAM, REASSIGN


@dataclass(frozen=True, slots=True)
class RosterForm:
    """One kind of form: how it is shown again with what stands in it, checked and saved, and saved alone."""

    show: Callable[..., dict[str, Any]]
    submit: Callable[[Call, Filled], FormAnswer]
    save: Callable[[Call, Filled], OpenForm]
    refuse: Callable[[WebClient, Filled], dict[str, str]] = lambda _client, _filled: {}
    """What only Slack knows to be wrong, by input."""


OPENERS: Mapping[str, tuple[str, Callable[[Call, str], OpenForm]]] = {
    EDIT_PATIENT: ("patients", open_patient),
    EDIT_PERSON: ("staff", open_person),
    EDIT_TEAM: ("team", open_team),
    ADD_PATIENT: ("patients", lambda call, _: open_patient(call, None)),
    ADD_PERSON: ("staff", lambda _call, _: open_new_person()),
    ADD_TEAM: ("team", lambda call, _: open_team(call, None)),
    REASSIGN: ("staff", open_reassignment),
}
"""By menu or button: the command whose roles it needs, and the form that what was picked in it opens."""

FORMS: Mapping[str, tuple[str, RosterForm]] = {
    patient.CALLBACK: ("patients", RosterForm(patient.patient_form, submit_patient, save_patient_form)),
    person.CALLBACK: ("staff", RosterForm(person.person_form, submit_person, save_person_form)),
    reassign.CALLBACK: ("staff", RosterForm(reassign.reassign_form, submit_reassignment, save_reassignment)),
    team.CALLBACK: ("team", RosterForm(team.team_form, submit_team, save_team_form, shared_channel)),
}
"""By form: the command whose roles it needs, and what it does."""


def listen(app: App, services: Services) -> None:
    """Open the roster's forms and save what they say."""
    for action in OPENERS:
        app.action(action)(partial(_open, services))
    for callback in FORMS:
        app.view(callback)(partial(_submit, services))


def _open(services: Services, ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
    command, opens = OPENERS[action["action_id"]]

    def work() -> None:
        call = services.call(body, press_key(body, action), "", command=command)
        chosen = action.get("selected_option")
        picked = chosen["value"] if chosen else json.loads(action["value"])
        services.show_view(body, opens(call, picked).view, above=is_in_modal(body))

    said = answered(work, what=f"{command} form", saves=False)
    if said is not None:
        show_over(services, body, respond, said, title="Roster")
    ack()


def _submit(services: Services, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
    command, form = FORMS[view["callback_id"]]
    filled = filled_in(view)

    def call() -> Call:
        return services.call(body, f"view:{view['id']}", "", command=command)

    def work() -> FormAnswer:
        allowed = call()
        return form.refuse(services.client(body), filled) or form.submit(allowed, filled)

    said = answered(work, what=f"{command} form")
    if isinstance(said, dict):
        ack(response_action="errors", errors=said)
    elif isinstance(said, SaveLater):
        shown_as = f"roster:{view['id']}"
        ack(response_action="update", view=saving(said.patients, shown_as))
        behind = partial(_save_behind, services, body, form, call, filled, shown_as=shown_as)
        services.later(behind, what=f"{command} form saved behind")
    else:
        ack(response_action="update", view=_shown(form, filled, said))
        services.follow_up(body, said)


def _save_behind(
    services: Services,
    body: dict[str, Any],
    form: RosterForm,
    call: Callable[[], Call],
    filled: Filled,
    *,
    shown_as: str,
) -> None:
    """Save the form and show in its place what came of it; what was typed stays where it was refused."""
    said = answered(lambda: asked(lambda: form.save(call(), filled)), what="roster form")
    services.follow_up(body, said)
    services.client(body).views_update(external_id=shown_as, view=_shown(form, filled, said))


def _shown(form: RosterForm, filled: Filled, said: OpenForm | Asked | Reply) -> dict[str, Any]:
    if isinstance(said, OpenForm):
        return said.view
    return form.show(filled, above=said.question if isinstance(said, Asked) else said)
