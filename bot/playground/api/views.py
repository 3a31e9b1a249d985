"""The `views.*` methods (https://docs.slack.dev/reference/methods/views.open and its neighbours)."""

import copy

from bot.playground.api.calling import Call, missing
from bot.playground.errors import SlackError
from bot.playground.filling import fill_blocks
from bot.playground.limits.content import check_view
from bot.playground.settings import JSON
from bot.playground.surfaces import OpenView


def open_modal(call: Call) -> JSON:
    """Open a modal for the person whose trigger was given."""
    view = _view(call, "modal")
    return _shown(call.workspace.views.open(_person(call), view))


def push(call: Call) -> JSON:
    """Put a modal on top of those the person has open."""
    view = _view(call, "modal")
    return _shown(call.workspace.views.push(_person(call), view))


def update(call: Call) -> JSON:
    """Change an open view, named by `view_id` or `external_id`."""
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise missing("view_id")
    views = call.workspace.views
    opened = views.find(view_id) if view_id else views.find_external(external_id or "")
    if opened is None:
        raise SlackError("not_found")
    views.update(opened, _view(call, str(opened.body["type"])), expected_hash=call.text("hash") or None)
    return _shown(opened)


def publish(call: Call) -> JSON:
    """Show a person's App Home."""
    user = call.workspace.user(call.required("user_id"))
    if not call.workspace.features.home_tab_enabled:
        raise SlackError("not_enabled")
    return _shown(
        call.workspace.views.publish_home(user.id, _view(call, "home"), expected_hash=call.text("hash") or None)
    )


def prepared(workspace_call: Call, view: JSON, kind: str) -> JSON:
    """Return a checked view with its blocks filled in; raise SlackError `invalid_arguments`."""
    check_view(view, kind=kind)
    return {**view, "blocks": fill_blocks(workspace_call.workspace, view["blocks"])}


def _view(call: Call, kind: str) -> JSON:
    view = call.json("view")
    if view is None:
        raise missing("view")
    return prepared(call, view, kind)


def _person(call: Call) -> str:
    return call.workspace.tickets.exchange_trigger(call.required("trigger_id"))


def _shown(opened: OpenView) -> JSON:
    return {"view": copy.deepcopy(opened.body)}
