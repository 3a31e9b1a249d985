"""The buttons of a digest: Post now of its preview; Take, Log time and Refresh of what is posted."""

import json
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.commands.digest import find_team, post_now
from bot.commands.log import open_form
from bot.commands.take import find_place, take, take_from
from bot.errors import answered
from bot.listeners.context import Change, Services, team_of
from bot.listeners.responses import press_key, replace_message, tell
from bot.messages.digest_channel import SlackChannel
from bot.permissions import require_button
from bot.views.digest import LOG, POST_NOW, REFRESH, TAKE, post_now_button
from bot.views.reply import Reply, actions
from bot.views.taking import TAKE_OVER
from jobs.digests.updating import LivingDigests, Turns

Living = Callable[[str], LivingDigests]
"""The living digests of a practice, with a client of its workspace; all of them share their turns."""


def listen(app: App, services: Services) -> None:
    """Post digests, answers their buttons, and keep what is posted up to date after every saved change."""
    turns = Turns()

    def living(practice_id: str) -> LivingDigests:
        return LivingDigests(services.database, SlackChannel(services.client_of(practice_id)), services.now, turns)

    def follow(change: Change) -> None:
        living(change.practice_id).follow(change.practice_id, change.patient_codes)

    services.followers.append(follow)
    _listen_to_post_now(app, services)
    _listen_to_take(app, services, living)
    _listen_to_take_over(app, services, living)
    _listen_to_log(app, services, living)
    _listen_to_refresh(app, services, living)


def _listen_to_post_now(app: App, services: Services) -> None:
    """Listen to the button that posts now; a channel takes its time, so the acknowledgement comes first."""

    def acknowledge(ack: Ack) -> None:
        ack()

    def post(body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        asked = json.loads(action["value"])

        def work() -> tuple[Reply]:
            call = services.call(body, press_key(body, action), asked["team"], command="digest")
            return (post_now(call, find_team(call), SlackChannel(services.client(body))),)

        said = answered(work, what="post digest now", saves=False)
        if isinstance(said, Reply):  # what was in the way can be mended, and the button pressed again at once
            replace_message(respond, Reply(said.text, (*said.blocks, actions(post_now_button(asked)))))
        else:
            replace_message(respond, said[0])

    app.action(POST_NOW)(ack=acknowledge, lazy=[post])


def _listen_to_take(app: App, services: Services, living: Living) -> None:
    @app.action(TAKE)
    def on_take(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        address = _address(body)

        def work() -> Reply:
            call = services.call(body, _choice_key(body, action), "")
            require_button(call.person, "Take")
            return take(call, find_place(call, **address), action["selected_option"]["value"], address)

        said = answered(work, what="take")
        tell(respond, said)
        ack()
        _show_again(services, living, body, address)
        services.follow_up(body, said)


def _listen_to_take_over(app: App, services: Services, living: Living) -> None:
    @app.action(TAKE_OVER)
    def on_take_over(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        asked = json.loads(action["value"])
        address = {"channel": asked["channel"], "ts": asked["ts"]}

        def work() -> Reply:
            call = services.call(body, _choice_key(body, action), "")
            require_button(call.person, "Take")
            return take_from(call, find_place(call, **address), asked["code"], asked["from"], address)

        said = answered(work, what="take over")
        replace_message(respond, said)
        ack()
        _show_again(services, living, body, address)
        services.follow_up(body, said)


def _listen_to_log(app: App, services: Services, living: Living) -> None:
    @app.action(LOG)
    def on_log(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        def work() -> None:
            call = services.call(body, _choice_key(body, action), action["selected_option"]["value"], command="log")
            services.open_if_form(open_form(call), body)

        said = answered(work, what="log from digest")
        if isinstance(said, Reply):
            tell(respond, said)
        ack()
        _show_again(services, living, body, _address(body))


def _listen_to_refresh(app: App, services: Services, living: Living) -> None:
    @app.action(REFRESH)
    def on_refresh(ack: Ack, body: dict[str, Any], respond: Respond, action: dict[str, Any]) -> None:
        address = _address(body)

        def work() -> None:
            find_place(services.call(body, _choice_key(body, action), ""), **address)

        said = answered(work, what="refresh digest", saves=False)
        if isinstance(said, Reply):
            tell(respond, said)
        ack()
        _show_again(services, living, body, address)


def _choice_key(body: dict[str, Any], action: dict[str, Any]) -> str:
    """Return the key of one use of a menu or button that may be used again, unlike that of ``press_key``."""
    return f"{press_key(body, action)}:{action['action_ts']}"


def _address(body: dict[str, Any]) -> dict[str, str]:
    """Return which message was pressed."""
    return {"channel": body["container"]["channel_id"], "ts": body["container"]["message_ts"]}


def _show_again(services: Services, living: Living, body: dict[str, Any], address: dict[str, str]) -> None:
    services.later(
        lambda: living(team_of(body)).show_again(team_of(body), address["channel"], address["ts"]), what="digest update"
    )
