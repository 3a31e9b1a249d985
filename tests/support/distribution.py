"""Slack as an app sees it that many workspaces install: one Web API, the page that asks for permission, and tokens.

Each workspace is a playground of its own, with its people and its traffic; this stands in front of them.
See https://docs.slack.dev/authentication/installing-with-oauth and
https://docs.slack.dev/authentication/using-token-rotation.
"""

import base64
import binascii
import html
import secrets
import socket
import threading
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.playground.errors import SlackError
from bot.playground.server import LOCAL_HOSTS, SECONDS_TO_STOP, Playground, web_api
from bot.playground.settings import JSON

CODE_SECONDS = 600
TOKEN_SECONDS = 43_200
SEE_OTHER = 302


@dataclass(frozen=True)
class DistributedApp:
    """What the app's page in Slack says of it; all invented."""

    client_id: str = "1111111111.2222222222"
    client_secret: str = "playground-client-secret"
    redirect_urls: tuple[str, ...] = ()
    token_rotation_enabled: bool = False
    organization_id: str | None = None


@dataclass
class Code:
    """What somebody allowed, to be exchanged once. `team_id` is None for a whole organization."""

    team_id: str | None
    user_id: str
    scopes: frozenset[str]
    redirect_uri: str
    made_at: float
    spent: bool = False


@dataclass
class Refresh:
    """A refresh token; it can be used once."""

    team_id: str
    scopes: frozenset[str]
    spent: bool = False


class Distribution:
    """Several playgrounds and one app that they may install. Also a context manager that starts and stops it."""

    def __init__(self, playgrounds: Sequence[Playground], app: DistributedApp) -> None:
        self.app = app
        self.playgrounds = {each.workspace.installation.team_id: each for each in playgrounds}
        self._first = playgrounds[0]
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.api_url = f"{self.url}/api/"
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._refreshes: dict[str, Refresh] = {}
        self._server = uvicorn.Server(
            uvicorn.Config(_routes(self), lifespan="off", log_level="warning", access_log=False, date_header=False)
        )
        self._thread = threading.Thread(
            target=lambda: self._server.run(sockets=[self._socket]), name="distribution", daemon=True
        )

    def start(self) -> Self:
        """Serves from a thread in the background until `stop()`."""
        self._thread.start()
        return self

    def stop(self, *, wait: bool = True) -> None:
        """Ends the server; without `wait` it returns while that is still ending."""
        self._server.should_exit = True
        if wait:
            self._thread.join(SECONDS_TO_STOP)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def refreshed(self) -> int:
        """Returns how many tokens the app has renewed."""
        with self._lock:
            return sum(refresh.spent for refresh in self._refreshes.values())

    def of_token(self, token: str | None) -> Playground:
        """Returns the workspace that a token is for; raises SlackError `not_authed` or `invalid_auth`."""
        if not token:
            raise SlackError("not_authed")
        for playground in self.playgrounds.values():
            if playground.workspace.access.knows(token):
                return playground
        raise SlackError("invalid_auth")

    def asked(self, query: JSON) -> JSON:
        """Returns what an app asks for by its authorize link, checked.

        Raises:
            SlackError: `invalid_client_id`, `bad_redirect_uri` for an address that the app has not registered,
                `no_scopes`.
        """
        if query.get("client_id") != self.app.client_id:
            raise SlackError("invalid_client_id")
        redirect_uri = query.get("redirect_uri") or next(iter(self.app.redirect_urls), "")
        if not any(redirect_uri.startswith(each) for each in self.app.redirect_urls):
            raise SlackError("bad_redirect_uri")
        if not query.get("scope"):
            raise SlackError("no_scopes")
        return {**query, "redirect_uri": redirect_uri}

    def allow(self, asked: JSON, team_id: str | None, user_id: str) -> str:
        """Returns where a person is sent who allows it, with a code; `team_id` None allows a whole organization."""
        code = secrets.token_hex(16)
        scopes = frozenset(asked["scope"].split(","))
        with self._lock:
            self._codes[code] = Code(team_id, user_id, scopes, asked["redirect_uri"], self._now())
        return _with_query(asked["redirect_uri"], {"code": code, "state": asked.get("state", "")})

    def refuse(self, asked: JSON) -> str:
        """Returns where a person is sent who does not allow it."""
        return _with_query(asked["redirect_uri"], {"error": "access_denied", "state": asked.get("state", "")})

    def uninstall(self, team_id: str) -> None:
        """Takes the app out of a workspace: its tokens are over, and it is told so by two events."""
        playground = self.playgrounds[team_id]
        playground.workspace.access.end("account_inactive")
        with self._lock:
            for refresh in self._refreshes.values():
                refresh.spent = refresh.spent or refresh.team_id == team_id
        playground.people.events.app_uninstalled()

    def exchange(self, client_id: str, client_secret: str, given: JSON) -> JSON:
        """Returns what `oauth.v2.access` answers (https://docs.slack.dev/reference/methods/oauth.v2.access).

        Raises:
            SlackError: for a wrong id, secret, code, address or refresh token, and for one that is used again.
        """
        if client_id != self.app.client_id:
            raise SlackError("invalid_client_id")
        if client_secret != self.app.client_secret:
            raise SlackError("bad_client_secret")
        grant_type = given.get("grant_type", "authorization_code")
        if grant_type == "refresh_token":
            return self._refreshed(str(given.get("refresh_token")))
        if grant_type != "authorization_code":
            raise SlackError("invalid_grant_type")
        return self._installed(self._spend_code(str(given.get("code")), given.get("redirect_uri")))

    def _spend_code(self, word: str, redirect_uri: str | None) -> Code:
        with self._lock:
            code = self._codes.get(word)
            if code is None or code.spent or self._now() - code.made_at > CODE_SECONDS:
                raise SlackError("invalid_code")
            if redirect_uri is not None and redirect_uri != code.redirect_uri:
                raise SlackError("bad_redirect_uri")
            code.spent = True
            return code

    def _installed(self, code: Code) -> JSON:
        home = self.playgrounds[code.team_id] if code.team_id is not None else self._first
        team_id = home.workspace.installation.team_id
        body = {**self._tokens(team_id, code.scopes), "authed_user": {"id": code.user_id}}
        if code.team_id is None:
            organization = {"id": self.app.organization_id, "name": "Organization"}
            return body | {"team": None, "enterprise": organization, "is_enterprise_install": True}
        return body

    def _refreshed(self, word: str) -> JSON:
        with self._lock:
            refresh = self._refreshes.get(word)
            if refresh is None or refresh.spent:
                raise SlackError("invalid_refresh_token")
            refresh.spent = True
        return self._tokens(refresh.team_id, refresh.scopes)

    def _tokens(self, team_id: str, scopes: frozenset[str]) -> JSON:
        workspace = self.playgrounds[team_id].workspace
        place = workspace.installation
        body: JSON = {
            "app_id": place.app_id,
            "token_type": "bot",
            "scope": ",".join(sorted(scopes)),
            "bot_user_id": place.bot_user_id,
            "team": {"id": team_id, "name": place.team_name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if not self.app.token_rotation_enabled:
            # Who installs again gets the token that is there.
            token = next(iter(workspace.access.good()), f"xoxb-{secrets.token_hex(24)}")
            workspace.access.grant(token, scopes)
            return body | {"access_token": token}
        token, refresh = f"xoxe.xoxb-1-{secrets.token_hex(60)}", f"xoxe-1-{secrets.token_hex(60)}"
        workspace.access.grant(token, scopes, self._now() + TOKEN_SECONDS)
        with self._lock:
            self._refreshes[refresh] = Refresh(team_id, scopes)
        return body | {"access_token": token, "refresh_token": refresh, "expires_in": TOKEN_SECONDS}

    def _now(self) -> float:
        return self._first.workspace.clock()


def _with_query(address: str, more: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urllib.parse.urlencode(more)}"


def _routes(slack: Distribution) -> Starlette:
    async def show(request: Request) -> Response:
        try:
            asked = slack.asked(dict(request.query_params))
        except SlackError as error:
            return HTMLResponse(f"<p>{html.escape(str(error))}</p>", status_code=400)
        return HTMLResponse(_page(slack, asked))

    async def decide(request: Request) -> Response:
        given = dict(urllib.parse.parse_qsl((await request.body()).decode()))
        try:
            asked = slack.asked(given)
            if given.get("decision") != "allow":
                return RedirectResponse(slack.refuse(asked), SEE_OTHER)
            team_id, _, user_id = given["who"].partition(" ")
            if team_id != slack.app.organization_id:
                slack.playgrounds[team_id].workspace.user(user_id)
                return RedirectResponse(slack.allow(asked, team_id, user_id), SEE_OTHER)
            return RedirectResponse(slack.allow(asked, None, user_id), SEE_OTHER)
        except SlackError as error:
            return HTMLResponse(f"<p>{html.escape(str(error))}</p>", status_code=400)

    async def exchange(request: Request) -> Response:
        given = dict(urllib.parse.parse_qsl((await request.body()).decode()))
        client_id, client_secret = _client(request, given)
        try:
            return JSONResponse(
                {"ok": True, **await run_in_threadpool(slack.exchange, client_id, client_secret, given)}
            )
        except SlackError as error:
            return JSONResponse(error.body())

    routes = [
        Route("/oauth/v2/authorize", show, methods=["GET"]),
        Route("/oauth/v2/authorize", decide, methods=["POST"]),
        Route("/api/oauth.v2.access", exchange, methods=["POST"]),
        Route("/api/{method:path}", web_api(slack.of_token), methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_HOSTS)])


def _client(request: Request, given: JSON) -> tuple[str, str]:
    """Returns the client's id and secret, as HTTP Basic authentication or as arguments."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return given.get("client_id", ""), given.get("client_secret", "")
    try:
        client_id, _, client_secret = base64.b64decode(word).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, client_secret


def _page(slack: Distribution, asked: JSON) -> str:
    """Returns the page that asks somebody of one of the workspaces for permission."""
    people = [
        (f"{team_id} {user.id}", f"{user.real_name}, {playground.workspace.installation.team_name}")
        for team_id, playground in slack.playgrounds.items()
        for user in playground.workspace.users.values()
    ]
    if slack.app.organization_id is not None:
        people.append((f"{slack.app.organization_id} U0ORGADMIN", "The whole organization"))
    kept = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(str(value))}">'
        for name, value in asked.items()
    )
    options = "".join(f'<option value="{html.escape(who)}">{html.escape(said)}</option>' for who, said in people)
    return (
        '<!doctype html><html lang="en"><title>Give permission</title><h1>Give an app permission</h1>'
        f"<p>It asks for: {html.escape(asked['scope'])}</p>"
        f'<form method="post">{kept}<label>Who you are <select name="who">{options}</select></label>'
        '<button name="decision" value="allow">Allow</button><button name="decision" value="cancel">Cancel</button>'
        "</form></html>"
    )
