"""A running playground for each test, with a small app's manifest and a clock that is moved by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from bot.playground import Playground, Receiver, Workspace

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Care Bot"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [{"command": "/care", "description": "Do something", "usage_hint": "[what]"}],
        "shortcuts": [
            {"name": "Log time", "callback_id": "log_anywhere", "type": "global", "description": "d"},
            {"name": "Log time", "callback_id": "log_message", "type": "message", "description": "d"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "files:write",
                "im:history",
                "im:write",
                "users:read",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.channels"]}},
}

CONFIG: dict[str, Any] = {
    "users": [
        {"id": "U1", "name": "nurse.one", "title": "Care coordinator"},
        {"id": "U2", "name": "biller.one", "title": "Biller"},
    ],
    "channels": [
        {"id": "C1", "name": "team-one", "members": ["U1", "U2"]},
        {"id": "C2", "name": "elsewhere", "members": ["U1"], "bot_is_member": False},
        {"id": "C3", "name": "old", "members": ["U1"], "is_archived": True},
    ],
    "manifest": MANIFEST,
}


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_764_000_000.0

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def workspace(clock: ManualClock) -> Workspace:
    return Workspace.from_dict(CONFIG, clock=clock)


@pytest.fixture
def playground(workspace: Workspace) -> Iterator[Playground]:
    running = Playground(workspace).start()
    yield running
    running.stop(wait=False)


@pytest.fixture
def client(playground: Playground) -> WebClient:
    return WebClient(playground.workspace.installation.bot_token, base_url=playground.api_url)


@pytest.fixture
def bolt(playground: Playground, client: WebClient) -> App:
    """A Bolt app that talks to the playground; its listeners finish before it acknowledges."""
    secret = playground.workspace.installation.signing_secret
    return App(
        client=client, signing_secret=secret, process_before_response=True, raise_error_for_unhandled_request=False
    )


@pytest.fixture
def receive_with() -> Callable[[App], Receiver]:
    """Returns the function that hands a signed request to a Bolt app in this process."""

    def receiver_of(app: App) -> Receiver:
        def receive(headers: dict[str, str], body: str) -> tuple[int, dict[str, Any], str]:
            response = app.dispatch(BoltRequest(body=body, headers=headers))  # type: ignore[arg-type]
            return response.status, response.first_headers(), response.body

        return receive

    return receiver_of


@pytest.fixture
def attached(playground: Playground, bolt: App, receive_with: Callable[[App], Receiver]) -> App:
    """The Bolt app, attached to the playground in this process."""
    playground.attach(receive_with(bolt))
    return bolt
