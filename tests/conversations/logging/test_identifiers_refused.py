"""Whatever free text is stored is searched first: each way in refuses it, says why, and gives the text back."""

from typing import Any

import pytest
from support.facts import import_fact_rows, stored_facts
from support.forms import opened, prefilled
from support.practice import NOTE, an_entry, entry_row, import_rows
from support.slack import NOW, Harness, picked

from ledger.imports.table_file import ImportRefusedError
from ledger.setting_changes import change_policy
from ledger.storage.tables import EntryAddendumRow, EntryVoidRow

MARK = "215-555-0199"
TOLD = f"Called the daughter at {MARK}. She fills the pill box."
COMPLEX = f"complex P-1042 high New heart failure. Called {MARK}."
LINES = {
    "log": f"log P-1042 12m meds {TOLD}",
    "add": f"add P-1042#1 {TOLD}",
    "void": f"void P-1042#1 {TOLD}",
    "fix": f"fix P-1042#1 15m {TOLD}",
    "complex": COMPLEX,
}


def stored(harness: Harness) -> tuple[int, ...]:
    """How much of everything is stored."""
    with harness.looking() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table.__tablename__}").scalar_one()  # noqa: S608 - ours
            for table in (EntryAddendumRow, EntryVoidRow)
        ]
    return (len(harness.entries()), *counts, stored_facts(harness.database, kind="complexity"))


def allow(harness: Harness) -> None:
    """Lets the practice write what it likes."""
    with harness.database.of("T0TEST").writing() as connection:
        change_policy(
            connection, harness.practice, "allow_identifiers", value=True, at=harness.clock(), recorded_by="admin1"
        )


@pytest.mark.parametrize("name", [name for name in LINES if name != "complex"])
def test_a_line_is_refused_with_the_reason_and_given_back_to_its_author(harness: Harness, name: str) -> None:
    harness.work(an_entry())
    before = stored(harness)

    seen = harness.say(f"/ccm {LINES[name]}")

    assert "a phone number (###-###-####)" in seen.words
    assert "for example: Called the daughter at the number in the chart." in seen.words
    assert "Nothing was saved." in seen.words
    assert "You typed:" in seen.words
    assert LINES[name] in seen.words
    assert MARK not in seen.message.text
    assert stored(harness) == before


def test_a_rationale_is_refused_in_its_form_where_it_stays_to_be_corrected(harness: Harness) -> None:
    before = stored(harness)

    form = opened(harness.say(f"/ccm {COMPLEX}", "U0DOCTOR1"))

    assert "a phone number (###-###-####)" in form.words
    assert "Nothing was saved." in form.words
    assert prefilled(form)["rationale"] == f"New heart failure. Called {MARK}."
    refused = harness.person("U0DOCTOR1").submit(form)
    assert "a phone number (###-###-####)" in refused.errors["rationale"]
    assert stored(harness) == before


@pytest.mark.parametrize(("command", "name"), [("add", "addendum"), ("void", "reason"), ("fix", "note")])
def test_in_the_form_for_an_entry_the_reason_stands_beside_the_text(harness: Harness, command: str, name: str) -> None:
    harness.work(an_entry())
    before = stored(harness)

    refused = harness.person().submit(opened(harness.say(f"/ccm {command} P-1042#1")), {name: TOLD})

    assert "a phone number (###-###-####)" in refused.errors[name]
    assert stored(harness) == before


@pytest.mark.parametrize("name", LINES)
def test_a_practice_with_a_signed_agreement_stores_it(harness: Harness, name: str) -> None:
    harness.work(an_entry())
    allow(harness)
    before = stored(harness)

    seen = harness.say(f"/ccm {LINES[name]}", "U0DOCTOR1" if name == "complex" else "U0NURSE1")

    assert "Nothing was saved" not in seen.words
    assert stored(harness) != before


def test_in_the_form_the_reason_stands_beside_the_note_and_the_note_stays_in_it(harness: Harness) -> None:
    modal = harness.say("/ccm log").modal
    assert modal is not None
    filled: dict[str, Any] = {"patient": picked("P-1042"), "length": "12m", "activity": "medication", "note": TOLD}

    refused = harness.person().submit(modal, filled)

    assert list(refused.errors) == ["note"]
    assert "a phone number (###-###-####)" in refused.errors["note"]
    assert refused.modal is not None
    harness.person().submit(refused.modal, {**filled, "note": NOTE})
    assert [entry.note for entry in harness.entries()] == [NOTE]


def timer_count(harness: Harness) -> int:
    with harness.looking() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM timers").scalar_one())


def test_a_timer_keeps_no_identifier_and_goes_on_where_its_end_holds_one(harness: Harness) -> None:
    assert "IDENTIFIER_IN_TEXT" in harness.say(f"/ccm start P-1042 meds {TOLD}").words
    assert timer_count(harness) == 0

    harness.say("/ccm start P-1042 meds")
    harness.clock.move(minutes=12)
    seen = harness.say(f"/ccm stop {TOLD}")

    assert "IDENTIFIER_IN_TEXT" in seen.words
    assert f"/ccm stop {TOLD}" in seen.words
    assert (timer_count(harness), harness.live_count()) == (1, 0)
    assert "*Saved*" in harness.say(f"/ccm stop {NOTE}").words


def test_in_the_form_that_starts_a_timer_the_reason_stands_beside_the_note(harness: Harness) -> None:
    modal = harness.say("/ccm start").modal
    assert modal is not None

    refused = harness.person().submit(modal, {"patient": picked("P-1042"), "note": TOLD})

    assert list(refused.errors) == ["note"]
    assert "a phone number (###-###-####)" in refused.errors["note"]
    assert timer_count(harness) == 0


def test_an_unusual_entry_is_refused_before_anything_is_asked(harness: Harness) -> None:
    seen = harness.say(f"/ccm log P-1042 200m meds {TOLD}")

    assert "IDENTIFIER_IN_TEXT" in seen.words
    assert "Save anyway" not in seen.words


def test_what_is_known_already_is_answered_as_before_when_it_is_delivered_again(harness: Harness) -> None:
    allow(harness)
    harness.say(f"/ccm {LINES['log']}")
    with harness.database.of("T0TEST").writing() as connection:
        change_policy(connection, harness.practice, "allow_identifiers", None, at=NOW, recorded_by="admin1")

    harness.deliver_again("slash_commands")

    assert harness.live_count() == 1


def test_an_import_of_entries_names_line_and_column_without_the_text(harness: Harness) -> None:
    rows = [entry_row(), entry_row(note=TOLD)]

    with pytest.raises(ImportRefusedError) as caught:
        import_rows(harness.database, harness.practice, "entries", rows, at=NOW)

    (problem,) = caught.value.problems
    assert str(problem).startswith("line 3, note: The note has what looks like a phone number (###-###-####)")
    assert MARK not in f"{caught.value} {caught.value.remedy} {problem}"
    assert harness.entries() == []


def test_an_import_of_facts_names_line_and_column_without_the_text(harness: Harness) -> None:
    row = {"date": "2026-11-05", "mdm": "high", "by": "doctor1", "rationale": TOLD}

    with pytest.raises(ImportRefusedError) as caught:
        import_fact_rows(harness.database, harness.practice, "complexity", [row], at=NOW)

    (problem,) = caught.value.problems
    assert str(problem).startswith("line 2, rationale: The rationale has what looks like a phone number")
    assert MARK not in f"{caught.value} {caught.value.remedy} {problem}"
    assert stored_facts(harness.database, kind="complexity") == 0
