"""How payloads reach the app, and what a person sees when they do not."""

import concurrent.futures
import http.server
import json
import threading
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from support.sockets import disconnect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from bot.playground import Playground, Receiver, Workspace

JSON = dict[str, Any]
SECRET = "playground-signing-secret"
NEVER_SECONDS = 0.05


@pytest.fixture
def impatient(workspace: Workspace) -> Iterator[Playground]:
    """A Slack that waits a twentieth of a second, not three."""
    with Playground(workspace, ack_timeout_seconds=NEVER_SECONDS) as running:
        yield running


def text_of(playground: Playground, line: str = "/care") -> str:
    return playground.as_user("U1").command("C1", line).message.text


def test_without_the_app_a_command_says_so(playground: Playground) -> None:
    assert text_of(playground) == '/care failed with the error "dispatch_failed"'


def test_a_command_nobody_declared_is_no_command(playground: Playground) -> None:
    assert text_of(playground, "/cafe now") == "/cafe is not a valid command."


def test_an_app_that_takes_too_long_has_timed_out(impatient: Playground) -> None:
    done = threading.Event()

    def slow(_headers: dict[str, str], _body: str) -> tuple[int, dict[str, Any], str]:
        done.wait()
        return 200, {}, "too late"

    impatient.attach(slow)
    assert text_of(impatient) == '/care failed with the error "operation_timeout"'
    done.set()
    assert [each.refused for each in impatient.refusals] == ["operation_timeout"]


def test_an_answer_other_than_200_is_shown_as_a_failure(playground: Playground) -> None:
    playground.attach(lambda _headers, _body: (500, {}, "sorry"))
    assert text_of(playground) == '/care failed with the error "http_500"'


def test_an_answer_that_is_no_message_is_shown_as_a_failure(playground: Playground) -> None:
    body = json.dumps({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]})
    playground.attach(lambda _headers, _body: (200, {"Content-Type": "application/json"}, body))
    assert text_of(playground) == '/care failed with the error "invalid_blocks"'
    assert "less than 151" in str(playground.refusals[0].refused) or "invalid_blocks" in str(
        playground.refusals[0].refused
    )


def test_what_the_app_raises_is_raised_to_the_test(playground: Playground) -> None:
    def breaks(_headers: dict[str, str], _body: str) -> tuple[int, dict[str, Any], str]:
        raise LookupError("broken")

    playground.attach(breaks)
    with pytest.raises(LookupError, match="broken"):
        playground.as_user("U1").command("C1", "/care")


def test_requests_are_signed_as_slack_signs_them(playground: Playground) -> None:
    got: list[tuple[dict[str, str], str]] = []

    def keep(headers: dict[str, str], body: str) -> tuple[int, dict[str, Any], str]:
        got.append((headers, body))
        return 200, {}, ""

    playground.attach(keep)
    nurse = playground.as_user("U1")
    nurse.command("C1", "/care log P-1042 <note> & more")
    nurse.shortcut("log_anywhere")
    nurse.say("C1", "good morning")
    assert all(SignatureVerifier(SECRET).is_valid_request(body, headers) for headers, body in got)
    command = dict(urllib.parse.parse_qsl(got[0][1]))
    assert command["text"] == "log P-1042 &lt;note&gt; &amp; more"
    assert command["is_enterprise_install"] == "false"
    assert json.loads(dict(urllib.parse.parse_qsl(got[1][1]))["payload"])["type"] == "shortcut"
    assert got[2][0]["Content-Type"] == "application/json"
    assert json.loads(got[2][1])["event"]["channel_type"] == "channel"


def test_a_wrongly_signed_app_refuses(playground: Playground, receive_with: Callable[[App], Receiver]) -> None:
    token = playground.workspace.installation.bot_token
    client = WebClient(token, base_url=playground.api_url)
    app = App(client=client, signing_secret="another", process_before_response=True)
    app.command("/care")(lambda ack: ack("hello"))
    playground.attach(receive_with(app))
    assert text_of(playground) == '/care failed with the error "http_401"'


def test_an_event_that_failed_is_sent_once_more(playground: Playground) -> None:
    retries: list[tuple[str | None, str | None]] = []

    def failing(headers: dict[str, str], _body: str) -> tuple[int, dict[str, Any], str]:
        retries.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
        return 503, {}, ""

    playground.attach(failing)
    playground.as_user("U1").say("C1", "good morning")
    assert retries == [(None, None), ("1", "http_error")]


class AppOnAPort(http.server.BaseHTTPRequestHandler):
    """The app as a web server; it says what it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        good = SignatureVerifier(SECRET).is_valid_request(body, dict(self.headers))
        said = dict(urllib.parse.parse_qsl(body)).get("text", "")
        self.send_response(200 if good and said != "fail" else 500)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(f"over HTTP: {said}".encode())

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


def test_an_app_is_reached_at_its_request_url(playground: Playground) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), AppOnAPort) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        playground.delivery.set_request_url(f"http://127.0.0.1:{server.server_port}/slack/events")
        assert text_of(playground, "/care hello") == "over HTTP: hello"
        assert text_of(playground, "/care fail") == '/care failed with the error "http_500"'
        server.shutdown()
        thread.join()
    assert text_of(playground) == '/care failed with the error "dispatch_failed"'


@pytest.fixture
def in_socket_mode(playground: Playground, bolt: App) -> Iterator[SocketModeHandler]:
    """The Bolt app, connected over Socket Mode by Slack's own client."""
    handler = SocketModeHandler(bolt, playground.workspace.installation.app_token)
    handler.connect()
    assert playground.wait_until(lambda: playground.delivery.connected)
    yield handler
    # Slack's client takes three seconds to leave a connection that is open, and none for one that was ended.
    handler.client.auto_reconnect_enabled = False
    playground.stop()
    disconnect(handler)


def test_socket_mode_carries_commands_interactions_and_events(
    playground: Playground, bolt: App, in_socket_mode: SocketModeHandler
) -> None:
    heard: list[str] = []
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "7"}
    bolt.command("/care")(lambda ack: ack(text="card", blocks=[{"type": "actions", "elements": [button]}]))
    bolt.event("message")(lambda event: heard.append(event["text"]))

    @bolt.action("go")
    def went(ack: Any, action: JSON, respond: Any) -> None:
        respond(text=f"went {action['value']}", replace_original=True)
        ack()

    nurse = playground.as_user("U1")
    card = nurse.command("C1", "/care").message
    assert nurse.press(card, "go").message.text == "went 7"
    nurse.say("C1", "good morning")
    assert playground.wait_until(lambda: heard == ["good morning"])
    assert playground.refusals == []


def socket_address(playground: Playground) -> str:
    client = WebClient(base_url=playground.api_url)
    return str(client.apps_connections_open(app_token=playground.workspace.installation.app_token)["url"])


def test_a_socket_says_hello_and_takes_each_payload_in_turn(playground: Playground) -> None:
    def answer(link: Any, words: str) -> None:
        envelope = json.loads(link.recv())
        assert envelope["accepts_response_payload"]
        link.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": words}}))

    with connect(socket_address(playground)) as first, connect(socket_address(playground)) as second:
        assert json.loads(first.recv())["connection_info"] == {"app_id": "A0PLAYGROUND"}
        assert json.loads(second.recv())["num_connections"] == 2
        with concurrent.futures.ThreadPoolExecutor() as threads:
            threads.submit(answer, first, "first")
            threads.submit(answer, second, "second")
            assert {text_of(playground), text_of(playground)} == {"first", "second"}


def test_an_app_is_told_when_to_reconnect(playground: Playground) -> None:
    with connect(socket_address(playground)) as link:
        link.recv()
        playground.delivery.sockets.ask_to_reconnect()
        told = json.loads(link.recv())
    assert (told["type"], told["reason"]) == ("disconnect", "refresh_requested")


def test_a_socket_ticket_is_good_once(playground: Playground) -> None:
    address = socket_address(playground)
    with connect(address) as link:
        assert json.loads(link.recv())["type"] == "hello"
    with pytest.raises(InvalidStatus):
        connect(address)
    with pytest.raises(SlackApiError):
        WebClient("xoxb-playground", base_url=playground.api_url).apps_connections_open(app_token="xoxb-playground")


def test_an_acknowledgement_that_comes_too_late_is_kept_as_refused(impatient: Playground) -> None:
    with connect(socket_address(impatient)) as link:
        link.recv()
        assert text_of(impatient) == '/care failed with the error "operation_timeout"'
        link.send(json.dumps({"envelope_id": json.loads(link.recv())["envelope_id"]}))
    assert impatient.wait_until(lambda: not impatient.delivery.connected)
    timed_out, late = impatient.refusals
    assert timed_out.refused == "operation_timeout"
    assert "too late" in str(late.refused)


def test_an_app_whose_connection_breaks_has_failed_at_once(playground: Playground) -> None:
    with connect(socket_address(playground)) as link, concurrent.futures.ThreadPoolExecutor() as threads:
        link.recv()
        seen = threads.submit(text_of, playground)
        link.recv()
        link.close()
        assert seen.result(2) == '/care failed with the error "dispatch_failed"'


def answered_with(link: Any, words: str) -> None:
    """Answers the next envelope of the link."""
    envelope = json.loads(link.recv())
    link.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": words}}))


ENVELOPE_BYTES = len(json.dumps({"envelope_id": str(uuid.uuid4()), "payload": {"text": ""}}))


def test_a_frame_as_long_as_slack_takes_is_taken(playground: Playground) -> None:
    words = "x" * (20_480 - ENVELOPE_BYTES)
    with connect(socket_address(playground)) as link, concurrent.futures.ThreadPoolExecutor() as threads:
        link.recv()
        seen = threads.submit(text_of, playground)
        answered_with(link, words)

        assert seen.result(2) == words
    assert playground.refusals == []


def test_a_longer_frame_closes_the_connection_and_the_envelope_comes_again_by_the_next(playground: Playground) -> None:
    with concurrent.futures.ThreadPoolExecutor() as threads:
        with connect(socket_address(playground)) as link:
            link.recv()
            seen = threads.submit(text_of, playground)
            answered_with(link, "x" * (20_481 - ENVELOPE_BYTES))
            with pytest.raises(ConnectionClosed) as closed:
                link.recv()
        with connect(socket_address(playground)) as next_link:
            next_link.recv()
            answered_with(next_link, "short")

            assert seen.result(2) == "short"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
    assert "20,481 bytes" in str(playground.refusals[0].refused)


@pytest.mark.parametrize("silently", [False, True])
def test_a_connection_can_die_without_a_close_frame(playground: Playground, silently: bool) -> None:
    with connect(socket_address(playground), ping_interval=None, close_timeout=0.1) as link:
        link.recv()
        playground.lose_connections(silently=silently)
        if silently:
            assert not link.ping().wait(0.2)
        else:
            with pytest.raises(ConnectionClosed) as closed:
                link.recv()
            assert closed.value.rcvd is None
