"""Signed HTTP requests to the app: over the network, or handed straight to a function in this process.

See https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import concurrent.futures
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.signature import SignatureVerifier

from bot.playground.delivery.answer import FAILED, TIMED_OUT, Answer, Kind, Retry, read_body
from bot.playground.settings import JSON

# What a request comes to: status, headers, body.
Reply = tuple[int, Mapping[str, Any], str]
Receiver = Callable[[dict[str, str], str], Reply]

OK = 200


def signed_request(kind: Kind, payload: JSON, signing_secret: str, retry: Retry | None) -> tuple[dict[str, str], str]:
    """Return the headers and the body that Slack would send for this payload.

    The timestamp is the present time of the machine, whatever clock the workspace has: receivers compare with theirs.
    """
    if kind == "events_api":
        content_type, body = "application/json", json.dumps(payload)
    else:
        content_type = "application/x-www-form-urlencoded"
        fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        body = urllib.parse.urlencode(fields)
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(signing_secret).generate_signature(timestamp=timestamp, body=body)
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": str(signature),
    }
    if retry is not None:
        headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
    return headers, body


class InProcessTransport:
    """Hands the signed request to `receiver(headers, body)`, which returns `(status, headers, body)`.

    What the receiver raises is raised to whoever caused the request, if it comes in time.
    """

    def __init__(self, receiver: Receiver, signing_secret: str) -> None:
        self._receiver = receiver
        self._signing_secret = signing_secret

    def is_ready(self) -> bool:
        """Return True: the function is here."""
        return True

    def send(self, kind: Kind, payload: JSON, *, timeout_seconds: float, retry: Retry | None) -> Answer:
        """Return the receiver's answer; it runs on a thread of its own, so that it can be too late."""
        headers, body = signed_request(kind, payload, self._signing_secret, retry)
        outcome: concurrent.futures.Future[Reply] = concurrent.futures.Future()

        def receive() -> None:
            try:
                outcome.set_result(self._receiver(headers, body))
            except BaseException as error:  # noqa: BLE001 - it is carried to the caller's thread, not swallowed
                outcome.set_exception(error)

        threading.Thread(target=receive, name=f"playground-{kind}", daemon=True).start()
        try:
            return _as_answer(outcome.result(timeout_seconds))
        except concurrent.futures.TimeoutError:
            return Answer(error=TIMED_OUT)


class HttpTransport:
    """Posts the signed request to the app's request URL."""

    def __init__(self, request_url: str, signing_secret: str) -> None:
        self._request_url = request_url
        self._signing_secret = signing_secret
        # The app is on this machine or this network: never ask a proxy for it.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def is_ready(self) -> bool:
        """Return True: whether anyone listens shows when it is tried."""
        return True

    def send(self, kind: Kind, payload: JSON, *, timeout_seconds: float, retry: Retry | None) -> Answer:
        """Return the app's answer, with `http_NNN` as the error for a status other than 200."""
        headers, body = signed_request(kind, payload, self._signing_secret, retry)
        request = urllib.request.Request(  # noqa: S310 - the address is the operator's own setting
            self._request_url, data=body.encode(), headers=headers, method="POST"
        )
        try:
            with self._opener.open(request, timeout=timeout_seconds) as response:
                return _as_answer((response.status, response.headers, response.read().decode()))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error=f"http_{error.code}")
        except TimeoutError:
            return Answer(error=TIMED_OUT)
        except urllib.error.URLError as error:
            return Answer(error=TIMED_OUT if isinstance(error.reason, TimeoutError) else FAILED)
        except OSError:
            return Answer(error=FAILED)


def _as_answer(reply: Reply) -> Answer:
    status, headers, body = reply
    if status != OK:
        return Answer(error=f"http_{status}")
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return Answer(read_body(str(content_type), body))
