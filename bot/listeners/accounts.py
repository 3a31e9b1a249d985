"""Accounts that Slack deactivates or restores (https://docs.slack.dev/reference/events/user_change)."""

from functools import partial
from typing import Any

from slack_bolt import App

from bot.listeners.context import Services
from bot.onboarding import administrators_to_ask, tell_each
from bot.views.onboarding import left_notice, restored_notice
from ledger.practice.practice import find_practice
from ledger.roster.accounts import end_person, note_restored
from ledger.roster.directory import person_by_slack_id


def listen(app: App, services: Services) -> None:
    """End whose account was deactivated. A failure is not acknowledged: Slack sends the event again."""

    @app.event("user_change")
    def on_user_change(body: dict[str, Any], event: dict[str, Any]) -> None:
        user, at, team = str(event["user"]["id"]), services.now(), str(body["team_id"])
        database = services.database.of(team)
        with database.reading() as connection:
            practice = find_practice(connection, team)
            person = person_by_slack_id(connection, practice.practice_id, user) if practice else None
        # Slack tells of every change of every profile; most are of people, or of things, that concern nobody here.
        if practice is None or person is None:
            return
        if event["user"].get("deleted"):
            with database.writing() as connection:
                ended = end_person(connection, practice, user, at=at)
                admins = administrators_to_ask(connection, practice, services.admins, on=practice.local_date(at))
            if ended is not None and ended.leaving.patient_codes:
                told = [admin for admin in admins if admin != user]
                tell = partial(tell_each, services.client(body), told, left_notice(user, ended))
                services.later(tell, what="deactivated account")
        elif person.active_to is not None:
            with database.writing() as connection:
                restored = note_restored(connection, practice, user, at=at)
                admins = administrators_to_ask(connection, practice, services.admins, on=practice.local_date(at))
            if restored is not None:
                notice = restored_notice(user, restored.staff_id)
                told = [admin for admin in admins if admin != user]
                services.later(partial(tell_each, services.client(body), told, notice), what="restored account")
