"""When something goes wrong: the user is told at once, loses nothing that was typed, and learns no inner workings."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from structlog.testing import capture_logs
from support.logs import troubles
from support.practice import NOTE
from support.slack import LINE, Harness, picked

from bot.playground import Glance
from bot.views import worklist
from bot.views.receipt import LOG_ANOTHER, UNDO
from ledger.storage.database import ScopedDatabase

Break = Callable[..., None]

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
def broken(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> Break:
    """Lets every later transaction of the bot fail with ``error``, or those alone that write."""

    def break_database(error: Exception, *, writes_only: bool = False) -> None:
        def fail(*_: Any, **__: Any) -> Iterator[Any]:
            raise error

        monkeypatch.setattr(ScopedDatabase, "writing", fail)
        if not writes_only:
            monkeypatch.setattr(ScopedDatabase, "reading", fail)

    return break_database


def away() -> OperationalError:
    return OperationalError(f"INSERT {NOTE}", {"note": NOTE}, Exception("server closed the connection"))


def sqlite_says(name: str) -> OperationalError:
    """An error as the driver raises it, with SQLite's own name for it."""
    said = sqlite3.OperationalError("said")
    said.sqlite_errorname = name
    return OperationalError(f"INSERT {NOTE}", {"note": NOTE}, said)


AWAY = "The ledger cannot be reached just now. Nothing was saved."


@pytest.mark.parametrize("error", [away(), PoolTimeoutError("no connection in time")])
@pytest.mark.parametrize("writes_only", [True, False])
def test_with_the_database_away_the_author_is_told_and_gets_the_line_back(
    harness: Harness, broken: Break, error: Exception, writes_only: bool
) -> None:
    broken(error, writes_only=writes_only)

    seen = harness.say(LINE)

    assert AWAY in seen.words
    assert f"```{LINE}```" in seen.words


@pytest.mark.parametrize(
    ("name", "words", "event"),
    [
        ("SQLITE_FULL", "The ledger's disk is full.", "database_refused"),
        ("SQLITE_READONLY", "The ledger cannot be used just now.", "database_refused"),
        ("SQLITE_BUSY", "Something large is being saved, such as an import.", "database_away"),
    ],
)
def test_what_keeps_the_ledger_from_being_stored_is_told_as_what_it_is(
    harness: Harness, broken: Break, name: str, words: str, event: str
) -> None:
    broken(sqlite_says(name), writes_only=True)

    with capture_logs() as logs:
        seen = harness.say(LINE)

    assert words in seen.words
    assert "Nothing was saved." in seen.words
    assert f"```{LINE}```" in seen.words
    assert [line["event"] for line in troubles(logs)] == [event]
    if event == "database_refused":
        assert "tell your administrator" in seen.words
        assert "in a minute" not in seen.words


def test_a_commit_that_may_have_been_kept_is_not_said_to_be_lost(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise sqlite_says("SQLITE_IOERR_FSYNC").orig  # type: ignore[misc] # it has one

    monkeypatch.setattr(harness.database.engine.dialect, "do_commit", fail)

    seen = harness.say(LINE)

    assert "It is not known whether it was saved." in seen.words
    assert "Nothing was saved" not in seen.words


def test_with_the_database_away_a_filled_in_form_stays_as_it_was(harness: Harness, broken: Break) -> None:
    modal = harness.say("/ccm log").modal
    assert modal is not None
    broken(away())

    seen = harness.person().submit(
        modal, {"patient": picked("P-1042"), "length": "12m", "activity": "medication", "contact": "live", "note": NOTE}
    )

    assert seen.modal is not None
    assert seen.modal.title == "Log CCM time"
    assert AWAY in seen.modal.words
    kept = json.dumps(seen.modal.blocks)
    assert all(f'"{value}"' in kept for value in ("P-1042", "12m", "medication", "live", NOTE))


def test_a_form_that_failed_can_be_submitted_again_when_the_database_is_back(
    harness: Harness, broken: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    modal = harness.say("/ccm log").modal
    assert modal is not None
    broken(away())
    failed = (
        harness.person()
        .submit(modal, {"patient": picked("P-1042"), "length": "12m", "activity": "medication", "note": NOTE})
        .modal
    )
    monkeypatch.undo()
    assert failed is not None

    again = harness.person().submit(failed)

    assert again.modal is not None
    assert again.modal.title == "Saved"
    assert [entry.note for entry in harness.entries()] == [NOTE]


@pytest.mark.parametrize("action", [UNDO, LOG_ANOTHER])
def test_with_the_database_away_a_button_says_so(harness: Harness, broken: Break, action: str) -> None:
    saved = harness.say(LINE)
    broken(away())

    assert AWAY in harness.press(saved, action).words


def test_with_the_database_away_a_list_says_so(harness: Harness, broken: Break) -> None:
    broken(away())

    assert "The ledger cannot be reached just now." in harness.say("/ccm near").words


def test_an_unexpected_failure_shows_the_number_that_is_in_the_log(harness: Harness, broken: Break) -> None:
    broken(RuntimeError(f"cannot handle {NOTE}"), writes_only=True)

    with capture_logs() as logs:
        seen = harness.say(LINE)

    (entry,) = troubles(logs)
    assert f"tell your administrator this number: `{entry['reference']}`" in seen.words
    assert "Nothing was saved." in seen.words
    assert f"```{LINE}```" in seen.words
    assert entry["kind"] == "RuntimeError"
    assert any("bot/commands/log.py:" in place for place in entry["trace"])


@pytest.mark.parametrize("error", [away(), RuntimeError(f"cannot handle {NOTE}")])
def test_a_failure_leaves_no_note_in_the_log_and_no_inner_workings_before_the_user(
    harness: Harness, broken: Break, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    broken(error, writes_only=True)

    with capture_logs() as logs:
        seen = harness.say(LINE)

    assert "Dose confirmed" not in json.dumps(logs, default=str)
    assert logs
    assert not any(word in seen.words for word in ("Traceback", "INSERT", "RuntimeError", ".py", NOTE))


def test_what_slack_refuses_unexpectedly_is_answered_with_a_number(harness: Harness) -> None:
    harness.playground.fail_next("views.open", status=200, error="something_new")

    with capture_logs() as logs:
        seen = harness.say("/ccm log P-1042 meds Reconciled.")

    refused, failed = troubles(logs)
    assert (refused["event"], refused["reason"]) == ("slack_refused", "something_new")
    assert failed["event"] == "unexpected_failure"
    assert failed["reference"] in seen.words
    assert "/ccm log P-1042 meds Reconciled." in seen.words


def test_a_form_button_that_slack_refuses_leaves_its_message_as_it_was(harness: Harness) -> None:
    saved = harness.say(LINE)
    harness.playground.fail_next("views.open", status=200, error="something_new")

    seen = harness.press(saved, LOG_ANOTHER)

    assert "Something went wrong on our side." in seen.words
    assert seen.message.ts != saved.message.ts


def test_a_response_url_that_slack_refuses_harms_nobody(harness: Harness) -> None:
    saved = harness.say(LINE)
    harness.playground.fail_next("response_url", status=404, error="expired_url")

    assert harness.press(saved, UNDO).outcome.ok
    assert harness.live_count() == 0


def test_a_failure_that_reaches_bolt_itself_is_logged_without_what_was_typed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    harness.allows_refusals = True

    def fail(*_: Any, **__: Any) -> None:
        raise SlackApiError(f"cannot send {NOTE}", {"error": "boom"})

    monkeypatch.setattr("bot.listeners.commands.answered", fail)

    with capture_logs() as logs:
        seen = harness.say(LINE)

    assert 'failed with the error "http_500"' in seen.words
    assert [each["event"] for each in troubles(logs)] == ["unexpected_failure"]
    assert "Dose confirmed" not in json.dumps(logs) + caplog.text


def test_a_page_that_is_no_longer_there_shows_the_last_there_is(full_harness: Harness) -> None:
    seen = full_harness.say("/ccm near blue", "U0ADMIN1")
    full_harness.press(seen, f"{worklist.PAGE}_next", "U0ADMIN1")
    action = full_harness.last_payload("interactive")["actions"][0]

    value = json.dumps({"text": "blue", "page": 999})
    full_harness.deliver_again("interactive", actions=[{**action, "value": value}])

    def last(seen: Glance) -> str:
        return full_harness.person("U0ADMIN1").messages(seen.message.channel_id)[-1].words

    assert "blocked patients, continued" in last(seen)
