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
from support.slack import BLUE, GREEN, LINE, HandClock, Office, open_office, table_rows
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

    def __init__(self, office: Office, url: str) -> None:
        self.office = office
        self.databases = [Database(url) for _ in range(PROCESSES)]
        secret = office.playground.workspace.installation.signing_secret
        self.clients = [web_client(str(office.client.token), office.playground.api_url) for _ in range(PROCESSES)]
        self.apps: list[App] = [
            build_app(database, client, secret, office.clock, executor=office.afterwards)
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
            practice_jobs(database, "T0TEST", client, self.office.clock)
            for database, client in zip(self.databases, self.clients, strict=True)
        ]
        assert [one for one in at_once([partial(run_jobs, "T0TEST", each) for each in jobs]) if one] == []


@pytest.fixture
def cluster(postgresql_database: Database, clock: HandClock) -> Iterator[Cluster]:
    """Two processes and the people before them."""
    with open_office(postgresql_database, a_practice(postgresql_database), clock) as office:
        cluster = Cluster(office, postgresql_database.url.render_as_string(hide_password=False))
        office.playground.attach(cluster.receive)
        yield cluster
        office.settle()
        checked = verified(postgresql_database, office.practice)
        assert checked.difference is None
    for database in cluster.databases:
        database.close()


@pytest.fixture
def office(cluster: Cluster) -> Office:
    """The people before the processes."""
    return cluster.office


def test_what_one_process_begins_another_ends(office: Office) -> None:
    form = office.say("/ccm log P-1042 meds").modal
    assert form is not None
    saved = office.person().submit(form, {"length": "20m", "note": NOTE})
    assert saved.modal is not None
    assert saved.modal.title == "Saved"
    office.say("/ccm start P-1043 meds")
    office.clock.move(minutes=12)
    assert "*Saved* · *P-1043* · 12 min" in office.say(f"/ccm stop call {NOTE}").words
    line = office.say(LINE.replace("12m", "7m"))
    assert "*Undone*" in office.press(line, UNDO).words
    assert office.live_count() == 2


def test_what_one_process_is_told_the_others_know_at_once(office: Office) -> None:
    assert "*Saved*" in office.say(LINE).words
    setting = office.say("/ccm settings digest_hour", ADMIN).modal
    assert setting is not None
    office.person(ADMIN).submit(setting, {VALUE: "11"})
    person = office.say(f"/ccm staff {NURSE}", ADMIN).modal
    assert person is not None
    office.person(ADMIN).submit(person, {"roles": ["biller"]})
    office.settle()

    for _ in range(PROCESSES):
        assert "*Hour of the digest:* 11:00 am" in office.say("/ccm settings", ADMIN).words
    for _ in range(PROCESSES):
        assert "ROLE_NEEDED" in office.say(LINE).words


def test_the_same_request_delivered_to_each_process_is_stored_once(office: Office, cluster: Cluster) -> None:
    office.say("/ccm near")
    payload = {**office.last_payload("slash_commands"), "text": LINE.removeprefix("/ccm "), "trigger_id": "1.2.new"}
    secret = office.playground.workspace.installation.signing_secret
    request = signed_request("slash_commands", payload, secret, None)

    answers = at_once([partial(cluster.receive, *request) for _ in range(3 * PROCESSES)])

    bodies = [answer[2] for answer in answers if isinstance(answer, tuple)]
    assert len(bodies) == 3 * PROCESSES, answers
    assert sum("nothing was saved twice" in body for body in bodies) == 3 * PROCESSES - 1
    assert office.live_count() == 1


def test_each_digest_is_posted_once_and_lives_on_in_every_process(office: Office, cluster: Cluster) -> None:
    office.work(an_entry(minutes=17))
    office.clock.now += NINE
    for _ in range(3):
        cluster.tick()
        office.clock.move(minutes=1)
    assert [len(office.posts(channel)) for channel in (BLUE, GREEN)] == [1, 1]
    (digest,) = office.posts(BLUE)
    for status in ("taken by nurse1", "open", "taken by nurse1"):
        office.person().press(digest, TAKE, "P-1042")
        office.settle()
        (digest,) = office.posts(BLUE)
        assert table_rows(digest)[0][-1] == status
    office.say(LINE)
    office.settle()
    (digest,) = office.posts(BLUE)
    assert table_rows(digest)[0][-1] == "done by nurse1"


def test_a_digest_asked_for_twice_in_a_minute_is_posted_once(office: Office) -> None:
    office.work(an_entry(minutes=17))
    previews = [office.say("/ccm digest Blue Team", "U0LEAD1") for _ in range(PROCESSES)]
    at_once([partial(office.press, preview, POST_NOW, "U0LEAD1") for preview in previews])
    office.settle()

    assert len(office.posts(BLUE)) == 1


def test_a_timer_is_asked_about_once(office: Office, cluster: Cluster) -> None:
    office.say("/ccm start P-1042 meds")
    office.clock.move(minutes=46)
    for _ in range(3):
        cluster.tick()
        office.clock.move(minutes=3)

    assert len(office.person().direct_messages()) == 1


def test_a_home_tab_shows_what_was_done_through_any_process(office: Office) -> None:
    opened(office)
    for count, minutes in enumerate((12, 13, 14), start=1):
        office.say(LINE.replace("12m", f"{minutes}m").replace("insulin", f"insulin {minutes}"))
        assert f"*Today* · {count} entr" in now(office).words
    assert office.playground.calls("views.publish")[-1].payload["user_id"] == NURSE
