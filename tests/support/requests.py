"""Slack's requests on their way to processes of the bot: to one, or to several at once."""

import http.client
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from support.forks import Bot
from support.patience import PATIENCE_SECONDS
from support.threads import at_once

from bot.playground import Receiver

Reply = tuple[int, Mapping[str, Any], str]
RETRY = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
"""What Slack adds when it delivers something again (https://docs.slack.dev/apis/events-api#retries)."""


def post(port: int, headers: Mapping[str, str], body: str, *, timeout_seconds: float = PATIENCE_SECONDS) -> Reply:
    """The answer of the bot at that port; raises ``OSError`` or ``HTTPException`` where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("POST", "/slack/events", body.encode(), dict(headers))
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


def to_all_at_once(bots: Sequence[Bot]) -> Receiver:
    """A way to the bot that delivers everything to each process at the same moment, and gives back the first's answer.

    To all but the first it is a repetition.
    """

    def receive(headers: dict[str, str], body: str) -> Reply:
        repetitions: list[Mapping[str, str]] = [headers, *({**headers, **RETRY} for _ in bots[1:])]
        calls = [partial(post, bot.port, how, body) for bot, how in zip(bots, repetitions, strict=True)]
        first, *others = at_once(calls)
        for reply in (first, *others):
            if isinstance(reply, Exception):
                raise reply
            assert reply[0] == http.client.OK
        assert not isinstance(first, Exception)
        return first

    return receive
