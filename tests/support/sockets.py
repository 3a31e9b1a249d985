"""The bot connected by Socket Mode as ``ccm serve`` connects it; and Slack's own client, for apps that are not ours."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from support.patience import PATIENCE_SECONDS
from support.slack import Harness

from bot.app import build_app
from bot.runtime.socket_mode import SocketMode

SECONDS_TO_CLOSE = 5.0


@contextmanager
def connected(harness: Harness, client: WebClient | None = None) -> Iterator[SocketMode]:
    """The harness's bot connected by Socket Mode; ``client`` is its way to Slack, where that is another."""
    asks = client or harness.client
    harness.app = build_app(harness.database, asks, "", harness.clock, executor=harness.afterwards)
    slack = SocketMode(harness.app, asks, harness.playground.workspace.installation.app_token)
    slack.connect()
    assert harness.playground.wait_until(lambda: harness.playground.delivery.connected, PATIENCE_SECONDS)
    yield slack
    slack.close()


def disconnect(handler: SocketModeHandler) -> None:
    """Closes the connection of slack_sdk's client, which now and then does not notice that it is closed."""
    closing = threading.Thread(target=handler.close, daemon=True)
    closing.start()
    closing.join(SECONDS_TO_CLOSE)
