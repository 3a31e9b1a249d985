"""What every listener needs: the ledger, the clock and Slack; and what is done behind the acknowledgement."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.commands.call import Call
from bot.errors import answered
from bot.oauth.store import Installations
from bot.onboarding import administrators_to_ask, first_administrator, tell_of_stranger
from bot.permissions import UnknownPersonError, require, require_active
from bot.slack.refusals import DELIVERED_AGAIN, reason_of
from bot.telemetry.request_log import acts_for
from bot.views.blocks import View
from bot.views.reply import Answer, OpenForm, Reply
from ledger.errors import LedgerError
from ledger.practice.practice import Practice, get_practice
from ledger.roster.directory import Role, person_by_slack_id
from ledger.storage.database import Database

COMMAND = "/ccm"

log = structlog.get_logger("bot.listeners.context")


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did: whose Home tab has to show it, and the patients whose figures it may have changed."""

    practice_id: str
    slack_user_id: str
    patient_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Services:
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

    def call(self, body: dict[str, Any], key: str, text: str, *, command: str | None = None) -> Call:
        """Return the call that a request's body makes.

        Raises:
            LedgerError: for somebody who is not on the staff, or who may not use ``command``.
        """
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
        if command is not None:
            require(person, command)
        return Call(database, practice, person, text, at, key)

    def client(self, body: dict[str, Any]) -> WebClient:
        """Return the client of the workspace that the request comes from."""
        return self.client_of(team_of(body))

    def open_if_form(self, said: Answer, body: dict[str, Any]) -> Reply | None:
        """Return the answer, or None where it was a form, which is open now."""
        if isinstance(said, OpenForm):
            self.show_view(body, said.view)
            return None
        return said

    def show_view(self, body: dict[str, Any], view: View, *, above: bool = False) -> str | None:
        """Open a modal, ``above`` the one that is open or by itself; return its id.

        None where Slack delivered the request twice: the first delivery has opened it.
        """
        client = self.client(body)
        try:
            shown = (client.views_push if above else client.views_open)(trigger_id=body["trigger_id"], view=view)
        except SlackApiError as error:
            if reason_of(error) != DELIVERED_AGAIN:
                raise
            log.info("delivered_again")
            return None
        return str(shown["view"]["id"])

    def _stranger(self, practice: Practice, user: str, at: datetime) -> LedgerError:
        """Return what somebody is told who is not on the staff; the administrators are told of them as well."""
        today = practice.local_date(at)
        database = self.database.of(practice.practice_id)
        with database.reading() as connection:
            admins = administrators_to_ask(connection, practice, self.admins, on=today)
        client = self.client_of(practice.practice_id)
        told = partial(tell_of_stranger, database, client, practice, user, admins, on=today)
        self.later(told, what="stranger")
        return UnknownPersonError(user, admins)

    def later(self, work: Callable[[], object], *, what: str) -> None:
        """Do ``work`` on another thread, so that nobody waits for it; a failure is logged as ``what``."""
        self.executor.submit(answered, work, what=what, saves=False)

    def follow_up(self, body: dict[str, Any], said: object) -> None:
        """Tell the followers what the answer says was changed; nothing where it changed nothing."""
        if isinstance(said, Reply | OpenForm) and said.changed:
            self.follow(body, said.changed)

    def follow(self, body: dict[str, Any], patient_codes: frozenset[str]) -> None:
        """Tell the followers what was changed; without patients, that whoever did it may see something new."""
        change = Change(team_of(body), user_of(body), patient_codes)
        for follower in self.followers:
            self.later(partial(follower, change), what="follow-up")


def user_of(body: dict[str, Any]) -> str:
    """Return the Slack id of whoever sent the request."""
    return str(body.get("user_id") or body["user"]["id"])


def team_of(body: dict[str, Any]) -> str:
    """Return the workspace that the request comes from."""
    return str(body.get("team_id") or body["team"]["id"])


Paths = tuple[str, ...]

_ASKED = ("user.id", "team.id")
_COMMAND: Paths = ("team_id", "user_id", "trigger_id", "response_url")
_BY_TYPE: Mapping[str, Paths] = {
    "block_actions": (*_ASKED, "trigger_id", "actions.0.action_id", "actions.0.block_id", "container.type"),
    "block_suggestion": (*_ASKED, "action_id"),
    "view_submission": (*_ASKED, "view.id", "view.hash", "view.blocks", "view.state"),
    "view_closed": (*_ASKED, "view.id"),
    "shortcut": (*_ASKED, "trigger_id", "callback_id"),
    "message_action": (*_ASKED, "trigger_id", "callback_id", "message"),
    "event_callback": ("team_id", "event.type"),
    "url_verification": ("challenge",),
}
"""What every request of a type has; one of another type is for whoever knows that type."""
_PRESSED_IN_VIEW: Paths = ("view.id", "view.hash", "view.type")
_PRESSED_IN_MESSAGE: Paths = ("response_url", "container.channel_id", "container.message_ts")
_BY_EVENT: Mapping[str, Paths] = {
    "app_home_opened": ("event.user",),
    "user_change": ("event.user.id",),
    "tokens_revoked": ("event.tokens",),
}


def is_well_formed(body: Mapping[str, Any]) -> bool:
    """Return whether the body has what Slack's requests of its kind have; then listeners may rely on it.

    https://docs.slack.dev/reference/interaction-payloads and
    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    return all(_at(body, path) for path in _needed(body))


def _needed(body: Mapping[str, Any]) -> Paths:
    if "command" in body:
        return _COMMAND
    if "ssl_check" in body:
        return ()
    kind = str(body.get("type"))
    paths = _BY_TYPE.get(kind, ("type",))
    if kind == "event_callback":
        return (*paths, *_BY_EVENT.get(str(_at(body, "event.type")), ()))
    if kind == "block_actions":
        is_in_view = _at(body, "container.type") == "view"
        return (*paths, *(_PRESSED_IN_VIEW if is_in_view else _PRESSED_IN_MESSAGE))
    return paths


def _at(body: Any, path: str) -> Any:
    """Return what stands in the body at a path such as ``actions.0.action_id``, None where there is nothing."""
    for step in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(body, Sequence) and not isinstance(body, str) and step.isdecimal() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body
