"""Many practices install the bot: each has its own ledger, and whoever installs it learns what comes next."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from support.slack import ManualClock
from support.threads import at_once
from support.workspaces import ABROAD, NURSE, ONE, OWNER, TWO, Browser, Workspaces, many_workspaces

from bot.oauth.tables import INSTALLATIONS, STATES
from bot.slack.manifest import bot_scopes
from bot.views.forms.pickers import PATIENT_PICKER
from ledger.practice.practice import all_practices, find_practice, get_practice
from ledger.storage.database import Database

LINE = "/ccm log P-1042 {minutes}m meds call Reconciled the insulin list. Dose confirmed with the patient."


@pytest.fixture
def workspaces(sqlite_database: Database, clock: ManualClock) -> Iterator[Workspaces]:
    """Two workspaces and the bot, installed in neither."""
    with many_workspaces(sqlite_database, clock) as workspaces:
        yield workspaces


@pytest.fixture(params=["sqlite_database", "postgresql_database"])
def either_town(request: pytest.FixtureRequest, clock: ManualClock) -> Iterator[Workspaces]:
    """The same on both databases."""
    with many_workspaces(request.getfixturevalue(request.param), clock) as workspaces:
        yield workspaces


def test_two_practices_in_one_bot_each_see_their_own(either_town: Workspaces) -> None:
    workspaces = either_town
    workspaces.install(ONE, TWO)
    for team in (ONE, TWO):
        workspaces.employ(team)

    assert "*0 → 12 minutes*" in workspaces.say(ONE, LINE.format(minutes=12))
    assert "*0 → 30 minutes*" in workspaces.say(TWO, LINE.format(minutes=30))

    assert "12 min" in workspaces.say(ONE, "/ccm patient P-1042")
    assert "30 min" in workspaces.say(TWO, "/ccm patient P-1042")
    assert "30 min" not in workspaces.say(ONE, "/ccm patient P-1042")
    form = workspaces.person(TWO).command("C0GENERAL", "/ccm log").modal
    assert form is not None
    assert len(workspaces.sent(TWO, "views.open")) == 1
    assert workspaces.sent(ONE, "views.open") == []


def test_the_install_page_says_what_it_is_and_asks_for_the_scopes_of_the_manifest(workspaces: Workspaces) -> None:
    page = Browser(workspaces).open(f"{workspaces.addresses[0]}/slack/install")

    assert page.status == 200
    assert '<html lang="en">' in page.html
    assert "<h1>Install CCM Ledger</h1>" in page.html
    assert page.html.count("<main>") == 1
    assert "One workspace is one practice" in page.words
    assert f"scope={','.join(bot_scopes())}&user_scope=&" in page.links["Add to Slack"]
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_whoever_installs_it_is_told_what_to_do_first(workspaces: Workspaces) -> None:
    page = Browser(workspaces).install(ONE)
    workspaces.afterwards.settle()

    (message,) = workspaces.direct(ONE)
    for said in (page.words, message.replace("&amp;", "&")):
        assert "CCM Ledger is installed for Practice One & Partners" in said
        assert "America/Denver, the zone in your Slack profile" in said
        assert "you are the practice's first administrator" in said
    assert "<h1>CCM Ledger is installed for Practice One &amp; Partners</h1>" in page.html
    assert "Administrator" not in workspaces.say(ONE, "/ccm staff", NURSE)
    assert "Staff" in workspaces.say(ONE, "/ccm staff", OWNER)


def test_somebody_else_than_the_owner_is_told_whom_to_ask(workspaces: Workspaces) -> None:
    workspaces.install(ONE, user=NURSE)

    assert "Ask the primary owner of this workspace to type `/ccm`" in workspaces.direct(ONE, NURSE)[0]


def test_a_zone_in_which_no_practice_is_becomes_that_of_new_york(workspaces: Workspaces) -> None:
    page = Browser(workspaces).install(ONE, ABROAD)

    assert "America/New_York: your Slack profile has Europe/Berlin, where no practice is" in page.words
    assert "ccm practices --workspace T0ONE --timezone" in page.words
    with workspaces.database.across_practices().reading() as connection:
        assert get_practice(connection, ONE).timezone == "America/New_York"


def test_a_message_that_cannot_be_sent_does_not_undo_the_installation(workspaces: Workspaces) -> None:
    workspaces.playground(ONE).fail_next("conversations.open", status=200, error="user_disabled")

    assert Browser(workspaces).install(ONE).status == 200
    workspaces.afterwards.settle()
    assert "not on this practice's staff list" in workspaces.say(ONE, "/ccm")


def test_who_says_no_installs_nothing(workspaces: Workspaces) -> None:
    page = Browser(workspaces).install(ONE, decision="cancel")

    assert "Nothing was installed" in page.words
    assert page.links["Start again"] == f"{workspaces.addresses[0]}/slack/install"
    assert workspaces.installations.practice_ids() == []


def test_the_way_back_can_be_used_once(workspaces: Workspaces) -> None:
    browser = Browser(workspaces)
    back = browser.ask_slack(f"{ONE} {OWNER}")
    kept = dict(browser.cookies)
    assert browser.open(back).status == 200
    browser.cookies = kept

    page = browser.open(back)

    assert page.status == 401
    assert "was finished or took too long" in page.words


def test_the_way_back_is_closed_after_ten_minutes(workspaces: Workspaces) -> None:
    browser = Browser(workspaces)
    back = browser.ask_slack(f"{ONE} {OWNER}")
    with workspaces.database.across_practices().writing() as connection:
        connection.execute(update(STATES).values(expire_at=datetime.now(UTC).replace(tzinfo=None)))

    assert browser.open(back).status == 401
    assert workspaces.installations.practice_ids() == []
    browser.open(f"{workspaces.addresses[0]}/slack/install")
    with workspaces.database.across_practices().reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM slack_oauth_states")) == 1


def test_another_browser_cannot_finish_it(workspaces: Workspaces) -> None:
    back = Browser(workspaces).ask_slack(f"{ONE} {OWNER}")

    page = Browser(workspaces).open(back)

    assert page.status == 400
    assert "An installation begins and ends in one browser" in page.words


def test_a_code_that_slack_does_not_know_installs_nothing(workspaces: Workspaces) -> None:
    browser = Browser(workspaces)
    back = browser.ask_slack(f"{ONE} {OWNER}")

    page = browser.open(back.replace("code=", "code=0"))

    assert (page.status, workspaces.installations.practice_ids()) == (401, [])
    assert "Slack did not confirm the installation" in page.words


def test_what_comes_with_the_way_back_is_shown_as_text(workspaces: Workspaces) -> None:
    page = Browser(workspaces).open(f"{workspaces.addresses[0]}/slack/oauth_redirect?error=<script>alert(1)</script>")

    assert "<script>" not in page.html
    assert "Slack did not install the app" in page.words


def test_a_whole_organization_is_refused(sqlite_database: Database, clock: ManualClock) -> None:
    with many_workspaces(sqlite_database, clock, organization_id="E0ORG") as workspaces:
        browser = Browser(workspaces)

        page = browser.open(browser.ask_slack("E0ORG U0ORGADMIN"))

        assert page.status == 400
        assert "cannot be installed for a whole organization" in page.words
        assert workspaces.installations.practice_ids() == []
        with workspaces.database.across_practices().reading() as connection:
            assert all_practices(connection) == []


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ConnectionResetError(), 502, "Slack cannot be reached"),
        (OperationalError("SELECT", {}, Exception()), 503, "The ledger cannot be reached just now"),
    ],
)
def test_what_is_away_while_it_is_installed_is_named(
    workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, said: str
) -> None:
    def fail(*_: Any) -> None:
        raise error

    browser = Browser(workspaces)
    back = browser.ask_slack(f"{ONE} {OWNER}")
    monkeypatch.setattr("bot.oauth.flow.OAuthFlow.run_installation", fail)

    page = browser.open(back)

    assert page.status == status
    assert said in page.words
    assert "Nothing was installed" in page.words


def test_before_it_is_installed_people_are_told_what_to_do(workspaces: Workspaces) -> None:
    said = workspaces.say(ONE, LINE.format(minutes=12))

    assert "CCM Ledger is not installed in this workspace" in said
    assert f"{workspaces.addresses[0]}/slack/install" in said
    assert "Nothing was saved" in said
    assert "Reconciled the insulin list" in said


def test_an_open_form_says_that_the_bot_is_gone(workspaces: Workspaces) -> None:
    workspaces.install(ONE)
    workspaces.employ(ONE)
    nurse = workspaces.person(ONE)
    saved = nurse.command("C0GENERAL", LINE.format(minutes=12))
    form = nurse.command("C0GENERAL", "/ccm log P-1042 12m meds").modal
    assert form is not None
    workspaces.slack.uninstall(ONE)

    assert nurse.suggest(form, PATIENT_PICKER, "P-1") == []
    submitted = nurse.submit(form, {"note": "Reconciled the list with the patient."})
    assert submitted.modal is not None
    assert "not installed in this workspace" in submitted.modal.words
    assert "not installed in this workspace" in nurse.press(saved.message, "log_undo").words
    assert nurse.home(timeout_seconds=0.1) is None
    nurse.shortcut("log_shortcut")


def test_installing_again_renews_the_token_and_finds_the_ledger(workspaces: Workspaces) -> None:
    workspaces.install(ONE)
    workspaces.employ(ONE)
    workspaces.say(ONE, LINE.format(minutes=12))
    workspaces.slack.uninstall(ONE)
    workspaces.clock.move(minutes=5)

    page = Browser(workspaces).install(ONE, ABROAD)

    assert "its ledger is as it was, with the dates of America/Denver" in page.words
    assert "12 min" in workspaces.say(ONE, "/ccm patient P-1042")
    with workspaces.database.across_practices().reading() as connection:
        assert len(connection.execute(INSTALLATIONS.select()).all()) == 1


def test_two_processes_share_what_is_installed(postgresql_database: Database, clock: ManualClock) -> None:
    with many_workspaces(postgresql_database, clock, processes=2) as workspaces:
        browser = Browser(workspaces)
        back = browser.ask_slack(f"{ONE} {OWNER}", address=f"{workspaces.addresses[1]}/slack/install")
        assert browser.open(back).status == 200
        workspaces.employ(ONE)
        for address, minutes, total in zip(workspaces.addresses, (12, 18), (12, 30), strict=True):
            workspaces.playground(ONE).delivery.set_request_url(f"{address}/slack/events")
            assert f"{total} minutes*" in workspaces.say(ONE, LINE.format(minutes=minutes))


def test_one_of_two_who_come_back_at_once_with_the_same_state_is_believed(either_town: Workspaces) -> None:
    browser = Browser(either_town)
    back = browser.ask_slack(f"{ONE} {OWNER}")
    copies = [Browser(either_town, dict(browser.cookies)) for _ in range(2)]

    pages = at_once([lambda one=one: one.open(back) for one in copies])

    assert sorted(page.status for page in pages if not isinstance(page, Exception)) == [200, 401]


def test_no_token_key_or_secret_is_stored_open_or_logged(
    sqlite_database: Database, clock: ManualClock, capfd: pytest.CaptureFixture[str]
) -> None:
    with many_workspaces(sqlite_database, clock, token_rotation_enabled=True) as workspaces, capture_logs() as logs:
        workspaces.install(ONE)
        found = workspaces.installations.find(ONE)
        secrets = [str(found.bot_token), str(found.bot_refresh_token), workspaces.slack.app.client_secret]
        secrets += workspaces.installations.app.token_keys.get_secret_value().split(",")
        with workspaces.database.across_practices().reading() as connection:
            stored = repr([connection.execute(text(f"SELECT * FROM {name}")).all() for name in TABLES])  # noqa: S608
    ours = workspaces.installations
    said = f"{logs}{capfd.readouterr()}{ours!r}{ours.app!r}{ours.seal!r}{found!r}"
    assert not [secret for secret in secrets if secret in stored]
    assert not [secret for secret in secrets if secret in said]


TABLES = ("slack_installations", "slack_bots", "slack_oauth_states")


def test_a_practice_is_begun_once(workspaces: Workspaces) -> None:
    workspaces.install(ONE)
    workspaces.install(ONE)

    with workspaces.database.across_practices().reading() as connection:
        assert find_practice(connection, ONE) is not None
        assert [one.practice_id for one in all_practices(connection)] == [ONE]
