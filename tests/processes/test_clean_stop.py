"""``ccm serve`` in real processes: a clean stop, a hand-over, a start that waits."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from support.asking import ask
from support.practice import a_practice, an_entry, record, verified
from support.processes import Bot, bot_process
from support.proxy import proxied
from support.slack import BLUE, GENERAL, GREEN, LINE, ManualClock, local_slack
from support.threads import wait_for_a_waiter

from bot.playground import Glance, Playground
from bot.runtime.demo import free_port
from bot.views.digest import POST_NOW
from jobs.digests.posting import ASKED_FOR, SCHEDULED
from jobs.scheduling.tables import OccurrenceRow
from ledger.practice.practice import Practice
from ledger.storage.database import Database

TEAMS = (BLUE, GREEN)
NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
"""When the first digest of the month is due in New York."""
QUIET = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A day on which no job has anything to send."""

Begin = Callable[..., Bot]


@pytest.fixture
def practice(postgresql_database: Database) -> Practice:
    """The invented practice, with one patient near in the blue team."""
    practice = a_practice(postgresql_database)
    record(postgresql_database, practice, an_entry(minutes=17), at=QUIET)
    return practice


@pytest.fixture
def slack(postgresql_database: Database, practice: Practice) -> Iterator[Playground]:
    """The Slack that the processes serve; it refuses nothing of theirs."""
    playground = Playground(local_slack(postgresql_database, practice, ManualClock(NINE))).start()
    yield playground
    playground.stop(wait=False)
    assert [(each.summary, each.refused) for each in playground.refusals] == []


@pytest.fixture
def begin(slack: Playground, postgresql_database: Database) -> Iterator[Begin]:
    """Begins a process on the ledger, at an hour when nothing is due unless the test names another."""
    url = postgresql_database.url.render_as_string(hide_password=False)
    with ExitStack() as stack:

        def begin(*options: str, at: datetime = QUIET, is_started: bool = False, **settings: str) -> Bot:
            address = settings.pop("url", url)
            process = bot_process(slack, address, *options, at=at, is_started=is_started, **settings)
            return stack.enter_context(process)

        yield begin


@pytest.fixture
def is_started() -> bool:
    """Whether Python is started for the process; else it is a fork, which is there sooner."""
    return False


@pytest.fixture
def by_socket(begin: Begin, is_started: bool) -> Bot:
    """A process in Socket Mode."""
    bot = begin(is_started=is_started)
    bot.wait_for_event("connected")
    return bot


@pytest.fixture
def by_http(begin: Begin, slack: Playground, is_started: bool) -> Bot:
    """A process behind HTTP."""
    port = free_port()
    slack.delivery.set_request_url(f"http://127.0.0.1:{port}/slack/events")
    bot = begin("--http", "--port", str(port), is_started=is_started)
    bot.wait_for_event("listening")
    return bot


@pytest.fixture(params=["by_socket", "by_http"])
def bot(request: pytest.FixtureRequest, is_started: bool) -> Bot:
    """A process by either way."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def typing() -> Iterator[ThreadPoolExecutor]:
    """People who wait for the bot."""
    with ThreadPoolExecutor() as pool:
        yield pool


@contextmanager
def holding(database: Database, statement: str) -> Iterator[None]:
    """Holds what ``statement`` locks."""
    with database.of("T0TEST").writing() as connection:
        connection.execute(text(statement))
        yield


def holding_staff(database: Database) -> AbstractContextManager[None]:
    """Holds everybody who logs, before anything is stored."""
    return holding(database, "SELECT 1 FROM staff FOR UPDATE")


def holding_posts(database: Database) -> AbstractContextManager[None]:
    """Holds every digest between what Slack took and its record."""
    return holding(database, "LOCK TABLE digest_messages IN SHARE MODE")


def say(slack: Playground, line: str, user: str = "U0NURSE1") -> Glance:
    return slack.as_user(user).command(GENERAL, line)


def posts(slack: Playground, channel: str) -> int:
    return len([one for one in slack.as_user("U0ADMIN1").messages(channel) if not one.ephemeral])


def occurrences(database: Database) -> list[Any]:
    with database.of("T0TEST").reading() as connection:
        digests = OccurrenceRow.kind.in_((SCHEDULED, ASKED_FOR))
        return list(connection.execute(select(OccurrenceRow.__table__).where(digests)))


@pytest.mark.parametrize("is_started", [True], ids=["started"])
def test_what_was_typed_before_the_stop_is_answered_and_saved(
    bot: Bot, slack: Playground, typing: ThreadPoolExecutor, postgresql_database: Database, practice: Practice
) -> None:
    with holding_staff(postgresql_database):
        answer = typing.submit(say, slack, LINE)
        wait_for_a_waiter(postgresql_database)
        bot.tell()
        bot.wait_for_event("stopping")

    assert "*Saved*" in answer.result().words
    assert bot.exit_code() == 0
    assert len(bot.events("stopped")) == 1
    assert (verified(postgresql_database, practice).links, bot.events("unexpected_failure")) == (2, [])


def test_a_second_signal_stops_at_once(
    bot: Bot, slack: Playground, typing: ThreadPoolExecutor, postgresql_database: Database, practice: Practice
) -> None:
    with holding_staff(postgresql_database):
        answer = typing.submit(say, slack, LINE)
        wait_for_a_waiter(postgresql_database)
        bot.tell()
        bot.wait_for_event("stopping")
        bot.tell(signal.SIGINT)

        assert bot.exit_code() == 128 + signal.SIGINT
    assert answer.result().outcome.error is not None
    assert verified(postgresql_database, practice).links == 1
    slack.workspace.traffic.clear()  # an acknowledgement that never came is what was asked for


def test_a_digest_that_is_being_posted_is_posted_and_recorded(
    begin: Begin, slack: Playground, postgresql_database: Database
) -> None:
    with holding_posts(postgresql_database):
        bot = begin(at=NINE)
        wait_for_a_waiter(postgresql_database)
        bot.tell()
        bot.wait_for_event("stopping")

    assert bot.exit_code() == 0
    assert {one.posted_at is not None for one in occurrences(postgresql_database)} == {True}
    assert posts(slack, BLUE) == 1


def test_what_was_begun_behind_an_acknowledgement_is_done(
    bot: Bot, slack: Playground, postgresql_database: Database
) -> None:
    preview = say(slack, "/ccm digest Blue Team", "U0LEAD1")
    with holding_posts(postgresql_database):
        slack.as_user("U0LEAD1").press(preview.message, POST_NOW)
        wait_for_a_waiter(postgresql_database)
        bot.tell()
        bot.wait_for_event("stopping")

    assert bot.exit_code() == 0
    assert [one.posted_at is not None for one in occurrences(postgresql_database)] == [True]
    assert posts(slack, BLUE) == 1


def test_before_the_door_is_closed_it_is_said_that_the_process_is_not_ready(begin: Begin, slack: Playground) -> None:
    port = free_port()
    slack.delivery.set_request_url(f"http://127.0.0.1:{port}/slack/events")
    bot = begin("--http", "--port", str(port), "--drain-seconds", "2")
    bot.wait_for_event("listening")
    assert ask(f"http://127.0.0.1:{port}/readyz") == (200, {"status": "ready"})

    bot.tell()
    bot.wait_for_event("stopping")

    status, body = ask(f"http://127.0.0.1:{port}/readyz")
    assert (status, body["code"]) == (503, "STOPPING")
    assert "*Saved*" in say(slack, LINE).words
    assert bot.exit_code() == 0


def test_in_socket_mode_the_health_is_asked_at_a_port_of_its_own(begin: Begin) -> None:
    port = free_port()
    bot = begin("--health-port", str(port))
    bot.wait_for_event("connected")

    assert ask(f"http://127.0.0.1:{port}/healthz") == (200, {"status": "ok"})
    assert ask(f"http://127.0.0.1:{port}/readyz") == (200, {"status": "ready"})


def test_two_processes_in_socket_mode_do_everything_once(
    begin: Begin, slack: Playground, postgresql_database: Database, practice: Practice
) -> None:
    """A hand-over: the second connects, both work and run the jobs, the first stops."""
    bots = [begin(at=NINE), begin(at=NINE)]
    for bot in bots:
        bot.wait_for_event("connected")
    assert slack.delivery.sockets.connection_count == 2
    for minutes in range(21, 27):
        assert "*Saved*" in say(slack, f"/ccm log P-1042 {minutes}m meds call Item {minutes} reconciled.").words
    bots[0].tell()
    assert bots[0].exit_code() == 0
    assert slack.wait_until(lambda: slack.delivery.sockets.connection_count == 1)
    assert "*Saved*" in say(slack, LINE).words

    posted = [one.posted_at is not None for one in occurrences(postgresql_database)]
    assert len(posted) == len(TEAMS)
    assert slack.wait_until(lambda: posts(slack, BLUE) == 1)
    bots[1].tell()
    assert bots[1].exit_code() == 0
    assert posts(slack, BLUE) == 1
    assert all(one.posted_at for one in occurrences(postgresql_database))
    assert verified(postgresql_database, practice).links == 8


def test_a_start_waits_for_the_database_and_for_slack(
    begin: Begin, slack: Playground, postgresql_database: Database
) -> None:
    with proxied(postgresql_database.url.render_as_string(hide_password=False)) as proxy:
        proxy.unplug()
        bot = begin(url=proxy.url)
        assert bot.wait_for_event("waiting")["code"] == "DATABASE_AWAY"
        slack.fail_next("auth.test", status=503)
        proxy.plug_in()
        bot.wait_for_event("connected")
        bot.tell()
        assert bot.exit_code() == 0

    assert [one["code"] for one in bot.events("waiting")][-1] == "SLACK_AWAY"
    assert [len(bot.events(name)) for name in ("database_lost", "database_back", "slack_lost", "slack_back")] == [1] * 4


def test_a_start_that_waits_can_be_stopped(begin: Begin) -> None:
    bot = begin(SLACK_API_URL="http://127.0.0.1:1/api")
    assert bot.wait_for_event("waiting")["code"] == "SLACK_AWAY"

    bot.tell()

    assert bot.exit_code() == 0


@pytest.fixture
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_in_an_empty_folder")
@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_TOKEN: Slack refuses the bot token"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_TOKEN: Slack refuses the app token"),
        ({"CCM_DATABASE_URL": "sqlite:///nothing.sqlite3"}, "DATABASE_NOT_UPGRADED"),
    ],
)
def test_what_waiting_does_not_cure_ends_the_start_at_once(
    begin: Begin, slack: Playground, settings: dict[str, str], code: str
) -> None:
    bot = begin(**settings)

    assert bot.exit_code() == 1
    assert any(code in line for line in bot.lines), bot.lines
    assert not bot.events("waiting")
    slack.workspace.traffic.clear()
