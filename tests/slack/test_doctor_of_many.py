"""``ccm doctor`` where many workspaces installed one app: each of them is looked at, the ledger once."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, tzinfo
from types import SimpleNamespace

import pytest
from support.slack import HandClock
from support.town import ONE, SIGNING_SECRET, TWO, Town, a_town
from typer.testing import CliRunner

from bot.cli import app
from bot.installations.sealing import new_key
from ledger.database import Database

KEY = new_key()


@pytest.fixture
def town(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town in which ``ccm`` has the settings of its bot."""
    clock = HandClock()
    with a_town(sqlite_database, clock, keys=KEY) as town:
        monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
        monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)
        settings = {
            "CCM_DATABASE_URL": sqlite_database.url.render_as_string(hide_password=False),
            "CCM_PUBLIC_URL": town.addresses[0],
            "CCM_TOKEN_KEYS": KEY,
            "SLACK_API_URL": town.slack.api_url,
            "SLACK_CLIENT_ID": town.slack.app.client_id,
            "SLACK_CLIENT_SECRET": town.slack.app.client_secret,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)

        def frozen(zone: tzinfo) -> datetime:
            return clock.now.astimezone(zone)

        monkeypatch.setattr("ledger.clock.datetime", SimpleNamespace(now=frozen))
        yield town


def found() -> list[dict[str, str]]:
    """What the doctor finds."""
    return list(json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout))


def test_every_workspace_is_looked_at_with_its_own_token_and_the_ledger_once(town: Town) -> None:
    town.install(ONE, TWO)
    town.employ(ONE)

    findings = found()

    counted = Counter(finding["code"] for finding in findings)
    assert (counted["SLACK_TOKEN"], counted["SCOPES"], counted["PRACTICE"]) == (2, 2, 2)
    assert (counted["MIGRATIONS"], counted["CHANNEL"]) == (1, 2)
    titles = " ".join(finding["title"] for finding in findings)
    assert ONE in titles
    assert TWO in titles


def test_before_anybody_installed_it_it_says_where_to(town: Town) -> None:
    (first,) = [finding for finding in found() if finding["code"] == "NOT_INSTALLED"]

    assert first["level"] == "problem"
    assert "/slack/install" in first["remedy"]
