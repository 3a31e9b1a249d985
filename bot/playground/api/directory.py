"""Who is who: `auth.test`, `team.info` and the `users.*` methods."""

import datetime as dt
import zoneinfo

from bot.playground.api.calling import Call
from bot.playground.settings import JSON, User
from bot.playground.workspace import SLACKBOT_ID, Workspace


def api_test(call: Call) -> JSON:
    """Return the arguments."""
    return {"args": call.args}


def auth_test(call: Call) -> JSON:
    """Return whose token this is (https://docs.slack.dev/reference/methods/auth.test)."""
    place = call.workspace.installation
    return {
        "url": f"{call.base_url}/",
        "team": place.team_name,
        "user": call.workspace.features.app_name.lower().replace(" ", "_"),
        "team_id": place.team_id,
        "user_id": place.bot_user_id,
        "bot_id": place.bot_id,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> JSON:
    """Return what the workspace is called."""
    place = call.workspace.installation
    return {"team": {"id": place.team_id, "name": place.team_name, "domain": place.team_domain}}


def users_info(call: Call) -> JSON:
    """Return one person."""
    user_id = call.required("user")
    automatic = {each["id"]: each for each in _automatic_users(call.workspace)}
    return {"user": automatic.get(user_id) or user_as_api(call.workspace, call.workspace.user(user_id))}


def users_list(call: Call) -> JSON:
    """Return everyone, deactivated people and bots among them."""
    people = [user_as_api(call.workspace, user) for user in call.workspace.users.values()]
    page, response_metadata = call.page([*people, *_automatic_users(call.workspace)], 999)
    return {"members": page, "cache_ts": int(call.workspace.clock()), "response_metadata": response_metadata}


def user_as_api(workspace: Workspace, user: User) -> JSON:
    """Return a person as the Web API shows them (https://docs.slack.dev/reference/objects/user-object)."""
    now = dt.datetime.fromtimestamp(workspace.clock(), zoneinfo.ZoneInfo(user.tz))
    offset = now.utcoffset() or dt.timedelta()
    shown: JSON = {
        "id": user.id,
        "team_id": workspace.installation.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": {
            "title": user.title,
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "team": workspace.installation.team_id,
        },
        "is_bot": False,
        "is_app_user": False,
        "updated": 0,
    }
    if user.deleted:
        return shown
    return shown | {
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": now.tzname(),
        "tz_offset": int(offset.total_seconds()),
        "is_admin": user.is_admin or user.is_primary_owner,
        "is_owner": user.is_primary_owner,
        "is_primary_owner": user.is_primary_owner,
        "is_restricted": False,
        "is_ultra_restricted": False,
    }


def _automatic_users(workspace: Workspace) -> list[JSON]:
    app = User(workspace.installation.bot_user_id, workspace.features.app_name.lower().replace(" ", "_"))
    slackbot = User(SLACKBOT_ID, "slackbot", real_name="Slackbot")
    place = workspace.installation
    app_shown = user_as_api(workspace, app)
    app_shown["profile"] |= {"api_app_id": place.app_id, "bot_id": place.bot_id}
    return [app_shown | {"is_bot": True}, user_as_api(workspace, slackbot)]
