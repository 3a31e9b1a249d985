"""The Bolt app: Slack's requests to calls, calls to answers (design 8).

Listeners run before the acknowledgement and answer in it; what talks to Slack for longer runs after it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.access import require, require_active
from bot.channel import SlackChannel
from bot.commands.call import Call
from bot.commands.digest import digest_at_page, find_team, post_now
from bot.commands.fix import fix
from bot.commands.log import log, open_form, submit_form
from bot.commands.me import me_at_page
from bot.commands.month import month_at_page
from bot.commands.near import near_at_page
from bot.commands.patient import patient
from bot.commands.registry import Answer, answer
from bot.commands.undo import undo
from bot.edge import answered, report
from bot.grammar.commands import split_command
from bot.sending import listen_to_export
from bot.surfaces import listen_to_home, listen_to_shortcuts
from bot.views import correction, form, me, month, problem, receipt, worklist
from bot.views import digest as digest_view
from bot.views import patient as patient_view
from bot.views.reply import OpenForm, Reply
from ledger.database import Database
from ledger.errors import LedgerError
from ledger.practice import get_practice
from ledger.roster import person_by_slack_id

COMMAND = "/ccm"
READING = frozenset({"", "help", "me", "patient", "near", "month", "export", "digest"})
"""Commands that save nothing: their errors need not say so."""
SLACK_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """What every listener needs: the ledger, the clock and Slack."""

    database: Database
    now: Callable[[], datetime]
    client: WebClient

    def call(self, body: dict[str, Any], key: str, text: str) -> Call:
        """The call that a request's body makes; raises ``LedgerError`` for somebody who is not on the staff."""
        at = self.now()
        user = body.get("user_id") or body["user"]["id"]
        team = body.get("team_id") or body["team"]["id"]
        with self.database.reading() as connection:
            practice = get_practice(connection, team)
            person = person_by_slack_id(connection, practice.practice_id, user)
        if person is None:
            raise _stranger(user)
        require_active(person, practice.local_date(at))
        return Call(self.database, practice, person, text, at, key)


def _stranger(user: str) -> LedgerError:
    return LedgerError(
        "PERSON_UNKNOWN",
        "You are not on this practice's staff list yet.",
        f"Ask an administrator of your practice to add you with your Slack id, {user}: ccm import staff staff.csv",
    )


def web_client(token: str, base_url: str) -> WebClient:
    """A client that waits as long as Slack asks (Retry-After) and gives up after 30 seconds.

    A call whose connection was lost is not repeated: Slack may have taken it.
    """
    patient = RateLimitErrorRetryHandler(max_retry_count=3)
    return WebClient(token=token, base_url=base_url, timeout=SLACK_TIMEOUT_SECONDS, retry_handlers=[patient])


def build_app(database: Database, client: WebClient, signing_secret: str, now: Callable[[], datetime]) -> App:
    """The app with every listener that ``manifest.yml`` declares; nothing runs yet."""
    app = App(
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        token_verification_enabled=False,
    )
    app.error(report)
    desk = Desk(database, now, client)
    listen_to_export(app, desk, COMMAND)
    _listen_to_commands(app, desk)
    _listen_to_pages(app, desk)
    _listen_to_log_buttons(app, desk)
    _listen_to_fix_button(app, desk)
    _listen_to_form(app, desk)
    _listen_to_digest_button(app, desk)
    listen_to_home(app, desk)
    listen_to_shortcuts(app, desk)
    return app


def _listen_to_commands(app: App, desk: Desk) -> None:
    @app.command(COMMAND)
    def on_command(ack: Ack, body: dict[str, Any]) -> None:
        typed = body.get("text", "")
        key = f"command:{body['trigger_id']}"
        saves = split_command(typed).name not in READING
        said = answered(
            lambda: _open_if_form(desk, answer(desk.call(body, key, typed)), body["trigger_id"]),
            what="command",
            typed=f"{COMMAND} {typed}" if saves else "",
            saves=saves,
        )
        if said is None:
            ack()
        else:
            ack(**said.payload())


def _open_if_form(desk: Desk, said: Answer, trigger_id: str) -> Reply | None:
    """The answer, or None where it was a form, which is open now."""
    if isinstance(said, OpenForm):
        desk.client.views_open(trigger_id=trigger_id, view=said.view)
        return None
    return said


def _listen_to_pages(app: App, desk: Desk) -> None:
    turns: dict[str, tuple[str, Callable[[Call, int], Reply]]] = {
        me.PAGE: ("me", me_at_page),
        month.PAGE: ("month", month_at_page),
        worklist.PAGE: ("near", near_at_page),
        patient_view.PAGE: ("patient", lambda call, page: patient(call, page=page)),
        digest_view.PAGE: ("digest", digest_at_page),
    }

    def on_turn(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        command, turn = turns[action["action_id"].rsplit("_", 1)[0]]
        address = json.loads(action["value"])

        def work() -> Reply:
            call = desk.call(body, _press_key(body, action), address["text"])
            require(call.person, command)
            return turn(call, address["page"])

        _replace(respond, answered(work, what=f"page of {command}", saves=False))
        ack()

    app.action(re.compile(f"^({'|'.join(turns)})_(next|previous)$"))(on_turn)


def _listen_to_log_buttons(app: App, desk: Desk) -> None:
    @app.action(receipt.UNDO)
    def on_undo(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        named = json.loads(action["value"])

        def work() -> Reply:
            call = desk.call(body, _press_key(body, action), "")
            require(call.person, "undo")
            return undo(call, patient_code=named["code"], position=named["position"])

        _replace(respond, answered(work, what="undo button"))
        ack()

    @app.action(problem.SAVE_ANYWAY)
    def on_save_anyway(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        typed = json.loads(action["value"])

        def work() -> Reply | None:
            call = desk.call(body, _press_key(body, action), typed)
            require(call.person, "log")
            return _open_if_form(desk, log(call, confirmed=True), body["trigger_id"])

        said = answered(work, what="save anyway", typed=f"{COMMAND} log {typed}")
        if said is not None:
            _replace(respond, said)
        ack()

    @app.action(receipt.LOG_ANOTHER)
    def on_log_form(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> None:
            call = desk.call(body, _press_key(body, action), json.loads(action["value"]))
            require(call.person, "log")
            _open_if_form(desk, open_form(call), body["trigger_id"])

        said = answered(work, what="form button")
        if said is not None:
            respond(replace_original=False, response_type="ephemeral", **said.payload())
        ack()


def _listen_to_fix_button(app: App, desk: Desk) -> None:
    @app.action(correction.FIX_ANYWAY)
    def on_fix_anyway(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        typed = json.loads(action["value"])

        def work() -> Reply:
            call = desk.call(body, _press_key(body, action), typed)
            require(call.person, "fix")
            return fix(call, confirmed=True)

        _replace(respond, answered(work, what="fix anyway", typed=f"{COMMAND} fix {typed}"))
        ack()


def _listen_to_form(app: App, desk: Desk) -> None:
    @app.view(form.CALLBACK)
    def on_submit(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        values = form.submitted(view)

        def work() -> OpenForm | dict[str, str]:
            call = desk.call(body, f"view:{view['id']}", "")
            require(call.person, "log")
            return submit_form(call, values)

        said = answered(work, what="log form")
        if isinstance(said, dict):
            ack(response_action="errors", errors=said)
        else:
            ack(
                response_action="update",
                view=said.view if isinstance(said, OpenForm) else form.refused_form(values, said),
            )


def _listen_to_digest_button(app: App, desk: Desk) -> None:
    def acknowledge(ack: Ack) -> None:
        ack()

    def post(body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> Reply:
            call = desk.call(body, _press_key(body, action), json.loads(action["value"])["team"])
            require(call.person, "digest")
            return post_now(call, find_team(call), SlackChannel(desk.client))

        _replace(respond, answered(work, what="post digest now"))

    app.action(digest_view.POST_NOW)(ack=acknowledge, lazy=[post])


def _press_key(body: dict[str, Any], action: dict[str, Any]) -> str:
    """The key of every press of one button of one message: whoever presses twice asks for one thing."""
    container = body["container"]
    return f"press:{container['channel_id']}:{container['message_ts']}:{action['action_id']}"


def _replace(respond: Respond, reply: Reply) -> None:
    respond(replace_original=True, response_type="ephemeral", **reply.payload())
