"""The database goes away and comes back, at any moment: what is saved is told, and what is told is saved."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text
from structlog.testing import capture_logs
from support.practice import NOTE, a_practice, verified
from support.proxy import Cut, Proxy, proxied
from support.slack import LINE, Harness, ManualClock, open_harness, picked

from bot.telemetry.metrics import Metrics
from ledger.practice.practice import Practice
from ledger.storage.database import Database

AWAY = "The ledger cannot be reached just now. Nothing was saved."
BUSY = "Something large is being saved, such as an import. Nothing was saved."
UNKNOWN = "It is not known whether it was saved."


@pytest.fixture
def proxy(postgresql_database: Database) -> Iterator[Proxy]:
    """A way to the ledger that can be cut."""
    with proxied(postgresql_database.url.render_as_string(hide_password=False)) as proxy:
        yield proxy


@pytest.fixture
def far_practice(postgresql_database: Database) -> Practice:
    """The invented practice in PostgreSQL."""
    return a_practice(postgresql_database)


@pytest.fixture
def far_harness(far_practice: Practice, clock: ManualClock, proxy: Proxy) -> Iterator[Harness]:
    """The bot whose ledger is behind the ``proxy``, with its writes counted as where it is served."""
    database = Database(proxy.url)
    Metrics().watch_writes(database)
    with open_harness(database, far_practice, clock) as harness:
        yield harness
        proxy.plug_in()
    database.close()


def stored(database: Database, practice: Practice) -> int:
    """How many entries the ledger has, by the way that is never cut; all of it is as it should be."""
    checked = verified(database, practice)
    assert checked.difference is None
    return checked.links


def test_a_connection_that_was_lost_while_nobody_used_it_is_not_noticed(
    far_harness: Harness, proxy: Proxy, postgresql_database: Database, far_practice: Practice
) -> None:
    far_harness.say("/ccm near")
    proxy.unplug()
    proxy.plug_in()

    assert "*Saved*" in far_harness.say(LINE).words
    assert stored(postgresql_database, far_practice) == 1


def test_a_connection_lost_in_the_middle_of_a_transaction_is_made_up_for(
    far_harness: Harness, proxy: Proxy, postgresql_database: Database, far_practice: Practice
) -> None:
    inserts: list[bytes] = []

    def cut_once(sent: bytes) -> None:
        if b"INSERT INTO time_entries" in sent:
            inserts.append(sent)
            if len(inserts) == 1:
                proxy.unplug()
                proxy.plug_in()

    proxy.on_sent = cut_once
    with capture_logs() as logs:
        seen = far_harness.say(LINE)

    assert "*Saved* · *P-1042* · 12 min" in seen.words
    assert stored(postgresql_database, far_practice) == 1
    told = [one["event"] for one in logs if one["event"].startswith("database_")]
    assert told == ["database_lost", "database_retry", "database_back"]
    assert "Reconciled" not in str(logs)


@pytest.mark.usefixtures("impatient")
def test_a_database_that_goes_away_in_the_middle_of_a_transaction_gives_the_line_back(
    far_harness: Harness, proxy: Proxy, postgresql_database: Database, far_practice: Practice
) -> None:
    proxy.on_sent = lambda sent: proxy.unplug() if b"INSERT INTO time_entries" in sent else None

    seen = far_harness.say(LINE)

    assert AWAY in seen.words
    assert f"```{LINE}```" in seen.words
    assert stored(postgresql_database, far_practice) == 0
    assert far_harness.database.reach.is_away
    proxy.plug_in()
    proxy.on_sent = lambda _sent: None
    assert "*Saved*" in far_harness.say(LINE).words
    assert not far_harness.database.reach.is_away


@pytest.mark.parametrize("cut", Cut)
def test_a_connection_lost_at_the_commit_is_looked_into(
    far_harness: Harness, proxy: Proxy, postgresql_database: Database, far_practice: Practice, cut: Cut
) -> None:
    far_harness.say("/ccm near")
    proxy.cut_next_commit(cut)

    seen = far_harness.say(LINE)

    assert "P-1042" in seen.words
    assert "0 → 12 minutes" in seen.words
    assert ("nothing was saved twice" in seen.words) == (cut is Cut.AFTER_COMMIT)
    assert stored(postgresql_database, far_practice) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("cut", Cut)
def test_where_nobody_can_tell_whether_it_was_saved_the_author_is_told_how_to_look(
    far_harness: Harness, proxy: Proxy, postgresql_database: Database, far_practice: Practice, cut: Cut
) -> None:
    far_harness.say("/ccm near")
    proxy.cut_next_commit(cut, unplug=True)

    seen = far_harness.say(LINE)

    assert UNKNOWN in seen.words
    assert "Nothing was saved" not in seen.words
    assert f"```{LINE}```" in seen.words
    assert stored(postgresql_database, far_practice) == (1 if cut is Cut.AFTER_COMMIT else 0)
    proxy.plug_in()
    assert ("P-1042" in far_harness.say("/ccm me").words) == (cut is Cut.AFTER_COMMIT)
    again = far_harness.say(LINE)
    assert ("Save anyway" in str(again.message.blocks)) == (cut is Cut.AFTER_COMMIT)
    assert stored(postgresql_database, far_practice) == 1


@pytest.mark.usefixtures("impatient")
def test_where_nobody_can_tell_whether_a_form_was_saved_the_form_keeps_what_was_typed(
    far_harness: Harness, proxy: Proxy, postgresql_database: Database, far_practice: Practice
) -> None:
    modal = far_harness.say("/ccm log").modal
    assert modal is not None
    filled = {"patient": picked("P-1042"), "length": "12m", "activity": "medication", "note": NOTE}
    proxy.cut_next_commit(Cut.AFTER_COMMIT, unplug=True)

    seen = far_harness.person().submit(modal, filled)

    assert seen.modal is not None
    assert UNKNOWN in seen.modal.words
    assert "Nothing was saved" not in seen.modal.words
    proxy.plug_in()
    again = far_harness.person().submit(seen.modal)
    assert again.modal is not None
    assert again.modal.title == "Log CCM time"  # asked about, not saved twice
    assert stored(postgresql_database, far_practice) == 1


def test_a_database_that_is_back_in_time_is_waited_for(
    far_harness: Harness, proxy: Proxy, postgresql_database: Database, far_practice: Practice
) -> None:
    knocks: list[None] = []

    def back_at_the_third() -> None:
        knocks.append(None)
        if len(knocks) == 3:
            proxy.plug_in()

    proxy.on_knock = back_at_the_third
    proxy.unplug()

    assert "*Saved*" in far_harness.say(LINE).words
    assert stored(postgresql_database, far_practice) == 1


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_serialization_failure_or_a_deadlock_is_done_again(
    far_harness: Harness, postgresql_database: Database, far_practice: Practice, state: str
) -> None:
    """A trigger fails as the server would; a sequence, which no rollback sets back, lets it fail but once."""
    fail = (
        "CREATE SEQUENCE once; CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF nextval('once') = 1 THEN RAISE EXCEPTION 'once' USING ERRCODE = '{state}'; END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER fail_once BEFORE INSERT ON time_entries FOR EACH ROW EXECUTE FUNCTION fail_once()"
    )
    with postgresql_database.across_practices().writing() as connection:
        connection.execute(text(fail))
    try:
        assert "*Saved*" in far_harness.say(LINE).words
        assert stored(postgresql_database, far_practice) == 1
    finally:
        with postgresql_database.across_practices().writing() as connection:
            connection.execute(
                text("DROP TRIGGER fail_once ON time_entries; DROP FUNCTION fail_once; DROP SEQUENCE once")
            )


@pytest.fixture
def other_process(harness_database: Database) -> Iterator[sqlite3.Connection]:
    """A connection past which no other writer gets, as a process beside ours would have it."""
    other = sqlite3.connect(str(harness_database.url.database), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_a_file_that_another_process_writes_is_waited_for(harness: Harness, other_process: sqlite3.Connection) -> None:
    @event.listens_for(harness.database.engine, "before_cursor_execute")
    def on_execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            other_process.execute("ROLLBACK")

    assert "*Saved*" in harness.say(LINE).words
    assert harness.live_count() == 1


def test_a_file_that_another_process_keeps_is_asked_for_again_and_then_the_line_is_given_back(
    harness: Harness, other_process: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.storage.retries.BUDGET_SECONDS", 0.2)
    event.listen(harness.database.engine, "checkout", lambda sqlite, *_: sqlite.execute("PRAGMA busy_timeout = 1"))

    with capture_logs() as logs:
        seen = harness.say(LINE)

    assert other_process.in_transaction
    assert "database_retry" in [one["event"] for one in logs]
    assert BUSY in seen.words
    assert f"```{LINE}```" in seen.words
    assert harness.live_count() == 0
