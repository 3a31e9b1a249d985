"""Several workspaces that install the bot: a Slack in front of them, the bot behind HTTP, and a browser."""

import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr
from slack_bolt import App
from support.distribution import DistributedApp, Distribution
from support.practice import STAFF, TEAMS, import_rows, patient_row, staff_row
from support.slack import BLUE, GENERAL, GREEN, Afterwards, ManualClock, manifest

from bot.app import build_app
from bot.config import OAuthApp
from bot.oauth.encryption import new_key
from bot.oauth.store import Installations
from bot.playground import Person, Playground, Workspace
from bot.runtime.health import Health
from bot.runtime.server import http_app
from bot.slack.client import web_client
from ledger.practice.practice import get_practice
from ledger.storage.database import Database

ONE, TWO = "T0ONE", "T0TWO"
NURSE, OWNER, ABROAD = "U0NURSE1", "U0OWNER1", "U0ABROAD"
SIGNING_SECRET = "playground-signing-secret"
PEOPLE = (
    {"id": NURSE, "name": "nurse1", "real_name": "Nurse One", "tz": "America/Chicago"},
    {"id": OWNER, "name": "owner1", "real_name": "Owner One", "tz": "America/Denver", "is_primary_owner": True},
    {"id": ABROAD, "name": "abroad", "real_name": "Traveller One", "tz": "Europe/Berlin"},
)


@dataclass
class Page:
    """What a browser shows."""

    status: int
    html: str
    headers: httpx.Headers

    @property
    def words(self) -> str:
        """What can be read, without marks."""
        return unescape(re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", self.html, flags=re.DOTALL)))

    @property
    def links(self) -> dict[str, str]:
        """The addresses of its links by their words."""
        return {
            text: unescape(address) for address, text in re.findall(r'<a [^>]*href="([^"]+)">([^<]+)</a>', self.html)
        }


@dataclass
class Browser:
    """Somebody's browser, which keeps the bot's cookies."""

    workspaces: "Workspaces"
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, address: str) -> Page:
        """The page at an address; nothing is followed."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = httpx.get(address, headers=headers)
        for line in answer.headers.get_list("set-cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Page(answer.status_code, answer.text, answer.headers)

    def ask_slack(self, who: str, *, decision: str = "allow", address: str | None = None) -> str:
        """Begins at the install page and decides on Slack's; the address that Slack sends this browser back to."""
        authorize = self.open(address or f"{self.workspaces.addresses[0]}/slack/install").links["Add to Slack"]
        assert httpx.get(authorize).status_code == 200, httpx.get(authorize).text
        query = dict(httpx.URL(authorize).params)
        sent = httpx.post(authorize.partition("?")[0], data={**query, "who": who, "decision": decision})
        return sent.headers["location"]

    def install(self, team: str, user: str = OWNER, *, decision: str = "allow") -> Page:
        """The page in the end of a whole installation."""
        return self.open(self.ask_slack(f"{team} {user}", decision=decision))


@dataclass
class Workspaces:
    """The workspaces, and the bot's processes (here: servers that share nothing but the database)."""

    database: Database
    clock: ManualClock
    slack: Distribution
    afterwards: Afterwards
    addresses: list[str] = field(default_factory=list)
    bots: list[Installations] = field(default_factory=list)
    allows_refusals: bool = False

    @property
    def installations(self) -> Installations:
        """Those of the first process."""
        return self.bots[0]

    def playground(self, team: str) -> Playground:
        """One workspace."""
        return self.slack.playgrounds[team]

    def person(self, team: str, user: str = NURSE) -> Person:
        """Somebody at their screen."""
        return self.playground(team).as_user(user)

    def say(self, team: str, line: str, user: str = NURSE) -> str:
        """What somebody reads after typing a line."""
        return self.person(team, user).command(GENERAL, line).words

    def install(self, *teams: str, user: str = OWNER) -> None:
        """Installs the bot in each of these."""
        for team in teams:
            page = Browser(self).install(team, user)
            assert page.status == 200, page.words
        self.afterwards.settle()

    def employ(self, team: str) -> None:
        """Adds the invented people, and a patient of the same code, to a practice."""
        with self.database.of(team).reading() as connection:
            practice = get_practice(connection, team)
        import_rows(self.database, practice, "teams", TEAMS)
        import_rows(self.database, practice, "staff", [staff_row(**person) for person in STAFF])
        import_rows(self.database, practice, "patients", [patient_row(code="P-1042")])

    def direct(self, team: str, user: str = OWNER) -> list[str]:
        """What the bot wrote to somebody, oldest first."""
        return [seen.words for seen in self.person(team, user).direct_messages()]

    def sent(self, team: str, method: str) -> list[Any]:
        """The arguments of the bot's calls of one method in one workspace."""
        return [call.payload for call in self.playground(team).calls(method)]


def a_workspace(team: str, clock: ManualClock, request_url: str) -> Workspace:
    """A workspace in which nobody has installed the bot yet."""
    members = [each["id"] for each in PEOPLE]
    config = {
        "users": PEOPLE,
        "channels": [{"id": each, "name": each.lower(), "members": members} for each in (GENERAL, BLUE, GREEN)],
        "manifest": manifest(),
        "installation": {
            "team_id": team,
            "team_name": f"Practice {team[2:].title()} & Partners",
            "bot_token": "",
            "app_token": f"xapp-{team}",
            "signing_secret": SIGNING_SECRET,
            "request_url": request_url,
        },
        "enforce_message_rate": False,
    }
    return Workspace.from_dict(config, clock=clock.seconds)


@contextmanager
def many_workspaces(
    database: Database,
    clock: ManualClock,
    *,
    processes: int = 1,
    elsewhere: Sequence[str] = (),
    keys: str | None = None,
    **app: Any,
) -> Iterator[Workspaces]:
    """Two workspaces without the bot, and the bot in so many processes; Slack asks the first.

    With ``elsewhere`` the test itself runs the processes, at these addresses.
    """
    doors = [] if elsewhere else [socket.create_server(("127.0.0.1", 0)) for _ in range(processes)]
    addresses = [*elsewhere, *(f"http://127.0.0.1:{door.getsockname()[1]}" for door in doors)]
    playgrounds = [Playground(a_workspace(team, clock, f"{addresses[0]}/slack/events")) for team in (ONE, TWO)]
    shown = DistributedApp(redirect_urls=(f"{addresses[0]}/slack/oauth_redirect",), **app)
    afterwards = Afterwards()
    with ExitStack() as stack:
        slack = Distribution(playgrounds, shown).start()
        stack.callback(slack.stop, wait=False)
        for playground in playgrounds:
            stack.callback(playground.start().stop, wait=False)
        workspaces = Workspaces(database, clock, slack, afterwards, addresses)
        ours = oauth_app(workspaces, keys or new_key())
        for door in doors:
            stack.enter_context(_a_process(workspaces, ours, door))
        yield workspaces
        afterwards.shutdown(wait=True)
    refused = [each for playground in playgrounds for each in playground.refusals]
    assert workspaces.allows_refusals or not refused, refused


def oauth_app(workspaces: Workspaces, keys: str) -> OAuthApp:
    """The app as the bot's environment names it."""
    app = workspaces.slack.app
    return OAuthApp(app.client_id, SecretStr(app.client_secret), SecretStr(keys), workspaces.addresses[0])


def installations_of(workspaces: Workspaces, ours: OAuthApp, database: Database) -> Installations:
    """The installations as a process sees them."""
    return Installations(database, ours, lambda token: web_client(token, workspaces.slack.api_url), workspaces.clock)


@contextmanager
def _a_process(workspaces: Workspaces, ours: OAuthApp, door: socket.socket) -> Iterator[None]:
    database = Database(workspaces.database.url.render_as_string(hide_password=False))
    installations = installations_of(workspaces, ours, database)
    workspaces.bots.append(installations)
    app: App = build_app(
        database,
        web_client(None, workspaces.slack.api_url),
        SIGNING_SECRET,
        workspaces.clock,
        executor=workspaces.afterwards,
        installations=installations,
        slack_url=f"{workspaces.slack.url}/",
    )
    server = uvicorn.Server(uvicorn.Config(http_app(app, Health(database)), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    yield
    server.should_exit = True
    thread.join()
    database.close()
