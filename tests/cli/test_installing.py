"""``ccm practices`` and ``ccm tokens``, and what ``ccm serve`` says of an environment that does not fit together."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Installation
from support.slack import NOW
from support.terminal import Ccm

from bot.config import OAuthApp
from bot.oauth.encryption import new_key
from bot.oauth.store import Installations
from ledger.storage.database import Database

OAUTH = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "secret-0123",
    "CCM_PUBLIC_URL": "https://ccm.example.org",
    "SLACK_SIGNING_SECRET": "0123",
}


def install(ledger: Path, keys: str, team: str = "T0TEST") -> None:
    """Keeps an installation in the ledger's database, as the bot does."""
    database = Database(f"sqlite:///{ledger}")
    app = OAuthApp("1.2", SecretStr("secret"), SecretStr(keys), "https://ccm.example.org")
    installations = Installations(database, app, WebClient, lambda: NOW)
    installations.save(
        Installation(app_id="A1", team_id=team, user_id="U1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U2")
    )
    database.close()


def test_practices_are_listed_with_the_installation(ccm: Ccm, ledger: Path) -> None:
    assert ccm("practices").stdout.split("\n")[1].split()[-1] == "no"
    install(ledger, new_key())

    listed = ccm("practices").stdout

    assert "T0TEST" in listed
    assert "since 2026-11-24 15:00 UTC" in listed
    assert '"installed_at": "2026-11-24T15:00:00Z"' in ccm("practices", "--json").stdout
    assert "T0TEST" not in ccm("practices", "--workspace", "T0OTHER").stdout


def test_a_practice_without_time_can_be_given_another_zone(bare_ccm: Ccm) -> None:
    bare_ccm("init", "--workspace", "T0ONE", "--timezone", "America/New_York", "--name", "One")

    moved = bare_ccm("practices", "--workspace", "T0ONE", "--timezone", "America/Chicago")

    assert "One (T0ONE) has the dates of America/Chicago now." in moved.stdout
    assert "America/Chicago" in bare_ccm("practices").stdout
    wrong = bare_ccm("practices", "--workspace", "T0ONE", "--timezone", "Chicago")
    assert (wrong.exit_code, "TIMEZONE_UNKNOWN" in wrong.stderr) == (1, True)


def test_a_practice_with_time_keeps_its_zone(ccm: Ccm) -> None:
    line = "P-1042 12m meds call Reconciled the insulin list. Dose confirmed with the patient."
    assert ccm("log", "--as", "nurse1", *line.split()).exit_code == 0

    refused = ccm("practices", "--timezone", "America/Chicago")

    assert (refused.exit_code, "PRACTICE_MOVED" in refused.stderr) == (1, True)


def test_a_key_is_made_and_the_stored_tokens_are_sealed_with_it(
    ccm: Ccm, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = new_key(), ccm("tokens", "key").stdout.strip()
    install(ledger, old)
    monkeypatch.setenv("CCM_TOKEN_KEYS", f"{new},{old}")

    assert "2 of 2 secrets were sealed anew" in ccm("tokens", "rotate").stdout
    assert "0 of 2 secrets were sealed anew" in ccm("tokens", "rotate").stdout
    monkeypatch.setenv("CCM_TOKEN_KEYS", old)
    wrong = ccm("tokens", "rotate")
    assert (wrong.exit_code, "TOKEN_KEYS_WRONG" in wrong.stderr) == (1, True)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (None, "CCM_TOKEN_KEYS is not set"),
        (" , ", "CCM_TOKEN_KEYS holds no key"),
        ("not-a-key-0123", "CCM_TOKEN_KEYS: number 1 is not a key"),
    ],
)
def test_without_a_key_there_is_one_to_be_made(
    ccm: Ccm, monkeypatch: pytest.MonkeyPatch, keys: str | None, said: str
) -> None:
    if keys is not None:
        monkeypatch.setenv("CCM_TOKEN_KEYS", keys)

    refused = ccm("tokens", "rotate")

    assert (refused.exit_code, said in refused.stderr, "ccm tokens key" in refused.stderr) == (1, True, True)
    assert "0123" not in refused.stderr


def serve(ccm: Ccm, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], *words: str) -> str:
    """What ``ccm serve`` says of this environment before it gives up."""
    environment = {**OAUTH, "CCM_TOKEN_KEYS": new_key(), **changes}
    for name, value in environment.items():
        if value is not None:
            monkeypatch.setenv(name, value)
    result = ccm("serve", *words)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert "secret-0123" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set"),
        ({"SLACK_CLIENT_ID": None}, "SLACK_CLIENT_ID is not set"),
        ({"SLACK_CLIENT_SECRET": None}, "SLACK_CLIENT_SECRET is not set"),
        ({"CCM_TOKEN_KEYS": None}, "CCM_TOKEN_KEYS is not set"),
        ({"CCM_PUBLIC_URL": None}, "CCM_PUBLIC_URL is not set"),
        ({"CCM_PUBLIC_URL": "http://ccm.example.org"}, "It begins with https://"),
        ({"CCM_PUBLIC_URL": "ccm.example.org"}, "It begins with https://"),
        ({"SLACK_SIGNING_SECRET": None}, "SLACK_SIGNING_SECRET is not set"),
        ({"CCM_TOKEN_KEYS": "abc"}, "number 1 is not a key"),
    ],
)
def test_an_environment_that_does_not_fit_together_names_the_variable(
    ccm: Ccm, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], said: str
) -> None:
    assert said in serve(ccm, monkeypatch, changes, "--http")


def test_an_installed_app_is_reached_by_http_alone(ccm: Ccm, monkeypatch: pytest.MonkeyPatch) -> None:
    said = serve(ccm, monkeypatch, {"SLACK_APP_TOKEN": "xapp-1"})

    assert "is reached by HTTP alone" in said
    assert "ccm serve --http" in said


def test_a_key_that_opens_nothing_is_found_out_before_anything_runs(
    ccm: Ccm, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(ledger, new_key())

    said = serve(ccm, monkeypatch, {}, "--http")

    assert "TOKEN_KEYS_WRONG" in said
    assert "adds the key with which it was sealed at the end of CCM_TOKEN_KEYS" in said


def test_a_digest_goes_out_with_the_practices_own_token(
    ccm: Ccm, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**OAUTH, "CCM_TOKEN_KEYS": new_key()}.items():
        monkeypatch.setenv(name, value)

    refused = ccm("digest", "--team", "Blue Team", "--post")

    assert (refused.exit_code, "NOT_INSTALLED" in refused.stderr) == (1, True)
    assert "https://ccm.example.org/slack/install" in refused.stderr
