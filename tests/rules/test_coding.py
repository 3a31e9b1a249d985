"""R1 to R8: which codes are billed, on both sides of every threshold."""

from datetime import date
from typing import Any

import pytest

from ledger.rules.facts import CarePlanRevision, Contact, Designation, Enrollment, Program, Readings, StaffMember
from ledger.rules.policy import Policy
from ledger.rules.statement import Status

NOVEMBER = date(2026, 11, 1)


def pieces(minutes: int) -> list[int]:
    """The minutes in entries of a day or less."""
    return [min(600, minutes - done) for done in range(0, minutes, 600)]


def codes(build: Any, minutes: int, program: Program, *, policy: Policy | None = None, **facts: Any) -> list[str]:
    staff_id = facts.pop("staff_id", "ann")
    fields = {"staff_id": staff_id} if program == Program("RPM") else {"staff_id": staff_id, "program": program}
    make = build.rpm if program == Program("RPM") else build.entry
    entries = [make(length, **fields) for length in pieces(minutes)]
    return build.codes(build.statement(build.month(entries, **facts), policy or Policy()))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (1, []),
        (19, []),
        (20, ["99490"]),
        (39, ["99490"]),
        (40, ["99490", "99439"]),
        (59, ["99490", "99439"]),
        (60, ["99490", "99439*2"]),
        (79, ["99490", "99439*2"]),
        (80, ["99490", "99439*2"]),
        (1000, ["99490", "99439*2"]),
    ],
)
def test_r3_r6_ccm_staff_minutes(build: Any, minutes: int, expected: list[str]) -> None:
    assert codes(build, minutes, Program("CCM")) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (59, ["99490", "99439"]),
        (60, ["99487"]),
        (89, ["99487"]),
        (90, ["99487", "99489"]),
        (119, ["99487", "99489"]),
        (120, ["99487", "99489*2"]),
        (359, ["99487", "99489*9"]),
        (360, ["99487", "99489*10"]),
        (1000, ["99487", "99489*10"]),
    ],
)
def test_r5_designated_complex_minutes(build: Any, minutes: int, expected: list[str]) -> None:
    assert codes(build, minutes, Program("CCM"), **build.designated()) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (29, []),
        (30, ["99426"]),
        (59, ["99426"]),
        (60, ["99426", "99427"]),
        (89, ["99426", "99427"]),
        (90, ["99426", "99427*2"]),
        (500, ["99426", "99427*2"]),
    ],
)
def test_r6_pcm_staff_minutes(build: Any, minutes: int, expected: list[str]) -> None:
    assert codes(build, minutes, Program("PCM")) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (29, []),
        (30, ["99424"]),
        (59, ["99424"]),
        (60, ["99424", "99425"]),
        (90, ["99424", "99425*2"]),
        (500, ["99424", "99425*2"]),
    ],
)
def test_r4_pcm_practitioner_minutes_pay_more_than_staff_codes(build: Any, minutes: int, expected: list[str]) -> None:
    assert codes(build, minutes, Program("PCM"), staff_id="lee") == expected


@pytest.mark.parametrize(
    ("minutes", "in_2025", "in_2026"),
    [
        (9, [], []),
        (10, [], ["99470"]),
        (19, [], ["99470"]),
        (20, ["99457"], ["99457"]),
        (34, ["99457"], ["99457"]),
        (39, ["99457"], ["99457"]),
        (40, ["99457", "99458"], ["99457", "99458"]),
        (60, ["99457", "99458*2"], ["99457", "99458*2"]),
        (79, ["99457", "99458*2"], ["99457", "99458*2"]),
        (80, ["99457", "99458*3"], ["99457", "99458*3"]),
        (500, ["99457", "99458*3"], ["99457", "99458*3"]),
    ],
)
def test_r6_rpm_management_minutes(build: Any, minutes: int, in_2025: list[str], in_2026: list[str]) -> None:
    assert codes(build, minutes, Program("RPM")) == in_2026
    november = date(2025, 11, 1)
    entry = build.rpm(minutes, date_of_service=november)
    facts = build.month([entry], month=november, care_plans=(CarePlanRevision(date(2025, 10, 1)),))
    assert build.codes(build.statement(facts)) == in_2025


@pytest.mark.parametrize(
    ("days", "in_2025", "in_2026"),
    [
        (0, [], []),
        (1, [], []),
        (2, [], ["99445"]),
        (15, [], ["99445"]),
        (16, ["99454"], ["99454"]),
        (30, ["99454"], ["99454"]),
    ],
)
def test_days_with_readings_bill_one_device_code_and_never_both(
    build: Any, days: int, in_2025: list[str], in_2026: list[str]
) -> None:
    enrollments = (Enrollment(Program("RPM"), date(2025, 1, 1)),)
    for month, expected in ((date(2025, 11, 1), in_2025), (NOVEMBER, in_2026)):
        facts = build.month(month=month, enrollments=enrollments, readings=(Readings(days=days),))
        assert build.codes(build.statement(facts)) == expected


def test_readings_of_a_patient_who_is_not_enrolled_bill_nothing(build: Any) -> None:
    ended = (Enrollment(Program("RPM"), date(2025, 6, 1), date(2026, 11, 29)),)
    facts = build.month([build.rpm(5)], enrollments=ended, readings=(Readings(days=20),))
    assert build.codes(build.statement(facts)) == []


def test_r1_one_family_a_program_and_rpm_management_goes_with_the_device(build: Any) -> None:
    entries = [build.entry(90, staff_id="lee"), build.entry(60), build.rpm(40, 5)]
    statement = build.statement(build.month(entries, readings=(Readings(days=16),)))
    families = [(line.program, line.family) for line in statement.codes]
    assert sorted(set(families)) == [
        (Program("CCM"), "ccm_practitioner"),
        (Program("RPM"), "rpm_device"),
        (Program("RPM"), "rpm_management"),
    ]


@pytest.mark.parametrize(
    ("practitioner", "staff", "expected", "cents"),
    [
        (35, 0, ["99491"], 8918),
        (35, 4, ["99491"], 8918),
        (35, 5, ["99490", "99439"], 11657),
        (35, 25, ["99490", "99439*2"], 16701),
        (29, 0, ["99490"], 6613),
        (30, 0, ["99491"], 8918),
        (40, 0, ["99490", "99439"], 11657),
        (60, 0, ["99490", "99439*2"], 16701),
        (89, 0, ["99490", "99439*2"], 16701),
        (90, 0, ["99491", "99437*2"], 21544),
        (90, 60, ["99491", "99437*2"], 21544),
    ],
)
def test_r4_the_family_with_the_highest_payment_is_taken(
    build: Any, practitioner: int, staff: int, expected: list[str], cents: int
) -> None:
    entries = [build.entry(practitioner, staff_id="lee")]
    entries += [build.entry(staff, 4)] if staff else []
    statement = build.statement(build.month(entries))
    assert (build.codes(statement), statement.expected_cents) == (expected, cents)
    part = statement.programs[0]
    assert (part.staff_minutes, part.practitioner_minutes) == (staff, practitioner)


@pytest.mark.parametrize("credential", ["MD", "DO", "NP", "PA", "CNS", "CNM"])
def test_r4_practitioner_minutes_are_those_of_practitioner_credentials(build: Any, credential: str) -> None:
    bills = {"staff": (StaffMember("ann", credential),), "designations": (Designation("ann"),)}
    assert codes(build, 35, Program("CCM"), **bills) == ["99491"]


@pytest.mark.parametrize(
    ("work", "expected", "practitioner"),
    [
        ([("npat", 35)], ["99490"], 0),
        ([("npat", 15), ("lee", 15)], ["99490"], 15),
        ([("lee", 30), ("npat", 5)], ["99491"], 30),
        ([("lee", 29), ("npat", 30)], ["99490", "99439"], 29),
    ],
)
def test_section_4_only_the_billing_practitioners_own_minutes_are_practitioner_minutes(
    build: Any, work: list[tuple[str, int]], expected: list[str], practitioner: int
) -> None:
    facts = build.month([build.entry(minutes, day, staff_id=who) for day, (who, minutes) in enumerate(work, 3)])
    part = build.part(facts)
    assert (build.codes(part), part.practitioner_minutes) == (expected, practitioner)
    anybody = build.part(facts, policy=Policy(practitioner_minutes="any_practitioner"))
    assert anybody.practitioner_minutes == sum(minutes for _, minutes in work)


@pytest.mark.parametrize(
    ("designations", "practitioner"),
    [
        ((Designation("lee", to_date=date(2026, 11, 29)), Designation("npat", date(2026, 11, 30))), 0),
        ((Designation("npat", to_date=date(2026, 11, 29)), Designation("lee", date(2026, 11, 30))), 35),
        ((Designation("lee", to_date=date(2026, 11, 30)), Designation("npat", date(2026, 12, 1))), 35),
        ((Designation("lee", to_date=date(2026, 11, 29)),), 0),
    ],
)
def test_section_4_whoever_is_designated_on_the_last_day_bills_the_month(
    build: Any, designations: tuple[Designation, ...], practitioner: int
) -> None:
    facts = build.month([build.entry(35, staff_id="lee")], designations=designations)
    assert build.part(facts, policy=Policy(consent_per_practitioner=False)).practitioner_minutes == practitioner


def test_r4_a_tie_goes_to_the_lower_base_code(build: Any) -> None:
    same = Policy(payments={"2026": {"99490": 8918}})
    assert codes(build, 35, Program("CCM"), staff_id="lee", policy=same) == ["99490"]


def test_r4_payments_of_the_practice_decide_and_are_the_amount(build: Any) -> None:
    own = Policy(payments={"2026": {"99490": 9000}})
    statement = build.statement(build.month([build.entry(35, staff_id="lee")]), own)
    assert (build.codes(statement), statement.expected_cents) == (["99490"], 9000)


def test_b3_a_payment_that_is_not_known_counts_as_nothing_and_the_statement_says_so(build: Any) -> None:
    november = date(2025, 11, 1)
    facts = build.month(
        [build.entry(60, program=Program("PCM"), date_of_service=november)],
        month=november,
        care_plans=(CarePlanRevision(date(2025, 10, 1)),),
    )
    part = build.part(facts, Program("PCM"))
    assert [(line.code, line.amount_cents, line.payment_known) for line in part.codes] == [
        ("99426", 0, False),
        ("99427", 0, False),
    ]
    assert part.expected_cents == 0
    assert "the payment of 99426, 99427 is not known and counts as $0.00" in part.why
    known = build.part(facts, Program("PCM"), Policy(payments={"2025": {"99426": 8000, "99427": 5000}}))
    assert (known.expected_cents, "not known" in known.why) == (13000, False)


def test_r4_other_families_are_shown_with_their_payment_and_why_they_were_not_taken(build: Any) -> None:
    part = build.part(build.month([build.entry(35, staff_id="lee"), build.entry(25, 4)]))
    shown = {other.family: (build.codes(other), other.amount_cents, other.why_not) for other in part.alternatives}
    assert shown == {
        "ccm_practitioner": (["99491"], 8918, "pays $77.83 less than 99490 + 2 × 99439 (R4)"),
        "ccm_complex": (
            ["99487"],
            14429,
            "the billing practitioner designated no complex care this month (R3, R5)",
        ),
    }
    assert part.why == "99490 + 2 × 99439 ($167.01). 60 counted minutes reach 99490 + 2 × 99439."


def test_r8_a_family_that_was_not_taken_shows_the_date_its_own_minutes_reached(build: Any) -> None:
    part = build.part(build.month([build.entry(20, 2), build.entry(40, 9, staff_id="lee")]))
    dates = {line.family: line.date_of_service for other in part.alternatives for line in other.codes}
    assert dates == {"ccm_practitioner": date(2026, 11, 9), "ccm_complex": date(2026, 11, 9)}
    assert {line.date_of_service for line in part.codes} == {date(2026, 11, 9)}


def test_practitioner_minutes_that_reach_a_code_are_called_so(build: Any) -> None:
    part = build.part(build.month([build.entry(35, staff_id="lee")]))
    assert part.why == "99491 ($89.18). 35 practitioner minutes reach 99491."


def test_b3_a_family_whose_payments_are_not_known_is_shown_with_nothing(build: Any) -> None:
    november = date(2025, 11, 1)
    entry = build.entry(30, program=Program("PCM"), staff_id="lee", date_of_service=november)
    part = build.part(build.month([entry], month=november, care_plans=(CarePlanRevision(november),)), Program("PCM"))
    assert [(other.family, build.codes(other), other.amount_cents) for other in part.alternatives] == [
        ("pcm_staff", ["99426"], 0)
    ]


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (6612, "pays $0.01 less than 99490 (R4)"),
        (6613, "pays the same as 99490; ties go to the lower base code (R4)"),
    ],
)
def test_r4_a_tie_goes_to_the_lower_base_code_and_a_cent_less_is_less(build: Any, cents: int, words: str) -> None:
    facts = build.month([build.entry(35, staff_id="lee")])
    part = build.part(facts, policy=Policy(payments={"2026": {"99491": cents}}))
    assert build.codes(part) == ["99490"]
    assert {other.family: other.why_not for other in part.alternatives}["ccm_practitioner"] == words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (14428, "pays $0.01 less than 99487 (R4)"),
        (14429, "pays the same as 99487; ties go to the lower base code (R4)"),
        (14430, "pays $0.01 more, but the billing practitioner designated complex care (R5)"),
    ],
)
def test_r5_what_the_plain_codes_pay_beside_complex_care(build: Any, cents: int, words: str) -> None:
    policy = Policy(payments={"2026": {"99490": cents, "99439": 0}})
    part = build.part(build.month([build.entry(60)], **build.designated()), policy=policy)
    assert build.codes(part) == ["99487"]
    assert {other.family: other.why_not for other in part.alternatives}["ccm_staff"] == words
    assert part.why.endswith("would pay $0.01 more.") == (cents > 14429)


def test_r4_a_family_that_is_short_of_minutes_says_how_short(build: Any) -> None:
    part = build.part(build.month([build.entry(25, staff_id="lee"), build.entry(5, 4)]))
    why_not = {other.family: other.why_not for other in part.alternatives}
    assert why_not["ccm_practitioner"] == "25 of 30 practitioner minutes"
    short = build.part(build.month([build.entry(5, staff_id="lee"), build.entry(5, 4)]))
    assert {other.family: other.why_not for other in short.alternatives} == {
        "ccm_staff": "10 of 20 counted minutes",
        "ccm_practitioner": "5 of 30 practitioner minutes",
        "ccm_complex": "the billing practitioner designated no complex care this month (R3, R5)",
    }


def test_r5_honoring_a_designation_shows_what_the_plain_codes_would_pay(build: Any) -> None:
    part = build.part(build.month([build.entry(60)], **build.designated()))
    assert build.codes(part) == ["99487"]
    plain = next(other for other in part.alternatives if other.family == "ccm_staff")
    assert (build.codes(plain), plain.amount_cents) == (["99490", "99439*2"], 16701)
    assert plain.why_not == "pays $22.72 more, but the billing practitioner designated complex care (R5)"
    assert part.why.endswith("designated complex care (R5); 99490 + 2 × 99439 would pay $22.72 more.")


def test_r5_without_honoring_the_designation_the_higher_payment_is_taken(build: Any) -> None:
    free = Policy(honor_complexity_designation=False)
    assert codes(build, 60, Program("CCM"), policy=free, **build.designated()) == ["99490", "99439*2"]
    assert codes(build, 90, Program("CCM"), policy=free, **build.designated()) == ["99487", "99489"]


@pytest.mark.parametrize(
    ("fields", "complex_care"),
    [
        ({}, True),
        ({"mdm": "high"}, True),
        ({"mdm": "low"}, False),
        ({"rationale": " "}, False),
        ({"staff_id": "ann"}, False),
        ({"staff_id": "npat"}, False),
        ({"staff_id": "nobody"}, False),
        ({"designated_on": date(2026, 11, 1)}, True),
        ({"designated_on": date(2026, 11, 30)}, True),
        ({"designated_on": date(2026, 10, 31)}, False),
        ({"designated_on": date(2026, 12, 1)}, False),
    ],
)
def test_r5_a_designation_is_by_the_billing_practitioner_in_the_month_with_a_rationale(
    build: Any, fields: dict[str, Any], complex_care: bool
) -> None:
    expected = ["99487"] if complex_care else ["99490", "99439*2"]
    assert codes(build, 60, Program("CCM"), **build.designated(**fields)) == expected


def test_r5_by_policy_any_practitioner_designates(build: Any) -> None:
    anybody = Policy(practitioner_minutes="any_practitioner")
    assert codes(build, 60, Program("CCM"), policy=anybody, **build.designated(staff_id="npat")) == ["99487"]
    assert codes(build, 60, Program("CCM"), policy=anybody, **build.designated(staff_id="ann")) != ["99487"]


@pytest.mark.parametrize(
    ("plans", "complex_care"),
    [
        ([(date(2026, 1, 5), False), (date(2026, 11, 4), True)], True),
        ([(date(2026, 1, 5), False), (date(2026, 11, 4), False)], False),
        ([(date(2026, 11, 4), False)], True),  # established in the month
        ([(date(2026, 10, 31), True)], False),
        ([(date(2026, 10, 31), True), (date(2026, 11, 1), True)], True),
        ([(date(2026, 1, 5), False), (date(2026, 11, 30), True)], True),
    ],
)
def test_r5_complex_needs_a_plan_established_or_substantially_revised_in_the_month(
    build: Any, plans: list[tuple[date, bool]], complex_care: bool
) -> None:
    facts = {**build.designated(), "care_plans": tuple(CarePlanRevision(*plan) for plan in plans)}
    expected = ["99487"] if complex_care else ["99490", "99439*2"]
    assert codes(build, 60, Program("CCM"), **facts) == expected
    not_asked = Policy(complex_needs_plan_revision=False)
    assert codes(build, 60, Program("CCM"), policy=not_asked, **facts) == ["99487"]


def test_r5_a_designation_without_the_plan_says_what_is_missing(build: Any) -> None:
    facts = {**build.designated(), "care_plans": (CarePlanRevision(date(2026, 10, 1)),)}
    part = build.part(build.month([build.entry(60)], **facts))
    why_not = {other.family: other.why_not for other in part.alternatives}
    assert why_not["ccm_complex"].startswith("designated, but the care plan was neither established nor")


def test_r7_one_live_contact_opens_the_months_other_rpm_time(build: Any) -> None:
    entries = [build.rpm(1), build.rpm(12, 4, contact=None), build.rpm(7, 5, contact=Contact.MESSAGE)]
    assert build.codes(build.statement(build.month(entries))) == ["99457"]
    interactive = Policy(rpm_time="interactive")
    assert build.codes(build.statement(build.month(entries), interactive)) == []


def test_r8_all_lines_of_a_family_carry_the_date_its_last_billed_unit_was_reached(build: Any) -> None:
    entries = [build.entry(30, 20), build.entry(12, 3), build.entry(8, 9), build.entry(9, 25)]
    part = build.part(build.month(entries))
    assert [(line.code, line.date_of_service) for line in part.codes] == [
        ("99490", date(2026, 11, 20)),
        ("99439", date(2026, 11, 20)),
    ]
    at_the_end = build.part(build.month(entries), policy=Policy(claim_date="month_end"))
    assert {line.date_of_service for line in at_the_end.codes} == {date(2026, 11, 30)}


@pytest.mark.parametrize(
    ("designated_on", "plan_on", "needs_plan", "expected"),
    [
        (5, 4, True, 9),
        (9, 12, True, 12),
        (9, 12, False, 9),
        (20, 12, True, 20),
        (20, 25, True, 25),
    ],
)
def test_r8_complex_care_is_dated_when_minutes_designation_and_plan_were_all_there(
    build: Any, designated_on: int, plan_on: int, needs_plan: bool, expected: int
) -> None:
    facts = build.designated(designated_on=NOVEMBER.replace(day=designated_on))
    plan = CarePlanRevision(NOVEMBER.replace(day=plan_on), substantial=True)
    month = build.month([build.entry(59, 3), build.entry(1, 9)], **{**facts, "care_plans": (plan,)})
    part = build.part(month, policy=Policy(complex_needs_plan_revision=needs_plan))
    assert [(line.code, line.date_of_service.day) for line in part.codes] == [("99487", expected)]


def test_r8_rpm_is_not_dated_before_its_live_contact(build: Any) -> None:
    entries = [build.rpm(20, 3, contact=None), build.rpm(1, 17)]
    part = build.part(build.month(entries), Program("RPM"))
    assert [(line.code, line.date_of_service.day) for line in part.codes] == [("99457", 17)]


def test_r8_one_minute_short_of_the_threshold_is_not_the_date(build: Any) -> None:
    (line,) = build.part(build.month([build.entry(19, 3), build.entry(5, 9)])).codes
    assert line.date_of_service == date(2026, 11, 9)


@pytest.mark.parametrize(("active_to", "complex_care"), [(date(2026, 11, 5), True), (date(2026, 11, 4), False)])
def test_r5_a_designation_is_by_somebody_who_was_active_on_that_day(
    build: Any, active_to: date, complex_care: bool
) -> None:
    staff = (
        StaffMember("ann", "RN"),
        StaffMember("lee", "MD", active_to=active_to),
        StaffMember("lee", "MD", active_from=date(2026, 11, 20)),
    )
    statement = build.statement(build.month([build.entry(60)], staff=staff, **build.designated()))
    assert (build.codes(statement) == ["99487"]) == complex_care


def test_r8_practitioner_codes_are_dated_by_practitioner_minutes_alone(build: Any) -> None:
    entries = [build.entry(3, 2), build.entry(20, 5, staff_id="lee"), build.entry(10, 12, staff_id="lee")]
    part = build.part(build.month(entries))
    assert [(line.code, line.date_of_service) for line in part.codes] == [("99491", date(2026, 11, 12))]


def test_r8_rpm_is_dated_by_the_threshold_of_the_code_it_bills_and_the_device_by_the_months_end(build: Any) -> None:
    entries = [build.rpm(10, 3), build.rpm(5, 9)]
    part = build.part(build.month(entries, readings=(Readings(days=16),)), Program("RPM"))
    assert [(line.code, line.date_of_service) for line in part.codes] == [
        ("99454", date(2026, 11, 30)),
        ("99470", date(2026, 11, 3)),
    ]
    part = build.part(build.month([*entries, build.rpm(5, 11)], readings=(Readings(days=16),)), Program("RPM"))
    assert part.codes[1].date_of_service == date(2026, 11, 11)


def test_minutes_that_do_not_count_reach_no_threshold(build: Any) -> None:
    part = build.part(build.month([build.entry(19), build.entry(30, 5, staff_id="dot")]))
    assert (part.status, part.counted_minutes, part.codes) == (Status.BELOW_THRESHOLD, 19, ())
    assert part.why == "1 more minute to 99490."
