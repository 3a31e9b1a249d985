"""The bot is uninstalled, or its tokens are revoked: they are deleted, its jobs stop, the practice's ledger stays.

https://docs.slack.dev/reference/events/app_uninstalled and https://docs.slack.dev/reference/events/tokens_revoked
"""

from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt import App

from bot.listeners.context import Services

log = structlog.get_logger("bot.installations")


def listen(app: App, services: Services) -> None:
    """Forget what opens nothing any more. A failure is not acknowledged: Slack sends the event again.

    Slack tells of one uninstall by both events, in any order, and perhaps again later.
    """

    @app.event("app_uninstalled")
    def on_uninstalled(body: dict[str, Any]) -> None:
        _forget(services, body)

    @app.event("tokens_revoked")
    def on_revoked(body: dict[str, Any], event: dict[str, Any]) -> None:
        if event["tokens"].get("bot"):
            _forget(services, body)
        elif services.installations is not None:
            services.installations.forget_users(str(body["team_id"]), event["tokens"].get("oauth") or [])


def _forget(services: Services, body: dict[str, Any]) -> None:
    practice_id = str(body["team_id"])
    if services.installations is None:
        log.warning("uninstalled", practice=practice_id, remedy="Stop this bot, or install it and set SLACK_BOT_TOKEN.")
    elif services.installations.forget(practice_id, until=datetime.fromtimestamp(body["event_time"], UTC)):
        log.info("uninstalled", practice=practice_id)
