"""The payloads Slack sends to an app, in their real shape.

See https://docs.slack.dev/interactivity/implementing-slash-commands and
https://docs.slack.dev/reference/interaction-payloads.
"""

from typing import Any

from bot.playground.messages import Message
from bot.playground.settings import JSON, Channel, User
from bot.playground.surfaces import OpenView
from bot.playground.workspace import Workspace


class Payloads:
    """Builds payloads for one workspace; `base_url` is where response URLs point."""

    def __init__(self, workspace: Workspace, base_url: str) -> None:
        self._workspace = workspace
        self._base_url = base_url

    def command(self, user: User, channel: Channel, command: str, text: str, response_token: str) -> JSON:
        """Return the fields of a slash command."""
        place = self._workspace.installation
        return {
            "token": place.verification_token,
            "team_id": place.team_id,
            "team_domain": place.team_domain,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.kind == "im" else channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": place.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(response_token),
            "trigger_id": self._workspace.tickets.new_trigger(user.id),
        }

    def block_actions(
        self, user: User, source: Message | OpenView, action: JSON, state: JSON, token: str | None
    ) -> JSON:
        """Return an interaction with a block; `token` ends the response URL where the source is a message."""
        payload: JSON = {
            **self._interaction("block_actions", user),
            "trigger_id": self._workspace.tickets.new_trigger(user.id),
            **self._source(source, state),
            "actions": [action],
        }
        if token is not None:
            payload["response_url"] = self.response_url(token)
        return payload

    def block_suggestion(self, user: User, source: Message | OpenView, *, named: JSON, query: str, state: JSON) -> JSON:
        """Return the question for the options of the external menu `named` by its block and action id."""
        about = self._source(source, state)
        about.pop("state", None)
        return {
            **self._interaction("block_suggestion", user),
            **named,
            "value": query,
            **about,
        }

    def view_submission(self, user: User, opened: OpenView, state: JSON) -> JSON:
        """Return a submitted modal."""
        return {
            **self._interaction("view_submission", user),
            "trigger_id": self._workspace.tickets.new_trigger(user.id),
            "view": shown_view(opened, state),
            "response_urls": [],
        }

    def view_closed(self, user: User, opened: OpenView, state: JSON, *, is_cleared: bool) -> JSON:
        """Return a dismissed modal."""
        return {
            **self._interaction("view_closed", user),
            "view": shown_view(opened, state),
            "is_cleared": is_cleared,
        }

    def global_shortcut(self, user: User, callback_id: str) -> JSON:
        """Return a shortcut taken from anywhere."""
        return {
            **self._interaction("shortcut", user),
            "callback_id": callback_id,
            "trigger_id": self._workspace.tickets.new_trigger(user.id),
            "action_ts": self._workspace.messages.new_ts(),
        }

    def message_shortcut(self, user: User, callback_id: str, message: Message, response_token: str) -> JSON:
        """Return a shortcut taken on a message."""
        channel = self._workspace.channel(message.channel_id)
        return {
            **self._interaction("message_action", user),
            "callback_id": callback_id,
            "trigger_id": self._workspace.tickets.new_trigger(user.id),
            "action_ts": self._workspace.messages.new_ts(),
            "channel": {"id": channel.id, "name": channel.name},
            "message_ts": message.ts,
            "message": self._workspace.messages.as_api(message),
            "response_url": self.response_url(response_token),
        }

    def event(self, event: JSON) -> JSON:
        """Return an event in its envelope (https://docs.slack.dev/apis/events-api)."""
        place = self._workspace.installation
        authorization = {
            "enterprise_id": None,
            "team_id": place.team_id,
            "user_id": place.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": place.verification_token,
            "team_id": place.team_id,
            "context_team_id": place.team_id,
            "context_enterprise_id": None,
            "api_app_id": place.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{self._workspace.next_serial():08X}",
            "event_time": int(self._workspace.clock()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self._workspace.next_serial():08x}",
        }

    def response_url(self, token: str) -> str:
        """Return the whole response URL."""
        return f"{self._base_url}/response/{token}"

    def _interaction(self, kind: str, user: User) -> JSON:
        place = self._workspace.installation
        return {
            "type": kind,
            "team": {"id": place.team_id, "domain": place.team_domain},
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": place.team_id},
            "api_app_id": place.app_id,
            "token": place.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _source(self, source: Message | OpenView, state: JSON) -> JSON:
        if isinstance(source, OpenView):
            return {"container": {"type": "view", "view_id": source.id}, "view": shown_view(source, state)}
        channel = self._workspace.channel(source.channel_id)
        ephemeral = source.ephemeral_for is not None
        container: JSON = {
            "type": "message",
            "message_ts": source.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        }
        if source.thread_ts is not None:
            container["thread_ts"] = source.thread_ts
        about: JSON = {
            "container": container,
            "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
            "state": {"values": state},
        }
        # Slack hands back no copy of a message that only one person sees.
        return about if ephemeral else {**about, "message": self._workspace.messages.as_api(source)}


def shown_view(opened: OpenView, state: JSON) -> dict[str, Any]:
    """Return a view as payloads carry it, with what was entered."""
    return {**opened.body, "state": {"values": state}}
