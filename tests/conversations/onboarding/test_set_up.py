"""A practice that ``ccm init`` has just made: it is told what to enter, in order, until nothing is missing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from support.home import opened
from support.practice import import_rows, staff_row
from support.slack import BLUE, STRANGER, Harness, ManualClock, open_harness
from typer.testing import CliRunner

from bot.cli import app
from bot.views.roster import ADD_PATIENT, ADD_PERSON, ADD_TEAM
from ledger.practice.practice import get_practice
from ledger.storage.database import Database

OWNER = STRANGER
INIT = ("init", "--workspace", "T0TEST", "--timezone", "America/New_York", "--name", "Us")
BLUE_TEAM = {"text": {"type": "plain_text", "text": "Blue Team", "emoji": True}, "value": "blue-team"}
DOCTOR = {"text": {"type": "plain_text", "text": "doctor1 · Doctor One", "emoji": True}, "value": "doctor1"}
STEPS = (ADD_TEAM, ADD_PERSON, ADD_PATIENT)
FILLED: dict[str, dict[str, Any]] = {
    ADD_TEAM: {"name": "Blue Team", "channel_id": BLUE},
    ADD_PERSON: {"id": "doctor1", "name": "Doctor One", "credential": "MD", "roles": ["practitioner"]},
    ADD_PATIENT: {
        "code": "P-2001",
        "team": BLUE_TEAM,
        "billing_practitioner": DOCTOR,
        "conditions": "E11.9\nI10",
        "programs": ["CCM"],
        "enrolled_on": "2026-11-02",
    },
}


def ccm(*words: str) -> str:
    """What a command of the terminal prints."""
    with capture_logs():
        result = CliRunner().invoke(app, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stdout


@pytest.fixture
def empty_harness(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    """The bot at work for a practice of which ``ccm init`` is all that was ever done."""
    monkeypatch.setenv("CCM_DATABASE_URL", f"sqlite:///{tmp_path / 'ccm.sqlite3'}")
    monkeypatch.setenv("COLUMNS", "220")
    monkeypatch.chdir(tmp_path)
    ccm(*INIT)
    database = Database(f"sqlite:///{tmp_path / 'ccm.sqlite3'}")
    with database.of("T0TEST").reading() as connection:
        practice = get_practice(connection, "T0TEST")
    with open_harness(database, practice, clock) as harness:
        place = harness.playground.workspace.installation
        monkeypatch.setenv("SLACK_API_URL", harness.playground.api_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", place.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", place.app_token)
        harness.playground.workspace.users[OWNER].is_primary_owner = True
        yield harness
    database.close()


def findings() -> dict[str, str]:
    """What the doctor finds, by code: the remedy."""
    return {one["code"]: one["remedy"] for one in json.loads(ccm("doctor", "--json"))}


def missing(words: str) -> list[str]:
    """The commands of Slack that somebody is told, in their order."""
    return re.findall(r"^• .*?: `(/ccm [^`]+)`, or in the terminal `ccm import", words, re.MULTILINE)


def test_each_step_in_slack_is_told_until_nothing_is_missing(empty_harness: Harness) -> None:
    harness = empty_harness
    left = ["/ccm team", "/ccm staff", "/ccm patients"]
    for step in STEPS:
        card, home = harness.say("/ccm", OWNER).words, opened(harness, OWNER).words
        assert missing(card) == missing(home) == left
        assert "Type `/invite @CCM Ledger` in each team's channel" in card

        form = harness.press(harness.say(left.pop(0), OWNER), step, OWNER).modal
        assert form is not None
        saved = harness.person(OWNER).submit(form, FILLED[step])
        harness.settle()
        assert saved.errors == {}

    assert "*Set-up* · nothing is missing." in opened(harness, OWNER).words
    assert "Set-up" not in harness.say("/ccm", OWNER).words


def test_each_step_in_the_terminal_is_told_until_nothing_is_missing(empty_harness: Harness) -> None:
    ccm("sample", ".", "--patients", "4")
    done = []
    for _ in range(3):
        remedy = next(remedy for code, remedy in findings().items() if code.startswith("NO_") and "import" in remedy)
        command = remedy.split("run: ccm ")[1]
        done.append(command)
        ccm(*command.split())

    assert done == ["import teams teams.csv", "import staff staff.csv", "import patients patients.csv"]
    assert "SET_UP" in findings()


def test_the_doctor_tells_of_a_channel_that_the_bot_is_not_in(empty_harness: Harness) -> None:
    channel = empty_harness.playground.workspace.channels[BLUE]
    channel.bot_is_member = False
    import_rows(empty_harness.database, empty_harness.practice, "teams", [{"name": "Blue Team", "channel_id": BLUE}])

    assert findings()["BOT_NOT_IN_CHANNEL"] == "Type in it: /invite @CCM Ledger"

    channel.bot_is_member = True
    assert "CHANNEL" in findings()


def test_others_are_told_whom_to_ask_and_no_commands_that_they_may_not_use(empty_harness: Harness) -> None:
    harness = empty_harness
    nurse = staff_row(
        id="nurse1", slack_user_id=OWNER, name="Nurse One", credential="RN", roles="coordinator", teams=""
    )
    import_rows(harness.database, harness.practice, "staff", [nurse])

    told = "*This practice is not set up yet:* no care team yet, no patient yet. Please ask whoever runs the bot."
    assert told in harness.say("/ccm", OWNER).words
    assert told in opened(harness, OWNER).words

    admin = staff_row(id="admin1", slack_user_id="U0ADMIN1", name="Admin One", roles="admin", teams="")
    import_rows(harness.database, harness.practice, "staff", [admin])
    assert "Please ask <@U0ADMIN1>." in harness.say("/ccm", OWNER).words


def test_others_are_not_told_of_what_keeps_nobody_from_work(harness: Harness) -> None:
    harness.enroll([{"code": "P-2001", "billing_practitioner": ""}])

    assert "set up" not in harness.say("/ccm").words
    assert "set up" not in opened(harness).words
    assert "1 patient without a billing practitioner" in harness.say("/ccm", "U0ADMIN1").words


def test_a_team_without_a_channel_is_named_with_the_command_that_gives_it_one(harness: Harness) -> None:
    with harness.database.of("T0TEST").writing() as connection:
        connection.exec_driver_sql("UPDATE care_teams SET channel_id = '' WHERE name = 'Green Team'")

    words = "• 1 team without a channel (Green Team): `/ccm team Green Team`, or in the terminal `ccm import teams"
    assert words in opened(harness, "U0ADMIN1").words
    assert words in harness.say("/ccm", "U0ADMIN1").words
