"""N1: the next code, the minutes missing and what they are worth."""

from datetime import date
from typing import Any

import pytest

from ledger.rules.facts import Contact, Enrollment, Program
from ledger.rules.policy import Policy

CCM, PCM, RPM = Program("CCM"), Program("PCM"), Program("RPM")


def upcoming(build: Any, facts: Any, program: Program = CCM, **policy: Any) -> list[tuple[str, int, int]]:
    part = build.part(facts, program, Policy(**policy))
    return [(step.code, step.minutes_missing, step.amount_cents) for step in part.next]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (1, [("99490", 19, 6613)]),
        (19, [("99490", 1, 6613)]),
        (20, [("99439", 20, 5044)]),
        (39, [("99439", 1, 5044)]),
        (40, [("99439", 20, 5044)]),
        (59, [("99439", 1, 5044)]),
        (60, []),
        (100, []),
    ],
)
def test_n1_ccm_names_the_next_code_until_the_cap(build: Any, minutes: int, expected: Any) -> None:
    assert upcoming(build, build.month([build.entry(minutes)])) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (5, [("99470", 5, 2605), ("99457", 15, 5177)]),
        (9, [("99470", 1, 2605), ("99457", 11, 5177)]),
        (10, [("99457", 10, 5177 - 2605)]),
        (12, [("99457", 8, 5177 - 2605)]),
        (20, [("99458", 20, 4142)]),
        (79, [("99458", 1, 4142)]),
        (80, []),
    ],
)
def test_n1_rpm_of_2026_names_both_codes_as_they_come(build: Any, minutes: int, expected: Any) -> None:
    assert upcoming(build, build.month([build.rpm(minutes)]), RPM) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(25, [("99426", 5, 6780)]), (30, [("99427", 30, 5411)]), (89, [("99427", 1, 5411)]), (90, [])],
)
def test_n1_pcm(build: Any, minutes: int, expected: Any) -> None:
    assert upcoming(build, build.month([build.entry(minutes, program=PCM)]), PCM) == expected


def test_n1_pcm_of_a_practitioner_alone_leads_to_the_practitioner_code(build: Any) -> None:
    facts = build.month([build.entry(25, program=PCM, staff_id="lee")])
    assert upcoming(build, facts, PCM) == [("99424", 5, 8751)]


def test_n1_a_patient_without_minutes_sees_the_first_codes(build: Any) -> None:
    enrollments = tuple(Enrollment(program, build.at(1, "00:00").date()) for program in (CCM, RPM))
    facts = build.month(enrollments=enrollments)
    assert upcoming(build, facts) == [("99490", 20, 6613)]
    assert upcoming(build, facts, RPM) == [("99470", 10, 2605), ("99457", 20, 5177)]


def test_n1_a_code_that_another_family_would_outbid_by_then_is_not_promised(build: Any) -> None:
    # At 60 practitioner minutes 99490 + 2 x 99439 pays more than 99491 + 99437; 5 minutes lead there first.
    facts = build.month([build.entry(35, staff_id="lee")])
    assert upcoming(build, facts) == [("99439", 5, 11657 - 8918)]


def test_n1_a_practitioner_code_that_comes_sooner_is_named_before_the_next_of_the_family(build: Any) -> None:
    facts = build.month([build.entry(29, staff_id="lee")])
    assert upcoming(build, facts) == [("99491", 1, 8918 - 6613), ("99439", 11, 5044)]


@pytest.mark.parametrize(
    ("program", "minutes", "expected"),
    [
        (CCM, 89, [("99437", 1, 8918 + 2 * 6313 - 16701)]),
        (CCM, 61, [("99437", 29, 8918 + 2 * 6313 - 16701)]),
        (CCM, 90, []),
        (PCM, 89, [("99425", 1, 6146), ("99427", 1, 6780 + 2 * 5411 - 8751 - 6146)]),
    ],
)
def test_n1_at_the_cap_of_a_family_the_next_of_a_better_one_is_named(
    build: Any, program: Program, minutes: int, expected: list[tuple[str, int, int]]
) -> None:
    facts = build.month([build.entry(minutes, program=program, staff_id="lee")])
    assert upcoming(build, facts, program) == expected


def test_n1_of_codes_equally_distant_the_one_that_would_be_billed_is_named_first(build: Any) -> None:
    facts = build.month([build.entry(25, program=PCM, staff_id="lee")])
    cheap = {"2026": {"99424": 5000}}
    assert upcoming(build, facts, PCM, payments=cheap)[0] == ("99426", 5, 6780)


def test_n1_of_several_families_the_one_that_would_be_billed_is_named(build: Any) -> None:
    # 14 more practitioner minutes reach 99491, which pays less; 15 reach the complex code that was designated.
    facts = build.month([build.entry(16, staff_id="lee"), build.entry(29, 4)], **build.designated())
    assert upcoming(build, facts) == [("99487", 15, 14429 - 11657)]


def test_n1_a_code_whose_payment_is_not_known_is_named_with_nothing(build: Any) -> None:
    november = date(2025, 11, 1)
    entry = build.entry(20, program=PCM, date_of_service=november)
    assert upcoming(build, build.month([entry], month=november), PCM) == [("99426", 10, 0)]


@pytest.mark.parametrize("minutes", [55, 59])
def test_n1_minutes_of_staff_are_no_practitioner_minutes(build: Any, minutes: int) -> None:
    # Staff would bring 99426 + 99427 (12191) over 99424 (8751), which 60 practitioner minutes would outbid again.
    facts = build.month([build.entry(minutes, program=PCM, staff_id="lee")])
    missing = 60 - minutes
    assert upcoming(build, facts, PCM) == [("99425", missing, 6146), ("99427", missing, 12191 - 8751)]


def test_n1_a_designated_month_leads_to_the_complex_code(build: Any) -> None:
    assert upcoming(build, build.month([build.entry(39)], **build.designated())) == [("99439", 1, 5044)]
    assert upcoming(build, build.month([build.entry(45)], **build.designated())) == [("99487", 15, 14429 - 11657)]
    assert upcoming(build, build.month([build.entry(60)], **build.designated())) == [("99489", 30, 7816)]
    assert upcoming(build, build.month([build.entry(360)], **build.designated())) == []


def test_n1_a_designation_that_is_not_honored_leads_on_to_the_plain_code(build: Any) -> None:
    facts = build.month([build.entry(45)], **build.designated())
    assert upcoming(build, facts, honor_complexity_designation=False) == [("99439", 15, 5044)]


def test_n1_payments_of_the_practice_are_what_the_minutes_are_worth(build: Any) -> None:
    facts = build.month([build.entry(19)])
    assert upcoming(build, facts, payments={"2026": {"99490": 7000}}) == [("99490", 1, 7000)]


def test_n3_a_blocked_patient_still_has_a_next_code(build: Any) -> None:
    facts = build.month([build.entry(19)], designations=())
    assert upcoming(build, facts) == [("99490", 1, 6613)]
    no_contact = build.month([build.rpm(9, contact=None), build.rpm(5, 4, contact=Contact.VOICEMAIL)])
    assert upcoming(build, no_contact, RPM)[0] == ("99470", 1, 2605)
