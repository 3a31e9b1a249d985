"""The field for a line in the log form: what Enter fills in, and what comes of saving with a line in it."""

from typing import Any

import pytest
from support.forms import by_id, input_id, name_of, opened, prefilled
from support.practice import NOTE
from support.slack import LINE, Harness, picked

from bot.playground import Glance, SeenView
from bot.views.forms.log import READ_LINE

TYPED = LINE.removeprefix("/ccm log ")
REST = {"activity": "medication", "note": NOTE}


def enter(harness: Harness, view: SeenView, line: str, values: dict[str, Any] | None = None) -> SeenView:
    """The form after pasting ``line`` into it and pressing Enter, with ``values`` entered before."""
    entered = by_id(view, values or {})
    return opened(harness.person().press(view, READ_LINE, line, block_id=input_id(view, "line"), values=entered))


def save(harness: Harness, view: SeenView, values: dict[str, Any] | None = None) -> Glance:
    return harness.person().submit(view, by_id(view, values or {}))


def errors_by_name(seen: Glance) -> dict[str, str]:
    return {name_of(block_id): words for block_id, words in seen.errors.items()}


@pytest.mark.parametrize("begin", ["", "/ccm log ", "log "])
def test_enter_fills_the_form_from_the_line_and_takes_the_line_away(harness: Harness, begin: str) -> None:
    view = enter(harness, opened(harness.say("/ccm log")), f"{begin}{TYPED}")

    assert "Filled in from the line. Check it and save." in view.words
    assert prefilled(view) == {
        "patient": "P-1042",
        "length": "12m",
        "activity": "medication",
        "contact": "live",
        "date": "2026-11-24",
        "note": "Reconciled the insulin list. Dose confirmed with the patient.",
    }
    assert opened(save(harness, view)).title == "Saved"
    (entry,) = harness.entries()
    assert (entry.duration_minutes, entry.note) == (12, prefilled(view)["note"])


def test_a_day_in_the_line_takes_the_place_of_the_one_that_the_form_began_with(harness: Harness) -> None:
    view = enter(harness, opened(harness.say("/ccm log")), "P-1042 10:05-10:17 yesterday meds Reconciled <5 & more.")

    assert prefilled(view)["date"] == "2026-11-23"
    assert prefilled(view)["length"] == "10:05-10:17"
    assert prefilled(view)["note"] == "Reconciled <5 & more."


def test_what_was_entered_before_survives_and_what_the_line_says_otherwise_is_told(harness: Harness) -> None:
    view = enter(
        harness,
        opened(harness.say("/ccm log")),
        TYPED,
        {"patient": picked("P-1043"), "length": "20m", "note": "Typed."},
    )

    assert "Left as it stands in the form:" in view.words
    for said in ("the patient (the line says “P-1042”)", "the length (the line says “12m”)", "the note (the line says"):
        assert said in view.words
    seen = save(harness, view)
    assert set(errors_by_name(seen)) == {"patient", "length", "note"}
    assert "The line below says “P-1042”" in errors_by_name(seen)["patient"]
    assert harness.live_count() == 0

    save(harness, view, {"line": ""})
    assert [(entry.patient_code, entry.duration_minutes, entry.note) for entry in harness.entries()] == [
        ("P-1043", 20, "Typed.")
    ]


def test_a_length_written_otherwise_is_no_contradiction(harness: Harness) -> None:
    view = enter(harness, opened(harness.say("/ccm log")), TYPED, {"length": "12 min"})

    assert "Left as it stands" not in view.words


def test_what_could_not_be_read_is_said_and_the_line_stays_to_be_corrected(harness: Harness) -> None:
    view = enter(harness, opened(harness.say("/ccm log")), TYPED.replace("12m", "12x"))
    assert '"12x" cannot be read as a length' in view.words
    assert "Still needed" not in view.words
    assert "length" not in prefilled(view)
    assert prefilled(view)["line"] == TYPED.replace("12m", "12x")

    again = enter(harness, view, TYPED)
    assert "Filled in from the line." in again.words
    assert prefilled(again)["length"] == "12m"
    assert "line" not in prefilled(again)


def test_what_the_line_does_not_say_is_still_asked_for(harness: Harness) -> None:
    view = enter(harness, opened(harness.say("/ccm log")), "P-1042 meds", {"length": "12m"})

    assert "Still needed: the note." in view.words


def test_a_line_that_could_not_be_read_does_not_hinder_where_the_form_says_it(harness: Harness) -> None:
    view = enter(harness, opened(harness.say("/ccm log")), TYPED.replace("12m", "12x"))

    assert opened(save(harness, view, {"length": "12m"})).title == "Saved"


def test_saving_with_a_line_fills_what_was_left_empty(harness: Harness) -> None:
    form = opened(harness.say("/ccm log"))
    filled = {"patient": picked("P-1044"), "length": "5m", **REST, "line": "P-1044 5m meds call rpm 11/20"}

    assert opened(save(harness, form, filled)).title == "Saved"
    (entry,) = harness.entries()
    assert (entry.program, entry.contact, f"{entry.date_of_service}") == ("RPM", "live", "2026-11-20")


def test_saving_with_a_line_that_cannot_be_read_says_so_beside_it(harness: Harness) -> None:
    form = opened(harness.say("/ccm log"))
    filled = {"patient": picked("P-1042"), "length": "5m", **REST, "line": "P-1042 5m meds 02/31"}

    seen = save(harness, form, filled)

    assert list(errors_by_name(seen)) == ["line"]
    assert '"02/31" is no date of the calendar.' in errors_by_name(seen)["line"]
    assert opened(save(harness, form, {**filled, "line": ""})).title == "Saved"


def test_a_date_that_cannot_be_read_is_asked_for_and_not_taken_to_be_today(harness: Harness) -> None:
    view = enter(harness, opened(harness.say("/ccm log")), TYPED.replace("12m", "12m 02/31"))

    assert "date" not in prefilled(view)


def test_the_question_about_an_unusual_entry_keeps_what_the_line_filled_in(harness: Harness) -> None:
    form = opened(harness.say("/ccm log"))
    asked = opened(
        save(harness, form, {"patient": picked("P-1042"), "length": "200m", **REST, "line": "P-1042 meds call 11/20"})
    )

    assert "Save it anyway?" in asked.words
    assert "line" not in {name_of(block["block_id"]) for block in asked.blocks}
    save(harness, asked, {"confirm": ["yes"]})
    (entry,) = harness.entries()
    assert (entry.duration_minutes, entry.contact, f"{entry.date_of_service}") == (200, "live", "2026-11-20")


def test_enter_pressed_twice_shows_what_the_first_press_did(harness: Harness) -> None:
    harness.allows_refusals = True
    view = enter(harness, opened(harness.say("/ccm log")), TYPED)

    assert harness.deliver_again("interactive") == {}

    assert harness.person().modal == view
    assert [each.refused for each in harness.playground.refusals] == ["hash_conflict"]


def test_a_filled_form_delivered_twice_is_stored_once(harness: Harness) -> None:
    save(harness, enter(harness, opened(harness.say("/ccm log")), TYPED))
    harness.deliver_again("interactive")

    assert harness.live_count() == 1


@pytest.mark.parametrize("user", ["U0LEAD1", "U0BILLER1", "U0ADMIN1"])
def test_a_line_of_those_who_may_not_log_fills_nothing_in(harness: Harness, user: str) -> None:
    view = opened(harness.say("/ccm log"))
    enter(harness, view, TYPED)
    sent = harness.last_payload("interactive")
    before = harness.person().modal
    assert before is not None

    harness.deliver_again("interactive", user={"id": user}, view={**sent["view"], "hash": before.body["hash"]})

    after = harness.person().modal
    assert after is not None
    assert "ROLE_NEEDED" in after.words
    assert harness.live_count() == 0


def test_a_database_that_is_away_loses_nothing(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    view = opened(harness.say("/ccm log"))
    monkeypatch.setattr("bot.commands.log.fill", lambda *_, **__: {}["gone"])

    after = enter(harness, view, TYPED, {"length": "20m"})

    assert "Something went wrong on our side." in after.words
    assert prefilled(after) == {"length": "20m", "date": "2026-11-24", "line": TYPED}
