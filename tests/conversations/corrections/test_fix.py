"""``/ccm fix``: an entry voided and the one that replaces it saved, as one; what is not said stays as it was."""

from typing import Any

import pytest
from support.practice import NOTE, an_entry, import_rows, patient_row, staff_row, verified
from support.slack import LINE, Harness, table_rows

from bot.views.correction import FIX_ANYWAY

NURSE, OTHER, LEAD = "U0NURSE1", "U0NURSE2", "U0LEAD1"
TIMED = f"/ccm log P-1042 10:05-10:17 meds call yesterday {NOTE}"


def newest(harness: Harness) -> Any:
    """The entry recorded last."""
    return max(harness.entries(), key=lambda entry: entry.position)


def facts(entry: Any) -> tuple[Any, ...]:
    """What an entry says."""
    return entry.duration_minutes, entry.activity, entry.contact, f"{entry.date_of_service}", entry.program, entry.note


AS_IT_WAS = (12, "medication", "live", "2026-11-24", "CCM")
SAID = "Reconciled the insulin list. Dose confirmed with the patient."


@pytest.mark.parametrize(
    ("rest", "now"),
    [
        ("15m", (15, *AS_IT_WAS[1:], SAID)),
        ("15", (15, *AS_IT_WAS[1:], SAID)),
        ("labs", (12, "results_review", *AS_IT_WAS[2:], SAID)),
        ("vm", (12, "medication", "voicemail", *AS_IT_WAS[3:], SAID)),
        ("yesterday", (12, "medication", "live", "2026-11-23", "CCM", SAID)),
        ("rpm", (12, "medication", "live", "2026-11-24", "RPM", SAID)),
        ("Found a double dose & told the doctor.", (*AS_IT_WAS, "Found a double dose & told the doctor.")),
        ("20m labs 11/20 Another note.", (20, "results_review", "live", "2026-11-20", "CCM", "Another note.")),
    ],
)
def test_what_is_said_changes_and_the_rest_stays(harness: Harness, rest: str, now: tuple[Any, ...]) -> None:
    harness.say(LINE)

    harness.say(f"/ccm fix P-1042#1 {rest}")

    fixed = newest(harness)
    assert facts(fixed) == now
    assert (fixed.position, fixed.replaces_position, fixed.staff_id) == (3, 1, "nurse1")
    assert harness.live_count() == 1
    assert verified(harness.database, harness.practice).difference is None


@pytest.mark.parametrize(
    ("rest", "day", "times"),
    [
        ("labs", "Mon Nov 23", "10:05–10:17 am"),
        ("15m", "Mon Nov 23", "10:05–10:20 am"),
        ("11/20", "Fri Nov 20", "10:05–10:17 am"),
        ("8:00-8:30", "Mon Nov 23", "8:00–8:30 am"),
        ("at 8:00", "Mon Nov 23", "8:00–8:12 am"),
        ("at 8:00am 20m today", "Tue Nov 24", "8:00–8:20 am"),
        ("-15", "Tue Nov 24", "9:33–9:45 am"),
    ],
)
def test_times_move_with_what_is_said(harness: Harness, rest: str, day: str, times: str) -> None:
    harness.say(TIMED)

    assert f"{day}, {times}" in harness.say(f"/ccm fix P-1042#1 {rest}").words


def test_an_entry_without_times_can_be_given_them(harness: Harness) -> None:
    harness.say(LINE.replace("12m", "12m yesterday"))

    assert "12 min · medication · live call · Mon Nov 23, 2:05–2:17 pm" in harness.say("/ccm fix 1042#1 at 14:05").words


def test_the_receipt_shows_the_total_before_and_after_and_what_was_replaced(harness: Harness) -> None:
    harness.work(an_entry(patient="P-1042", minutes=8))
    harness.say(LINE)

    seen = harness.say("/ccm fix P-1042#2 9m")

    assert "*Fixed* · *P-1042* · 9 min · medication · live call · Tue Nov 24 · CCM · entry P-1042#4" in seen.words
    assert "*20 → 17 minutes* in November · 3 more for 99490" in seen.words
    assert "It replaces P-1042#2, which stays in the record as voided (rule E5)." in seen.words


def test_a_fix_into_another_month_shows_both_totals(harness: Harness) -> None:
    harness.say(LINE)

    seen = harness.say("/ccm fix P-1042#1 10/30")

    assert "*12 → 0 minutes* in November" in seen.words
    assert "*0 → 12 minutes* in October" in seen.words


def test_a_fix_of_the_program_shows_both_programs(harness: Harness) -> None:
    harness.say(LINE.replace("P-1042 12m", "P-1044 12m ccm"))

    seen = harness.say("/ccm fix P-1044#1 rpm")

    assert "*12 → 0 minutes* in November" in seen.words
    assert "*0 → 12 minutes* in November · 99470 reached".replace("99470 reached", "*99470 reached*") in seen.words


def test_the_statement_shows_both_entries_once_each_and_what_replaces_what(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm fix P-1042#1 15m")

    rows = table_rows(harness.say("/ccm patient P-1042").message)
    assert [(row[0], row[3], row[5], row[6]) for row in rows] == [
        ("#1", "medication, live call", "0", "12 min VOIDED (C1): replaced by P-1042#3"),
        ("#3", "medication, live call (replaces #1)", "15", "–"),
    ]


def test_neither_the_times_nor_the_likeness_of_the_replaced_entry_stand_in_the_way(harness: Harness) -> None:
    harness.say(TIMED)

    assert "*Fixed*" in harness.say("/ccm fix P-1042#1 10:06-10:18").words


def test_the_times_of_another_entry_stand_in_the_way_and_nothing_is_changed(harness: Harness) -> None:
    harness.say(TIMED)
    harness.say(TIMED.replace("P-1042 10:05-10:17", "P-1043 11:00-11:20"))

    seen = harness.say("/ccm fix P-1042#1 10:55-11:05")

    assert "P-1043#1 (rule E6)" in seen.words
    assert harness.live_count() == 2


def test_a_call_over_midnight_is_fixed_whole(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 23:50-00:10 meds yesterday {NOTE}")

    seen = harness.say("/ccm fix P-1042#2 23:45-00:15")

    assert "30 min" in seen.words
    assert "It replaces P-1042#1, P-1042#2," in seen.words
    assert [(entry.position, entry.replaces_position) for entry in harness.entries()][2:] == [(5, 1), (6, 1)]


def test_what_was_added_to_the_note_is_kept(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm add P-1042#1 Pharmacy told.")

    harness.say("/ccm fix P-1042#1 15m")

    assert newest(harness).note == f"{SAID}\nPharmacy told."


@pytest.mark.parametrize(
    ("rest", "complaint"),
    [
        ("12m meds", "nothing would change."),
        ("12x", '"12x" cannot be read as a length'),
        ("P-1043", '"P-1043" is a second patient.'),
        ("11:00-11:30", "has not ended yet"),
        (f"{'long ' * 700}", "3000 fit."),
    ],
)
def test_what_cannot_be_fixed_is_said_and_changes_nothing(harness: Harness, rest: str, complaint: str) -> None:
    harness.say(LINE)

    seen = harness.say(f"/ccm fix P-1042#1 {rest}")

    assert complaint in seen.words
    assert "Nothing was saved." in seen.words
    assert [entry.position for entry in harness.entries()] == [1]
    assert harness.live_count() == 1


def test_a_contact_must_be_said_where_the_work_becomes_one(harness: Harness) -> None:
    harness.say(f"/ccm log P-1042 12m meds {NOTE}")

    assert "How was the contact" in harness.say("/ccm fix P-1042#1 patient-contact").words
    assert "patient contact · live call" in harness.say("/ccm fix P-1042#1 patient-contact call").words


def test_a_time_that_clocks_skip_on_the_new_day_is_said(harness: Harness) -> None:
    row = patient_row(code="P-2000", enrolled_on="2025-01-05", consent_date="2025-01-05")
    import_rows(harness.database, harness.practice, "patients", [row])
    harness.say(f"/ccm log P-2000 2:10am-2:20am meds 03/09/2026 {NOTE}")

    assert "Clocks skipped 02:10 on 2026-03-08" in harness.say("/ccm fix P-2000#1 03/08/2026").words
    assert harness.live_count() == 1


def test_the_entry_of_somebody_else_is_not_fixed_even_by_a_lead(harness: Harness) -> None:
    both = staff_row(id="lead1", slack_user_id=LEAD, name="Lead One", credential="RN", roles="lead;coordinator")
    import_rows(harness.database, harness.practice, "staff", [both])
    harness.say(LINE)

    for user in (OTHER, LEAD):
        seen = harness.say("/ccm fix P-1042#1 15m", user)
        assert "P-1042#1 is not your entry." in seen.words
        assert "a lead of Blue Team can void it: /ccm void P-1042#1" in seen.words
    assert len(harness.entries()) == harness.live_count() == 1


def test_a_voided_entry_names_the_one_that_replaces_it(harness: Harness) -> None:
    harness.say(LINE)
    harness.say("/ccm fix P-1042#1 15m")

    assert "P-1042#1 was already voided; P-1042#3 replaces it." in harness.say("/ccm fix P-1042#1 16m").words
    assert "entry P-1042#5" in harness.say("/ccm fix P-1042#3 16m").words


@pytest.mark.parametrize("line", ["/ccm undo", "/ccm void P-1042#3 Logged by mistake."])
def test_who_takes_a_fix_back_is_told_that_the_replaced_entry_stays_voided(harness: Harness, line: str) -> None:
    harness.say(LINE)
    harness.say("/ccm fix P-1042#1 15m")

    seen = harness.say(line)

    assert "*15 → 0 minutes* in November" in seen.words
    assert "So does P-1042#1, which it had replaced: log it again if it should count." in seen.words
    assert harness.live_count() == 0


def test_help_for_fix_has_all_the_words_it_knows(harness: Harness) -> None:
    words = harness.say("/ccm help fix").words

    assert all(word in words for word in ("ENTRY", "`meds`", "`voicemail`", "`yesterday`", "`10:05-10:17`", "`rpm`"))


def test_a_fix_delivered_twice_fixes_once_and_answers_alike(harness: Harness) -> None:
    harness.say(LINE)
    first = harness.say("/ccm fix P-1042#1 15m")

    again = harness.deliver_again("slash_commands")

    assert first.message.body["text"] == again["text"] == "Fixed: P-1042, 15 minutes. 15 minutes in November."
    assert "nothing was saved twice" in str(again["blocks"])
    assert len(harness.entries()) == 2


def test_an_unusual_length_is_asked_about_and_fixed_once_however_often_it_is_pressed(harness: Harness) -> None:
    harness.say(LINE.replace("12m", "12m yesterday"))

    asked = harness.say("/ccm fix P-1042#1 200m")
    assert "200 minutes is over 180 (rule E4)." in asked.words
    assert harness.live_count() == 1
    assert len(harness.entries()) == 1

    assert "*Fixed* · *P-1042* · 200 min" in harness.press(asked, FIX_ANYWAY).words
    harness.deliver_again("interactive", trigger_id="another press of the same button")
    assert len(harness.entries()) == 2


def test_an_unusual_length_with_a_note_too_long_for_a_button_is_fixed_in_two_steps(harness: Harness) -> None:
    harness.say(LINE.replace("12m", "12m yesterday"))

    seen = harness.say(f"/ccm fix P-1042#1 200m {'x' * 2500}")

    assert "Fix it without the note first (/ccm fix P-1042#1 200m), then add the text" in seen.words
    assert len(harness.entries()) == 1


def test_a_fix_button_does_nothing_for_those_who_may_not_fix(harness: Harness) -> None:
    harness.say(LINE.replace("12m", "12m yesterday"))
    harness.press(harness.say("/ccm fix P-1042#1 200m"), FIX_ANYWAY)
    harness.say("/ccm void P-1042#3 Again.")
    harness.say(LINE)

    harness.deliver_again("interactive", user={"id": "U0BILLER1"})

    assert "ROLE_NEEDED" in "\n".join(seen.words for seen in harness.person().messages("C0GENERAL"))
