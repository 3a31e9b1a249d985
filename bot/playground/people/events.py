"""Events the app listens to (https://docs.slack.dev/reference/events); those it does not subscribe to are not sent."""

import copy
from collections.abc import Sequence

from bot.playground.api.directory import user_as_api
from bot.playground.delivery.answer import Answer
from bot.playground.delivery.dispatch import Delivery
from bot.playground.delivery.payloads import Payloads
from bot.playground.messages import Message
from bot.playground.settings import JSON, User
from bot.playground.workspace import Workspace


class Events:
    """Tells the app of what happened, and waits for its acknowledgement."""

    def __init__(self, workspace: Workspace, delivery: Delivery, payloads: Payloads) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._payloads = payloads

    def home_opened(self, user: User) -> Answer:
        """Send `app_home_opened`, with the home as it was published last."""
        event: JSON = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._workspace.direct_channel(user.id).id,
            "tab": "home",
            "event_ts": self._workspace.messages.new_ts(),
        }
        home = self._workspace.views.home(user.id)
        if home is not None:
            event["view"] = copy.deepcopy(home.body)
        return self._send("app_home_opened", event)

    def message_said(self, message: Message) -> None:
        """Send `message` where the app is in the conversation, and `app_mention` where it is spoken to."""
        channel = self._workspace.channel(message.channel_id)
        if not channel.bot_is_member:
            return
        about = {**copy.deepcopy(message.body), "channel": channel.id, "event_ts": message.ts}
        kind = {"channels": "channel", "groups": "group", "im": "im"}[channel.kind]
        self._send(f"message.{channel.kind}", {**about, "type": "message", "channel_type": kind})
        if f"<@{self._workspace.installation.bot_user_id}>" in message.body["text"]:
            self._send("app_mention", {**about, "type": "app_mention"})

    def user_changed(self, user: User) -> None:
        """Send `user_change`, with the account as `users.info` has it."""
        event = {
            "type": "user_change",
            "user": user_as_api(self._workspace, user),
            "cache_ts": int(self._workspace.clock()),
            "event_ts": self._workspace.messages.new_ts(),
        }
        self._send("user_change", event)

    def app_uninstalled(self) -> None:
        """Send `tokens_revoked` and `app_uninstalled`; Slack keeps to no order."""
        self.tokens_revoked(bots=[self._workspace.installation.bot_user_id])
        self._send("app_uninstalled", {"type": "app_uninstalled"})

    def tokens_revoked(self, *, people: Sequence[str] = (), bots: Sequence[str] = ()) -> None:
        """Send `tokens_revoked` for the tokens of these."""
        tokens = {kind: list(users) for kind, users in (("oauth", people), ("bot", bots)) if users}
        self._send("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens})

    def _send(self, subscription: str, event: JSON) -> Answer:
        if subscription not in self._workspace.features.events:
            return Answer()
        return self._delivery.send_event(self._payloads.event(event), subscription)
