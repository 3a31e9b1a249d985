"""The Bolt app: Slack's requests to calls, calls to answers (design 8).

Listeners run before the acknowledgement and answer in it; what takes longer, or nobody waits for, runs after it.
"""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.config import SLACK_URL
from bot.errors import answered, report
from bot.listeners import (
    accounts,
    attestations,
    card,
    claims,
    closing,
    commands,
    corrections,
    digest,
    facts,
    home,
    lists,
    log,
    onboarding,
    pages,
    pickers,
    roster,
    settings,
    shortcuts,
    timers,
    uninstall,
)
from bot.listeners.context import Services, is_well_formed
from bot.listeners.frames import fitted, said_in, send_apart
from bot.listeners.outdated import answer_unknown, answer_unreadable
from bot.oauth.authorize import InstalledAuthorize, gate
from bot.oauth.flow import InstallFlow
from bot.oauth.store import Installations
from bot.telemetry.request_log import handling, in_new_context, refused
from ledger.storage.database import Database

LISTENERS = (
    closing,
    claims,
    commands,
    pages,
    lists,
    pickers,
    card,
    log,
    timers,
    corrections,
    facts,
    digest,
    home,
    shortcuts,
    roster,
    onboarding,
    accounts,
    settings,
    attestations,
    uninstall,
)


def build_app(
    database: Database,
    client: WebClient,
    signing_secret: str,
    now: Callable[[], datetime],
    *,
    executor: Executor,
    admins: Collection[str] = (),
    installations: Installations | None = None,
    slack_url: str = SLACK_URL,
) -> "WatchedApp":
    """Return the app with every listener that ``manifest.yml`` declares; nothing runs yet.

    ``executor`` does what is done behind the acknowledgements; whoever stops the app waits for it. ``admins`` are the
    Slack ids of those who are administrators whatever the roster says. With ``installations`` the bot works in every
    workspace that has one, and can be installed in more: ``client`` then needs no token, and ``slack_url`` is where
    Slack asks for permission.
    """
    named = frozenset(admins)
    common: dict[str, Any] = {
        "name": "ccm",  # without one Bolt reads the source of every caller to find a file's name
        "client": client,
        "signing_secret": signing_secret,
        "process_before_response": True,
        "executor": executor,
        "raise_error_for_unhandled_request": True,
    }
    if installations is None:
        app = WatchedApp(**common, authorize=_authorize_with(client))
        services = Services(database, now, lambda _practice_id: client, executor, named)
    else:
        flow = InstallFlow(database, installations, client, now, executor=executor, admins=named, slack_url=slack_url)
        app = WatchedApp(
            **common, oauth_flow=flow, authorize=InstalledAuthorize(), before_authorize=gate(installations)
        )
        services = Services(database, now, installations.client_of, executor, named, installations)
    app.error(_on_error(services))
    for listener in LISTENERS:
        listener.listen(app, services)
    return app


def _on_error(services: Services) -> Callable[..., BoltResponse | None]:
    """Return what is done with a failure that reached Bolt, and with a request that no listener knows."""

    def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
        if isinstance(error, BoltUnhandledRequestError):
            return answer_unknown(services, body)
        if isinstance(error, LookupError | ValueError | TypeError | AttributeError):
            found = answer_unreadable(services, body, error)
            if found is not None:
                return found
        report(error)
        return None

    return on_error


def _authorize_with(client: WebClient) -> Callable[..., AuthorizeResult]:
    """Let every request pass with the one token there is.

    Bolt's own asks Slack at the first request: one that comes while Slack is away would get no answer.
    """

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    return authorize


KINDS = {
    "block_actions": "button",
    "block_suggestion": "menu",
    "view_submission": "form",
    "view_closed": "form",
    "shortcut": "shortcut",
    "message_action": "message shortcut",
    "event_callback": "event",
}
"""What a request is called in the log before its listener says what it does."""


HTTP_ERROR = 400


class WatchedApp(App):
    """Bolt's app; here every request comes in, over HTTP and in Socket Mode, and gets its id and its line in the log.

    Listeners run before the acknowledgement: how long this takes is how long Slack waits for it.
    """

    def __init__(self, *, signing_secret: str, executor: Executor, **more: Any) -> None:
        """``executor`` does what is done behind the acknowledgements."""
        super().__init__(signing_secret=signing_secret, listener_executor=executor, **more)
        self._secret, self._executor = signing_secret, executor

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Return whether Slack signed this body within the last five minutes; the body is not read for it."""
        try:
            return SignatureVerifier(self._secret).is_valid_request(body, dict(headers))
        except (ValueError, TypeError, OverflowError):  # no time, no text, or no signature that could be one
            return False

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Return the answer to the request."""
        return in_new_context(lambda: self._watched(req))

    def refuse(self, status: int) -> BoltResponse:
        """Return the answer to a request whose body is not read, with its line in the log."""

        def refuse() -> BoltResponse:
            with handling("request_handled", "request"):
                refused(f"HTTP_{status}")
            return BoltResponse(status=status, body={"error": "invalid request"})

        return in_new_context(refuse)

    def send_apart(self, body: dict[str, Any], answer: dict[str, Any]) -> None:
        """Send an answer whose acknowledgement could not be given."""
        send_apart(self.client, body, answer)

    def _watched(self, request: BoltRequest) -> BoltResponse:
        kind = KINDS.get(str(request.body.get("type")), "request")
        with handling("request_handled", kind):
            is_spoilt = not is_well_formed(request.body) and self._is_slacks(request)
            response = BoltResponse(status=400) if is_spoilt else super().dispatch(request)
            if response.status >= HTTP_ERROR:
                refused(f"HTTP_{response.status}")
            return self._small(request.body, response) if request.mode == "socket_mode" else response

    def _is_slacks(self, request: BoltRequest) -> bool:
        """Return whether a request comes from Slack: what does not is for Bolt to refuse."""
        headers = {name: str(values[0]) for name, values in request.headers.items()}
        return request.mode == "socket_mode" or self.is_signed(headers, request.raw_body.encode())

    def _small(self, body: dict[str, Any], response: BoltResponse) -> BoltResponse:
        """Return the answer as it fits in a frame; what does not fit is sent behind it."""
        answer = said_in(response)
        if answer is None or response.status >= HTTP_ERROR:
            return response
        fits = fitted(answer)
        if fits.rest is not None:
            rest = partial(send_apart, self.client, body, fits.rest, shown_as=fits.shown_as)
            self._executor.submit(answered, rest, what="long answer", saves=False)
        return BoltResponse(status=200, body=fits.answer or "", headers=response.headers)
