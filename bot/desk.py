"""What every listener needs: the ledger, the clock and Slack; and what is done behind the acknowledgement."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.access import require_active
from bot.commands.call import Call
from bot.commands.registry import Answer
from bot.edge import answered
from bot.handling import acts_for
from bot.installations.store import Installations
from bot.strangers import UnknownPersonError, administrators_to_ask, first_administrator, tell_of_stranger
from bot.views.form_inputs import as_entered, errors_beside
from bot.views.reply import OpenForm, Reply, reply_view
from ledger.errors import LedgerError
from ledger.practice.practice import Practice, get_practice
from ledger.roster.directory import Role, person_by_slack_id
from ledger.storage.database import Database

COMMAND = "/ccm"


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did: whose Home tab has to show it, and the patients whose figures it may have changed."""

    practice_id: str
    slack_user_id: str
    patient_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The ledger, the clock and Slack. ``followers`` are told of every change, behind the acknowledgement."""

    database: Database
    now: Callable[[], datetime]
    client_of: Callable[[str], WebClient]
    """The client of a practice's workspace; raises ``LedgerError`` where the bot is not installed there (any more)."""
    executor: Executor
    admins: frozenset[str] = frozenset()
    """The Slack ids of those who are administrators whatever the roster says (CCM_ADMINS)."""
    installations: Installations | None = None
    """Where the tokens of many workspaces are kept; None for the one of SLACK_BOT_TOKEN."""
    followers: list[Callable[[Change], None]] = field(default_factory=list)

    def call(self, body: dict[str, Any], key: str, text: str) -> Call:
        """The call that a request's body makes; raises ``LedgerError`` for somebody who is not on the staff."""
        at = self.now()
        user, team = user_of(body), team_of(body)
        database = self.database.of(team)
        with database.reading() as connection:
            practice = get_practice(connection, team)
            person = person_by_slack_id(connection, practice.practice_id, user)
        if person is None:
            client = self.client_of(practice.practice_id)
            person = first_administrator(database, client, practice, user, named=self.admins, at=at)
        if person is None:
            raise self._stranger(practice, user, at)
        if user in self.admins:
            person = replace(person, roles=person.roles | {Role.ADMIN})
        acts_for(practice.practice_id, person.staff_id)
        require_active(person, practice.local_date(at))
        return Call(database, practice, person, text, at, key)

    def client(self, body: dict[str, Any]) -> WebClient:
        """The client of the workspace that the request comes from."""
        return self.client_of(team_of(body))

    def _stranger(self, practice: Practice, user: str, at: datetime) -> LedgerError:
        """What somebody is told who is not on the staff; the administrators are told of them as well."""
        today = practice.local_date(at)
        database = self.database.of(practice.practice_id)
        with database.reading() as connection:
            admins = administrators_to_ask(connection, practice, self.admins, on=today)
        client = self.client_of(practice.practice_id)
        told = partial(tell_of_stranger, database, client, practice, user, admins, on=today)
        self.later(told, what="stranger")
        return UnknownPersonError(user, admins)

    def later(self, work: Callable[[], object], *, what: str) -> None:
        """Does ``work`` on another thread, so that nobody waits for it; a failure is logged as ``what``."""
        self.executor.submit(answered, work, what=what, saves=False)

    def follow_up(self, body: dict[str, Any], said: object) -> None:
        """Tells the followers what the answer says was changed; nothing where it changed nothing."""
        if isinstance(said, Reply | OpenForm) and said.changed:
            self.follow(body, said.changed)

    def follow(self, body: dict[str, Any], patient_codes: frozenset[str]) -> None:
        """Tells the followers what was changed; without patients, that whoever did it may see something new."""
        change = Change(team_of(body), user_of(body), patient_codes)
        for follower in self.followers:
            self.later(partial(follower, change), what="follow-up")


def user_of(body: dict[str, Any]) -> str:
    """The Slack id of whoever sent the request."""
    return str(body.get("user_id") or body["user"]["id"])


def team_of(body: dict[str, Any]) -> str:
    """The workspace that the request comes from."""
    return str(body.get("team_id") or body["team"]["id"])


def open_if_form(desk: Desk, said: Answer, body: dict[str, Any]) -> Reply | None:
    """The answer, or None where it was a form, which is open now."""
    if isinstance(said, OpenForm):
        desk.client(body).views_open(trigger_id=body["trigger_id"], view=said.view)
        return None
    return said


def press_key(body: dict[str, Any], action: dict[str, Any]) -> str:
    """The key of every press of one button where it stands: whoever presses twice asks for one thing.

    A Home tab is published again after what is done in it: its next state has another hash, and its buttons other keys.
    """
    if is_in_view(body):
        return f"press:{body['view']['id']}:{body['view']['hash']}:{action['block_id']}:{action['action_id']}"
    container = body["container"]
    return f"press:{container['channel_id']}:{container['message_ts']}:{action['action_id']}"


def is_in_view(body: dict[str, Any]) -> bool:
    """Whether a button stands in the Home tab or in a form: no message to answer in, and no ``response_url``."""
    return bool(body["container"]["type"] == "view")


def submission_key(view: dict[str, Any]) -> str:
    """The key of every submission of one form as it was shown: a form shown anew in its place is another one."""
    return f"view:{view['id']}:{view['hash']}"


def is_in_modal(body: dict[str, Any]) -> bool:
    """Whether a button stands in a modal."""
    return is_in_view(body) and bool(body["view"]["type"] == "modal")


def replace_message(respond: Respond, reply: Reply) -> None:
    """Shows ``reply`` in place of the message whose button was pressed."""
    respond(replace_original=True, response_type="ephemeral", **reply.payload())


def answer_press(
    desk: Desk, body: dict[str, Any], respond: Respond, reply: Reply, *, title: str, replaces: bool
) -> None:
    """Shows ``reply`` in place of the button's message where it ``replaces`` that, else below it.

    A button of the Home tab has no message: its answer is a modal under ``title``, without buttons of its own.
    """
    if is_in_view(body):
        blocks = tuple(block for block in reply.blocks if block["type"] != "actions")
        view = reply_view(Reply(reply.text, blocks), title=title)
        desk.client(body).views_open(trigger_id=body["trigger_id"], view=view)
    else:
        respond(replace_original=replaces, response_type="ephemeral", **reply.payload())


def show_in_place(desk: Desk, body: dict[str, Any], respond: Respond, reply: Reply, *, title: str) -> None:
    """Shows ``reply`` in place of the message or the modal (then under ``title``) whose button was pressed."""
    if is_in_view(body):
        update_form(desk, body, reply_view(reply, title=title))
    else:
        replace_message(respond, reply)


def show_over(desk: Desk, body: dict[str, Any], respond: Respond, said: Answer, *, title: str) -> None:
    """Shows a form, or an answer (in a modal under ``title``), over the message or the view whose button was pressed.

    What is shown over a modal is closed back to it.
    """
    if isinstance(said, Reply) and not is_in_view(body):
        respond(replace_original=False, response_type="ephemeral", **said.payload())
        return
    view = said.view if isinstance(said, OpenForm) else reply_view(said, title=title)
    if is_in_modal(body):
        desk.client(body).views_push(trigger_id=body["trigger_id"], view=view)
    else:
        desk.client(body).views_open(trigger_id=body["trigger_id"], view=view)


def update_form(desk: Desk, body: dict[str, Any], new: dict[str, Any]) -> None:
    """Shows ``new`` in place of the modal pressed, unless that has been replaced meanwhile: the later press holds."""
    old = body["view"]
    try:
        desk.client(body).views_update(view_id=old["id"], hash=old["hash"], view=new)
    except SlackApiError as error:
        if error.response.get("error") != "hash_conflict":
            raise


def answer_form(ack: Ack, view: dict[str, Any], said: OpenForm | dict[str, str]) -> None:
    """Answers the submission of ``view``: with errors beside its inputs, or with the view that takes its place."""
    if isinstance(said, dict):
        ack(response_action="errors", errors=errors_beside(view, said))
    else:
        ack(response_action="update", view=as_entered(said.view, view))
