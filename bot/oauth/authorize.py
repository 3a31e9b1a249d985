"""Who comes in: requests of workspaces where the bot is installed. Everybody else is told what to do."""

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk.oauth.installation_store import Installation

from bot.errors import answered
from bot.oauth.store import Installations, NotInstalledError
from bot.views.reply import Reply, reply_view

log = structlog.get_logger("bot.installations")

FAREWELLS = frozenset({"app_uninstalled", "tokens_revoked"})
"""Events that come when the tokens are gone."""
_FOUND = "installation"
_TITLE = "Not installed"


def gate(installations: Installations) -> Callable[..., BoltResponse | None]:
    """Return what Bolt asks of every signed request before it looks for a listener."""

    def only_installed(
        body: dict[str, Any], context: BoltContext, next_: Callable[[], BoltResponse]
    ) -> BoltResponse | None:
        team = context.team_id
        if team is None or body.get("event", {}).get("type") in FAREWELLS:
            return next_()
        if "event" in body:
            return _event(installations, team, context, next_)
        found = answered(lambda: installations.find(team), what="installation", typed=_typed(body))
        if isinstance(found, Reply):
            return _refusal(body, context, found)
        context[_FOUND] = found
        return next_()

    return only_installed


class InstalledAuthorize(Authorize):
    """Lets Bolt know the bot by what the gate has found; nothing is asked of Slack for that."""

    def __init__(self) -> None:
        """Needs nothing: what it says stands in the request's context."""

    def __call__(self, *, context: BoltContext, team_id: str | None, **_more: Any) -> AuthorizeResult:
        """Return the bot's ids and token in that workspace."""
        found: Installation = context[_FOUND]
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user_id,
            bot_token=found.bot_token,
        )


def _event(
    installations: Installations, team: str, context: BoltContext, next_: Callable[[], BoltResponse]
) -> BoltResponse:
    """Nobody waits for an answer to an event. One that fails otherwise is not acknowledged: Slack sends it again."""
    try:
        context[_FOUND] = installations.find(team)
    except NotInstalledError:
        log.warning("event_of_no_installation", practice=team)
        return BoltResponse(status=200)
    return next_()


def _typed(body: dict[str, Any]) -> str:
    return f"{body['command']} {body.get('text', '')}" if "command" in body else ""


def _refusal(body: dict[str, Any], context: BoltContext, reply: Reply) -> BoltResponse:
    """Return the refusal where the person sees it, without a token.

    That is in the answer to a request, or by its response URL.
    """
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", **reply.payload()})
    if body.get("type") == "view_submission":
        return BoltResponse(status=200, body={"response_action": "update", "view": reply_view(reply, title=_TITLE)})
    if body.get("type") == "block_suggestion":
        return BoltResponse(status=200, body={"options": []})
    if context.response_url and context.respond:
        context.respond(replace_original=False, response_type="ephemeral", **reply.payload())
    return BoltResponse(status=200)
