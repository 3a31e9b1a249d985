"""``ccm serve --http`` for many practices, as two processes: what one installs, both work with."""

import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from support.processes import forked
from support.slack import HandClock
from support.town import ONE, SIGNING_SECRET, TWO, Town, a_town

from bot.oauth.encryption import new_key
from bot.runtime.demo import free_port
from ledger.storage.database import Database

LINE = "/ccm log P-1042 {minutes}m meds call Reconciled the insulin list. Dose confirmed with the patient."
LOOKS, PAUSE_SECONDS = 300, 0.1


@contextmanager
def served(town: Town, address: str, key: str) -> Iterator[None]:
    """One process of the bot, ready until the block ends; it then stops, and has said no secret."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "CCM_"))} | {
        "CCM_DATABASE_URL": town.database.url.render_as_string(hide_password=False),
        "CCM_PUBLIC_URL": town.addresses[0],
        "CCM_TOKEN_KEYS": key,
        "SLACK_API_URL": town.slack.api_url,
        "SLACK_CLIENT_ID": town.slack.app.client_id,
        "SLACK_CLIENT_SECRET": town.slack.app.client_secret,
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
        assert not [word for word in ("Traceback", key, town.slack.app.client_secret, "xoxb-") if word in said], said


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
        a_town(postgresql_database, HandClock(datetime.now(UTC)), elsewhere=addresses) as town,
        served(town, addresses[0], key),
        served(town, addresses[1], key),
    ):
        for team, others in ((ONE, 12), (TWO, 18)):
            town.install(team)
            town.employ(team)
            assert f"*0 → {others} minutes*" in town.say(team, LINE.format(minutes=others))
            town.playground(team).delivery.set_request_url(f"{addresses[1]}/slack/events")
            assert f"{others} min" in town.say(team, "/ccm patient P-1042")
        town.clock.now = datetime.now(UTC)  # that of the processes has gone on
        town.slack.uninstall(ONE)
        town.playground(ONE).delivery.set_request_url(f"{addresses[0]}/slack/events")
        assert "not installed in this workspace" in town.say(ONE, "/ccm")
        assert town.playground(TWO).wait_until(lambda: bool(town.direct(TWO)))
