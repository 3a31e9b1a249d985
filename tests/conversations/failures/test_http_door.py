"""What comes over HTTP that Slack did not send so: it is refused before it is read, and never holds anything up."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier
from structlog.testing import capture_logs
from support.asking import ask
from support.http import served
from support.patience import PATIENCE_SECONDS
from support.slack import LINE, Harness, ManualClock, open_harness

from bot.playground.delivery.http import signed_request
from bot.runtime.http_door import MOST_BODY_BYTES
from ledger.practice.practice import Practice
from ledger.storage.database import Database

JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"


@pytest.fixture
def harness(http_harness: Harness) -> Harness:
    """The bot behind HTTP."""
    return http_harness


def events_address(harness: Harness) -> str:
    return str(harness.playground.workspace.installation.request_url)


def signed(harness: Harness, body: str, content_type: str) -> dict[str, str]:
    """The headers of a body that Slack signed."""
    secret = harness.playground.workspace.installation.signing_secret
    headers, _ = signed_request("events_api", {}, secret, None)
    stamp = headers["X-Slack-Request-Timestamp"]
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    return headers | {"Content-Type": content_type, "X-Slack-Signature": str(signature)}


DEEP = "[" * 100_000
MALFORMED = {
    "no JSON": (JSON_TYPE, "{"),
    "a list": (JSON_TYPE, "[]"),
    "a number": (JSON_TYPE, "7"),
    "nothing": (JSON_TYPE, "null"),
    "an empty object": (JSON_TYPE, "{}"),
    "an empty body": (FORM_TYPE, ""),
    "deep": (JSON_TYPE, DEEP),
    "an event without its kind": (JSON_TYPE, '{"type": "event_callback", "team_id": "T0TEST", "event": {}}'),
    "an event that is text": (JSON_TYPE, '{"type": "event_callback", "team_id": "T0TEST", "event": "x"}'),
    "a home of nobody": (
        JSON_TYPE,
        '{"type": "event_callback", "team_id": "T1", "event": {"type": "app_home_opened"}}',
    ),
    "a payload that is no JSON": (FORM_TYPE, "payload=%7B"),
    "a payload that is a list": (FORM_TYPE, "payload=[]"),
    "a press of nothing": (FORM_TYPE, urlencode({"payload": json.dumps({"type": "block_actions", "actions": []})})),
    "a form without a view": (FORM_TYPE, urlencode({"payload": json.dumps({"type": "view_submission", "view": None})})),
    "a command of nobody": (FORM_TYPE, "command=%2Fccm&text=near"),
}


@pytest.mark.parametrize(("content_type", "body"), MALFORMED.values(), ids=MALFORMED)
def test_what_slack_signed_and_nobody_can_read_is_refused_as_malformed(
    harness: Harness, content_type: str, body: str
) -> None:
    with capture_logs() as logs:
        status, _ = ask(events_address(harness), body, signed(harness, body, content_type))

    assert status == 400
    (handled,) = [one for one in logs if one["event"] == "request_handled"]
    assert (handled["outcome"], handled["code"]) == ("refused", "HTTP_400")
    assert "unexpected_failure" not in [one["event"] for one in logs]


UNSIGNED: Mapping[str, Mapping[str, str]] = {
    "no headers": {},
    "no signature": {"X-Slack-Request-Timestamp": "1"},
    "a time that is none": {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=1"},
    "a time past all times": {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=1"},
    "a signature in other letters": {"X-Slack-Signature": "v0=\xe9\xe9"},
}


@pytest.mark.parametrize("content", [JSON_TYPE, FORM_TYPE])
@pytest.mark.parametrize("changed", UNSIGNED.values(), ids=UNSIGNED)
def test_what_slack_did_not_sign_is_refused_before_it_is_read(
    harness: Harness, changed: Mapping[str, str], content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        pytest.fail("the body was read")

    monkeypatch.setattr("bot.runtime.http_door.to_bolt_request", never)
    kept = signed(harness, DEEP, content) if "X-Slack-Signature" in changed and len(changed) == 1 else {}

    assert ask(events_address(harness), DEEP, {**kept, "Content-Type": content, **changed})[0] == 401


def sent_raw(harness: Harness, data: bytes) -> socket.socket:
    """A connection by which so much was sent, and no more."""
    port = int(events_address(harness).split(":")[2].split("/")[0])
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    client.sendall(data)
    return client


def head(length: int | None) -> bytes:
    size = f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked"
    return f"POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON_TYPE}\r\n{size}\r\n\r\n".encode()


@pytest.mark.parametrize("is_measured", [True, False])
def test_a_body_that_is_too_long_is_refused_without_the_rest_of_it(harness: Harness, is_measured: bool) -> None:
    part = b"x" * (MOST_BODY_BYTES + 1)
    body = head(10 * len(part)) + part if is_measured else head(None) + b"%x\r\n" % len(part) + part + b"\r\n"
    with sent_raw(harness, body) as client:
        assert client.recv(1_000).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_no_text_can_be_is_refused(harness: Harness) -> None:
    with sent_raw(harness, head(2) + b"\xff\xfe") as client:
        assert client.recv(1_000).startswith(b"HTTP/1.1 401 ")


HALVES = {
    "nothing": b"",
    "half a line": b"POST /slack",
    "half of the headers": head(100)[:-10],
    "half of the body": head(100) + b"{",
    "half of a second request": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hea",
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_a_request_that_does_not_come_whole_is_given_up(
    harness: Harness, half: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runtime.http_door.REQUEST_SECONDS", 0.2)
    with sent_raw(harness, half) as client:
        while client.recv(1_000):
            pass

    assert "*Saved*" in harness.say(LINE).words


@pytest.fixture
def patient_harness(
    harness_database: Database, harness_practice: Practice, clock: ManualClock, door: socket.socket
) -> Iterator[Harness]:
    """The bot before anybody serves it."""
    url = f"http://127.0.0.1:{door.getsockname()[1]}/slack/events"
    with open_harness(harness_database, harness_practice, clock, attached=False, request_url=url) as harness:
        yield harness


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_a_request_that_does_not_come_whole_does_not_hold_up_a_stop(
    patient_harness: Harness, door: socket.socket, half: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runtime.http_door.REQUEST_SECONDS", 10 * PATIENCE_SECONDS)
    clients: list[socket.socket] = []

    def serve_and_stop() -> None:
        with served(patient_harness, door):
            clients.append(sent_raw(patient_harness, half))
            assert "*Saved*" in patient_harness.say(LINE).words

    serving = threading.Thread(target=serve_and_stop, daemon=True)
    serving.start()
    serving.join(PATIENCE_SECONDS)

    assert not serving.is_alive()
    clients[0].close()
