"""The App Home tab: published when it is opened, when something in it is pressed, and after what its owner does."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot.commands.corrections.undo import undo
from bot.commands.home import home
from bot.errors import answered
from bot.listeners.context import Change, Services, team_of, user_of
from bot.listeners.responses import press_key
from bot.listeners.shortcuts import open_log_form
from bot.slack.refusals import reason_of
from bot.views.blocks import Block, home_tab
from bot.views.home import LOG, REFRESH
from bot.views.home.billing import BLOCKER, HIDE
from bot.views.home.place import PAGE_ACTIONS, Place
from bot.views.home.team import SHOW_UNTOUCHED
from bot.views.home.work import LOG_FOR, UNDO
from bot.views.reply import Reply
from ledger.practice.practice import get_practice
from ledger.reports.home_tabs import HomeTab, find_home_tab, mark_home_tab, remember_home_tab

ATTEMPTS = 3
MOVES = re.compile(f"^({'|'.join(PAGE_ACTIONS.values())})_(next|previous)$|^({REFRESH}|{SHOW_UNTOUCHED}|{HIDE})$")
"""The buttons that carry the place which they lead to."""


def listen(app: App, services: Services) -> None:
    """Publish the Home tab, and do what its buttons say."""
    services.followers.append(partial(_follow, services))
    _listen_to_opening(app, services)
    _listen_to_moves(app, services)
    _listen_to_work(app, services)


def _listen_to_opening(app: App, services: Services) -> None:
    @app.event("app_home_opened")
    def on_opened(body: dict[str, Any], event: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            _show_later(services, {"user_id": event["user"], "team_id": body["team_id"]}, None)


def _listen_to_moves(app: App, services: Services) -> None:
    @app.action(MOVES)
    def on_move(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        _show_later(services, body, Place.from_dict(json.loads(action["value"])))

    @app.action(BLOCKER)
    def on_blocker(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        ack()
        _show_later(services, body, Place.from_dict(json.loads(action["selected_option"]["value"])))


def _listen_to_work(app: App, services: Services) -> None:
    @app.action(LOG)
    def on_log(ack: Ack, body: dict[str, Any]) -> None:
        open_log_form(services, body, what="home log button")
        ack()
        _mark_later(services, body)

    @app.action(LOG_FOR)
    def on_log_for(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        open_log_form(services, body, what="home log button", text=json.loads(action["value"]))
        ack()
        _mark_later(services, body)

    @app.action(UNDO)
    def on_undo(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        named = json.loads(action["value"])

        def work() -> Reply:
            call = services.call(body, press_key(body, action), "", command="undo")
            mark_home_tab(call.database, team_of(body), user_of(body), at=call.at)
            return undo(call, patient_code=named["code"], position=named["position"])

        said = answered(work, what="home undo button")
        ack()
        if said.changed:  # what was undone is seen in the list
            services.follow_up(body, said)
        else:
            _show_later(services, body, None, notice=said.blocks)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A Home tab to be published: its view, the place it is drawn at, and the hash of the one it takes the place of."""

    view: dict[str, Any]
    place: Place
    replaces: str | None


def _show_later(services: Services, body: dict[str, Any], place: Place | None, *, notice: Sequence[Block] = ()) -> None:
    """Publish the tab behind the acknowledgement, at ``place`` or where the person was today."""
    services.later(partial(_show, services, body, place, notice), what="home")


def _show(services: Services, body: dict[str, Any], place: Place | None, notice: Sequence[Block] = ()) -> None:
    """Publish the tab, or the card that says why it cannot be shown.

    The hash keeps two that are published at once from showing the older one: whoever comes second draws anew
    (https://docs.slack.dev/reference/methods/views.publish). The last attempt does without, so that something is shown.
    """
    for attempt in range(1, ATTEMPTS + 1):
        drawn = answered(partial(_draw, services, body, place, notice), what="home", saves=False)
        if isinstance(drawn, Reply):
            services.client(body).views_publish(user_id=user_of(body), view=home_tab(drawn.blocks))
            return
        try:
            published = services.client(body).views_publish(
                user_id=user_of(body), view=drawn.view, hash=drawn.replaces if attempt < ATTEMPTS else None
            )
        except SlackApiError as error:
            if reason_of(error) != "hash_conflict":
                raise
            continue
        view_hash = str(published["view"]["hash"])
        tab = HomeTab(team_of(body), user_of(body), services.now(), drawn.place.to_dict(), view_hash)
        remember_home_tab(services.database.of(tab.practice_id), tab)
        return


def _draw(services: Services, body: dict[str, Any], place: Place | None, notice: Sequence[Block]) -> _Drawn:
    """Return the tab as it is now; its predecessor is read first, so that what is read after that is newer."""
    call = services.call(body, "", "")
    with call.database.reading() as connection:
        tab = find_home_tab(connection, call.practice.practice_id, user_of(body))
    if place is None:
        was_today = tab is not None and call.practice.local_date(tab.opened_at) == call.today
        place = Place.from_dict(tab.looking_at) if tab is not None and was_today else Place()
    return _Drawn(home(call, place, notice=notice), place, tab.view_hash if tab else None)


def _follow(services: Services, change: Change) -> None:
    """Publish the tab of whoever changed something, where they opened it today."""
    with services.database.of(change.practice_id).reading() as connection:
        tab = find_home_tab(connection, change.practice_id, change.slack_user_id)
        if tab is None:
            return
        practice = get_practice(connection, change.practice_id)
    if practice.local_date(tab.opened_at) == practice.local_date(services.now()):
        _show(services, {"user_id": change.slack_user_id, "team_id": change.practice_id}, None)


def _mark_later(services: Services, body: dict[str, Any]) -> None:
    """Remember behind the acknowledgement that the tab is in use: one may stay open over night."""
    team = team_of(body)
    mark = partial(mark_home_tab, services.database.of(team), team, user_of(body), at=services.now())
    services.later(mark, what="home tab in use")
