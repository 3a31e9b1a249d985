"""Whatever free text is stored is searched first: each way in refuses it, says why, and gives the text back."""

from typing import Any

import pytest
from support.facts import import_fact_rows, stored_facts
from support.forms import opened, prefilled
from support.practice import NOTE, an_entry, entry_row, import_rows
from support.slack import NOW, Office, picked

from ledger.imports.csv_file import ImportRefusedError
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


def stored(office: Office) -> tuple[int, ...]:
    """How much of everything is stored."""
    with office.looking() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table.__tablename__}").scalar_one()  # noqa: S608 - ours
            for table in (EntryAddendumRow, EntryVoidRow)
        ]
    return (len(office.entries()), *counts, stored_facts(office.database, kind="complexity"))


def allow(office: Office) -> None:
    """Lets the practice write what it likes."""
    with office.database.of("T0TEST").writing() as connection:
        change_policy(
            connection, office.practice, "allow_identifiers", value=True, at=office.clock(), recorded_by="admin1"
        )


@pytest.mark.parametrize("name", [name for name in LINES if name != "complex"])
def test_a_line_is_refused_with_the_reason_and_given_back_to_its_author(office: Office, name: str) -> None:
    office.work(an_entry())
    before = stored(office)

    seen = office.say(f"/ccm {LINES[name]}")

    assert "a phone number (###-###-####)" in seen.words
    assert "for example: Called the daughter at the number in the chart." in seen.words
    assert "Nothing was saved." in seen.words
    assert "You typed:" in seen.words
    assert LINES[name] in seen.words
    assert MARK not in seen.message.text
    assert stored(office) == before


def test_a_rationale_is_refused_in_its_form_where_it_stays_to_be_corrected(office: Office) -> None:
    before = stored(office)

    form = opened(office.say(f"/ccm {COMPLEX}", "U0DOCTOR1"))

    assert "a phone number (###-###-####)" in form.words
    assert "Nothing was saved." in form.words
    assert prefilled(form)["rationale"] == f"New heart failure. Called {MARK}."
    refused = office.person("U0DOCTOR1").submit(form)
    assert "a phone number (###-###-####)" in refused.errors["rationale"]
    assert stored(office) == before


@pytest.mark.parametrize(("command", "name"), [("add", "addendum"), ("void", "reason"), ("fix", "note")])
def test_in_the_form_for_an_entry_the_reason_stands_beside_the_text(office: Office, command: str, name: str) -> None:
    office.work(an_entry())
    before = stored(office)

    refused = office.person().submit(opened(office.say(f"/ccm {command} P-1042#1")), {name: TOLD})

    assert "a phone number (###-###-####)" in refused.errors[name]
    assert stored(office) == before


@pytest.mark.parametrize("name", LINES)
def test_a_practice_with_a_signed_agreement_stores_it(office: Office, name: str) -> None:
    office.work(an_entry())
    allow(office)
    before = stored(office)

    seen = office.say(f"/ccm {LINES[name]}", "U0DOCTOR1" if name == "complex" else "U0NURSE1")

    assert "Nothing was saved" not in seen.words
    assert stored(office) != before


def test_in_the_form_the_reason_stands_beside_the_note_and_the_note_stays_in_it(office: Office) -> None:
    modal = office.say("/ccm log").modal
    assert modal is not None
    filled: dict[str, Any] = {"patient": picked("P-1042"), "length": "12m", "activity": "medication", "note": TOLD}

    refused = office.person().submit(modal, filled)

    assert list(refused.errors) == ["note"]
    assert "a phone number (###-###-####)" in refused.errors["note"]
    assert refused.modal is not None
    office.person().submit(refused.modal, {**filled, "note": NOTE})
    assert [entry.note for entry in office.entries()] == [NOTE]


def timer_count(office: Office) -> int:
    with office.looking() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM timers").scalar_one())


def test_a_timer_keeps_no_identifier_and_goes_on_where_its_end_holds_one(office: Office) -> None:
    assert "IDENTIFIER_IN_TEXT" in office.say(f"/ccm start P-1042 meds {TOLD}").words
    assert timer_count(office) == 0

    office.say("/ccm start P-1042 meds")
    office.clock.move(minutes=12)
    seen = office.say(f"/ccm stop {TOLD}")

    assert "IDENTIFIER_IN_TEXT" in seen.words
    assert f"/ccm stop {TOLD}" in seen.words
    assert (timer_count(office), office.live_count()) == (1, 0)
    assert "*Saved*" in office.say(f"/ccm stop {NOTE}").words


def test_in_the_form_that_starts_a_timer_the_reason_stands_beside_the_note(office: Office) -> None:
    modal = office.say("/ccm start").modal
    assert modal is not None

    refused = office.person().submit(modal, {"patient": picked("P-1042"), "note": TOLD})

    assert list(refused.errors) == ["note"]
    assert "a phone number (###-###-####)" in refused.errors["note"]
    assert timer_count(office) == 0


def test_an_unusual_entry_is_refused_before_anything_is_asked(office: Office) -> None:
    seen = office.say(f"/ccm log P-1042 200m meds {TOLD}")

    assert "IDENTIFIER_IN_TEXT" in seen.words
    assert "Save anyway" not in seen.words


def test_what_is_known_already_is_answered_as_before_when_it_is_delivered_again(office: Office) -> None:
    allow(office)
    office.say(f"/ccm {LINES['log']}")
    with office.database.of("T0TEST").writing() as connection:
        change_policy(connection, office.practice, "allow_identifiers", None, at=NOW, recorded_by="admin1")

    office.deliver_again("slash_commands")

    assert office.live_count() == 1


def test_an_import_of_entries_names_line_and_column_without_the_text(office: Office) -> None:
    rows = [entry_row(), entry_row(note=TOLD)]

    with pytest.raises(ImportRefusedError) as caught:
        import_rows(office.database, office.practice, "entries", rows, at=NOW)

    (problem,) = caught.value.problems
    assert str(problem).startswith("line 3, note: The note has what looks like a phone number (###-###-####)")
    assert MARK not in f"{caught.value} {caught.value.remedy} {problem}"
    assert office.entries() == []


def test_an_import_of_facts_names_line_and_column_without_the_text(office: Office) -> None:
    row = {"date": "2026-11-05", "mdm": "high", "by": "doctor1", "rationale": TOLD}

    with pytest.raises(ImportRefusedError) as caught:
        import_fact_rows(office.database, office.practice, "complexity", [row], at=NOW)

    (problem,) = caught.value.problems
    assert str(problem).startswith("line 2, rationale: The rationale has what looks like a phone number")
    assert MARK not in f"{caught.value} {caught.value.remedy} {problem}"
    assert stored_facts(office.database, kind="complexity") == 0
