"""The Slack that many workspaces install an app from: it gives what it should, and refuses what Slack refuses."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from support.distribution import DistributedApp, Distribution

from bot.playground import Playground, Workspace

BACK = "https://bot.example.org/slack/oauth_redirect"
ASKED = {"client_id": "1111111111.2222222222", "scope": "chat:write,commands", "state": "st&te", "redirect_uri": BACK}
TEAM, OTHER = "T0ONE", "T0TWO"


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Slack = Callable[..., Distribution]


@pytest.fixture
def slack(clock: Clock) -> Iterator[Slack]:
    """Starts a Slack of two workspaces without the app."""
    running: list[Distribution] = []

    def start(**app: Any) -> Distribution:
        playgrounds = [Playground(a_workspace(team, clock)) for team in (TEAM, OTHER)]
        running.append(Distribution(playgrounds, DistributedApp(redirect_urls=(BACK,), **app)).start())
        return running[-1]

    yield start
    for each in running:
        each.stop(wait=False)
        for playground in each.playgrounds.values():
            playground.stop(wait=False)


def a_workspace(team: str, clock: Clock) -> Workspace:
    config = {
        "users": [{"id": "U1", "name": "one"}],
        "channels": [{"id": "C1", "name": "general", "members": ["U1"]}],
        "manifest": {"oauth_config": {"scopes": {"bot": ["chat:write", "commands", "users:read"]}}},
        "installation": {"team_id": team, "team_name": team, "bot_token": ""},
    }
    return Workspace.from_dict(config, clock=clock)


def code_of(slack: Distribution, team: str = TEAM) -> str:
    return httpx.URL(slack.allow(slack.asked(ASKED), team, "U1")).params["code"]


def exchange(slack: Distribution, **given: Any) -> Any:
    """What ``oauth.v2.access`` answers slack_sdk."""
    ours = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    return WebClient(base_url=slack.api_url).oauth_v2_access(**{**ours, **given})


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(SlackApiError) as error:
        call()
    return str(error.value.response["error"])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "invalid_client_id"),
        ({"redirect_uri": "https://elsewhere.example.org/"}, "bad_redirect_uri"),
        ({"scope": ""}, "no_scopes"),
    ],
)
def test_the_page_refuses_a_wrong_link(slack: Slack, changes: dict[str, str], error: str) -> None:
    running = slack()
    address = f"{running.url}/oauth/v2/authorize"

    for answer in (httpx.get(address, params=ASKED | changes), httpx.post(address, data=ASKED | changes)):
        assert (answer.status_code, error in answer.text) == (400, True)


def test_a_person_allows_or_not_and_is_sent_back_with_the_state(slack: Slack) -> None:
    running = slack()
    address = f"{running.url}/oauth/v2/authorize"
    assert "chat:write,commands" in httpx.get(address, params=ASKED).text

    allowed = httpx.post(address, data={**ASKED, "who": f"{TEAM} U1", "decision": "allow"}).headers["location"]
    denied = httpx.post(address, data={**ASKED, "who": f"{TEAM} U1", "decision": "cancel"}).headers["location"]

    assert allowed.startswith(f"{BACK}?code=")
    assert httpx.URL(allowed).params["state"] == "st&te"
    assert dict(httpx.URL(denied).params) == {"error": "access_denied", "state": "st&te"}


def test_a_code_becomes_a_token_that_opens_that_workspace_alone(slack: Slack) -> None:
    running = slack()

    got = exchange(running, code=code_of(running, OTHER), redirect_uri=BACK)

    assert (got["team"]["id"], got["scope"], got["authed_user"]["id"]) == (OTHER, "chat:write,commands", "U1")
    client = WebClient(got["access_token"], base_url=running.api_url)
    assert client.auth_test()["team_id"] == OTHER
    assert client.chat_postMessage(channel="C1", text="Hello")["ok"]
    assert len(running.playgrounds[OTHER].calls("chat.postMessage")) == 1
    assert running.playgrounds[TEAM].calls("chat.postMessage") == []
    assert refused(lambda: client.users_info(user="U1")) == "missing_scope"


def test_a_token_that_is_none_is_refused(slack: Slack) -> None:
    running = slack()

    assert refused(WebClient("xoxb-other", base_url=running.api_url).auth_test) == "invalid_auth"
    assert refused(WebClient(base_url=running.api_url).auth_test) == "not_authed"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"client_id": "other"}, "invalid_client_id"),
        ({"client_secret": "other"}, "bad_client_secret"),
        ({"code": "other"}, "invalid_code"),
        ({"redirect_uri": "https://elsewhere.example.org/"}, "bad_redirect_uri"),
        ({"grant_type": "other"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "other"}, "invalid_refresh_token"),
    ],
)
def test_a_wrong_exchange_is_refused(slack: Slack, given: dict[str, str], error: str) -> None:
    running = slack()

    assert refused(lambda: exchange(running, **{"code": code_of(running), **given})) == error


def test_a_code_is_good_once_and_for_ten_minutes(slack: Slack, clock: Clock) -> None:
    running = slack()
    used, old = code_of(running), code_of(running)
    exchange(running, code=used)
    clock.now += 601

    assert refused(lambda: exchange(running, code=used)) == "invalid_code"
    assert refused(lambda: exchange(running, code=old)) == "invalid_code"


def test_an_expiring_token_is_renewed_once_by_its_refresh_token(slack: Slack, clock: Clock) -> None:
    running = slack(token_rotation_enabled=True)
    first = exchange(running, code=code_of(running))
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    clock.now += first["expires_in"] - 1
    assert WebClient(first["access_token"], base_url=running.api_url).auth_test()["ok"]

    second = exchange(running, **renew)
    clock.now += 1

    assert refused(lambda: exchange(running, **renew)) == "invalid_refresh_token"
    assert refused(WebClient(first["access_token"], base_url=running.api_url).auth_test) == "token_expired"
    assert WebClient(second["access_token"], base_url=running.api_url).auth_test()["ok"]


def test_who_installs_again_gets_the_token_that_is_there(slack: Slack) -> None:
    running = slack()
    tokens = [exchange(running, code=code_of(running))["access_token"] for _ in range(2)]

    assert tokens[0] == tokens[1]


def test_after_an_uninstall_its_tokens_open_nothing(slack: Slack) -> None:
    running = slack(token_rotation_enabled=True)
    got = exchange(running, code=code_of(running))

    running.uninstall(TEAM)

    assert refused(WebClient(got["access_token"], base_url=running.api_url).auth_test) == "account_inactive"
    renew = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"]}
    assert refused(lambda: exchange(running, **renew)) == "invalid_refresh_token"
