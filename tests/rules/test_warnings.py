"""W1 to W10 and W12: what an auditor would ask about, on both sides of every edge. None of them changes a code."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.rules.facts import Activity, CarePlanRevision, Contact, Program, Stay
from ledger.rules.warnings import note_advice

FINE = "Reconciled the insulin list with the pharmacy. Dose confirmed."


def warned(
    build: Any, entries: list[Any], program: Program = Program("CCM"), **facts: Any
) -> dict[str, tuple[int, ...]]:
    """The entries each warning speaks of, by its name."""
    part = build.part(build.month(entries, **facts), program)
    return {warning.name: warning.entries for warning in part.warnings}


@pytest.mark.parametrize(
    ("note", "advice"),
    [
        (FINE, None),
        ("Sugar 7.2 this morning, up from 6.1! Moved the evening dose to 18:00?", None),
        ("Called the pharmacy about the insulin list\nDose confirmed with Dr. Lee", None),
        ("Spoke to Dr. Smith about the medication list and the dose", "Note is one sentence: add what was decided."),
        ("Spoke to Mr. A, Mrs. B and Ms. C about insulin vs. tablets", "Note is one sentence: add what was decided."),
        ("Reconciled the whole insulin list with the pharmacy of the patient.", "Note is one sentence: add what was"),
        ("List done. Dose confirmed, all is well.", "Note is short: say what was found and what was decided."),
        ("List is done. Dose confirmed, all is fine", None),
        ("List was done. Dose confirmed, all well.", None),
        ("Reconciled the insulin list with the pharmacy. ..!? \n", "Note is one sentence: add what was decided."),
        ("ok", "Note is short"),
        ("", "Note is short"),
        ("Reviewed chart.", "Note is a stock phrase"),
        ("patient contacted", "Note is a stock phrase"),
        ("Reviewed chart. Followed up. Coordinated care. Patient contacted.", "Note is a stock phrase"),
        ("Reviewed chart. Followed up on the insulin dose with the pharmacy.", None),
    ],
)
def test_w1_a_note_says_what_was_found_and_what_was_decided(note: str, advice: str | None) -> None:
    found = note_advice(note)
    assert found is None if advice is None else found is not None and found.startswith(advice)


def test_w1_names_the_entries_with_thin_notes_and_no_voided_ones(build: Any) -> None:
    entries = [
        build.entry(5, note="Reviewed chart."),
        build.entry(6),
        build.entry(7, note="ok"),
        build.entry(8, note="no"),
    ]
    entries[3] = replace(entries[3], voided=True)
    assert warned(build, entries)["NOTE_THIN"] == (0, 2)
    assert "NOTE_THIN" not in warned(build, [build.entry(5)])


@pytest.mark.parametrize(
    ("revised", "expected"), [(date(2026, 9, 1), False), (date(2026, 8, 31), True), (date(2026, 11, 30), False)]
)
def test_w2_a_plan_not_revised_in_90_days(build: Any, revised: date, expected: bool) -> None:
    plans = (CarePlanRevision(revised),)
    assert ("PLAN_UNTOUCHED" in warned(build, [build.entry()], care_plans=plans)) == expected
    assert "PLAN_UNTOUCHED" not in warned(build, [build.entry(voided=True)], care_plans=plans)
    assert "PLAN_UNTOUCHED" not in warned(build, [build.rpm()], Program("RPM"), care_plans=plans)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([5, 10, 15, 20, 25], (0, 1, 2, 3, 4)),
        ([5, 10, 15, 20, 7], (0, 1, 2, 3)),
        ([5, 10, 15, 8, 7], None),
        ([5, 10, 15, 20], None),
        ([5, 10, 15, 20, 7, 8], None),
        ([5, 5, 5, 5, 5, 5, 5, 5, 1, 2], (0, 1, 2, 3, 4, 5, 6, 7)),
        ([7] * 6 + [5] * 23, None),
    ],
)
def test_w3_round_lengths_without_times(build: Any, lengths: list[int], expected: tuple[int, ...] | None) -> None:
    entries = [build.entry(minutes, 1 + number) for number, minutes in enumerate(lengths)]
    assert warned(build, entries).get("ROUND_MINUTES") == expected


def test_w3_entries_with_times_are_not_asked_about(build: Any) -> None:
    entries = [build.timed("10:00", "10:10", 3 + number) for number in range(5)]
    assert "ROUND_MINUTES" not in warned(build, entries)


@pytest.mark.parametrize(
    ("lengths", "expected"), [([19, 1], (1,)), ([19, 2], None), ([20, 20], (1,)), ([20, 25], None), ([19], None)]
)
def test_w4_the_last_entry_brought_the_total_to_exactly_a_threshold(
    build: Any, lengths: list[int], expected: tuple[int, ...] | None
) -> None:
    entries = [build.entry(minutes, 3 + number) for number, minutes in enumerate(lengths)]
    assert warned(build, entries).get("EXACT_THRESHOLD") == expected


def test_w4_the_last_entry_is_the_one_recorded_last(build: Any) -> None:
    early, late = build.entry(1, 3, recorded_at=build.at(9, "10:00")), build.entry(19, 4)
    assert warned(build, [early, late])["EXACT_THRESHOLD"] == (0,)


def test_w4_the_short_code_of_rpm_is_a_threshold_too(build: Any) -> None:
    assert "EXACT_THRESHOLD" in warned(build, [build.rpm(10)], Program("RPM"))
    assert "EXACT_THRESHOLD" not in warned(build, [build.rpm(11)], Program("RPM"))


def test_w5_an_entry_with_times_is_late_72_hours_after_its_end(build: Any) -> None:
    entry = build.timed("10:00", "10:20", 10)
    on_time = replace(entry, recorded_at=entry.ended_at + timedelta(hours=72))
    late = replace(entry, recorded_at=entry.ended_at + timedelta(hours=72, seconds=1))
    assert "LATE_ENTRY" not in warned(build, [on_time])
    assert warned(build, [build.entry(5), late])["LATE_ENTRY"] == (1,)


def test_w5_an_hour_of_the_practice_far_east_is_its_own(build: Any) -> None:
    # Ten past midnight in Kolkata is 18:40 UTC of the day before: 76 hours before the recording, 2 dates apart.
    zone = ZoneInfo("Asia/Kolkata")
    start = datetime(2026, 11, 10, 0, 10, tzinfo=zone)
    recorded_at = datetime(2026, 11, 12, 23, 0, tzinfo=UTC)
    entry = build.entry(10, 10, started_at=start, ended_at=start + timedelta(minutes=10), recorded_at=recorded_at)
    assert "LATE_ENTRY" in warned(build, [entry], timezone="Asia/Kolkata")


def test_w5_an_entry_without_times_is_late_72_hours_after_its_date(build: Any) -> None:
    assert "LATE_ENTRY" not in warned(build, [build.entry(5, 10, recorded_at=build.at(14, "00:00"))])
    assert "LATE_ENTRY" in warned(build, [build.entry(5, 10, recorded_at=build.at(14, "00:01"))])


def test_w6_no_entry_of_the_month_has_times(build: Any) -> None:
    assert warned(build, [build.entry(5), build.entry(6, 4)])["NO_TIMES"] == (0, 1)
    assert "NO_TIMES" not in warned(build, [build.entry(5), build.timed("10:00", "10:05", 4)])
    assert "NO_TIMES" not in warned(build, [])


@pytest.mark.parametrize(
    ("stay", "expected"),
    [
        (Stay("inpatient", date(2026, 11, 30)), True),
        (Stay("inpatient", date(2026, 10, 20), date(2026, 11, 1)), True),
        (Stay("inpatient", date(2026, 10, 20), date(2026, 10, 31)), False),
        (Stay("inpatient", date(2026, 12, 1)), False),
        (Stay("home", date(2026, 11, 10)), False),
    ],
)
def test_w7_a_stay_touches_a_month_whose_minutes_are_billed(build: Any, stay: Stay, expected: bool) -> None:
    assert ("FACILITY_MONTH" in warned(build, [build.entry(20)], stays=(stay,))) == expected
    assert "FACILITY_MONTH" not in warned(build, [build.entry(19)], stays=(stay,))
    assert "FACILITY_MONTH" not in warned(build, [build.entry(20)], stays=(stay,), designations=())


@pytest.mark.parametrize(("minutes", "expected"), [(300, False), (301, True)])
def test_w8_over_600_minutes_of_one_staff_member_in_a_day(build: Any, minutes: int, expected: bool) -> None:
    entries = [build.entry(300), build.entry(minutes)]
    assert ("CROWDED_HOUR" in warned(build, entries)) == expected
    found = build.part(build.month([*entries, build.entry(5, staff_id="bob"), build.entry(7, 4)])).warnings
    full = [(warning.text, warning.entries) for warning in found if warning.name == "CROWDED_HOUR"]
    assert full == ([("one staff member has 601 counted minutes in one day on Nov 3", (0, 1))] if expected else [])
    two_people = [entries[0], replace(entries[1], staff_id="bob")]
    assert "CROWDED_HOUR" not in warned(build, two_people)


@pytest.mark.parametrize(("seconds", "expected"), [(60, False), (59, True)])
def test_w8_over_60_minutes_of_one_staff_member_in_a_clock_hour(build: Any, seconds: int, expected: bool) -> None:
    # Pieces of 59 seconds are a minute each by rule E2: 61 of them fit into an hour.
    start = build.at(3, "10:00")
    entries = []
    for number in range(3600 // seconds):
        begin = start + timedelta(seconds=seconds * number)
        entries.append(build.entry(1, started_at=begin, ended_at=begin + timedelta(seconds=seconds)))
    # Work around the hour belongs to other hours.
    entries.append(build.timed("11:10", "11:40"))
    found = build.part(build.month(entries)).warnings
    full = [warning.text for warning in found if warning.name == "CROWDED_HOUR"]
    assert full == (["one staff member has 61 counted minutes in one clock hour on Nov 3"] if expected else [])


def test_warnings_say_what_an_auditor_would_see_in_numbers(build: Any) -> None:
    entries = [
        build.entry(5, 28, note="ok"),
        build.entry(10, 28, note="ok"),
        build.entry(5, 29, recorded_at=build.at(3, "10:00", date(2026, 12, 1)) + timedelta(days=9)),
        build.entry(10, 30),
        build.entry(10, 30, staff_id="bob"),
    ]
    stays = (Stay("snf", date(2026, 11, 1), date(2026, 11, 2)),)
    found = build.part(build.month(entries, care_plans=(CarePlanRevision(date(2026, 8, 1)),), stays=stays)).warnings
    assert [f"{warning.code} {warning.text} {warning.entries}" for warning in found] == [
        "W1 thin notes (0, 1)",
        "W2 minutes count, but the care plan was not revised in 90 days ()",
        "W3 5 of 5 entries without times are multiples of 5 (0, 1, 2, 3, 4)",
        "W4 the last entry brought the total to exactly 40 (2,)",
        "W5 recorded more than 72 hours after the work (2,)",
        "W6 no entry of the month has start and end (0, 1, 2, 3, 4)",
        "W7 a facility stay touches the month, and minutes are billed ()",
        "W9 40 of 40 minutes fall in the last 3 days of the month (0, 1, 2, 3, 4)",
        "W10 entries share a note word for word (0, 1)",
        "W12 these entries may be the same work, logged twice (3, 4)",
        (
            "W13 the care plan is not recorded as having: problem list, expected outcome and prognosis, measurable "
            "goals, symptom management, medication management, planned interventions and who is responsible for each, "
            "coordination with outside services, periodic review ()"
        ),
        "W14 no copy of the care plan is recorded as given to the patient or caregiver ()",
        (
            "W15 the consent does not record: what the service is, cost sharing, only one practitioner a month, the "
            "right to stop, who took it ()"
        ),
    ]


def pieces(start: datetime, count: int, build: Any) -> list[Any]:
    """Pieces of work of 59 seconds, a minute each by rule E2, one after the other."""
    length = timedelta(seconds=59)
    return [
        build.entry(1, started_at=start + number * length, ended_at=start + (number + 1) * length)
        for number in range(count)
    ]


def test_w8_work_over_the_full_hour_belongs_to_each_hour_with_its_share(build: Any) -> None:
    # 58 minutes, and 4 of which 2 lie before the hour is full: 60 in the first hour.
    entries = [*pieces(build.at(3, "10:00"), 58, build), build.timed("10:58", "11:02")]
    assert "CROWDED_HOUR" not in warned(build, entries)
    entries[-1] = build.timed("10:57:29", "11:01:30")
    assert "CROWDED_HOUR" in warned(build, entries)


def test_w8_a_clock_hour_is_one_of_the_practice(build: Any) -> None:
    start = datetime(2026, 11, 3, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata"))  # half past in UTC
    assert "CROWDED_HOUR" in warned(build, pieces(start, 61, build), timezone="Asia/Kolkata")
    assert "CROWDED_HOUR" not in warned(build, pieces(start, 61, build))


@pytest.mark.parametrize(("late", "expected"), [(10, None), (11, (1,))])
def test_w9_over_half_of_the_minutes_in_the_last_three_days(
    build: Any, late: int, expected: tuple[int, ...] | None
) -> None:
    assert warned(build, [build.entry(10, 27), build.entry(late, 28)]).get("LAST_MINUTE") == expected


def test_w10_two_entries_share_a_note_word_for_word(build: Any) -> None:
    entries = [build.entry(5, 3, note=FINE), build.entry(6, 4), build.entry(7, 5, note=f"  {FINE.upper()} ")]
    assert warned(build, entries)["CLONED_NOTE"] == (0, 2)
    assert "CLONED_NOTE" not in warned(build, entries[:2])
    assert "CLONED_NOTE" not in warned(build, [entries[0], replace(entries[2], voided=True)])
    assert "CLONED_NOTE" not in warned(build, [build.entry(5, note=""), build.entry(6, note="")])


def test_w10_the_parts_of_work_over_midnight_are_one_entry(build: Any) -> None:
    first, second = build.entry(5, 3, note=FINE), build.entry(6, 4, note=FINE)
    parts = [replace(first, first_part_number=0), replace(second, first_part_number=0)]
    assert "CLONED_NOTE" not in warned(build, parts)
    assert warned(build, [*parts, build.entry(7, 9, note=FINE)])["CLONED_NOTE"] == (0, 1, 2)


def test_w10_a_note_shared_between_programs_is_told_in_both(build: Any) -> None:
    rpm = build.entry(7, 5, program=Program("RPM"), activity=Activity.PATIENT_CONTACT, contact=Contact.LIVE, note=FINE)
    entries = [build.entry(5, note=FINE), rpm]
    assert warned(build, entries)["CLONED_NOTE"] == (0, 1)
    assert warned(build, entries, Program("RPM"))["CLONED_NOTE"] == (0, 1)


def like(build: Any, **other: Any) -> list[Any]:
    """A call of 20 minutes by Ann without times, and one by Bob that differs from it in ``other`` alone."""
    call = {"activity": Activity.PATIENT_CONTACT, "contact": Contact.LIVE}
    return [build.entry(20, **call), build.entry(20, **{**call, "staff_id": "bob", **other})]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, True),
        ({"duration_minutes": 7}, True),
        ({"program": Program("RPM")}, True),
        ({"contact": Contact.VOICEMAIL}, False),
        ({"activity": Activity.CAREGIVER_CONTACT}, False),
        ({"date_of_service": date(2026, 11, 4)}, False),
        ({"voided": True}, False),
        ({"staff_id": "ann"}, False),
        ({"staff_id": "ann", "external_id": "E-1"}, True),
        ({"staff_id": "ann", "external_id": "E-1", "duration_minutes": 19}, False),
    ],
    ids=str,
)
def test_w12_two_entries_may_be_one_piece_of_work(build: Any, other: dict[str, Any], expected: bool) -> None:
    entries = [build.entry(5, 9), *like(build, **other)]
    assert warned(build, entries).get("POSSIBLE_DOUBLE") == ((1, 2) if expected else None)


@pytest.mark.parametrize(
    ("ids", "expected"), [(("E-1", "E-2"), True), (("E-1", "E-1"), False), ((None, None), False)], ids=str
)
def test_w12_one_row_under_two_external_ids(build: Any, ids: tuple[str | None, str | None], expected: bool) -> None:
    rows = [build.entry(12, external_id=ids[0]), build.entry(12, external_id=ids[1])]
    assert ("POSSIBLE_DOUBLE" in warned(build, rows)) is expected


def test_w12_times_tell_two_entries_apart_where_both_have_them(build: Any) -> None:
    first, second = build.timed("10:00", "10:20"), build.timed("10:10", "10:30", staff_id="bob")
    untimed = replace(second, started_at=None, ended_at=None)
    assert "POSSIBLE_DOUBLE" not in warned(build, [first, second])
    assert warned(build, [first, untimed])["POSSIBLE_DOUBLE"] == (0, 1)


def test_w12_a_double_between_programs_is_told_in_both(build: Any) -> None:
    entries = like(build, program=Program("RPM"))
    assert warned(build, entries)["POSSIBLE_DOUBLE"] == (0, 1)
    assert warned(build, entries, Program("RPM"))["POSSIBLE_DOUBLE"] == (0, 1)


def test_every_warning_says_its_number_and_words(build: Any) -> None:
    warning = build.part(build.month([build.entry(5, note="ok")])).warnings[0]
    assert (warning.code, warning.name, warning.text) == ("W1", "NOTE_THIN", "thin notes")


def test_warnings_change_no_code(build: Any) -> None:
    fine = [build.timed("10:00", "10:12", 3), build.timed("10:00", "10:09", 9)]
    poor = [
        replace(
            entry,
            note="Followed up.",
            recorded_at=entry.recorded_at + timedelta(days=30),
            started_at=None,
            ended_at=None,
        )
        for entry in fine
    ]
    assert build.codes(build.statement(build.month(fine))) == build.codes(build.statement(build.month(poor)))
