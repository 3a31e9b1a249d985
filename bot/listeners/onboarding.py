"""The buttons of the notice that somebody asked to use the bot: Add… and Ignore."""

import json
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.roster.staff import open_new_person
from bot.errors import answered
from bot.listeners.context import Services
from bot.listeners.responses import press_key
from bot.onboarding import profile_name
from bot.views.forms.roster_inputs import LOADING
from bot.views.onboarding import ADD, IGNORE, added_already, ignored
from bot.views.reply import Reply
from ledger.roster.accounts import ignore_stranger
from ledger.roster.directory import person_by_slack_id


def listen(app: App, services: Services) -> None:
    """Open the form for a stranger, or let the administrators hear no more of them."""

    @app.action(ADD)
    def on_add(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        user = json.loads(action["value"])["user"]
        said = answered(lambda: _open(services, body, action, user), what="add stranger button", saves=False)
        if isinstance(said, Reply):
            _show(respond, said)
        ack()

    @app.action(IGNORE)
    def on_ignore(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        user = json.loads(action["value"])["user"]
        _show(respond, answered(lambda: _ignore(services, body, action, user), what="ignore stranger button"))
        ack()


def _open(services: Services, body: dict[str, Any], action: dict[str, Any], user: str) -> Reply | None:
    """Open the form at once and fill it when Slack has said the name; or say that there is nothing left to do."""
    known = _known(services, body, action, user)
    if known is not None:
        return known
    opened = services.show_view(body, LOADING)
    if opened is None:
        return None

    def fill() -> None:
        form = open_new_person(slack_user_id=user, name=profile_name(services.client(body), user))
        services.client(body).views_update(view_id=opened, view=form.view)

    services.later(fill, what="stranger's form")
    return None


def _ignore(services: Services, body: dict[str, Any], action: dict[str, Any], user: str) -> Reply:
    known = _known(services, body, action, user)
    if known is not None:
        return known
    call = services.call(body, press_key(body, action), "")
    with call.database.writing() as connection:
        ignore_stranger(connection, call.practice, user, by=call.person.staff_id)
    return ignored(user, body["user"]["id"])


def _known(services: Services, body: dict[str, Any], action: dict[str, Any], user: str) -> Reply | None:
    """Return what the notice becomes where the stranger is none any more."""
    call = services.call(body, press_key(body, action), "", command="staff")
    with call.database.reading() as connection:
        person = person_by_slack_id(connection, call.practice.practice_id, user)
    return added_already(user, person.staff_id) if person else None


def _show(respond: Respond, reply: Reply) -> None:
    """Show ``reply`` in place of the notice, which is a message like any other in the administrator's channel."""
    respond(replace_original=True, **reply.payload())
