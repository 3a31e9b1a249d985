"""One line a request, and one id from it to all that follows; never the words of a person or of an exception."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from support.logs import Printed, printed_logs
from support.slack import LINE, Harness

from bot.commands.registry import COMMANDS
from bot.config import Settings
from bot.runtime.scheduler import practice_jobs, run_jobs
from bot.telemetry.logs import CONSOLE, WordlessFormatter, configure_logs
from bot.views.receipt import UNDO
from ledger.errors import LedgerError


@pytest.fixture
def printed() -> Iterator[Printed]:
    """What is printed while a test runs."""
    with printed_logs() as printed:
        yield printed


def a_record(level: int, failure: Any = None) -> logging.LogRecord:
    return logging.LogRecord("library", level, "library.py", 7, "ZEBRANOTE %s", ("ZEBRANOTE",), failure)


def test_a_library_is_heard_without_its_words() -> None:
    line = json.loads(WordlessFormatter().format(a_record(logging.WARNING)))

    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "library",
        "level": "warning",
        "logger": "library",
        "place": "library.py:7",
        "kind": None,
    }


def test_a_failure_in_a_library_is_told_by_its_kind_alone() -> None:
    with pytest.raises(ValueError, match="ZEBRANOTE") as caught:
        int("ZEBRANOTE")

    line = WordlessFormatter().format(a_record(logging.ERROR, (caught.type, caught.value, caught.tb)))

    assert json.loads(line)["kind"] == "ValueError"
    assert "ZEBRANOTE" not in line


def test_a_library_speaks_under_the_id_of_the_request_that_it_works_for() -> None:
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        assert json.loads(WordlessFormatter().format(a_record(logging.ERROR)))["request_id"] == "abc"


def test_a_request_is_one_line_with_the_command_the_practice_and_the_person(harness: Harness, printed: Printed) -> None:
    harness.say(LINE)

    (line,) = printed.of("request_handled")
    assert line.pop("duration_ms") > 0
    assert len(line.pop("request_id")) == 16
    assert line.pop("timestamp")
    assert line == {
        "event": "request_handled",
        "level": "info",
        "what": "log",
        "outcome": "ok",
        "practice": "T0TEST",
        "staff": "nurse1",
    }


def test_one_id_leads_from_a_request_to_all_that_follows_it(harness: Harness, printed: Printed) -> None:
    harness.person().home()
    harness.settle()
    before = len(printed.lines)

    harness.say(LINE)
    harness.settle()

    lines = printed.lines[before:]
    assert [line["event"] for line in lines].count("follow_up_done") >= 2
    assert {(line["request_id"], line["practice"], line["staff"]) for line in lines} == {
        (lines[0]["request_id"], "T0TEST", "nurse1")
    }


def test_every_request_has_an_id_of_its_own_and_leaves_nothing_bound(harness: Harness, printed: Printed) -> None:
    harness.say(LINE)
    harness.say("/ccm near", "U0VISITOR")

    first, second = printed.of("request_handled")
    assert first["request_id"] != second["request_id"]
    assert "staff" not in second
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.parametrize(
    ("line", "what", "code"),
    [
        ("/ccm patient P-9999", "patient", "PATIENT_UNKNOWN"),
        ("/ccm ZEBRANOTE P-1042", "unknown command", "COMMAND_UNKNOWN"),
        ("/ccm month", "month", "ROLE_NEEDED"),
    ],
)
def test_a_refusal_is_logged_by_its_code(harness: Harness, printed: Printed, line: str, what: str, code: str) -> None:
    harness.say(line)

    (said,) = printed.of("request_handled")
    assert (said["what"], said["outcome"]) == (what, "refused")
    assert said["code"] == code
    assert "ZEBRANOTE" not in printed.stream.getvalue()


def test_the_number_that_a_user_is_shown_leads_to_the_request(
    harness: Harness, printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.log.record_entry", lambda *_, **__: {}["ZEBRANOTE"])

    seen = harness.say(LINE)

    (failure,), (said,) = printed.of("unexpected_failure"), printed.of("request_handled")
    assert f"`{said['reference']}`" in seen.words
    assert said["outcome"] == "failed"
    assert (failure["reference"], failure["request_id"]) == (said["reference"], said["request_id"])
    assert (failure["practice"], failure["staff"], failure["kind"]) == ("T0TEST", "nurse1", "KeyError")


def test_a_request_that_slack_did_not_sign_is_logged_as_refused(harness: Harness, printed: Printed) -> None:
    harness.receive({"X-Slack-Signature": "v0=wrong", "X-Slack-Request-Timestamp": "1"}, "text=ZEBRANOTE")

    (said,) = printed.of("request_handled")
    assert (said["outcome"], said["code"]) == ("refused", "HTTP_401")
    assert "ZEBRANOTE" not in printed.stream.getvalue()


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "export"])
def test_a_command_is_logged_by_its_name(harness: Harness, printed: Printed, name: str) -> None:
    harness.say(f"/ccm {name}", "U0ADMIN1")

    assert printed.of("request_handled")[0]["what"] == name


def test_a_button_is_logged_by_what_it_does(harness: Harness, printed: Printed) -> None:
    harness.press(harness.say(LINE), UNDO)

    assert [line["what"] for line in printed.of("request_handled")] == ["log", "undo button"]


def test_each_job_of_each_minute_has_an_id_and_says_its_practice(harness: Harness, printed: Printed) -> None:
    jobs = practice_jobs(harness.database, "T0TEST", harness.client, harness.clock)
    with harness.database.of("T0TEST").writing() as connection:
        for table in ("timers", "digest_messages", "listed_patients", "digests", "home_tabs"):
            connection.exec_driver_sql(f"DROP TABLE {table}")

    run_jobs("T0TEST", jobs)

    failed = printed.of("jobs_failed")
    assert [(line["practice"], line["kind"]) for line in failed] == [("T0TEST", "OperationalError")] * 2
    assert len({line["request_id"] for line in failed}) == len({line["job"] for line in failed}) == 2
    assert structlog.contextvars.get_contextvars() == {}


def test_what_is_not_worth_a_line_is_heard_all_the_same() -> None:
    heard: list[str] = []

    def hear(_logger: Any, _level: str, event: Any) -> Any:
        heard.append(event["event"])
        return event

    with printed_logs(heard_by=[hear]) as printed:
        structlog.get_logger().debug("quiet")
        structlog.get_logger().info("loud")

    assert heard == ["quiet", "loud"]
    assert [line["event"] for line in printed.lines] == ["loud"]


@pytest.mark.parametrize(
    ("log_format", "is_terminal", "is_json"),
    [("", False, True), ("", True, False), ("json", True, True), ("console", False, False)],
)
def test_a_terminal_gets_columns_and_a_collector_json_unless_the_setting_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, log_format: str, is_terminal: bool, is_json: bool
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("logging.basicConfig", lambda **_: None)
    before = structlog.get_config()

    configure_logs(log_format)
    structlog.get_logger().info("connected", mode="socket")
    structlog.configure(**before)

    assert stream.getvalue().startswith("{") == is_json
    assert "connected" in stream.getvalue()


def test_a_library_is_printed_in_columns_too() -> None:
    assert not WordlessFormatter(CONSOLE).format(a_record(logging.ERROR)).startswith("{")


def test_a_format_that_there_is_not_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCM_LOG_FORMAT", "xml")

    with pytest.raises(LedgerError, match="SETTING_WRONG: CCM_LOG_FORMAT"):
        _ = Settings().log_format


def test_nothing_logs_but_through_structlog() -> None:
    root = Path(__file__).parents[2]
    sources = [path for room in ("bot", "jobs", "ledger") for path in (root / room).rglob("*.py")]
    users = [path.name for path in sources if "logging.getLogger" in path.read_text(encoding="utf-8")]

    assert users == []
