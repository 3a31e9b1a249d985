"""A call waits as long as Slack asks, unless that is longer than whoever called can wait."""

import pytest
from slack_sdk.errors import SlackApiError
from support.slack import Harness

from bot.slack import retry_handlers


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, in seconds; nobody does."""
    slept: list[float] = []
    monkeypatch.setattr("slack_sdk.http_retry.builtin_handlers.time.sleep", slept.append)
    return slept


def limited(harness: Harness, seconds: int | None, times: int = 1) -> None:
    harness.allows_refusals = True
    for _ in range(times):
        harness.playground.fail_next("auth.test", status=429, retry_after=seconds)


def test_a_short_wait_is_kept_and_the_call_made_again(harness: Harness, waited: list[float]) -> None:
    limited(harness, retry_handlers.MOST_SECONDS)

    assert harness.client.api_call("auth.test")["ok"]

    assert [int(seconds) for seconds in waited] == [retry_handlers.MOST_SECONDS]


@pytest.mark.parametrize("seconds", [retry_handlers.MOST_SECONDS + 1, None])
def test_a_longer_wait_or_none_that_can_be_read_is_left_to_whoever_called(
    harness: Harness, waited: list[float], seconds: int | None
) -> None:
    limited(harness, seconds)

    with pytest.raises(SlackApiError, match="ratelimited"):
        harness.client.api_call("auth.test")

    assert waited == []


def test_the_fourth_refusal_is_told(harness: Harness, waited: list[float]) -> None:
    limited(harness, 1, times=4)

    with pytest.raises(SlackApiError, match="ratelimited"):
        harness.client.api_call("auth.test")

    assert len(waited) == retry_handlers.MOST_TRIES_AGAIN
