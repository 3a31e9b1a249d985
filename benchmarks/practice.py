"""What the benchmarks share: an invented practice in a SQLite file, and the apps to be timed."""

import json
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.app import build_app
from bot.playground import Playground, Workspace
from bot.runtime.demo import WORKSPACE, load_practice
from ledger.storage.database import Database

SECRET = "benchmark-signing-secret"
AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
USER = "U0COORD1"
_numbers = count(1)
_signer = SignatureVerifier(SECRET)


def sample_ledger(directory: Path, patients: int) -> Database:
    """A SQLite ledger (WAL, synchronous=FULL) with an invented practice of that many patients."""
    database = Database(f"sqlite:///{directory / f'ledger-{patients}.sqlite3'}")
    load_practice(database, directory, patients=patients, at=AT, progress=lambda *_: None)
    return database


def local_slack() -> Playground:
    """A Slack that answers ``auth.test`` and nothing else here."""
    manifest = {"oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}}}
    config = {
        "users": [],
        "channels": [],
        "manifest": manifest,
        "installation": {"team_id": WORKSPACE, "signing_secret": SECRET},
    }
    return Playground(Workspace.from_dict(config))


def full_app(database: Database, slack: Playground) -> App:
    """The bot as it is served."""
    return build_app(database, _client(slack), SECRET, lambda: AT, executor=ThreadPoolExecutor())


def bare_app(slack: Playground) -> App:
    """The framework's floor: a handler that only acknowledges, run before the response as ours is."""
    app = App(client=_client(slack), signing_secret=SECRET, process_before_response=True)

    @app.command("/ccm")
    def acknowledge(ack: Ack) -> None:
        ack()

    return app


def _client(slack: Playground) -> WebClient:
    return WebClient(token="xoxb-playground", base_url=slack.api_url)


def log_line(number: int, patients: int) -> str:
    """A line for one of the patients, different from all others; lines for the same patient differ in length."""
    code, minutes = f"P-{1001 + number % patients}", 41 + number // patients
    return f"log {code} {minutes}m transition ccm Result {number} was reviewed. Nothing has to change."


def signed_body(text: str, user: str = USER) -> tuple[str, dict[str, str]]:
    """The body and headers of a slash command as Slack sends them."""
    body = urllib.parse.urlencode(
        {
            "command": "/ccm",
            "text": text,
            "team_id": WORKSPACE,
            "user_id": user,
            "channel_id": "C0GENERAL",
            "trigger_id": f"{next(_numbers)}.benchmark",
            "response_url": "http://127.0.0.1:9/none",
        }
    )
    timestamp = str(int(time.time()))
    signature = _signer.generate_signature(timestamp=timestamp, body=body)
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature or "",
    }
    return body, headers


def dispatch(app: App, text: str) -> BoltResponse:
    """One signed request in, its acknowledgement out."""
    body, headers = signed_body(text)
    response = app.dispatch(BoltRequest(body=body, headers={name: [value] for name, value in headers.items()}))
    assert response.status == 200
    return response


def assert_saved(response: BoltResponse) -> None:
    """Fails where the answer is not a receipt."""
    assert json.loads(response.body)["text"].startswith("Saved"), response.body
