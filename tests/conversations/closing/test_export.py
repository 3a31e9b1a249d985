"""`/ccm export`: the biller's files in a direct message, nobody else's, and no note anywhere."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy.exc import OperationalError
from support.practice import NOTE
from support.slack import Harness

from ledger.setting_changes import change_policy


def files_of(harness: Harness) -> dict[str, bytes]:
    """The files that the biller was sent, by name."""
    (message,) = harness.person("U0BILLER1").direct_messages()
    found = [harness.playground.workspace.files.find(file["id"]) for file in message.body["files"]]
    return {file.name: file.content or b"" for file in found if file}


def test_a_biller_gets_the_workbook_and_the_csv_by_direct_message(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 25m labs {NOTE}")

    told = harness.say("/ccm export", "U0BILLER1")

    assert "November 2026 (all teams) is being prepared" in told.words
    assert harness.playground.wait_until(lambda: bool(harness.person("U0BILLER1").direct_messages()))
    (message,) = harness.person("U0BILLER1").direct_messages()
    assert "November 2026 · all teams" in message.text
    assert [file["name"] for file in message.body["files"]] == ["ccm-2026-11.xlsx", "ccm-2026-11.csv"]


def test_what_the_files_say_is_what_the_ledger_says(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 25m labs {NOTE}")
    harness.say("/ccm export", "U0BILLER1")
    assert harness.playground.wait_until(lambda: bool(harness.person("U0BILLER1").direct_messages()))

    files = files_of(harness)

    book = load_workbook(io.BytesIO(files["ccm-2026-11.xlsx"]))
    assert ("P-1042", "CCM", "99490", 1) in [row[:4] for row in book["Billable"].iter_rows(values_only=True)]
    assert b"P-1042,CCM,billable,25,99490,1,6613," in files["ccm-2026-11.csv"]
    assert all(NOTE.encode() not in content for content in files.values())


def test_somebody_else_is_told_which_role_it_needs_and_gets_no_files(harness: Harness) -> None:
    told = harness.say("/ccm export")

    assert "needs the role biller" in told.words
    assert harness.person().direct_messages() == []


def test_a_month_that_is_none_is_said_once_and_nothing_is_sent(harness: Harness) -> None:
    told = harness.say("/ccm export someday", "U0BILLER1")

    assert "is no month and no team" in told.words
    assert harness.person("U0BILLER1").direct_messages() == []


def test_a_file_that_slack_does_not_take_is_said_so(harness: Harness) -> None:
    harness.playground.fail_next("files.getUploadURLExternal", status=200, error="internal_error")
    harness.say("/ccm export", "U0BILLER1")

    def told() -> bool:
        return any(
            "Slack refused (internal_error)" in seen.words for seen in harness.person("U0BILLER1").messages("C0GENERAL")
        )

    assert harness.playground.wait_until(told)
    harness.playground.refusals.clear()


@pytest.mark.usefixtures("impatient")
def test_a_database_that_goes_away_after_the_announcement_is_not_passed_over_in_silence(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_call: object) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    monkeypatch.setattr("bot.commands.export.month_files", away)

    harness.say("/ccm export", "U0BILLER1")

    def told() -> bool:
        return any("cannot be reached" in seen.words for seen in harness.person("U0BILLER1").messages("C0GENERAL"))

    assert harness.playground.wait_until(told)


def test_names_and_notes_are_sent_only_where_the_practice_allows_them(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 25m labs {NOTE}")
    with harness.database.of("T0TEST").writing() as connection:
        for name in ("export_staff_names", "export_notes"):
            change_policy(connection, harness.practice, name, value=True, at=harness.clock(), recorded_by="admin1")
    harness.say("/ccm export", "U0BILLER1")
    assert harness.playground.wait_until(lambda: bool(harness.person("U0BILLER1").direct_messages()))

    files = files_of(harness)

    book = load_workbook(io.BytesIO(files["ccm-2026-11.xlsx"]))
    columns, entry = list(book["Entries"].iter_rows(values_only=True))[:2]
    named = dict(zip(columns, entry, strict=True))
    assert (named["Staff"], named["Staff name"], named["Note"]) == ("nurse1", "Nurse One", NOTE)
    assert NOTE.encode() not in files["ccm-2026-11.csv"]
