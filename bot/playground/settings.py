"""What a workspace and an app are made of: people, channels, and what the app's manifest declares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

JSON = dict[str, Any]


@dataclass
class User:
    """A person of the workspace. `name` is the handle, `title` what their profile says they do."""

    id: str
    name: str
    title: str = ""
    real_name: str = ""
    is_admin: bool = False
    is_primary_owner: bool = False
    deleted: bool = False
    tz: str = "America/New_York"

    def __post_init__(self) -> None:
        self.real_name = self.real_name or self.name


@dataclass
class Channel:
    """A conversation. `im_user_id` is set for direct messages between one person and the app.

    One that `is_ext_shared` is shared with another organization; in one that `is_restricted` the app may not post.
    """

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    bot_is_member: bool = True
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    is_restricted: bool = False
    im_user_id: str | None = None

    @property
    def kind(self) -> str:
        """Returns the word Slack's scopes and events use: `channels`, `groups` or `im`."""
        if self.im_user_id is not None:
            return "im"
        return "groups" if self.is_private else "channels"


@dataclass(frozen=True)
class Command:
    """A slash command the app declares, as `/name`."""

    command: str
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True)
class Shortcut:
    """A shortcut the app declares; `type` is `global` or `message`."""

    name: str
    callback_id: str
    type: str = "global"


@dataclass(frozen=True)
class Features:
    """What an app's manifest declares: the reach of its token and where it may be called from."""

    app_name: str = "App"
    scopes: frozenset[str] = frozenset()
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    events: frozenset[str] = frozenset()
    home_tab_enabled: bool = True
    messages_tab_enabled: bool = True

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> Self:
        """Return the features a Slack app manifest declares (https://docs.slack.dev/reference/app-manifest).

        Raises:
            KeyError: when a slash command or a shortcut lacks the key that names it.
        """
        features = manifest.get("features", {})
        settings = manifest.get("settings", {})
        return cls(
            app_name=manifest.get("display_information", {}).get("name", "App"),
            scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
            commands=tuple(
                Command(each["command"], each.get("description", ""), each.get("usage_hint", ""))
                for each in features.get("slash_commands", ())
            ),
            shortcuts=tuple(
                Shortcut(each["name"], each["callback_id"], each["type"]) for each in features.get("shortcuts", ())
            ),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            home_tab_enabled=features.get("app_home", {}).get("home_tab_enabled", True),
            messages_tab_enabled=features.get("app_home", {}).get("messages_tab_enabled", True),
        )


def read_users(rows: Sequence[Mapping[str, Any]]) -> list[User]:
    """Return users from plain dicts; raise TypeError naming a key that no user has."""
    return [User(**row) for row in rows]


def read_channels(rows: Sequence[Mapping[str, Any]]) -> list[Channel]:
    """Return channels from plain dicts; raise TypeError naming a key that no channel has."""
    return [Channel(**{**row, "members": list(row.get("members", ()))}) for row in rows]
