"""``ccm month``, ``patient``, ``near``, ``log``, ``undo``, ``verify`` and ``digest``: Slack's answers in a terminal."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from support.practice import NOTE
from support.terminal import Ccm, fine, refused

LINE = ("P-1042", "17m", "meds", "call", *NOTE.split())


def test_log_saves_and_prints_the_same_answer_as_in_slack(ccm: Ccm) -> None:
    printed = fine(ccm("log", "--as", "nurse1", *LINE))

    assert "Saved · P-1042 · 17 min · medication · live call · Tue Nov 24 · CCM · entry P-1042#1" in printed
    assert "0 → 17 minutes in November · 3 more for 99490 ($66.13)" in printed


def test_log_prints_json_for_a_program(ccm: Ccm) -> None:
    message = json.loads(fine(ccm("log", "--as", "nurse1", "--json", *LINE)))

    assert message["text"] == "Saved: P-1042, 17 minutes. 17 minutes in November."


def test_log_takes_minus_fifteen_as_the_end_of_the_work(ccm: Ccm) -> None:
    assert "Tue Nov 24, 9:28–9:45 am" in fine(ccm("log", "--as", "nurse1", "P-1042", "17m", "-15", "meds", NOTE))


def test_signs_in_a_note_are_kept_as_typed(ccm: Ccm, ledger: Path) -> None:
    fine(ccm("log", "--as", "nurse1", "P-1042", "17m", "meds", "BP <140 & the text &lt; as typed [bold]."))

    with sqlite3.connect(ledger) as connection:
        assert connection.execute("SELECT note FROM time_entries").fetchall() == [
            ("BP <140 & the text &lt; as typed [bold].",)
        ]
    connection.close()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (LINE, "AUTHOR_MISSING", "--as coord1"),
        (("--as", "nobody", *LINE), "STAFF_UNKNOWN", "'nobody'"),
        (("--as", "biller1", *LINE), "ROLE_NEEDED", "coordinator or practitioner"),
        (("--as", "gone1", *LINE), "PERSON_INACTIVE", "correct your dates"),
        (("--as", "nurse1", "P-1042", "meds"), "LINE_INCOMPLETE", "Nothing was saved."),
        (("--as", "nurse1"), "LINE_INCOMPLETE", "Nothing was saved."),
        (("--as", "nurse1", "P-1044", *LINE[1:]), "PROGRAM_MISSING", "CCM and RPM"),
        (("--as", "nurse1", "--workspace", "T0OTHER", *LINE), "PRACTICE_UNKNOWN", "T0OTHER"),
    ],
)
def test_a_log_that_cannot_be_saved_says_why_on_standard_error(
    ccm: Ccm, words: tuple[str, ...], code: str, told: str
) -> None:
    assert told in refused(ccm("log", *words), code)


def test_a_line_that_cannot_be_read_is_answered_and_fails(ccm: Ccm) -> None:
    result = ccm("log", "--as", "nurse1", "P-1042", "12x", "meds", "hello")

    assert result.exit_code == 1
    assert '"12x" cannot be read as a length' in result.stdout
    assert "Nothing was saved." in result.stdout


def test_an_unusual_entry_is_saved_only_with_confirm(ccm: Ccm) -> None:
    words = ("log", "--as", "nurse1", "P-1042", "200m", "meds", "yesterday", NOTE)
    asked = refused(ccm(*words), "LONG_ENTRY")
    assert "200 minutes is over 180 (rule E4). Nothing was saved." in asked
    assert "add --confirm" in asked

    assert "Saved · P-1042 · 200 min" in fine(ccm(*words, "--confirm"))


def test_a_long_unusual_entry_is_asked_about_too(ccm: Ccm) -> None:
    result = ccm("log", "--as", "nurse1", "P-1042", "200m", "meds", "yesterday", "x" * 2500)

    assert "add --confirm" in refused(result, "LONG_ENTRY")


def test_undo_voids_the_last_entry(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", *LINE)

    assert "Undone · P-1042 · 17 min · entry P-1042#1" in fine(ccm("undo", "--as", "nurse1"))
    refused(ccm("undo", "--as", "nurse1"), "NOTHING_TO_UNDO")
    refused(ccm("undo", "--as", "lead1"), "ROLE_NEEDED")


def test_undo_needs_to_know_whose(ccm: Ccm) -> None:
    result = ccm("undo")

    assert result.exit_code == 2
    assert "--as" in result.stderr


def test_month_prints_every_row_and_the_totals(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", "P-1042", "40m", *LINE[2:])

    printed = fine(ccm("month", "2026-11"))

    assert "November 2026 · all teams" in printed
    assert "1 of 5 enrolled patients billable (20 %) · expected payment $116.57" in printed
    (row,) = [line for line in printed.splitlines() if line.startswith("P-1042")]
    assert row.split()[:4] == ["P-1042", "CCM", "40", "Billable"]
    assert sum(line.startswith("P-") for line in printed.splitlines()) == 6


def test_month_prints_json_in_cents_and_minutes(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", "P-1042", "40m", *LINE[2:])

    month: dict[str, Any] = json.loads(fine(ccm("month", "Blue", "Team", "--json")))

    assert month["month"] == "2026-11-01"
    assert [(one["patient_code"], one["counted_minutes"], one["expected_cents"]) for one in month["billable"]] == [
        ("P-1042", 40, 11657)
    ]
    assert {one["patient_code"] for one in month["untouched"]} == {"P-1043", "P-1046"}


def test_month_has_the_diagnostic_in_words_and_for_a_program(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", "P-1045", "20m", *LINE[2:])

    printed = fine(ccm("month", "2026-11", "rpm"))
    month: dict[str, Any] = json.loads(fine(ccm("month", "2026-11", "rpm", "--json")))

    assert "RPM, patients with 99454/99445 : 99457/99470: Nov 0 : 1 · Oct 0 : 0 · Sep 0 : 0 · Aug 0 : 0" in printed
    assert "• nurse1: Nov 100 % (1 of 1) · Oct – · Sep – · Aug –" in printed
    assert [one["month"] for one in month["diagnostic"]["months"]] == [
        "2026-11-01",
        "2026-10-01",
        "2026-09-01",
        "2026-08-01",
    ]
    assert month["diagnostic"]["months"][0]["people"] == {"nurse1": {"patients": 1, "billable": 1}}
    (gap,) = month["diagnostic"]["gaps"]
    assert [one["patient_code"] for one in gap["management_alone"]] == ["P-1045"]


def test_words_that_are_no_month_are_answered_with_the_teams(ccm: Ccm) -> None:
    assert "Teams: Blue Team, Green Team" in refused(ccm("month", "purple"), "TEAM_UNKNOWN")


def test_patient_prints_the_statement(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", *LINE)

    printed = fine(ccm("patient", "1042"))

    assert "P-1042 · November 2026 · Blue Team" in printed
    assert "CCM · Below threshold · 17 minutes counted" in printed
    assert "medication, live call" in printed
    assert NOTE not in printed


def test_patient_prints_the_statement_as_json(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", *LINE)

    statement = json.loads(fine(ccm("patient", "P-1042", "this", "--json")))

    assert (statement["patient"], statement["rulebook"]) == ("P-1042", "medicare-2026")
    assert statement["entries"] == [{"index": 1, "minutes": 17, "counted": 17, "excluded": []}]
    assert [part["counted_minutes"] for part in statement["programs"]] == [17]


def test_patient_without_a_code_says_what_to_type(ccm: Ccm) -> None:
    refused(ccm("patient"), "CODE_MISSING")
    refused(ccm("patient", "P-9999"), "PATIENT_UNKNOWN")


def test_near_prints_whom_one_short_call_makes_billable(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", *LINE)

    assert "P-1042" in fine(ccm("near", "blue"))
    near = json.loads(fine(ccm("near", "--json")))
    assert [one["figures"]["patient_code"] for one in near["near"]] == ["P-1042"]


def test_a_whole_ledger_is_verified(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", *LINE)

    assert "The ledger of Test Practice is whole: 5 patients, 1 links" in fine(ccm("verify"))
    assert json.loads(fine(ccm("verify", "--json")))["difference"] is None


def test_a_ledger_that_was_tampered_with_is_found_out(ccm: Ccm, ledger: Path) -> None:
    ccm("log", "--as", "nurse1", *LINE)
    connection = sqlite3.connect(ledger)
    connection.execute("UPDATE patient_months SET counted_minutes = 20")
    connection.commit()
    connection.close()

    result = ccm("verify")

    assert result.exit_code == 2
    assert "The ledger differs from what was recorded:" in result.stdout
    assert "P-1042" in result.stdout


def test_the_digest_is_shown_with_when_it_comes(ccm: Ccm) -> None:
    ccm("log", "--as", "nurse1", *LINE)

    result = ccm("digest", "--team", "Blue Team")

    assert "Blue Team · November 2026" in fine(result)
    assert "P-1042" in result.stdout
    assert "Next digests: Wed Nov 25 at 9:00 am · Fri Nov 27 at 9:00 am · Thu Dec 24 at 9:00 am." in result.stderr
    assert json.loads(fine(ccm("digest", "--team", "blue", "--json")))["team"]["name"] == "Blue Team"


def test_a_digest_is_not_posted_without_a_token(ccm: Ccm) -> None:
    result = ccm("digest", "--team", "Blue Team", "--post")

    assert result.exit_code == 1
    assert "Error SETTING_MISSING: SLACK_BOT_TOKEN is not set." in result.stderr
    assert "xoxb-" in result.stderr


def test_the_digest_of_no_team_is_refused(ccm: Ccm) -> None:
    refused(ccm("digest", "--team", "purple"), "TEAM_UNKNOWN")
