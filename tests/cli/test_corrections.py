"""``ccm void``, ``fix``, ``add`` and ``me``: Slack's answers in a terminal."""

import json
import sqlite3
from pathlib import Path

import pytest
from support.practice import NOTE
from support.terminal import Ccm, fine, refused

LINE = ("log", "--as", "nurse1", "P-1042", "17m", "meds", "call", *NOTE.split())


@pytest.fixture
def logged(ccm: Ccm) -> Ccm:
    """Runs ``ccm`` on a ledger with one entry of a nurse."""
    assert ccm(*LINE).exit_code == 0
    return ccm


def test_void_says_what_no_longer_counts(logged: Ccm) -> None:
    printed = fine(logged("void", "--as", "lead1", "P-1042#1", "Logged", "twice."))

    assert "Voided · P-1042 · 17 min · entry P-1042#1" in printed
    assert "17 → 0 minutes in November" in printed
    assert "replaces" not in refused(logged("void", "--as", "nurse1", "P-1042#1", "Again."), "ENTRY_VOIDED")


def test_undo_names_what_it_voids_and_goes_by_what_was_stored_last(logged: Ccm) -> None:
    assert logged("log", "--as", "nurse1", "P-1043", "9m", "labs", *NOTE.split()).exit_code == 0

    assert "Undone · P-1043 · 9 min · entry P-1043#1 · Tue Nov 24" in fine(logged("undo", "--as", "nurse1"))
    assert "Undone · P-1042 · 17 min · entry P-1042#1 · Tue Nov 24" in fine(logged("undo", "--as", "nurse1"))
    assert "Nothing was changed" in refused(logged("undo", "--as", "nurse1"), "NOTHING_TO_UNDO")


def test_the_call_of_another_person_is_stored_only_with_confirm(logged: Ccm) -> None:
    words = ("log", "--as", "nurse2", "P-1042", "12m", "meds", "call", *NOTE.split())
    said = refused(logged(*words), "POSSIBLE_DOUBLE")
    assert "P-1042#1 by nurse1, 17 min on Nov 24, 2026: the same call?" in said
    assert "add --confirm" in said

    assert "Saved · P-1042 · 12 min" in fine(logged(*words, "--confirm"))


def test_fix_replaces_the_entry(logged: Ccm) -> None:
    printed = fine(logged("fix", "--as", "nurse1", "1042#1", "15m", "-5"))

    assert "Fixed · P-1042 · 15 min · medication · live call · Tue Nov 24, 9:40–9:55 am" in printed
    assert "It replaces P-1042#1" in printed


def test_an_unusual_fix_is_saved_only_with_confirm(logged: Ccm) -> None:
    words = ("fix", "--as", "nurse1", "P-1042#1", "200m", "yesterday")
    assert "add --confirm" in refused(logged(*words), "LONG_ENTRY")

    assert "Fixed · P-1042 · 200 min" in fine(logged(*words, "--confirm"))


def test_a_fix_that_cannot_be_read_is_answered_and_fails(logged: Ccm) -> None:
    result = logged("fix", "--as", "nurse1", "P-1042#1", "12x")

    assert result.exit_code == 1
    assert '"12x" cannot be read as a length' in result.stdout


def test_signs_in_what_is_typed_are_kept_as_typed(logged: Ccm, ledger: Path) -> None:
    fine(logged("add", "--as", "nurse1", "P-1042#1", "BP <140 & the text &lt; as typed."))
    fine(logged("fix", "--as", "nurse1", "P-1042#1", "BP <140 & the text &lt; as typed."))
    fine(logged("void", "--as", "nurse1", "P-1042#4", "BP <140 & the text &lt; as typed."))

    kept = [("BP <140 & the text &lt; as typed.",)]
    with sqlite3.connect(ledger) as connection:
        assert connection.execute("SELECT text FROM entry_addenda").fetchall() == kept
        assert connection.execute("SELECT note FROM time_entries WHERE position = 4").fetchall() == kept
        assert connection.execute("SELECT reason FROM entry_voids WHERE position = 5").fetchall() == kept
    connection.close()


def test_me_prints_ones_entries_and_what_is_missing(logged: Ccm) -> None:
    printed = fine(logged("me", "--as", "nurse1", "week"))

    assert "My week · Mon Nov 23 to Tue Nov 24" in printed
    assert "17 minutes counted of 17 logged" in printed
    assert "P-1042#1" in printed
    assert NOTE not in printed


def test_me_prints_json_without_notes(logged: Ccm) -> None:
    (entry,) = json.loads(fine(logged("me", "--as", "nurse1", "--json")))

    assert (entry["name"], entry["result"]["duration_minutes"], entry["result"]["counted_minutes"]) == (
        "P-1042#1",
        17,
        17,
    )
    assert "note" not in entry


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("void", "--as", "biller1", "P-1042#1", "Why."), "ROLE_NEEDED"),
        (("void", "--as", "nurse2", "P-1042#1", "Why."), "ENTRY_OF_OTHERS"),
        (("void", "--as", "nurse1", "P-1042"), "ENTRY_UNREADABLE"),
        (("void", "--as", "nurse1"), "ENTRY_UNREADABLE"),
        (("fix", "--as", "lead1", "P-1042#1", "15m"), "ROLE_NEEDED"),
        (("fix", "--as", "nurse1", "P-1042#1"), "FIX_CHANGES_NOTHING"),
        (("add", "--as", "nurse1", "P-1042#1"), "ADDENDUM_LENGTH"),
        (("add", "--as", "nobody", "P-1042#1", "More."), "STAFF_UNKNOWN"),
        (("me", "--as", "nurse1", "decade"), "PERIOD_UNKNOWN"),
    ],
)
def test_what_cannot_be_done_says_why_on_standard_error(logged: Ccm, words: tuple[str, ...], code: str) -> None:
    refused(logged(*words), code)


@pytest.mark.parametrize("command", ["void", "fix", "add", "me"])
def test_each_needs_to_know_whose_work_it_is(ccm: Ccm, command: str) -> None:
    result = ccm(command, "P-1042#1")

    assert result.exit_code == 2
    assert "--as" in result.stderr
