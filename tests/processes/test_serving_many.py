"""``ccm serve --http`` for many practices, as two processes: what one installs, both work with."""

import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from support.processes import forked
from support.slack import ManualClock
from support.workspaces import ONE, SIGNING_SECRET, TWO, Workspaces, many_workspaces

from bot.oauth.encryption import new_key
from bot.runtime.demo import free_port
from ledger.storage.database import Database

LINE = "/ccm log P-1042 {minutes}m meds call Reconciled the insulin list. Dose confirmed with the patient."
LOOKS, PAUSE_SECONDS = 300, 0.1


@contextmanager
def served(workspaces: Workspaces, address: str, key: str) -> Iterator[None]:
    """One process of the bot, ready until the block ends; it then stops, and has said no secret."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "CCM_"))} | {
        "CCM_DATABASE_URL": workspaces.database.url.render_as_string(hide_password=False),
        "CCM_PUBLIC_URL": workspaces.addresses[0],
        "CCM_TOKEN_KEYS": key,
        "SLACK_API_URL": workspaces.slack.api_url,
        "SLACK_CLIENT_ID": workspaces.slack.app.client_id,
        "SLACK_CLIENT_SECRET": workspaces.slack.app.client_secret,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }
    bot = forked(["serve", "--http", "--port", address.rpartition(":")[2]], environment)
    try:
        wait_until_ready(address)
        yield
    finally:
        bot.tell()
        bot.exit_code()
        said = "".join(bot.lines)
        bot.end()
        assert not [word for word in ("Traceback", key, workspaces.slack.app.client_secret, "xoxb-") if word in said], (
            said
        )


def wait_until_ready(address: str) -> None:
    """Returns when the process at an address can do its work."""
    pause = threading.Event()
    for _ in range(LOOKS):
        try:
            with urllib.request.urlopen(f"{address}/readyz"):  # noqa: S310 - our own server
                return
        except urllib.error.URLError:
            pause.wait(PAUSE_SECONDS)
    raise TimeoutError(address)


def test_what_one_process_installs_both_work_with(postgresql_database: Database) -> None:
    addresses = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    key = new_key()
    with (
        many_workspaces(postgresql_database, ManualClock(datetime.now(UTC)), elsewhere=addresses) as workspaces,
        served(workspaces, addresses[0], key),
        served(workspaces, addresses[1], key),
    ):
        for team, others in ((ONE, 12), (TWO, 18)):
            workspaces.install(team)
            workspaces.employ(team)
            assert f"*0 → {others} minutes*" in workspaces.say(team, LINE.format(minutes=others))
            workspaces.playground(team).delivery.set_request_url(f"{addresses[1]}/slack/events")
            assert f"{others} min" in workspaces.say(team, "/ccm patient P-1042")
        workspaces.clock.now = datetime.now(UTC)  # that of the processes has gone on
        workspaces.slack.uninstall(ONE)
        workspaces.playground(ONE).delivery.set_request_url(f"{addresses[0]}/slack/events")
        assert "not installed in this workspace" in workspaces.say(ONE, "/ccm")
        assert workspaces.playground(TWO).wait_until(lambda: bool(workspaces.direct(TWO)))
