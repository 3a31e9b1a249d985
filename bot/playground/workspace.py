"""A Slack workspace in memory with one app installed: everything the Web API and the browser page speak of."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.playground.access import Access
from bot.playground.changes import Changes
from bot.playground.errors import SlackError
from bot.playground.files import FileStore
from bot.playground.messages import MessageStore
from bot.playground.settings import JSON, Channel, Features, User, read_channels, read_users
from bot.playground.surfaces import ViewStore
from bot.playground.tickets import Tickets
from bot.playground.traffic import Traffic

SLACKBOT_ID = "USLACKBOT"


def wall_clock() -> float:
    """Return the present time, asked for by name so that frozen time is seen."""
    return time.time()


@dataclass(frozen=True)
class Installation:
    """The names and secrets of one app in one workspace; all invented.

    With `bot_token` empty the app is not installed yet.
    """

    team_id: str = "T0PLAYGROUND"
    team_name: str = "Playground"
    team_domain: str = "playground"
    app_id: str = "A0PLAYGROUND"
    bot_user_id: str = "U0APP"
    bot_id: str = "B0APP"
    bot_token: str = "xoxb-playground"  # noqa: S105 - opens nothing but this program
    app_token: str = "xapp-playground"  # noqa: S105 - opens nothing but this program
    signing_secret: str = "playground-signing-secret"  # noqa: S105 - the same
    verification_token: str = "playground-verification"  # noqa: S105 - the same
    request_url: str | None = None


class Workspace:
    """People, channels, messages and views, and the app's permissions. Safe to use from several threads.

    `clock` returns seconds since the epoch; tests hand in one they move. With `enforce_message_rate` off,
    a channel takes any number of messages a second (for tests whose clock stands still). With `takes_files` off, it is
    a workspace whose settings disable uploads.
    """

    def __init__(
        self,
        *,
        users: Iterable[User],
        channels: Iterable[Channel],
        features: Features,
        installation: Installation | None = None,
        clock: Callable[[], float] = wall_clock,
        enforce_message_rate: bool = True,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.installation = installation or Installation()
        self.features = features
        self.users = {user.id: user for user in users}
        self.channels = {channel.id: channel for channel in channels}
        self.enforce_message_rate = enforce_message_rate
        self.takes_files = True
        self.changes = Changes()
        self.traffic = Traffic(clock, on_note=self.changes.wake)
        self.access = Access(clock)
        if self.installation.bot_token:
            self.access.grant(self.installation.bot_token, None)
        self.tickets = Tickets(clock)
        self.files = FileStore(clock)
        self.messages = MessageStore(clock, self.changes, self.lock)
        app = {
            "team_id": self.installation.team_id,
            "app_id": self.installation.app_id,
            "bot_id": self.installation.bot_id,
            "app_installed_team_id": self.installation.team_id,
        }
        self.views = ViewStore(clock, self.changes, self.lock, app)
        self._serial = 0

    @classmethod
    def from_dict(cls, config: Mapping[str, Any], *, clock: Callable[[], float] = wall_clock) -> Self:
        """Return a workspace from plain data.

        Keys: `users` and `channels` (lists of dicts, as the dataclasses in `settings`), `manifest` (a Slack app
        manifest), and optionally `installation` (a dict) and `enforce_message_rate`.

        Raises:
            KeyError: when `users`, `channels` or `manifest` is missing.
            TypeError: naming a key that is not known.
        """
        return cls(
            users=read_users(config["users"]),
            channels=read_channels(config["channels"]),
            features=Features.from_manifest(config["manifest"]),
            installation=Installation(**config.get("installation", {})),
            clock=clock,
            enforce_message_rate=config.get("enforce_message_rate", True),
        )

    def next_serial(self) -> int:
        """Return 1, 2, 3 ... for ids that must differ."""
        with self.lock:
            self._serial += 1
            return self._serial

    def user(self, user_id: str) -> User:
        """Return a person; raise SlackError `user_not_found`."""
        found = self.users.get(user_id)
        if found is None:
            raise SlackError("user_not_found")
        return found

    def channel(self, channel_id: str) -> Channel:
        """Return a conversation; raise SlackError `channel_not_found`."""
        found = self.channels.get(channel_id)
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def direct_channel(self, user_id: str) -> Channel:
        """Return the direct message between a person and the app, making it if need be.

        Raises:
            SlackError: `user_not_found`.
        """
        user = self.user(user_id)
        with self.lock:
            for channel in self.channels.values():
                if channel.im_user_id == user_id:
                    return channel
            channel = Channel(f"D{user_id[1:]}", user.name, [user_id], im_user_id=user_id)
            self.channels[channel.id] = channel
        return channel

    def visible_channels(self, user_id: str) -> list[Channel]:
        """Return the conversations a person is in."""
        with self.lock:
            return [channel for channel in self.channels.values() if user_id in channel.members]

    def author(self) -> JSON:
        """Return what marks a message as the app's."""
        place = self.installation
        return {
            "user": place.bot_user_id,
            "bot_id": place.bot_id,
            "app_id": place.app_id,
            "team": place.team_id,
            "bot_profile": {
                "id": place.bot_id,
                "app_id": place.app_id,
                "name": self.features.app_name,
                "team_id": place.team_id,
                "deleted": False,
            },
        }

    def post_as_slackbot(self, user_id: str, channel_id: str, text: str, *, thread_ts: str | None = None) -> None:
        """Show one person a line from Slack itself."""
        body: JSON = {"user": SLACKBOT_ID, "text": text, "is_ephemeral": True}
        if thread_ts is not None:
            body["thread_ts"] = thread_ts
        self.messages.add(channel_id, body, ephemeral_for=user_id)
