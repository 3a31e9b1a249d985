"""Faults put in the app's way on purpose: lost connections, answers that do not come, repetitions."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import IncompleteRead
from typing import Any
from urllib.error import HTTPError

import pytest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from support.patience import PATIENCE_SECONDS
from support.sockets import disconnect

from bot.playground import Playground


@pytest.fixture
def client(playground: Playground) -> WebClient:
    """A client that tries once: by itself Slack's tries again after a lost connection."""
    place = playground.workspace.installation
    return WebClient(place.bot_token, base_url=playground.api_url, retry_handlers=[])


def said(playground: Playground) -> list[str]:
    return [each.text for each in playground.as_user("U1").messages("C1")]


@pytest.mark.parametrize("is_done", [False, True])
def test_a_connection_can_be_lost_before_a_call_is_done_or_after(
    playground: Playground, client: WebClient, is_done: bool
) -> None:
    playground.fail_next("chat.postMessage", hangs_up=True, after_accepting=is_done)

    with pytest.raises(ConnectionError):
        client.chat_postMessage(channel="C1", text="hello")

    assert said(playground) == ["hello"] * is_done
    assert playground.refusals == []
    assert client.api_test()["ok"]


def test_a_connection_can_be_lost_halfway_through_an_answer(playground: Playground, client: WebClient) -> None:
    playground.fail_next("chat.postMessage", hangs_up=True, halfway=True, after_accepting=True)

    with pytest.raises(IncompleteRead):
        client.chat_postMessage(channel="C1", text="hello")

    assert said(playground) == ["hello"]


@pytest.mark.parametrize("is_done", [False, True])
def test_a_call_can_be_kept_waiting(playground: Playground, client: WebClient, is_done: bool) -> None:
    hold = playground.hold_next("chat.postMessage", after_accepting=is_done)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.chat_postMessage, channel="C1", text="hello")
        assert hold.reached()
        assert said(playground) == ["hello"] * is_done
        assert not answer.done()
        hold.let_go()
        assert answer.result(PATIENCE_SECONDS)["ok"]

    assert said(playground) == ["hello"]


def test_an_app_that_loses_patience_does_not_know_what_became_of_its_call(
    playground: Playground, client: WebClient
) -> None:
    hold = playground.hold_next("chat.postMessage")
    client.timeout = 0.1  # type: ignore[assignment] # the client says int; the socket takes any number

    with pytest.raises(TimeoutError):
        client.chat_postMessage(channel="C1", text="hello")

    assert said(playground) == []
    hold.let_go()
    assert playground.wait_until(lambda: said(playground) == ["hello"])


def test_stopping_lets_go_whoever_waits(playground: Playground, client: WebClient) -> None:
    hold = playground.hold_next("chat.postMessage")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.chat_postMessage, channel="C1", text="hello")
        assert hold.reached()
        playground.stop()
        assert answer.result(PATIENCE_SECONDS)["ok"]


def test_what_is_sent_to_an_upload_address_can_fail(playground: Playground, client: WebClient) -> None:
    playground.fail_next("upload", status=500)

    with pytest.raises(HTTPError) as refused:
        client.files_upload_v2(content="a,b", filename="a.csv")
    refused.value.close()
    playground.fail_next("files.completeUploadExternal", hangs_up=True)
    with pytest.raises(ConnectionError):
        client.files_upload_v2(content="a,b", filename="a.csv")

    assert client.files_upload_v2(content="a,b", filename="a.csv")["ok"]
    assert playground.refusals == []


def test_one_envelope_can_come_by_every_connection(playground: Playground, bolt: Any) -> None:
    came: list[str] = []
    meeting = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    @bolt.command("/care")
    def on_command(ack: Callable[..., None], body: dict[str, Any]) -> None:
        came.append(body["trigger_id"])
        meeting.wait()
        ack("done")

    handlers = [SocketModeHandler(bolt, playground.workspace.installation.app_token) for _ in range(2)]
    for handler in handlers:
        handler.connect()
    assert playground.wait_until(lambda: playground.delivery.sockets.connection_count == 2)
    payload = {"command": "/care", "text": "", "trigger_id": "1.2", "team_id": "T0PLAYGROUND", "user_id": "U1"}

    answers = playground.delivery.sockets.send_to_all("slash_commands", payload, timeout_seconds=10)

    assert [answer.body for answer in answers] == [{"text": "done"}] * 2
    assert came == ["1.2"] * 2
    for handler in handlers:
        disconnect(handler)
