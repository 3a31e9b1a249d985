"""Several processes on one PostgreSQL: whichever gets a request answers it, and every job is done once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from support.home import NURSE, now, opened
from support.practice import NOTE, a_practice, an_entry, verified
from support.slack import BLUE, GREEN, LINE, Harness, ManualClock, open_harness, table_rows
from support.threads import at_once

from bot.app import build_app
from bot.playground.delivery.http import signed_request
from bot.runtime.scheduler import practice_jobs, run_jobs
from bot.slack.client import web_client
from bot.views.digest import POST_NOW, TAKE
from bot.views.receipt import UNDO
from bot.views.settings import VALUE
from ledger.storage.database import Database

PROCESSES = 2
ADMIN = "U0ADMIN1"
NINE = timedelta(hours=23)


class Cluster:
    """Processes behind one address: each request goes to the next, and none keeps anything that another needs."""

    def __init__(self, harness: Harness, url: str) -> None:
        self.harness = harness
        self.databases = [Database(url) for _ in range(PROCESSES)]
        secret = harness.playground.workspace.installation.signing_secret
        self.clients = [web_client(str(harness.client.token), harness.playground.api_url) for _ in range(PROCESSES)]
        self.apps: list[App] = [
            build_app(database, client, secret, harness.clock, executor=harness.afterwards)
            for database, client in zip(self.databases, self.clients, strict=True)
        ]
        self._next = cycle(self.apps)
        self._lock = threading.Lock()

    def receive(self, headers: dict[str, str], body: str) -> tuple[int, Any, str]:
        """The answer of whoever's turn it is."""
        with self._lock:
            app = next(self._next)
        response = app.dispatch(BoltRequest(body=body, headers=headers))  # type: ignore[arg-type] # a dict is fine
        return response.status, response.first_headers(), response.body

    def tick(self) -> None:
        """The minute is over for all processes at the same instant."""
        jobs = [
            practice_jobs(database, "T0TEST", client, self.harness.clock)
            for database, client in zip(self.databases, self.clients, strict=True)
        ]
        assert [one for one in at_once([partial(run_jobs, "T0TEST", each) for each in jobs]) if one] == []


@pytest.fixture
def cluster(postgresql_database: Database, clock: ManualClock) -> Iterator[Cluster]:
    """Two processes and the people before them."""
    with open_harness(postgresql_database, a_practice(postgresql_database), clock) as harness:
        cluster = Cluster(harness, postgresql_database.url.render_as_string(hide_password=False))
        harness.playground.attach(cluster.receive)
        yield cluster
        harness.settle()
        checked = verified(postgresql_database, harness.practice)
        assert checked.difference is None
    for database in cluster.databases:
        database.close()


@pytest.fixture
def harness(cluster: Cluster) -> Harness:
    """The people before the processes."""
    return cluster.harness


def test_what_one_process_begins_another_ends(harness: Harness) -> None:
    form = harness.say("/ccm log P-1042 meds").modal
    assert form is not None
    saved = harness.person().submit(form, {"length": "20m", "note": NOTE})
    assert saved.modal is not None
    assert saved.modal.title == "Saved"
    harness.say("/ccm start P-1043 meds")
    harness.clock.move(minutes=12)
    assert "*Saved* · *P-1043* · 12 min" in harness.say(f"/ccm stop call {NOTE}").words
    line = harness.say(LINE.replace("12m", "7m"))
    assert "*Undone*" in harness.press(line, UNDO).words
    assert harness.live_count() == 2


def test_what_one_process_is_told_the_others_know_at_once(harness: Harness) -> None:
    assert "*Saved*" in harness.say(LINE).words
    setting = harness.say("/ccm settings digest_hour", ADMIN).modal
    assert setting is not None
    harness.person(ADMIN).submit(setting, {VALUE: "11"})
    person = harness.say(f"/ccm staff {NURSE}", ADMIN).modal
    assert person is not None
    harness.person(ADMIN).submit(person, {"roles": ["biller"]})
    harness.settle()

    for _ in range(PROCESSES):
        assert "*Hour of the digest:* 11:00 am" in harness.say("/ccm settings", ADMIN).words
    for _ in range(PROCESSES):
        assert "ROLE_NEEDED" in harness.say(LINE).words


def test_the_same_request_delivered_to_each_process_is_stored_once(harness: Harness, cluster: Cluster) -> None:
    harness.say("/ccm near")
    payload = {**harness.last_payload("slash_commands"), "text": LINE.removeprefix("/ccm "), "trigger_id": "1.2.new"}
    secret = harness.playground.workspace.installation.signing_secret
    request = signed_request("slash_commands", payload, secret, None)

    answers = at_once([partial(cluster.receive, *request) for _ in range(3 * PROCESSES)])

    bodies = [answer[2] for answer in answers if isinstance(answer, tuple)]
    assert len(bodies) == 3 * PROCESSES, answers
    assert sum("nothing was saved twice" in body for body in bodies) == 3 * PROCESSES - 1
    assert harness.live_count() == 1


def test_each_digest_is_posted_once_and_lives_on_in_every_process(harness: Harness, cluster: Cluster) -> None:
    harness.work(an_entry(minutes=17))
    harness.clock.now += NINE
    for _ in range(3):
        cluster.tick()
        harness.clock.move(minutes=1)
    assert [len(harness.posts(channel)) for channel in (BLUE, GREEN)] == [1, 1]
    (digest,) = harness.posts(BLUE)
    for status in ("taken by nurse1", "open", "taken by nurse1"):
        harness.person().press(digest, TAKE, "P-1042")
        harness.settle()
        (digest,) = harness.posts(BLUE)
        assert table_rows(digest)[0][-1] == status
    harness.say(LINE)
    harness.settle()
    (digest,) = harness.posts(BLUE)
    assert table_rows(digest)[0][-1] == "done by nurse1"


def test_a_digest_asked_for_twice_in_a_minute_is_posted_once(harness: Harness) -> None:
    harness.work(an_entry(minutes=17))
    previews = [harness.say("/ccm digest Blue Team", "U0LEAD1") for _ in range(PROCESSES)]
    at_once([partial(harness.press, preview, POST_NOW, "U0LEAD1") for preview in previews])
    harness.settle()

    assert len(harness.posts(BLUE)) == 1


def test_a_timer_is_asked_about_once(harness: Harness, cluster: Cluster) -> None:
    harness.say("/ccm start P-1042 meds")
    harness.clock.move(minutes=46)
    for _ in range(3):
        cluster.tick()
        harness.clock.move(minutes=3)

    assert len(harness.person().direct_messages()) == 1


def test_a_home_tab_shows_what_was_done_through_any_process(harness: Harness) -> None:
    opened(harness)
    for count, minutes in enumerate((12, 13, 14), start=1):
        harness.say(LINE.replace("12m", f"{minutes}m").replace("insulin", f"insulin {minutes}"))
        assert f"*Today* · {count} entr" in now(harness).words
    assert harness.playground.calls("views.publish")[-1].payload["user_id"] == NURSE
