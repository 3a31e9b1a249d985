"""Many practices at work: uninstalled, refused, with expiring tokens and changing keys, none in another's way."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from support.logs import printed_logs, troubles
from support.patience import PATIENCE_SECONDS
from support.slack import BLUE, Afterwards, HandClock
from support.threads import at_once
from support.town import NURSE, ONE, OWNER, TWO, Town, a_town, installations_of, oauth_app

from bot.oauth.encryption import Seal, TokenKeysError, new_key
from bot.oauth.key_rotation import check_keys, seal_anew
from bot.oauth.store import RENEWED_BEFORE, NotInstalledError
from bot.runtime.scheduler import Rounds, jobs_running
from ledger.practice.practice import get_practice
from ledger.storage.database import Database

NINE_IN_DENVER = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
"""On a day of a digest, in the zone of whoever installs the bot."""
LINE = "/ccm log P-1042 17m meds call Reconciled the insulin list. Dose confirmed with the patient."
TOKEN_HOURS = 12


@pytest.fixture
def town(sqlite_database: Database) -> Iterator[Town]:
    """Two practices at the hour of their digests, with a patient near a threshold in each."""
    with a_town(sqlite_database, HandClock(NINE_IN_DENVER - timedelta(minutes=1))) as town:
        for team in (ONE, TWO):
            town.install(team)
            town.employ(team)
            assert "17 minutes*" in town.say(team, LINE)
        town.clock.move(minutes=1)
        yield town


@pytest.fixture
def expiring(postgresql_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A practice whose token ends after twelve hours, and the bot in two processes."""
    clock = HandClock(datetime.now(UTC))
    # slack_sdk dates a renewed token by the machine's clock.
    monkeypatch.setattr("slack_sdk.oauth.token_rotation.rotator.time", clock.seconds)
    with a_town(postgresql_database, clock, processes=2, token_rotation_enabled=True) as town:
        town.install(ONE)
        town.employ(ONE)
        yield town


def a_round(town: Town) -> None:
    """The jobs of every practice, once."""
    with Afterwards() as executor:
        Rounds(town.database, town.installations, town.clock, executor).begin()
        executor.settle()


def digests(town: Town, team: str) -> int:
    """How many digests stand in the team's channel."""
    return len([seen for seen in town.person(team).messages(BLUE) if not seen.ephemeral])


def test_each_practice_gets_its_digest_with_its_own_token(town: Town) -> None:
    a_round(town)
    a_round(town)

    assert [digests(town, team) for team in (ONE, TWO)] == [1, 1]


def test_who_uninstalls_gets_no_more_and_the_others_go_on(town: Town) -> None:
    with capture_logs() as logs:
        town.slack.uninstall(ONE)

    a_round(town)

    assert [digests(town, team) for team in (ONE, TWO)] == [0, 1]
    assert [each["practice"] for each in logs if each["event"] == "uninstalled"] == [ONE]
    assert town.installations.practice_ids() == [TWO]
    with pytest.raises(NotInstalledError):
        town.installations.client_of(ONE)
    with town.database.across_practices().reading() as connection:
        assert get_practice(connection, ONE).practice_id == ONE
        assert connection.scalar(text("SELECT count(*) FROM slack_bots")) == 1


def test_after_it_is_installed_again_jobs_resume_whatever_slack_still_tells(town: Town) -> None:
    uninstalled_at = town.clock()
    town.slack.uninstall(ONE)
    events = town.playground(ONE).people.events
    events.app_uninstalled()
    town.clock.move(minutes=3)
    town.install(ONE)
    late = town.clock.now
    town.clock.now = uninstalled_at
    events.app_uninstalled()
    town.clock.now = late

    a_round(town)

    assert [digests(town, team) for team in (ONE, TWO)] == [1, 1]


def test_a_person_whose_token_is_revoked_leaves_the_bot_installed(town: Town) -> None:
    town.playground(ONE).people.events.tokens_revoked(people=[OWNER])

    assert sorted(town.installations.practice_ids()) == [ONE, TWO]


@pytest.mark.parametrize("reason", ["account_inactive", "token_revoked", "invalid_auth"])
def test_a_token_that_slack_refuses_is_logged_with_the_remedy_and_the_others_go_on(town: Town, reason: str) -> None:
    town.allows_refusals = True
    town.playground(ONE).workspace.access.end(reason)

    with capture_logs() as logs:
        a_round(town)

    assert [digests(town, team) for team in (ONE, TWO)] == [0, 1]
    refused = [each for each in logs if each["event"] == "token_refused"]
    assert {(each["practice"], each["reason"]) for each in refused} == {(ONE, reason)}
    assert refused[0]["remedy"].endswith(f"{town.addresses[0]}/slack/install")


def test_a_practice_that_installs_the_bot_is_asked_in_the_next_round(town: Town) -> None:
    town.slack.uninstall(ONE)
    with ThreadPoolExecutor(2) as executor:
        rounds = Rounds(town.database, town.installations, town.clock, executor)
        rounds.begin()
        town.clock.move(minutes=1)
        town.install(ONE)
        rounds.begin()

    assert digests(town, ONE) == 1


def test_a_slow_practice_keeps_no_other_back_and_is_not_asked_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked, done = threading.Event(), [], threading.Semaphore(0)

    def job(_database: Any, practice_id: str, *_: Any, **__: Any) -> None:
        asked.append(practice_id)
        if practice_id == ONE:
            assert go_on.wait(PATIENCE_SECONDS)
        done.release()

    monkeypatch.setattr("bot.runtime.scheduler.run_due", job)
    with capture_logs() as logs, Afterwards() as executor:
        rounds = Rounds(town.database, town.installations, town.clock, executor)
        rounds.begin()
        assert done.acquire(timeout=PATIENCE_SECONDS)
        first = list(asked)
        executor.begun[first.index(TWO) if len(first) > 1 else -1].result(timeout=PATIENCE_SECONDS)
        rounds.begin()
        go_on.set()
        executor.settle()

    assert sorted(asked) == [ONE, TWO, TWO]
    assert [each["practice"] for each in logs if each["event"] == "jobs_still_under_way"] == [ONE]


def test_a_database_that_is_away_when_practices_are_listed_is_logged(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object) -> list[str]:
        raise ConnectionResetError

    monkeypatch.setattr("bot.oauth.store.Installations.practice_ids", fail)

    with capture_logs() as logs, jobs_running(town.database, town.installations, town.clock):
        pass

    assert troubles(logs) == [{"event": "jobs_failed", "kind": "ConnectionResetError", "log_level": "error"}]


def test_a_token_is_renewed_before_it_ends_for_requests_and_jobs(expiring: Town) -> None:
    town = expiring
    first = town.installations.find(ONE).bot_token
    town.clock.move(hours=TOKEN_HOURS - RENEWED_BEFORE / timedelta(hours=1) + 0.01)
    assert "17 minutes*" in town.say(ONE, LINE)

    second = town.installations.find(ONE).bot_token
    assert second != first
    assert town.bots[1].find(ONE).bot_token == second
    town.clock.move(hours=TOKEN_HOURS - 1)
    a_round(town)
    town.clock.move(hours=TOKEN_HOURS - 1)
    assert town.installations.client_of(ONE).auth_test()["team_id"] == ONE


def test_two_processes_that_find_an_old_token_renew_it_once(expiring: Town) -> None:
    town = expiring
    town.clock.move(hours=TOKEN_HOURS - 1)

    found = at_once([lambda bot=bot: bot.find(ONE) for bot in town.bots * 2])

    assert not [each for each in found if isinstance(each, Exception)]
    assert [bot.client_of(ONE).auth_test()["ok"] for bot in town.bots] == [True, True]
    assert town.slack.refreshed == 1


def test_a_token_that_cannot_be_renewed_is_used_as_long_as_it_is_good(expiring: Town) -> None:
    town = expiring
    first = town.installations.find(ONE).bot_token
    town.clock.move(hours=TOKEN_HOURS - 1)
    exchange = town.slack.exchange
    with pytest.MonkeyPatch.context() as patch, capture_logs() as logs:
        patch.setattr(town.slack, "exchange", lambda *_: exchange("wrong", "", {}))
        assert town.installations.find(ONE).bot_token == first

        assert town.installations.client_of(ONE).auth_test()["ok"]

    refused = [(each["event"], each["reason"]) for each in logs]
    assert refused == [("token_refused", "invalid_client_id")] * 2
    assert town.installations.find(ONE).bot_token != first


def test_keys_are_changed_while_the_bot_runs(sqlite_database: Database, clock: HandClock) -> None:
    old, new = new_key(), new_key()
    with a_town(sqlite_database, clock, keys=old) as before:
        before.install(ONE)
        before.employ(ONE)
        app = before.slack.app
    with a_town(sqlite_database, clock, keys=f"{new}, {old}") as town:
        town.playground(ONE).workspace.access.grant(str(town.installations.find(ONE).bot_token), None)
        assert app.client_id == town.slack.app.client_id
        assert "17 minutes*" in town.say(ONE, LINE)

        done = seal_anew(town.database, Seal(f"{new},{old}"))

        assert (done.secrets, done.sealed_anew) == (2, 2)
        assert "P-1042" in town.say(ONE, "/ccm patient P-1042")
        check_keys(town.database, Seal(new))
        assert seal_anew(town.database, Seal(new)).sealed_anew == 0
        with pytest.raises(TokenKeysError):
            check_keys(town.database, Seal(old))
        with pytest.raises(TokenKeysError):
            seal_anew(town.database, Seal(old))


def test_with_a_wrong_key_people_are_told_and_nothing_is_saved(town: Town) -> None:
    key = new_key()
    wrong = installations_of(town, oauth_app(town, key), town.database)

    with printed_logs() as printed, Afterwards() as executor:
        Rounds(town.database, wrong, town.clock, executor).begin()
        executor.settle()

    failures = {(each["practice"], each["code"]) for each in printed.of("jobs_failed")}
    assert failures == {(ONE, "TOKEN_KEYS_WRONG"), (TWO, "TOKEN_KEYS_WRONG")}
    assert key not in printed.stream.getvalue()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(town.installations, "find", wrong.find)
        said = town.say(ONE, LINE)
    assert "cannot be opened with the keys in CCM_TOKEN_KEYS" in said
    assert "Nothing was saved" in said


def test_a_home_tab_opens_with_the_workspaces_own_token(town: Town) -> None:
    home = town.person(TWO, NURSE).home()

    assert home is not None
    assert "P-1042" in home.words
    assert town.sent(ONE, "views.publish") == []
