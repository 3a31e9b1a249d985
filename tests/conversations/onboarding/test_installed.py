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
from support.slack import BLUE, Afterwards, ManualClock
from support.threads import at_once
from support.workspaces import NURSE, ONE, OWNER, TWO, Workspaces, installations_of, many_workspaces, oauth_app

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
def workspaces(sqlite_database: Database) -> Iterator[Workspaces]:
    """Two practices at the hour of their digests, with a patient near a threshold in each."""
    with many_workspaces(sqlite_database, ManualClock(NINE_IN_DENVER - timedelta(minutes=1))) as workspaces:
        for team in (ONE, TWO):
            workspaces.install(team)
            workspaces.employ(team)
            assert "17 minutes*" in workspaces.say(team, LINE)
        workspaces.clock.move(minutes=1)
        yield workspaces


@pytest.fixture
def expiring(postgresql_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspaces]:
    """A practice whose token ends after twelve hours, and the bot in two processes."""
    clock = ManualClock(datetime.now(UTC))
    # slack_sdk dates a renewed token by the machine's clock.
    monkeypatch.setattr("slack_sdk.oauth.token_rotation.rotator.time", clock.seconds)
    with many_workspaces(postgresql_database, clock, processes=2, token_rotation_enabled=True) as workspaces:
        workspaces.install(ONE)
        workspaces.employ(ONE)
        yield workspaces


def a_round(workspaces: Workspaces) -> None:
    """The jobs of every practice, once."""
    with Afterwards() as executor:
        Rounds(workspaces.database, workspaces.installations, workspaces.clock, executor).begin()
        executor.settle()


def digests(workspaces: Workspaces, team: str) -> int:
    """How many digests stand in the team's channel."""
    return len([seen for seen in workspaces.person(team).messages(BLUE) if not seen.ephemeral])


def test_each_practice_gets_its_digest_with_its_own_token(workspaces: Workspaces) -> None:
    a_round(workspaces)
    a_round(workspaces)

    assert [digests(workspaces, team) for team in (ONE, TWO)] == [1, 1]


def test_who_uninstalls_gets_no_more_and_the_others_go_on(workspaces: Workspaces) -> None:
    with capture_logs() as logs:
        workspaces.slack.uninstall(ONE)

    a_round(workspaces)

    assert [digests(workspaces, team) for team in (ONE, TWO)] == [0, 1]
    assert [each["practice"] for each in logs if each["event"] == "uninstalled"] == [ONE]
    assert workspaces.installations.practice_ids() == [TWO]
    with pytest.raises(NotInstalledError):
        workspaces.installations.client_of(ONE)
    with workspaces.database.across_practices().reading() as connection:
        assert get_practice(connection, ONE).practice_id == ONE
        assert connection.scalar(text("SELECT count(*) FROM slack_bots")) == 1


def test_after_it_is_installed_again_jobs_resume_whatever_slack_still_tells(workspaces: Workspaces) -> None:
    uninstalled_at = workspaces.clock()
    workspaces.slack.uninstall(ONE)
    events = workspaces.playground(ONE).people.events
    events.app_uninstalled()
    workspaces.clock.move(minutes=3)
    workspaces.install(ONE)
    late = workspaces.clock.now
    workspaces.clock.now = uninstalled_at
    events.app_uninstalled()
    workspaces.clock.now = late

    a_round(workspaces)

    assert [digests(workspaces, team) for team in (ONE, TWO)] == [1, 1]


def test_a_person_whose_token_is_revoked_leaves_the_bot_installed(workspaces: Workspaces) -> None:
    workspaces.playground(ONE).people.events.tokens_revoked(people=[OWNER])

    assert sorted(workspaces.installations.practice_ids()) == [ONE, TWO]


@pytest.mark.parametrize("reason", ["account_inactive", "token_revoked", "invalid_auth"])
def test_a_token_that_slack_refuses_is_logged_with_the_remedy_and_the_others_go_on(
    workspaces: Workspaces, reason: str
) -> None:
    workspaces.allows_refusals = True
    workspaces.playground(ONE).workspace.access.end(reason)

    with capture_logs() as logs:
        a_round(workspaces)

    assert [digests(workspaces, team) for team in (ONE, TWO)] == [0, 1]
    refused = [each for each in logs if each["event"] == "token_refused"]
    assert {(each["practice"], each["reason"]) for each in refused} == {(ONE, reason)}
    assert refused[0]["remedy"].endswith(f"{workspaces.addresses[0]}/slack/install")


def test_a_practice_that_installs_the_bot_is_asked_in_the_next_round(workspaces: Workspaces) -> None:
    workspaces.slack.uninstall(ONE)
    with ThreadPoolExecutor(2) as executor:
        rounds = Rounds(workspaces.database, workspaces.installations, workspaces.clock, executor)
        rounds.begin()
        workspaces.clock.move(minutes=1)
        workspaces.install(ONE)
        rounds.begin()

    assert digests(workspaces, ONE) == 1


def test_a_slow_practice_keeps_no_other_back_and_is_not_asked_twice(
    workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked, done = threading.Event(), [], threading.Semaphore(0)

    def job(_database: Any, practice_id: str, *_: Any, **__: Any) -> None:
        asked.append(practice_id)
        if practice_id == ONE:
            assert go_on.wait(PATIENCE_SECONDS)
        done.release()

    monkeypatch.setattr("bot.runtime.scheduler.run_due", job)
    with capture_logs() as logs, Afterwards() as executor:
        rounds = Rounds(workspaces.database, workspaces.installations, workspaces.clock, executor)
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
    workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object) -> list[str]:
        raise ConnectionResetError

    monkeypatch.setattr("bot.oauth.store.Installations.practice_ids", fail)

    with capture_logs() as logs, jobs_running(workspaces.database, workspaces.installations, workspaces.clock):
        pass

    assert troubles(logs) == [{"event": "jobs_failed", "kind": "ConnectionResetError", "log_level": "error"}]


def test_a_token_is_renewed_before_it_ends_for_requests_and_jobs(expiring: Workspaces) -> None:
    workspaces = expiring
    first = workspaces.installations.find(ONE).bot_token
    workspaces.clock.move(hours=TOKEN_HOURS - RENEWED_BEFORE / timedelta(hours=1) + 0.01)
    assert "17 minutes*" in workspaces.say(ONE, LINE)

    second = workspaces.installations.find(ONE).bot_token
    assert second != first
    assert workspaces.bots[1].find(ONE).bot_token == second
    workspaces.clock.move(hours=TOKEN_HOURS - 1)
    a_round(workspaces)
    workspaces.clock.move(hours=TOKEN_HOURS - 1)
    assert workspaces.installations.client_of(ONE).auth_test()["team_id"] == ONE


def test_two_processes_that_find_an_old_token_renew_it_once(expiring: Workspaces) -> None:
    workspaces = expiring
    workspaces.clock.move(hours=TOKEN_HOURS - 1)

    found = at_once([lambda bot=bot: bot.find(ONE) for bot in workspaces.bots * 2])

    assert not [each for each in found if isinstance(each, Exception)]
    assert [bot.client_of(ONE).auth_test()["ok"] for bot in workspaces.bots] == [True, True]
    assert workspaces.slack.refreshed == 1


def test_a_token_that_cannot_be_renewed_is_used_as_long_as_it_is_good(expiring: Workspaces) -> None:
    workspaces = expiring
    first = workspaces.installations.find(ONE).bot_token
    workspaces.clock.move(hours=TOKEN_HOURS - 1)
    exchange = workspaces.slack.exchange
    with pytest.MonkeyPatch.context() as patch, capture_logs() as logs:
        patch.setattr(workspaces.slack, "exchange", lambda *_: exchange("wrong", "", {}))
        assert workspaces.installations.find(ONE).bot_token == first

        assert workspaces.installations.client_of(ONE).auth_test()["ok"]

    refused = [(each["event"], each["reason"]) for each in logs]
    assert refused == [("token_refused", "invalid_client_id")] * 2
    assert workspaces.installations.find(ONE).bot_token != first


def test_keys_are_changed_while_the_bot_runs(sqlite_database: Database, clock: ManualClock) -> None:
    old, new = new_key(), new_key()
    with many_workspaces(sqlite_database, clock, keys=old) as before:
        before.install(ONE)
        before.employ(ONE)
        app = before.slack.app
    with many_workspaces(sqlite_database, clock, keys=f"{new}, {old}") as workspaces:
        workspaces.playground(ONE).workspace.access.grant(str(workspaces.installations.find(ONE).bot_token), None)
        assert app.client_id == workspaces.slack.app.client_id
        assert "17 minutes*" in workspaces.say(ONE, LINE)

        done = seal_anew(workspaces.database, Seal(f"{new},{old}"))

        assert (done.secrets, done.sealed_anew) == (2, 2)
        assert "P-1042" in workspaces.say(ONE, "/ccm patient P-1042")
        check_keys(workspaces.database, Seal(new))
        assert seal_anew(workspaces.database, Seal(new)).sealed_anew == 0
        with pytest.raises(TokenKeysError):
            check_keys(workspaces.database, Seal(old))
        with pytest.raises(TokenKeysError):
            seal_anew(workspaces.database, Seal(old))


def test_with_a_wrong_key_people_are_told_and_nothing_is_saved(workspaces: Workspaces) -> None:
    key = new_key()
    wrong = installations_of(workspaces, oauth_app(workspaces, key), workspaces.database)

    with printed_logs() as printed, Afterwards() as executor:
        Rounds(workspaces.database, wrong, workspaces.clock, executor).begin()
        executor.settle()

    failures = {(each["practice"], each["code"]) for each in printed.of("jobs_failed")}
    assert failures == {(ONE, "TOKEN_KEYS_WRONG"), (TWO, "TOKEN_KEYS_WRONG")}
    assert key not in printed.stream.getvalue()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspaces.installations, "find", wrong.find)
        said = workspaces.say(ONE, LINE)
    assert "cannot be opened with the keys in CCM_TOKEN_KEYS" in said
    assert "Nothing was saved" in said


def test_a_home_tab_opens_with_the_workspaces_own_token(workspaces: Workspaces) -> None:
    home = workspaces.person(TWO, NURSE).home()

    assert home is not None
    assert "P-1042" in home.words
    assert workspaces.sent(ONE, "views.publish") == []
